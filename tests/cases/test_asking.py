"""What an office has asked for by the number of a case: it sees its own requests and how they stand, and takes them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.asking import RequestFilters, request_case, requests_of, standing_of, withdraw_request
from ohs.cases.handing_over import accept, drop, lapse, refuse
from ohs.cases.requests_models import CaseRequest
from ohs.cases.transfer_queries import TransferFilters, transfers_of
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from tests.cases.test_handing_over import ON, owner
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people

AFTER = ON + timedelta(days=30)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def far(session: Session) -> User:
    return make_user(session, "health", make_organisation(session, region_code="330482"))


def seen(session: Session, user: User, on: date, standing: str = "open") -> list[tuple[str, str]]:
    found = session.scalars(requests_of(user, RequestFilters(standing), on)).all()
    return [(one.number, standing_of(one, on)) for one in found]


def test_a_case_and_a_number_without_one_stand_alike_until_somebody_answers(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    real = request_case(session, case.number.lower(), "本局在办同一劳动者", actor=far, on=ON)
    none = request_case(session, "JJ-330481-2026-999999", "本局在办同一劳动者", actor=far, on=ON)
    assert real.transfer is not None and none.transfer is None
    assert (real.due_on, real.asked_on) == (none.due_on, none.asked_on)
    for on, stands, which in ((ON, "waits", "open"), (AFTER, "silent", "ended")):
        assert {one for _number, one in seen(session, far, on, which)} == {stands} and len(seen(session, far, on, which)) == 2
    lapse(session, real.transfer, real.due_on + timedelta(days=1))
    assert {one for _number, one in seen(session, far, AFTER, "ended")} == {"silent"}
    assert seen(session, people.HLTH, ON, "all") == [], "nobody else's"


def test_a_case_that_is_closed_meanwhile_ends_no_earlier_than_one_that_never_was(session: Session, people: People, far: User) -> None:
    asked = request_case(session, make_case(session, people, "contra").number, "移交", actor=far, on=ON)
    assert asked.transfer is not None
    drop(session, asked.transfer, By(), ON)
    assert standing_of(asked, ON) == "waits"


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_what_the_office_answers_is_seen_by_who_asked(
    session: Session, people: People, far: User, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any], answer: str
) -> None:
    case = make_case(session, people, "contra")
    asked = request_case(session, case.number, "本局在办同一劳动者", actor=far, on=ON)
    assert asked.transfer is not None
    holder = owner(session, case)
    if answer == "accepted":
        accept(session, asked.transfer, actor=holder, on=ON)
    else:
        refuse(session, asked.transfer, "本局已立案", actor=holder, on=ON)
    session.commit()
    as_user(far)
    page = browse("/inbox/transfers/asked?standing=all").get_data(as_text=True)
    assert case.number in page and {"accepted": "已接收", "refused": "已拒绝"}[answer] in page
    assert (f'href="/cases/{case.number}"' in page) == (answer == "accepted")
    assert ("本局已立案" in page) == (answer == "refused")
    with pytest.raises(DomainError, match="has"):
        withdraw_request(session, asked, actor=far, on=ON)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_request_is_taken_back_while_nobody_has_answered(
    session: Session, people: People, far: User, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any], is_there: bool
) -> None:
    case = make_case(session, people, "contra")
    number = case.number if is_there else "JJ-330481-2026-999999"
    session.commit()
    client = as_user(far)
    client.post("/inbox/transfers/ask", data={"number": number, "track": "main", "reason": "本局在办"})
    asked = session.scalars(select(CaseRequest)).one()
    assert f"/inbox/transfers/asked/{asked.id}/take-back" in browse("/inbox/transfers/asked").get_data(as_text=True)
    stranger = make_user(session, "health", make_organisation(session, region_code="330483"))
    session.commit()
    assert as_user(stranger).post(f"/inbox/transfers/asked/{asked.id}/take-back").status_code == 404
    assert as_user(far).post(f"/inbox/transfers/asked/{asked.id}/take-back").status_code == 302
    session.refresh(asked)
    assert standing_of(asked, asked.asked_on) == "withdrawn" and asked.withdrawn_by_id == far.id
    assert session.scalars(select(AuditEvent).where(AuditEvent.event == "case:request-withdrawn")).one().subject == number
    holder = owner(session, case)
    waiting = session.scalars(transfers_of(holder, TransferFilters("received", "open"))).all()
    assert waiting == []
    session.refresh(case)
    assert [step.event for step in case.steps][1:] == (["asked-for", "hand-over-revoked"] if is_there else [])
    with pytest.raises(DomainError, match="taken back already"):
        withdraw_request(session, asked, actor=far, on=asked.asked_on)
    assert request_case(session, number, "再次请求", actor=far, on=asked.asked_on), "and asked for anew"


def test_the_same_is_not_asked_for_twice_and_silence_cannot_be_taken_back(session: Session, people: People, far: User) -> None:
    asked = request_case(session, "JJ-330481-2026-999999", "移交", actor=far, on=ON)
    with pytest.raises(DomainError, match="already"):
        request_case(session, " jj-330481-2026-999999 ", "移交", actor=far, on=ON)
    with pytest.raises(DomainError, match="passed"):
        withdraw_request(session, asked, actor=far, on=AFTER)
    assert request_case(session, "JJ-330481-2026-999999", "移交", actor=far, on=AFTER)
