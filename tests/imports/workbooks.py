"""Workbooks made for tests: a valid row of each format, and files as other programs write them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from openpyxl import Workbook

from imports.check import Checked, check_workbook
from imports.examinations import COLUMNS
from imports.examinations import FORMAT as EXAMINATIONS
from imports.problems import Severity
from imports.reader import read_workbook
from imports.sheet import Format

ON = date(2026, 11, 24)
#: A valid examination by key of the format.
VALID: dict[str, Any] = {
    "card_no": "TJ1", "worker_name": "张敏", "id_number": "330402199003079968", "sex": "女", "employer_name": "海宁恒丰皮革制品有限公司",
    "employer_uscc": "91330481MAY0000013", "post": "打磨工", "exposure_years": 3, "work_years": 5, "exposed_hazards": "矽尘、噪声", "examined_hazards": "噪声",
    "phase": "在岗期间", "examined_on": "2026-09-01", "reported_on": "2026-09-05", "conclusions": "目前未见异常", "chief_physician": "沈医师",
}  # fmt: skip
HEADINGS = {column.key: column.heading for column in COLUMNS}


def sheet_of(rows: list[dict[str, Any]], *, headings: dict[str, str] | None = None) -> Workbook:
    """A workbook with the official headings (or others) and these rows by key."""
    workbook = Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    keys = list(dict.fromkeys(key for row in rows for key in row))
    worksheet.append([(headings or {}).get(key, HEADINGS.get(key, key)) for key in keys])
    for row in rows:
        worksheet.append([row.get(key) for key in keys])
    return workbook


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def check_bytes(content: bytes, name: str = "x.xlsx", format: Format = EXAMINATIONS, **given: Any) -> Checked:
    return check_workbook(read_workbook(format, content, name, **given), on=ON)


def check_rows(*changes: dict[str, Any], **given: Any) -> Checked:
    """Valid rows with changes, each with a card of its own."""
    rows = [VALID | {"card_no": f"TJ{number}"} | change for number, change in enumerate(changes, 1)]
    return check_bytes(saved(sheet_of(rows, **given)))


def said(checked: Checked, severity: Severity = Severity.PROBLEM) -> list[tuple[int, str, str]]:
    """(row, key, code) of everything of one severity."""
    return [(problem.row, problem.key, problem.code) for problem in checked.problems.of(severity)]
