"""Ways of cases for tests: walked by the machine, act by act, and rows of the specification held against what it does."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from chinese_calendar import is_workday
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.calendar import catch_up
from ohs.cases.evidence import held_kinds, missing_kinds
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.machine import do, fulfil, possible
from ohs.cases.models import Case, CaseStep
from ohs.cases.moving import situation_of
from ohs.kernel.errors import DomainError
from tests.factories.cases import People, facts_for, make_case, make_people, prove

#: A Monday after which rest days and a make-up day follow; every step of a way is done on it.
DAY = date(2026, 3, 2)
#: A suspected disease on the usual way to everything that its diagnosis needs.
TO_DIAGNOSIS = "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer, EMP main material-supplied"
ACCOUNTS = ("EMP", "CLIN", "DIAG", "TEST", "HLTH", "HRSS", "SAFE", "TOWN")
#: Who records what a body or a person without an account has done.
RECORDERS = {"WKR": {"HLTH", "HRSS", "DIAG"}, "APPR": {"HLTH"}, "LCAC": {"HRSS"}, "ARB": {"HLTH", "HRSS"}, "UNION": {"HRSS"}}


@dataclass(frozen=True)
class Row:
    """One row of a table: from, event, actors, to, and the limit within which it is to happen."""

    name: str
    #: Kind of case, with its subtype after a colon, and the way there.
    kind: str
    way: str
    #: `track status`, the track left out where it is the main one.
    before: str
    event: str
    #: Who may, as the table names them.
    actors: str
    after: str
    #: Length of the limit (`30c`, `10w`, `1y`) and its slug; empty where there is none.
    limit: str = ""
    slug: str = ""
    #: Who is told at least.
    told: str = ""
    #: Days after the rest at which it happens; the limit counts from the same day as the way.
    later: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    #: Whether the calendar brings it by itself, and not a day earlier.
    by_night: bool = False
    #: Whether somebody was bound by the limit that brings it, and is late then.
    is_breach: bool = False

    @property
    def track(self) -> str:
        return self.before.split()[0] if " " in self.before else "main"


def go(session: Session, people: People, case: Case, way: str, on: date = DAY, **told: Any) -> None:
    """Walk a case along steps written as `actor track event`, with `event?key=value` for what is told, `night+30` for a night."""
    prove(session, case, people.HLTH, *(set(EVIDENCE) - held_kinds(case)))
    for step in filter(None, way.split(", ")):
        if step.startswith("night+"):
            catch_up(session, case, DAY + timedelta(days=int(step.removeprefix("night+"))))
            continue
        actor, track, event = step.split()
        if track == "duty":
            duty = next(one for one in case.duties if (one.event, one.state) == (event, "due"))
            fulfil(session, case, duty, {"done_on": on} | told, by=people.by(actor), on=on)
            continue
        event, _, given = event.partition("?")
        facts = facts_for(KINDS[case.kind].acts[track][event], people, on) | told
        if given:
            key, value = given.split("=")
            facts[key] = {"yes": True, "no": False}.get(value, value) if isinstance(facts[key], bool) else value
        prove(session, case, people.HLTH, *missing_kinds(case, KINDS[case.kind].acts[track][event]))
        do(session, case, event, facts, by=people.by(actor), on=on, track=track)


def offered(case: Case, by: By, on: date = DAY) -> list[str]:
    """The events for which somebody has a button, as far as the case itself keeps nothing back."""
    situation = situation_of(case, on)
    return sorted(step.event for _track, step, act in possible(case, by) if not act.is_out_of_place(situation))


def running(case: Case, track: str = "main") -> dict[str, date]:
    """What runs on a track: slug and last day."""
    return {one.slug: one.due_on for one in case.clocks if one.state == "running" and one.track == track}


def last_day(start: date, limit: str) -> date:
    """The last day of a limit counted from a day, by its own arithmetic: rest days roll over to the next working day."""
    amount, unit = int(limit[:-1]), limit[-1]
    day = start
    match unit:
        case "w":
            while amount:
                day += timedelta(days=1)
                amount -= is_workday(day)
        case "c":
            day += timedelta(days=amount)
        case "y" | "m":
            months = day.month - 1 + amount * (12 if unit == "y" else 1)
            year, month = day.year + months // 12, months % 12 + 1
            day = date(year, month, min(day.day, monthrange(year, month)[1]))
    while limit[0] != "0" and day.year < 2027 and not is_workday(day):
        day += timedelta(days=1)
    return day


def arrive(session: Session, kind: str, way: str) -> tuple[People, Case]:
    """A case at the end of a way, with everybody who acts on it."""
    people = make_people(session)
    code, _, subtype = kind.partition(":")
    case = make_case(session, people, code, on=DAY, subtype=subtype)
    go(session, people, case, way)
    session.flush()
    return people, case


def hold(session: Session, row: Row) -> None:
    """The row against the machine: the limit, who may not, who may, where it leads and who is told."""
    people, case = arrive(session, row.kind, row.way)
    track, before = row.track, row.before.split()[-1]
    assert case.status_on(track) == before
    if row.limit:
        assert running(case, track)[row.slug] == last_day(DAY, row.limit)
    on, step = DAY + timedelta(days=row.later), KINDS[case.kind].acts[track][row.event]
    facts = facts_for(step, people, on) | row.facts
    prove(session, case, people.HLTH, *missing_kinds(case, step))
    named = set(row.actors.split())
    for account in sorted(set(ACCOUNTS) - named - {one for body in named for one in RECORDERS.get(body, ())}):
        held = (case.status_on(track), len(case.steps), [(one.slug, one.state) for one in case.clocks])
        try:
            do(session, case, row.event, facts, by=people.by(account), on=on, track=track)
        except DomainError as refusal:
            assert "not for you" in str(refusal), (account, str(refusal))
        else:
            raise AssertionError(f"{account} may not do this")
        assert held == (case.status_on(track), len(case.steps), [(one.slug, one.state) for one in case.clocks])
    if row.by_night:
        on = running(case, track)[row.slug]
        catch_up(session, case, on)
        assert case.status_on(track) == before, "not on the last day"
        catch_up(session, case, on + timedelta(days=1))
        _holds(row, case, _last(case, track, row.event), {"system"})
        return
    for actor in sorted(named):
        tried = session.begin_nested()
        do(session, case, row.event, facts, by=people.by(actor), on=on, track=track)
        _holds(row, case, _last(case, track, row.event), {actor} | RECORDERS.get(actor, set()))
        tried.rollback()
        session.expire_all()


def _last(case: Case, track: str, event: str) -> CaseStep:
    return [one for one in case.steps if (one.track, one.event) == (track, event)][-1]


def _holds(row: Row, case: Case, step: CaseStep, actors: set[str]) -> None:
    after = row.after.split()[-1]
    assert (step.before, step.after) == (row.before.split()[-1], after) and case.status_on(row.track) == after
    assert step.actor in actors and set(row.told.split()) <= set(step.told), step.told
    if row.slug and row.before != row.after:
        ended = [one for one in case.clocks if one.slug == row.slug and one.track == row.track]
        assert ended[0].state == (
            "late"
            if row.is_breach
            else "dropped"
            if actors == {"system"}
            else "late"
            if DAY + timedelta(days=row.later) > last_day(DAY, row.limit)
            else "met"
        )
