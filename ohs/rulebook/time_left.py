"""How long there is until a day, counted as its deadline is: in working days or in calendar days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ohs.rulebook.deadlines import WorkCalendar, find_deadline


@dataclass(frozen=True)
class Left:
    """How long there is until a day (negative when it has passed), and what the day rests on."""

    due_on: date
    days: int
    is_working: bool
    #: By law; otherwise the number of days is this office's default.
    is_statutory: bool
    #: Somebody has read the number in the law.
    is_verified: bool
    #: The day rests on holidays that are not published yet.
    is_provisional: bool


def working_days_between(start: date, end: date, work: WorkCalendar) -> int:
    """Working days from `start` to `end`; negative when the end has passed."""
    if end < start:
        return -working_days_between(end, start, work)
    return sum(work.is_working(date.fromordinal(day)) for day in range(start.toordinal() + 1, end.toordinal() + 1))


def left_until(due_on: date | None, slug: str, on: date, work: WorkCalendar, *, since: date | None = None) -> Left | None:
    """The time left, in working days where the deadline is one of working days; by the rule of the day `since` which it runs."""
    if due_on is None:
        return None
    row = find_deadline(slug, since or on)
    is_working = row is not None and row["unit"] == "working_day"
    return Left(
        due_on,
        working_days_between(on, due_on, work) if is_working else (due_on - on).days,
        is_working,
        is_statutory=row is not None and row["statutory"] == "yes",
        is_verified=row is not None and row["verified"] == "yes",
        is_provisional=not work.is_published(due_on),
    )
