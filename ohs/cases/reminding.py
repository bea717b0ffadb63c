"""Reminding: whoever waits asks those who must act, not more often than this office allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.accounts.settings import setting
from ohs.cases.actors import ACTORS, By
from ohs.cases.clocks import work_calendar
from ohs.cases.cuts import cut_for, part_of_clock, part_of_to_do
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import Case
from ohs.cases.moving import write_beside
from ohs.cases.notices_models import REMINDED, CaseReminder
from ohs.cases.to_do import ToDo
from ohs.cases.topics import REMINDER
from ohs.cases.waiting import Wait, waits_among
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.rulebook.time_left import working_days_between


@dataclass(frozen=True)
class Addressee:
    """An organisation that must act on a case, and when it was last reminded."""

    organisation: Organisation
    due_on: date
    #: The track on whose part of the timeline a reminder of it is told.
    track: str
    #: Whoever reminded it, and of whatever.
    reminded_on: date | None
    #: The same, of the reminders that whoever waits may know.
    last_on: date | None


def addressees_of(session: Session, case: Case, user: User) -> list[Addressee]:
    """Everybody else who must act on what of a case this person sees, the nearest day first."""
    cut = cut_for(user, case)
    to_do = cut.without_limit(case)
    found = waits_among(session, case, cut.clocks(case), to_do)
    found.pop(user.organisation_id, None)
    told = {(name, step.on) for step in cut.steps(case) if step.event == REMINDED for name in str(step.facts.get("to", "")).split("、")}
    reminded: dict[int, list[date]] = {}
    for kept in session.scalars(select(CaseReminder).where(CaseReminder.case_id == case.id, CaseReminder.organisation_id.in_(found))):
        reminded.setdefault(kept.organisation_id, []).append(kept.on)
    addressees = []
    for one in session.scalars(select(Organisation).where(Organisation.id.in_(found))):
        wait, days = found[one.id], reminded.get(one.id, [])
        known = max((on for on in days if (one.name, on) in told), default=None)
        addressees.append(Addressee(one, wait.due_on, _track_of(case, wait, to_do), max(days, default=None), known))
    return sorted(addressees, key=lambda one: (one.due_on, one.organisation.id))


def _track_of(case: Case, wait: Wait, to_do: Sequence[ToDo]) -> str:
    if wait.clock is not None:
        return part_of_clock(case, wait.clock)
    return next((part_of_to_do(case, one) for one in to_do if one.what in wait.what.split(";")), MAIN)


def remind(session: Session, case: Case, *, actor: User, on: date) -> list[str]:
    """Remind everybody else who must act, as far as the actor sees it; returns their names. Whoever was reminded lately is left in peace."""
    found = addressees_of(session, case, actor)
    if not found:
        raise DomainError(Message("Nobody but you must act on %(number)s now.", number=case.number))
    work, pause = work_calendar(session), setting(session, "remind_working_days")
    due = [one for one in found if one.reminded_on is None or working_days_between(one.reminded_on, on, work) >= pause]
    if not due:
        raise _too_soon(found, pause)
    try:
        with session.begin_nested():
            session.add_all(CaseReminder(case_id=case.id, organisation_id=one.organisation.id, on=on, user_id=actor.id) for one in due)
    except IntegrityError as twice:  # somebody else of this office was quicker
        raise _too_soon(due, pause) from twice
    for track in sorted({one.track for one in due}):
        there = [one.organisation for one in due if one.track == track]
        told = frozenset(ACTORS[one.department or one.kind] for one in there)
        write_beside(
            case, REMINDED, {"to": "、".join(one.name for one in there)}, by=By(actor), on=on, tells=told, topic=REMINDER, track=track
        )
    names = [one.organisation.name for one in due]
    session.add(audit("case:reminded", case, actor, after={"organisations": names}))
    return names


def _too_soon(some: Sequence[Addressee], pause: int) -> DomainError:
    names = [one.organisation.name for one in some]
    return DomainError(Message("Reminded already: %(names)s. Once within %(count)s working days is enough.", names=names, count=pause))
