"""Checks a workbook that has been read: every column by its type, then the rules between cells, rows and sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from imports.layout import Layout
from imports.problems import Place, Problems, Severity
from imports.raw import Cells, blank_cells, nulls
from imports.sheet import Column, Fault, Format, Sheet
from imports.text import FORBIDDEN
from ohs.kernel.message import Message

#: Told the stage (`read`, `check`) and how many rows are done; may raise to stop the work.
Progress = Callable[[str, int], None]
#: Text typed in the browser instead of a cell: (sheet, row, key) → text. Sheet is empty in workbooks of one.
Fixes = dict[tuple[str, int, str], str]

REQUIRED = Message("This cell is blank; it must be filled in.")
READ_SO = Message("The value was read as the help page says of the column.")
CONTROL = Message("The text holds invisible control characters; type it again by hand.")
NOT_CALCULATED = Message("The formula in this cell has no stored value; open the file, let it calculate and save it, or type the value.")


def _error_value(error: str) -> Message:
    return Message("The cell holds the error value %(error)s; type the value itself.", error=error)


@dataclass(frozen=True)
class Table:
    """One sheet as it was read: its cells by key, and which row of the spreadsheet each line came from."""

    sheet: Sheet
    layout: Layout
    rows: pl.Series
    cells: dict[str, Cells]


@dataclass(frozen=True)
class ReadWorkbook:
    """A workbook as it was read. With a problem of the file there are no tables."""

    format: Format
    tables: dict[str, Table]
    problems: Problems
    #: Where its headings are, by sheet of the format; known also where a problem of the file keeps its rows from being read.
    layouts: dict[str, Layout]


class Checking:
    """One sheet while it is checked. Masks are boolean series as long as the sheet; null counts as no."""

    def __init__(self, table: Table, problems: Problems, on: date) -> None:
        self.sheet = table.sheet
        self.layout = table.layout
        self.rows = table.rows
        self.cells = table.cells
        self.problems = problems
        #: The day of handing in.
        self.on = on
        self.values: dict[str, pl.Series] = {}
        self._bad: dict[str, pl.Series] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: str) -> pl.Series:
        """The values of a column: null where blank or unreadable."""
        return self.values[key]

    def __setitem__(self, key: str, values: pl.Series) -> None:
        self.values[key] = values.alias(key)

    def none(self) -> pl.Series:
        """A mask that is nowhere true."""
        return pl.Series([False]).new_from_index(0, len(self))

    def bad(self, *keys: str) -> pl.Series:
        """Where any of these columns already has a problem."""
        found = self.none()
        for key in keys:
            if key in self._bad:
                found = found | self._bad[key]
        return found

    def filled(self, key: str) -> pl.Series:
        """Where a cell holds anything at all, readable or not."""
        return self.cells[key].filled

    def place(self, key: str) -> Place:
        return Place(key, self.sheet[key].heading, self.sheet.name)

    def refuse(self, where: pl.Series, key: str, code: str, message: Message, or_at: Iterable[str] = ()) -> None:
        """The rows where `where` is true have a problem at `key`; the fault may as well lie `or_at` other keys."""
        where = where.fill_null(False)
        if where.any():
            self._bad[key] = self.bad(key) | where
            others = tuple(self.sheet[other].heading for other in or_at)
            self.problems.add(self.rows.filter(where), self.place(key), code, message, or_at=others)

    def refuse_each(
        self, where: pl.Series, key: str, code: str, say: Callable[..., Message], *shown: Any, or_at: Iterable[str] = ()
    ) -> None:
        """Like `refuse`, with a sentence for each row: `say` gets that row's value of every column or series in `shown`."""
        where = where.fill_null(False)
        if not where.any():
            return
        self._bad[key] = self.bad(key) | where
        others = tuple(self.sheet[other].heading for other in or_at)
        columns = [(self.values[part] if isinstance(part, str) else part).filter(where).to_list() for part in shown]
        lines = zip(self.rows.filter(where), *columns, strict=True)
        self.problems.add_each(((say(*values), (row,)) for row, *values in lines), self.place(key), code, or_at=others)

    def require(self, where: pl.Series, key: str, message: Message) -> None:
        """Where the condition holds, a blank cell at `key` is a problem."""
        self.refuse(where & ~self.filled(key) & ~self.bad(key), key, "required", message)

    def tell(self, where: pl.Series, key: str, code: str, message: Message, severity: Severity = Severity.NOTICE) -> None:
        """The rows are accepted; the sender (a notice) or supervision (a finding) is told."""
        where = where.fill_null(False)
        if where.any():
            self.problems.add(self.rows.filter(where), self.place(key), code, message, severity)

    def read_column(self, column: Column) -> None:
        """Read one column by its type, after what is the same for all types."""
        cells = self.cells.get(column.key)
        if cells is None:
            self.cells[column.key] = blank_cells(len(self))
            self[column.key] = nulls(column.type.dtype, len(self))
            return
        broken = cells.broken.is_not_null()
        if broken.any():
            self.refuse(cells.broken == "", column.key, "unreadable", NOT_CALCULATED)
            self.refuse_each(broken & (cells.broken != ""), column.key, "unreadable", _error_value, cells.broken)
        strange = cells.text.str.contains(FORBIDDEN)
        if strange.any():
            self.refuse(strange, column.key, "unreadable", CONTROL)
        if column.required:
            self.refuse(cells.text.is_null() & ~broken, column.key, "required", REQUIRED)
        seen = cells
        if column.key in self._bad:
            seen = _without(cells, self._bad[column.key])
        values = column.type.read(seen, ColumnReading(self, column, seen))
        if column.key in self._bad:
            values = nulls(values.dtype, len(values)).zip_with(self._bad[column.key], values)
        self[column.key] = values

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame([self.rows.alias("row"), *(self.values[c.key] for c in self.sheet.columns)])


def _without(cells: Cells, where: pl.Series) -> Cells:
    return Cells(*(nulls(part.dtype, len(part)).zip_with(where, part) for part in (cells.text, cells.number, cells.day, cells.broken)))


@dataclass(frozen=True)
class ColumnReading:
    """What a cell type may know and say while it reads one column (see `imports.sheet.Reading`)."""

    checking: Checking
    column: Column
    cells: Cells

    @property
    def on(self) -> date:
        return self.checking.on

    @property
    def counts_from_1904(self) -> bool:
        return bool(self.checking.layout.counts_from_1904)

    def fault(self, where: pl.Series, code: str, message: Message) -> None:
        self.checking.refuse(where, self.column.key, code, message)

    def fault_each(self, values: pl.Series, faults: Mapping[Any, Fault]) -> None:
        if not faults:
            return
        wrong = values.is_in(list(faults)).fill_null(False)
        key = self.column.key
        self.checking._bad[key] = self.checking.bad(key) | wrong
        said: dict[str, list[tuple[Message, list[int]]]] = {}
        for value, rows in self._rows_of(values, wrong):
            said.setdefault(faults[value].code, []).append((faults[value].message, rows))
        for code, sentences in said.items():
            self.checking.problems.add_each(sentences, self.checking.place(key), code)

    def _rows_of(self, values: pl.Series, where: pl.Series) -> Iterable[tuple[Any, list[int]]]:
        """Every different value with its rows, in the order in which they appear."""
        table = pl.DataFrame([values.alias("value"), self.checking.rows.alias("row")]).filter(where)
        return table.group_by("value", maintain_order=True).agg("row").iter_rows()

    def notice_each(self, values: pl.Series, code: str, messages: Mapping[Any, Message]) -> None:
        if not messages:
            return
        place = self.checking.place(self.column.key)
        told = values.is_in(list(messages)).fill_null(False)
        sentences = ((messages[value], rows) for value, rows in self._rows_of(values, told))
        self.checking.problems.add_each(sentences, place, code, Severity.NOTICE, beyond=READ_SO)

    def notice_column(self, code: str, message: Message) -> None:
        place = self.checking.place(self.column.key)
        self.checking.problems.add((0,), place, code, message, Severity.NOTICE)

    def other(self, key: str) -> pl.Series:
        return self.checking[key]

    def bad(self, key: str) -> pl.Series:
        return self.checking.bad(key)


@dataclass(frozen=True)
class CheckedSheet:
    """One sheet with the values of all its rows, good and bad; `row` is the row of the spreadsheet."""

    sheet: Sheet
    layout: Layout
    values: pl.DataFrame


@dataclass
class Checked:
    """A workbook after its checks. Whoever knows more (the database) adds to `problems`; all figures follow."""

    format: Format
    on: date
    sheets: dict[str, CheckedSheet]
    problems: Problems = field(default_factory=Problems)

    @cached_property
    def main(self) -> CheckedSheet | None:
        """The first sheet of the format; none when the file could not be read."""
        return self.sheets.get(self.format.sheets[0].name)

    def learn(self, values: pl.DataFrame) -> None:
        """Keep more about the records of the main sheet than the file says, for whoever commits them."""
        assert self.main is not None
        self.main = self.sheets[self.main.sheet.name] = replace(self.main, values=values)

    @property
    def is_readable(self) -> bool:
        return self.main is not None

    @property
    def total(self) -> int:
        """Records in the file: rows of the (first) sheet that are not blank."""
        return len(self.main.values) if self.main else 0

    @property
    def accepted(self) -> pl.DataFrame:
        """The records without a problem; in a workbook of several sheets, without one in any row tied to them."""
        if self.main is None:
            return pl.DataFrame()
        refused = self._refused()
        return self.main.values.filter(~refused) if refused.any() else self.main.values

    @property
    def accepted_count(self) -> int:
        return int((~self._refused()).sum()) if self.main else 0

    @property
    def refused(self) -> pl.DataFrame:
        """The records with a problem."""
        return self.main.values.filter(self._refused()) if self.main else pl.DataFrame()

    def rows_of(self, name: str) -> pl.DataFrame:
        """The rows of another sheet that belong to accepted records."""
        tie = self.format.tie
        return self.sheets[name].values.filter(pl.col(tie).is_in(self.accepted[tie].implode()))

    def _refused(self) -> pl.Series:
        assert self.main is not None
        values = self.main.values
        refused = values["row"].is_in(self.problems.rows(sheet=self.main.sheet.name).implode())
        for name, other in self.sheets.items():
            if name != self.main.sheet.name:
                wrong = other.values["row"].is_in(self.problems.rows(sheet=name).implode())
                refused = refused | values[self.format.tie].is_in(other.values[self.format.tie].filter(wrong).drop_nulls().implode())
        return refused.fill_null(False)

    def place(self, key: str, sheet: str = "") -> Place:
        """Where to say something about a column, for those who add."""
        return Place(key, self.sheets[sheet].sheet[key].heading, sheet)

    def add(
        self, rows: Iterable[int], key: str, code: str, message: Message, severity: Severity = Severity.PROBLEM, sheet: str = ""
    ) -> None:
        """One more sentence about a column in these rows, from someone who knows more than the file."""
        self.problems.add(rows, self.place(key, sheet), code, message, severity)


def check_workbook(read: ReadWorkbook, *, on: date, fixes: Fixes | None = None, progress: Progress | None = None) -> Checked:
    """All checks that need only the file and the rulebook. `on` is the day of handing in."""
    problems = Problems()
    problems.extend(read.problems)
    done: dict[str, Checking] = {}
    for name, table in read.tables.items():
        checking = Checking(_fixed(table, fixes) if fixes else table, problems, on)
        columns = table.sheet.reading_order
        for number, column in enumerate(columns, 1):
            checking.read_column(column)
            if progress:
                progress("check", len(table.rows) * number // len(columns))
        for check in table.sheet.checks:
            check(checking)
        done[name] = checking
    if done:
        for between in read.format.checks:
            between(done)
    sheets = {name: CheckedSheet(c.sheet, c.layout, c.frame()) for name, c in done.items()}
    return Checked(read.format, on, sheets, problems)


def _fixed(table: Table, fixes: Fixes) -> Table:
    position = {row: at for at, row in enumerate(table.rows)}
    cells = dict(table.cells)
    by_key: dict[str, dict[int, str]] = {}
    for (sheet, row, key), text in fixes.items():
        if sheet == table.sheet.name and row in position and key in table.sheet.by_key:
            by_key.setdefault(key, {})[position[row]] = text
    for key, texts in by_key.items():
        column = cells.get(key) or blank_cells(len(table.rows))
        cells[key] = column.overlay(texts, table.sheet[key].signs)
    return Table(table.sheet, table.layout, table.rows, cells)
