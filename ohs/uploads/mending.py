"""Correcting cells in the browser: which other rows have the same mistake, and what a correction would write there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imports.problems import Problem, Severity
from imports.sheet import Format
from ohs.uploads.remarks import CellPlace, Remarks

_SEPARATORS = re.compile(r"[、,，;；\n]")
#: Everything about a mistake but its row: sheet, key, code, sentence.
Mistake = tuple[str, str, str, Any]


@dataclass(frozen=True)
class FixableCell:
    """A cell as the page offers it to be typed anew."""

    place: CellPlace
    heading: str
    #: What stands there now; `None` where nothing does, or where it is not known.
    text: str | None

    @property
    def shown(self) -> str:
        """The text as a field of one line holds it."""
        return one_line(self.text)

    @property
    def name(self) -> str:
        """The tail of its field's name: `3:post`, with the sheet at the end in workbooks of several."""
        sheet, row, key = self.place
        return f"{row}:{key}:{sheet}" if sheet else f"{row}:{key}"


@dataclass(frozen=True)
class FixableProblem:
    """A problem with the cells in which it can be mended, and the other rows that have the same mistake."""

    problem: Problem
    cells: tuple[FixableCell, ...]
    others: tuple[int, ...]
    #: How many further rows have it too, whose cells are not at hand: they come after a correction.
    later: int = 0


def one_line(text: str | None) -> str:
    """A text without line breaks; in lists of names they separate like a comma."""
    return "、".join(line.strip() for line in (text or "").splitlines() if line.strip())


def place_of(problem: Problem) -> CellPlace:
    """Where the problem is."""
    return problem.sheet, problem.row, problem.key


def parts(text: str | None) -> list[str]:
    """The names of a list as people separate them."""
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]


class SameMistakes:
    """The problems of a file by mistake: two rows share one when column, code and sentence agree and their cells hold the same wrong thing."""

    def __init__(self, remarks: Remarks, format: Format) -> None:
        self._cells = remarks.cells
        #: Columns that tell one record from another: blank in two rows, they are blank for two reasons.
        self._own = {(sheet.name, key) for sheet in format.sheets for key in sheet.identity}
        self._rows: dict[Mistake, list[int]] = {}
        for position in remarks.matching(severity=Severity.PROBLEM):
            problem = remarks[position]
            if problem.row and problem.key and not problem.or_at:
                self._rows.setdefault(_mistake(problem), []).append(problem.row)

    def others(self, problem: Problem) -> tuple[int, ...]:
        """The other rows with this mistake."""
        if problem.or_at or place_of(problem) not in self._cells:
            return ()
        text = self._cells[place_of(problem)]
        if text is None and (problem.sheet, problem.key) in self._own:
            return ()
        return tuple(row for row in self._rows.get(_mistake(problem), ()) if row != problem.row and self._is_same(problem, row, text))

    def later(self, problem: Problem) -> int:
        """How many rows with this sentence have cells that were not kept (see `CELLS_KEPT`)."""
        return sum((problem.sheet, row, problem.key) not in self._cells for row in self._rows.get(_mistake(problem), ()))

    def _is_same(self, problem: Problem, row: int, text: str | None) -> bool:
        place = (problem.sheet, row, problem.key)
        if place not in self._cells:
            return False
        other = self._cells[place]
        return other == text or bool(set(parts(other)) & set(parts(text)))

    def carried_over(self, problem: Problem, typed: str) -> dict[CellPlace, str]:
        """What the same correction writes in the other rows: the same text, or in a list the same name instead of the same wrong one."""
        before = self._cells.get(place_of(problem))
        gone, come = _difference(parts(before), parts(typed))
        found: dict[CellPlace, str] = {}
        for row in self.others(problem):
            place = (problem.sheet, row, problem.key)
            other = self._cells[place]
            if other == before:
                found[place] = typed
            elif len(gone) == 1 and len(come) == 1 and gone[0] in parts(other):
                found[place] = "、".join(come[0] if part == gone[0] else part for part in parts(other))
        return found


def _difference(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    return [part for part in before if part not in after], [part for part in after if part not in before]


def _mistake(problem: Problem) -> Mistake:
    return problem.sheet, problem.key, problem.code, problem.message


def fixable(problems: Iterable[Problem], remarks: Remarks, format: Format) -> list[FixableProblem]:
    """The problems of these that lie in a cell, with what the page needs to offer their correction."""
    same = SameMistakes(remarks, format)
    found, offered = [], set()
    for problem in problems:
        if problem.severity is not Severity.PROBLEM or not problem.row or not problem.key:
            continue
        sheet = format.sheet(problem.sheet)
        columns = [sheet[problem.key], *(column for column in sheet.columns if column.heading in problem.or_at)]
        cells = []
        for column in columns:
            place = (problem.sheet, problem.row, column.key)
            if place not in offered:
                offered.add(place)
                cells.append(FixableCell(place, column.heading, remarks.cells.get(place)))
        found.append(FixableProblem(problem, tuple(cells), same.others(problem), same.later(problem)))
    return found


def with_the_same(remarks: Remarks, format: Format, typed: Mapping[CellPlace, str], also: set[CellPlace]) -> dict[CellPlace, str]:
    """Typed cells, and for the places in `also` every other row with the same mistake; what was typed for a row itself goes before."""
    same = SameMistakes(remarks, format)
    found: dict[CellPlace, str] = {}
    for position in remarks.matching(severity=Severity.PROBLEM):
        problem = remarks[position]
        place = place_of(problem)
        if place in also and place in typed:
            found |= same.carried_over(problem, typed[place])
    return found | dict(typed)
