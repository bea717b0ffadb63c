"""How an office handles its cases: who takes one, who is reminded. Nothing here moves a status."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.models import Case
from ohs.cases.moving import write_beside
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message


def take_case(session: Session, case: Case, *, actor: User, on: date) -> None:
    """Take a case of one's office in hand; whoever has it already is named."""
    if case.assignee_id not in (None, actor.id) and case.assignee is not None:
        raise DomainError(Message("%(name)s has it already.", name=case.assignee.name))
    assign_case(session, case, actor, actor=actor, on=on)


def assign_case(session: Session, case: Case, assignee: User, *, actor: User, on: date, note: str = "") -> None:
    """Pass a case on to a colleague of the office that answers for it."""
    if assignee.organisation_id != case.owner_id or not assignee.is_active:
        raise DomainError(Message("Only somebody of the office that answers for the case can take it."))
    if case.assignee_id == assignee.id:
        raise DomainError(Message("%(name)s has it already.", name=assignee.name))
    before = case.assignee
    case.assignee = assignee
    by = By(actor)
    event = "taken" if assignee.id == actor.id else "assigned"
    write_beside(case, event, {"to": assignee.name, "note": note}, by=by, on=on)
    session.add(
        audit("case:assigned", case, actor, before={"assignee": before.login if before else None}, after={"assignee": assignee.login})
    )


def colleagues_of(session: Session, case: Case) -> list[User]:
    """Who may take the case."""
    return list(session.scalars(select(User).where(User.organisation_id == case.owner_id, User.is_enabled).order_by(User.name)))
