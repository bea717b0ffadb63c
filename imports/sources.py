"""Where the rows of a table come from: a sheet read fast, a sheet read with care, or a text table."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from imports.container import Package, SheetPart, unreadable
from imports.markup import Merge, SheetRow, SlowSheet, safe_part, survey
from ohs.kernel.message import Message

#: So many rows are held as Python objects at once.
CHUNK_ROWS = 10_000


@dataclass
class Chunk:
    """Some rows, as columns: numbers of the rows from 0, and the values of each column asked for."""

    rows: Sequence[int]
    columns: list[list[Any]]


class Source(Protocol):
    """One table. Rows and columns count from 0."""

    name: str
    merges: list[Merge]

    @property
    def counts_from_1904(self) -> bool:
        """Whether the file counts days from 1904."""

    def head(self, count: int) -> dict[int, dict[int, Any]]:
        """The cells with a value in the first rows."""

    def chunks(self, first: int, columns: Sequence[int]) -> Iterator[Chunk]:
        """The rows from `first` on, some at a time."""


@dataclass
class FastSheet:
    """A sheet that calamine holds as a dense table."""

    name: str
    sheet: CalamineSheet
    merges: list[Merge]
    counts_from_1904: bool = False

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
        number = first
        while part := list(islice(rows, CHUNK_ROWS)):
            turned = list(zip(*part, strict=True))
            blank = ("",) * len(part)
            yield Chunk(range(number, number + len(part)), [turned[c - left] if left <= c < left + width else blank for c in columns])  # type: ignore[misc]
            number += len(part)


@dataclass
class CarefulSheet:
    """A sheet that is read element by element, once for its head and once for the rest."""

    name: str
    package: Package
    member: str
    merges: list[Merge]

    @property
    def counts_from_1904(self) -> bool:
        return self.package.counts_from_1904

    def _rows(self) -> Iterator[SheetRow]:
        return SlowSheet(self.package, self.member).rows()

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


@dataclass
class TextTable:
    """A table of comma-separated text."""

    text: str
    name: str = ""
    merges: list[Merge] = field(default_factory=list)
    counts_from_1904: bool = False

    def _rows(self) -> Iterator[list[str]]:
        try:
            yield from csv.reader(io.StringIO(self.text, newline=""), strict=False)
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
            yield Chunk(range(number, number + len(part)), [[row[c] if c < len(row) else "" for row in part] for c in columns])
            number += len(part)


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


def sheet_source(package: Package, part: SheetPart) -> Source:
    """The fast reader where it shows everything there is, else the careful one."""
    surveyed = survey(package, part.member)
    if package.is_usual and not surveyed.is_odd:
        for other in (package.strings, package.styles):
            if other:
                safe_part(package, other)
        sheet = _fast_sheet(package, part)
        if sheet is not None:
            return FastSheet(part.name, sheet, surveyed.merges, package.counts_from_1904)
    return CarefulSheet(part.name, package, part.member, surveyed.merges)


def _fast_sheet(package: Package, part: SheetPart) -> CalamineSheet | None:
    """The sheet as calamine reads it; none where it cannot."""
    names = [sheet.name for sheet in package.sheets]
    if names.count(part.name) > 1:
        return None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(package.content)) as workbook:
            return workbook.get_sheet_by_name(part.name)
    except (CalamineError, OSError, ValueError):
        return None
