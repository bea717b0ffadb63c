"""The refused rows of a workbook as a workbook that can be handed in again."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter

from exports.sheet import HEAD_FILL, HEAD_INK, LONGEST_TEXT, Say, without_control
from imports.check import Checked, Fixes, ReadWorkbook, Table
from imports.problems import Problem, Severity
from imports.reader import RESULT_HEADING
from imports.sheet import Sheet

REQUIRED_FILL, WRONG_FILL = "#FDECD8", "#F8C9C7"
_WIDTH, _RESULT_WIDTH = 16, 60
#: So many rows are held as Python objects at once.
_AT_ONCE = 5_000
_TOLD_EVERY = 1_000


def bad_rows_workbook(
    read: ReadWorkbook, checked: Checked, problems: Iterable[Problem], fixes: Fixes, say: Say, progress: Callable[[int], None] | None = None
) -> bytes:
    """Official headings, only the refused records (and rows tied to them), text as typed, and what is wrong with each at the end.

    `problems` is everything that was said, also what needs the database. Every cell is text and stays text when somebody types
    in it; rows are written one by one, and `progress` is told how many.
    """
    wrong = _wrong_by_sheet(problems)
    tied = _tied(checked, wrong)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        looks = _Looks(workbook)
        for name, table in read.tables.items():
            worksheet = workbook.add_worksheet(name or table.sheet.title[:31])
            _head(worksheet, table.sheet, looks)
            keys = [column.key for column in table.sheet.columns]
            refused = _refused(checked, table, wrong[name], tied)
            for line, (row, texts) in enumerate(_texts(table, name, refused, fixes), 1):
                _write(worksheet, line, dict(zip(keys, texts, strict=True)), wrong[name].get(row, {}), looks, say)
                if progress and line % _TOLD_EVERY == 0:
                    progress(line)
    return out.getvalue()


class _Looks:
    def __init__(self, workbook: Any) -> None:
        head = {"bold": True, "font_color": HEAD_INK}
        self.head = workbook.add_format(head | {"bg_color": HEAD_FILL})
        self.required = workbook.add_format(head | {"bg_color": REQUIRED_FILL})
        # A leading sign stays part of the text, whatever is typed later.
        text = {"num_format": "@", "quote_prefix": True}
        self.text, self.wrong = workbook.add_format(text), workbook.add_format(text | {"bg_color": WRONG_FILL})
        self.said = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})


#: What is wrong with one row, by key of the column.
Wrong = dict[str, list[Problem]]


def _wrong_by_sheet(problems: Iterable[Problem]) -> dict[str, dict[int, Wrong]]:
    """By sheet and row."""
    found: dict[str, dict[int, Wrong]] = defaultdict(dict)
    for problem in problems:
        if problem.severity is Severity.PROBLEM and problem.row:
            found[problem.sheet].setdefault(problem.row, {}).setdefault(problem.key, []).append(problem)
    return found


def _tied(checked: Checked, wrong: Mapping[str, dict[int, Wrong]]) -> set[Any]:
    """What ties rows of several sheets together, where one of them is wrong."""
    tie = checked.format.tie
    if not tie:
        return set()
    found: set[Any] = set()
    for name, sheet in checked.sheets.items():
        found.update(sheet.values.filter(sheet.values["row"].is_in(list(wrong.get(name, ()))))[tie].drop_nulls())
    return found


def _refused(checked: Checked, table: Table, wrong: Mapping[int, Wrong], tied: set[Any]) -> list[tuple[int, int]]:
    """Position and number of every row that was refused, or that is tied to one."""
    ties = checked.sheets[table.sheet.name].values[checked.format.tie].to_list() if tied and checked.format.tie else None
    return [
        (position, row)
        for position, row in enumerate(table.rows.to_list())
        if row in wrong or (ties is not None and ties[position] in tied)
    ]


def _texts(table: Table, name: str, refused: Sequence[tuple[int, int]], fixes: Fixes) -> Iterator[tuple[int, list[str]]]:
    """Number and texts of these rows, as typed in the file or since."""
    for start in range(0, len(refused), _AT_ONCE):
        part = refused[start : start + _AT_ONCE]
        positions, rows = [position for position, _row in part], [row for _position, row in part]
        columns = []
        for column in table.sheet.columns:
            cells = table.cells.get(column.key)
            texts = cells.text.gather(positions).to_list() if cells is not None else [None] * len(part)
            columns.append([fixes.get((name, row, column.key), text) for row, text in zip(rows, texts, strict=True)] if fixes else texts)
        for row, line in zip(rows, zip(*columns, strict=True), strict=True):
            yield row, [without_control(text or "")[:LONGEST_TEXT] for text in line]


def _head(worksheet: Any, sheet: Sheet, looks: _Looks) -> None:
    worksheet.freeze_panes(1, 0)
    worksheet.set_column(0, len(sheet.columns) - 1, _WIDTH)
    worksheet.set_column(len(sheet.columns), len(sheet.columns), _RESULT_WIDTH)
    for at, column in enumerate(sheet.columns):
        worksheet.write_string(
            0, at, f"{column.heading}*" if column.required else column.heading, looks.required if column.required else looks.head
        )
    worksheet.write_string(0, len(sheet.columns), RESULT_HEADING, looks.head)


def _write(worksheet: Any, line: int, texts: Mapping[str, str], wrong: Wrong, looks: _Looks, say: Say) -> None:
    for at, (key, text) in enumerate(texts.items()):
        look = looks.wrong if key in wrong else looks.text
        if text:
            worksheet.write_string(line, at, text, look)
        elif key in wrong:
            worksheet.write_blank(line, at, None, look)
    said = "；".join(f"{problem.heading}：{say(problem.message)}" for problems in wrong.values() for problem in problems)
    worksheet.write_string(line, len(texts), said[:LONGEST_TEXT], looks.said)
