"""What offices meet on their pages: a batch in which each row stands by itself, pages left open, days that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.services import accept_declaration, submit_declaration
from tests.declarations.test_deeds import people
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.declarations import make_draft, make_workplace

ON = date(2026, 11, 2)


def test_every_row_of_a_batch_has_its_own_result(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer, manager, officer = people(session)
    good, taken, written = (
        make_draft(session, employer, manager, on=ON, workplace=make_workplace(session, employer, address=f"示范路{number}号"))
        for number in range(3)
    )
    for version in (good, taken):
        submit_declaration(session, version, signed_by="沈佳", actor=manager, on=ON)
    accept_declaration(session, taken, actor=officer, on=ON)
    session.flush()
    numbers = [good.number, taken.number, written.number, "SB-000000-2026-000001", good.number]
    page = as_user(officer).post("/declarations/accept", data={"number": numbers}).text
    told = {number: page.split(number, 2)[-1].split("</tr>")[0] for number in dict.fromkeys(numbers)}
    assert (good.status, taken.status, written.status) == ("accepted", "accepted", "draft")
    assert "已受理，回执" in told[good.number] and employer.name in told[good.number]
    assert "当前为“已受理”，已不在待受理状态" in told[taken.number]
    assert all("不在您的办理范围内" in told[number] and employer.name not in told[number] for number in numbers[2:4])
    assert page.count("</tr>") == 1 + 4
    assert f"/declarations/{written.number}" not in page


def test_a_page_left_open_says_that_it_was_accepted_meanwhile(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer, manager, officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    accept_declaration(session, draft, actor=officer, on=ON)
    session.flush()
    answer = as_user(officer).post(f"/declarations/{draft.number}/accept", data={})
    assert answer.status_code == 409 and "已不在待受理状态" in answer.text


def test_a_day_that_cannot_be_is_said_beside_its_field(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer, manager, officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    accept_declaration(session, draft, actor=officer, on=ON)
    session.flush()
    filing = f"/declarations/filings/{draft.filing_id}"
    closure = as_user(manager).post(f"{filing}/closure", data={"ended_on": "2099-01-01", "note": "停产搬迁"})
    assert closure.status_code == 400 and "停产日期在将来" in closure.text and "停产搬迁" in closure.text
    untrue = as_user(officer).post(f"{filing}/untrue", data={"record": "检1号", "due_on": "2020-01-01"})
    assert untrue.status_code == 400 and "改正期限不能早于今天" in untrue.text
    assert draft.filing.status == "live"


def test_the_bar_for_many_stands_only_where_one_can_be_chosen(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer, manager, officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    session.flush()
    assert "批量受理" in as_user(officer).get("/declarations/").text
    accept_declaration(session, draft, actor=officer, on=ON)
    session.flush()
    page = as_user(officer).get("/declarations/").text
    assert draft.number in page and "批量受理" not in page


def test_a_town_reads_what_it_has_filed(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    employer, _manager, _officer = people(session)
    place = PLACES["town"] | {"region_code": employer.region_code}
    town = make_user(session, "town", make_organisation(session, **place))
    filed = make_draft(session, employer, town, on=ON, consent="已签字")
    submit_declaration(session, filed, signed_by="沈佳", actor=town, on=ON)
    session.flush()
    page = as_user(town).get(f"/declarations/{filed.number}").text
    assert "法定代表人" in page and "主要原辅料" not in page
