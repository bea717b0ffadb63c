"""What is said about a file, as marks: the look and comment of each cell, the column 校验结果 of each row, the lines of 错误汇总."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exports.sheet import LONGEST_TEXT, Say
from imports.check import Fixes
from imports.problems import Problem
from imports.sheet import Format
from ohs.kernel.message import Message

SUMMARY = "错误汇总"
#: A spreadsheet opens slowly with more comments than this: beyond them fill and result column say it.
COMMENTS_AT_MOST = 10_000


class Look(StrEnum):
    """Why a cell is drawn otherwise than its sender drew it, the gravest first."""

    PROBLEM = "problem"
    NOTICE = "notice"
    FINDING = "finding"
    #: Typed anew since the file was handed in.
    CORRECTED = "corrected"


LABELS = {
    Look.PROBLEM: Message("Problem"),
    Look.NOTICE: Message("Notice"),
    Look.FINDING: Message("Finding"),
    Look.CORRECTED: Message("Corrected"),
}
GRAVITY = {look: place for place, look in enumerate(Look)}
CORRECTED = Message("Corrected in the browser after the file was handed in; this copy holds what was typed.")


@dataclass
class CellMarks:
    """The look of one cell and what its comment says; `text` replaces what stood there."""

    look: Look
    sentences: list[str] = field(default_factory=list)
    text: str | None = None
    is_commented: bool = False


@dataclass
class RowMarks:
    """The marked cells of one row by column (from 0), and what its cell of 校验结果 says."""

    cells: dict[int, CellMarks] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    look: Look = Look.CORRECTED

    def take(self, look: Look, heading: str, sentence: str, column: int | None, say: Say) -> None:
        """One more sentence about this row, and about a cell of it where that is in the file."""
        self.said.append(f"[{say(LABELS[look])}] {heading}：{sentence}")
        self.look = min(self.look, look, key=GRAVITY.__getitem__)
        if column is not None:
            cell = self.cells.setdefault(column, CellMarks(look))
            cell.look = min(cell.look, look, key=GRAVITY.__getitem__)
            cell.sentences.append(sentence)

    @property
    def remark(self) -> str:
        return "；".join(self.said)[:LONGEST_TEXT]


@dataclass(frozen=True)
class SheetMarks:
    """All marks of one sheet of the file."""

    #: Name of the sheet in the file; empty for a text table.
    sheet: str
    #: As the spreadsheet numbers it.
    heading_row: int
    rows: Mapping[int, RowMarks]
    #: Column (from 0) of 校验结果 that an earlier marked copy brought, if there is one.
    earlier_result: int | None
    #: Columns of the format, from 0: where an earlier copy may have left its marks.
    columns: frozenset[int]

    @property
    def commented(self) -> list[tuple[int, int, str]]:
        """Row (from 1), column (from 0) and text of every comment, in the order of the sheet."""
        found = [(row, column, cell) for row, marks in self.rows.items() for column, cell in marks.cells.items() if cell.is_commented]
        return [(row, column, "\n".join(cell.sentences)) for row, column, cell in sorted(found, key=lambda one: one[:2])]


def marks_of(format: Format, layout: Mapping[str, Any], remarks: Sequence[Problem], fixes: Fixes, say: Say) -> list[SheetMarks]:
    """The marks of every sheet of the format that was found in the file.

    `layout` is what the reader found: for each sheet of the format its name in the file, the row of the headings, the column
    (from 0) of each key, and that of an earlier 校验结果.
    """
    told: dict[int, str] = {}
    found = []
    for sheet in layout.get("sheets", []):
        columns: Mapping[str, int] = sheet["columns"]
        rows: dict[int, RowMarks] = defaultdict(RowMarks)
        for remark in remarks:
            if remark.row and remark.sheet == sheet["name"]:
                # Rows that share a sentence share the object, which `remarks` keeps alive.
                sentence = told.get(id(remark.message)) or told.setdefault(id(remark.message), say(remark.message))
                rows[remark.row].take(Look(remark.severity.value), remark.heading, sentence, columns.get(remark.key), say)
        for (name, row, key), text in fixes.items():
            if name == sheet["name"] and key in columns:
                rows[row].take(Look.CORRECTED, format.sheet(name)[key].heading, say(CORRECTED), columns[key], say)
                rows[row].cells[columns[key]].text = text
        found.append(SheetMarks(sheet["sheet"], sheet["heading_row"], rows, sheet.get("result"), frozenset(columns.values())))
    _choose_comments(found)
    return found


def _choose_comments(sheets: Iterable[SheetMarks]) -> None:
    """The gravest cells get a comment, as many as a spreadsheet bears."""
    cells = [cell for sheet in sheets for row in sheet.rows.values() for cell in row.cells.values()]
    for cell in sorted(cells, key=lambda one: GRAVITY[one.look])[:COMMENTS_AT_MOST]:
        cell.is_commented = True
