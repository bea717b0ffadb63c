"""Telling of joint meetings: everyone invited learns that one is called, moved or called off, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import Organisation, User
from ohs.accounts.outbox import send_later, writes_lines_of
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.meeting_models import CALLED, CALLED_OFF, MOVED, Meeting, MeetingChange, MeetingNotice
from ohs.cases.preview import without_names_of
from ohs.cases.topics import MEETING
from ohs.kernel.clock import now
from ohs.kernel.database import db, writing
from ohs.kernel.message import Message

#: Nobody counts further for a badge.
BADGE_CAP = 100
#: What is said of a meeting, in the system and outside of it.
SENTENCES = {
    CALLED: Message("Joint meeting %(number)s is called for %(day)s."),
    MOVED: Message("Joint meeting %(number)s is moved to %(day)s."),
    CALLED_OFF: Message("Joint meeting %(number)s of %(day)s is called off."),
}


def sentence_of(change: MeetingChange) -> Message:
    """What has become of a meeting, in a sentence."""
    return Message(SENTENCES[change.what].id, number=change.meeting.number, day=change.held_on.isoformat())


def tell_invited(
    session: Session, meeting: Meeting, what: str, before_on: date | None, reason: str, actor: User, on: date
) -> MeetingChange:  # fmt: skip
    """Put on record what has become of a meeting, and tell it to everyone invited but the office itself."""
    told, untold = invited_to(session, meeting)
    reason = without_names_of(reason.strip(), (about.case for item in meeting.items for about in item.about))
    made_at = now()
    change = MeetingChange(
        meeting_id=meeting.id, what=what, on=on, before_on=before_on, held_on=meeting.held_on, place=meeting.place, reason=reason,
        untold="\n".join(untold), made_at=made_at, made_by_id=actor.id,
    )  # fmt: skip
    change.notices = [MeetingNotice(organisation_id=one.id) for one in told if one.id != actor.organisation_id]
    meeting.changes.append(change)
    session.flush()
    send_later(session, {one.organisation_id: 1 for one in change.notices}, MEETING, meeting.number, at=made_at)
    return change


def invited_to(session: Session, meeting: Meeting) -> tuple[list[Organisation], list[str]]:
    """Whom a meeting concerns: members with an account, and whoever has proposed or holds what stands on its agenda; then members without one."""
    offices = session.scalars(
        select(Organisation).where(Organisation.kind == "department", Organisation.is_active).order_by(Organisation.id)
    )
    known = {one.id: one for one in offices}
    members = [line.strip() for line in meeting.members.splitlines() if line.strip()]
    named = {line: [one for one in known.values() if one.level == "city" and one.name.endswith(line)] for line in members}
    concerned = {one.id for found in named.values() for one in found}
    for item in meeting.items:
        concerned |= {item.proposer_id or 0} | {about.case.office_of(about.track) for about in item.about}
    return [one for id, one in known.items() if id in concerned], [line for line, found in named.items() if not found]


def unread_meetings(session: Session, user: Any) -> Sequence[MeetingNotice]:
    """What this person's organisation was told of meetings and nobody there has read, the latest first."""
    question = select(MeetingNotice).where(*_unread(user)).order_by(MeetingNotice.id.desc()).limit(BADGE_CAP)
    return session.scalars(question.options(joinedload(MeetingNotice.change).joinedload(MeetingChange.meeting))).all()


def unread_meeting_count(user: Any) -> int:
    """How many that are."""
    return db.session.scalar(select(func.count()).select_from(MeetingNotice).where(*_unread(user))) or 0


def _unread(user: Any) -> tuple[Any, ...]:
    return MeetingNotice.organisation_id == user.organisation_id, MeetingNotice.read_at.is_(None)


def mark_meetings_read(session: Session, user: User, meeting: Meeting | None = None) -> int:
    """Say that somebody of this organisation has read what it was told of a meeting, or of all; how many were unread."""
    marking = update(MeetingNotice).where(*_unread(user))
    if meeting is not None:
        marking = marking.where(MeetingNotice.change_id.in_(select(MeetingChange.id).where(MeetingChange.meeting_id == meeting.id)))
    done = session.execute(marking.values(read_at=now(), read_by_id=user.id).execution_options(synchronize_session=False))
    return done.rowcount  # type: ignore[attr-defined,no-any-return]


def note_meeting_seen(session: Session, user: User, meeting: Meeting) -> None:
    """Whoever opens a meeting has read what was told of it; a transaction of its own that begins with the writer in hand."""
    of_it = select(MeetingNotice.id).join(MeetingNotice.change).where(*_unread(user), MeetingChange.meeting_id == meeting.id)
    if session.scalar(of_it.limit(1)) is None:
        return
    session.commit()
    with writing():
        mark_meetings_read(session, user, meeting)
        session.commit()


@writes_lines_of(MEETING)
def meeting_lines(session: Session, user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """Of each meeting how it stands now."""
    numbers = list(dict.fromkeys(one.subject for one in rows))
    question = select(MeetingChange).join(MeetingChange.meeting).where(Meeting.number.in_(numbers)).order_by(MeetingChange.id)
    latest = {change.meeting.number: change for change in session.scalars(question.options(joinedload(MeetingChange.meeting)))}
    return [sentence_of(latest[number]) for number in numbers if number in latest]
