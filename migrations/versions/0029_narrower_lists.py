"""Indexes of cases hold what more of their lists ask: standing with a status, the next day by number, age and county of what is open."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

#: What every index of a list holds besides.
LISTED = (
    "kind", "county_code", "region_code", "owner_id", "assignee_id", "employer_id", "clinic_id", "institution_id", "appraisal_owner_id",
    "work_injury_owner_id", "suit_owner_id", "opened_on", "due_on",
)  # fmt: skip
OF_CLOCK, OF_WAITING = ("slug", "state", "due_on", "id"), ("case_id", "organisation_id")
#: Of which table, columns before and now, and of which rows.
CHANGED = {
    "ix_case_by_status": ("case_file", ("status", "id", *LISTED, "closed_on"), ("status", "closed_on", "id", *LISTED), ""),
    "ix_case_clock_by_slug": ("case_clock", OF_CLOCK, (*OF_CLOCK, "started_on", "case_id"), ""),
    "ix_case_waiting_by_case": ("case_waiting", OF_WAITING, (*OF_WAITING, "clock_id", "county_code"), ""),
} | {
    f"ix_case_by_{own.removesuffix('_id')}_and_number": (
        "case_file", (own, "number", "kind", "closed_on", "id"), (own, "number", "kind", "due_on", "closed_on", "id"), where
    )
    for own, where in (("employer_id", ""), ("clinic_id", ""), ("institution_id", "institution_id IS NOT NULL"))
}  # fmt: skip
#: By number within a county, of what is at work injury.
ADDED, AT_WORK_INJURY = "ix_case_at_work_injury_by_county", sa.text("work_injury_owner_id IS NOT NULL")
BY_COUNTY = ("county_code", "number", "kind", "status", *(one for one in LISTED if one not in ("kind", "county_code")), "closed_on", "id")


def upgrade() -> None:
    op.create_index(ADDED, "case_file", BY_COUNTY, sqlite_where=AT_WORK_INJURY, postgresql_where=AT_WORK_INJURY)
    for name, (table, _before, now, where) in CHANGED.items():
        _change(name, table, now, where)


def downgrade() -> None:
    for name, (table, before, _now, where) in CHANGED.items():
        _change(name, table, before, where)
    op.drop_index(ADDED, "case_file")


def _change(name: str, table: str, columns: Sequence[str], where: str) -> None:
    condition = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.drop_index(name, table)
    op.create_index(name, table, columns, **condition)
