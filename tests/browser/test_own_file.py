"""A worker's file: an officer opens it and hands out a code, and the worker reads it; each page is held to accessibility rules."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

#: A code of the second factor works once: each person signs in at one width.
OFFICERS = {1280: "health-330481", 390: "health-330481-2"}


def test_a_worker_reads_the_own_file_with_a_code_from_the_counter(visit: Callable[..., Visitor], width: int) -> None:
    officer = visit(OFFICERS[width])
    page = officer.page
    officer.go("/examinations/")
    officer.follow(page.locator("main tbody a").first)
    officer.follow(page.locator("main dl a").first)
    page.get_by_label("查阅目的").select_option("supervision")
    page.get_by_label("说明", exact=False).fill("窗口核对")
    officer.follow(page.get_by_role("button", name="打开档案"))
    expect(page.get_by_role("heading", name="历次变化")).to_be_visible()
    last = page.locator("main dl.pairs dd").nth(2).inner_text().strip()[-4:]
    with page.expect_download() as copy:
        page.get_by_role("button", name="打印档案复印件").click()
    assert copy.value.suggested_filename.startswith(f"FY-{OFFICERS[width].split('-')[1]}-")

    officer.follow(page.get_by_role("link", name="发放查询码"))
    page.get_by_label("查验证件").select_option("identity-card")
    page.get_by_label("查询用途").select_option("own-file")
    page.get_by_label("本人在场").check()
    officer.follow(page.get_by_role("button", name="发放查询码"))
    code = page.locator(".slip-code").inner_text()

    worker = visit()
    page = worker.page
    worker.go("/me/")
    page.get_by_label("查询码").fill(code)
    page.get_by_label("身份证件号码后四位").fill(last)
    worker.follow(page.get_by_role("button", name="打开我的档案"))
    for name in ("我的结果", "我的个案", "我的权利", "谁看过我的档案"):
        worker.follow(page.get_by_role("link", name=name, exact=True))
    expect(page.get_by_text("您的档案副本（打印）")).to_be_visible()
    worker.follow(page.get_by_role("link", name="我的结果", exact=True))
    page.get_by_text("以表格显示").first.click()
    worker.follow(page.get_by_role("link", name="检查数值").first)
    worker.follow(page.get_by_role("button", name="退出"))
    assert page.url.endswith("/me/enter")
