"""Three cases as people live them: to the first benefit, moved from the post and exposed again, and turned by a correction."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ohs.kernel.clock import today
from ohs.surveillance.demonstration import resident_number
from tests.browser.conftest import Visitor
from tests.imports.workbooks import VALID, saved, sheet_of

#: Of one county: who examines, employs, diagnoses and supervises, on a desk and on a phone.
CLINICS = {1280: "clinic-05", 390: "clinic-06"}
PLACE = {"employer": "employer-09", "diagnosis": "diagnosis-05", "health": "health-330481", "hr": "hr-330481"}
OTHER_EMPLOYER, OTHER_OFFICE, OTHER_CLINIC = "employer-11", "health-330482", {1280: "clinic-11", 390: "clinic-12"}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02fea1d3f0e50000000049454e44ae426082"
)
DUST = {"exposed_hazards": "矽尘", "examined_hazards": "矽尘"}
NOISE = {"exposed_hazards": "噪声", "examined_hazards": "噪声"}
SUSPECTED = {"conclusions": "疑似职业病", "suspected_disease": "矽肺"}
CONTRAINDICATED = {"conclusions": "职业禁忌证", "contraindication": "噪声作业职业禁忌证"}
RECHECK = {"conclusions": "复查", "recheck_items": "高千伏胸片"}


def ago(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()


@pytest.fixture
def come(visit: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    """Everybody signs in once and stays."""
    here: dict[str, Visitor] = {}

    def come(login: str) -> Visitor:
        if login not in here:
            here[login] = visit(login)
        return here[login]

    return come


def uscc_of(manager: Visitor) -> str:
    """The credit code of somebody's own employer."""
    manager.go("/employers/")
    found = re.search(r"\b9[0-9A-Z]{17}\b", manager.page.get_by_role("main").inner_text())
    assert found
    return found[0]


def hand_in(nurse: Visitor, tmp_path: Path, manager: Visitor, *rows: dict[str, Any]) -> None:
    """Upload rows about people of an employer, and commit them."""
    name, uscc = manager.house.accounts[manager.login]["organisation"], uscc_of(manager)
    file = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
    employer = {"employer_name": name, "employer_uscc": uscc}
    file.write_bytes(saved(sheet_of([VALID | employer | {"examined_on": ago(40), "reported_on": ago(38)} | row for row in rows])))
    nurse.go("/uploads/new")
    nurse.page.get_by_label("工作簿").set_input_files(file)
    nurse.page.get_by_role("button", name="提交").click()
    nurse.page.get_by_role("button", name=re.compile("^入库")).click(timeout=60_000)
    expect(nurse.page.get_by_text("其中更正")).to_be_visible(timeout=60_000)


def person(width: int, number: int) -> dict[str, Any]:
    """Somebody whom nobody has examined before."""
    born = date(1971 if width == 1280 else 1974, 5, number)
    card = f"W{width}{number}"
    return {
        "card_no": card,
        "id_number": resident_number(Random(width * 100 + number), "330424", born, True),
        "sex": "男",
        "worker_name": "褚秉文",
    }


def newest(visitor: Visitor, kind: str) -> str:
    """The number of the newest case of a kind that somebody sees."""
    visitor.go(f"/cases/?kind={kind}&standing=all&sort=-new")
    link = visitor.page.get_by_role("main").get_by_role("link", name=re.compile(r"^[A-Z]{2}-\w+-\d{4}-\d{6}$")).first
    return link.inner_text()


def do(visitor: Visitor, case: str, act: str, **given: str) -> None:
    """Press the button of an act on the page of a case, fill in what it asks for, and send it."""
    page = visitor.page
    page.goto(f"{visitor.house.address}/cases/{case}")
    visitor.follow(page.locator("#case .standing").get_by_role("link", name=act))
    form = page.get_by_role("main").locator("form").last
    for control in form.locator("input:visible, select:visible, textarea:visible").all():
        _fill(control, given)
    with page.expect_navigation():
        form.get_by_role("button", name=act).click()
    expect(page.get_by_text("已办理：")).to_be_visible()


def _fill(control: Locator, given: dict[str, str]) -> None:
    key, kind = control.get_attribute("name") or "", control.evaluate("one => one.type")
    if kind == "file":
        control.set_input_files({"name": "证明.png", "mimeType": "image/png", "buffer": PICTURE})
    elif kind == "checkbox":
        control.check()
    elif kind == "select-one":
        control.select_option(label=given[key]) if key in given else control.select_option(index=1)
    else:
        control.fill(given[key] if key in given else today().isoformat() if key.endswith("_on") else "一号")


def stands(page: Page, status: str) -> None:
    """The status line of an open page says so, without anybody pressing anything."""
    expect(page.locator("#case .standing")).to_contain_text(status, timeout=5_000)


#: Who does what on the way from the finding to the first benefit.
WAY: list[tuple[str, str, dict[str, str]]] = [
    ("employer", "安排诊断或医学观察", {"institution_id": "海宁市职业病防治院（演示）"}),
    ("diagnosis", "诊断就诊登记", {}),
    ("diagnosis", "通知用人单位提供资料", {}),
    ("health", "提请判定", {}),
    ("diagnosis", "恢复", {}),
    ("employer", "提供诊断资料", {}),
    ("diagnosis", "诊断结论：职业病", {"disease": "矽肺"}),
    ("diagnosis", "送达诊断证明书", {}),
    ("employer", "申请首次鉴定", {}),
    ("health", "审核材料并受理", {}),
    ("employer", "申请工伤认定", {}),
    ("hr", "受理申请", {}),
    ("health", "作出首次鉴定结论", {"conclusion": "职业病"}),
    ("hr", "决定：认定工伤", {}),
    ("employer", "申请劳动能力鉴定", {}),
    ("hr", "登记劳动能力鉴定结论", {"grade": "7 级"}),
    ("hr", "核定并支付待遇", {}),
]


def test_suspected_silicosis_from_the_upload_to_the_first_benefit(come: Callable[[str], Visitor], width: int, tmp_path: Path) -> None:
    nurse, officer = come(CLINICS[width]), come(PLACE["health"])
    hand_in(nurse, tmp_path, come(PLACE["employer"]), person(width, 1) | DUST | SUSPECTED)
    case = newest(nurse, "susp")
    officer.go(f"/cases/{case}")
    stands(officer.page, "已检出")
    do(nurse, case, "告知劳动者并通知用人单位")
    stands(officer.page, "已告知")
    for role, act, given in WAY:
        do(come(PLACE[role]), case, act, **given)
    for login in (*PLACE.values(), CLINICS[width]):
        come(login).go(f"/cases/{case}")
    expect(officer.page.get_by_role("main")).to_contain_text("待遇")
    hr = come(PLACE["hr"])
    hr.go(f"/cases/{case}")
    expect(hr.page.locator("#case .standing")).not_to_contain_text("登记劳动能力鉴定结论")
    expect(hr.page.get_by_role("main")).not_to_contain_text("X 线")


def test_a_worker_moved_from_noise_is_found_exposed_elsewhere(come: Callable[[str], Visitor], width: int, tmp_path: Path) -> None:
    nurse, officer, manager = come(CLINICS[width]), come(PLACE["health"]), come(PLACE["employer"])
    worker = person(width, 2)
    hand_in(nurse, tmp_path, manager, worker | NOISE | CONTRAINDICATED)
    case = newest(nurse, "contra")
    do(nurse, case, "告知劳动者和用人单位", told_worker_on=ago(30), told_employer_on=ago(30))
    do(manager, case, "调离岗位", moved_on=ago(25))
    do(manager, case, "提交调离证明", effective_on=ago(25), new_hazards="")
    do(officer, case, "核实调离", next_hazards="")
    stands(officer.page, "已结案")
    other = come(OTHER_CLINIC[width])
    record = worker | NOISE | {"card_no": f"E{width}", "examined_on": ago(6), "reported_on": ago(4)}
    hand_in(other, tmp_path, come(OTHER_EMPLOYER), record)
    expect(officer.page.get_by_role("heading", name="页面不存在")).to_be_visible(timeout=8_000)
    elsewhere = come(OTHER_OFFICE)
    elsewhere.go(f"/cases/{case}")
    stands(elsewhere.page, "重新打开")


def test_a_correction_turns_a_re_examination_into_a_suspected_disease(come: Callable[[str], Visitor], width: int, tmp_path: Path) -> None:
    nurse, officer, manager = come(CLINICS[width]), come(PLACE["health"]), come(PLACE["employer"])
    worker = person(width, 3)
    hand_in(nurse, tmp_path, manager, worker | DUST | RECHECK)
    recheck = newest(nurse, "recheck")
    officer.go(f"/cases/{recheck}")
    do(nurse, recheck, "告知劳动者和用人单位")
    stands(officer.page, "已告知")
    hand_in(nurse, tmp_path, manager, worker | DUST | SUSPECTED)
    stands(officer.page, "已结案：结果已更正")
    expect(officer.page.get_by_role("main")).to_contain_text("原结论：复查")
    suspected = newest(nurse, "susp")
    officer.follow(officer.page.get_by_role("link", name=suspected))
    stands(officer.page, "已检出")
