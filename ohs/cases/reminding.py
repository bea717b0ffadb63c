"""Reminding: whoever waits asks those who must act, not more often than this office allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.accounts.settings import setting
from ohs.cases.actors import ACTORS, By
from ohs.cases.clocks import work_calendar
from ohs.cases.models import Case, CaseWaiting
from ohs.cases.moving import write_beside
from ohs.cases.notices_models import REMINDED, CaseReminder
from ohs.cases.topics import REMINDER
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.rulebook.time_left import working_days_between


@dataclass(frozen=True)
class Addressee:
    """An organisation that must act on a case, and when it was last reminded."""

    organisation: Organisation
    due_on: date
    last_on: date | None


def addressees_of(session: Session, case: Case, user: User) -> list[Addressee]:
    """Everybody else who must act on a case, the nearest day first."""
    last = (
        select(CaseReminder.organisation_id, func.max(CaseReminder.on).label("last_on"))
        .where(CaseReminder.case_id == case.id)
        .group_by(CaseReminder.organisation_id)
        .subquery()
    )
    question = (
        select(Organisation, CaseWaiting.due_on, last.c.last_on)
        .join(CaseWaiting, CaseWaiting.organisation_id == Organisation.id)
        .outerjoin(last, last.c.organisation_id == Organisation.id)
        .where(CaseWaiting.case_id == case.id, Organisation.id != user.organisation_id)
        .order_by(CaseWaiting.due_on, Organisation.id)
    )
    return [Addressee(*row) for row in session.execute(question)]


def remind(session: Session, case: Case, *, actor: User, on: date) -> list[str]:
    """Remind everybody else who must act; returns their names. Whoever was reminded lately is left in peace."""
    found = addressees_of(session, case, actor)
    if not found:
        raise DomainError(Message("Nobody but you must act on %(number)s now.", number=case.number))
    work, pause = work_calendar(session), setting(session, "remind_working_days")
    due = [one for one in found if one.last_on is None or working_days_between(one.last_on, on, work) >= pause]
    if not due:
        raise _too_soon(found, pause)
    try:
        with session.begin_nested():
            session.add_all(CaseReminder(case_id=case.id, organisation_id=one.organisation.id, on=on, user_id=actor.id) for one in due)
    except IntegrityError as twice:  # somebody else of this office was quicker
        raise _too_soon(due, pause) from twice
    names = [one.organisation.name for one in due]
    told = frozenset(ACTORS[one.organisation.department or one.organisation.kind] for one in due)
    write_beside(case, REMINDED, {"to": "、".join(names)}, by=By(actor), on=on, tells=told, topic=REMINDER)
    session.add(audit("case:reminded", case, actor, after={"organisations": names}))
    return names


def _too_soon(some: Sequence[Addressee], pause: int) -> DomainError:
    names = [one.organisation.name for one in some]
    return DomainError(Message("Reminded already: %(names)s. Once within %(count)s working days is enough.", names=names, count=pause))
