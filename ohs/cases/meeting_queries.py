"""Questions about the joint meeting: its list, its meetings, and what the ladder brings before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ohs.cases.calendar import JOINT_MEETING
from ohs.cases.meeting_models import Meeting, MeetingItem, MeetingItemCase
from ohs.cases.models import Case, CaseClock
from ohs.kernel.paging import Key

ORDERS: dict[str, Sequence[Key]] = {"new": (Key(MeetingItem.proposed_on), Key(MeetingItem.id))}
MEETING_ORDER: Sequence[Key] = (Key(Meeting.held_on, descending=True), Key(Meeting.id, descending=True))


@dataclass(frozen=True)
class ItemFilters:
    """What the list may be narrowed by; empty means everything."""

    cause: str = ""
    standing: str = ""
    owner_id: int = 0
    case_number: str = ""


def items_on_list(filters: ItemFilters, on: date) -> Select[MeetingItem]:
    """What stands on the list of the joint meeting: every member reads all of it."""
    question = select(MeetingItem).options(selectinload(MeetingItem.about).joinedload(MeetingItemCase.case))
    if filters.standing == "open":
        question = question.where(MeetingItem.decided_on.is_(None))
    elif filters.standing == "decided":
        question = question.where(MeetingItem.decided_on.is_not(None), MeetingItem.result_on.is_(None))
    elif filters.standing == "late":
        question = question.where(MeetingItem.due_on < on, MeetingItem.result_on.is_(None))
    elif filters.standing == "done":
        question = question.where(MeetingItem.result_on.is_not(None))
    if filters.cause:
        question = question.where(MeetingItem.cause == filters.cause)
    if filters.owner_id:
        question = question.where(MeetingItem.owner_id == filters.owner_id)
    if filters.case_number:
        of_case = select(MeetingItemCase.item_id).join(MeetingItemCase.case).where(Case.number == filters.case_number.strip().upper())
        question = question.where(MeetingItem.id.in_(of_case))
    return question


def find_item(session: Session, number: str) -> MeetingItem | None:
    """The item of that number."""
    return session.scalars(select(MeetingItem).where(MeetingItem.number == number.upper())).unique().one_or_none()


def items_about(session: Session, case: Case) -> Sequence[MeetingItem]:
    """What the list has about a case, the newest first."""
    of_case = select(MeetingItemCase.item_id).where(MeetingItemCase.case_id == case.id)
    return session.scalars(select(MeetingItem).where(MeetingItem.id.in_(of_case)).order_by(MeetingItem.id.desc())).unique().all()


def find_meeting(session: Session, number: str) -> Meeting | None:
    """The meeting of that number, with its agenda."""
    question = select(Meeting).where(Meeting.number == number).options(selectinload(Meeting.items).joinedload(MeetingItem.owner))
    return session.scalars(question).unique().one_or_none()


def meetings_held() -> Select[Meeting]:
    """Every meeting."""
    return select(Meeting)


def held_in(session: Session, year: int) -> int:
    """How many meetings a year has had or will have."""
    question = select(func.count()).select_from(Meeting).where(extract("year", Meeting.held_on) == year, Meeting.called_off_on.is_(None))
    return session.scalar(question) or 0


def undecided(session: Session) -> int:
    """How many items wait for a meeting's agenda."""
    question = select(func.count()).select_from(MeetingItem).where(MeetingItem.decided_on.is_(None), MeetingItem.meeting_id.is_(None))
    return session.scalar(question) or 0


def clocks_to_list(after_id: int) -> Select[CaseClock]:
    """Running clocks at the top of the ladder that have not brought their case before the meeting, by key."""
    listed = select(MeetingItemCase.id).where(MeetingItemCase.clock_id == CaseClock.id)
    return (
        select(CaseClock)
        .where(CaseClock.state == "running", CaseClock.escalation >= JOINT_MEETING, CaseClock.id > after_id, ~listed.exists())
        .options(joinedload(CaseClock.case).selectinload(Case.steps))
        .order_by(CaseClock.id)
    )
