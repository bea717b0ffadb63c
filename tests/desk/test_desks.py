"""A desk for each kind of user: never empty, never with more than its reader may know, and quiet while nothing happens."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.models import Filing
from ohs.declarations.services import submit_declaration
from ohs.desk.demonstration import make_city
from ohs.kernel.clock import today
from ohs.registry.models import Employer
from ohs.rulebook.deadlines import WorkCalendar
from ohs.rulebook.time_left import left_until
from ohs.surveillance.models import ExaminationCount
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.declarations import make_draft, make_workplace
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination

#: Login → a title that its desk must have.
DESKS = {
    "health-330400": "各区县申报正常率", "health-330481": "各镇街道", "health-z330400-gq": "各镇街道", "hr-330400": "按区县", "safety-330481": "按规模", "town-330402007": "按行业",
    "employer-01": "最近提交的申报", "clinic-01": "近 12 个月报送", "testing-01": "今日备案范围", "diagnosis-01": "服务的用人单位", "system-admin": "最近登记的账号",
    "security-admin": "登录被拒", "auditor": "最近的审计事件",
}  # fmt: skip
MEDICAL = ("疑似职业病", "职业禁忌证")


@pytest.fixture
def city(session: Session) -> Session:
    make_city(session, employers=40, examinations=300, seed=5, on=today())
    session.commit()
    return session


def person(session: Session, login: str) -> User:
    return session.scalars(select(User).where(User.login == login)).one()


def body_of(page: str) -> str:
    return page[page.index('id="desk"') : page.index('id="desk-poll"')]


def test_every_kind_of_user_has_a_desk_with_something_on_it_and_nothing_that_is_not_theirs(
    city: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    bodies = {}
    for login, title in DESKS.items():
        as_user(person(city, login))
        bodies[login] = body_of(browse("/").get_data(as_text=True))
        assert title in bodies[login], login
        assert 'class="tile"' in bodies[login], login
    for login in ("hr-330400", "town-330402007", "testing-01", "system-admin", "security-admin", "auditor"):
        assert not any(word in bodies[login] for word in (*MEDICAL, "12 月体检", "12 个月体检")), login
    for login in ("hr-330400", "safety-330481", "town-330402007"):
        assert "/examinations/" not in bodies[login], login
    assert "接触人数" in bodies["hr-330400"] and "接触人数" not in bodies["town-330402007"]


def tile(page: str, label: str) -> str:
    found = re.search(rf"<span>{label}</span><b>([^<]*)</b>", page)
    assert found, label
    return html.unescape(found[1])


@pytest.mark.parametrize(("people", "told"), [(0, "< 5"), (1, "< 5"), (4, "< 5"), (5, "5"), (12, "12")])
def test_counts_of_few_people_are_not_told_to_who_may_know_counts_only(
    session: Session, as_user: Callable[[User], FlaskClient], people: int, told: str
) -> None:
    month = f"{today():%Y-%m}"
    session.add(
        ExaminationCount(month=month, area_code="330481", dimension="all", value="", examinations=50, suspected=people, contraindications=9)
    )
    session.flush()
    page = as_user(make_user(session, "safety")).get("/").get_data(as_text=True)
    assert (tile(page, "疑似职业病"), tile(page, "职业禁忌证")) == (told, "9")
    page = as_user(make_user(session, "health")).get("/").get_data(as_text=True)
    assert tile(page, "疑似职业病") == str(people)


def test_a_count_of_few_cannot_be_worked_out_from_the_area_and_the_other_employers(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    nurse, found = make_user(session, "clinic"), {}
    for name, people in (("few", 3), ("some", 6), ("more", 8)):
        found[name] = make_employer(session)
        for _worker in range(people):
            make_examination(session, nurse, found[name], conclusions="S")
    client = as_user(make_user(session, "safety"))
    told = {name: people_of(client, employer) for name, employer in found.items()}
    assert told == {"few": "< 5", "some": "不显示", "more": "8"}
    make_examination(session, nurse, make_employer(session), conclusions="S")
    assert people_of(client, found["some"]) == "6", "two small ones hide each other"
    assert people_of(as_user(make_user(session, "health")), found["few"]) == "3"


def people_of(client: FlaskClient, employer: Employer) -> str:
    page = client.get(f"/employers/{employer.uscc}").get_data(as_text=True)
    shown = re.search(r"<dt>有疑似职业病的劳动者</dt><dd>(?:<a[^>]*>)?([^<]+)", page)
    assert shown, page
    return html.unescape(shown[1])


def test_filings_to_be_renewed_stand_by_their_own_limit_whatever_makes_them_due(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    employer = make_employer(session)
    manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))

    def due(days: int, status: str, limit: str, **given: Any) -> None:
        address = f"{days:02d}号厂房"
        filing = Filing(
            workplace=make_workplace(session, employer, address=address), employer_id=employer.id, county_code=employer.county_code, region_code=employer.region_code,
            status=status, accepted_on=today(), **{"update_closes_on": today() + timedelta(days=90)} | given | {limit: today() + timedelta(days=days)},
        )  # fmt: skip
        session.add(filing)

    for days in range(20, 30):
        due(days, "update_due", "update_closes_on")
    due(12, "change_due", "change_due_on")
    due(6, "untrue", "correction_due_on")
    due(15, "update_due", "update_closes_on")
    session.flush()
    page = as_user(manager).get("/").get_data(as_text=True)
    assert re.findall(r"(\d\d)号厂房", body_of(page))[:5] == ["06", "12", "15", "20", "21"]


@pytest.mark.parametrize(("reason", "basis"), [("process", "法定"), ("size", "本机关默认")])
def test_a_limit_on_the_desk_says_whether_it_is_law(
    session: Session, as_user: Callable[[User], FlaskClient], reason: str, basis: str
) -> None:
    employer = make_employer(session)
    manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))
    filing = Filing(
        workplace=make_workplace(session, employer), employer_id=employer.id, county_code=employer.county_code, region_code=employer.region_code,
        status="change_due", accepted_on=today(), change_due_on=today() + timedelta(days=4), change_reason=reason,
    )  # fmt: skip
    session.add(filing)
    session.flush()
    said = re.findall(r'<span class="soft nowrap">(.*?)</span>', body_of(as_user(manager).get("/").get_data(as_text=True)))
    assert said == [basis]


def test_the_time_left_is_counted_in_the_unit_of_the_deadline() -> None:
    friday, work = date(2026, 11, 20), WorkCalendar()
    kinds = {"declaration-receipt": True, "declaration-change": False}
    for slug, is_working in kinds.items():
        left = left_until(date(2026, 11, 24), slug, friday, work)
        assert left is not None and (left.days, left.is_working) == (2 if is_working else 4, is_working)
    late = left_until(date(2026, 11, 19), "declaration-receipt", date(2026, 11, 24), work)
    assert late is not None and late.days == -3
    assert left_until(None, "declaration-receipt", friday, work) is None


def poll(client: FlaskClient, page: str) -> Any:
    found = re.search(r'hx-get="(/desk/live[^"]*)"', page)
    assert found
    return client.get(html.unescape(found[1]), headers={"HX-Request": "true", "X-Unattended": "1"})


def test_an_open_desk_hears_of_anothers_deed_and_of_nothing_else(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    officer, employer = make_user(session), make_employer(session)
    own = make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id)
    manager = make_user(session, "employer", own)
    draft = make_draft(session, employer, manager, on=today())
    client = as_user(officer)
    page = client.get("/").get_data(as_text=True)
    assert poll(client, page).status_code == 204
    client.get(f"/employers/{employer.uscc}")
    client.get("/search?q=恒丰")
    assert poll(client, page).status_code == 204, "reading is no deed"
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=today())
    session.commit()
    answer = poll(client, page)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and draft.number in text and 'hx-swap-oob="true"' in text
    assert poll(client, text).status_code == 204


def test_a_deed_that_the_desk_does_not_show_leaves_it_as_it_is(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    officer = make_user(session, "health", make_organisation(session, region_code="330402"))
    employer = make_employer(session)
    own = make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id)
    manager = make_user(session, "employer", own)
    draft = make_draft(session, employer, manager, on=today())
    client = as_user(officer)
    page = client.get("/").get_data(as_text=True)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=today())
    session.commit()
    text = poll(client, page).get_data(as_text=True)
    assert 'id="desk-poll"' in text and 'id="desk"' not in text
    assert poll(client, text).status_code == 204


@pytest.mark.parametrize("role", [*PLACES])
def test_a_strange_mark_is_no_fault(session: Session, as_user: Callable[[User], FlaskClient], role: str) -> None:
    client = as_user(make_user(session, role))
    for mark in ("", "x", "2026-11-24.99999999999999999999.", "..", "2026-11-24.-1.y"):
        assert client.get("/desk/live", query_string={"mark": mark, "digest": "<"}).status_code in (200, 204)
