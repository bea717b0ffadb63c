"""Who must act on a case, and until when: kept with every change, so that an inbox is read straight off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.actors import RECORDED_BY, SYSTEM, office
from ohs.cases.clocks import nearest_day
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.kernel.fields import LAST_DAY

#: The department of each actor that is an office.
DEPARTMENTS = {"HLTH": "health", "HRSS": "hr", "SAFE": "safety"}
#: Whoever has no account acts through the office that records for them.
RECORDER = {actor: recorders[0] for actor, recorders in RECORDED_BY.items()}


def settle(session: Session, case: Case) -> None:
    """Bring the case's next day and its place in the inboxes up to what its clocks say."""
    case.due_on = nearest_day(case)
    session.flush()
    session.execute(delete(CaseWaiting).where(CaseWaiting.case_id == case.id))
    session.add_all(waiting_rows(session, case))


def waiting_rows(session: Session, case: Case) -> list[CaseWaiting]:
    """One row for each organisation that a running clock waits for; where none runs in an open case, its owner must look."""
    found: dict[int, tuple[date, CaseClock | None]] = {}
    for clock in case.clocks:
        if clock.state != "running":
            continue
        for organisation_id in _organisations(session, case, clock.actors.split("; ")):
            if organisation_id not in found or clock.due_on < found[organisation_id][0]:
                found[organisation_id] = (clock.due_on, clock)
    if not found and case.closed_on is None:
        found[case.owner_id] = (LAST_DAY, None)
    return [
        CaseWaiting(case_id=case.id, organisation_id=organisation_id, due_on=due_on, clock_id=clock.id if clock else None)
        for organisation_id, (due_on, clock) in found.items()
    ]


def _organisations(session: Session, case: Case, actors: Iterable[str]) -> set[int]:
    found = {organisation_of(session, case, actor) for actor in actors if actor != SYSTEM}
    return {one for one in found if one is not None} or {case.owner_id}


def organisation_of(session: Session, case: Case, actor: str) -> int | None:
    """The organisation that is an actor of the tables in this case; none where it has no account."""
    actor = RECORDER.get(actor, actor)
    if actor == "CLIN":
        return case.clinic_id
    if actor in ("DIAG", "TEST"):
        return case.institution_id
    if actor == "HLTH":
        return case.owner_id
    if actor == "HRSS":
        held = next((one.owner_id for one in case.tracks if one.track == "work_injury"), None)
        return held or office(session, "hr", case.county_code).id
    if actor in DEPARTMENTS:
        return office(session, DEPARTMENTS[actor], case.county_code).id
    place = select(Organisation.id).where(Organisation.is_active)
    if actor == "EMP" and case.employer_id is not None:
        return session.scalar(place.where(Organisation.kind == "employer", Organisation.employer_id == case.employer_id).limit(1))
    if actor == "TOWN" and case.region_code:
        return session.scalar(place.where(Organisation.kind == "town", Organisation.region_code == case.region_code).limit(1))
    return None
