"""Protected periods: when one begins and ends, who sees it, and that nothing medical goes with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ohs.accounts.models import User
from ohs.accounts.reports import ConsentMissing, find_report, prepare_export
from ohs.cases.handling import take_case
from ohs.cases.models import Case, CaseTrack
from ohs.cases.protection import ProtectedPeriod
from ohs.cases.protection_queries import filtered_periods, standing_of
from ohs.cases.waiting import settle
from ohs.kernel.audit import AuditEvent
from ohs.kernel.crypto import blind
from ohs.registry.models import Employer, Worker
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, act, make_case, make_people, prove
from tests.factories.surveillance import make_worker

TOLD = {"told_worker_on": date(2026, 3, 4), "told_employer_on": date(2026, 3, 4), "how_told": "writing"}
FOUND, NOTIFIED = date(2026, 3, 2), date(2026, 3, 4)


def told_case(session: Session, people: People) -> Case:
    case = make_case(session, people, "susp", on=FOUND)
    act(session, people, case, "CLIN", "notify", date(2026, 3, 5), **TOLD)
    return case


def periods(session: Session, case: Case) -> list[tuple[date, date | None]]:
    session.flush()
    found = select(ProtectedPeriod).where(ProtectedPeriod.case_id == case.id).order_by(ProtectedPeriod.id)
    return [(one.started_on, one.ended_on) for one in session.scalars(found)]


def test_nobody_is_protected_before_they_are_told(session: Session) -> None:
    people = make_people(session)
    assert periods(session, make_case(session, people, "susp", on=FOUND)) == []
    case = told_case(session, people)
    assert periods(session, case) == [(NOTIFIED, None)]
    contra = make_case(session, people, "contra", on=FOUND)
    act(session, people, contra, "CLIN", "notify", NOTIFIED, **TOLD)
    assert periods(session, contra) == [], "only a suspected disease protects"


def test_a_waiver_ends_the_period_and_the_next_finding_begins_another(session: Session) -> None:
    people = make_people(session)
    case = told_case(session, people)
    prove(session, case, people.HLTH, "refusal")
    act(session, people, case, "WKR", "worker-refuses", date(2026, 3, 9), reason="不愿诊断", refused_on=date(2026, 3, 9))
    assert periods(session, case) == [(NOTIFIED, date(2026, 3, 9))]
    act(session, people, case, "CLIN", "next-suspected-found", date(2026, 6, 1), found_on=date(2026, 6, 1), disease="矽肺")
    assert periods(session, case) == [(NOTIFIED, date(2026, 3, 9))], "found again, and not told yet"
    again = {"told_worker_on": date(2026, 6, 2), "told_employer_on": date(2026, 6, 2), "how_told": "writing"}
    act(session, people, case, "CLIN", "notify", date(2026, 6, 2), **again)
    assert periods(session, case) == [(NOTIFIED, date(2026, 3, 9)), (date(2026, 6, 2), None)]


@pytest.mark.parametrize("word", ["final_yes", "final_no"])
def test_the_last_word_ends_the_period(session: Session, word: str) -> None:
    people = make_people(session)
    case = told_case(session, people)
    case.tracks.append(CaseTrack(kind="susp", track="appraisal", status="served", owner=people.HLTH.organisation))
    settle(session, case)
    assert periods(session, case) == [(NOTIFIED, None)]
    case.tracks[0].status = word
    take_case(session, case, actor=people.HLTH, on=date(2026, 4, 20))
    settle(session, case)
    settle(session, case)
    assert periods(session, case) == [(NOTIFIED, date(2026, 4, 20))]


def test_a_period_goes_where_its_case_goes(session: Session) -> None:
    case = told_case(session, make_people(session))
    case.county_code = "330482"
    settle(session, case)
    session.flush()
    assert session.scalars(select(ProtectedPeriod)).one().county_code == "330482"


def test_of_one_case_no_two_periods_run(session: Session) -> None:
    case = told_case(session, make_people(session))
    session.flush()
    session.add(ProtectedPeriod(case_id=case.id, worker_id=case.worker_id, county_code="330481", started_on=NOTIFIED))
    with pytest.raises(IntegrityError):
        session.flush()


def _numbered(session: Session, people: People, number: str) -> Worker:
    case = told_case(session, people)
    worker = session.get_one(Worker, case.worker_id)
    worker.id_index = blind("worker", f"居民身份证:{number}")
    session.flush()
    return worker


def test_hr_of_the_region_is_answered_and_nobody_elses(session: Session) -> None:
    people = make_people(session)
    _numbered(session, people, "330481199001010011")
    far = make_user(session, "hr", make_organisation(session, department="hr", region_code="330482"))
    answer = standing_of(session, people.HRSS, "33048119900101 0011".replace(" ", ""))
    assert (answer.is_protected, answer.is_confirmed, answer.since) == (True, False, NOTIFIED)
    assert not standing_of(session, far, "330481199001010011").is_protected
    assert not standing_of(session, people.HRSS, "330481199001010012").is_protected
    assert not standing_of(session, people.HLTH, "330481199001010011").is_protected, "the flag is HR's; health reads the case"


def test_a_merged_entry_answers_for_the_one_that_stands(session: Session) -> None:
    people = make_people(session)
    worker = _numbered(session, people, "330481199001010011")
    kept = make_worker(session, session.get_one(Employer, worker.employer_id))
    worker.merged_into_id = kept.id
    session.flush()
    assert standing_of(session, people.HRSS, "330481199001010011").is_protected


def test_a_worker_with_two_cases_is_one_line(session: Session) -> None:
    people = make_people(session)
    one, two = told_case(session, people), make_case(session, people, "susp", on=FOUND)
    two.worker_id = one.worker_id
    act(session, people, two, "CLIN", "notify", NOTIFIED, **TOLD)
    session.flush()
    assert len(session.scalars(filtered_periods(session, people.HRSS, "")).all()) == 1


def test_the_page_says_since_when_and_nothing_of_why(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    worker = _numbered(session, people, "330481199001010011")
    case = session.scalars(select(Case).where(Case.worker_id == worker.id)).one()
    as_user(people.HRSS)
    text = browse("/cases/protected").get_data(as_text=True).split("<main")[1]
    assert "2026-03-04" in text and people.EMP.organisation.name in text and worker.name not in text
    assert case.number not in text and "噪声" not in text and "P01" not in text
    as_user(people.HRSS)
    assert "2026-03-04" in browse("/cases/protected?text=330481199001010011").get_data(as_text=True)
    as_user(people.HRSS)
    assert "2026-03-04" not in browse("/cases/protected?text=33048119900101").get_data(as_text=True), "whole numbers only"


def test_each_asking_is_on_record_without_its_answer(session: Session, as_user: Callable[[User], Any]) -> None:
    people = make_people(session)
    worker = _numbered(session, people, "330481199001010011")
    client = as_user(people.HRSS)
    answer = client.post("/cases/protected/ask", data={"id_number": "330481199001010011", "why": "dismissal"})
    assert (answer.status_code == 200 and "第五十五条" in answer.get_data(as_text=True)) or "第55条" in answer.get_data(as_text=True)
    assert client.post("/cases/protected/ask", data={"id_number": "330481199001019999", "why": "expiry"}).status_code == 200
    asked = session.scalars(select(AuditEvent).where(AuditEvent.event == "protection:asked").order_by(AuditEvent.id)).all()
    assert [(one.subject, one.actor, one.after) for one in asked] == [
        (str(worker.id), people.HRSS.login, None),
        ("", people.HRSS.login, None),
    ]
    assert all("330481" not in (one.subject + str(one.reason)) for one in asked)
    assert client.post("/cases/protected/ask", data={"id_number": "330481199001010011"}).status_code == 400, "why is asked"


def test_many_rows_need_a_second_person(session: Session) -> None:
    people = make_people(session)
    case = told_case(session, people)
    report = find_report("protected-periods")
    assert report is not None
    export = prepare_export(session, people.HRSS, report, MultiDict())
    assert [row[1:5] for row in export.rows()] == [[people.EMP.organisation.name, "海宁市", "是", NOTIFIED]]
    for number in range(101):
        worker = make_worker(session, session.get_one(Employer, case.employer_id))
        session.add(
            ProtectedPeriod(case_id=_copy(session, case, number).id, worker_id=worker.id, county_code="330481", started_on=NOTIFIED)
        )
    session.flush()
    with pytest.raises(ConsentMissing):
        prepare_export(session, people.HRSS, report, MultiDict())


def _copy(session: Session, case: Case, number: int) -> Case:
    copy = Case(
        number=f"YS-{number}",
        kind="susp",
        status="notified",
        subject=f"copy:{number}",
        county_code="330481",
        opened_on=FOUND,
        owner=case.owner,
    )
    session.add(copy)
    session.flush()
    return copy
