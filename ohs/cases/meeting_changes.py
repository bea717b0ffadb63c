"""What becomes of a called meeting: it is moved or called off, with the reason, and everyone invited is told."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.joint_meeting import refuse_ended
from ohs.cases.meeting_models import CALLED_OFF, MOVED, Meeting, MeetingChange
from ohs.cases.meeting_telling import tell_invited
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message


def move_meeting(session: Session, meeting: Meeting, held_on: date, place: str, reason: str, *, actor: User, on: date) -> MeetingChange:
    """Put a called meeting on another day, or elsewhere; its agenda stays as it is."""
    refuse_held(meeting)
    _need(reason)
    if held_on < on:
        raise DomainError(Message("A meeting is called for today or a later day."), status=400)
    place = place.strip() or meeting.place
    if (held_on, place) == (meeting.held_on, meeting.place):
        raise DomainError(Message("The meeting is on that day and at that place already."), status=400)
    before = {"held_on": meeting.held_on, "place": meeting.place}
    before_on, meeting.held_on, meeting.place = meeting.held_on, held_on, place
    change = tell_invited(session, meeting, MOVED, before_on, reason, actor, on)
    session.add(audit("meeting:moved", meeting, actor, before=before, after={"held_on": held_on, "place": place}, reason=change.reason))
    return change


def call_off(session: Session, meeting: Meeting, reason: str, *, actor: User, on: date) -> MeetingChange:
    """Call a meeting off; what stands on its agenda goes back to the list."""
    refuse_held(meeting)
    _need(reason)
    change = tell_invited(session, meeting, CALLED_OFF, meeting.held_on, reason, actor, on)
    meeting.called_off_on = on
    items = list(meeting.items)
    for item in items:
        item.meeting = None
    session.flush()
    session.add(audit("meeting:called-off", meeting, actor, after={"rows": len(items)}, reason=change.reason))
    return change


def refuse_held(meeting: Meeting) -> None:
    """Refuse to change what was held already."""
    refuse_ended(meeting)
    if any(item.decided_on is not None for item in meeting.items):
        raise DomainError(Message("This meeting has decided already; close it with its minutes."))


def _need(reason: str) -> None:
    if not reason.strip():
        raise DomainError(Message("Give the reason."), status=400)
