"""A second opinion on a contraindication: who is asked sees the case, has it in hand until a day, and answers with its document."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.case_lists import CaseFilters, filtered_cases
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseWaiting
from ohs.cases.notices_models import CaseNotice
from ohs.cases.queries import cases_visible_to
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people, prove

PDF = b"%PDF-1.4 opinion"


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def second(session: Session, people: People) -> User:
    """Somebody of another clinic than the one that has found it."""
    return make_user(session, "clinic", make_organisation(session, kind="clinic", region_code="330482", name="平湖市第二体检中心"))


@pytest.fixture
def case(session: Session, people: People) -> Case:
    on = today() - timedelta(days=3)
    case = make_case(session, people, "contra", on=on)
    do(session, case, "notify", {"told_worker_on": on, "told_employer_on": on, "how_told": "writing"}, by=people.by("CLIN"), on=on)
    return case


def ask(session: Session, case: Case, by: Any, institution_id: int) -> None:
    do(session, case, "dispute", {"institution_id": institution_id, "reason": "听力曲线存疑"}, by=by, on=today())


def waiting_at(session: Session, case: Case) -> set[int]:
    return set(session.scalars(select(CaseWaiting.organisation_id).where(CaseWaiting.case_id == case.id)))


@pytest.mark.parametrize("asker", ["EMP", "WKR"])
def test_who_is_asked_is_told_and_has_it_until_a_day(session: Session, people: People, second: User, case: Case, asker: str) -> None:
    for question in (cases_visible_to(second), filtered_cases(session, second, CaseFilters(), today())):
        assert session.scalars(question.where(Case.id == case.id)).all() == []
    ask(session, case, people.by(asker), second.organisation_id)
    for question in (cases_visible_to(second), filtered_cases(session, second, CaseFilters(), today())):
        assert session.scalars(question.where(Case.id == case.id)).unique().all() == [case]
    assert waiting_at(session, case) == {second.organisation_id}, "not the clinic that has found it"
    (clock,) = [one for one in case.clocks if one.state == "running"]
    assert (clock.slug, clock.due_on > today() + timedelta(days=29)) == ("contraindication-review", True)
    told = session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id, CaseNotice.event == "dispute"))
    assert second.organisation_id in set(told)


def test_the_first_clinic_is_not_asked_about_itself(session: Session, people: People, case: Case) -> None:
    with pytest.raises(DomainError, match="another institution than the one that has found it"):
        ask(session, case, people.by("EMP"), people.CLIN.organisation_id)


def test_nobody_else_answers(session: Session, people: People, second: User, case: Case) -> None:
    ask(session, case, people.by("EMP"), second.organisation_id)
    for account in ("CLIN", "DIAG", "EMP", "HLTH"):
        with pytest.raises(DomainError, match="not for you"):
            do(session, case, "lifted", {"examined_on": today(), "reason": "恢复"}, by=people.by(account), on=today())
    assert case.status == "review"


@pytest.mark.parametrize(("event", "after"), [("lifted", "closed_lifted"), ("confirmed", "notified")])
def test_it_answers_in_the_browser_with_its_document(
    session: Session, people: People, second: User, case: Case, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any], event: str, after: str
) -> None:  # fmt: skip
    first = as_user(people.EMP)
    form = {"institution_id": second.organisation_id, "reason": "听力曲线存疑"}
    assert first.post(f"/cases/{case.number}/act/main/dispute", data=form).status_code == 302
    client = as_user(second)
    assert case.number in browse("/inbox/").get_data(as_text=True)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert f"/cases/{case.number}/act/main/{event}" in page
    address = f"/cases/{case.number}/act/main/{event}"
    told = {"examined_on": today().isoformat(), "reason": "复查结果正常"}
    refused = client.post(address, data=told)
    assert refused.status_code == 400 and case.status == "review", "without its document nothing is said"
    done = client.post(address, data=told | {"file-opinion": (io.BytesIO(PDF), "意见.pdf")}, content_type="multipart/form-data")
    session.expire_all()
    assert (done.status_code, case.status, case.closed_on is not None) == (302, after, event == "lifted")
    assert [one.kind for one in case.evidence] == ["opinion"] and case.steps[-1].organisation_id == second.organisation_id
    assert people.CLIN.organisation_id in set(session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.event == event)))
    as_user(people.EMP)
    seen = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "意见.pdf" not in seen, "an employer reads what follows, not the clinical opinion"


def test_the_opinion_on_the_first_dispute_does_not_answer_the_second(session: Session, people: People, second: User, case: Case) -> None:
    ask(session, case, people.by("EMP"), second.organisation_id)
    prove(session, case, second, "opinion")
    do(session, case, "confirmed", {"examined_on": today()}, by=By(second), on=today())
    ask(session, case, people.by("WKR"), second.organisation_id)
    for event, facts in (("confirmed", {"examined_on": today()}), ("lifted", {"examined_on": today(), "reason": "听力正常"})):
        with pytest.raises(DomainError, match="Evidence is missing"):
            do(session, case, event, facts, by=By(second), on=today())
    prove(session, case, second, "opinion")
    do(session, case, "lifted", {"examined_on": today(), "reason": "听力正常"}, by=By(second), on=today())
    assert case.status == "closed_lifted"


def test_an_opinion_from_before_the_dispute_answers_nothing(session: Session, people: People, second: User, case: Case) -> None:
    prove(session, case, people.EMP, "opinion")
    ask(session, case, people.by("EMP"), second.organisation_id)
    with pytest.raises(DomainError, match="Evidence is missing"):
        do(session, case, "confirmed", {"examined_on": today()}, by=By(second), on=today())
