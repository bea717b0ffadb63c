"""The base register: what follows from an entry, its history, two people on one entry, and a workbook of entries."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from imports.check import Checked, check_workbook
from imports.employers import FORMAT
from imports.reader import read_workbook
from ohs.accounts.models import User
from ohs.kernel.clock import today
from ohs.kernel.identity import uscc_check_character
from ohs.registry.demonstration import invent_employers
from ohs.registry.intake import commit, examine
from ohs.registry.models import Employer, EmployerVersion, Workplace
from ohs.registry.queries import EmployerFilters, filtered_employers
from ohs.registry.services import GIVEN, change_employer, workplace_at
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer

ON = date(2026, 11, 24)
#: Furniture of metal: the catalogue makes the class depend on solvents.
ASKED = "2130"


def given(**changed: Any) -> dict[str, Any]:
    whole = {
        "name": "海宁恒丰家具有限公司", "registered_address": "海宁市工业路1号", "work_address": "海宁市工业路1号", "region_code": "330481101", "industry_code": ASKED,
        "economic_type_standard": "国统字〔2023〕14号", "economic_type": "112", "employees": 120, "revenue_10k_cny": 3_000.0, "legal_representative": "沈佳",
        "contact": "王芳", "contact_phone": "13800001234", "is_above_size": True, "has_explosive_dust": None,
    }  # fmt: skip
    assert set(whole) == set(GIVEN)
    return whole | changed


def test_size_class_county_and_initials_follow(session: Session) -> None:
    employer = make_employer(session, county_code="", region_code="")
    change_employer(session, employer, given(), actor=None, on=ON)
    assert (employer.county_code, employer.sector, employer.size, employer.risk_class, employer.initials) == (
        "330481",
        "21",
        "small",
        "ask",
        "hnhfjjyxgs",
    )
    change_employer(session, employer, given(industry_code="1922"), actor=None, on=ON)
    assert employer.risk_class == "serious"


def test_an_answered_question_is_not_asked_again(session: Session) -> None:
    employer = make_employer(session)
    change_employer(session, employer, given(), actor=None, on=ON, answers={"solvents": "no"})
    assert employer.risk_class == "general"
    change_employer(session, employer, given(contact="李敏"), actor=None, on=ON)
    assert employer.risk_class == "general"
    change_employer(session, employer, given(industry_code="2110"), actor=None, on=ON)
    assert employer.risk_class == "ask"


def test_every_change_is_kept_with_phones_masked(session: Session) -> None:
    employer, officer = make_employer(session), make_user(session)
    change_employer(session, employer, given(), actor=officer, on=ON)
    assert change_employer(session, employer, given(), actor=officer, on=ON) == {}
    change_employer(session, employer, given(contact_phone="13800009999", employees=130), actor=officer, on=ON)
    last = session.scalars(select(EmployerVersion).order_by(EmployerVersion.id.desc()).limit(1)).one()
    assert last.user_id == officer.id
    assert last.changes == {"employees": [120, 130], "contact_phone": ["138****1234", "138****9999"]}


def test_a_new_address_makes_another_workplace(session: Session) -> None:
    employer = make_employer(session)
    for address in ("海宁市工业路1号", "海宁市工业路2号", "海宁市工业路1号"):
        change_employer(session, employer, given(work_address=address), actor=None, on=ON)
    assert len(session.scalars(select(Workplace).where(Workplace.employer_id == employer.id)).all()) == 2


def form_of(employer: Employer, **changed: str) -> dict[str, str]:
    typed = {name: "" if value is None else str(value) for name, value in given().items()}
    typed |= {
        "economic_type": "国统字〔2023〕14号|112",
        "is_above_size": "yes",
        "has_explosive_dust": "",
        "risk_answer": "",
        "version": str(employer.version),
    }
    return typed | changed


def test_the_second_of_two_people_is_told_what_changed(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer = make_employer(session)
    change_employer(session, employer, given(), actor=None, on=ON)
    session.commit()
    client, address = as_user(make_user(session)), f"/employers/{employer.uscc}/edit"
    opened = html.unescape(re.findall(r'name="opened" type="hidden" value="([^"]*)"', client.get(address).get_data(as_text=True))[0])
    first = form_of(employer, contact="先到者", opened=opened)
    second = form_of(employer, contact="后到者", opened=opened)
    assert client.post(address, data=first).status_code == 302
    answer = client.post(address, data=second)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page[page.index('role="alert"') :])]
    assert cells[4:8] == ["职业卫生管理联系人", "王芳", "先到者", "后到者"] and len(cells) == 8, "one field, as opened, now, typed"
    session.expire_all()
    assert employer.contact == "先到者"
    assert client.post(address, data=second | {"version": str(employer.version)}).status_code == 302
    session.expire_all()
    assert employer.contact == "后到者"


def test_the_catalogues_question_is_asked_on_the_form(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    employer = make_employer(session)
    change_employer(session, employer, given(), actor=None, on=ON)
    session.commit()
    client = as_user(make_user(session))
    assert "苯、正己烷" in browse(f"/employers/{employer.uscc}").get_data(as_text=True)
    assert "苯、正己烷" in browse(f"/employers/{employer.uscc}/edit").get_data(as_text=True)
    client.post(f"/employers/{employer.uscc}/edit", data=form_of(employer, risk_answer="yes"))
    session.expire_all()
    assert employer.risk_class == "serious"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("industry_code", "皮革鞣制"), ("region_code", "330402999"), ("contact_phone", "12"), ("employees", "很多"), ("name", "")],
)
def test_what_cannot_be_read_is_said_at_its_field(session: Session, as_user: Callable[[User], FlaskClient], field: str, typed: str) -> None:
    employer = make_employer(session)
    client = as_user(make_user(session))
    answer = client.post(f"/employers/{employer.uscc}/edit", data=form_of(employer, **{field: typed}))
    assert answer.status_code == 400 and f'id="{field}-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", ["恒丰家具", "hfjj", "HNHF", "  恒丰家具 "])
def test_search_by_name_or_initials(session: Session, text: str) -> None:
    employer = make_employer(session)
    change_employer(session, employer, given(), actor=None, on=ON)
    make_employer(session, name="海宁永昌机械有限公司", initials="hnycjx")
    officer = make_user(session)
    assert session.scalars(filtered_employers(officer, EmployerFilters(text=text))).all() == [employer]
    assert session.scalars(filtered_employers(officer, EmployerFilters(text=employer.uscc[:17]))).first() == employer
    assert session.scalars(filtered_employers(officer, EmployerFilters(text="%%"))).first() is not None


HEADINGS = [column.heading for column in FORMAT.sheets[0].columns]


def workbook(*rows: dict[str, Any]) -> Checked:
    plain = {
        "单位名称": "海宁恒丰家具有限公司", "单位注册地址": "工业路1号", "作业场所地址": "工业路1号", "所属镇街道": "许村镇", "行业分类": "2130", "经济类型": "其他有限责任公司", "从业人数": "12",
        "法定代表人": "沈佳", "职业卫生管理联系人": "王芳", "联系电话": "13800001234",
    }  # fmt: skip
    frame = pl.DataFrame([{name: (plain | row).get(name) for name in HEADINGS} for row in rows], schema=dict.fromkeys(HEADINGS, pl.String))
    return check_workbook(read_workbook(FORMAT, frame.write_csv().encode("utf-8-sig"), "employers.csv"), on=today())


def handed_in(user: User) -> Any:
    return SimpleNamespace(id=None, user_id=user.id)


def test_a_workbook_enters_new_employers_and_corrects_known_ones(session: Session) -> None:
    officer, known = make_user(session), make_employer(session)
    code = "91330481MAY999999" + uscc_check_character("91330481MAY999999")
    checked = workbook({"统一社会信用代码": code}, {"统一社会信用代码": known.uscc, "从业人数": "77"})
    assert examine(session, checked, handed_in(officer), ON) == {"new": 1, "corrections": 1, "completed": 0}
    done = commit(session, checked, handed_in(officer), officer, ON)
    session.expire_all()
    assert (done.new, done.corrected, known.employees, known.county_code) == (1, 1, 77, "330481")
    assert session.scalars(select(Employer).where(Employer.uscc == code)).one().region_code == "330481101"
    assert session.scalars(select(EmployerVersion).where(EmployerVersion.employer_id == known.id)).one().row == 3


def test_two_who_name_a_new_address_make_one_workplace(session: Session, locked_elsewhere: Callable[[str], None]) -> None:
    employer = make_employer(session)
    known = Workplace(employer=employer, address="海宁市工业路1号", region_code="330481101", county_code="330481")
    session.add(known)
    session.flush()
    locked_elsewhere("workplaces")
    assert workplace_at(session, employer, "海宁市工业路1号", "330481101") is known
    with pytest.raises(OperationalError, match="lock timeout"):
        workplace_at(session, employer, "海宁市工业路2号", "330481101")


def test_two_workbooks_do_not_enter_one_employer_twice(session: Session, locked_elsewhere: Callable[[str], None]) -> None:
    officer, checked = make_user(session), workbook({"统一社会信用代码": "91330481MAY999999" + uscc_check_character("91330481MAY999999")})
    locked_elsewhere("employers")
    with pytest.raises(OperationalError, match="lock timeout"):
        commit(session, checked, handed_in(officer), officer, ON)


def test_entries_that_are_not_the_senders_to_correct_are_refused(session: Session) -> None:
    officer, own = make_user(session), make_employer(session)
    foreign = make_employer(session, county_code="330402", region_code="330402007")
    merged = make_employer(session, merged_into_id=own.id)
    checked = workbook({"统一社会信用代码": foreign.uscc}, {"统一社会信用代码": merged.uscc}, {"统一社会信用代码": own.uscc})
    examine(session, checked, handed_in(officer), ON)
    assert [(one.row, one.code) for one in checked.problems] == [(2, "duplicate"), (3, "duplicate")]
    assert checked.accepted["uscc"].to_list() == [own.uscc]
    city = make_user(session, organisation=make_organisation(session, level="city", region_code="330400"))
    again = workbook({"统一社会信用代码": foreign.uscc})
    examine(session, again, handed_in(city), ON)
    assert again.accepted_count == 1


def test_invented_names_and_codes_are_unique() -> None:
    made = invent_employers(Random(1), 10_000)
    assert len({one.uscc for one in made}) == len({one.name for one in made}) == 10_000
