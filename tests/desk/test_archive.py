"""The page of a worker as an archive: what stands there for whom, and what must not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.services import give_purpose
from ohs.desk.worker_copies import make_copy
from ohs.kernel.audit import AuditEvent
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer, Employment, Exposure, Worker, WorkerClinic
from ohs.surveillance.sealing import SEALED_PURPOSE
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import make_case, make_people
from tests.factories.codes import make_reader
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination

#: Values planted in examinations of two clinics; no other number on the page looks like them.
HERE, ELSEWHERE = {"hb_g_l": 131.25, "hearing_high_db": 47.5}, {"hb_g_l": 98.75}
OTHER = "胆囊息肉样变"


@dataclass
class File:
    """A worker of two employers, examined at two clinics."""

    worker: Worker
    first: Employer
    second: Employer
    nurse: User
    other_nurse: User


@pytest.fixture
def file(session: Session) -> File:
    first, second = make_employer(session, name="前用人单位"), make_employer(session, name="现用人单位")
    worker = make_reader(session, second)
    nurse, other_nurse = make_user(session, "clinic"), make_user(session, "clinic")
    for clinic, employer, on, items in ((nurse, first, date(2023, 5, 1), HERE), (other_nurse, second, date(2025, 5, 1), ELSEWHERE)):
        sealed = keyring().seal(SEALED_PURPOSE, json.dumps(items | {"other_finding": OTHER}, ensure_ascii=False).encode())
        make_examination(session, clinic, employer, worker_id=worker.id, conclusions="O", examined_on=on, reported_on=on, sealed=sealed)
        session.add(WorkerClinic(organisation_id=clinic.organisation_id, worker_id=worker.id))
        span = {"worker_id": worker.id, "employer_id": employer.id, "post": f"{employer.name}岗位", "starts_on": on, "seen_on": on}
        session.add_all([Employment(**span), Exposure(**span, hazard_code="D01" if employer is first else "P01")])
    session.commit()
    return File(worker, first, second, nurse, other_nurse)


@pytest.fixture
def page(as_user: Callable[[User], FlaskClient], file: File) -> Callable[[User], str]:
    def read(user: User) -> str:
        answer = as_user(user).get(f"/workers/{file.worker.id}")
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    return read


def of_employer(session: Session, employer: Employer) -> User:
    return make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))


def shows(text: str, items: dict[str, Any]) -> bool:
    return any(f"{value:g}" in text for value in items.values())


def test_an_officer_sees_both_employers_and_no_value_before_naming_a_purpose(
    session: Session, file: File, page: Callable[[User], str]
) -> None:
    officer = make_user(session, "health")
    text = page(officer)
    assert "前用人单位岗位" in text and "现用人单位岗位" in text
    assert not shows(text, HERE) and not shows(text, ELSEWHERE) and OTHER not in text
    give_purpose(session, officer, file.worker.id, "supervision: 现场检查")
    session.commit()
    text = page(officer)
    assert shows(text, HERE) and shows(text, ELSEWHERE)


def test_a_clinic_sees_the_values_of_its_own_examinations_only(file: File, page: Callable[[User], str]) -> None:
    text = page(file.nurse)
    assert shows(text, HERE) and not shows(text, ELSEWHERE)


def test_an_employer_sees_conclusions_and_its_own_time_only(session: Session, file: File, page: Callable[[User], str]) -> None:
    text = page(of_employer(session, file.second))
    assert "现用人单位岗位" in text and "前用人单位" not in text
    assert not shows(text, HERE) and not shows(text, ELSEWHERE) and OTHER not in text and "其他疾病" not in text


def test_opened_values_are_on_record_with_their_number(session: Session, file: File, page: Callable[[User], str]) -> None:
    counted = select(func.count()).select_from(AuditEvent).where(AuditEvent.event == "worker:read-values")
    page(of_employer(session, file.second))
    assert session.scalar(counted) == 0
    page(file.nurse)
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "worker:read-values")).one()
    assert (event.subject_id, event.after) == (file.worker.id, {"examinations": 1})


def test_cases_and_diagnoses_are_cut_for_each_reader(session: Session, file: File, page: Callable[[User], str]) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    case.worker_id, case.employer_id, case.clinic_id = file.worker.id, file.second.id, file.other_nurse.organisation_id
    session.commit()
    assert case.number in page(people.HLTH)
    assert case.number in page(of_employer(session, file.second))
    assert case.number not in page(file.nurse)


@pytest.fixture
def copy(session: Session, file: File) -> Callable[[User], str]:
    """What stands on the copy that a person makes, as one text."""

    def made(user: User) -> str:
        return repr(make_copy(session, file.worker, actor=user, on=date(2026, 11, 2)))

    return made


def test_an_employers_copy_holds_its_own_time_and_no_value(session: Session, file: File, copy: Callable[[User], str]) -> None:
    text = copy(of_employer(session, file.second))
    assert "现用人单位岗位" in text and "前用人单位" not in text
    assert not shows(text, HERE) and not shows(text, ELSEWHERE) and OTHER not in text and "其他疾病" not in text
    assert file.worker.id_number not in text


def test_the_copy_of_health_holds_every_value_and_nothing_unrelated_to_work(
    session: Session, file: File, copy: Callable[[User], str]
) -> None:
    officer = make_user(session, "health")
    give_purpose(session, officer, file.worker.id, "supervision: 现场检查")
    text = copy(officer)
    assert shows(text, HERE) and shows(text, ELSEWHERE) and "偏低" in text
    assert OTHER not in text and "其他疾病" not in text


def test_a_copy_needs_a_purpose_and_every_copy_is_numbered_and_on_record(
    session: Session, file: File, as_user: Callable[[User], FlaskClient]
) -> None:
    officer, address = make_user(session, "health"), f"/workers/{file.worker.id}/copy"
    assert as_user(officer).post(address).status_code == 404
    give_purpose(session, officer, file.worker.id, "supervision: 现场检查")
    session.commit()
    assert address in as_user(officer).get(f"/workers/{file.worker.id}").get_data(as_text=True)
    for user in (officer, of_employer(session, file.second)):
        answer = as_user(user).post(address)
        assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
        assert answer.data.startswith(b"%PDF")
    assert as_user(file.nurse).post(address).status_code == 403
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "worker:copied").order_by(AuditEvent.id)).all()
    assert [(event.after or {})["number"][-6:] for event in events] == ["000001", "000002"]
    assert {event.subject_id for event in events} == {file.worker.id}
