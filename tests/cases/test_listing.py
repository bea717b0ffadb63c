"""Entering workers on the month's list of an employer: one case, a line each, and a sentence for every line that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.listing import list_overdue, listed_already
from ohs.cases.models import Case, CaseLine
from ohs.cases.openings import about, overdue
from ohs.kernel.crypto import blind
from ohs.registry.models import Employer, Worker
from tests.factories.cases import People, make_people
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_worker

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 2)
NUMBERS = ["330402198003070013", "330402198103070014", "330402198203070015"]


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def employer(session: Session, people: People) -> Employer:
    return session.get_one(Employer, people.EMP.organisation.employer_id)


@pytest.fixture
def workers(session: Session, employer: Employer) -> list[Worker]:
    return [known(session, employer, number) for number in NUMBERS]


def known(session: Session, employer: Employer, number: str) -> Worker:
    made = make_worker(session, employer)
    made.id_index = blind("worker", f"居民身份证:{number}")
    session.flush()
    return made


def enter(session: Session, people: People, employer: Employer, on: date, *workers: Worker, subtype: str = "PERIODIC") -> Case:
    opening = overdue(about(None, employer), {"found_on": on}, subtype=subtype)
    return list_overdue(session, opening, {worker.id: on for worker in workers}, by=By(people.HLTH), on=on)


def test_one_case_holds_an_employer_a_subtype_and_a_month(
    session: Session, people: People, employer: Employer, workers: list[Worker]
) -> None:
    first, second, third = workers
    case = enter(session, people, employer, MARCH, first)
    assert (case.kind, case.subtype, case.status, case.owner_id) == ("overdue", "PERIODIC", "open", people.HLTH.organisation_id)
    assert enter(session, people, employer, MARCH, second) is case
    assert [line.worker_id for line in case.lines] == [first.id, second.id]
    assert (case.steps[-1].event, case.steps[-1].told) == ("lines-added", ["EMP", "HLTH"])
    assert enter(session, people, employer, MARCH, third, subtype="LEAVE").number != case.number
    assert enter(session, people, employer, APRIL, third).number != case.number
    other = make_employer(session, county_code="330481")
    assert enter(session, people, other, MARCH, known(session, other, "330402198303070016")).number != case.number


def test_whoever_stands_on_a_list_is_not_entered_again(session: Session, people: People, employer: Employer, workers: list[Worker]) -> None:
    first, second, third = workers
    case = enter(session, people, employer, MARCH, first, second)
    closed = next(line for line in case.lines if line.worker_id == second.id)
    closed.outcome, closed.closed_on = "examined", MARCH
    session.flush()
    ids = [worker.id for worker in workers]
    this_month, next_month = (overdue(about(None, employer), {"found_on": on}, subtype="PERIODIC") for on in (MARCH, APRIL))
    assert listed_already(session, this_month, ids) == {first.id: case.number, second.id: case.number}
    assert listed_already(session, next_month, ids) == {first.id: case.number}, "who was dealt with in March may be late again"
    assert third.id not in listed_already(session, next_month, ids)


FAULTS = [
    # What is typed, and what stands at the field.
    (f"{NUMBERS[0]}\n{NUMBERS[0]}", "第 2 行：与第 1 行是同一劳动者"),
    (f"{NUMBERS[0]}\n330402199903070099", "第 2 行：您的登记册中没有该证件号码"),
    (f"{NUMBERS[0]} 2199-01-01", "第 1 行：日期无法识别，或尚未到来"),
    (f"{NUMBERS[0]} 昨天", "第 1 行：日期无法识别，或尚未到来"),
    ("330402198403070017", "第 1 行：登记册中该劳动者不在此用人单位"),
    ("\n".join("3304021999030700" for _line in range(501)), "一次最多录入 500 人"),
    ("\n".join("3304021999030700" for _line in range(30)), "另有 20 行有误"),
    ("  ", "请填写劳动者的证件号码"),
]


@pytest.mark.parametrize(("typed", "sentence"), FAULTS)
def test_a_wrong_line_is_told_and_nothing_is_entered(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, workers: list[Worker], typed: str, sentence: str
) -> None:  # fmt: skip
    known(session, make_employer(session, county_code="330481"), "330402198403070017")
    data = {"uscc": employer.uscc, "subtype": "PERIODIC", "found_on": "2020-03-02", "due_on": "2020-02-01", "workers": typed}
    answer = as_user(people.HLTH).post("/cases/new?kind=overdue", data=data)
    assert answer.status_code == 400 and sentence in answer.get_data(as_text=True)
    assert list(_lines(session)) == []


def test_each_line_may_have_a_day_of_its_own(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, workers: list[Worker]
) -> None:
    typed = f"{NUMBERS[0]}\n\n{NUMBERS[1]}, 2020/1/15\n{NUMBERS[2]}，2020年1月16日"
    data = {"uscc": employer.uscc, "subtype": "PRE", "found_on": "2020-03-02", "due_on": "2020-02-01", "workers": typed}
    answer = as_user(people.HLTH).post("/cases/new?kind=overdue", data=data)
    assert answer.status_code == 302
    assert [line.due_on for line in _lines(session)] == [date(2020, 2, 1), date(2020, 1, 15), date(2020, 1, 16)]


def _lines(session: Session) -> Iterator[CaseLine]:
    session.expire_all()
    return iter(session.scalars(select(CaseLine).order_by(CaseLine.id)))
