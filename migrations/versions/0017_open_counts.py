"""Counts of what waits by the day on which its limit began."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COUNTIES = "UPDATE case_waiting SET county_code = (SELECT c.county_code FROM case_file c WHERE c.id = case_waiting.case_id)"
KEYS = "k.started_on, c.kind, k.track, k.slug, k.actors, CASE WHEN o.kind = 'employer' THEN 0 ELSE w.organisation_id END, w.county_code"
COUNT = f"""
INSERT INTO case_open_figure (started_on, kind, track, slug, actors, organisation_id, county_code, waiting, is_summed)
SELECT {KEYS}, COUNT(*), :is_summed FROM case_waiting w JOIN case_file c ON c.id = w.case_id JOIN case_clock k ON k.id = w.clock_id
JOIN organisation o ON o.id = w.organisation_id GROUP BY {KEYS}
"""


def upgrade() -> None:
    op.add_column("case_waiting", sa.Column("county_code", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "case_open_figure",
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("actors", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("is_summed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_open_figure")),
    )
    op.create_index("ix_case_open_figure_by_county", "case_open_figure", ["county_code", "started_on"])
    op.create_index("ix_case_open_figure_by_organisation", "case_open_figure", ["organisation_id", "started_on"])
    op.execute(COUNTIES)
    op.get_bind().execute(sa.text(COUNT), {"is_summed": False})


def downgrade() -> None:
    op.drop_table("case_open_figure")
    op.drop_column("case_waiting", "county_code")
