"""Cases that are opened together: what is counted anew for a day is what the machine makes of that day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.cases.machine import Opening
from ohs.cases.patterns import Happening, Patterns, Wanted
from ohs.kernel.workdays import CALENDAR_HELD
from ohs.rulebook.deadlines import WorkCalendar
from tests.factories.cases import People, make_people

ON = date(2027, 2, 17)
#: From the day itself back over the lunar holidays, a change of the tables and a year of the calendar, day by day.
DAYS = [ON - timedelta(days=ago) for ago in range(400)]

#: Kind, event, subtype and what the opening tells besides its day.
OPENINGS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "suspected": ("susp", "suspected-found", "", {"disease": "职业性矽肺"}),
    "acute": ("susp", "suspected-found", "acute", {"disease": "职业性急性苯中毒"}),
    "contraindicated": ("contra", "contraindication-found", "", {"hazards": "P01"}),
    "contraindicated before placement": ("contra", "contraindication-found", "pre-placement", {"hazards": "P01"}),
    "re-examination": ("recheck", "recheck-required", "", {"card_no": "A1", "items": "纯音测听"}),
}


def wanted(people: People, opening: tuple[str, str, str, dict[str, Any]], day: date, then: list[Happening]) -> Wanted:
    """A case that was found on a day."""
    kind, event, subtype, facts = opening
    return Wanted(
        Opening(kind, event, "1:P01", "330402", subtype=subtype, clinic_id=people.CLIN.organisation_id, facts=facts | {"found_on": day}),
        [],
        then,
    )


def patterns(session: Session, people: People) -> Patterns:
    return Patterns(session, lambda _opening: people.HLTH.organisation_id, people.by("CLIN"), ON)


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS)
def test_a_case_counted_for_its_day_is_the_one_that_the_machine_makes(
    session: Session, opening: tuple[str, str, str, dict[str, Any]]
) -> None:
    people = make_people(session)
    session.info[CALENDAR_HELD] = WorkCalendar(own_amounts={"contraindication-notify": ((date(2026, 9, 1), 2),)})
    loading = patterns(session, people)
    for day in DAYS:
        one = wanted(people, opening, day, [])
        assert loading.of(one) == patterns(session, people)._made(one), day


def test_what_happens_at_once_is_left_to_the_machine(session: Session) -> None:
    people = make_people(session)
    loading = patterns(session, people)
    for day in DAYS[::20]:
        answer = {"examined_on": day, "card_no": "A2", "previous_card_no": "A1", "conclusions": "N"}
        one = wanted(people, OPENINGS["re-examination"], day, [Happening("record-uploaded", answer)])
        made = loading.of(one)
        assert made == patterns(session, people)._made(one)
        assert made.status == "closed" and not made.is_only_running


def test_of_days_alone_the_machine_makes_one_case_for_all(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    people, made = make_people(session), []
    make = Patterns._made
    monkeypatch.setattr(Patterns, "_made", lambda self, one: made.append(one) or make(self, one))
    loading = patterns(session, people)
    for day in DAYS[1:100]:
        for name in ("A1", "A2"):
            loading.of(wanted(people, ("recheck", "recheck-required", "", {"card_no": name}), day, []))
    assert len(made) == 1
