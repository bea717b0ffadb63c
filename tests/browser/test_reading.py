"""A health officer finds a worker and must give a reason before the file opens."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

OFFICERS = {1280: "health-330400", 390: "health-330402"}


def test_a_workers_file_opens_only_for_a_reason(visit: Callable[..., Visitor], width: int) -> None:
    officer = visit(OFFICERS[width])
    page = officer.page
    officer.go("/workers/")
    officer.follow(page.get_by_role("main").locator("tbody a").first)
    assert "*" in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="打开档案").click()
    expect(page.get_by_text("请选择查阅目的").first).to_be_visible()
    page.get_by_label("查阅目的").select_option("投诉举报")
    page.get_by_label("说明").fill("接到来信举报")
    page.get_by_role("button", name="打开档案").click()
    expect(page.get_by_text("半小时内对您开放")).to_be_visible()
    assert "*" not in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("main").locator("tbody a[href*='/examinations/']").first.click()
    expect(page.get_by_role("heading", name="检查数值")).to_be_visible()
    officer.check()


def test_every_desk_is_fit_to_be_read(visit: Callable[..., Visitor], width: int) -> None:
    logins = ["clinic-03", "employer-02", "testing-01", "diagnosis-01"]
    logins += ["hr-330400", "safety-330400", "town-330402007"] if width == 1280 else ["hr-330402", "safety-330402", "auditor"]
    for login in logins:
        visit(login).go("/")
