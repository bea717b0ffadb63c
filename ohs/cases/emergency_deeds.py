"""What is done about emergency access: open a case for hours, give it back, review what somebody else has opened."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import EMERGENCIES_HELD, User
from ohs.cases.clocks import work_calendar
from ohs.cases.emergency import EmergencyAccess
from ohs.cases.models import Case
from ohs.cases.queries import find_case
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.clock import LOCAL, local_day, now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, visible
from ohs.rulebook.deadlines import deadline, find_deadline

ACCESS, REVIEW = "emergency-access", "emergency-access-review"
#: What an emergency is.
REASONS = {
    "rescue": Message("Rescue or treatment of people"),
    "danger": Message("Danger to others at the same workplace"),
    "search": Message("Search for people who were exposed together"),
    "order": Message("Urgent order of a higher authority"),
}
READING = "case:read-in-emergency"
#: So much must at least be said.
SHORTEST_NOTE = 5


def hours_of(session: Session, on: date) -> int:
    """For how many hours a case is open: a default of this office with an upper bound."""
    row = find_deadline(ACCESS, on, work_calendar(session))
    if row is None:
        raise DomainError(Message("No rule lets a case be opened in an emergency on this day."))
    return int(row["amount"])


def open_in_emergency(session: Session, number: str, *, reason: str, note: str, actor: User, at: datetime) -> EmergencyAccess:
    """Open a case that policy keeps closed to this person, for reading only. Somebody else reviews it afterwards."""
    if reason not in REASONS or len(note.strip()) < SHORTEST_NOTE:
        raise DomainError(Message("Name the emergency: what has happened, and why this case must be read now."), status=400)
    case = find_case(session, number.strip())
    if case is None:
        raise DomainError(Message("There is no case of the number %(number)s.", number=number.strip()), status=400)
    if allowed(actor, Permission.CASE_READ, case):
        raise DomainError(Message("%(number)s is open to you already.", number=case.number))
    on = local_day(at)
    due = deadline(REVIEW, on, work=work_calendar(session))
    if not due.is_answered:
        raise DomainError(Message("No rule lets a case be opened in an emergency on this day."))
    access = EmergencyAccess(
        case_id=case.id, user_id=actor.id, reason=reason, note=note.strip(), opened_at=at, ends_at=at + timedelta(hours=hours_of(session, on)),
        review_due_on=due.value["due"],
    )  # fmt: skip
    after = {"ends_at": f"{access.ends_at.astimezone(LOCAL):%Y-%m-%d %H:%M}", "review_due_on": access.review_due_on}
    session.add_all([access, audit("emergency:opened", case, actor, after=after, reason=access.note)])
    session.flush()
    _forget_held(session)
    return access


def give_back(session: Session, access: EmergencyAccess, *, actor: User, at: datetime) -> None:
    """End one's own access before its time."""
    if not access.is_open(at):
        raise DomainError(Message("This access has ended already."))
    access.closed_at = at
    session.add(audit("emergency:ended", access.case, actor))
    session.flush()
    _forget_held(session)


def review(session: Session, access: EmergencyAccess, *, outcome: str, note: str, actor: User, at: datetime) -> None:
    """Say whether somebody else's access was right; an objection has its reason."""
    if access.user_id == actor.id:
        raise DomainError(Message("Nobody reviews what they have opened themselves."))
    if access.outcome:
        who = access.reviewed_by.name if access.reviewed_by else ""
        raise DomainError(Message("%(name)s has reviewed this already.", name=who))
    if access.is_open(at):
        raise DomainError(Message("This access still lasts; review it when it has ended."))
    if outcome not in ("accepted", "objected"):
        raise DomainError(Message("Accept it or object to it."), status=400)
    if outcome == "objected" and not note.strip():
        raise DomainError(Message("An objection has a reason."), status=400)
    access.outcome, access.review_note, access.reviewed_at, access.reviewed_by_id = outcome, note.strip(), at, actor.id
    after = {"outcome": outcome, "reader": access.user.login}
    session.add(audit("emergency:reviewed", access.case, actor, after=after, reason=note.strip() or None))


def open_access(session: Session, user: Any, case: Case) -> EmergencyAccess | None:
    """The access by which this person reads a case right now; none where policy opens it anyway."""
    if case.id not in user.emergency_case_ids:
        return None
    question = select(EmergencyAccess).where(EmergencyAccess.user_id == user.id, EmergencyAccess.case_id == case.id)
    return session.scalar(question.where(EmergencyAccess.ends_at > now(), EmergencyAccess.closed_at.is_(None)).limit(1))


def own_accesses(user: Any) -> Select[EmergencyAccess]:
    """What this person has opened."""
    return select(EmergencyAccess).where(EmergencyAccess.user_id == user.id).options(joinedload(EmergencyAccess.case))


def accesses_seen_by(user: Any, standing: str, on: date) -> Select[EmergencyAccess]:
    """What was opened, for whoever reviews it and for the auditor; `pending`, `overdue` or everything."""
    question = select(EmergencyAccess).where(visible(user, Permission.EMERGENCY_READ, EmergencyAccess))
    if standing in ("pending", "overdue"):
        question = question.where(EmergencyAccess.outcome == "")
    if standing == "overdue":
        question = question.where(EmergencyAccess.review_due_on < on)
    if standing == "objected":
        question = question.where(EmergencyAccess.outcome == "objected")
    return question.options(joinedload(EmergencyAccess.case), joinedload(EmergencyAccess.user))


def readings_of(session: Session, access: EmergencyAccess) -> int:
    """How often the case was read by it, as the trail tells."""
    question = select(func.count()).select_from(AuditEvent).where(
        AuditEvent.event == READING, AuditEvent.actor_id == access.user_id, AuditEvent.subject_id == access.case_id,
        AuditEvent.at >= access.opened_at, AuditEvent.at <= access.ends_at,
    )  # fmt: skip
    return session.scalar(question) or 0


def _forget_held(session: Session) -> None:
    session.info.pop(EMERGENCIES_HELD, None)
