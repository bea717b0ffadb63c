"""Finding the heading row of a table and what each heading means."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imports.markup import Merge
from imports.sheet import Sheet
from imports.text import fold_heading, show_heading

#: Headings of merged cells are repeated into so many cells at most.
MOST_SPREAD = 200_000
#: The heading row stands within the first rows of a sheet.
SEARCHED_ROWS = 10


_IN_BRACKETS = re.compile(r"^\s*[(（]\s*(.*?)\s*[)）]\s*$")


@dataclass(frozen=True)
class Layout:
    """Where a table's columns are and what they are called in the file."""

    #: Name of the sheet in the file; empty for a text table.
    sheet_name: str = ""
    #: Row of the headings as the spreadsheet numbers it; with group headings that of the leaves. 0 where there is none.
    heading_row: int = 0
    #: Heading in the file of each key that was found.
    headings: Mapping[str, str] = field(default_factory=dict)
    #: Column (from 0) of each key.
    columns: Mapping[str, int] = field(default_factory=dict)
    #: Headings that nothing knows, in order, each once.
    unknown: tuple[str, ...] = ()
    #: Keys that several columns claim, with the headings of those columns.
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: How many columns have a heading.
    width: int = 0
    counts_from_1904: bool = False
    #: Texts by which a heading or title that is printed again further down is known, by column.
    printed: Mapping[int, frozenset[str]] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()
    #: Columns (from 0) under a heading of our own.
    own: tuple[int, ...] = ()


Grid = dict[int, dict[int, str]]


def find_layout(
    sheet: Sheet,
    head: Mapping[int, Mapping[int, Any]],
    merges: list[Merge],
    heading_map: Mapping[str, str],
    own: frozenset[str] = frozenset(),
) -> Layout | None:
    """The layout of a table by its first rows; none when no row holds at least half of the required headings.

    `heading_map` says what headings of the sender's own mean, by folded heading; an empty key means: of no interest.
    `own` are folded headings that our own workbooks carry and nobody need be told about.
    """
    texts = {row: {column: text for column, value in cells.items() if (text := _text(value))} for row, cells in head.items()}
    grid, groups = _spread(texts, merges)
    known = _Known(sheet, heading_map, own)
    needed = max(1, (len(sheet.required) + 1) // 2)
    for row in range(SEARCHED_ROWS):
        block = _Block(grid, groups, texts, row, known)
        if block.required_found >= needed:
            return block.layout()
    return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return show_heading(value)
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else ""


def _spread(texts: Grid, merges: list[Merge]) -> tuple[Grid, Grid]:
    """Texts with merged cells counted in each of their rows; and, for group headings, in each of their columns as well."""
    grid = {row: dict(cells) for row, cells in texts.items()}
    groups = {row: dict(cells) for row, cells in texts.items()}
    left_over = MOST_SPREAD
    for top, left, bottom, right in merges:
        text = texts.get(top, {}).get(left)
        if text is None or top >= SEARCHED_ROWS:
            continue
        rows, columns = range(top, min(bottom, SEARCHED_ROWS) + 1), range(left, min(right, left + 2_000) + 1)
        left_over -= len(rows) * len(columns)
        if left_over < 0:
            break
        for row in rows:
            grid.setdefault(row, {}).setdefault(left, text)
            for column in columns:
                groups.setdefault(row, {}).setdefault(column, text)
    return grid, groups


class _Row:
    """The headings of one row."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self._columns = sorted(texts)

    def over(self, column: int) -> str:
        """The group heading over a column; one that was not merged reaches right to the next heading of its row."""
        at = bisect_right(self._columns, column) - 1
        return self._texts[self._columns[at]] if at >= 0 else ""


class _Known:
    """What headings mean: the official ones and aliases first, then the sender's own."""

    def __init__(self, sheet: Sheet, heading_map: Mapping[str, str], own: frozenset[str]) -> None:
        self.sheet = sheet
        self.keys = {fold_heading(name): column.key for column in sheet.columns for name in (*column.aliases, column.heading)}
        for heading, key in heading_map.items():
            if key in sheet.by_key or not key:
                self.keys.setdefault(heading, key)
        self.own = own

    def key(self, text: str) -> str | None:
        return self.keys.get(fold_heading(text)) if text else None

    def leaf(self, group: str, leaf: str) -> str | None:
        """The meaning of a leaf below a group heading."""
        group, plain = fold_heading(group), fold_heading(_IN_BRACKETS.sub(r"\1", leaf))
        return (self.key(f"{group}-{plain}") or self.key(f"{group}({plain})")) if group and plain else None


class _Block:
    """One candidate for the heading row, with the group headings above or the leaves below it."""

    def __init__(self, grid: Grid, groups: Grid, texts: Grid, row: int, known: _Known) -> None:
        self.known, self.row = known, row
        self.own = grid.get(row, {})
        self._texts = texts
        below = grid.get(row + 1, {})
        self._here, self._above = _Row(groups.get(row, {})), _Row(groups.get(row - 1, {}))
        self._below = below
        self.has_leaves = self._finds_leaves()
        self.meaning: dict[int, tuple[str, str | None]] = {}
        columns = set(self.own) | (set(below) if self.has_leaves else set())
        for column in sorted(columns):
            self.meaning[column] = self._read(column)

    def _finds_leaves(self) -> bool:
        return any(
            self.known.key(self.own.get(column, "")) is None and self.known.leaf(self._here.over(column), leaf)
            for column, leaf in self._below.items()
        )

    def _read(self, column: int) -> tuple[str, str | None]:
        """The heading of a column as it is quoted, and its key."""
        text = self.own.get(column, "")
        if key := self.known.key(text):
            return text, key
        if text and (key := self.known.leaf(self._above.over(column), text)):
            return f"{self._above.over(column)}-{text}", key
        leaf = self._below.get(column, "") if self.has_leaves else ""
        if leaf:
            group = text or self._here.over(column)
            if key := self.known.leaf(group, leaf):
                return f"{group}-{leaf}", key
            if key := self.known.key(leaf):
                return leaf, key
            return (f"{text}-{leaf}" if text and text != leaf else leaf), None
        return text, self.known.key(text)

    @property
    def required_found(self) -> int:
        keys = {key for _text, key in self.meaning.values()}
        return sum(column.key in keys for column in self.known.sheet.required)

    def layout(self) -> Layout:
        by_key: dict[str, list[tuple[int, str]]] = {}
        unknown: dict[str, None] = {}
        own: list[int] = []
        for column, (text, key) in self.meaning.items():
            if key:
                by_key.setdefault(key, []).append((column, text))
            elif key is None and text and fold_heading(text) in self.known.own:
                own.append(column)
            elif key is None and text:
                unknown[text] = None
        rows = [row for row in (self.row - 1, self.row, self.row + 1) if row != self.row + 1 or self.has_leaves]
        printed: dict[int, set[str]] = {}
        for row in rows:
            for column, text in self._texts.get(row, {}).items():
                printed.setdefault(column, set()).add(text)
        return Layout(
            heading_row=self.row + (2 if self.has_leaves else 1),
            headings={key: found[0][1] for key, found in by_key.items()},
            columns={key: found[0][0] for key, found in by_key.items()},
            unknown=tuple(unknown),
            repeated={key: tuple(text for _column, text in found) for key, found in by_key.items() if len(found) > 1},
            width=sum(1 for text, _key in self.meaning.values() if text),
            printed={column: frozenset(found) for column, found in printed.items()},
            titles=frozenset(text for row in range(self.row) for text in self._texts.get(row, {}).values()),
            own=tuple(own),
        )
