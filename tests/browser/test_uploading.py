"""A clinic hands in the messy sample, reads its problems, fixes two in the browser, commits, and takes the marked copy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

SAMPLE = Path(__file__).resolve().parent.parent / "imports" / "samples" / "examinations_messy.xlsx"
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
    with page.expect_download() as taken:
        page.get_by_role("link", name="标注副本").click()
    workbook = load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    assert "错误汇总" in workbook.sheetnames
    page.get_by_role("button", name=re.compile("^入库")).click()
    expect(page.get_by_text("其中更正 0 条")).to_be_visible(timeout=30_000)
    nurse.check()
    page.get_by_role("link", name="该次报送的体检").click()
    nurse.check()
