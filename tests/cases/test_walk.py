"""Every event from every status of every kind: what the tables allow happens as they say, and nothing else happens at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.cases.actors import office
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseTrack
from ohs.kernel.errors import DomainError
from tests.factories.cases import ON, facts_for, make_case, make_people, prove

LATER = ON + timedelta(days=2)


def bring(session: Session, case: Case, track: str, status: str) -> None:
    """Put a case where a step begins, past the machine."""
    if track == MAIN:
        session.execute(Case.__table__.update().where(Case.id == case.id).values(status=status))
    elif status:
        session.add(
            CaseTrack(
                case_id=case.id,
                kind=case.kind,
                track=track,
                status=status,
                owner=office(session, KINDS[case.kind].departments[track], case.county_code),
            )
        )
    session.flush()
    session.expire_all()


STATUSES = [
    (kind.code, track, status) for kind in KINDS.values() for track, lifecycle in kind.tracks.items() for status in lifecycle.statuses
]


@pytest.mark.parametrize(("code", "track", "status"), STATUSES)
def test_only_what_the_table_says_happens(session: Session, code: str, track: str, status: str) -> None:
    people, kind = make_people(session), KINDS[code]
    lifecycle = kind.tracks[track]
    evidence = {name for act in kind.acts[track].values() for name in act.evidence}

    def fresh() -> Case:
        case = make_case(session, people, code)
        prove(session, case, people.HLTH, *evidence)
        bring(session, case, track, status)
        return case

    case = fresh()
    for event in sorted({step.event for step in lifecycle.steps if step.before}):
        act = kind.act(track, event)
        assert act is not None
        steps = [step for step in lifecycle.events_from(status) if step.event == event]
        for actor in ("EMP", "CLIN", "DIAG", "TEST", "HLTH", "HRSS", "SAFE", "TOWN", "system"):
            by, before = people.by(actor), len(case.steps)
            if event == "resume" and steps:
                case.came_from = steps[0].after
            may = any(by.stands_for(step.actors) for step in steps)
            try:
                do(session, case, event, facts_for(act, people, LATER), by=by, on=LATER, track=track)
            except DomainError as refused:
                assert case.status_on(track) == status and len(case.steps) == before, "a refusal changes nothing"
                assert not may or act.guard or act.bar, (event, actor, str(refused))
                continue
            assert may, (event, actor)
            assert (case.steps[before].before, case.steps[before].after) == (status, steps[0].after)
            assert case.owner_id and [step.position for step in case.steps] == list(range(1, len(case.steps) + 1))
            case = fresh()
