"""Clocks of cases: started by a status or a duty, suspended with cause and document, resumed, extended, met or missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from ohs.cases.kinds import KINDS
from ohs.cases.models import OPEN_CLOCKS, Case, CaseClock, CaseDuty, ClockPause
from ohs.kernel.default_clocks import own_amounts
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.workdays import CALENDAR_HELD, edited_days
from ohs.rulebook.deadlines import Suspension, WorkCalendar, deadline

#: Steps of the ladder up which what is late rises.
AMBER, RED, CITY, JOINT_MEETING = 1, 2, 3, 4


def work_calendar(session: Session) -> WorkCalendar:
    """This office's calendar with its own default limits, read once in a session."""
    held = session.info.get(CALENDAR_HELD)
    if held is None:
        held = session.info[CALENDAR_HELD] = WorkCalendar(edited_days(session), own_amounts(session))
    return held  # type: ignore[no-any-return]


class Limit(NamedTuple):
    """The last day of a duty, in how many of its units it comes, and what it rests on."""

    due_on: date
    amount: int | None
    is_statutory: bool
    is_provisional: bool


def reckon(session: Session, slug: str, on: date) -> Limit | None:
    """The limit that begins on a day; none where no rule of that name held then, or where it names an earliest day only."""
    answer = deadline(slug, on, work=work_calendar(session))
    if not answer.is_answered or answer.value["earliest"]:
        return None
    value = answer.value
    return Limit(value["due"], value["amount"], bool(value["statutory"]), bool(value["provisional"]))


def start_clock(
    session: Session, case: Case, *, track: str, status: str, slug: str, actors: str, on: date, set_due_on: date | None = None,
    duty: CaseDuty | None = None,
) -> CaseClock | None:  # fmt: skip
    """Start a clock; none where no rule of that name held on that day, or where it names an earliest day only.

    A day that somebody set (an order, an appointment) takes the place of the number of days.
    """
    limit = reckon(session, slug, on) if set_due_on is None else Limit(set_due_on, None, is_statutory=False, is_provisional=False)
    if limit is None:
        return None
    clock = CaseClock(
        track=track, status=status, slug=slug, actors=actors, started_on=on, due_on=limit.due_on, is_set=set_due_on is not None, amount=limit.amount,
        is_statutory=limit.is_statutory, is_provisional=limit.is_provisional, state="running", escalation=0,
    )  # fmt: skip
    if duty is not None:
        clock.duty = duty
    case.clocks.append(clock)
    return clock


def end_clock(clock: CaseClock, on: date, *, is_met: bool = True) -> None:
    """Its event has happened, in time or late; or nobody needs it any more."""
    if clock.state == "paused":
        _close_pause(clock, on)
    clock.state = "dropped" if not is_met else ("late" if clock.due_on < on else "met")
    clock.ended_on = max(on, clock.started_on)


def pause_clock(clock: CaseClock, on: date, *, cause: str, document_no: str = "", is_by_hand: bool = False) -> None:
    """Suspend: the days from the next one on do not count. Names its cause, and its document where there is one."""
    if clock.state != "running":
        raise DomainError(Message("This clock does not run; it cannot be suspended."))
    if not cause.strip():
        raise DomainError(Message("A suspension names its cause."), status=400)
    clock.state = "paused"
    clock.pauses.append(
        ClockPause(from_on=on + timedelta(days=1), cause=cause.strip(), document_no=document_no.strip(), is_by_hand=is_by_hand)
    )


def resume_clock(session: Session, clock: CaseClock, on: date) -> None:
    """Resume: the elapsed days are kept, the last day moves by the time that was suspended; counted by the limit as it began."""
    if clock.state != "paused":
        raise DomainError(Message("This clock is not suspended."))
    lost = _close_pause(clock, on)
    clock.state = "running"
    if not lost:
        return
    if clock.is_set:
        clock.due_on = work_calendar(session).roll(clock.due_on + lost)
        return
    work = work_calendar(session)
    if clock.amount is not None:
        work = replace(work, own_amounts={clock.slug: ((clock.started_on, clock.amount),)})
    answer = deadline(clock.slug, clock.started_on, work=work, suspended=suspensions(clock))
    if answer.is_answered:
        clock.due_on, clock.is_provisional = answer.value["due"], answer.value["provisional"]


def extend_clock(clock: CaseClock, until_on: date) -> None:
    """Give more time: a later day that somebody has decided."""
    if clock.state != "running":
        raise DomainError(Message("This clock does not run; it cannot be extended."))
    if until_on <= clock.due_on:
        raise DomainError(Message("The new day must lie after %(day)s.", day=clock.due_on.isoformat()), status=400)
    clock.due_on, clock.is_set, clock.amount, clock.escalation = until_on, True, None, 0
    clock.is_statutory = clock.is_provisional = False


def suspensions(clock: CaseClock) -> tuple[Suspension, ...]:
    """The stretches that do not count; one that has not ended yet is left out."""
    return tuple((pause.from_on, pause.to_on) for pause in clock.pauses if pause.to_on is not None)


def _close_pause(clock: CaseClock, on: date) -> timedelta:
    """End the last suspension; how long it has lasted."""
    pause = clock.pauses[-1]
    if on < pause.from_on:  # suspended and resumed on one day: nothing was lost
        clock.pauses.remove(pause)
        return timedelta(0)
    pause.to_on = on
    return on - pause.from_on + timedelta(days=1)


def open_clocks(case: Case) -> list[CaseClock]:
    """Those that run or stand still."""
    return [clock for clock in case.clocks if clock.state in OPEN_CLOCKS]


def nearest_day(case: Case) -> date | None:
    """The nearest last day of what runs."""
    return min((clock.due_on for clock in case.clocks if clock.state == "running"), default=None)


def passed_slugs(case: Case, on: date) -> frozenset[str]:
    """Slugs of clocks whose last day lies behind; of several of one name the latest counts. What stands still has not passed.

    A right that nobody used has ended when its last day had passed; any other clock that was dropped says nothing.
    """
    rights = KINDS[case.kind].rights
    latest: Mapping[str, CaseClock] = {
        clock.slug: clock
        for clock in case.clocks
        if clock.state != "dropped" or (clock.slug in rights and clock.ended_on is not None and clock.ended_on > clock.due_on)
    }
    return frozenset(slug for slug, clock in latest.items() if clock.state != "paused" and clock.due_on < on)
