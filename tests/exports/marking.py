"""A file read, checked and marked, and the copy as a spreadsheet shows it."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from exports.marked import marked_copy
from imports.check import Checked, Fixes, check_workbook
from imports.examinations import FORMAT
from imports.reader import RESULT_HEADING, read_workbook
from tests.imports.workbooks import ON

FILLS = {"problem": "FFF8C9C7", "notice": "FFFFF0C2", "finding": "FFDCE9FA", "corrected": "FFD5EBD8"}


def checked_file(content: bytes, filename: str = "x.xlsx", fixes: Fixes | None = None) -> Checked:
    """The file after its checks."""
    return check_workbook(read_workbook(FORMAT, content, filename), on=ON, fixes=fixes)


def layout_of(checked: Checked) -> dict[str, Any]:
    """What is kept of the layout of a file beside what is said about it."""
    return {
        "sheets": [
            {
                "name": name,
                "sheet": sheet.layout.sheet_name,
                "heading_row": sheet.layout.heading_row,
                "columns": dict(sheet.layout.columns),
                "result": next(iter(sheet.layout.own), None),
            }
            for name, sheet in checked.sheets.items()
        ]
    }


def marked(content: bytes, filename: str = "x.xlsx", fixes: Fixes | None = None) -> bytes:
    """The marked copy with sentences in English."""
    checked = checked_file(content, filename, fixes)
    return marked_copy(FORMAT, content, filename, list(checked.problems), str, layout=layout_of(checked), fixes=fixes)


def opened(content: bytes) -> Any:
    """The workbook as openpyxl reads it."""
    return load_workbook(io.BytesIO(content))


def result_of(sheet: Worksheet, row: int, heading_row: int = 1) -> Cell:
    """The cell of 校验结果 in a row."""
    column = next(cell.column for cell in sheet[heading_row] if cell.value == RESULT_HEADING)
    found = sheet.cell(row, column)
    assert isinstance(found, Cell)
    return found


def fill(cell: Any) -> str:
    """The colour that fills a cell."""
    return str(cell.fill.fgColor.rgb)
