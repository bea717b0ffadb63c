"""What offices have asked for by the number of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CHECKS = {
    "has_number": "number <> ''",
    "has_reason": "reason <> ''",
    "due_after_asked": "due_on >= asked_on",
    "withdrawn_after_asked": "withdrawn_on IS NULL OR withdrawn_on >= asked_on",
    "withdrawn_by_somebody_on_some_day": "(withdrawn_on IS NULL) = (withdrawn_by_id IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "case_request",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_case_request_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_request_organisation_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_case_request_asked_by_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["case_transfer.id"], name=op.f("fk_case_request_transfer_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user.id"], name=op.f("fk_case_request_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_request")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_case_request_transfer_id")),
    )
    op.create_index("ix_case_request_by_office", "case_request", ["organisation_id", "asked_on", "id"])
    op.create_index("ix_case_request_by_number", "case_request", ["organisation_id", "number"])


def downgrade() -> None:
    op.drop_table("case_request")
