"""Deadlines: day 0 is the day of the event, the last day rolls to the next working day, suspensions stop the clock.

General rules: Civil Code (民法典) art. 200–204; the working days of a year are issued by the State Council.
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, in_force, table

UNITS = {"working": "working_day", "calendar": "calendar_day"}
ROLL_OVER = Message("The last day is a day of rest: it rolls to the next working day (Civil Code art. 203).")


@lru_cache(10_000)
def _published(day: date) -> bool | None:
    """Whether people work that day by the published calendar; `None` beyond it."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@dataclass(frozen=True)
class WorkCalendar:
    """Working days: the published calendar, with the days that an administrator has edited on top."""

    edited: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether people work that day; beyond the published calendar only weekends are known."""
        if day in self.edited:
            return self.edited[day]
        published = _published(day)
        return day.weekday() < 5 if published is None else published

    def is_published(self, day: date) -> bool:
        """Whether the day's standing is certain."""
        return day in self.edited or _published(day) is not None

    def roll(self, day: date) -> date:
        """The day itself when people work, else the next day on which they do."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class Due:
    """The last day of a duty, the way to it, and whether the calendar it rests on is certain."""

    on: date
    is_provisional: bool
    steps: tuple[Message, ...]


Suspension = tuple[date, date]


def count_days(
    start: date, amount: int, unit: str, *, work: WorkCalendar, suspended: tuple[Suspension, ...] = (), rolls: bool = True
) -> Due:
    """`amount` days or months (`calendar_day`, `working_day`, `month`, `year`) after `start`; days inside a suspension do not count."""
    steps = [Message("Day 0 is %(day)s; counting begins on the day after.", day=start.isoformat())]
    for first, last in suspended:
        steps.append(
            Message("Suspended from %(first)s to %(last)s: these days do not count.", first=first.isoformat(), last=last.isoformat())
        )
    stops = lambda day: any(first <= day <= last for first, last in suspended)  # noqa: E731
    provisional = False
    day = start
    if unit in ("month", "year"):
        day = add_months(start, amount * (12 if unit == "year" else 1))
        day = _after_pauses(start, day, suspended)
    else:
        left = amount
        while left > 0:
            day += timedelta(days=1)
            if stops(day):
                continue
            if unit == "working_day":
                provisional = provisional or not work.is_published(day)
                left -= work.is_working(day)
            else:
                left -= 1
    steps.append(Message("%(amount)s × %(unit)s later it is %(day)s.", amount=amount, unit=Message(unit), day=day.isoformat()))
    if rolls and not work.is_working(day):
        rolled = work.roll(day)
        provisional = provisional or not all(work.is_published(day + timedelta(days=n)) for n in range((rolled - day).days + 1))
        steps += [ROLL_OVER, Message("The last day is %(day)s.", day=rolled.isoformat())]
        day = rolled
    provisional = provisional or (rolls and not work.is_published(day))
    return Due(day, provisional, tuple(steps))


def _after_pauses(start: date, day: date, suspended: tuple[Suspension, ...]) -> date:
    for first, last in sorted(suspended):
        if start < last and first <= day:
            day += last - max(first, start + timedelta(days=1)) + timedelta(days=1)
    return day


def add_months(start: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day (29 February too)."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, months_of.monthrange(year, month + 1)[1]))


def find_deadline(slug: str, on: date) -> Row | None:
    """The row of a deadline as it stood on a day."""
    return next(in_force((row for row in table("deadlines") if row["slug"] == slug), on), None)


def deadline(slug: str, start: date, *, work: WorkCalendar | None = None, suspended: tuple[Suspension, ...] = ()) -> Answer:
    """When the duty `slug` that an event on `start` began must have been done, by the rule of that day."""
    work = work or WorkCalendar()
    row = find_deadline(slug, start)
    if row is None:
        known = any(one["slug"] == slug for one in table("deadlines"))
        sentence = (
            Message("No rule of that name was in force on %(day)s.", day=start.isoformat())
            if known
            else Message("There is no deadline of that name.")
        )
        return no_answer(sentence)
    if not row["amount"]:
        return no_answer(Message("The table names no number for this duty."), source=row["article"] or None)
    amount, is_statutory = int(row["amount"]), row["statutory"] == "yes"
    if row["unit"] == "hour":
        due = Due(start, False, (Message("Within %(hours)s hours of the event: the same day.", hours=amount),))
    elif row["starts_with"].startswith("before-"):
        due = Due(start - timedelta(days=amount), False, (Message("Counted back from the event: %(amount)s days before.", amount=amount),))
    else:
        due = count_days(start, amount, row["unit"], work=work, suspended=suspended, rolls=amount > 0)
    return Answer(
        {
            "due": due.on, "statutory": is_statutory, "provisional": due.is_provisional, "amount": amount, "unit": row["unit"],
            "article": row["article"] or None, "actor": row["actor"], "name": row["name_zh"],
        },
        unit="date", edition=row["effective_from"] or None,
        source=row["article"] if is_statutory else Message("default of this office").id, verified=row["verified"] == "yes", steps=due.steps,
        message=None if is_statutory else Message("This is a default of this office, not a statutory limit."),
    )  # fmt: skip


@question("deadline")
def ask_deadline(from_: date, kind: str = "", days: int | None = None, unit: str = "calendar", suspended: str = "") -> Answer:
    """A deadline of the table by its slug, or so many calendar or working days."""
    pauses = _pauses(suspended)
    if kind and days is not None:
        raise QuestionError(Message("Ask with kind, or with days and unit, not with both."))
    if kind:
        return deadline(kind, from_, suspended=pauses)
    if days is None or days < 0:
        raise QuestionError(Message("deadline also needs: %(keys)s.", keys=["kind"]))
    if unit not in UNITS:
        raise QuestionError(Message("“%(text)s” cannot be read for %(key)s.", text=unit, key="unit"))
    due = count_days(from_, days, UNITS[unit], work=WorkCalendar(), suspended=pauses, rolls=days > 0)
    return Answer({"due": due.on, "statutory": None, "provisional": due.is_provisional}, unit="date", verified=True, steps=due.steps)


def _pauses(text: str) -> tuple[Suspension, ...]:
    found = []
    for part in filter(None, text.split(";")):
        first, dots, last = part.partition("..")
        try:
            pause = (date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
        except ValueError as wrong:
            raise QuestionError(Message("“%(text)s” cannot be read for %(key)s.", text=part, key="suspended")) from wrong
        if not dots or pause[1] < pause[0]:
            raise QuestionError(Message("“%(text)s” cannot be read for %(key)s.", text=part, key="suspended"))
        found.append(pause)
    return tuple(found)
