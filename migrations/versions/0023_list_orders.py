"""Indexes in the orders of the lists behind figures of performance, and one that the scorecard of hand-overs reads alone."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

#: Of steps that are over: name, and columns before and now.
STEPS = (
    ("ix_case_duration_by_slug", ("slug", "ended_on", "id"), ("is_late",)),
    ("ix_case_duration_by_county", ("county_code", "slug", "ended_on", "id"), ("is_late",)),
    ("ix_case_duration_by_organisation", ("organisation_id", "slug", "ended_on", "id"), ("is_late",)),
    ("ix_case_duration_ended", ("ended_on", "id"), ("slug", "kind", "actor", "county_code", "organisation_id", "track", "is_late")),
)
BY_DAYS = ("days", "id", "slug", "kind", "actor", "county_code", "organisation_id", "track", "is_late", "ended_on")
BY_COUNTY = ("county_code", "due_on", "clock_id", "id", "kind", "organisation_id")

ALIKE = ("asked_on", "asker_id", "answerer_id", "due_on", "answer", "answered_on")


def upgrade() -> None:
    op.drop_index("ix_case_transfer_by_day", "case_transfer")
    op.create_index("ix_case_transfer_by_day", "case_transfer", ALIKE)
    for name, before, more in STEPS:
        op.drop_index(name, "case_duration")
        op.create_index(name, "case_duration", [*before, *more])
    op.create_index("ix_case_duration_by_days", "case_duration", BY_DAYS)
    op.create_index("ix_case_waiting_by_county", "case_waiting", BY_COUNTY)


def downgrade() -> None:
    op.drop_index("ix_case_waiting_by_county", "case_waiting")
    op.drop_index("ix_case_duration_by_days", "case_duration")
    for name, before, _more in STEPS:
        op.drop_index(name, "case_duration")
        op.create_index(name, "case_duration", before)
    op.drop_index("ix_case_transfer_by_day", "case_transfer")
    op.create_index("ix_case_transfer_by_day", "case_transfer", ["asked_on"])
