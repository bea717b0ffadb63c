"""The demonstration's latest findings as cases: told in time mostly, as a clinic does it, and brought to the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.calendar import catch_up
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseSource
from ohs.cases.queries import for_change
from ohs.kernel.clock import LOCAL

#: Findings handed in so long before are open cases; of the earlier ones nothing is left to be done.
FRESH_FOR = timedelta(days=30)
#: The first act of the clinic, by kind and status, and in how many of ten cases it has been done.
FIRST_ACTS = {("susp", "detected"): "notify", ("contra", "detected"): "notify", ("recheck", "due"): "inform"}
DONE_IN_TEN = 8
#: Working hours in which a clinic tells.
HOURS = range(8, 17)


def tell_of_findings(session: Session, random: Random, on: date) -> None:
    """Let clinics tell of most of what they have found lately; what nobody told is late or soon due."""
    nurses = {user.organisation_id: user for user in session.scalars(select(User).order_by(User.id.desc()))}
    question = select(Case).where(Case.id.in_(select(CaseSource.case_id)), Case.closed_on.is_(None)).order_by(Case.id)
    for case in session.scalars(for_change(question)).unique().all():
        event, nurse = FIRST_ACTS.get((case.kind, case.status)), nurses.get(case.clinic_id or 0)
        day = case.opened_on + timedelta(days=random.randrange(1, 5))
        if event and nurse and day <= on and random.randrange(10) < DONE_IN_TEN:
            do(session, case, event, _told(day), by=By(nurse), on=day)
        catch_up(session, case, on)
        _date(random, case)
    session.flush()


def _told(day: date) -> dict[str, Any]:
    return {"told_worker_on": day, "told_employer_on": day, "how_told": "writing"}


def _date(random: Random, case: Case) -> None:
    """Give every step an hour of its own day."""
    minute = random.randrange(60)
    for step in case.steps:
        moment = datetime.combine(step.on, time(HOURS[step.position % len(HOURS)], minute), tzinfo=LOCAL)
        step.at = moment.astimezone(UTC)
    case.created_at = case.steps[0].at
