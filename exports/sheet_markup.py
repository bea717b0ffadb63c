"""The markup of a sheet as bytes that are looked through: rows, cells, merges, and what spells it so unusually that nothing is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from imports.container import Package
from imports.markup import column_index

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW = re.compile(rb'<row(?:\s[^>]*?)?\sr="(\d+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_DRAWING = re.compile(rb'<legacyDrawing\s[^>]*?\w+:id="([^"]+)"')
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
#: Pieces of a sheet overlap by so much where something is searched in them.
_OVERLAP = 400
#: A sheet's part before its rows is never longer, nor a row.
_LONGEST = 64 * 1024**2


class NotPlain(Exception):
    """The markup is spelled in a way in which cells cannot be stamped safely."""


def letters(column: int) -> str:
    """`A` for 0."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass
class Seen:
    """What a look through a sheet tells of what lies behind its first rows."""

    #: Whether a cell of the column asked for has a value.
    is_taken: bool = False
    #: The relation of the drawing that holds its comments.
    drawing: str = ""
    #: Merged cells by each of their columns (from 0): first and last row, from 1.
    merged: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell is hidden below the first one of a merge."""
        return any(top <= row <= bottom and (row, column) != (top, left) for top, bottom, left in self.merged.get(column, ()))


def look_through(package: Package, member: str, column: int, columns: frozenset[int]) -> Seen:
    """Whether `column` is free, which drawing there is, and what is merged over some of `columns`."""
    taken = re.compile(rb'<c r="%s\d+"(?:[^>]*[^>/])?>(?!</c>)' % letters(column).encode())
    found, tail = Seen(), b""
    for piece in package.chunks(member):
        text = tail + piece
        found.is_taken = found.is_taken or taken.search(text) is not None
        if b"<legacyDrawing" in text and (drawing := _DRAWING.search(text)):
            found.drawing = drawing.group(1).decode()
        if b"<mergeCell " in text:
            for place in _MERGED.finditer(text, max(0, len(tail) - _OVERLAP)):
                left, right = column_index(place[1]), column_index(place[3])
                for over in columns.intersection(range(left, right + 1)):
                    found.merged.setdefault(over, []).append((int(place[2]), int(place[4]), left))
        tail = text[-_OVERLAP:]
    return found


def first_rows(package: Package, member: str, behind: int) -> dict[int, list[int]]:
    """The columns (from 0) with a value in each row before row `behind` (from 1); raises `NotPlain` as `stamped` does."""
    sheet = Pieces(package.chunks(member))
    expect_plain(sheet.until(b"<sheetData"))
    found: dict[int, list[int]] = {}
    for number, row in each_row(sheet):
        if number >= behind:
            break
        found[number] = [column for column, _attributes, inner in cells_of(row) if inner]
    return found


def expect_plain(head: bytes) -> None:
    """The default namespace is the usual one and nothing is prefixed."""
    root = re.search(rb"<worksheet\b[^>]*>", head)
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"'](?!utf-8)", head, re.IGNORECASE)
    if root is None or declared or b'xmlns="%s"' % MAIN.encode() not in root.group():
        raise NotPlain


class Pieces:
    """A stream of bytes, taken up to a mark at a time."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._held = iter(chunks), b""

    def more(self) -> bool:
        """Read on; false at the end."""
        piece = next(self._chunks, b"")
        self._held += piece
        if b"<!" in piece or self._held.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise NotPlain
        return bool(piece)

    def until(self, mark: bytes) -> bytes:
        """Everything before a mark."""
        searched = 0
        while (at := self._held.find(mark, searched)) < 0:
            searched = max(0, len(self._held) - len(mark))
            if len(self._held) > _LONGEST or not self.more():
                raise NotPlain
        return self.take(at)

    def take(self, count: int) -> bytes:
        """So many bytes."""
        while len(self._held) < count and self.more():
            pass
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def rows(self) -> bytes:
        """Whole rows, as many as are there; empty when the rows have ended."""
        while True:
            end = self._held.find(b"</sheetData>")
            if end >= 0:
                return self.take(end)
            last = self._held.rfind(b"<row")
            if last > 0:
                return self.take(last)
            if len(self._held) > _LONGEST or not self.more():
                raise NotPlain

    def rest(self) -> bytes:
        """All that is left."""
        while self.more():
            pass
        return self.take(len(self._held))


def each_row(sheet: Pieces) -> Iterator[tuple[int, bytes]]:
    sheet.until(b">")
    sheet.take(1)
    number = 0
    while block := sheet.rows():
        for start, end in bounds(block):
            row = block[start:end]
            number = number_of(row, number)
            yield number, row


def bounds(block: bytes) -> Iterator[tuple[int, int]]:
    """Where each row begins and ends."""
    start = block.find(b"<row")
    while start >= 0:
        tag = block.find(b">", start) + 1
        if tag < 1:
            raise NotPlain
        end = tag if block[tag - 2 : tag] == b"/>" else block.find(b"</row>", tag) + 6
        if end < tag:
            raise NotPlain
        yield start, end
        start = block.find(b"<row", end)


def number_of(row: bytes, previous: int) -> int:
    found = _ROW.match(row)
    return int(found.group(1)) if found else previous + 1


def cells_of(row: bytes) -> list[tuple[int, bytes, bytes]]:
    """Column, attributes and inner markup of every cell."""
    cells = [(column_index(name), attributes, inner or b"") for name, attributes, inner in _CELL.findall(row)]
    if len(cells) != row.count(b"<c ") + row.count(b"<c>") or any(here[0] >= there[0] for here, there in pairwise(cells)):
        raise NotPlain
    return cells
