"""Protected periods, what changes who pays, and figures of performance."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Periods of cases that were told before there was a table of them.
RUNNING = """
INSERT INTO protected_period (case_id, worker_id, employer_id, county_code, region_code, started_on)
SELECT c.id, c.worker_id, c.employer_id, c.county_code, c.region_code, MAX(d.opened_on)
FROM case_file c JOIN case_duty d ON d.case_id = c.id AND d.event = 'set-protected-period'
WHERE c.closed_on IS NULL AND c.worker_id IS NOT NULL AND c.status <> 'detected'
AND NOT EXISTS (SELECT 1 FROM case_track t WHERE t.case_id = c.id AND t.track = 'appraisal' AND t.status IN ('final_yes', 'final_no'))
GROUP BY c.id, c.worker_id, c.employer_id, c.county_code, c.region_code
"""


def upgrade() -> None:
    op.create_table(
        "protected_period",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_protected_period_ends_after_start")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_protected_period_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_protected_period_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_protected_period_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_period")),
    )
    op.create_index(
        "uq_protected_period_one_running",
        "protected_period",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(op.f("ix_protected_period_case_id"), "protected_period", ["case_id"])
    op.create_index("ix_protected_period_running", "protected_period", ["ended_on", "started_on", "id"])
    op.create_index("ix_protected_period_by_county", "protected_period", ["county_code", "ended_on", "started_on", "id"])
    op.create_index("ix_protected_period_by_worker", "protected_period", ["worker_id", "ended_on"])
    op.create_index("ix_protected_period_by_employer", "protected_period", ["employer_id", "ended_on"])
    op.create_table(
        "case_branch",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("found_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("branch IN ('uninsured', 'employer-gone', 'concurrent')", name=op.f("ck_case_branch_branch_known")),
        sa.CheckConstraint("(branch = 'concurrent') = (employer_id IS NOT NULL)", name=op.f("ck_case_branch_concurrent_iff_liable")),
        sa.CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= found_on", name=op.f("ck_case_branch_withdrawn_after_found")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_branch_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_case_branch_employer_id")),
        sa.ForeignKeyConstraint(["found_by_id"], ["user.id"], name=op.f("fk_case_branch_found_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_branch")),
    )
    op.create_index(
        "uq_case_branch_one_standing",
        "case_branch",
        ["case_id", "branch"],
        unique=True,
        sqlite_where=sa.text("withdrawn_on IS NULL"),
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_index(op.f("ix_case_branch_case_id"), "case_branch", ["case_id"])
    op.create_table(
        "case_duration",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_case_duration_days_count")),
        sa.CheckConstraint("(slug = 'detected-to-benefit') = (clock_id IS NULL)", name=op.f("ck_case_duration_clock_unless_end_to_end")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_duration_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_duration_clock_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_duration")),
    )
    op.create_index(op.f("ix_case_duration_case_id"), "case_duration", ["case_id"])
    op.create_index("uq_case_duration_clock", "case_duration", ["clock_id"], unique=True)
    op.create_index(
        "uq_case_duration_whole",
        "case_duration",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("clock_id IS NULL"),
        postgresql_where=sa.text("clock_id IS NULL"),
    )
    op.create_index("ix_case_duration_by_slug", "case_duration", ["slug", "ended_on", "id"])
    op.create_index("ix_case_duration_by_county", "case_duration", ["county_code", "slug", "ended_on", "id"])
    op.create_index("ix_case_duration_by_organisation", "case_duration", ["organisation_id", "slug", "ended_on", "id"])
    op.create_index("ix_case_duration_ended", "case_duration", ["ended_on", "id"])
    keys = ["month", "kind", "track", "slug", "actor", "organisation_id", "county_code", "days"]
    op.create_table(
        "case_figure",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("met >= 0 AND late >= 0", name=op.f("ck_case_figure_counts_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_figure")),
        sa.UniqueConstraint(*keys, name=op.f("uq_case_figure_" + "_".join(keys))),
    )
    op.create_index("ix_case_figure_by_county", "case_figure", ["county_code", "month"])
    op.create_index("ix_case_figure_by_organisation", "case_figure", ["organisation_id", "month"])
    # Who let the limit for an application pass: read by its name, the longest first.
    op.create_index("ix_case_clock_by_slug", "case_clock", ["slug", "state", "due_on", "id"])
    op.execute(RUNNING)


def downgrade() -> None:
    op.drop_index("ix_case_clock_by_slug", "case_clock")
    for table in ("case_figure", "case_duration", "case_branch", "protected_period"):
        op.drop_table(table)
