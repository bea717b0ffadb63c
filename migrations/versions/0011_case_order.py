"""Indexes in the orders of the lists of cases, and by status."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN, CLOSED = sa.text("closed_on IS NULL"), sa.text("closed_on IS NOT NULL")
#: Whatever has no next day comes last.
NEXT_DAY = sa.text("coalesce(due_on, '9999-12-31')")


def upgrade() -> None:
    op.create_index("ix_case_open_by_opening", "case_file", ["opened_on", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_case_open_by_next_day", "case_file", [NEXT_DAY, "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_case_closed_by_opening", "case_file", ["opened_on", "id"], sqlite_where=CLOSED, postgresql_where=CLOSED)
    op.create_index("ix_case_by_opening", "case_file", ["opened_on", "id"])
    op.create_index("ix_case_by_next_day", "case_file", [NEXT_DAY, "id"])
    op.create_index("ix_case_by_status", "case_file", ["status", "id"])
    op.create_index("ix_case_track_by_status", "case_track", ["status", "case_id"])


def downgrade() -> None:
    op.drop_index("ix_case_track_by_status", "case_track")
    for name in ("by_status", "by_next_day", "by_opening", "closed_by_opening", "open_by_next_day", "open_by_opening"):
        op.drop_index(f"ix_case_{name}", "case_file")
