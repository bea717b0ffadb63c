"""Who must act by when, as people read it: “waiting: health bureau of 海宁, to verify the removal, 3 working days left”."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from ohs.cases.actors import SYSTEM
from ohs.cases.clocks import work_calendar
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.labels import ACTOR_LABELS, duty_name, to_do_name
from ohs.cases.models import Case, CaseClock, CaseWaiting, ClockPause
from ohs.cases.to_do import ToDo, track_of
from ohs.cases.transfer_rules import REFUSE_WITHIN, TRANSFER
from ohs.cases.transfers_models import SENT, Transfer
from ohs.cases.waiting import asked_in
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.rulebook.time_left import Left, left_until


@dataclass(frozen=True)
class Awaited:
    """One thing that a case waits for."""

    who: tuple[str, ...]
    what: str
    left: Left | None = None
    #: The clock that runs for it; none where there is no limit.
    clock: CaseClock | None = None
    #: The suspension for which its limit stands still.
    pause: ClockPause | None = None
    #: The track on which it waits.
    track: str = MAIN
    #: Whether somebody may do it until then and need not: nobody is waited for.
    is_right: bool = False

    @property
    def open_end(self) -> str:
        """Why no last day is named."""
        return suspension_told(self.pause) if self.pause is not None else _("no statutory limit")


def suspension_told(pause: ClockPause) -> str:
    """Since when a limit stands still, and why."""
    return _("limit suspended since %(day)s: %(cause)s", day=pause.from_on.isoformat(), cause=pause.cause)


def left_on(clock: CaseClock, on: date, work: Any) -> Left | None:
    """The time left to a clock's last day; a day that somebody set rests on no rule."""
    return left_until(clock.due_on, clock.slug, on, work, since=clock.started_on)


def awaited(session: Session, case: Case, clocks: Iterable[CaseClock], without_limit: Iterable[ToDo]) -> list[Awaited]:
    """What the running clocks wait for, the nearest day first, then what is to be done without a limit."""
    work, on, clocks = work_calendar(session), today(), list(clocks)
    running = sorted((clock for clock in clocks if clock.state == "running"), key=lambda clock: clock.due_on)
    dated = [
        Awaited(
            *_who_and_what(session, case, clock),
            left_on(clock, on, work),
            clock,
            track=track_of(case, clock),
            is_right=clock.slug in KINDS[case.kind].optional and clock.actors != SYSTEM,
        )
        for clock in running
    ]
    still = {_waits_as(case, clock): clock.pauses[-1] for clock in clocks if clock.state == "paused"}
    return dated + [
        Awaited(
            tuple(_name_of(case, actor, one.track) for actor in one.actors.split("; ")),
            say(to_do_name(case.kind, one.what)),
            pause=still.get(one.what),
            track=one.track,
        )
        for one in without_limit
    ]


def _waits_as(case: Case, clock: CaseClock) -> str:
    """What is to be done for a clock, as it is called where no clock runs."""
    return clock.duty.event if clock.duty is not None else case.status_on(clock.track)


def _who_and_what(session: Session, case: Case, clock: CaseClock) -> tuple[tuple[str, ...], str]:
    if clock.track != TRANSFER:
        return names_of(case, clock), duty_name(clock.slug, clock.started_on)
    transfer = _transfer_of(session, clock)
    return (transfer.answerer.name,), _("answer the hand-over") if transfer.kind == SENT else _("answer who asks for it")


def _transfer_of(session: Session, clock: CaseClock) -> Transfer:
    return session.scalars(select(Transfer).where(Transfer.clock_id == clock.id)).one()


def names_of(case: Case, clock: CaseClock) -> tuple[str, ...]:
    """Those who must act by name, as far as they have one."""
    session = object_session(clock)
    if clock.track == TRANSFER and session is not None:
        return (_transfer_of(session, clock).answerer.name,)
    return tuple(_name_of(case, actor, track_of(case, clock)) for actor in clock.actors.split("; "))


def _name_of(case: Case, actor: str, track: str) -> str:
    """Who an actor of the tables is on a track; the office that answers for it where none is named."""
    offices = {one.track: one.owner for one in case.tracks}
    office = offices.get(track, case.owner)
    named: dict[str, Any] = {
        "CLIN": case.institution if asked_in(case) else case.clinic, "EMP": case.employer.standing if case.employer else None, "DIAG": case.institution, "TEST": case.institution,
        "HLTH": case.owner if track == WORK_INJURY else office, "HRSS": offices.get(WORK_INJURY), "": office,
    }  # fmt: skip
    return str(named[actor].name if named.get(actor) is not None else ACTOR_LABELS.get(actor, actor))


@dataclass(frozen=True)
class Line:
    """What an inbox says of a case."""

    what: str
    left: Left | None
    #: What is to be done besides, without a limit.
    also: tuple[str, ...] = ()
    #: Since when and why limits stand still, each once; with what is to be done where that is not told already.
    still: tuple[str, ...] = ()

    #: Whether everything that it is about stands still.
    is_suspended: bool = False

    @property
    def open_end(self) -> str:
        """Why no last day is named."""
        return "；".join(self.still) if self.is_suspended else _("no statutory limit")


def waiting_teller(session: Session, rows: Sequence[CaseWaiting]) -> Callable[[CaseWaiting], Line]:
    """Tells of each line of an inbox what is to be done and how long there is, or since when and why its limit stands still."""
    work, on, pauses = work_calendar(session), today(), _pauses_of(session, rows)

    def tell(row: CaseWaiting) -> Line:
        whats = [one for one in row.what.split(";") if one]
        held = {one: pauses[row.case_id, one] for one in whats if (row.case_id, one) in pauses}
        names = {one: say(to_do_name(row.case.kind, one)) for one in whats}
        free = tuple(names[one] for one in whats if one not in held)
        if row.clock is None and not free:
            return Line("、".join(names.values()), None, (), tuple(dict.fromkeys(map(suspension_told, held.values()))), bool(held))
        still = tuple(f"{names[one]}：{suspension_told(pause)}" for one, pause in held.items())
        if row.clock is None:
            return Line("、".join(free), None, (), still)
        return Line(duty_name(row.clock.slug, row.clock.started_on), left_on(row.clock, on, work), free, still)

    return tell


def _pauses_of(session: Session, rows: Sequence[CaseWaiting]) -> dict[tuple[int, str], ClockPause]:
    """The suspensions that last on the cases of some lines, by what is to be done."""
    cases = {row.case_id: row.case for row in rows if row.what}
    question = select(CaseClock).where(CaseClock.case_id.in_(cases), CaseClock.state == "paused")
    clocks = session.scalars(question.options(selectinload(CaseClock.pauses), joinedload(CaseClock.duty))) if cases else ()
    return {(clock.case_id, _waits_as(cases[clock.case_id], clock)): clock.pauses[-1] for clock in clocks}


def transfer_left(session: Session) -> Callable[[Transfer], Left | None]:
    """Tells how long there is to answer a hand-over."""
    work, on = work_calendar(session), today()
    return lambda transfer: None if transfer.answer else left_until(transfer.due_on, REFUSE_WITHIN, on, work, since=transfer.asked_on)
