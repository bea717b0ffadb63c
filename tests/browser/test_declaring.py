"""An employer files, the county returns, the employer corrects, the county accepts, and the receipt verifies."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

#: Town and office of each width, so that no office signs in twice within one code's life.
PLACES = {1280: ("海宁市 许村镇", "health-330481"), 390: ("平湖市 新埭镇", "health-330482")}


def _fill_employer(page: Page) -> None:
    page.get_by_label("隶属关系").select_option("其他")
    page.get_by_label("行业").fill("1922")
    page.get_by_label("企业规模").select_option("小型")
    page.get_by_label("含苯、正己烷等的胶粘剂、清洗剂、油墨、涂料").select_option("否")
    page.get_by_label("填报人 *").fill("王芳")
    page.get_by_label("填报人电话").fill("13800001234")
    page.get_by_label("本单位在册职工总数").fill("60")
    page.get_by_label("外委人员总数").fill("0")
    page.get_by_label("接害总人数（含外委）").fill("70")
    page.get_by_label("职业病累计人数").fill("0")
    page.get_by_label("职业卫生管理机构").select_option("有")
    page.get_by_label("专职管理人员数").fill("1")
    page.get_by_label("兼职管理人员数").fill("1")


def _fill_hazards(page: Page) -> None:
    page.get_by_label("查找危害因素").fill("zs")
    page.locator("#found").get_by_role("button", name=re.compile("^噪声")).click()
    page.get_by_label("接触人数 1").first.fill("40")
    expect(page.get_by_text("最大 40 · 合计 40").nth(1)).to_be_visible()
    for name, value in (("检测点数 1", "4"), ("超标点数 1", "0"), ("应检人数 1", "40"), ("实检人数 1", "38")):
        page.get_by_label(name).fill(value)
    page.get_by_label("物理因素 接触人数").fill("40")
    page.get_by_label("作业场所名称 1").fill("冲压车间")
    page.get_by_label("危害因素 1").nth(1).fill("噪声")
    page.get_by_label("接触人数（可重复） 1").fill("40")
    page.get_by_label("接触人数（不重复） 1").fill("40")
    for name, value in (("产品名称 1", "五金件"), ("主要原辅料名称 1", "钢板")):
        page.get_by_label(name).fill(value)
    for place, label in enumerate(("年产量 1", "年用量 1")):
        page.get_by_label(label).fill("100")
        page.get_by_label("计量单位 1").nth(place).fill("吨")


def _fill_care(page: Page) -> None:
    page.get_by_label("本年度检测情况").select_option("是")
    page.get_by_label("检测机构").fill("甲检测公司")
    page.get_by_label("检测报告编号").fill("JC-2026-1")
    page.get_by_label("职业健康监护开展情况").select_option("是")
    page.get_by_label("体检机构").fill("乙中心")
    for label in ("主要负责人培训", "职业卫生管理人员培训"):
        page.get_by_label(label).select_option("是")
    page.get_by_label("接害劳动者年度培训人数").fill("40")


def test_a_declaration_goes_from_the_first_word_to_the_verified_receipt(visit: Callable[..., Visitor], width: int) -> None:
    town, office = PLACES[width]
    manager = visit("employer-01")
    page = manager.page
    manager.go("/declarations/start")
    page.get_by_label("另一作业场所").check()
    page.get_by_label("新作业场所地址").fill(f"嘉兴市示范路{width}号")
    page.get_by_label("新作业场所所属镇街道").select_option(label=town)
    page.get_by_label("初次申报", exact=True).check()
    manager.follow(page.get_by_role("button", name="开始填报"))
    _fill_employer(page)
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("alert")).to_contain_text("接害 70 人，多于在册职工 60 人与外委 0 人之和")
    manager.check()
    page.get_by_label("接害总人数（含外委）").fill("40")
    page.get_by_role("button", name="保存并继续").click()
    _fill_hazards(page)
    manager.check()
    page.get_by_role("button", name="保存并继续").click()
    _fill_care(page)
    manager.follow(page.get_by_role("button", name="保存并继续"))
    manager.follow(page.get_by_role("link", name="继续"))
    page.get_by_label(re.compile("本单位承诺")).check()
    page.get_by_label("主要负责人签名").fill("沈佳")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")
    number = re.search(r"SB-\d{6}-\d{4}-\d{6}", page.url)
    assert number is not None
    address = f"/declarations/{number[0]}"

    officer = visit(office)
    officer.go("/declarations/?mine=yes")
    officer.go(address)
    officer.page.get_by_role("link", name="退回补正").click()
    officer.page.get_by_label("缺陷说明：接害总人数（含外委）").fill("与名册不符，请核对")
    officer.check()
    officer.page.get_by_role("button", name="退回").click()
    expect(officer.page.get_by_role("status").first).to_contain_text("已退回")

    manager.go(address)
    expect(page.get_by_text("与名册不符，请核对").first).to_be_visible()
    manager.follow(page.get_by_role("link", name="继续填报"))
    page.get_by_label("接害劳动者年度培训人数").or_(page.get_by_label("外委人员总数")).first.fill("2")
    page.get_by_role("button", name="保存", exact=True).click()
    manager.go(f"{address}/answers")
    page.get_by_label(re.compile("本单位承诺")).check()
    page.get_by_label("主要负责人签名").fill("沈佳")
    page.get_by_role("button", name="提交").click()

    officer.go(f"{address}/accept")
    officer.page.get_by_role("button", name="受理并出具回执").click()
    expect(officer.page.get_by_role("status").first).to_contain_text("已受理")
    officer.check()

    manager.go(address)
    pdf = manager.page.request.get(f"{manager.house.address}{address}/receipt.pdf")
    assert pdf.ok and pdf.body().startswith(b"%PDF")
    code = page.locator("[data-receipt-code]").inner_text()
    stranger = visit()
    stranger.go("/verify/")
    stranger.page.get_by_label("验证码").fill(code.lower())
    stranger.page.get_by_role("button", name="查询").click()
    expect(stranger.page.get_by_text("该回执真实有效")).to_be_visible()
    stranger.check()
