"""A valid row of the base register, and workbooks of it."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook

from imports.employers import COLUMNS
from tests.imports.workbooks import saved

EMPLOYER: dict[str, Any] = {
    "uscc": "91330481MAY0000013", "name": "海宁恒丰皮革制品有限公司", "registered_address": "海宁市工业路1号", "work_address": "海宁市工业路1号", "region": "330481101",
    "industry": "1922", "economic_type": "112", "employees": 186, "revenue_10k_cny": 1800, "legal_representative": "沈佳", "contact": "王芳", "contact_phone": "13800001234",
}  # fmt: skip


def employer_rows(*changes: dict[str, Any]) -> bytes:
    """Valid rows with changes."""
    workbook = Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    worksheet.append([column.heading for column in COLUMNS])
    for change in changes:
        worksheet.append([(EMPLOYER | change).get(column.key) for column in COLUMNS])
    return saved(workbook)
