"""What closes the line of a worker: the examination, or proof that was claimed and decided on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_line") as batch_op:
        batch_op.add_column(sa.Column("examined_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("record_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("claim", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("claimed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("proof_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_case_line_proof_id"), "case_evidence", ["proof_id"], ["id"], ondelete="SET NULL")
        batch_op.create_check_constraint(op.f("ck_case_line_outcome_known"), "outcome IN ('', 'examined', 'no-exposure', 'left', 'refused')")
        batch_op.create_check_constraint(op.f("ck_case_line_claim_known"), "claim IN ('', 'no-exposure', 'left', 'refused')")
        batch_op.create_check_constraint(op.f("ck_case_line_claim_iff_dated"), "(claim = '') = (claimed_on IS NULL)")
        batch_op.create_index("ix_case_line_by_standing", ["case_id", "outcome", "id"])
        batch_op.create_index(op.f("ix_case_line_record_id"), ["record_id"])
        batch_op.create_index(op.f("ix_case_line_proof_id"), ["proof_id"])


def downgrade() -> None:
    with op.batch_alter_table("case_line") as batch_op:
        batch_op.drop_index(op.f("ix_case_line_proof_id"))
        batch_op.drop_index(op.f("ix_case_line_record_id"))
        batch_op.drop_index("ix_case_line_by_standing")
        batch_op.drop_constraint(op.f("ck_case_line_claim_iff_dated"), type_="check")
        batch_op.drop_constraint(op.f("ck_case_line_claim_known"), type_="check")
        batch_op.drop_constraint(op.f("ck_case_line_outcome_known"), type_="check")
        batch_op.drop_constraint(op.f("fk_case_line_proof_id"), type_="foreignkey")
        batch_op.drop_column("proof_id")
        batch_op.drop_column("claimed_on")
        batch_op.drop_column("claim")
        batch_op.drop_column("record_id")
        batch_op.drop_column("examined_on")
