"""Employments that ended inside a protected period."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "protected_ending",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["protected_period.id"], name=op.f("fk_protected_ending_period_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["case_file.id"], name=op.f("fk_protected_ending_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_ending")),
        sa.UniqueConstraint("period_id", name=op.f("uq_protected_ending_period_id")),
    )


def downgrade() -> None:
    op.drop_table("protected_ending")
