"""The values of a file as a plain workbook: text tables, and packages spelled so unusually that nothing can be stamped into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from exports.sheet import LONGEST_TEXT
from imports.container import Package
from imports.markup import SlowSheet, date_styles, shared_strings, survey
from imports.raw import BrokenCell
from imports.sources import text_table

#: What a cell of each kind is shown as.
_SHOWN = {"text": "@", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}
_WIDTH = 16
Row = tuple[int, dict[int, Any]]


def plain_copy_of_text(content: bytes) -> bytes:
    """A text table as a workbook of one sheet; every cell is text, so that nothing of it changes and nothing becomes a formula."""
    table = text_table(content)
    rows = ((number, dict(enumerate(row))) for number, row in enumerate(csv.reader(io.StringIO(table.text, newline=""))))
    return _written([("Sheet1", rows)])


def plain_copy_of_package(package: Package) -> bytes:
    """Every sheet's values; one that is merged over several rows stands in each of them."""
    strings, dates = shared_strings(package), date_styles(package)
    sheets = []
    for sheet in package.sheets:
        rows = SlowSheet(package, sheet.member, strings, dates).rows()
        merges = survey(package, sheet.member).merges
        sheets.append((sheet.name, _spread(rows, {(top, left): bottom for top, left, bottom, _right in merges if bottom > top})))
    return _written(sheets)


def _spread(rows: Iterable[Row], merged: dict[tuple[int, int], int]) -> Iterator[Row]:
    """Rows with merged values copied down."""
    held: dict[int, tuple[Any, int]] = {}
    for number, cells in rows:
        held = {column: (value, last) for column, (value, last) in held.items() if number <= last}
        held |= {column: (value, merged[number, column]) for column, value in cells.items() if (number, column) in merged}
        yield number, {column: value for column, (value, _last) in held.items()} | cells


def _written(sheets: Iterable[tuple[str, Iterable[Row]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": False}) as workbook:
        looks = {kind: workbook.add_format({"num_format": shown, "quote_prefix": kind == "text"}) for kind, shown in _SHOWN.items()}
        for name, rows in sheets:
            worksheet = workbook.add_worksheet(name)
            worksheet.set_column(0, 0, _WIDTH)
            for number, cells in rows:
                for column, value in sorted(cells.items()):
                    _put(worksheet, number, column, value, looks)
    return out.getvalue()


def _put(worksheet: Any, row: int, column: int, value: Any, looks: dict[str, Any]) -> None:
    match value:
        case None | "":
            return
        case bool():
            worksheet.write_boolean(row, column, value)
        case int() | float():
            worksheet.write_number(row, column, value)
        case datetime():
            worksheet.write_datetime(row, column, value, looks["moment"])
        case date():
            worksheet.write_datetime(row, column, value, looks["day"])
        case time():
            worksheet.write_datetime(row, column, value, looks["time"])
        case BrokenCell():
            worksheet.write_string(row, column, value.error, looks["text"])
        case _:
            worksheet.write_string(row, column, str(value)[:LONGEST_TEXT], looks["text"])
