"""Default limits as this office has set them: an own table over the rulebook's defaults, each value from a day on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment

#: Slug of a deadline → from which day how much of its unit, the earliest day first.
OwnAmounts = dict[str, tuple[tuple[date, int], ...]]


class DefaultClock(Base):
    """How long a default limit is from a day on. Never changed: a later entry for the same day takes the place of an earlier one."""

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_counts"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("ix_default_clock_by_slug", "slug", "from_on", "id"),
    )
    #: Of the table of deadlines.
    slug: Mapped[str]
    #: In the unit of the table.
    amount: Mapped[int]
    #: What happens on this day or later counts by it.
    from_on: Mapped[date]
    reason: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(Moment, default=now)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


def own_amounts(session: Session) -> OwnAmounts:
    """Every default that this office has set, with the days from which it holds."""
    found: dict[str, dict[date, int]] = {}
    rows = session.execute(
        select(DefaultClock.slug, DefaultClock.from_on, DefaultClock.amount).order_by(DefaultClock.from_on, DefaultClock.id)
    )
    for slug, from_on, amount in rows:
        found.setdefault(slug, {})[from_on] = amount
    return {slug: tuple(days.items()) for slug, days in found.items()}


def find_own_amounts(session: Session) -> OwnAmounts:
    """The same for a question at the shell; nothing where there is no database to read."""
    try:
        return own_amounts(session)
    except (OperationalError, ProgrammingError):
        session.rollback()
        return {}
