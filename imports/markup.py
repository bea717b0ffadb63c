"""A sheet's own XML: a quick survey for what the fast reader would not show, and a slow reader for which nothing is odd."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import polars as pl

from imports.container import Package, has_entities, too_large_unpacked, unreadable
from imports.raw import BrokenCell
from imports.text import unescape

#: Rectangle of a merge: first row, first column, last row, last column, all from 0.
Merge = tuple[int, int, int, int]
#: A row of the sheet: its number from 0 and its cells by column from 0.
SheetRow = tuple[int, dict[int, Any]]

#: More merged cells than any honest sheet has.
MOST_MERGES = 1_000_000
#: Merges below this row matter only where they span several rows.
_HEAD = 12
#: More cells with errors than this are left to the slow reader.
_MOST_BROKEN = 100_000
#: A dense table of more cells than this is never asked of the fast reader.
MOST_DENSE = 22_000_000
#: Columns from here on (DA) are rare enough to be looked at one by one.
_WIDE = 104
#: No honest cell is longer than this.
_LONGEST_CELL = 4 * 1024**2

#: Escapes of stored strings that the fast reader leaves as they are.
_ESCAPE = re.compile(rb"_x(?!00)[0-9A-Fa-f]{4}_")
_SUSPICIOUS = re.compile(rb'<c r="(?:([A-Z]{3}|[D-Z][A-Z])(\d+)|([A-Z]{1,2})(\d{6,}))')
#: The same, for the quick look whether there is any.
_FAR = r'<c r="(?:[A-Z]{3}\d|[D-Z][A-Z]\d|[A-Z]{1,2}\d{6})'
_WITHOUT_VALUE = rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:</c>|<v\s*/>|<v>\s*</v>)"
_NO_VALUE = re.compile(_WITHOUT_VALUE)
_NO_VALUE_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,9})"([^>]*)>' + _WITHOUT_VALUE)
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,9})"[^>]*? t="e"[^>]*>(?:<f(?:\s[^>]*)?(?:/>|>[^<]*</f>))?(?:<v>([^<]*)</v>)?</c>')
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)[\"']")


@dataclass
class Survey:
    """What the bytes of a sheet tell before anyone reads it."""

    #: There is something that only the slow reader sees or that the fast one could choke on.
    is_odd: bool = False
    merges: list[Merge] = field(default_factory=list)
    #: Cells without a known value, by row and column: the fast reader shows them as blank.
    broken: dict[tuple[int, int], BrokenCell] = field(default_factory=dict)


def column_index(letters: str | bytes) -> int:
    """`A` is 0."""
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + letter - 64
    return number - 1


def survey(package: Package, member: str) -> Survey:
    """Look through a sheet's bytes once: error values, formulas without a value, missing references, far cells, merges, entities."""
    found = Survey()
    last_row, last_column, has_cells = 100_000, _WIDE, False
    for text in _whole_cells(package, member, found):
        if b"!" in text and _declares_entities(text):
            raise has_entities()
        if not found.is_odd:
            cells = text.count(b'<c r="')
            has_cells = has_cells or cells > 0
            found.is_odd = _is_odd(text, cells) or holds_escape(text) or not _takes_broken(text, found.broken)
            for letters, number, near, far in _SUSPICIOUS.findall(text) if _may_be_far(text) else ():
                last_row = max(last_row, int((number or far)[:9]))
                last_column = max(last_column, column_index(letters or near))
        if b"mergeCell " in text:
            _take_merges(text, found.merges)
    found.is_odd = found.is_odd or not has_cells or last_row * (last_column + 1) > MOST_DENSE
    return found


def _may_be_far(text: bytes) -> bool:
    """Whether a piece refers to a cell far out; where it is no UTF-8, which the quick look needs, it may."""
    try:
        return bool(pl.Series([text], dtype=pl.Binary).cast(pl.String).str.contains(_FAR)[0])
    except pl.exceptions.PolarsError:
        return True


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, each unpacked while the one before it is looked through."""
    with ThreadPoolExecutor(1) as unpacking:
        coming = unpacking.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = unpacking.submit(next, pieces, None)
            yield piece


def _whole_cells(package: Package, member: str, found: Survey) -> Iterator[bytes]:
    """A sheet in pieces that never cut a cell in two; a cell that is too long for that makes the sheet an odd one."""
    rest = b""
    for number, piece in enumerate(_ahead(package.chunks(member))):
        if not number and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
            found.is_odd = True
        text = rest + piece
        end = text.rfind(b"</c>") + 4
        if end < 4 and (b"<c" not in text or len(text) > _LONGEST_CELL):
            found.is_odd = found.is_odd or b"<c" in text
            end = text.rfind(b">") + 1 or len(text)
        rest = text[max(end, 0) :] if end >= 4 else text
        if end >= 4:
            yield text[:end]
    yield rest


def holds_escape(text: bytes) -> bool:
    """Whether a piece of markup holds an escaped character that only the slow reader resolves."""
    return b"_x" in text and _ESCAPE.search(text) is not None


def _is_odd(text: bytes, cells: int) -> bool:
    """Whether a piece holds single quotes or a cell without a reference; what is rare is looked for first."""
    if b"'" in text and b"='" in text:
        return True
    return cells != text.count(b"<c") and (cells != text.count(b"<c ") or b"<c>" in text)


def _takes_broken(text: bytes, broken: dict[tuple[int, int], BrokenCell]) -> bool:
    """Collect the cells whose value cannot be known; false when not all of them can be told from the bytes alone."""
    if b't="e"' in text:
        errors = _ERROR_CELL.findall(text)
        if len(errors) != text.count(b't="e"'):
            return False
        broken |= {
            (int(row) - 1, column_index(letters)): BrokenCell(value.decode("ascii", "replace").strip() or "#VALUE!")
            for letters, row, value in errors
        }
    if b"<f" in text and (missing := len(_NO_VALUE.findall(text))):
        cells = _NO_VALUE_CELL.findall(text)
        if len(cells) != missing or any(b't="str"' in kind for _letters, _row, kind in cells):
            return False
        for letters, row, _kind in cells:
            broken.setdefault((int(row) - 1, column_index(letters)), BrokenCell())
    return len(broken) <= _MOST_BROKEN


def _declares_entities(text: bytes) -> bool:
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def _take_merges(text: bytes, merges: list[Merge]) -> None:
    for left, top, right, bottom in _MERGED.findall(text):
        first, last = int(top[:9]) - 1, int(bottom[:9]) - 1
        if last > first or first < _HEAD:
            merges.append((first, column_index(left), last, column_index(right)))
    if len(merges) > MOST_MERGES:
        raise unreadable()


def safe_part(package: Package, member: str) -> bool:
    """Read a part through once: its checksum must be right, it must not declare entities, nor hold too many strings.

    Tells whether it holds nothing that only the slow reader resolves.
    """
    tail, strings, is_plain = b"", 0, True
    for piece in package.chunks(member):
        text = tail + piece
        if (b"!" in text and _declares_entities(text)) or piece.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise has_entities()
        strings += piece.count(b"<si>") + piece.count(b"<si/>")
        if strings > MOST_STRINGS:
            raise too_large_unpacked(package.limits)
        is_plain = is_plain and not holds_escape(text)
        tail = text[-16:]
    return is_plain


class _Parser:
    """An expat parser by local names, without DTD and entities."""

    def __init__(self, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]) -> None:
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._locals: dict[str, str] = {}
        self._start, self._end = start, end
        self._expat.StartElementHandler = self._on_start
        self._expat.EndElementHandler = self._on_end
        self._expat.CharacterDataHandler = text
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._expat.EntityDeclHandler = self._refuse

    def _refuse(self, *_: Any) -> None:
        raise has_entities()

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._locals.get(name) or self._locals.setdefault(name, name.rsplit(":", 1)[-1])
        self._start(local, attributes)

    def _on_end(self, name: str) -> None:
        self._end(self._locals[name])

    def feed(self, piece: bytes, is_last: bool = False) -> None:
        try:
            self._expat.Parse(piece, is_last)
        except (expat.ExpatError, ValueError) as damage:
            raise unreadable() from damage


#: Text of all shared strings together, in characters, and how many there can be.
_MOST_TEXT = 400_000_000
MOST_STRINGS = 12_000_000
#: The slow reader gives up after so many cells.
MOST_CELLS = 45_000_000


class _StringsReader:
    """The shared strings of a workbook, without their phonetic runs."""

    def __init__(self, package: Package) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_phonetic = False
        self._length = 0
        self._package = package
        if package.strings:
            parser = _Parser(self._start, self._end, self._text)
            for piece in package.chunks(package.strings):
                parser.feed(piece)
            parser.feed(b"", True)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def _end(self, name: str) -> None:
        if name == "si":
            self.found.append(unescape("".join(self._parts)))
            if len(self.found) > MOST_STRINGS:
                raise too_large_unpacked(self._package.limits)
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "t":
            self._in_text = False

    def _text(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)
            if self._length > _MOST_TEXT:
                raise too_large_unpacked(self._package.limits)
            self._parts.append(text)


def shared_strings(package: Package) -> list[str]:
    """The strings that cells refer to by number."""
    return _StringsReader(package).found


_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general', re.IGNORECASE)


def date_styles(package: Package) -> set[int]:
    """The cell styles that show a number as a day or time."""
    if not package.styles:
        return set()
    tree = package.xml(package.styles)
    formats: dict[int, str] = {}
    styles: set[int] = set()
    for element in tree.iter():
        name = element.tag.rsplit("}", 1)[-1]
        if name == "numFmt" and element.get("numFmtId", "").isdecimal():
            formats[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        elif name == "cellXfs":
            for position, style in enumerate(element):
                number = int(style.get("numFmtId", "0")) if style.get("numFmtId", "0").isdecimal() else 0
                code = _NOT_FORMAT.sub("", formats.get(number, "")).lower()
                if number in _BUILT_IN_DATES if number not in formats else any(letter in code for letter in "ymdhs"):
                    styles.add(position)
    return styles


class SlowSheet:
    """Reads a sheet element by element, whatever its prefixes, order and references."""

    def __init__(self, package: Package, member: str, strings: Sequence[str], dates: Collection[int]) -> None:
        self._package, self._member = package, member
        self._strings, self._dates = strings, dates
        self._origin = datetime(1904, 1, 1) if package.counts_from_1904 else datetime(1899, 12, 30)
        self._ready: list[SheetRow] = []
        self._row, self._column, self._seen = -1, -1, 0
        self._cells: dict[int, Any] = {}
        self._type = self._style = ""
        self._value: list[str] = []
        self._has_value = self._has_formula = self._collects = self._in_phonetic = self._in_cell = False

    def rows(self) -> Iterator[SheetRow]:
        """The rows that have a cell with a value, as they come."""
        parser = _Parser(self._start, self._end, self._text)
        for piece in self._package.chunks(self._member):
            parser.feed(piece)
            yield from self._take()
        parser.feed(b"", True)
        yield from self._take()

    def _take(self) -> list[SheetRow]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._in_cell = True
            self._seen += 1
            if self._seen > MOST_CELLS:
                raise too_large_unpacked(self._package.limits)
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = column_index(letters) if letters.isascii() and letters.isupper() and len(letters) < 4 else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = []
            self._has_value = self._has_formula = False
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number[:9]) - 1 if number.isdecimal() else self._row + 1
            self._column, self._cells = -1, {}
        elif self._in_cell:
            if name == "v":
                self._has_value = self._collects = True
            elif name == "t":
                self._collects = not self._in_phonetic
            elif name == "f":
                self._has_formula = True
            elif name == "rPh":
                self._in_phonetic = True

    def _text(self, text: str) -> None:
        if self._collects:
            self._value.append(text)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._collects = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._in_cell = False
            value = self._cell()
            if value is not None and value != "":
                self._cells[self._column] = value
        elif name == "row" and self._cells:
            self._ready.append((self._row, self._cells))

    def _cell(self) -> Any:
        text = "".join(self._value)
        kind = self._type
        if kind == "e":
            return BrokenCell(text.strip() or "#VALUE!")
        if self._has_formula and not text and not (self._has_value and kind == "str"):
            return BrokenCell()
        if kind in ("str", "inlineStr"):
            return unescape(text)
        if not text:
            return None
        if kind == "s":
            position = int(text) if text.strip().isdecimal() else -1
            if not 0 <= position < len(self._strings):
                raise unreadable()
            return self._strings[position]
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return text
        return self._number(text)

    def _number(self, text: str) -> Any:
        try:
            number = float(text)
        except ValueError:
            return text
        if self._style.isdecimal() and int(self._style) in self._dates:
            return self._moment(number)
        return number

    def _moment(self, number: float) -> date | datetime | time | float:
        if not 0 <= number < 2_958_466:
            return number
        if number < 1:
            return (datetime.min + timedelta(seconds=round(number * 86_400) % 86_400)).time()
        moment = self._origin + timedelta(days=int(number), seconds=round(number % 1 * 86_400))
        return moment if moment.time() != time() else moment.date()
