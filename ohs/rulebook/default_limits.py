"""Which limits are defaults of this office, and between which values each may be set: nobody sets nonsense.

What the table of bounds does not name lies between one and twice the default that ships.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ohs.rulebook.deadlines import WorkCalendar, find_deadline
from ohs.rulebook.tables import Row, in_force, table

MOST_TIMES = 2
#: Where twice the default would leave no room.
LEAST_ROOM = 2
#: How many days a unit stands for where two limits are held against one another.
DAYS_OF = {"hour": 1 / 24, "calendar_day": 1.0, "working_day": 7 / 5, "month": 365.25 / 12, "year": 365.25}


@dataclass(frozen=True)
class Bounds:
    """Between which values a default may be set, both included."""

    lowest: int
    highest: int


def limits_in_force(on: date, *, statutory: bool) -> list[Row]:
    """Every limit of a day as it ships, of the law or by default, in the order of the table."""
    rows = in_force(table("deadlines"), on)
    return [row for row in rows if (row["statutory"] == "yes") == statutory and row["amount"]]


def find_default(slug: str, on: date) -> Row | None:
    """A default of this office as it ships; none for a limit of the law."""
    row = find_deadline(slug, on)
    return row if row is not None and row["statutory"] != "yes" and row["amount"] else None


def bounds_of(row: Row, on: date) -> Bounds:
    """Between which values the default of a row may be set."""
    own = next((one for one in _bounds(on) if one["slug"] == row["slug"] and one["highest"]), None)
    if own is not None:
        return Bounds(int(own["lowest"]), int(own["highest"]))
    amount = int(row["amount"])
    return Bounds(min(1, amount), max(amount * MOST_TIMES, amount + LEAST_ROOM))


def disorder(slug: str, on: date, work: WorkCalendar) -> tuple[str, str] | None:
    """Two limits that a value would turn around: a warning after its limit, a ladder climbed from above; none where all is in order."""
    for one in _bounds(on):
        if not one["comes_before"] or slug not in (one["slug"], one["comes_before"]):
            continue
        first, later = (find_deadline(name, on, work) for name in (one["slug"], one["comes_before"]))
        if first is not None and later is not None and _days(first) >= _days(later):
            return one["slug"], one["comes_before"]
    return None


def _bounds(on: date) -> Iterator[Row]:
    return in_force(table("deadline_bounds"), on)


def _days(row: Row) -> float:
    return int(row["amount"]) * DAYS_OF[row["unit"]]
