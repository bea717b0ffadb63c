"""What was wrong in a workbook: single problems, the lean collection of many, and their groups for a page."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from ohs.kernel.message import Message


class Severity(StrEnum):
    """A problem refuses the row, a notice tells the sender, a finding is for supervision."""

    PROBLEM = "problem"
    NOTICE = "notice"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be said: a column of a sheet. Empty for the file as a whole."""

    key: str = ""
    #: The official heading, whatever the file calls it.
    heading: str = ""
    #: Only in workbooks of several sheets.
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one cell, one row or the file."""

    #: As the spreadsheet numbers it; 0 for the file.
    row: int
    key: str
    heading: str
    #: Stable, shared by all formats (`required`, `not-a-day`, …).
    code: str
    message: Message
    severity: Severity = Severity.PROBLEM
    sheet: str = ""
    #: Official headings of the other cells that could as well be the wrong one.
    or_at: tuple[str, ...] = ()


#: So many different sentences of one code are kept for a column; all rows beyond them share one, for each costs memory.
MOST_SENTENCES = 2_000
NOT_FITTING = Message("What stands here does not fit the column; the help page says what it takes.")


@dataclass(slots=True)
class _Batch:
    place: Place
    code: str
    message: Message
    severity: Severity
    or_at: tuple[str, ...]
    rows: array[int]


class Problems:
    """Many problems without an object for each: rows that share a sentence share it in memory.

    Iterating gives `Problem`s by sheet in order of appearance, then by row, then in the order in which they were found.
    """

    def __init__(self) -> None:
        self._batches: list[_Batch] = []
        self._sheets: dict[str, int] = {}

    def add(
        self,
        rows: Iterable[int],
        place: Place,
        code: str,
        message: Message,
        severity: Severity = Severity.PROBLEM,
        or_at: tuple[str, ...] = (),
    ) -> None:
        """The same sentence about one column in each of these rows (0: the file)."""
        numbers = array("I", rows)
        if numbers:
            self._sheets.setdefault(place.sheet, len(self._sheets))
            self._batches.append(_Batch(place, code, message, severity, or_at, numbers))

    def add_each(
        self,
        sentences: Iterable[tuple[Message, Iterable[int]]],
        place: Place,
        code: str,
        severity: Severity = Severity.PROBLEM,
        or_at: tuple[str, ...] = (),
        beyond: Message = NOT_FITTING,
    ) -> None:
        """Sentences with the rows of each; what comes after the most that are kept is said in the words of `beyond`."""
        rest = array("I")
        for number, (message, rows) in enumerate(sentences):
            if number < MOST_SENTENCES:
                self.add(rows, place, code, message, severity, or_at)
            else:
                rest.extend(rows)
        self.add(rest, place, code, beyond, severity, or_at)

    def add_file(self, code: str, message: Message, severity: Severity = Severity.PROBLEM, place: Place | None = None) -> None:
        """A sentence about the file as a whole."""
        self.add((0,), place or Place(), code, message, severity)

    def extend(self, others: Problems) -> None:
        """All that others found, after what is here."""
        for b in others._batches:
            self.add(b.rows, b.place, b.code, b.message, b.severity, b.or_at)

    def __len__(self) -> int:
        return sum(len(batch.rows) for batch in self._batches)

    def __bool__(self) -> bool:
        return bool(self._batches)

    def count(self, severity: Severity) -> int:
        return sum(len(batch.rows) for batch in self._batches if batch.severity is severity)

    def rows(self, severity: Severity = Severity.PROBLEM, sheet: str | None = None) -> pl.Series:
        """The distinct rows with something of this severity, ascending; row 0 when the file has one."""
        found = array("I")
        for batch in self._batches:
            if batch.severity is severity and (sheet is None or batch.place.sheet == sheet):
                found.extend(batch.rows)
        return pl.Series("row", found, dtype=pl.UInt32).unique().sort()

    def __iter__(self) -> Iterator[Problem]:
        return self.of(*Severity)

    def of(self, *severities: Severity) -> Iterator[Problem]:
        """The problems of these severities, in order, one at a time."""
        sheets, rows, batches = array("H"), array("I"), array("I")
        for number, batch in enumerate(self._batches):
            if batch.severity in severities:
                size = len(batch.rows)
                rows.extend(batch.rows)
                sheets.extend(array("H", (self._sheets[batch.place.sheet],)) * size)
                batches.extend(array("I", (number,)) * size)
        order = pl.DataFrame(
            [
                pl.Series("sheet", sheets, dtype=pl.UInt16),
                pl.Series("row", rows, dtype=pl.UInt32),
                pl.Series("batch", batches, dtype=pl.UInt32),
            ]
        ).sort("sheet", "row", "batch", maintain_order=True)
        for part in order.iter_slices(10_000):
            for row, number in zip(part["row"], part["batch"], strict=True):
                b = self._batches[number]
                yield Problem(row, b.place.key, b.place.heading, b.code, b.message, b.severity, b.place.sheet, b.or_at)

    def groups(self, *severities: Severity) -> list[Group]:
        """By severity, sheet, code and column, the most frequent first: what a page shows."""
        found: dict[tuple[Severity, Place, str], Group] = {}
        for batch in self._batches:
            if severities and batch.severity not in severities:
                continue
            name = (batch.severity, batch.place, batch.code)
            group = found.get(name) or found.setdefault(name, Group(batch.severity, batch.place, batch.code))
            group.take(batch.message, batch.rows)
        order = list(Severity)
        return sorted(found.values(), key=lambda g: (order.index(g.severity), -g.count))


#: So many different sentences of a group are kept as examples.
EXAMPLES = 5


@dataclass(slots=True)
class Group:
    """All problems of one code at one column."""

    severity: Severity
    place: Place
    code: str
    count: int = 0
    #: The first few different sentences with the rows of each.
    examples: list[tuple[Message, str]] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("I"))

    def take(self, message: Message, rows: array[int]) -> None:
        self.count += len(rows)
        self.numbers.extend(rows)
        if len(self.examples) < EXAMPLES:
            self.examples.append((message, row_ranges(rows)))

    @property
    def ranges(self) -> str:
        """All rows with neighbours merged: `3–9、12`."""
        return row_ranges(self.numbers)


def group_problems(problems: Iterable[Problem]) -> list[Group]:
    """The same groups for problems that come one by one, as from a table of stored ones."""
    rows: dict[tuple[Severity, Place, str, Message], array[int]] = {}
    for problem in problems:
        sentence = (problem.severity, Place(problem.key, problem.heading, problem.sheet), problem.code, problem.message)
        rows.setdefault(sentence, array("I")).append(problem.row)
    found: dict[tuple[Severity, Place, str], Group] = {}
    for (severity, place, code, message), numbers in rows.items():
        name = (severity, place, code)
        group = found.get(name) or found.setdefault(name, Group(*name))
        group.take(message, numbers)
    order = list(Severity)
    return sorted(found.values(), key=lambda g: (order.index(g.severity), -g.count))


def row_ranges(rows: Iterable[int], limit: int | None = None) -> str:
    """Row numbers as people write them: `3–9、12`. `limit` cuts after so many ranges and ends with `…`."""
    parts: list[str] = []
    first = last = -1
    for row in [*sorted(set(rows)), -1]:
        if first >= 0 and row == last + 1:
            last = row
            continue
        if first >= 0:
            parts.append(str(first) if first == last else f"{first}–{last}")
            if limit is not None and len(parts) == limit and row >= 0:
                parts.append("…")
                break
        first = last = row
    return "、".join(parts)
