"""What the joint meeting decides about an item: who owns it, until when; a disputed case moves to that office at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import By
from ohs.cases.handing_over import drop, pass_to
from ohs.cases.meeting_models import COMPETENCE, TRANSFER_REFUSED, MeetingItem, MeetingItemCase
from ohs.cases.moving import beside, write_step
from ohs.cases.preview import without_names_of
from ohs.cases.transfer_queries import holder_id, open_transfer
from ohs.cases.transfer_rules import may_hold
from ohs.cases.waiting import settle
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

#: Causes about whose a case is: with the decision it changes hands.
ALLOCATING = (COMPETENCE, TRANSFER_REFUSED)


def decide(session: Session, item: MeetingItem, decision: str, owner: Organisation, due_on: date, *, actor: User, on: date) -> None:
    """Enter what a meeting has decided: the office that owns it and its day."""
    refuse_undecidable(item, on)
    if not decision.strip():
        raise DomainError(Message("Write what was decided."), status=400)
    if due_on < on:
        raise DomainError(Message("The day by which it is done must lie ahead."), status=400)
    told = without_names_of(decision.strip(), (one.case for one in item.about))
    item.decision, item.decided_on, item.owner_id, item.due_on = told, on, owner.id, due_on
    session.flush()
    session.refresh(item, ["owner"])
    if item.cause in ALLOCATING:
        for one in item.about:
            _allocate(session, item, one, owner, actor, on)
    session.add(audit("meeting-item:decided", item, actor, after={"to": owner.name, "due_on": due_on}))


def refuse_undecidable(item: MeetingItem, on: date) -> None:
    """Refuse what is decided already, and what stands before no meeting that could decide it."""
    meeting = item.meeting
    if item.decided_on is not None:
        raise DomainError(Message("This is decided already, on %(day)s.", day=item.decided_on.isoformat()))
    if meeting is None or meeting.closed_on is not None or meeting.held_on > on:
        raise DomainError(Message("Only a meeting that is held and not closed decides; put the item on its agenda first."))


def _allocate(session: Session, item: MeetingItem, one: MeetingItemCase, owner: Organisation, actor: User, on: date) -> None:
    case, track, by = one.case, one.track, By(actor)
    held = holder_id(case, track)
    if case.closed_on is not None or held is None:
        return
    if not may_hold(owner, case.kind, track):
        raise DomainError(
            Message("%(name)s cannot hold this: the sharing table of the departments leaves it to others.", name=owner.name), status=400
        )
    waiting = open_transfer(session, case, track)
    if waiting is not None:
        drop(session, waiting, by, on)
    if held != owner.id:
        pass_to(session, case, track, owner)
    facts = {"to": owner.name, "document_no": item.number, "until_on": item.due_on}
    write_step(case, track, beside(case, "allocated", by.code, track), by.code, by, facts, frozenset(), on)
    settle(session, case)
    session.add(audit("case:allocated", case, actor, after={"track": track, "to": owner.name}))
