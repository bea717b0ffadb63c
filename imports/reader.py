"""Reading a workbook of a format: which sheet, where the headings are, which rows are records, and what the sender must know of the rest."""

from __future__ import annotations

import gc
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from itertools import compress
from operator import or_

import polars as pl

from imports.check import Progress, ReadWorkbook, Table
from imports.container import Limits, Refused, kind_of, open_package, too_many_columns, too_many_rows
from imports.layout import SEARCHED_ROWS, Layout, find_layout
from imports.markup import Merge
from imports.problems import Place, Problems, Severity
from imports.raw import Cells, TableBuilder, blank_cells
from imports.sheet import Format, Sheet
from imports.sources import Source, TextTable, Workbook, foreign_separator, text_table
from imports.text import fold_heading
from ohs.kernel.message import Message

#: Sheets and headings that our own workbooks carry; nobody need be told about them.
OWN_SHEETS = ("填写说明", "参考数据", "错误汇总")
RESULT_HEADING = "校验结果"
OWN_HEADINGS = frozenset({fold_heading(RESULT_HEADING)})
#: The last row that a spreadsheet can have, from 0.
LAST_ROW = 1_048_575
_SUM = re.compile(r"^(以\s*上|本\s*页|本\s*表|累\s*计)?(合\s*计|总\s*计|小\s*计|共\s*计)[\s:：)）\]\d.,人家名条项次]*$")
#: What people set around such words, or alone to end a table.
_ORNAMENT = " \t*＊—–−―-－=＝_~～·.…。()（）[]【】"
#: How a line at the end begins that is signed or remarks on the table.
_SIGNED = re.compile(
    r"^(共\s*\d+|第\s*\d+\s*页|制\s*表|填\s*表|填\s*报|审\s*核|复\s*核|批\s*准|签\s*发|主\s*检|经\s*办|录\s*入|统计|负责人|单位负责人|报告人"
    r"|打\s*印|导\s*出|日\s*期\s*[:：]|备\s*注|注\s*[:：]|说明|以下空白|以下无正文|[^\d]{0,12}(盖\s*章|签\s*字|签\s*名|签\s*章|公\s*章))"
)
#: A line at the end with at most so many filled cells can be a signature.
_FEW = 6


def read_workbook(
    format: Format,
    content: bytes,
    filename: str,
    *,
    heading_map: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> ReadWorkbook:
    """The records of a file as cells by key. Whatever is wrong with the file as a whole is a problem of it, never an exception.

    `heading_map` says what headings of the sender's own mean, by folded heading. With a problem of the file no row is read.
    """
    limits = limits or Limits()
    problems = Problems()
    layouts: dict[str, Layout] = {}
    try:
        with without_collecting():
            sources = _sources(content, filename, limits)
            reading = _Reading(format, sources, dict(heading_map or {}), problems, limits, progress)
            layouts = reading.layouts
            tables = reading.tables()
    except Refused as refused:
        problems.add_file(refused.code, refused.message)
        tables = {}
    return ReadWorkbook(format, tables, problems, layouts)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Rows become millions of small objects without cycles: to look for cycles among them again and again costs and finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _sources(content: bytes, filename: str, limits: Limits) -> list[Source]:
    if kind_of(content, filename, limits) == "csv":
        return [text_table(content)]
    return Workbook(open_package(content, limits)).sheets()


class _Reading:
    def __init__(
        self,
        format: Format,
        sources: list[Source],
        heading_map: dict[str, str],
        problems: Problems,
        limits: Limits,
        progress: Progress | None,
    ) -> None:
        self.format, self.sources, self.heading_map = format, sources, heading_map
        self.problems, self.limits, self.progress = problems, limits, progress
        self.layouts: dict[str, Layout] = {}

    def tables(self) -> dict[str, Table]:
        """The tables of the format; none when the file has a problem."""
        chosen: dict[str, tuple[Sheet, Source, Layout]] = {}
        for sheet in self.format.sheets:
            found = self._find(sheet, [source for source in self.sources if source not in [taken[1] for taken in chosen.values()]])
            if found is None:
                self._say_missing(sheet)
                continue
            chosen[sheet.name] = (sheet, *found)
            self.layouts[sheet.name] = found[1]
            self._check_headings(sheet, found[1])
        if self.problems.count(Severity.PROBLEM):
            return {}
        tables = {name: self._read(sheet, source, layout) for name, (sheet, source, layout) in chosen.items()}
        self._tell_others([source for _sheet, source, _layout in chosen.values()])
        for sheet, _source, layout in chosen.values():
            for heading in layout.unknown:
                message = Message("Nothing is known about the column “%(heading)s”; it is ignored.", heading=heading)
                self.problems.add_file("unknown-column", message, Severity.NOTICE, Place("", heading, sheet.name))
        return tables

    def _find(self, sheet: Sheet, sources: Sequence[Source]) -> tuple[Source, Layout] | None:
        """The sheet of the file that holds this table: the one of its name, else the first with a heading row."""
        named = [source for source in sources if sheet.name and fold_heading(source.name) == fold_heading(sheet.name)]
        for source in named or sources:
            if source.name in OWN_SHEETS:
                continue
            layout = find_layout(sheet, source.head(SEARCHED_ROWS + 2), source.merges, self.heading_map, OWN_HEADINGS)
            if layout is not None:
                return source, replace(layout, sheet_name=source.name, counts_from_1904=source.counts_from_1904)
            source.forget()
        return None

    def _say_missing(self, sheet: Sheet) -> None:
        if sheet.name:
            message = Message(
                "The sheet “%(name)s” is missing, or its headings are; take the blank workbook as a pattern.", name=sheet.name
            )
        else:
            message = self._why_no_headings()
        self.problems.add_file("missing-column", message, place=Place("", "", sheet.name))

    def _why_no_headings(self) -> Message:
        source = self.sources[0] if len(self.sources) == 1 else None
        if isinstance(source, TextTable) and (mark := foreign_separator(source.head(SEARCHED_ROWS))):
            name = Message("tabs") if mark == "\t" else Message("semicolons")
            return Message("The columns of this text table are parted by %(mark)s; save it as “CSV UTF-8 (comma delimited)”.", mark=name)
        return Message("No sheet has the headings of this format in its first ten rows; take the blank workbook as a pattern.")

    def _check_headings(self, sheet: Sheet, layout: Layout) -> None:
        if layout.width > self.limits.columns:
            raise too_many_columns(self.limits)
        for key, headings in layout.repeated.items():
            message = Message(
                "Several columns mean “%(heading)s”: %(found)s; keep one of them.", heading=sheet[key].heading, found=headings
            )
            self.problems.add_file("repeated-column", message, place=Place(key, sheet[key].heading, sheet.name))
        for column in sheet.required:
            if column.key not in layout.columns:
                message = Message("The column “%(heading)s” is missing; add it.", heading=column.heading)
                self.problems.add_file("missing-column", message, place=Place(column.key, column.heading, sheet.name))

    def _tell_others(self, read: Sequence[Source]) -> None:
        others = tuple(source.name for source in self.sources if source not in read and source.name not in OWN_SHEETS)
        if others:
            message = Message("These sheets were not read: %(names)s.", names=others)
            self.problems.add_file("other-sheet", message, Severity.NOTICE)

    def _read(self, sheet: Sheet, source: Source, layout: Layout) -> Table:
        keys = [key for key in layout.columns if key in sheet.by_key]
        places = [layout.columns[key] for key in keys]
        merged = _spanning(source.merges, places, layout.heading_row)
        covered = _covered(merged.values()) if merged else []
        builder = TableBuilder([sheet[key].signs for key in keys])
        rows: list[pl.Series] = []
        kept = 0
        for chunk in source.chunks(layout.heading_row, places):
            numbers = pl.Series("row", [number + 1 for number in chunk.rows], dtype=pl.UInt32)
            rows.append(numbers.filter(builder.add(chunk.columns, numbers.is_in(covered) if covered else None)))
            kept += len(rows[-1])
            if kept > self.limits.rows + len(covered):
                raise too_many_rows(self.limits)
            if self.progress:
                self.progress("read", kept)
        numbers = pl.concat(rows) if rows else pl.Series("row", [], dtype=pl.UInt32)
        cells = dict(zip(keys, builder.finish(), strict=True))
        cells = _spread(cells, numbers, merged, layout)
        return self._records(sheet, layout, numbers, cells)

    def _records(self, sheet: Sheet, layout: Layout, numbers: pl.Series, cells: dict[str, Cells]) -> Table:
        """Without blank rows, headings printed again, and sums or signatures at the end."""
        if len(numbers):
            filled = reduce(or_, (column.filled for column in cells.values()))
            again = _printed_again(layout, cells, len(numbers)) & filled
            closing = _closing(sheet, cells, filled & ~again)
            self._tell_passed(
                sheet,
                numbers.filter(again),
                Message("Headings that are printed again were passed over: rows %(rows)s."),
                "repeated-heading",
            )
            self._tell_passed(
                sheet,
                numbers.filter(closing),
                Message("Lines at the end that sum up or are signed were passed over: rows %(rows)s."),
                "closing-row",
            )
            kept = filled & ~again & ~closing
            if not kept.all():
                numbers = numbers.filter(kept)
                cells = {key: column.keep(kept) for key, column in cells.items()}
        if len(numbers) > self.limits.rows:
            raise too_many_rows(self.limits)
        return Table(sheet, layout, numbers, cells or {column.key: blank_cells(0) for column in sheet.columns})

    def _tell_passed(self, sheet: Sheet, rows: pl.Series, message: Message, code: str) -> None:
        if len(rows):
            told = Message(message.id, rows=tuple(str(row) for row in rows.head(20)))
            self.problems.add_file(code, told, Severity.NOTICE, Place("", "", sheet.name))


def _spanning(merges: Sequence[Merge], places: Iterable[int], first: int) -> dict[int, list[tuple[int, int]]]:
    """By column of ours: first and last row of each merged cell that reaches below row `first`. No two of them overlap."""
    found: dict[int, list[tuple[int, int]]] = {place: [] for place in places}
    for top, left, bottom, _right in sorted(merges):
        spans = found.get(left)
        if spans is not None and bottom > top >= first and (not spans or top > spans[-1][1]):
            spans.append((top, min(bottom, LAST_ROW)))
    return {place: spans for place, spans in found.items() if spans}


def _covered(columns: Iterable[list[tuple[int, int]]]) -> list[int]:
    """Numbers (as the spreadsheet shows them) of the rows that these merged cells reach."""
    reached = bytearray(LAST_ROW + 1)
    for spans in columns:
        for top, bottom in spans:
            reached[top : bottom + 1] = b"\1" * (bottom + 1 - top)
    return list(compress(range(1, len(reached) + 1), reached))


def _spread(cells: dict[str, Cells], numbers: pl.Series, merged: Mapping[int, list[tuple[int, int]]], layout: Layout) -> dict[str, Cells]:
    """A merged body cell holds for every row that it spans."""
    if not merged:
        return cells
    rows = numbers.to_list()
    spread = dict(cells)
    for key, column in layout.columns.items():
        spans = []
        for top, bottom in merged.get(column, ()):
            first, behind = bisect_left(rows, top + 1), bisect_left(rows, bottom + 2)
            if first < behind and rows[first] == top + 1:
                spans.append((first, behind - 1))
        if spans and key in cells:
            spread[key] = cells[key].copy_down(spans)
    return spread


def _printed_again(layout: Layout, cells: dict[str, Cells], length: int) -> pl.Series:
    """Where a row repeats the headings, or a title above them."""
    same, other = pl.zeros(length, dtype=pl.UInt16, eager=True), pl.zeros(length, dtype=pl.UInt16, eager=True)
    titled = pl.Series([False]).new_from_index(0, length)
    titles = list(layout.titles)
    for key, column in cells.items():
        printed = list(layout.printed.get(layout.columns[key], ()))
        is_same = column.text.is_in(printed).fill_null(False) if printed else pl.Series([False]).new_from_index(0, length)
        same = same + is_same.cast(pl.UInt16)
        other = other + (column.filled & ~is_same).cast(pl.UInt16)
        if titles:
            titled = titled | column.text.is_in(titles).fill_null(False)
    return ((same >= 2) & (other == 0)) | (titled & (same + other <= 1))


def _closing(sheet: Sheet, cells: dict[str, Cells], records: pl.Series) -> pl.Series:
    """Rows at the end that name nobody: without number, name and identity number, or beginning like a sum or a signature."""
    length = len(records)
    found = pl.Series([False]).new_from_index(0, length)
    known = [cells[key] for key in sheet.identity if key in cells]
    if not known:
        return found
    named = reduce(or_, (column.filled for column in known))
    flags = [False] * length
    for at in range(length - 1, -1, -1):
        if not records[at]:
            continue
        if named[at] and not _sums_up(cells, known, at):
            break
        flags[at] = True
    return pl.Series(flags, dtype=pl.Boolean)


def _sums_up(cells: dict[str, Cells], known: Sequence[Cells], at: int) -> bool:
    """Whether what seems to name somebody begins like a sum or a signature."""
    first = next(text for column in known if (text := column.text[at]) is not None or column.filled[at])
    if first is None:
        return False
    plain = first.strip(_ORNAMENT)
    if not plain or _SUM.match(plain):
        return True
    return _SIGNED.match(plain) is not None and sum(bool(column.filled[at]) for column in cells.values()) <= _FEW
