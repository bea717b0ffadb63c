"""The joint meeting: what comes on its list, how it is convened, what it decides, and what comes of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import By
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.meeting_models import CALLED, CAMPAIGN, LATE, Meeting, MeetingItem, MeetingItemCase
from ohs.cases.meeting_telling import tell_invited
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import beside, write_step
from ohs.cases.preview import without_names_of
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number, next_numbers
from ohs.rulebook.deadlines import find_deadline

#: What of which case an item is about.
About = Sequence[tuple[Case, str]]


def list_item(
    session: Session, cause: str, why: str, *, on: date, proposer: Organisation | None, about: About, actor: User | None, clock: CaseClock | None = None,
) -> MeetingItem:  # fmt: skip
    """Put something on the list; what stands there undecided for the same cause and the same cases stays as it is."""
    if not why.strip():
        raise DomainError(Message("Give the reason."), status=400)
    if not about and cause != CAMPAIGN:
        raise DomainError(Message("Name the case that it is about."), status=400)
    standing = _undecided(session, cause, about) if about else None
    if standing is not None:
        return standing
    item = MeetingItem(
        number=next_number(session, f"LX-{on.year}"), cause=cause, proposer_id=proposer.id if proposer else None, proposed_on=on,
        why=without_names_of(why.strip(), (case for case, _track in about)),
        decision="", result="",
    )  # fmt: skip
    item.about = [MeetingItemCase(case_id=case.id, track=track, clock_id=clock.id if clock else None) for case, track in about]
    session.add(item)
    by, code = By(actor), By(actor).code
    for case, track in about:
        write_step(case, track, beside(case, "before-joint-meeting", code, track), code, by, {"document_no": item.number}, frozenset(), on)
    session.flush()
    session.add(audit("meeting-item:proposed", item, actor, after={"cause": cause, "cases": [case.number for case, _track in about]}))
    return item


def _undecided(session: Session, cause: str, about: About) -> MeetingItem | None:
    """The item of that cause that is about the first of these already."""
    case, track = about[0]
    question = (
        select(MeetingItem)
        .join(MeetingItem.about)
        .where(
            MeetingItem.cause == cause, MeetingItem.decided_on.is_(None), MeetingItemCase.case_id == case.id, MeetingItemCase.track == track
        )
    )
    return session.scalars(question.limit(1)).first()


def convene(session: Session, held_on: date, place: str, members: str, chair: str = "", *, actor: User, on: date) -> Meeting:
    """Call a meeting; everything undecided that stands on no other agenda is on its."""
    if held_on < on:
        raise DomainError(Message("A meeting is called for today or a later day."), status=400)
    number = f"{held_on.year}-{next_numbers(session, f'joint-meeting-{held_on.year}')[0]:02d}"
    meeting = Meeting(number=number, held_on=held_on, place=place.strip(), members=members.strip(), chair=chair.strip(), minutes="")
    session.add(meeting)
    session.flush()
    session.add(audit("meeting:convened", meeting, actor, after={"held_on": held_on}))
    fill_agenda(session, meeting, actor=actor)
    tell_invited(session, meeting, CALLED, None, "", actor, on)
    return meeting


def fill_agenda(session: Session, meeting: Meeting, *, actor: User) -> int:
    """Put what has come meanwhile on the agenda as well; how many."""
    refuse_ended(meeting)
    waiting = session.scalars(
        select(MeetingItem).where(MeetingItem.decided_on.is_(None), MeetingItem.meeting_id.is_(None)).order_by(MeetingItem.id)
    )
    added = 0
    for item in waiting.unique():
        item.meeting = meeting
        added += 1
    session.flush()
    if added:
        session.add(audit("meeting:agenda-filled", meeting, actor, after={"rows": added}))
    return added


def close_meeting(session: Session, meeting: Meeting, minutes: str, *, actor: User, on: date) -> None:
    """Close with the minutes; what was not decided goes back to the list."""
    refuse_ended(meeting)
    if on < meeting.held_on:
        raise DomainError(Message("The meeting is on %(day)s; it cannot be closed before.", day=meeting.held_on.isoformat()))
    if not minutes.strip():
        raise DomainError(Message("Write the minutes first."), status=400)
    meeting.minutes = without_names_of(minutes.strip(), (one.case for item in meeting.items for one in item.about))
    meeting.closed_on = on
    for item in list(meeting.items):
        if item.decided_on is None:
            item.meeting = None
    session.add(audit("meeting:closed", meeting, actor))


def report_result(session: Session, item: MeetingItem, result: str, *, actor: User, on: date) -> None:
    """Say what came of a decision."""
    refuse_unreportable(item)
    if not result.strip():
        raise DomainError(Message("Say what came of it."), status=400)
    item.result, item.result_on = without_names_of(result.strip(), (one.case for one in item.about)), on
    session.add(audit("meeting-item:done", item, actor))


def refuse_unreportable(item: MeetingItem) -> None:
    """Refuse a result of what is not decided, and a second one."""
    if item.decided_on is None or item.result_on is not None:
        raise DomainError(Message("Nothing is decided yet.") if item.decided_on is None else Message("The result is on record already."))


def put_late_on_list(session: Session, clocks: Iterable[CaseClock], on: date) -> int:
    """Bring cases before the meeting whose limits are late beyond every step of the ladder; each clock does so once."""
    listed = 0
    for clock in clocks:
        row = find_deadline(clock.slug, clock.started_on)
        why = f"{row['name_zh'] if row else clock.slug}：{clock.due_on.isoformat()}"
        item = list_item(session, LATE, why, on=on, proposer=None, about=[(clock.case, MAIN)], actor=None, clock=clock)
        listed += item.about[0].clock_id == clock.id
    return listed


def refuse_ended(meeting: Meeting) -> None:
    """Refuse what comes after the minutes, and whatever would be done at a meeting that did not take place."""
    if meeting.closed_on is not None:
        raise DomainError(Message("This meeting is closed; its minutes stand."))
    if meeting.called_off_on is not None:
        raise DomainError(Message("This meeting was called off on %(day)s.", day=meeting.called_off_on.isoformat()))
