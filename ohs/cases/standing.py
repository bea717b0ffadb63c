"""Who must act by when, as people read it: “waiting: health bureau of 海宁, to verify the removal, 3 working days left”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from ohs.cases.clocks import work_calendar
from ohs.cases.labels import ACTOR_LABELS, duty_name
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.transfer_rules import REFUSE_WITHIN, TRANSFER
from ohs.cases.transfers_models import SENT, Transfer
from ohs.kernel.clock import today
from ohs.kernel.fields import LAST_DAY
from ohs.rulebook.time_left import Left, left_until


@dataclass(frozen=True)
class Awaited:
    """One thing that a case waits for."""

    who: tuple[str, ...]
    what: str
    left: Left | None
    clock: CaseClock


def left_on(clock: CaseClock, on: date, work: Any) -> Left | None:
    """The time left to a clock's last day; a day that somebody set rests on no rule."""
    return left_until(clock.due_on, clock.slug, on, work, since=clock.started_on)


def awaited(session: Session, case: Case, clocks: list[CaseClock]) -> list[Awaited]:
    """What the running clocks wait for, the nearest day first."""
    work, on = work_calendar(session), today()
    running = sorted((clock for clock in clocks if clock.state == "running"), key=lambda clock: clock.due_on)
    return [Awaited(*_who_and_what(session, case, clock), left_on(clock, on, work), clock) for clock in running]


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
    named: dict[str, Any] = {
        "CLIN": case.clinic, "EMP": case.employer.standing if case.employer else None, "DIAG": case.institution, "TEST": case.institution,
        "HLTH": case.owner, "HRSS": next((one.owner for one in case.tracks if one.track == "work_injury"), None),
    }  # fmt: skip
    return tuple(
        named[actor].name if named.get(actor) is not None else str(ACTOR_LABELS.get(actor, actor)) for actor in clock.actors.split("; ")
    )


Tell = Callable[[CaseWaiting], tuple[str, Left | None]]


def waiting_teller(session: Session) -> Tell:
    """Tells of each line of an inbox what is to be done and how long there is."""
    work, on = work_calendar(session), today()

    def tell(row: CaseWaiting) -> tuple[str, Left | None]:
        if row.clock is None or row.due_on == LAST_DAY:
            return "", None
        return duty_name(row.clock.slug, row.clock.started_on), left_on(row.clock, on, work)

    return tell


def transfer_left(session: Session) -> Callable[[Transfer], Left | None]:
    """Tells how long there is to answer a hand-over."""
    work, on = work_calendar(session), today()
    return lambda transfer: None if transfer.answer else left_until(transfer.due_on, REFUSE_WITHIN, on, work, since=transfer.asked_on)
