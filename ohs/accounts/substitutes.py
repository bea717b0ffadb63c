"""Substitutes: somebody is away for some days, and a colleague of the same organisation has an eye on what is in their hands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import User
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment


class Substitution(Base):
    """From a day to a day a colleague stands in for somebody; it ends by itself, or when it is ended."""

    __table_args__ = (
        CheckConstraint("user_id <> substitute_id", name="another_person"),
        CheckConstraint("to_on >= from_on", name="ends_after_start"),
        Index("ix_substitution_by_user", "user_id", "to_on"),
        Index("ix_substitution_by_substitute", "substitute_id", "to_on"),
    )
    #: Whoever is away.
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date]
    #: The last day.
    to_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    named_at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: Ended before its last day; it does not hold any more from this moment on.
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    substitute: Mapped[User] = relationship(foreign_keys=[substitute_id])
