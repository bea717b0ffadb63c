"""Indexes of protected periods hold those that run: PostgreSQL meets the list's order in no other."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

RUNNING = sa.text("ended_on IS NULL")
#: Name, and what comes first.
INDEXES = (("ix_protected_period_running", ()), ("ix_protected_period_by_county", ("county_code",)))


def upgrade() -> None:
    for name, first in INDEXES:
        op.drop_index(name, "protected_period")
        op.create_index(name, "protected_period", [*first, "started_on", "id"], sqlite_where=RUNNING, postgresql_where=RUNNING)


def downgrade() -> None:
    for name, first in INDEXES:
        op.drop_index(name, "protected_period")
        op.create_index(name, "protected_period", [*first, "ended_on", "started_on", "id"])
