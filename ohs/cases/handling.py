"""How organisations handle their part of cases: who takes one, to whom it is passed on. Nothing here moves a status or an owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import By
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import Case, CaseHandler
from ohs.cases.moving import beside, write_step
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message


def take_case(session: Session, case: Case, *, actor: User, on: date) -> None:
    """Take a case in hand at one's organisation; whoever has it there already is named."""
    held = case.handler_at(actor.organisation_id)
    if held is not None and held.id != actor.id:
        raise DomainError(Message("%(name)s has it already.", name=held.name))
    assign_case(session, case, actor, actor=actor, on=on)


def assign_case(session: Session, case: Case, assignee: User, *, actor: User, on: date, note: str = "") -> None:
    """Pass a case on to a colleague of one's organisation, which has a part in it."""
    if assignee.organisation_id != actor.organisation_id or not assignee.is_active or not has_part(case, actor.organisation):
        raise DomainError(Message("Only a colleague of an organisation that has a part in the case can take it."))
    before = case.handler_at(actor.organisation_id)
    if before is not None and before.id == assignee.id:
        raise DomainError(Message("%(name)s has it already.", name=assignee.name))
    put_in_hands(case, assignee)
    track = track_held(case, actor.organisation_id)
    if track is not None:
        by, event = By(actor), "taken" if assignee.id == actor.id else "assigned"
        facts = {"to": assignee.name, "note": note}
        write_step(case, track, beside(case, event, by.code, track), by.code, by, facts, frozenset(), on)
        flag_modified(case, "due_on")  # whoever has the old page open is told
    session.flush()
    session.add(
        audit("case:assigned", case, actor, before={"assignee": before.login if before else None}, after={"assignee": assignee.login})
    )


def put_in_hands(case: Case, user: User) -> None:
    """Let somebody have a case in hand at their organisation; whose case it is changes nothing."""
    held = next((one for one in case.handlers if one.organisation_id == user.organisation_id), None)
    if held is None:
        case.handlers.append(CaseHandler(organisation_id=user.organisation_id, user_id=user.id, user=user))
    else:
        held.user = user
    if user.organisation_id == case.owner_id:
        case.assignee = user


def leave_hands(case: Case, organisation_id: int) -> None:
    """Nobody has it in hand any more at an office that has given its part away; the case's owner has who has it there."""
    if not case.is_answered_by(organisation_id):
        case.handlers = [one for one in case.handlers if one.organisation_id != organisation_id]
    case.assignee = case.handler_at(case.owner_id)


def has_part(case: Case, place: Organisation) -> bool:
    """Whether an organisation answers for a case or a track of it, or acts in it as its clinic, institution or employer."""
    if case.is_answered_by(place.id) or place.id in (case.clinic_id, case.institution_id):
        return True
    return case.employer_id is not None and case.employer_id in place.employer_ids


def track_held(case: Case, organisation_id: int) -> str | None:
    """The part of the timeline on which an office tells who has the case in hand there; none for whoever answers for nothing."""
    if organisation_id == case.owner_id:
        return MAIN
    return next((one.track for one in case.tracks if one.owner_id == organisation_id), None)


def colleagues_of(session: Session, user: User) -> list[User]:
    """Who of a person's organisation may take a case."""
    question = select(User).where(User.organisation_id == user.organisation_id, User.is_enabled)
    return list(session.scalars(question.order_by(User.name)))


def with_hands(user: Any, question: Select[Case]) -> Select[Any]:
    """Each case with the name of who has it in hand at a person's organisation, if anybody."""
    here = and_(CaseHandler.case_id == Case.id, CaseHandler.organisation_id == user.organisation_id)
    return question.outerjoin(CaseHandler, here).outerjoin(User, User.id == CaseHandler.user_id).add_columns(User.name)


def hands_at(session: Session, user: User, case_ids: Iterable[int]) -> dict[int, User]:
    """Who of a person's organisation has which of some cases in hand."""
    ids = sorted(set(case_ids))
    question = select(CaseHandler).where(CaseHandler.case_id.in_(ids), CaseHandler.organisation_id == user.organisation_id)
    return {one.case_id: one.user for one in session.scalars(question)} if ids else {}
