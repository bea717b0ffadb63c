"""Days and months as real files write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from imports.cells import by_distinct, fault_where, quote
from imports.raw import Cells, nulls
from imports.sheet import Fault, Reading
from imports.text import narrow
from ohs.kernel.message import Message

#: The time of a day, which is passed over: `8:30`, `T08:30:00Z`, `8时30分`, `上午 8:30`, `8:30 PM`.
_TIME = r"(?:\s*(?:T|上午|下午)?\s*\d{1,2}[:时]\d{1,2}(?:[:分](?:\d{1,2}(?:\.\d+)?秒?)?)?(?:\s*[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?)?"
_DAY = re.compile(
    rf"^(\d{{4}})(?:\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}})|\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日?|(\d{{2}})(\d{{2}})){_TIME}$"
)
_SHORT_YEAR = re.compile(r"^\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_MONTH = re.compile(r"^(\d{4})(?:\s*[-/.]\s*(\d{1,2})|年\s*(\d{1,2})月|(\d{2}))$")
#: Numbers in a day column that are days as spreadsheets count them (1954 to 2064).
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000
EARLIEST_YEAR = 1900
NOT_A_DAY = "not-a-day"
LIES_AHEAD = Message("The day %(day)s lies in the future; check it.")


def parse_day(text: str) -> date | Fault:
    """A day in any of the usual ways; never guessed from a year of two digits."""
    if found := _DAY.match(text):
        year, *parts = [int(part) for part in found.groups() if part and part.isdigit()]
        if year >= EARLIEST_YEAR:
            try:
                return date(year, *parts)
            except ValueError:
                return Fault(NOT_A_DAY, Message("There is no day %(text)s; check it.", text=quote(text)))
    if _SHORT_YEAR.match(text):
        return Fault(NOT_A_DAY, Message("“%(text)s” has a year of two digits; write all four, like 2026-11-23.", text=quote(text)))
    return Fault(NOT_A_DAY, Message("“%(text)s” is not a day; write it like 2026-11-23.", text=quote(text)))


@dataclass(frozen=True)
class Day:
    """A calendar day. What lies in the future is a problem unless `may_be_future`: then a rule between cells judges it."""

    may_be_future: bool = False
    #: What is said of a day in the future.
    future: Message = LIES_AHEAD
    dtype: Any = pl.Date
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("day, like 2026-11-23")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        days = cells.day
        wait = cells.text.is_not_null() & days.is_null()
        if wait.any():
            text = narrow(nulls(pl.String, len(wait)).zip_with(~wait, cells.text))
            days = days.zip_with(~wait, self._typed(text, at))
        early = (days.dt.year() < EARLIEST_YEAR).fill_null(False)
        if early.any():
            at.fault(early, NOT_A_DAY, Message("The year lies before %(year)s; check the day.", year=EARLIEST_YEAR))
        if not self.may_be_future:
            late = (days > at.on).fill_null(False)
            fault_where(late, days, at, lambda one: Fault("in-the-future", Message(self.future.id, day=one.isoformat())))
        return days

    def _typed(self, text: pl.Series, at: Reading) -> pl.Series:
        start = date(1904, 1, 1) if at.counts_from_1904 else date(1899, 12, 30)
        serials: list[str] = []

        def read(one: str) -> date | Fault:
            try:
                number = float(one) if one.replace(".", "", 1).isdecimal() else 0.0
            except ValueError:
                number = 0.0
            if FIRST_SERIAL <= number <= LAST_SERIAL and len(one.split(".")[0]) == 5:
                serials.append(one)
                return start + timedelta(days=int(number))
            return parse_day(one)

        days = by_distinct(text, at, pl.Date, read)
        if serials:
            message = Message("Bare numbers like %(number)s were read as days as spreadsheets count them.", number=min(serials))
            at.notice_column("serial-day", message)
        return days


@dataclass(frozen=True)
class Month:
    """A month, kept as its first day."""

    dtype: Any = pl.Date
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("month, like 2026-01")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        months = cells.day.dt.truncate("1mo")
        wait = cells.text.is_not_null() & months.is_null()
        text = narrow(nulls(pl.String, len(wait)).zip_with(~wait, cells.text))
        return months.zip_with(~wait, by_distinct(text, at, pl.Date, self._parse))

    @staticmethod
    def _parse(text: str) -> date | Fault:
        if found := _MONTH.match(text):
            year, month = (int(part) for part in found.groups() if part)
            if year >= EARLIEST_YEAR and 1 <= month <= 12:
                return date(year, month, 1)
        day = parse_day(text)
        if isinstance(day, Fault):
            return Fault(NOT_A_DAY, Message("“%(text)s” is not a month; write it like 2026-01.", text=quote(text)))
        return day.replace(day=1)


def day(future: Message | None = None) -> Day:
    """A day that must not lie in the future."""
    return Day(future=future or LIES_AHEAD)
