"""Indexes of cases: by number within one's own, and in each order of what is at work injury."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

#: Whatever has no next day comes last.
NEXT_DAY = "coalesce(due_on, '9999-12-31')"
LISTED = (
    "kind", "status", "county_code", "region_code", "owner_id", "assignee_id", "employer_id", "clinic_id", "institution_id", "appraisal_owner_id",
    "work_injury_owner_id", "suit_owner_id", "opened_on", "due_on", "closed_on", "id",
)  # fmt: skip
NUMBERED = ("number", "kind", "closed_on", "id")
AT_WORK_INJURY, AT_INSTITUTION = "work_injury_owner_id IS NOT NULL", "institution_id IS NOT NULL"
#: Name, columns, and of which cases.
LISTS = (
    ("ix_case_by_employer_and_number", ("employer_id", *NUMBERED), ""),
    ("ix_case_by_clinic_and_number", ("clinic_id", *NUMBERED), ""),
    ("ix_case_by_institution_and_number", ("institution_id", *NUMBERED), AT_INSTITUTION),
    *(
        (f"ix_case_at_work_injury_by_{name}", (*first, *(one for one in LISTED if one not in first)), AT_WORK_INJURY)
        for name, first in (("opening", ("opened_on", "id")), ("next_day", (NEXT_DAY, "id")), ("number", ("number",)))
    ),
)


def upgrade() -> None:
    for name, columns, where in LISTS:
        made = [sa.text(one) if one == NEXT_DAY else one for one in columns]
        condition = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
        op.create_index(name, "case_file", made, **condition)


def downgrade() -> None:
    for name, _columns, _where in reversed(LISTS):
        op.drop_index(name, "case_file")
