"""Deadlines: day 0 is the day of the event, the last day rolls to the next working day, suspensions stop the clock.

General rules: Civil Code (民法典) art. 200–204; the working days of a year are issued by the State Council.
"""

from __future__ import annotations

import calendar as months_of
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache, reduce

import chinese_calendar
from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, in_force, table

UNITS = {"working": "working_day", "calendar": "calendar_day"}
#: What the note of an earliest day says; such a day does not roll.
EARLIEST = "not a limit"
#: What the note of a stretch before an event says: the duty is done between that day and the event.
WINDOW = ("window before", "inside the last")
#: What the note of a limit says that may be extended: with somebody's approval, or once. Others have a row of their own for it.
ON_APPROVAL, ONCE = "extension on approval", "may be extended once"
EXTENSION = "-extension"
#: A hundred years of days: longer than any limit, and counted in a blink.
MOST_DAYS = 36525
HOURS_OF_A_DAY = 24
PROVISIONAL = Message(
    "The holidays of that year are not published or not held: only weekends count as days of rest, and the day is provisional."
)
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
    """Working days: the published calendar, with the days that an administrator has edited on top; and this office's own defaults."""

    edited: Mapping[date, bool] = field(default_factory=dict)
    #: Slug of a default → from which day how much of its unit, the earliest day first. Limits of the law are never changed by it.
    own_amounts: Mapping[str, tuple[tuple[date, int], ...]] = field(default_factory=dict)

    def with_own_amount(self, row: Row, on: date) -> Row:
        """The row of a deadline as this office counts it from what happened on a day."""
        if row["statutory"] == "yes":
            return row
        held = [(from_on, amount) for from_on, amount in self.own_amounts.get(row["slug"], ()) if from_on <= on]
        return row | {"amount": str(held[-1][1]), "effective_from": held[-1][0].isoformat()} if held else row

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
    pauses = _merged(suspended)
    for first, last in pauses:
        steps.append(
            Message("Suspended from %(first)s to %(last)s: these days do not count.", first=first.isoformat(), last=last.isoformat())
        )
    certain = True
    if unit in ("month", "year"):
        day = _after_pauses(start, add_months(start, amount * (12 if unit == "year" else 1)), pauses)
    else:
        day, left = start, amount
        while left > 0:
            day += timedelta(days=1)
            if _is_paused(day, pauses):
                continue
            certain = certain and (unit != "working_day" or work.is_published(day))
            left -= work.is_working(day) if unit == "working_day" else 1
    steps.append(Message("%(amount)s × %(unit)s later it is %(day)s.", amount=amount, unit=Message(unit), day=day.isoformat()))
    if rolls:
        rolled = day
        while not work.is_working(rolled) or _is_paused(rolled, pauses):
            certain = certain and work.is_published(rolled)
            rolled += timedelta(days=1)
        certain = certain and work.is_published(rolled)
        if rolled != day:
            steps += [ROLL_OVER, Message("The last day is %(day)s.", day=rolled.isoformat())]
        day = rolled
    if not certain:
        steps.append(PROVISIONAL)
    return Due(day, not certain, tuple(steps))


def count_back(event: date, amount: int, unit: str, work: WorkCalendar) -> Due:
    """The day so many days before an event; it does not roll, for later would be too late."""
    day, left, certain = event, amount, True
    while left > 0:
        day -= timedelta(days=1)
        certain = certain and (unit != "working_day" or work.is_published(day))
        left -= work.is_working(day) if unit == "working_day" else 1
    steps = [
        Message(
            "Counted back from the event on %(day)s: %(amount)s × %(unit)s before.",
            day=event.isoformat(),
            amount=amount,
            unit=Message(unit),
        )
    ]
    if amount == 0:
        steps = [Message("It must be complete before the event on %(day)s.", day=event.isoformat())]
    if not certain:
        steps.append(PROVISIONAL)
    return Due(day, not certain, tuple(steps))


def _merged(suspended: tuple[Suspension, ...]) -> tuple[Suspension, ...]:
    """Suspensions in order; those that overlap or touch become one."""
    found: list[Suspension] = []
    for first, last in sorted(suspended):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _is_paused(day: date, pauses: tuple[Suspension, ...]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def _after_pauses(start: date, day: date, pauses: tuple[Suspension, ...]) -> date:
    for first, last in pauses:
        if start < last and first <= day:
            day += last - max(first, start + timedelta(days=1)) + timedelta(days=1)
    return day


def add_months(start: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day (29 February too)."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, months_of.monthrange(year, month + 1)[1]))


@cache
def _rows_of(slug: str) -> tuple[Row, ...]:
    return tuple(row for row in table("deadlines") if row["slug"] == slug)


@cache
def _turns() -> list[date]:
    """The days on which a row of the table comes into force, and those after which one is no longer."""
    rows = table("deadlines")
    began = {date.fromisoformat(row["effective_from"]) for row in rows if row["effective_from"]}
    ended = {date.fromisoformat(row["effective_to"]) + timedelta(days=1) for row in rows if row["effective_to"]}
    return sorted(began | ended)


def stretch_of(on: date) -> int:
    """A number that days share between which nothing of the table of deadlines has changed."""
    return bisect_right(_turns(), on)


def find_deadline(slug: str, on: date, work: WorkCalendar | None = None) -> Row | None:
    """The row of a deadline as it stood on a day, with the office's own number where its calendar is given."""
    row = next(in_force(_rows_of(slug), on), None)
    return work.with_own_amount(row, on) if row is not None and work is not None else row


@dataclass(frozen=True)
class Extension:
    """Whether a limit may be extended, and until when at most; `until_on` is empty where no number is named."""

    is_allowed: bool
    is_once: bool = False
    until_on: date | None = None
    article: str = ""


def extension_of(slug: str, start: date, *, work: WorkCalendar, suspended: tuple[Suspension, ...] = ()) -> Extension:
    """What the table says about more time for a limit that began on `start`: of the law only what the law names, of a default anything."""
    row = find_deadline(slug, start, work)
    if row is None:
        return Extension(True)
    note = row["note"].casefold()
    more = find_deadline(slug + EXTENSION, start)
    if more is not None and more["unit"] == row["unit"]:
        due = count_days(start, int(row["amount"]) + int(more["amount"]), row["unit"], work=work, suspended=suspended)
        return Extension(True, is_once=True, until_on=due.on, article=more["article"])
    if row["statutory"] == "yes" and ON_APPROVAL not in note:
        return Extension(False, article=row["article"])
    return Extension(True, is_once=ONCE in note, article=row["article"])


def deadline(slug: str, start: date, *, work: WorkCalendar | None = None, suspended: tuple[Suspension, ...] = ()) -> Answer:
    """When the duty `slug` that an event on `start` began must have been done, by the rule of that day."""
    work = work or WorkCalendar()
    row = find_deadline(slug, start, work)
    if row is None:
        known = any(one["slug"] == slug for one in table("deadlines"))
        return no_answer(Message("No rule of that name was in force on %(day)s.", day=start.isoformat()) if known else _unknown(slug))
    if not row["amount"]:
        return no_answer(Message("The table names no number for this duty."), source=row["article"] or None)
    amount, is_statutory, is_earliest = int(row["amount"]), row["statutory"] == "yes", EARLIEST in row["note"].casefold()
    if row["unit"] == "hour":
        due = _hours(start, amount)
    elif row["starts_with"].startswith("before-"):
        due = count_back(start, amount, row["unit"], work)
    else:
        due = count_days(start, amount, row["unit"], work=work, suspended=suspended, rolls=amount > 0 and not is_earliest)
    notes = [_standing(row)]
    if is_earliest:
        notes.append(Message("It is the earliest day, not a limit."))
    if any(words in row["note"].casefold() for words in WINDOW):
        notes.append(Message("Not before that day and not after the event."))
    if suspended and (row["unit"] == "hour" or row["starts_with"].startswith("before-")):
        notes.append(Message("A suspension does not change this day."))
    if due.is_provisional:
        notes.append(PROVISIONAL)
    note = reduce(lambda one, two: Message("%(one)s %(two)s", one=one, two=two), notes)
    return Answer(
        {
            "due": due.on, "statutory": is_statutory, "provisional": due.is_provisional, "earliest": is_earliest, "amount": amount,
            "unit": row["unit"], "effective_from": row["effective_from"] or None, "effective_to": row["effective_to"] or None, "article": row["article"] or None, "actor": row["actor"], "counted_from": row["starts_with"], "name": row["name_zh"],
        },
        unit="date", edition=_edition(row["article"], start) or row["effective_from"] or None,
        source=(row["article"] or None) if is_statutory else Message("default of this office"), verified=row["verified"] == "yes", steps=due.steps,
        message=note,
    )  # fmt: skip


def _standing(row: Row) -> Message:
    """Whether a limit is law, law by a figure that nobody has read, or a default of this office."""
    if row["statutory"] != "yes":
        return Message("This is a default of this office, not a statutory limit.")
    if row["verified"] != "yes":
        return Message("The law is named for this limit, but its figure is not verified: check it before quoting.")
    return Message("This is a statutory limit.")


def basis_of(slug: str, on: date) -> Message | str:
    """The same in a word, for screens that show the day beside other things; empty where there is no such limit."""
    row = find_deadline(slug, on)
    if row is None:
        return ""
    if row["statutory"] != "yes":
        return Message("default of this office")
    return Message("statutory") if row["verified"] == "yes" else Message("statutory, figure not verified")


def _edition(article: str, on: date) -> str | None:
    """Name and edition of the law that an article belongs to, as it stood on a day; none where the table of editions does not say."""
    rows = [row for row in table("editions") if row["edition"] and article.startswith(row["document"])]
    for row in sorted(in_force(rows, on), key=lambda row: bool(row["replaced_by"])):
        return f"{row['document_zh']} {row['edition']}".strip()
    return None


def _hours(start: date, amount: int) -> Due:
    """Hours run through rest days too; only the day of the event is known, so what is shorter than a day ends on that day."""
    day = start + timedelta(days=amount // HOURS_OF_A_DAY)
    return Due(day, False, (Message("%(hours)s hours after the event; hours do not stop for days of rest.", hours=amount),))


def _unknown(slug: str) -> Message:
    slugs = list(dict.fromkeys(row["slug"] for row in table("deadlines")))
    nearest = [match[0] for match in process.extract(slug, slugs, scorer=fuzz.WRatio, limit=3, score_cutoff=50)]
    if not nearest:
        return Message("There is no deadline of that name.")
    return Message("There is no deadline “%(slug)s”; nearest: %(nearest)s.", slug=slug, nearest=nearest)


@question("deadline")
def ask_deadline(
    from_: date, kind: str = "", days: int | None = None, unit: str = "", suspended: str = "", work: WorkCalendar | None = None
) -> Answer:
    """A deadline of the table by its slug, or so many calendar or working days."""
    pauses = _pauses(suspended)
    if kind and (days is not None or unit):
        raise QuestionError(Message("Ask with kind, or with days and unit, not with both."))
    if kind:
        return deadline(kind, from_, work=work, suspended=pauses)
    if days is None:
        raise QuestionError(Message("deadline also needs: %(keys)s.", keys=["kind", "days"]))
    if not 0 <= days <= MOST_DAYS:
        raise QuestionError(Message("days lies between 0 and %(most)s.", most=MOST_DAYS))
    if unit and unit not in UNITS:
        raise QuestionError(Message("The unit is calendar or working."))
    due = count_days(from_, days, UNITS[unit or "calendar"], work=work or WorkCalendar(), suspended=pauses, rolls=days > 0)
    value = {"due": due.on, "statutory": None, "provisional": due.is_provisional}
    return Answer(
        value,
        unit="date",
        source="民法典 第201、203条",
        verified=True,
        steps=due.steps,
        message=PROVISIONAL if due.is_provisional else None,
    )


def _pauses(text: str) -> tuple[Suspension, ...]:
    found = []
    for part in filter(None, re.split("[;；]", text)):
        first, dots, last = part.partition("..")
        try:
            pause = (date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
        except ValueError as wrong:
            raise QuestionError(Message("“%(text)s” is no suspension; write it like 2026-03-01..2026-03-10.", text=part)) from wrong
        if not dots or pause[1] < pause[0]:
            raise QuestionError(Message("The suspension “%(text)s” ends before it begins.", text=part))
        if (pause[1] - pause[0]).days > MOST_DAYS:
            raise QuestionError(Message("days lies between 0 and %(most)s.", most=MOST_DAYS))
        found.append(pause)
    return tuple(found)
