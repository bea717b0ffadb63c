"""Working days as this office edits them: an own table over the published calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.database import Base


class CalendarDay(Base):
    """A day that an administrator has declared a working day or a day of rest; it wins over the published calendar."""

    day: Mapped[date] = mapped_column(unique=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")


#: Where a session holds the calendar that was read in it.
CALENDAR_HELD = "work_calendar"


def forget_calendar(session: Session) -> None:
    """Read the calendar anew: a day or a default limit has just been changed."""
    session.info.pop(CALENDAR_HELD, None)


def edited_days(session: Session) -> dict[date, bool]:
    """Every edited day and whether it is a working day."""
    return {row.day: row.is_working for row in session.execute(select(CalendarDay.day, CalendarDay.is_working))}


def find_edited_days(session: Session) -> dict[date, bool] | None:
    """The same for a question at the shell; None where there is no database to read, so that the law can still be asked."""
    try:
        return edited_days(session)
    except (OperationalError, ProgrammingError):
        session.rollback()
        return None
