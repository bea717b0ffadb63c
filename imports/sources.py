"""Where the rows of a table come from: a sheet read fast, a sheet read with care, or a text table."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from imports.container import Package, SheetPart, unreadable
from imports.markup import Merge, SheetRow, SlowSheet, date_styles, safe_part, shared_strings, survey
from imports.raw import BrokenCell
from ohs.kernel.message import Message

#: So many rows are held as Python objects at once.
CHUNK_ROWS = 10_000
#: A field may be as long as the file; its column says what is too long.
csv.field_size_limit(2**31 - 1)
#: A line with so many of one mark is a row of columns and not a sentence.
FEWEST_MARKS = 3
#: How programs keep a number as text when they write a table of text: `="0573"`.
_KEPT_AS_TEXT = re.compile(r'^="([^"]*)"$')
#: How a table of text shows error values.
ERROR_VALUES = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!")
)


@dataclass
class Chunk:
    """Some rows, as columns: numbers of the rows from 0, and the values of each column asked for."""

    rows: Sequence[int]
    columns: Sequence[Sequence[Any]]


class Rows(Protocol):
    """One table. Rows and columns count from 0."""

    @property
    def name(self) -> str:
        """As the file calls it; empty for a text table."""

    @property
    def merges(self) -> list[Merge]:
        """Rectangles of merged cells: those in the first rows, and below all that span several rows."""

    @property
    def counts_from_1904(self) -> bool:
        """Whether the file counts days from 1904."""

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        """The cells with a value in the first rows."""

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        """The rows from `first` on, some at a time."""


class Source(Rows, Protocol):
    """A table of a file."""

    def forget(self) -> None:
        """Let go of what was read; it can be read again."""


@dataclass(eq=False)
class FastSheet:
    """A sheet that calamine holds as a dense table."""

    name: str
    sheet: CalamineSheet
    merges: list[Merge]
    counts_from_1904: bool = False
    #: Cells that calamine shows as blank, by row and column.
    broken: Mapping[tuple[int, int], BrokenCell] = field(default_factory=dict)

    @property
    def _left(self) -> int:
        return self.sheet.start[1] if self.sheet.start else 0

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        left = self._left
        return {
            number: {left + column: value for column, value in enumerate(row) if value != ""}
            for number, row in enumerate(islice(self.sheet.iter_rows(), count))
        }

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        left, width = self._left, self.sheet.width
        rows = islice(self.sheet.iter_rows(), first, None)
        places = {column: at for at, column in enumerate(columns)}
        broken = [(row, places[column], cell) for (row, column), cell in self.broken.items() if column in places]
        number = first
        while part := list(islice(rows, CHUNK_ROWS)):
            turned = list(zip(*part, strict=True))
            blank = ("",) * len(part)
            found: list[Sequence[Any]] = [turned[c - left] if left <= c < left + width else blank for c in columns]
            for at, cells in _within(broken, number, number + len(part)).items():
                found[at] = [cells.get(row, value) for row, value in enumerate(found[at], number)]
            yield Chunk(range(number, number + len(part)), found)
            number += len(part)


def _within(broken: Sequence[tuple[int, int, BrokenCell]], first: int, behind: int) -> dict[int, dict[int, BrokenCell]]:
    """Broken cells of some rows, by place and row."""
    found: dict[int, dict[int, BrokenCell]] = {}
    for row, at, cell in broken:
        if first <= row < behind:
            found.setdefault(at, {})[row] = cell
    return found


@dataclass(eq=False)
class CarefulSheet:
    """A sheet that is read element by element, once for its head and once for the rest."""

    name: str
    workbook: Workbook
    member: str
    merges: list[Merge]

    @property
    def counts_from_1904(self) -> bool:
        return self.workbook.package.counts_from_1904

    def _rows(self) -> Iterator[SheetRow]:
        return SlowSheet(self.workbook.package, self.member, self.workbook.strings, self.workbook.dates).rows()

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        found: dict[int, dict[int, Any]] = {}
        for seen, (number, cells) in enumerate(self._rows()):
            if seen > count:
                break
            if number < count:
                found.setdefault(number, {}).update(cells)
        return found

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        rows = (row for row in self._rows() if row[0] >= first)
        while part := list(islice(rows, CHUNK_ROWS)):
            yield Chunk([number for number, _cells in part], [[cells.get(c) for _number, cells in part] for c in columns])


@dataclass(eq=False)
class TextTable:
    """A table of comma-separated text."""

    text: str
    name: str = ""
    merges: list[Merge] = field(default_factory=list)
    counts_from_1904: bool = False

    def forget(self) -> None:
        """The text is the file itself."""

    def _rows(self) -> Iterator[list[str]]:
        try:
            rows = csv.reader(io.StringIO(self.text, newline=""), strict=False)
            if '="' not in self.text:
                yield from rows
            else:
                yield from ([_KEPT_AS_TEXT.sub(r"\1", value) for value in row] for row in rows)
        except csv.Error as damage:
            raise unreadable() from damage

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        return {
            number: {column: value for column, value in enumerate(row) if value} for number, row in enumerate(islice(self._rows(), count))
        }

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        rows = islice(self._rows(), first, None)
        number = first
        while part := list(islice(rows, CHUNK_ROWS)):
            found: list[Sequence[Any]] = [[row[c] if c < len(row) else "" for row in part] for c in columns]
            if "#" in self.text:
                found = [[BrokenCell(value) if value in ERROR_VALUES else value for value in values] for values in found]
            yield Chunk(range(number, number + len(part)), found)
            number += len(part)


def foreign_separator(head: Mapping[int, Mapping[int, Any]]) -> str:
    """What parts the columns of a text table that has no commas: `;` or a tab; empty where nothing does."""
    lines = [str(row[0]) for row in head.values() if list(row) == [0]]
    return next((mark for mark in ("\t", ";") if any(line.count(mark) >= FEWEST_MARKS for line in lines)), "")


def text_table(content: bytes) -> TextTable:
    """A table in UTF-8 or GB 18030; raises `Refused` for other encodings."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        raise unreadable(Message("The text table is in an encoding that is not read; save it as CSV UTF-8."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return TextTable(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise unreadable(Message("The text table is in an encoding that is not read; save it as CSV UTF-8."))


class Workbook:
    """A workbook package: what its sheets share is read once, when the first of them needs it."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def sheets(self) -> list[Source]:
        """Its sheets in order, none of them read yet."""
        return [SheetOnDemand(part.name, self, part) for part in self.package.sheets]

    @cached_property
    def strings(self) -> list[str]:
        return shared_strings(self.package)

    @cached_property
    def dates(self) -> set[int]:
        return date_styles(self.package)

    @cached_property
    def _calamine(self) -> CalamineWorkbook | None:
        """None where calamine cannot read the package, or would not read all of it right."""
        if not self.package.is_usual:
            return None
        are_plain = [safe_part(self.package, part) for part in (self.package.strings, self.package.styles) if part]
        if not all(are_plain):
            return None
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(self.package.content))
        except (CalamineError, OSError, ValueError):
            return None

    def open(self, part: SheetPart) -> Rows:
        """The fast reader where it shows everything there is, else the careful one."""
        surveyed = survey(self.package, part.member)
        sheet = None if surveyed.is_odd else self._fast(part)
        if sheet is None or any(row >= sheet.total_height for row, _column in surveyed.broken):
            return CarefulSheet(part.name, self, part.member, surveyed.merges)
        return FastSheet(part.name, sheet, surveyed.merges, self.package.counts_from_1904, surveyed.broken)

    def _fast(self, part: SheetPart) -> CalamineSheet | None:
        names = [sheet.name for sheet in self.package.sheets]
        if self._calamine is None or names.count(part.name) > 1:
            return None
        try:
            return self._calamine.get_sheet_by_name(part.name)
        except (CalamineError, OSError, ValueError):
            return None


@dataclass(eq=False)
class SheetOnDemand:
    """A sheet that is read when somebody asks for more than its name."""

    name: str
    workbook: Workbook
    part: SheetPart
    _opened: Rows | None = None

    @property
    def _sheet(self) -> Rows:
        if self._opened is None:
            self._opened = self.workbook.open(self.part)
        return self._opened

    @property
    def merges(self) -> list[Merge]:
        return self._sheet.merges

    @property
    def counts_from_1904(self) -> bool:
        return self._sheet.counts_from_1904

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        return self._sheet.head(count)

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        return self._sheet.chunks(first, columns)

    def forget(self) -> None:
        self._opened = None
