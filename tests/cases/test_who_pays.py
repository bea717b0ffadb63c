"""Who pays for a confirmed disease: the cost window day by day, what changes it, and what HR sees of both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.branches import CaseBranch, find_branch, standing_branches, withdraw_branch
from ohs.cases.cost_window import cost_window, waiting_applications
from ohs.cases.models import Case
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from ohs.registry.models import Employer
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, act, make_case, make_people, prove

ISSUED = date(2026, 3, 10)
#: Thirty days later.
DUE = date(2026, 4, 9)


def confirmed(session: Session, people: People, on: date = ISSUED) -> Case:
    """A disease confirmed on a day; the employer's thirty days run."""
    case = make_case(session, people, "susp", on=on - timedelta(days=8))
    case.status, case.institution_id = "complete", people.DIAG.organisation_id
    act(session, people, case, "DIAG", "conclude-yes", on, certificate_no="1", issued_on=on, disease="矽肺")
    prove(session, case, people.HRSS, "grade")
    return case


def test_no_window_before_a_disease_is_confirmed(session: Session) -> None:
    assert cost_window(make_case(session, make_people(session), "susp"), ISSUED) is None


@pytest.mark.parametrize(
    ("on", "left", "days", "warnings"),
    [
        (ISSUED, 30, 0, 0), (date(2026, 3, 29), 11, 0, 0), (date(2026, 3, 30), 10, 0, 1), (DUE, 0, 0, 1), (date(2026, 4, 10), 0, 1, 1),
        (date(2026, 4, 21), 0, 12, 1), (date(2027, 2, 2), 0, 299, 1), (date(2027, 2, 3), 0, 300, 2),
    ],
)  # fmt: skip
def test_the_window_grows_by_a_day_with_every_day(session: Session, on: date, left: int, days: int, warnings: int) -> None:
    window = cost_window(confirmed(session, make_people(session)), on)
    assert window is not None and (window.due_on, window.left, window.days, len(window.warnings)) == (DUE, left, days, warnings)
    assert window.is_growing == (days > 0)


@pytest.mark.parametrize(("event", "actor"), [("employer-applies", "EMP"), ("worker-applies", "WKR")])
def test_an_application_stops_it_on_its_day(session: Session, event: str, actor: str) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    facts = {"applied_on": date(2026, 4, 14)} | ({"applicant": "worker"} if event == "worker-applies" else {})
    act(session, people, case, actor, event, date(2026, 4, 15), "work_injury", **facts)
    window = cost_window(case, date(2026, 9, 1))
    assert window is not None and (window.days, window.applied_on, window.is_growing, window.warnings) == (5, date(2026, 4, 14), False, ())


def test_hr_is_listed_what_has_waited_longest_first_and_only_its_own(session: Session) -> None:
    people = make_people(session)
    late, later = confirmed(session, people), confirmed(session, people, date(2026, 3, 2))
    running = confirmed(session, people, date(2026, 4, 1))
    on = date(2026, 4, 21)
    listed = lambda user, standing: [  # noqa: E731
        one.case_id for one in session.scalars(waiting_applications(user, standing, on).order_by("due_on"))
    ]
    assert (listed(people.HRSS, "late"), listed(people.HRSS, "running")) == ([later.id, late.id], [running.id])
    assert len(listed(people.HRSS, "all")) == 3
    assert listed(make_user(session, "hr", make_organisation(session, department="hr", region_code="330482")), "all") == []


def test_what_changes_who_pays_is_entered_told_and_taken_off(session: Session) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    find_branch(session, case, "uninsured", actor=people.HRSS, on=ISSUED, document_no="社保1号")
    with pytest.raises(DomainError):
        find_branch(session, case, "uninsured", actor=people.HRSS, on=ISSUED, document_no="社保2号")
    assert [one.branch for one in standing_branches(session, case)] == ["uninsured"]
    withdraw_branch(session, case, "uninsured", actor=people.HRSS, on=DUE, reason="已补缴")
    assert standing_branches(session, case) == [] and session.scalars(select(CaseBranch)).one().withdrawn_on == DUE
    assert [step.event for step in case.steps[-2:]] == ["payer-found", "payer-withdrawn"]
    assert case.status == "diagnosed_yes", "nothing moves"
    events = set(session.scalars(select(AuditEvent.event)))
    assert {"case:payer-found", "case:payer-withdrawn"} <= events
    find_branch(session, case, "uninsured", actor=people.HRSS, on=DUE, document_no="社保3号")


def test_of_several_employers_the_liable_one_is_named(session: Session) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    with pytest.raises(DomainError):
        find_branch(session, case, "concurrent", actor=people.HRSS, on=ISSUED, document_no="1")
    employer = session.get_one(Employer, case.employer_id)
    find_branch(session, case, "concurrent", actor=people.HRSS, on=ISSUED, document_no="1", employer=employer)
    contra = make_case(session, people, "contra")
    with pytest.raises(DomainError):
        find_branch(session, contra, "uninsured", actor=people.HLTH, on=ISSUED, document_no="1")


def test_the_page_of_the_case_counts_the_days_for_those_who_see_work_injury(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    find_branch(session, case, "employer-gone", actor=people.HLTH, on=ISSUED, document_no="注销1号")
    window = cost_window(case, today())
    assert window is not None
    for reader in (people.HRSS, people.EMP, people.HLTH):
        as_user(reader)
        text = browse(f"/cases/{case.number}").get_data(as_text=True)
        assert f"第 {window.days} 天" in text and "《工伤保险条例》第17条" in text and "《职业病防治法》第61条" in text
    as_user(people.DIAG)
    assert f"第 {window.days} 天" not in browse(f"/cases/{case.number}").get_data(as_text=True)


def test_hr_enters_it_by_the_form_and_opens_list_and_calculator(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    client = as_user(people.HRSS)
    address = f"/cases/{case.number}/payers"
    assert client.post(address, data={"branch": "uninsured"}).status_code == 400, "a document proves it"
    nobody = client.post(address, data={"branch": "concurrent", "document_no": "仲裁7号", "uscc": "x"})
    assert nobody.status_code == 400 and "仲裁7号" in nobody.get_data(as_text=True), "nothing typed is lost"
    assert client.post(address, data={"branch": "uninsured", "document_no": "社保1号"}).status_code == 302
    assert client.post(f"{address}/uninsured/withdraw", data={"reason": ""}).status_code == 400
    as_user(people.HRSS)
    page = browse(f"/cases/{case.number}/grants").get_data(as_text=True)
    assert '<option selected value="no">' in page, "what the case knows is filled in"
    as_user(people.HRSS)
    reckoned = browse("/cases/grants?grade=7&wage=6000&local_average=8000&province_average=7000").get_data(as_text=True)
    assert "78,000.00" in reckoned and "仅供参考" in reckoned
    as_user(people.HRSS)
    assert case.number in browse("/cases/cost-windows").get_data(as_text=True)
    as_user(people.HLTH)
    browse("/cases/cost-windows", 403)


def test_the_grade_is_filled_in_for_hr(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    next(one for one in case.tracks if one.track == "work_injury").status = "lc_applied"
    told = {"concluded_on": DUE, "received_on": DUE, "conclusion_no": "5", "grade": "6", "care": "none"}
    act(session, people, case, "LCAC", "conclude", DUE, "work_injury", **told)
    as_user(people.HRSS)
    assert '<option selected value="6">' in browse(f"/cases/{case.number}/grants").get_data(as_text=True)
