"""What organisations are told of cases, and how often they are reminded."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import Organisation
from ohs.cases.models import Case
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment

UNREAD = text("read_at IS NULL")
#: The event of a line that somebody was reminded by hand.
REMINDED = "reminded-by-hand"
OF_REMINDERS = text(f"event = '{REMINDED}'")


class CaseNotice(Base):
    """One organisation is told of one step of a case, or in one line of many cases that were opened together."""

    __table_args__ = (
        CheckConstraint("cases > 0", name="about_something"),
        CheckConstraint("(case_id IS NULL) = (cases > 1)", name="one_case_or_many"),
        CheckConstraint("position >= 0 AND (position = 0 OR case_id IS NOT NULL)", name="step_of_a_case"),
        CheckConstraint("read_by_id IS NULL OR read_at IS NOT NULL", name="read_by_somebody_at_some_time"),
        Index("ix_case_notice_by_organisation", "organisation_id", "at", "id"),
        Index("ix_case_notice_by_kind", "organisation_id", "kind", "at", "id"),
        Index("ix_case_notice_reminders", "organisation_id", "at", "id", sqlite_where=OF_REMINDERS, postgresql_where=OF_REMINDERS),
        Index("ix_case_notice_unread", "organisation_id", "at", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Empty where the line is about many cases.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    #: Of the line of the timeline; 0 where cases were opened together.
    position: Mapped[int] = mapped_column(default=0)
    #: How many cases the line is about.
    cases: Mapped[int] = mapped_column(default=1)
    #: As the case's, so that a list can be narrowed without it.
    kind: Mapped[str]
    track: Mapped[str]
    event: Mapped[str]
    #: Who acted; empty for the system.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: When the first of the organisation has read it, and who.
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    case: Mapped[Case | None] = relationship(lazy="raise_on_sql")
    by: Mapped[Organisation | None] = relationship(foreign_keys=[by_id], lazy="raise_on_sql")


class CaseReminder(Base):
    """One organisation was reminded of one case on one day."""

    __table_args__ = (UniqueConstraint("case_id", "organisation_id", "on"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    on: Mapped[date]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
