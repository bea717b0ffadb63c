"""A sheet's own XML with cells stamped in it: everything that is not touched stays as its program wrote it, and memory is flat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

from exports.sheet import LONGEST_TEXT, without_control
from exports.sheet_markup import NotPlain, Pieces, bounds, cells_of, expect_plain, letters, number_of
from imports.container import Package
from imports.markup import column_index

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_SPANS = re.compile(rb'\sspans="[^"]*"')
_COLUMN = re.compile(rb"<col\s[^>]*?(?:/>|></col>)")
_COLUMNS = re.compile(rb"<cols>(.*?)</cols>|<cols\s*/>", re.DOTALL)
_DIMENSION = re.compile(rb'<dimension\s+ref="([A-Z]+\d+)(?::([A-Z]+)(\d+))?"\s*/>')
#: What stands behind the legacy drawing in a sheet, in any order.
_BEHIND_DRAWING = frozenset(
    ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "mc:AlternateContent")
)
#: An underscore that a spreadsheet would take for the beginning of an escaped character.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: No row has this number.
_BEHIND_ALL = 2**31
#: Width of the column 校验结果, in characters.
RESULT_WIDTH = 60


@dataclass(frozen=True)
class Stamp:
    """What a cell becomes: its style from its old one, and a text in place of what it held (`None`: what it held)."""

    style: Callable[[int], int]
    text: str | None = None


@dataclass(frozen=True)
class Stamps:
    """What is stamped into one sheet. Rows as the spreadsheet numbers them, columns from 0."""

    rows: Mapping[int, Mapping[int, Stamp]]
    #: Rows from here on hold records.
    first_row: int
    #: The column of results, and whether it comes new to the sheet or is emptied of what an earlier copy said.
    result: int
    is_new: bool
    #: Style → the one that it had before an earlier copy marked it.
    unmarked: Mapping[int, int]
    #: The relation of the drawing of comments; empty where none comes new.
    drawing: str = ""


def text_of_cell(text: str) -> str:
    """A text as it stands in a cell of inline text, whatever it holds."""
    return f'<is><t xml:space="preserve">{escape(_ESCAPED.sub("_x005F_", without_control(text)[:LONGEST_TEXT]))}</t></is>'


def stamped(package: Package, member: str, stamps: Stamps, progress: Callable[[int], None]) -> Iterator[bytes]:
    """The sheet in pieces, stamped; `progress` is told the row. Raises `NotPlain` where that cannot be done safely."""
    sheet = Pieces(package.chunks(member))
    head = sheet.until(b"<sheetData")
    expect_plain(head)
    head += sheet.until(b">") + sheet.take(1)
    if head.endswith(b"/>"):
        raise NotPlain
    columns = _Columns(head)
    yield columns.with_result(head, stamps)
    yield from _Rows(stamps, columns).stamped(sheet, progress)
    tail = sheet.rest()
    yield _with_drawing(head, tail, stamps.drawing) if stamps.drawing else tail


class _Columns:
    """The declared columns of a sheet: their widths and styles."""

    def __init__(self, head: bytes) -> None:
        block = _COLUMNS.search(head)
        self._declared = [(tag, dict(_ATTRIBUTE.findall(tag))) for tag in _COLUMN.findall(block.group(1) or b"")] if block else []
        self._spans = [
            (int(had.get(b"min", b"0")), int(had.get(b"max", b"0")), int(had.get(b"style", b"0"))) for _tag, had in self._declared
        ]

    def style(self, column: int) -> int:
        """The style of cells that are not there."""
        return next((style for first, last, style in self._spans if first <= column + 1 <= last), 0)

    def with_result(self, head: bytes, stamps: Stamps) -> bytes:
        """The head of the sheet with a wide column of results, where that is new."""
        if not stamps.is_new:
            return head
        number = stamps.result + 1
        kept: list[tuple[int, bytes]] = [(number, b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (number, number, RESULT_WIDTH))]
        for (tag, _had), (first, last, _style) in zip(self._declared, self._spans, strict=True):
            for low, high in ((first, min(last, number - 1)), (max(first, number + 1), last)):
                if low <= high:
                    changed = re.sub(rb'\smin="\d+"', b' min="%d"' % low, tag)
                    kept.append((low, re.sub(rb'\smax="\d+"', b' max="%d"' % high, changed)))
        block = b"<cols>%s</cols>" % b"".join(tag for _low, tag in sorted(kept))
        if _COLUMNS.search(head):
            head = _COLUMNS.sub(lambda _found: block, head, count=1)
        else:
            at = head.rindex(b"<sheetData")
            head = head[:at] + block + head[at:]
        return _DIMENSION.sub(lambda found: self._wider(found, stamps.result), head, count=1)

    def _wider(self, found: re.Match[bytes], result: int) -> bytes:
        first, right, bottom = found.groups()
        if right is None or column_index(right) >= result:
            return found.group()
        return b'<dimension ref="%s:%s%s"/>' % (first, letters(result).encode(), bottom)


class _Rows:
    """Stamps rows as they come by."""

    def __init__(self, stamps: Stamps, columns: _Columns) -> None:
        self._stamps, self._columns = stamps, columns
        self._waiting = sorted(stamps.rows, reverse=True)
        name = letters(stamps.result).encode()
        self._result = re.compile(rb'<c r="%s\d+"[^>]*?(?:/>|>.*?</c>)' % name, re.DOTALL)
        self._result_at = b'<c r="%s' % name
        self._marked = self._styles_of_earlier(stamps.unmarked) if stamps.unmarked else None

    @staticmethod
    def _styles_of_earlier(unmarked: Mapping[int, int]) -> re.Pattern[bytes]:
        styles = "|".join(str(style) for style in sorted(unmarked, reverse=True)).encode()
        return re.compile(rb'(<c r="[A-Z]{1,3}\d+"(?:\s[^>]*?)?\ss=")(%s)(")' % styles)

    def stamped(self, sheet: Pieces, progress: Callable[[int], None]) -> Iterator[bytes]:
        number = 0
        while block := sheet.rows():
            kept = 0
            for start, end in bounds(block):
                row = block[start:end]
                number = number_of(row, number)
                changes = self._stamps.rows.get(number)
                if changes is None and (self._stamps.is_new or number < self._stamps.first_row):
                    continue
                yield block[kept:start]
                yield from self._missing(number)
                kept = end
                if not self._stamps.is_new and number >= self._stamps.first_row:
                    row = self._without_earlier(row)
                yield self._row(row, number, changes) if changes else row
            yield block[kept:]
            progress(number)
        yield from self._missing(_BEHIND_ALL)

    def _missing(self, before: int) -> Iterator[bytes]:
        """Rows above one that are marked and have no markup: some programs leave them out below a merged cell."""
        while self._waiting and self._waiting[-1] <= before:
            number = self._waiting.pop()
            if number < before:
                yield self._row(b'<row r="%d"/>' % number, number, self._stamps.rows[number])

    def _without_earlier(self, row: bytes) -> bytes:
        if self._result_at in row:
            row = self._result.sub(b"", row)
        return self._marked.sub(self._unmark, row) if self._marked else row

    def _unmark(self, found: re.Match[bytes]) -> bytes:
        return found[1] + str(self._stamps.unmarked[int(found[2])]).encode() + found[3]

    def _row(self, row: bytes, number: int, changes: Mapping[int, Stamp]) -> bytes:
        tag_end = row.index(b">") + 1
        tag = row[:tag_end]
        cells = {column: (attributes, inner) for column, attributes, inner in cells_of(row)}
        had = dict(_ATTRIBUTE.findall(tag))
        row_style = int(had.get(b"s", b"0")) if had.get(b"customFormat") in (b"1", b"true") else None
        made: list[tuple[int, bytes]] = []
        for column, (attributes, inner) in cells.items():
            if column not in changes:
                made.append((column, _cell(column, number, attributes, inner)))
        for column, stamp in changes.items():
            attributes, inner = cells.get(column, (b"", b""))
            base = dict(_ATTRIBUTE.findall(attributes)).get(b"s")
            empty = row_style if row_style is not None else self._columns.style(column)
            style = stamp.style(int(base) if base is not None else empty if column not in cells else 0)
            made.append((column, _stamped_cell(column, number, attributes, inner, style, stamp.text)))
        opened = _SPANS.sub(b"", tag if not tag.endswith(b"/>") else tag[:-2].rstrip() + b">")
        return opened + b"".join(markup for _column, markup in sorted(made)) + _behind_cells(row, tag_end)


def _behind_cells(row: bytes, tag_end: int) -> bytes:
    """The end of a row, with an extension that may follow its cells."""
    if row[tag_end - 2 : tag_end] == b"/>":
        return b"</row>"
    last = max(row.rfind(b"</c>") + 4, *(found.end() for found in re.finditer(rb"<c r=[^>]*/>", row)), tag_end)
    return row[last:]


def _cell(column: int, row: int, attributes: bytes, inner: bytes) -> bytes:
    place = b"%s%d" % (letters(column).encode(), row)
    return b'<c r="%s"%s>%s</c>' % (place, attributes, inner) if inner else b'<c r="%s"%s/>' % (place, attributes)


def _stamped_cell(column: int, row: int, attributes: bytes, inner: bytes, style: int, text: str | None) -> bytes:
    if text is None:
        others = b"".join(b' %s="%s"' % (name, value) for name, value in _ATTRIBUTE.findall(attributes) if name != b"s")
        return _cell(column, row, b' s="%d"%s' % (style, others), inner)
    if b't="shared"' in inner or b't="array"' in inner:
        raise NotPlain  # other cells may calculate by this formula
    if not text:
        return _cell(column, row, b' s="%d"' % style, b"")
    return _cell(column, row, b' s="%d" t="inlineStr"' % style, text_of_cell(text).encode())


def _with_drawing(head: bytes, tail: bytes, relation: str) -> bytes:
    """The part behind the rows with the drawing of comments at its place."""
    mark = f'<legacyDrawing xmlns:r="{RELATIONS}" r:id="{relation}"/>'.encode()
    root = re.search(rb"<worksheet\b[^>]*>", head)
    assert root is not None  # looked at before
    before = root.group() + b"<sheetData>"
    depth, at = 0, len(before) + len(tail) - len(b"</worksheet>")
    found: list[int] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2 and name in _BEHIND_DRAWING:
            found.append(parser.CurrentByteIndex)

    def end(name: str) -> None:
        nonlocal depth, at
        depth -= 1
        if not depth:
            at = parser.CurrentByteIndex

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(before + tail, True)
    except expat.ExpatError as damage:
        raise NotPlain from damage
    place = min([*found, at]) - len(before)
    return tail[:place] + mark + tail[place:]
