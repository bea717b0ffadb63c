"""The joint meeting of the departments (联席会议): what stands on its list, when it met, and what it decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.models import Case
from ohs.cases.notices_models import UNREAD
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment, Versioned

#: A hand-over that was refused, a case that two want or nobody does, what is late beyond every ladder, a plan for a campaign.
TRANSFER_REFUSED, COMPETENCE, LATE, CAMPAIGN = "transfer-refused", "competence", "late", "campaign"
CAUSES = (COMPETENCE, LATE, CAMPAIGN, TRANSFER_REFUSED)
#: What is told of a meeting to everyone invited.
CALLED, MOVED, CALLED_OFF = "called", "moved", "called-off"


class Meeting(Versioned, Base):
    """One meeting: convened for a day, perhaps moved, closed with its minutes or called off."""

    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (minutes = '')", name="closed_iff_minutes"),
        CheckConstraint("closed_on IS NULL OR called_off_on IS NULL", name="held_or_called_off"),
        Index("ix_meeting_by_day", "held_on", "id"),
    )
    #: Year and count within it: `2026-03`.
    number: Mapped[str] = mapped_column(unique=True)
    held_on: Mapped[date]
    place: Mapped[str]
    chair: Mapped[str] = mapped_column(default="")
    #: One to a line.
    members: Mapped[str]
    minutes: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    #: It did not take place; why stands in its changes.
    called_off_on: Mapped[date | None]

    items: Mapped[list[MeetingItem]] = relationship(back_populates="meeting", order_by="MeetingItem.id")
    changes: Mapped[list[MeetingChange]] = relationship(cascade="all, delete-orphan", order_by="MeetingChange.id", back_populates="meeting")


class MeetingChange(Base):
    """A meeting was called, moved or called off: what everyone invited is told."""

    __table_args__ = (
        CheckConstraint(f"what IN {(CALLED, MOVED, CALLED_OFF)!r}", name="what_known"),
        CheckConstraint("(what = 'called') = (before_on IS NULL)", name="changes_a_day"),
        CheckConstraint("what = 'called' OR reason <> ''", name="has_reason"),
        Index("ix_meeting_change_by_meeting", "meeting_id"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    what: Mapped[str]
    on: Mapped[date]
    #: The day until then.
    before_on: Mapped[date | None]
    held_on: Mapped[date]
    place: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    #: Members without an account, one to a line: they are told by letter or telephone.
    untold: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="changes")
    made_by: Mapped[User] = relationship(lazy="select")
    notices: Mapped[list[MeetingNotice]] = relationship(cascade="all, delete-orphan", order_by="MeetingNotice.id", back_populates="change")


class MeetingNotice(Base):
    """One organisation is told of one change."""

    __table_args__ = (
        UniqueConstraint("change_id", "organisation_id"),
        CheckConstraint("read_by_id IS NULL OR read_at IS NOT NULL", name="read_by_somebody_at_some_time"),
        Index("ix_meeting_notice_unread", "organisation_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )
    change_id: Mapped[int] = mapped_column(ForeignKey("meeting_change.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    change: Mapped[MeetingChange] = relationship(back_populates="notices")
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class MeetingItem(Versioned, Base):
    """One thing on the list: why, who proposed it, then what was decided, who does it by when, and what came of it."""

    __table_args__ = (
        CheckConstraint(f"cause IN {CAUSES!r}", name="cause_known"),
        CheckConstraint("(decision = '') = (decided_on IS NULL)", name="decided_iff_dated"),
        CheckConstraint("decided_on IS NULL OR (meeting_id IS NOT NULL AND owner_id IS NOT NULL AND due_on IS NOT NULL)", name="decision_names_owner_and_day"),
        CheckConstraint("(result = '') = (result_on IS NULL)", name="done_iff_dated"),
        CheckConstraint("result_on IS NULL OR decided_on IS NOT NULL", name="done_after_decided"),
        Index("ix_meeting_item_list", "proposed_on", "id"),
        Index("ix_meeting_item_by_owner", "owner_id", "result_on", "due_on"),
        Index("ix_meeting_item_by_meeting", "meeting_id"),
        Index("ix_meeting_item_by_cause", "cause", "proposed_on", "id"),
    )  # fmt: skip
    number: Mapped[str] = mapped_column(unique=True)
    cause: Mapped[str]
    #: The office that proposed it; empty where the calendar did.
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    proposed_on: Mapped[date]
    #: Read by every member: no names, nothing medical.
    why: Mapped[str]
    #: The meeting on whose agenda it stands, or that decided it.
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    decision: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    due_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(default="")
    result_on: Mapped[date | None]

    proposer: Mapped[Organisation | None] = relationship(foreign_keys=[proposer_id], lazy="joined")
    owner: Mapped[Organisation | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    meeting: Mapped[Meeting | None] = relationship(back_populates="items", lazy="joined")
    about: Mapped[list[MeetingItemCase]] = relationship(cascade="all, delete-orphan", order_by="MeetingItemCase.id", lazy="selectin")


class MeetingItemCase(Base):
    """A case that an item is about."""

    __table_args__ = (UniqueConstraint("item_id", "case_id", "track"), Index("ix_meeting_item_case_by_case", "case_id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("meeting_item.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    track: Mapped[str]
    #: The clock that brought it here: each brings its case once.
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"), unique=True)

    case: Mapped[Case] = relationship(lazy="joined")
