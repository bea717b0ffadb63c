"""Who must act on a case, for the inboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_waiting",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_waiting_case_id_case_file"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_waiting_clock_id_case_clock"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_waiting_organisation_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_waiting")),
    )
    op.create_index("ix_case_waiting_by_organisation", "case_waiting", ["organisation_id", "due_on", "id"])
    op.create_index("ix_case_waiting_by_case", "case_waiting", ["case_id"])


def downgrade() -> None:
    op.drop_table("case_waiting")
