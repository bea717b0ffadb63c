"""Indexes of what any department may hold: all that the city's safety office reads, and its human resources beside work injury."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

NEXT_DAY = "coalesce(due_on, '9999-12-31')"
KINDS = sa.text("coalesce(kind, kind) IN ('overlimit', 'cluster', 'acute', 'complaint')")
LISTED = (
    "kind", "status", "county_code", "region_code", "owner_id", "assignee_id", "employer_id", "clinic_id", "institution_id", "appraisal_owner_id",
    "work_injury_owner_id", "suit_owner_id", "opened_on", "due_on", "closed_on", "id",
)  # fmt: skip
INDEXES = (
    ("ix_case_open_to_all_by_opening", ("opened_on", "id")), ("ix_case_open_to_all_by_next_day", (NEXT_DAY, "id")),
    ("ix_case_open_to_all_by_number", ("number",)),
)  # fmt: skip


def upgrade() -> None:
    for name, first in INDEXES:
        columns = [sa.text(one) if one == NEXT_DAY else one for one in (*first, *(one for one in LISTED if one not in first))]
        op.create_index(name, "case_file", columns, sqlite_where=KINDS, postgresql_where=KINDS)


def downgrade() -> None:
    for name, _first in INDEXES:
        op.drop_index(name, "case_file")
