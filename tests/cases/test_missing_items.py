"""What HR lists as missing in a work-injury application: the applicant supplies it, and HR's limit begins anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.evidence import may_see, missing_for_duty, take_back
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseDuty
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.cases.test_section_4_2 import APPLIED, YES
from tests.cases.test_to_do import rows_of
from tests.cases.ways import DAY, arrive, last_day, running
from tests.factories.cases import People, prove

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LATER = DAY + timedelta(days=9)
BY_WORKER = f"{YES}, UNION work_injury worker-applies"


def listed(session: Session, way: str = APPLIED) -> tuple[People, Case, CaseDuty]:
    """A case in which HR has listed what is missing."""
    people, case = arrive(session, "susp", way)
    do(session, case, "missing-items-listed", {"missing": "劳动合同复印件"}, by=people.by("HRSS"), on=DAY, track="work_injury")
    (duty,) = [one for one in case.duties if one.event.startswith("supply-missing-items")]
    return people, case, duty


def supply(session: Session, people: People, case: Case, duty: CaseDuty, actor: str, done_on: date = LATER, on: date = LATER) -> None:
    """Supply it, with a file."""
    kind = "missing-items-worker" if duty.event.endswith("worker") else "missing-items"
    prove(session, case, people.by(actor).user or people.HRSS, kind)
    fulfil(session, case, duty, {"done_on": done_on}, by=people.by(actor), on=on)


def test_the_employer_who_applied_must_act_and_hr_waits(session: Session) -> None:
    people, case, duty = listed(session)
    rows = rows_of(session, case)
    assert duty.event in rows[people.EMP.organisation_id].what.split(";")
    assert people.HRSS.organisation_id not in rows, "HR has nothing to do before it is supplied"
    assert "work-injury-accept" not in running(case, "work_injury")


def test_what_a_worker_must_supply_waits_at_hr_that_records_it(session: Session) -> None:
    people, case, duty = listed(session, BY_WORKER)
    rows = rows_of(session, case)
    assert duty.event == "supply-missing-items-worker" and rows[people.HRSS.organisation_id].what == duty.event
    assert duty.event not in rows[people.EMP.organisation_id].what
    with pytest.raises(DomainError, match="not for you"):
        supply(session, people, case, duty, "EMP")
    assert missing_for_duty(case, duty) == [], "it was put on file before the refusal"
    supply(session, people, case, duty, "HRSS")
    assert not may_see(people.EMP, case, case.evidence[-1].kind), "what the worker's side supplies is not the employer's to read"
    assert running(case, "work_injury")["work-injury-accept"] == last_day(LATER, "5w")


@pytest.mark.parametrize("actor", ["EMP", "HRSS"])
def test_hrs_limit_begins_anew_on_the_day_of_receipt(session: Session, actor: str) -> None:
    people, case, duty = listed(session)
    supply(session, people, case, duty, actor, done_on=LATER - timedelta(days=2))
    assert (duty.state, case.status_on("work_injury")) == ("done", "wi_applied")
    assert running(case, "work_injury")["work-injury-accept"] == last_day(LATER - timedelta(days=2), "5w")
    row = rows_of(session, case)[people.HRSS.organisation_id]
    assert row.clock_id == next(one.id for one in case.clocks if one.slug == "work-injury-accept" and one.state == "running")
    assert actor == "HRSS" or "HRSS" in case.steps[-1].told


def test_nothing_is_supplied_without_a_file_and_the_file_stays(session: Session) -> None:
    people, case, duty = listed(session)
    with pytest.raises(DomainError, match="Evidence is missing"):
        fulfil(session, case, duty, {"done_on": LATER}, by=people.by("EMP"), on=LATER)
    assert duty.state == "due" and "work-injury-accept" not in running(case, "work_injury")


def test_hr_may_go_on_without_and_nobody_is_asked_any_more(session: Session) -> None:
    people, case, duty = listed(session)
    facts = {"accepted_on": LATER, "document_no": "认字1号", "is_clear": False}
    do(session, case, "accept", facts, by=people.by("HRSS"), on=LATER, track="work_injury")
    assert duty.state == "dropped"
    assert duty.event not in rows_of(session, case)[people.EMP.organisation_id].what
    with pytest.raises(DomainError):
        fulfil(session, case, duty, {"done_on": LATER}, by=people.by("EMP"), on=LATER)


def test_page_inbox_and_form_say_what_is_missing(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case, duty = listed(session)
    client = as_user(people.EMP)
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert people.EMP.organisation.name in text and "补正工伤认定申请材料" in text
    form = browse(f"/cases/{case.number}/duties/{duty.id}").get_data(as_text=True)
    assert "劳动合同复印件" in form and "file-missing-items" in form
    sent = {"done_on": today().isoformat(), "note": "", "file-missing-items": (io.BytesIO(PDF), "合同.pdf")}
    answer = client.post(f"/cases/{case.number}/duties/{duty.id}", data=sent, follow_redirects=True).get_data(as_text=True)
    assert people.HRSS.organisation.name in answer
    session.expire_all()
    assert duty.state == "done" and "work-injury-accept" in running(case, "work_injury")
    file = next(one for one in case.evidence if one.filename == "合同.pdf")
    with pytest.raises(DomainError, match="rests on this file"):
        take_back(session, case, file, actor=people.EMP, on=today())
    as_user(people.HRSS)
    assert "合同.pdf" in browse(f"/cases/{case.number}").get_data(as_text=True)


def test_hr_is_told_in_the_status_line_that_the_employer_must_act(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case, _duty = listed(session)
    as_user(people.HRSS)
    assert case.number in browse("/inbox/others").get_data(as_text=True)
    as_user(people.HRSS)
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert f"<b>{people.EMP.organisation.name}</b> — 补正工伤认定申请材料" in text
