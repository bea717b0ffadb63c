"""A valid declaration as rows of five sheets, and workbooks of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

from imports.declarations import DECLARATIONS, FORMAT, HAZARDS, MATERIALS, PRODUCTS, SITES
from tests.imports.workbooks import saved

Rows = dict[str, list[dict[str, Any]]]
ROWS: Rows = {
    DECLARATIONS: [{
        "ref": "1", "kind": "初次申报", "year": 2026, "uscc": "91330481MAY0000013", "employer_name": "海宁恒丰皮革制品有限公司",
        "work_address": "海宁市工业路1号", "region": "长安镇", "ownership": "其他", "size": "小型", "economic_type": "112", "industry": "1922",
        "legal_representative": "沈佳", "filler": "王芳", "filler_phone": "13800001234", "contact": "王芳", "contact_phone": "0573-82050000",
        "has_organisation": "无", "staff_full_time": 1, "staff_part_time": 0, "employees": 90, "outsourced": 10, "exposed": 96, "diseases_so_far": 0,
        "head_trained": "是", "managers_trained": "是", "workers_trained": 90, "tested": "检测", "testing_institution": "甲公司",
        "test_report_no": "JC-1", "examined": "开展", "clinic": "乙中心",
    }],
    HAZARDS: [
        {"ref": "1", "hazard": "苯", "exposed": 60, "points_tested": 4, "points_over": 0, "due_for_exam": 60, "examined": 58},
        {"ref": "1", "hazard": "噪声", "exposed": 80, "points_tested": 6, "points_over": 1, "due_for_exam": 80, "examined": 80},
    ],
    PRODUCTS: [{"ref": "1", "name": "无", "yearly": 0, "unit": "无"}],
    MATERIALS: [{"ref": "1", "name": "胶水", "yearly": 2.5, "unit": "吨"}],
    SITES: [
        {"ref": "1", "site": "喷涂车间", "hazard": "苯", "exposed_repeated": 60, "exposed_distinct": 96},
        {"ref": "1", "site": "喷涂车间", "hazard": "噪声", "exposed_repeated": 80},
    ],
}  # fmt: skip


def workbook_of(rows: Rows, without: str = "") -> bytes:
    """A workbook with the official sheets and headings; `without` names a sheet that is left out."""
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for sheet in FORMAT.sheets:
        if sheet.name != without:
            worksheet = workbook.create_sheet(sheet.name)
            worksheet.append([column.heading for column in sheet.columns])
            for row in rows[sheet.name]:
                worksheet.append([row.get(column.key) for column in sheet.columns])
    return saved(workbook)


def declarations(change: Callable[[Rows], object] | None = None) -> bytes:
    """The valid workbook after a change of its rows."""
    rows = copy.deepcopy(ROWS)
    if change:
        change(rows)
    return workbook_of(rows)
