"""An open desk hears within seconds, without a reload, of what another party has just done."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

#: County of each width; its offices sign in nowhere else.
COUNTIES = {1280: "330483", 390: "330421"}
MOST_MILLISECONDS = 5_000


def test_anothers_deed_shows_on_an_open_desk(visit: Callable[..., Visitor], width: int) -> None:
    watcher = visit(f"safety-{COUNTIES[width]}")
    watcher.check()
    watcher.page.get_by_text("以表格显示").click()
    this_month = watcher.page.locator("details table tbody tr").last.locator("td").first
    before = int(this_month.inner_text())
    watcher.page.evaluate("window.isSameDocument = true")

    office = visit(f"health-{COUNTIES[width]}")
    office.check()
    waiting = office.page.get_by_role("region", name="我的待办")
    waiting.locator("a[href^='/declarations/SB-']").first.click()
    office.page.get_by_role("link", name="受理").first.click()
    office.page.get_by_role("main").get_by_role("button", name="受理").first.click()
    office.page.wait_for_url("**/declarations/**")

    expect(this_month).to_have_text(str(before + 1), timeout=MOST_MILLISECONDS)
    assert watcher.page.evaluate("window.isSameDocument") is True
    watcher.check()
