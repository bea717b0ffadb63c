"""Problems, notices and findings of one upload as it keeps them: packed, sealed, in the order of rows, with the cells they are about."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imports.check import ReadWorkbook
from imports.problems import Group, Place, Problem, Problems, Severity
from ohs.kernel.crypto import keyring
from ohs.kernel.i18n import say
from ohs.kernel.message import Message

PURPOSE = "upload.remarks"
#: So many cells with a problem are kept beside the problems, to be shown where they are corrected.
CELLS_KEPT = 20_000
#: Where a cell is: sheet (empty in workbooks of one), row as the spreadsheet numbers it, key of the column.
CellPlace = tuple[str, int, str]
#: Everything about a remark but its row, in the order of the packed sentence.
Sentence = tuple[Severity, str, str, str, str, Message, tuple[str, ...]]


class Remarks(Sequence[Problem]):
    """What was said about a file. A sentence that many rows share is held once, so that a hundred thousand remarks are read in a blink."""

    def __init__(self, sentences: Sequence[Sentence], rows: Sequence[Sequence[int]], cells: Mapping[CellPlace, str | None]) -> None:
        self._sentences = sentences
        #: (row, number of its sentence), in the order of the file.
        self._rows = rows
        #: What stands in the cells that have a problem; `None` where nothing does.
        self.cells = cells

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._made(row, number) for row, number in self._rows[index]]
        return self._made(*self._rows[index])

    def _made(self, row: int, number: int) -> Problem:
        severity, sheet, key, heading, code, message, or_at = self._sentences[number]
        return Problem(row, key, heading, code, message, severity, sheet, or_at)

    def count(self, severity: Any) -> int:
        """How many there are of a severity."""
        wanted = {number for number, sentence in enumerate(self._sentences) if sentence[0] == severity}
        return sum(number in wanted for _row, number in self._rows)

    def groups(self, severity: str = "") -> list[Group]:
        """By severity, sheet, code and column, the most frequent first."""
        numbers: dict[int, array[int]] = {}
        for row, number in self._rows:
            numbers.setdefault(number, array("I")).append(row)
        found: dict[tuple[Severity, Place, str], Group] = {}
        for number, rows in numbers.items():
            held, sheet, key, heading, code, message, _or_at = self._sentences[number]
            if severity and held != severity:
                continue
            name = (held, Place(key, heading, sheet), code)
            group = found.get(name) or found.setdefault(name, Group(*name))
            group.take(message, rows)
        order = list(Severity)
        return sorted(found.values(), key=lambda group: (order.index(group.severity), -group.count))

    def matching(self, *, severity: str = "", code: str = "", key: str = "", text: str = "") -> list[int]:
        """Positions of those of a kind, a code, a column, or whose row number, heading, sentence or cell holds the text."""
        wanted = text.strip().lower()
        in_kind, in_words = set(), set()
        for number, (held, _sheet, column, heading, its_code, message, _or_at) in enumerate(self._sentences):
            if (severity and held != severity) or (code and its_code != code) or (key and column != key):
                continue
            in_kind.add(number)
            if wanted and wanted in f"{heading} {its_code} {say(message)}".lower():
                in_words.add(number)
        if not wanted:
            return [position for position, (_row, number) in enumerate(self._rows) if number in in_kind]
        row_asked = int(wanted) if wanted.isascii() and wanted.isdigit() else -1
        in_cells = {(sheet, row, column) for (sheet, row, column), held in self.cells.items() if held and wanted in held.lower()}
        return [
            position
            for position, (row, number) in enumerate(self._rows)
            if number in in_words or (number in in_kind and (row == row_asked or (in_cells and self._place(row, number) in in_cells)))
        ]

    def _place(self, row: int, number: int) -> CellPlace:
        _severity, sheet, key, *_rest = self._sentences[number]
        return sheet, row, key


def pack(problems: Iterable[Problem], cells: Mapping[CellPlace, str | None] | None = None) -> bytes:
    """One sealed blob of all remarks; sentences that repeat are written once."""
    numbers: dict[tuple[Any, ...], int] = {}
    held: list[Problem] = []
    rows: list[tuple[int, int]] = []
    for problem in problems:
        # Rows that share a sentence share the object, which `held` keeps alive.
        sentence = (id(problem.message), problem.sheet, problem.key, problem.code, problem.severity, problem.or_at)
        number = numbers.get(sentence)
        if number is None:
            number = numbers[sentence] = len(held)
            held.append(problem)
        rows.append((problem.row, number))
    sentences = [[one.severity, one.sheet, one.key, one.heading, one.code, _plain(one.message), one.or_at] for one in held]
    places = [[*place, text] for place, text in (cells or {}).items()]
    return keyring().seal(PURPOSE, zlib.compress(json.dumps([sentences, rows, places], ensure_ascii=False).encode(), 6))


def unpack(blob: bytes | None) -> Remarks:
    """The remarks again, in their order."""
    if blob is None:
        return Remarks([], [], {})
    sentences, rows, cells = json.loads(zlib.decompress(keyring().unseal(PURPOSE, blob)))
    made: list[Sentence] = [
        (Severity(severity), sheet, key, heading, code, _message(message), tuple(or_at))
        for severity, sheet, key, heading, code, message, or_at in sentences
    ]
    return Remarks(made, rows, {(sheet, row, key): text for sheet, row, key, text in cells})


def cells_with_problems(read: ReadWorkbook, problems: Problems, fixes: Mapping[CellPlace, str]) -> dict[CellPlace, str | None]:
    """What stands in every cell that has a problem, and in those that may be the wrong one instead: as typed since, else as in the file."""
    wanted: dict[CellPlace, None] = {}
    for problem in problems.of(Severity.PROBLEM):
        if not problem.row or not problem.key or problem.sheet not in read.tables:
            continue
        sheet = read.tables[problem.sheet].sheet
        for key in (problem.key, *(column.key for column in sheet.columns if column.heading in problem.or_at)):
            wanted[problem.sheet, problem.row, key] = None
        if len(wanted) >= CELLS_KEPT:
            break
    positions = {name: {row: at for at, row in enumerate(table.rows)} for name, table in read.tables.items()} if wanted else {}
    found: dict[CellPlace, str | None] = {}
    for name, row, key in wanted:
        cells, at = read.tables[name].cells.get(key), positions[name].get(row)
        found[name, row, key] = fixes.get((name, row, key), cells.text[at] if cells is not None and at is not None else None)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"id": value.id, "values": {name: _plain(item) for name, item in value.values.items()}}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _message(value: Any) -> Any:
    if isinstance(value, dict):
        return Message(value["id"], **{name: _message(item) for name, item in value["values"].items()})
    if isinstance(value, list):
        return tuple(_message(item) for item in value)
    return value


def as_json(problem: Problem) -> dict[str, Any]:
    """A remark as programs get it: row, official heading, code, sentence."""
    return {"row": problem.row, "heading": problem.heading, "code": problem.code, "message": say(problem.message)} | (
        {"sheet": problem.sheet} if problem.sheet else {}
    )
