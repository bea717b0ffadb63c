"""Visits on the spot that towns are asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN = sa.text("answered_on IS NULL AND withdrawn_on IS NULL")
CHECKS = {
    "asks_something": "questions <> ''",
    "due_after_asked": "due_on >= asked_on",
    "answered_iff_visited": "(answered_on IS NULL) = (visited_on IS NULL) AND (answered_on IS NULL) = (answered_by_id IS NULL)",
    "visited_between": "visited_on IS NULL OR (visited_on >= asked_on AND visited_on <= answered_on)",
    "ends_once": "answered_on IS NULL OR withdrawn_on IS NULL",
    "withdrawn_after_asked": "withdrawn_on IS NULL OR withdrawn_on >= asked_on",
    "withdrawn_by_somebody_on_some_day": "withdrawn_by_id IS NULL OR withdrawn_on IS NOT NULL",
    "photographs_of_an_answer": "photographs >= 0 AND (photographs = 0 OR answered_on IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "site_visit",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("while_status", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("new_post", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("photographs", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_site_visit_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_site_visit_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_site_visit_organisation_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_site_visit_employer_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_site_visit_asked_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_site_visit_answered_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user.id"], name=op.f("fk_site_visit_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visit")),
        sa.UniqueConstraint("number", name=op.f("uq_site_visit_number")),
    )
    op.create_index("uq_site_visit_one_open", "site_visit", ["case_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_site_visit_open", "site_visit", ["organisation_id", "due_on", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_site_visit_by_town", "site_visit", ["organisation_id", "due_on", "id"])
    op.create_index("ix_site_visit_by_asking", "site_visit", ["organisation_id", "asked_on", "id"])
    op.create_index("ix_site_visit_by_case", "site_visit", ["case_id", "id"])
    op.create_index("ix_site_visit_by_employer", "site_visit", ["employer_id"])


def downgrade() -> None:
    op.drop_table("site_visit")
