"""Supplements of the worker's side to an application for work injury: of a kind that no employer reads."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

EMPLOYERS, WORKERS = "missing-items", "missing-items-worker"
DUTY = "supply-missing-items-worker"
duty = sa.table("case_duty", sa.column("case_id"), sa.column("event"))
evidence = sa.table("case_evidence", sa.column("case_id"), sa.column("kind"))
step = sa.table("case_step", sa.column("id"), sa.column("case_id"), sa.column("event"), sa.column("facts", sa.JSON))


def upgrade() -> None:
    _rename(EMPLOYERS, WORKERS)


def downgrade() -> None:
    _rename(WORKERS, EMPLOYERS)


def _rename(before: str, after: str) -> None:
    """What is missing is listed once in a case, of one applicant."""
    connection = op.get_bind()
    of_workers = sa.select(duty.c.case_id).where(duty.c.event == DUTY)
    connection.execute(sa.update(evidence).where(evidence.c.case_id.in_(of_workers), evidence.c.kind == before).values(kind=after))
    told = sa.select(step.c.id, step.c.facts).where(step.c.case_id.in_(of_workers), step.c.event.like("evidence-%"))
    for id, facts in connection.execute(told).all():
        if facts.get("evidence") == before:
            connection.execute(sa.update(step).where(step.c.id == id).values(facts=facts | {"evidence": after}))
