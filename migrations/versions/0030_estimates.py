"""What PostgreSQL must know of columns in the form for which no index is used (`ohs/kernel/steering.py`): else it expects a handful of rows
and sorts all of them where the list's order is there already.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

#: By table: columns as `aside` writes them, and those that `unled` writes as numbers and as texts.
ASIDE = {
    "case_file": (
        "kind", "status", "county_code", "owner_id", "assignee_id", "employer_id", "appraisal_owner_id", "work_injury_owner_id",
        "suit_owner_id", "opened_on", "closed_on", "coalesce(due_on, '9999-12-31')",
    ),
    "case_clock": ("slug", "state"),
    "case_duration": ("is_late", "ended_on"),
}  # fmt: skip
NUMBERS = {
    "case_file": ("employer_id", "clinic_id", "institution_id"),
    "case_waiting": ("organisation_id", "clock_id"),
    "case_duration": ("organisation_id",),
}
TEXTS = {
    "case_file": ("kind", "county_code", "region_code"),
    "case_waiting": ("kind", "county_code"),
    "case_duration": ("slug", "kind", "county_code", "track"),
}
FORMS = ((ASIDE, "coalesce({0}, {0})"), (NUMBERS, "({0} + 0)"), (TEXTS, "({0} || '')"))


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, table, form in _all():
            op.execute(f"CREATE STATISTICS {name} ON ({form}) FROM {table}")
        for table in ("case_file", "case_waiting", "case_clock", "case_duration"):
            op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, _table, _form in _all():
            op.execute(f"DROP STATISTICS {name}")


def _all() -> list[tuple[str, str, str]]:
    """Name, table and form of each."""
    written = [(table, form.format(column)) for columns, form in FORMS for table, some in columns.items() for column in some]
    return [(f"st_{table}_{number}", table, form) for number, (table, form) in enumerate(written)]
