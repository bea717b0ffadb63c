"""What a person prints is a sheet to be read, not a screen; and what a person types brings suggestions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

#: Width of a sheet of A4 within margins of one centimetre, in CSS pixels.
SHEET = 718
#: A code of the second factor works once: each person signs in at one width.
OFFICERS = {1280: "health-330482-2", 390: "health-330483-2"}


def test_a_ledger_is_printed_as_a_table_that_fits_the_sheet(visit: Callable[..., Visitor], width: int) -> None:
    officer = visit(OFFICERS[width])
    page = officer.page
    officer.go("/declarations/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET
    assert page.locator("main tbody tr").first.evaluate("row => getComputedStyle(row).display") == "table-row"
    expect(page.get_by_role("button", name="打印")).to_be_hidden()


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_part_of_a_name_brings_the_organisations_that_have_it(visit: Callable[..., Visitor]) -> None:
    administrator = visit("system-admin")
    page = administrator.page
    administrator.go("/admin/users/new")
    page.get_by_label("所属机构").press_sequentially("海宁市卫")
    expect(page.locator("#organisations-known option")).to_have_count(1)
    assert page.locator("#organisations-known option").get_attribute("value") == "海宁市卫生健康局"
