"""Examinations that close the lines of examinations not done: by the upload itself, by what is on file, and on the pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.emergency import EmergencyAccess
from ohs.cases.machine import Opening, do, open_case
from ohs.cases.models import Case, CaseLine
from ohs.kernel.clock import now, today
from ohs.registry.models import Employer, Worker
from ohs.surveillance.overdue_lines import Done, counts_for
from tests.accounts.test_reports import rows_in
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, add_lines, make_case, make_people
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination
from tests.imports.workbooks import VALID
from tests.uploads.test_road import ON, committed, rows

BEFORE = {"examined_on": "2025-08-01", "reported_on": "2025-08-05", "card_no": "OLD1"}
OTHER = {"worker_name": "王芳", "id_number": "33040219900308998X", "card_no": "OLD2"}
PDF = b"%PDF-1.4 proof"


@pytest.fixture
def nurse(session: Session) -> User:
    make_user(session, "health")
    employer = make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"])
    make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id, name=employer.name)
    return make_user(session, "clinic")


def overdue(session: Session, subtype: str = "PERIODIC", due_on: date = date(2026, 8, 1), hazards: str = "P01") -> Case:
    """A case with a line for everybody who is known at the employer."""
    employer = session.scalars(select(Employer)).one()
    opening = Opening(
        "overdue", "rule-fires", f"employer:{employer.id}:{subtype}", "330481", subtype=subtype, employer_id=employer.id, hazard_codes=hazards,
        facts={"found_on": ON},
    )  # fmt: skip
    case = open_case(session, opening, by=By(), on=ON)
    case.lines.extend(CaseLine(worker_id=id, due_on=due_on) for id in session.scalars(select(Worker.id).order_by(Worker.id)))
    do(session, case, "send-list", {}, by=By(), on=ON)
    session.commit()
    return case


def outcomes(session: Session, case: Case) -> list[tuple[str, str]]:
    session.expire_all()
    return [(line.outcome, line.record) for line in case.lines]


def test_an_upload_closes_the_lines_that_wait_for_it(session: Session, nurse: User) -> None:
    committed(session, rows(BEFORE, BEFORE | OTHER), nurse)
    case = overdue(session)
    committed(session, rows({"card_no": "NEW1"}), nurse)
    assert outcomes(session, case) == [("examined", "NEW1"), ("", "")] and case.status == "notified"
    assert case.steps[-1].event == "lines-examined" and case.steps[-1].facts["lines_left"] == 1
    committed(session, rows(OTHER | {"card_no": "NEW2"}), nurse)
    assert outcomes(session, case) == [("examined", "NEW1"), ("examined", "NEW2")]
    assert (case.status, case.closed_on) == ("closed", ON)


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "离岗时"},
        {"examined_hazards": "矽尘"},
        {"conclusions": "暂无个体结论"},
        BEFORE | {"card_no": "X", "examined_on": "2025-07-30"},
    ],
    ids=["another phase", "another hazard", "no conclusion yet", "long before"],
)
def test_what_does_not_count_closes_nothing(session: Session, nurse: User, change: dict[str, Any]) -> None:
    committed(session, rows(BEFORE), nurse)
    case = overdue(session)
    committed(session, rows({"card_no": "NEW1"} | change), nurse)
    assert outcomes(session, case) == [("", "")]


def test_before_placement_the_record_waits_for_the_proof(session: Session, nurse: User) -> None:
    committed(session, rows(BEFORE), nurse)
    case = overdue(session, "PRE")
    committed(session, rows({"card_no": "NEW1", "phase": "上岗前"}), nurse)
    assert outcomes(session, case) == [("", "NEW1")] and case.closed_on is None


def test_a_correction_opens_the_line_again(session: Session, nurse: User) -> None:
    committed(session, rows(BEFORE, BEFORE | OTHER), nurse)
    case = overdue(session)
    committed(session, rows({"card_no": "NEW1"}), nurse)
    committed(session, rows({"card_no": "NEW1", "phase": "离岗时"}), nurse)
    assert outcomes(session, case) == [("", ""), ("", "")] and case.steps[-1].event == "lines-reopened"


DUE = date(2026, 8, 1)
COUNTS = [
    ("PRE", "pre-placement", date(2026, 9, 1), True), ("PRE", "in-service", date(2026, 9, 1), False),
    ("PERIODIC", "in-service", date(2026, 8, 1), True), ("PERIODIC", "in-service", date(2025, 8, 2), True), ("PERIODIC", "in-service", date(2025, 8, 1), False),
    ("PERIODIC", "leaving", date(2026, 8, 2), False), ("LEAVE", "leaving", date(2026, 9, 1), True), ("LEAVE", "leaving", date(2026, 5, 2), False),
    ("LEAVE", "in-service", date(2026, 5, 3), True), ("LEAVE", "in-service", date(2026, 5, 2), False), ("LEAVE", "in-service", date(2026, 8, 2), False),
    ("EMERG", "emergency", date(2026, 7, 30), True), ("EMERG", "emergency", date(2026, 7, 29), False), ("EMERG", "in-service", date(2026, 8, 2), False),
]  # fmt: skip


@pytest.mark.parametrize(("subtype", "phase", "examined_on", "counts"), COUNTS)
def test_which_examination_counts(subtype: str, phase: str, examined_on: date, counts: bool) -> None:
    """Noise is examined for every year at the earliest; leaving has ninety days before it, an acute event two days."""
    done = Done(1, "K1", 1, 1, phase, examined_on, frozenset({"P01"}), "N", False)
    assert counts_for(done, subtype, DUE, ON, "P01") is counts
    assert not counts_for(Done(1, "K1", 1, 1, phase, examined_on, frozenset({"P01"}), "N", True), subtype, DUE, ON, "P01")


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


def listed(session: Session, people: People, subtype: str = "PERIODIC", count: int = 3) -> Case:
    case = make_case(session, people, "overdue", on=today() - timedelta(days=1), subtype=subtype, hazard_codes="P01")
    case.clinic_id = people.CLIN.organisation_id
    add_lines(session, people, case, count)
    do(session, case, "send-list", {}, by=people.by("HLTH"), on=today())
    session.commit()
    return case


def on_file(session: Session, people: People, line: CaseLine, **given: Any) -> str:
    worker = session.get_one(Worker, line.worker_id)
    employer = session.get_one(Employer, worker.employer_id)
    return make_examination(session, people.CLIN, employer, worker_id=worker.id, examined_on=today(), **given).card_no


def file() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "证明.pdf"


def test_an_employer_and_the_health_department_work_on_the_list(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = listed(session, people)
    first, second, third = case.lines
    client = as_user(people.EMP)
    page = browse(f"/cases/lines?case={case.number}").get_data(as_text=True)
    assert page.count('name="line"') == 3 and "提交无须检查的证明" in page and "认可" not in page and "E******" in page
    assert browse(f"/cases/{case.number}").get_data(as_text=True).count(f"/cases/lines?case={case.number}") >= 2
    chosen = client.get(f"/cases/{case.number}/lines?line={first.id}&line={second.id}&deed=prove")
    browse(chosen.location)
    refused = client.post(chosen.location, data={"line": [first.id], "why": "no-exposure"})
    assert refused.status_code == 400, "no proof"
    handed = client.post(
        chosen.location, data={"line": [first.id, second.id], "why": "no-exposure", "file": file()}, content_type="multipart/form-data"
    )
    assert handed.status_code == 302
    client = as_user(people.HLTH)
    duty = next(one for one in case.duties if one.event == "decide-proofs")
    assert "standing=claimed" in client.get(f"/cases/{case.number}/duties/{duty.id}").location
    page = browse(f"/cases/lines?case={case.number}&standing=claimed").get_data(as_text=True)
    assert page.count('name="line"') == 2 and "证明.pdf" in page
    answer = client.get(f"/cases/{case.number}/lines?every=1&standing=claimed&deed=accept")
    assert browse(answer.location).get_data(as_text=True).count('name="line"') == 2
    assert client.post(answer.location, data={"line": [first.id, second.id]}).status_code == 302
    on_file(session, people, third)
    assert client.post(f"/cases/{case.number}/lines/examined", data={"line": [third.id]}).status_code == 302
    session.expire_all()
    assert [line.outcome for line in case.lines] == ["no-exposure", "no-exposure", "examined"] and case.status == "closed"


def test_a_clinic_names_the_card_and_brings_the_proof(session: Session, people: People, as_user: Callable[[User], FlaskClient]) -> None:
    case = listed(session, people, "PRE", 2)
    first, second = case.lines
    card, client, address = (
        on_file(session, people, first, phase="pre-placement"),
        as_user(people.CLIN),
        f"/cases/{case.number}/lines/examined",
    )
    send = lambda **given: client.post(address, data=given, content_type="multipart/form-data")  # noqa: E731
    assert send(line=[first.id, second.id], record=card).status_code == 400, "a card is of one worker"
    assert send(line=[second.id], record=card).status_code == 400, "not of this worker, and no report"
    assert send(line=[first.id], record=card, off_hazard=file()).status_code == 302
    assert send(line=[second.id], record="纸质1", examined_on=today().isoformat(), report=file()).status_code == 302
    session.expire_all()
    assert [(line.outcome, line.record) for line in case.lines] == [("examined", card), ("", "纸质1")]
    client = as_user(people.EMP)
    answer = client.post(
        f"/cases/{case.number}/lines/off-hazard", data={"line": [second.id], "file": file()}, content_type="multipart/form-data"
    )
    session.expire_all()
    assert answer.status_code == 302 and case.status == "closed"


def test_who_has_no_record_stays_open_and_is_named(session: Session, people: People, as_user: Callable[[User], FlaskClient]) -> None:
    case = listed(session, people, count=2)
    on_file(session, people, case.lines[0])
    client = as_user(people.CLIN)
    address, ids = f"/cases/{case.number}/lines/examined", [line.id for line in case.lines]
    assert client.post(address, data={"line": ids}).status_code == 302
    session.expire_all()
    assert [line.outcome for line in case.lines] == ["examined", ""] and case.closed_on is None
    again = client.post(address, data={"line": ids[1:]})
    assert again.status_code == 409 and "没有符合要求的体检记录：张*" in again.get_data(as_text=True)
    closing = client.post(f"/cases/{case.number}/act/main/record-uploaded", data={})
    assert closing.status_code in (400, 409), "the clinic cannot close what is open"


def test_what_each_department_sees(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = listed(session, people)
    session.get_one(Worker, case.lines[0].worker_id).name = "欧阳长安"
    for account, status in (("HRSS", 403), ("SAFE", 403), ("DIAG", 403), ("TOWN", 403)):
        as_user(getattr(people, account))
        browse(f"/cases/lines?case={case.number}", status)
    for account in ("HRSS", "SAFE"):
        user = getattr(people, account)
        session.add(
            EmergencyAccess(
                case_id=case.id,
                user_id=user.id,
                reason="rescue",
                note="抢险",
                opened_at=now(),
                ends_at=now() + timedelta(hours=1),
                review_due_on=today(),
            )
        )
        as_user(user)
        page = browse(f"/cases/{case.number}").get_data(as_text=True)
        assert "名单人员" in page and "欧阳" not in page and "/cases/lines" not in page
        assert (f"{case.opened_on:%Y-%m}：3" in page) == (account == "HRSS") and ("&lt; 5" in page) == (account == "SAFE")
    stranger = make_user(
        session, "employer", make_organisation(session, kind="employer", region_code="330482", employer_id=make_employer(session).id)
    )
    as_user(stranger)
    assert "欧阳" not in browse(f"/cases/lines?case={case.number}").get_data(as_text=True)
    as_user(people.HLTH)
    page = browse(f"/cases/lines?case={case.number}&text=欧阳长安").get_data(as_text=True)
    assert page.count('name="line"') == 1 and "欧阳*" in page and "欧阳长安</a>" not in page


def test_the_list_is_paged_and_taken_out(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = listed(session, people, count=60)
    client = as_user(people.EMP)
    page = browse(f"/cases/lines?case={case.number}").get_data(as_text=True)
    assert page.count('name="line"') == 50 and 'rel="next"' in page
    every = client.get(f"/cases/{case.number}/lines?every=1&deed=prove")
    assert browse(every.location).get_data(as_text=True).count('name="line"') == 60
    taken = rows_in(client.get(f"/reports/overdue-workers.xlsx?case={case.number}").data)
    assert len(taken) == 61 and "张敏" in taken[1] and any("*" in str(value) for value in taken[1])
