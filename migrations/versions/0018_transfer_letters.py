"""The numbered letter with which a case is handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_transfer") as batch_op:
        batch_op.add_column(sa.Column("document_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_case_transfer_document_id"), "case_document", ["document_id"], ["id"], ondelete="SET NULL")
        batch_op.create_unique_constraint(op.f("uq_case_transfer_document_id"), ["document_id"])


def downgrade() -> None:
    with op.batch_alter_table("case_transfer") as batch_op:
        batch_op.drop_constraint(op.f("uq_case_transfer_document_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_case_transfer_document_id"), type_="foreignkey")
        batch_op.drop_column("document_id")
