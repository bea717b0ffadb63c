"""Ends of employment where the law forbids them: the alarm in the protected period, the lead for labour inspection, and nothing medical in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.calendar import level_of
from ohs.cases.clocks import RED
from ohs.cases.cuts import cut_for
from ohs.cases.dismissals import EmploymentEnd, record_ends
from ohs.cases.machine import do, possible
from ohs.cases.models import Case, CaseWaiting
from ohs.cases.notices_models import CaseNotice
from ohs.cases.protection import ProtectedEnding, ProtectedPeriod
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from tests.cases.test_section_4_3_to_4_5 import REMOVED, TOLD, VERIFY
from tests.cases.ways import DAY, arrive, go
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.cases import People, make_case, make_people

LATER = DAY + timedelta(days=9)
#: Words that would tell what a worker has, or was found with.
MEDICAL = ("噪声", "P01", "职业禁忌", "疑似", "调离", "聋", "矽肺")


def protected(session: Session, people: People) -> Case:
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, "CLIN main notify")
    return case


def end_of(case: Case, on: date = LATER) -> EmploymentEnd:
    assert case.worker_id is not None and case.employer_id is not None
    return EmploymentEnd(case.worker_id, case.employer_id, on, "参保减员2026-03第12行")


def leads(session: Session) -> list[Case]:
    return list(session.scalars(select(Case).where(Case.kind == "complaint", Case.subtype == "labour").order_by(Case.id)))


def told(session: Session, case: Case, event: str) -> set[int]:
    return set(session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id, CaseNotice.event == event)))


def test_an_end_inside_the_period_alarms_hr_and_tells_employer_and_health(session: Session) -> None:
    people = make_people(session)
    case = protected(session, people)
    found = record_ends(session, [end_of(case)], by=By(), on=LATER)
    assert found == leads(session) and len(found) == 1
    lead = found[0]
    assert (lead.owner.department, lead.worker_id, lead.employer_id) == ("hr", case.worker_id, case.employer_id)
    assert session.scalars(select(CaseWaiting.organisation_id).where(CaseWaiting.case_id == lead.id)).all() == [people.HRSS.organisation_id]
    clock = next(one for one in lead.clocks if one.state == "running")
    assert clock.slug == "complaint-answer" and clock.escalation == RED > level_of(clock, LATER)
    assert told(session, case, "employment-ended") == {people.EMP.organisation_id, people.HLTH.organisation_id}
    assert told(session, lead, "labour-lead-found") == {people.HRSS.organisation_id}
    assert case.steps[-1].facts == {"ended_on": LATER.isoformat(), "document_no": "参保减员2026-03第12行"}
    assert case.status == "notified", "the case goes on"
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "protection:alarmed")).one()
    assert event.subject == lead.number


def test_the_same_roster_once_more_changes_nothing(session: Session) -> None:
    people = make_people(session)
    case = protected(session, people)
    record_ends(session, [end_of(case)], by=By(), on=LATER)
    lines = len(case.steps)
    assert record_ends(session, [end_of(case), end_of(case)], by=By(), on=LATER + timedelta(days=1)) == []
    assert (len(leads(session)), len(case.steps)) == (1, lines)


@pytest.mark.parametrize("ended_on", [DAY - timedelta(days=1), LATER + timedelta(days=1)])
def test_an_end_outside_the_period_is_no_alarm(session: Session, ended_on: date) -> None:
    people = make_people(session)
    case = protected(session, people)
    session.scalars(select(ProtectedPeriod)).one().ended_on = LATER
    assert record_ends(session, [end_of(case, ended_on)], by=By(), on=LATER + timedelta(days=2)) == []


def test_the_end_of_another_employment_is_no_alarm(session: Session) -> None:
    people = make_people(session)
    case, other = protected(session, people), make_people(session)
    assert case.worker_id is not None and other.EMP.organisation.employer_id is not None
    end = EmploymentEnd(case.worker_id, other.EMP.organisation.employer_id, LATER, "1")
    assert record_ends(session, [end], by=By(), on=LATER) == []


@pytest.mark.parametrize("way", [TOLD, REMOVED, VERIFY, f"{TOLD}, night+30"])
def test_dismissed_instead_of_moved_opens_a_lead_and_closes_nothing(session: Session, way: str) -> None:
    """4.3 “Dismissed instead of moved” is not a closure: it opens a labour-inspection lead for HRSS."""
    people, case = arrive(session, "contra", way)
    before, on = case.status, DAY + timedelta(days=40)
    facts = {"ended_on": LATER, "document_no": "解除通知书1号"}
    do(session, case, "dismissed-instead", facts, by=people.by("HLTH"), on=on)
    lead = leads(session)[0]
    assert (case.status, case.closed_on, lead.owner.department) == (before, None, "hr")
    assert people.EMP.organisation_id in told(session, case, "dismissed-instead")
    with pytest.raises(DomainError, match="already"):
        do(session, case, "dismissed-instead", facts, by=people.by("HLTH"), on=on)
    assert record_ends(session, [end_of(case)], by=By(), on=on) == [] and len(leads(session)) == 1, "the roster says the same"


def test_the_roster_finds_who_was_dismissed_instead_of_moved(session: Session) -> None:
    _people, case = arrive(session, "contra", TOLD)
    found = record_ends(session, [end_of(case)], by=By(), on=LATER)
    assert found == leads(session) and case.steps[-1].event == "dismissed-instead" and case.steps[-1].actor == "system"


def test_who_was_never_employed_cannot_be_dismissed(session: Session) -> None:
    people, case = arrive(session, "contra:pre-placement", TOLD)
    assert record_ends(session, [end_of(case)], by=By(), on=LATER) == []
    with pytest.raises(DomainError, match="not begun"):
        do(session, case, "dismissed-instead", {"ended_on": LATER, "document_no": "1"}, by=people.by("HLTH"), on=LATER)


def test_a_lead_is_hrs_to_handle_and_answer(session: Session) -> None:
    people, case = arrive(session, "contra", TOLD)
    lead = record_ends(session, [end_of(case)], by=By(), on=LATER)[0]
    far = make_user(session, "hr", make_organisation(session, department="hr", region_code="330482"))
    assert allowed(people.HRSS, Permission.CASE_ACT, lead) and not allowed(far, Permission.CASE_READ, lead)
    assert not allowed(people.EMP, Permission.CASE_READ, lead), "a complaint protects whoever complained"
    assert not allowed(people.HRSS, Permission.CASE_READ, case), "where it comes from is not HR’s to read"
    assert {step.event for _track, step, _act in possible(lead, By(people.HRSS))} == {"handle", "answer"}
    go(session, people, lead, "HRSS main handle, HRSS main answer", on=LATER)
    assert lead.status == "closed"


def test_nothing_medical_goes_with_a_lead(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case = arrive(session, "contra", TOLD)
    lead = record_ends(session, [end_of(case)], by=By(), on=LATER)[0]
    as_user(people.HRSS)
    text = browse(f"/cases/{lead.number}").get_data(as_text=True).split("<main")[1]
    assert "劳动监察线索" in text and "参保减员2026-03第12行" in text
    assert not [word for word in (*MEDICAL, case.number) if word in text]
    assert lead.hazard_codes == "" and lead.disease_code is None and lead.clinic_id is None


def test_what_a_roster_says_is_told_to_no_clinic(session: Session) -> None:
    people = make_people(session)
    case = protected(session, people)
    record_ends(session, [end_of(case)], by=By(), on=LATER)
    shown = {
        user.login: "employment-ended" in {step.event for step in cut_for(user, case).steps(case)}
        for user in (people.CLIN, people.EMP, people.HLTH)
    }
    assert shown == {people.CLIN.login: False, people.EMP.login: True, people.HLTH.login: True}


def test_hr_enters_it_by_hand_on_the_protected_list(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    case = protected(session, people)
    period = session.scalars(select(ProtectedPeriod)).one()
    address = f"/cases/protected/{period.id}/end"
    client = as_user(people.HRSS)
    assert address in browse("/cases/protected").get_data(as_text=True)
    as_user(people.HRSS)
    browse(address)
    for wrong in (
        {"document_no": "1"},
        {"ended_on": "2026-03-11"},
        {"ended_on": (today() + timedelta(days=1)).isoformat(), "document_no": "1"},
    ):
        client = as_user(people.HRSS)
        assert client.post(address, data=wrong).status_code == 400
    client = as_user(people.HRSS)
    assert client.post(address, data={"ended_on": "2026-03-01", "document_no": "1"}).status_code == 400, "before the period"
    paper = (BytesIO(b"%PDF-1.4 x"), "解除通知.pdf")
    said = {"ended_on": "2026-03-11", "document_no": "解除通知书3号", "document": paper}
    client = as_user(people.HRSS)
    answer = client.post(address, data=said, content_type="multipart/form-data")
    lead = leads(session)[0]
    assert answer.status_code == 302 and answer.location.endswith(f"/cases/{lead.number}")
    assert [one.filename for one in lead.evidence] == ["解除通知.pdf"]
    assert session.scalars(select(ProtectedEnding.ended_on)).all() == [date(2026, 3, 11)]
    session.expire_all()
    assert session.get_one(Case, case.id).steps[-1].organisation_id == people.HRSS.organisation_id
    as_user(people.HRSS)
    text = browse("/cases/protected").get_data(as_text=True)
    assert "2026-03-11" in text and lead.number in text and address not in text
    far = make_user(session, "hr", make_organisation(session, department="hr", region_code="330482"))
    client = as_user(far)
    assert client.get(address).status_code == 404


def test_the_citys_human_resources_read_the_leads_of_its_counties_and_towns_none(session: Session) -> None:
    _people, case = arrive(session, "contra", TOLD)
    lead = record_ends(session, [end_of(case)], by=By(), on=LATER)[0]
    city = make_user(session, "hr", make_organisation(session, department="hr", level="city", region_code="330400"))
    elsewhere = make_user(session, "hr", make_organisation(session, department="hr", region_code="330402"))
    town = make_user(session, "town", make_organisation(session, **PLACES["town"] | {"region_code": lead.region_code or "330481101"}))
    assert allowed(city, Permission.CASE_READ, lead) and cut_for(city, lead).has_way and possible(lead, By(city)) == []
    assert allowed(city, Permission.CASE_REMIND, lead) and not allowed(city, Permission.CASE_ACT, lead)
    assert not allowed(city, Permission.CASE_READ, case)
    assert not any(allowed(who, Permission.CASE_READ, lead) for who in (elsewhere, town))
