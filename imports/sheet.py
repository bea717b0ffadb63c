"""A format as a declaration: columns with their cell types, checks across cells, and the sheets that make a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from imports.text import BLANK_SIGNS
from ohs.kernel.message import Message

if TYPE_CHECKING:
    from imports.check import Checking
    from imports.raw import Cells


class CellType(Protocol):
    """What the cells of a column may hold."""

    @property
    def dtype(self) -> pl.DataType | type[pl.DataType]:
        """Of the values that reading gives."""

    @property
    def choices(self) -> tuple[str, ...]:
        """All that may be written, where that is a list fit for a drop-down; else empty."""

    def describe(self) -> Message:
        """What to write, in a few words, for notes and the help page."""

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        """The values, null where a cell is blank or was reported through `at`."""


class Reading(Protocol):
    """What a cell type may know and say while it reads one column."""

    @property
    def on(self) -> date:
        """The day of handing in."""

    @property
    def counts_from_1904(self) -> bool:
        """Whether the file counts days from 1904."""

    def fault(self, where: pl.Series, code: str, message: Message) -> None:
        """The rows where `where` is true have this problem here."""

    def fault_each(self, values: pl.Series, faults: Mapping[Any, Fault]) -> None:
        """Every row whose value is a key of `faults` has that problem here."""

    def notice_each(self, values: pl.Series, code: str, messages: Mapping[Any, Message]) -> None:
        """Every row whose value is a key of `messages` is accepted, and the sender is told that."""

    def notice_column(self, code: str, message: Message) -> None:
        """One notice for the whole column."""

    def other(self, key: str) -> pl.Series:
        """The values of a column that was read before this one (all null when the file has no such column)."""

    def bad(self, key: str) -> pl.Series:
        """Where a column that was read before this one has a problem."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text cannot be read: a stable code and a sentence."""

    code: str
    message: Message


@dataclass(frozen=True)
class Column:
    """One column: our key, the official heading, what its cells hold."""

    key: str
    heading: str
    type: CellType
    #: A blank cell is a problem, and so is a file without this column.
    required: bool = False
    #: Headings that real files carry for the same thing.
    aliases: tuple[str, ...] = ()
    #: What the type does not say: when it is required, with what it must agree.
    note: Message | None = None
    example: str = ""
    #: The column must be there, though single cells may be blank.
    expected: bool = False
    #: Keys whose columns must be read before this one.
    after: tuple[str, ...] = ()
    #: What means blank here; without 无 where that is an answer.
    signs: tuple[str, ...] = BLANK_SIGNS


#: A rule between cells. It sees only what could be read: where one cell cannot be, nothing that follows is reported.
Check = Callable[["Checking"], None]


@dataclass(frozen=True)
class Sheet:
    """A table of a workbook."""

    title: str
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    #: Keys by which a line is known to be a record: without any of them at the end of a sheet it is a total or a signature.
    identity: tuple[str, ...] = ()
    #: Name of the sheet in a workbook of several; empty where a workbook has one.
    name: str = ""

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def required(self) -> tuple[Column, ...]:
        """The columns without which a file is not read."""
        return tuple(column for column in self.columns if column.required or column.expected)

    @cached_property
    def reading_order(self) -> tuple[Column, ...]:
        """The columns in order, each behind those that it needs."""
        done: dict[str, Column] = {}
        waiting = list(self.columns)
        while waiting:
            ready = [column for column in waiting if all(key in done for key in column.after)]
            done |= {column.key: column for column in ready}
            waiting = [column for column in waiting if column.key not in done]
        return tuple(done.values())

    def __getitem__(self, key: str) -> Column:
        return self.by_key[key]


#: How every format is read, for the help page and the guide in the blank workbook.
READING = (
    Message("Blank is an empty cell, and the signs — / 无 N/A."),
    Message(
        "Days: date cells, 2026-11-23, 2026/11/23, 2026.11.23, 20261123, 2026年11月23日; a time behind the day is passed over, a year of two digits is never guessed, a bare number from 20000 to 60000 is a day as spreadsheets count them."
    ),
    Message("Identity numbers, credit codes and telephone numbers are best kept as text; spaces and hyphens inside do not matter."),
    Message(
        "Lists of names: separated by 、 , ; or a line break, also where an official name holds one of these; a remark in brackets may be left out where the rest is unique."
    ),
    Message(
        "A merged cell holds for all its rows, hidden rows are read, a formula counts by its stored value, an error value is a problem."
    ),
    Message(
        "The headings stand within the first ten rows; titles above them, headings printed again, and sums or signatures at the end are passed over with a notice."
    ),
    Message("Where one cell cannot be read, nothing that would follow from it is said as well."),
)


@dataclass(frozen=True)
class Policy:
    """What a format does with a column that nothing knows, one that is missing, and a row that comes again."""

    unknown_column: Message = field(default_factory=lambda: Message("A column that nothing knows is ignored; one notice names it."))
    missing_column: Message = field(default_factory=lambda: Message("A missing required column is a problem of the file: no row is read."))
    repeated_row: Message = field(default_factory=lambda: Message("Repeated rows are read like any other."))
    reading: tuple[Message, ...] = READING


@dataclass(frozen=True)
class Format:
    """A kind of workbook that people hand in."""

    #: As on the command line and in addresses, e.g. `insured-roster`.
    name: str
    title: Message
    sheets: tuple[Sheet, ...]
    policy: Policy = field(default_factory=Policy)
    #: Rules between sheets, after all of them were read.
    checks: tuple[Callable[[dict[str, Checking]], None], ...] = ()

    #: The key that ties the rows of the other sheets to the first.
    tie: str = ""

    def sheet(self, name: str = "") -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)
