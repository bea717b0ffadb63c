"""What is open by age, out of counts kept by every change: always the same as what the inboxes themselves say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import and_, case, func, literal, select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.actors import By
from ohs.cases.calendar import catch_up
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.open_counts import CaseOpenFigure, counted, kept, put_together, rebuild_open
from ohs.cases.opening import open_many
from ohs.cases.patterns import Wanted
from ohs.cases.performance import AGES, COUNTY, OFFICE, STEP, Narrowed, figures_by
from ohs.cases.placing import place_case
from ohs.cases.waiting import settle
from ohs.kernel.errors import DomainError
from tests.factories.accounts import make_organisation
from tests.factories.cases import People, facts_for, make_case, make_opening, make_people, prove
from tests.factories.registry import make_employer

START = date(2026, 3, 2)


def lively(session: Session, people: People, chance: Random) -> date:
    """Cases of every kind, each some acts further; the day on which all of this has ended."""
    on = START
    for code in [*KINDS] * 3:
        on += timedelta(days=chance.choice((0, 1, 9, 40)))
        made, kind = make_case(session, people, code, on=on), KINDS[code]
        for _act in range(chance.randint(0, 4)):
            steps = [
                (track, step)
                for track, one in kind.tracks.items()
                for step in one.steps
                if step.before and step.before == made.status_on(track)
            ]
            if not steps:
                break
            track, step = chance.choice(steps)
            act = kind.act(track, step.event)
            assert act is not None
            prove(session, made, people.HLTH, *set(act.asks(made.subtype)) - {one.kind for one in made.evidence})
            try:
                with session.begin_nested():
                    by = people.by(min(step.actors))
                    do(session, made, step.event, facts_for(act, people, on, chance.choice), by=by, on=on, track=track)
            except DomainError:
                session.expire_all()
                catch_up(session, made, on)
    return on


def live(session: Session, by: str, on: date) -> dict[Any, tuple[int, ...]]:
    """Ages of what waits, asked of the inboxes themselves."""
    whose = case((Organisation.kind == "employer", literal(0)), else_=CaseWaiting.organisation_id)
    group: Any = {STEP: CaseClock.slug, COUNTY: Case.county_code, OFFICE: whose}[by]
    ages = []
    for _name, youngest, oldest in AGES:
        young = CaseClock.started_on <= on - timedelta(days=youngest)
        aged = young if oldest is None else and_(young, CaseClock.started_on >= on - timedelta(days=oldest))
        ages.append(func.sum(case((aged, 1), else_=0)))
    question = (
        select(group, *ages)
        .select_from(CaseWaiting)
        .join(Case, Case.id == CaseWaiting.case_id)
        .join(CaseClock, CaseClock.id == CaseWaiting.clock_id)
        .join(Organisation, Organisation.id == CaseWaiting.organisation_id)
        .group_by(group)
    )
    return {row[0]: tuple(int(one) for one in row[1:]) for row in session.execute(question)}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", [STEP, OFFICE, COUNTY])
def test_open_by_age_is_what_the_inboxes_say(session: Session, by: str, seed: int) -> None:
    people = make_people(session)
    on = lively(session, people, Random(seed))
    for later in (0, 5, 30, 100):
        day = on + timedelta(days=later)
        told = {
            line.key: tuple(line.open[name] for name, _from, _to in AGES)
            for line in figures_by(session, people.HLTH, by, Narrowed(), day)
            if line.open_count
        }
        assert told == live(session, by, day)
    assert kept(session) == counted(session)


def test_ages_grow_without_a_commit(session: Session) -> None:
    people = make_people(session)
    make_case(session, people, "complaint", on=START)

    def age(day: date) -> dict[str, int]:
        return dict(next(line.open for line in figures_by(session, people.HLTH, STEP, Narrowed(), day) if line.key == "complaint-answer"))

    assert [next(name for name, count in age(START + timedelta(days=days)).items() if count) for days in (7, 8, 31, 91)] == [
        "week", "month", "quarter", "older",
    ]  # fmt: skip


def test_what_goes_to_another_county_is_counted_there(session: Session) -> None:
    people = make_people(session)
    moved = make_case(session, people, "complaint", on=START)
    make_organisation(session, department="health", region_code="330482")
    place_case(session, moved, make_employer(session, county_code="330482"), county_code="330482", by=By(people.HLTH), on=START)
    settle(session, moved)
    assert {key[-1] for key in kept(session)} == {"330482"} and kept(session) == counted(session)


def test_cases_that_are_opened_at_once_are_counted_as_well(session: Session) -> None:
    people = make_people(session)
    wanted = [Wanted(make_opening(session, people, "complaint", on=START)[0], []) for _number in range(4)]
    open_many(session, wanted, by=people.by("HLTH"), on=START, because_of="上传")
    assert sum(kept(session).values()) == 4 and kept(session) == counted(session)


def test_the_night_puts_lines_together_and_changes_no_count(session: Session) -> None:
    people = make_people(session)
    lively(session, people, Random(7))
    before, lines = kept(session), select(func.count()).select_from(CaseOpenFigure)
    many = session.scalar(lines)
    assert put_together(session, START) > 0
    assert kept(session) == before and (session.scalar(lines) or 0) == len(before) < (many or 0)
    assert put_together(session, START) == 0, "twice changes nothing"


def test_made_anew_they_are_the_same_and_what_was_wrong_is_mended(session: Session) -> None:
    people = make_people(session)
    lively(session, people, Random(3))
    held = kept(session)
    assert rebuild_open(session) == 0 and kept(session) == held
    session.execute(
        update(CaseOpenFigure).where(CaseOpenFigure.id == select(func.min(CaseOpenFigure.id)).scalar_subquery()).values(waiting=99)
    )
    assert rebuild_open(session) == 1 and kept(session) == held == Counter(counted(session))
