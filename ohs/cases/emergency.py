"""Emergency access: a case that policy keeps closed is read for a named reason, for hours only, and a second person reviews it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import User
from ohs.cases.models import Case
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment


class EmergencyAccess(Base):
    """One person may read one case until a moment; afterwards somebody else says whether that was right."""

    __table_args__ = (
        CheckConstraint("ends_at > opened_at", name="ends_after_start"),
        CheckConstraint("note <> ''", name="reason_given"),
        CheckConstraint("outcome IN ('', 'accepted', 'objected')", name="outcome_known"),
        CheckConstraint("(outcome = '') = (reviewed_by_id IS NULL)", name="outcome_iff_reviewed"),
        CheckConstraint("(reviewed_by_id IS NULL) = (reviewed_at IS NULL)", name="reviewed_iff_dated"),
        CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> user_id", name="second_person"),
        CheckConstraint("outcome <> 'objected' OR review_note <> ''", name="objection_has_reason"),
        Index("ix_emergency_access_by_user", "user_id", "ends_at"),
        Index("ix_emergency_access_pending", "outcome", "review_due_on", "id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: Of `REASONS`.
    reason: Mapped[str]
    note: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    #: Given back before its end.
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    review_due_on: Mapped[date]
    #: `accepted` or `objected`; empty until somebody has reviewed it.
    outcome: Mapped[str] = mapped_column(default="")
    review_note: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    def is_open(self, at: datetime) -> bool:
        """Whether the case may be read by it."""
        return self.closed_at is None and at < self.ends_at

    case: Mapped[Case] = relationship(lazy="select")
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])
