"""Every export of the house, from the page and from the command: who may, what stands in it, what is put on record."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.approvals import ask_approval, decide_approval
from ohs.accounts.models import ExportApproval, User
from ohs.accounts.reports import Arguments, ConsentMissing, all_reports, find_report, prepare_export
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.kernel.screens import PLACE
from ohs.registry.models import Client, DuplicatePair
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.factories.surveillance import ON, make_examination, make_worker


def rows_in(content: bytes | Path) -> list[tuple[Any, ...]]:
    """The cells of a workbook's first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content) if isinstance(content, bytes) else content)
    return list(book.worksheets[0].iter_rows(values_only=True))


def taken(session: Session, user: User, name: str, **options: str) -> list[dict[str, Any]]:
    """What a report gives a person, by the keys of its columns."""
    report = find_report(name)
    assert report is not None
    export = prepare_export(session, user, report, Arguments(options))
    keys = [column.key for column in export.columns]
    return [dict(zip(keys, row, strict=True)) for row in export.rows()]


@pytest.fixture
def many(session: Session) -> tuple[User, User, User]:
    """Two officers of one county and a clinic with more examinations than one person may take out alone."""
    officer, nurse, employer = make_user(session, "health"), make_user(session, "clinic"), make_employer(session)
    colleague = make_user(session, "health", officer.organisation)
    worker = make_worker(session, employer, name="欧阳敏", id_number="330402199001011234")
    for number in range(101):
        make_examination(session, nurse, employer, worker_id=worker.id, examined_on=ON - timedelta(days=number))
    session.commit()
    return officer, colleague, nurse


def test_many_workers_leave_only_with_a_second_person(session: Session, many: tuple[User, User, User]) -> None:
    officer, colleague, _nurse = many
    with pytest.raises(ConsentMissing):
        taken(session, officer, "examinations")
    assert len(taken(session, officer, "examinations", examined_from="2026-10-30")) == 4
    asked = ask_approval(session, officer, "examinations", "", 101, "年度质控")
    session.flush()
    decide_approval(session, asked, is_approved=True, actor=colleague)
    session.flush()
    rows = taken(session, officer, "examinations")
    assert len(rows) == 101
    assert {row["name"] for row in rows} == {"欧阳*"} and all(row["mark"].endswith("年度质控") for row in rows)
    with pytest.raises(ConsentMissing):
        taken(session, officer, "examinations", phase="in-service")


def test_own_records_need_nobody(session: Session, many: tuple[User, User, User]) -> None:
    assert {row["name"] for row in taken(session, many[2], "examinations")} == {"欧阳敏"}


def test_numbers_of_workers_stay_masked_even_for_their_own(session: Session, many: tuple[User, User, User]) -> None:
    assert [row["id_number"] for row in taken(session, many[0], "workers")] == ["330402********1234"]


def test_a_filter_that_cannot_be_read_is_refused(session: Session, many: tuple[User, User, User]) -> None:
    for option in ({"phase": "nonsense"}, {"examined_from": "31.31.2026"}, {"hazard": "没有这个因素"}):
        with pytest.raises(DomainError) as refused:
            taken(session, many[2], "examinations", **option)
        assert refused.value.status == 400


def test_the_page_and_the_command_write_the_same(
    app: Flask, session: Session, as_user: Callable[[User], FlaskClient], many: tuple[User, User, User], tmp_path: Path
) -> None:
    nurse = many[2]
    answer = as_user(nurse).get("/reports/examinations.xlsx?examined_from=2026-11-01&purpose=核对")
    out = tmp_path / "out.xlsx"
    told = app.test_cli_runner().invoke(
        args=["report", "examinations", str(out), "--as", nurse.login, "--option", "examined_from=2026-11-01", "--option", "purpose=核对"]
    )
    assert told.exit_code == 0, told.output
    web, shell = rows_in(answer.data), rows_in(out)
    assert [row[:-1] for row in web] == [row[:-1] for row in shell] and len(web) == 3
    assert web[0][-1] == "导出人、时间、用途" and str(web[1][-1]).startswith(nurse.login) and str(web[1][-1]).endswith("核对")
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "examination:exported")).all()
    assert [(event.actor, event.after, event.reason) for event in events] == [(nurse.login, {"rows": 2, "request": None}, "核对")] * 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing", "OUT", "--as", "LOGIN"], "没有“nothing”这种导出；可导出：audit、"),
        (["examinations", "OUT", "--as", "nobody"], "没有登录名为“nobody”"),
        (["audit", "OUT", "--as", "LOGIN"], "无权导出"),
        (["examinations", "OUT", "--as", "LOGIN", "--option", "colour=red"], "没有选项 colour；可用："),
        (["examinations", "OUT", "--as", "LOGIN", "--option", "colour"], "请写成 --option colour=值。"),
        (["examinations", "OUT", "--as", "LOGIN", "--option", "phase=nonsense"], "体检类型：不是有效的选择。"),
        (
            ["examinations", "OUT", "--as", "LOGIN", "--option", "sort=new"],
            "不能按 new 排序；可按：（无）。",
        ),
        (["workers", "OUT", "--as", "LOGIN", "--option", "sort=zzz"], "不能按 zzz 排序；可按："),
        (["examinations", "OUT"], "缺少 --as。"),
        (["examinations"], "缺少 OUT。"),
        (["examinations", "/nowhere/out.xlsx", "--as", "LOGIN"], "没有文件夹 /nowhere。"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    app: Flask, session: Session, many: tuple[User, User, User], tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    out = tmp_path / "out.xlsx"
    given = [{"OUT": str(out), "LOGIN": many[2].login}.get(one, one) for one in arguments]
    told = app.test_cli_runner().invoke(args=["report", *given])
    assert told.exit_code in (1, 2) and sentence in told.output and len(told.output.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_asks_a_colleague_where_one_is_needed(
    app: Flask, session: Session, many: tuple[User, User, User], tmp_path: Path
) -> None:
    officer, colleague, _nurse = many
    arguments = ["report", "examinations", str(tmp_path / "out.xlsx"), "--as", officer.login]
    assert "--reason" in app.test_cli_runner().invoke(args=arguments).output
    assert "已提出申请，编号" in app.test_cli_runner().invoke(args=[*arguments, "--reason", "年度质控"]).output
    decide_approval(session, session.scalars(select(ExportApproval)).one(), is_approved=True, actor=colleague)
    session.commit()
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    assert len(rows_in(tmp_path / "out.xlsx")) == 102


def test_the_page_lists_what_a_person_may_take(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    for role, wanted in (
        ("auditor", {"audit"}),
        ("testing", {"cases", "declarations", "employers", "performance", "performance-steps"}),
        ("system-admin", {"users", "organisations"}),
    ):
        as_user(make_user(session, role))
        page = browse("/reports/").get_data(as_text=True)
        g.pop("_login_user", None)
        assert {report.name for report in all_reports() if f"report={report.name}" in page} == wanted


def test_a_text_never_becomes_a_formula(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    make_employer(session, name="=HYPERLINK(1)", work_address="\t+86 1", contact="@某人", contact_phone="13800001111")
    answer = as_user(make_user(session, "health")).get("/reports/employers.xlsx")
    row = rows_in(answer.data)[1]
    assert row[0] == "'=HYPERLINK(1)" and "'@某人" in row and "138****1111" in row
    assert all(cell.data_type != "f" for cell in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0][2])


def test_an_export_holds_what_the_list_shows_whatever_narrows_it(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    make_employer(session, size="large", name="大型企业")
    make_employer(session, size="small", name="小型企业")
    client = as_user(make_user(session, "health"))
    page = client.get("/employers/?size=large&rows=20&sort=-name").get_data(as_text=True)
    found = re.search(r'href="(/reports/employers.xlsx[^"]*)"', page)
    assert found and '<option selected value="large">' in page
    assert [row[0] for row in rows_in(client.get(html.unescape(found[1])).data)[1:]] == ["大型企业"]
    assert "size=large" in page[page.index("每页") : page.index("每页") + 400], "fewer rows on a page are of the same list"


def test_no_filter_has_the_name_of_a_place_in_a_list() -> None:
    for report in all_reports():
        assert not {field for field in dir(report.form) if not field.startswith("_")} & set(PLACE), report.name


def test_the_trail_of_an_export_about_workers_names_nobody(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    as_user(make_user(session, "clinic")).get("/reports/workers.xlsx?text=330402199001011234&county=330481")
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "worker:exported")).one()
    assert "330402199001011234" not in repr((event.subject, event.before, event.after)) and "county=330481" in event.subject


def test_who_serves_an_employer_takes_out_no_more_than_the_minimum(session: Session) -> None:
    employer, nurse, town = make_employer(session, work_address="工业路1号"), make_user(session, "clinic"), make_user(session, "town")
    make_examination(session, nurse, employer)
    session.add(Client(organisation_id=nurse.organisation_id, employer_id=employer.id, since=ON))
    make_employer(session, work_address="别处")
    session.flush()
    taken_out = taken(session, nurse, "employers")
    assert [row["uscc"] for row in taken_out] == [employer.uscc] and "work_address" not in taken_out[0]
    assert {row["work_address"] for row in taken(session, town, "employers")} <= {"工业路1号", "别处"}
    assert "hazards" not in taken(session, town, "declarations")


def test_possible_duplicates_are_taken_out_as_the_list_shows_them(session: Session) -> None:
    officer = make_user(session, "health")
    one, other = make_employer(session, name="海宁恒丰皮革有限公司"), make_employer(session, name="海宁恒丰皮革有限责任公司")
    far = make_employer(session, county_code="330421", region_code="330421001")
    common = {"state": "open", "county_code": "330481", "region_code": "330481101"}
    session.add_all(
        [
            DuplicatePair(kind="employer", left_id=one.id, right_id=other.id, evidence=[["same-name", "恒丰", "恒丰"]], score=60, **common),
            DuplicatePair(
                kind="employer", left_id=one.id, right_id=far.id, evidence=[["same-phone", "1", "1"]], score=90, state="open",
                county_code="330421", region_code="330421001",
            ),
        ]
    )  # fmt: skip
    first, second = (make_worker(session, one, name="欧阳敏", id_number=number) for number in ("330402199001011234", "330402199001011235"))
    session.add(DuplicatePair(kind="worker", left_id=first.id, right_id=second.id, evidence=[["same-birth", "", ""]], score=70, **common))
    session.flush()
    rows = taken(session, officer, "employer-duplicates")
    assert [(row["score"], row["one"], row["other_number"], row["evidence"]) for row in rows] == [(60, one.name, other.uscc, "名称相同")]
    city = make_user(session, "health", make_organisation(session, level="city", region_code="330400"))
    assert [(row["one"], row["one_number"]) for row in taken(session, city, "worker-duplicates")] == [("欧阳*", "330402********1234")]
