"""A clinic hands in the messy sample, reads its problems, fixes two in the browser, commits, and takes the marked copy."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

SAMPLE = Path(__file__).resolve().parent.parent / "imports" / "samples" / "examinations_messy.xlsx"
#: Fills of a cell with a problem, and of one that was mended in the browser.
WRONG, MENDED = "FFF8C9C7", "FFD5EBD8"
CLINICS = {1280: "clinic-01", 390: "clinic-02"}


def test_a_messy_workbook_is_mended_and_committed(visit: Callable[..., Visitor], width: int) -> None:
    nurse = visit(CLINICS[width])
    page = nurse.page
    nurse.go("/uploads/new")
    page.get_by_label("工作簿").set_input_files(SAMPLE)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="校验结果")).to_be_visible(timeout=30_000)
    nurse.check()
    expect(page.get_by_role("main")).to_contain_text("224")
    page.goto(f"{page.url.split('?')[0]}?severity=problem&q=149#remarks")
    page.get_by_label(re.compile("行 149 主检医师")).fill("沈医师")
    page.get_by_role("button", name="改正并重新校验").click()
    expect(page.get_by_role("main")).to_contain_text("225", timeout=30_000)
    page.goto(f"{page.url.split('?')[0]}?severity=problem&q=70#remarks")
    page.get_by_label(re.compile("行 70 岗位")).fill("打磨工")
    page.get_by_role("button", name="改正并重新校验").click()
    expect(page.get_by_role("main")).to_contain_text("226", timeout=30_000)
    nurse.check()
    page.get_by_role("button", name=re.compile("^入库")).click()
    expect(page.get_by_text("其中更正 0 条")).to_be_visible(timeout=30_000)
    nurse.check()
    with page.expect_download() as taken:
        page.get_by_role("link", name="标注副本").click()
    _look_at(Path(taken.value.path()).read_bytes())
    nurse.follow(page.get_by_role("link", name="该次报送的体检"))


def _look_at(content: bytes) -> None:
    """The marked copy after the commit: every problem that is left is marked, and the two mended cells hold what was typed."""
    workbook, original = load_workbook(io.BytesIO(content)), load_workbook(SAMPLE)
    expected = json.loads(SAMPLE.with_suffix(".expected.json").read_text())
    assert workbook.sheetnames == [*original.sheetnames, "错误汇总"]
    sheet = workbook[expected["sheet"]]
    head = {str(cell.value): cell.column for cell in sheet[expected["heading_row"]]}
    result = head["校验结果"]
    mended = {(149, "chief_physician"): "沈医师", (70, "post"): "打磨工"}
    left = [one for one in expected["problems"] if (one["row"], one["key"]) not in mended]
    assert len(left) == len(expected["problems"]) - len(mended)
    for problem in left:
        remark = sheet.cell(problem["row"], result)
        assert f"[问题] {problem['heading']}：" in remark.value and remark.fill.fgColor.rgb == WRONG
        if (column := head.get(problem["heading_in_file"])) is not None:
            cell = sheet.cell(problem["row"], column)
            assert (cell.fill.fgColor.rgb, cell.comment is not None) == (WRONG, True), problem
    for (row, _key), text in mended.items():
        cell = next(cell for cell in sheet[row] if cell.value == text and cell.comment is not None)
        assert (cell.fill.fgColor.rgb, "更正" in cell.comment.text, "[更正" in sheet.cell(row, result).value or "[已更正" in sheet.cell(row, result).value) == (
            MENDED, True, True,
        )  # fmt: skip
    lines = list(workbook["错误汇总"].iter_rows(min_row=2, values_only=True))
    assert sum(line[3] for line in lines if line[0] == "问题") == len(left)
