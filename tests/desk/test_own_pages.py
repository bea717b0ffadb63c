"""A worker's own page: who gets in, what is read there, what never is, and what the trail keeps of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ohs.accounts.models import User
from ohs.accounts.reports import ExportedWorker, all_reports
from ohs.accounts.services import give_purpose
from ohs.cases.documents import issue_document, void_document
from ohs.cases.models import CaseLine, CaseStep
from ohs.desk.me_views import TOKEN
from ohs.desk.readings import readings_of
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer, Worker
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.tables import table
from ohs.surveillance.models import Examination
from ohs.surveillance.sealing import SEALED_PURPOSE
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_people
from tests.factories.codes import LAST, make_code, make_reader
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination, make_worker

LATER = date(2026, 11, 4)
PAGES = ("", "results", "cases", "rights", "readers")
VALUES = {"wbc_10e9_l": 3.21, "hb_g_l": 98, "other_finding": "胆囊结石", "advice": "到医院就诊"}


@dataclass
class Own:
    """A worker with an examination, and a browser in which the own file is open."""

    worker: Worker
    employer: Employer
    examination: Examination
    officer: User
    nurse: User


@pytest.fixture
def own(session: Session) -> Own:
    employer = make_employer(session)
    worker, nurse, officer = make_reader(session, employer), make_user(session, "clinic"), make_user(session, "health")
    sealed = keyring().seal(SEALED_PURPOSE, json.dumps(VALUES, ensure_ascii=False).encode())
    examination = make_examination(session, nurse, employer, worker_id=worker.id, conclusions="O", sealed=sealed)
    return Own(worker, employer, examination, officer, nurse)


@pytest.fixture
def opened(session: Session, own: Own, client: FlaskClient) -> FlaskClient:
    _given, code = make_code(session, own.worker, own.officer)
    answer = client.post("/me/enter", data={"code": code, "last": LAST})
    assert answer.status_code == 302 and answer.location == "/me/"
    return client


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(f"/me/{path}")
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize("path", [*PAGES, "results/1", "letters/1"])
def test_without_a_code_every_page_leads_to_the_door(session: Session, own: Own, client: FlaskClient, path: str) -> None:
    path = path.replace("1", str(own.examination.id))
    answer = client.get(f"/me/{path}")
    assert (answer.status_code, answer.location) == (302, "/me/enter")
    assert own.worker.name not in answer.get_data(as_text=True)


def test_an_account_does_not_open_a_workers_page(session: Session, own: Own, as_user: Callable[[User], FlaskClient]) -> None:
    assert as_user(own.officer).get("/me/").location == "/me/enter"


def test_a_code_does_not_open_the_pages_of_accounts(opened: FlaskClient, own: Own) -> None:
    for address in ("/", "/workers/", f"/workers/{own.worker.id}", f"/examinations/{own.examination.id}"):
        assert "/sign-in" in opened.get(address).location


def test_leaving_without_a_code_leads_to_the_door_and_writes_nothing(session: Session, client: FlaskClient) -> None:
    assert client.post("/me/leave").location == "/me/enter"
    assert session.scalars(select(AuditEvent)).all() == []


def test_wrong_code_and_wrong_digits_get_the_same_page(session: Session, own: Own, client: FlaskClient) -> None:
    _given, code = make_code(session, own.worker, own.officer)
    wrong = [client.post("/me/enter", data={"code": typed, "last": last}) for typed, last in ((code, "0000"), ("000000000000", LAST))]
    pages = [
        answer.get_data(as_text=True).replace(code, "").replace("000000000000", "").replace(LAST, "").replace("0000", "")
        for answer in wrong
    ]
    assert [answer.status_code for answer in wrong] == [400, 400]
    assert pages[0] == pages[1]


def test_the_door_asks_for_a_token_of_its_own_form(app: Flask, session: Session, own: Own, client: FlaskClient) -> None:
    _given, code = make_code(session, own.worker, own.officer)
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/me/enter", data={"code": code, "last": LAST}).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/me/enter", data={"code": code, "last": LAST}).status_code == 302


def test_the_worker_reads_every_value_and_what_no_employer_is_told(opened: FlaskClient, own: Own) -> None:
    page = text_of(opened, f"results/{own.examination.id}")
    assert all(str(value) in page for value in VALUES.values())
    assert "其他疾病或异常" in text_of(opened, "results")


def test_every_page_is_a_whole_page_and_kept_by_no_browser(opened: FlaskClient, browse: Callable[..., Any], own: Own) -> None:
    for path in [*PAGES, f"results/{own.examination.id}"]:
        assert browse(f"/me/{path}").headers["Cache-Control"] == "no-store"


def test_another_workers_result_is_not_there(session: Session, opened: FlaskClient, own: Own) -> None:
    foreign = make_examination(session, own.nurse, own.employer)
    assert opened.get(f"/me/results/{foreign.id}").status_code == 404


def test_results_of_a_merged_file_are_read_with_it(session: Session, opened: FlaskClient, own: Own) -> None:
    kept = make_reader(session, own.employer, "330481198001014567")
    other = make_examination(session, own.nurse, own.employer, worker_id=kept.id)
    own.worker.merged_into_id = kept.id
    session.commit()
    for examination in (own.examination, other):
        assert text_of(opened, f"results/{examination.id}")


def test_nothing_is_read_after_leaving(opened: FlaskClient) -> None:
    with opened.session_transaction() as cookie:
        token = cookie[TOKEN]
    opened.post("/me/leave")
    with opened.session_transaction() as cookie:
        cookie[TOKEN] = token
    assert opened.get("/me/").location == "/me/enter"


def test_own_cases_are_told_in_plain_words_with_who_must_act(session: Session, opened: FlaskClient, own: Own) -> None:
    people = make_people(session)
    for kind in ("susp", "complaint"):
        make_case(session, people, kind).worker_id = own.worker.id
    session.commit()
    page = text_of(opened, "cases")
    assert "体检发现可能与工作有关的异常" in page
    assert people.CLIN.organisation.name in page
    assert "举报" not in page


def test_of_a_list_of_many_only_the_own_line_is_told(session: Session, opened: FlaskClient, own: Own) -> None:
    people = make_people(session)
    case = make_case(session, people, "overdue")
    case.worker_id = None
    other = make_reader(session, own.employer, "330481198001017777")
    for worker, due in ((own.worker, date(2026, 10, 1)), (other, date(2026, 9, 9))):
        case.lines.append(CaseLine(worker_id=worker.id, due_on=due))
    session.commit()
    page = text_of(opened, "cases")
    assert "2026-10-01" in page and "2026-09-09" not in page


def test_the_days_of_the_rights_come_from_the_table(opened: FlaskClient) -> None:
    page = text_of(opened, "rights")
    words = {"calendar_day": "日", "working_day": "个工作日", "month": "个月", "year": "年", "hour": "小时"}
    limited = [row for row in table("worker_rights") if row["deadline_slug"]]
    assert {row["deadline_slug"] for row in limited} >= {"appraisal-first-apply", "appraisal-second-apply", "work-injury-apply-worker"}
    for row in limited:
        deadline = find_deadline(row["deadline_slug"], date(2026, 11, 2))
        assert deadline is not None and "{limit}" in row["text_zh"] and "{limit}" in row["text_en"]
        assert row["text_zh"].format(limit=f"{deadline['amount']} {words[deadline['unit']]}") in page
    assert not any(character.isdigit() for row in table("worker_rights") for character in row["text_zh"] + row["text_en"])


def test_a_changed_limit_changes_the_page(opened: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(row | ({"amount": "77"} if row["slug"] == "appraisal-first-apply" else {}) for row in table("deadlines"))
    monkeypatch.setattr("ohs.rulebook.deadlines._rows_of", lambda slug: tuple(row for row in rows if row["slug"] == slug))
    assert "77 日" in text_of(opened, "rights")


def test_who_has_read_the_file_is_told_by_organisation_and_day(session: Session, own: Own, as_user: Callable[[User], FlaskClient]) -> None:
    give_purpose(session, own.officer, own.worker.id, "complaint: 张三来信反映")
    session.commit()
    as_user(own.officer).get(f"/workers/{own.worker.id}")
    as_user(own.nurse).get(f"/examinations/{own.examination.id}")
    client = as_user(own.officer)
    _given, code = make_code(session, own.worker, own.officer)
    client.post("/me/enter", data={"code": code, "last": LAST})
    page = text_of(client, "readers")
    assert own.officer.organisation.name in page and own.nurse.organisation.name in page
    assert "投诉" in page
    assert own.officer.login not in page and "张三来信反映" not in page and f">{own.officer.name}<" not in page


def test_a_list_that_was_taken_out_is_told_to_everybody_on_it(
    session: Session, own: Own, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    other = make_worker(session, session.get_one(Employer, own.worker.employer_id))
    client = as_user(own.officer)
    for name, whom in (("examinations", {own.worker.id}), ("workers", {own.worker.id, other.id})):
        assert client.get(f"/reports/{name}.xlsx?purpose=年度质控").status_code == 200
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        assert event.event.endswith(":exported")
        told = set(session.scalars(select(ExportedWorker.worker_id).where(ExportedWorker.event_id == event.id)))
        assert whom <= told and (other.id in told) == (name == "workers")
    readings = readings_of(session, own.worker)
    assert [(one.organisation, [what.id for what in one.what]) for one in readings if "list" in one.what[0].id] == [
        (own.officer.organisation.name, ["a list of many people on which you stand, which was taken out"])
    ]
    assert "导出的多人名单" in browse(f"/workers/{own.worker.id}").get_data(as_text=True)
    _given, code = make_code(session, own.worker, own.officer)
    client.post("/me/enter", data={"code": code, "last": LAST})
    page = text_of(client, "readers")
    assert "导出的多人名单" in page and "年度质控" not in page


def test_every_list_of_workers_says_of_whom(session: Session, own: Own) -> None:
    """Whatever is about workers names them to the record, set by set, for everybody who may take it."""
    for report in all_reports():
        content = report.content(session, own.officer, report.form(MultiDict()), "")
        assert (content.workers is not None) == report.is_about_workers, report.name
        if content.workers is not None:
            session.execute(content.workers).all()


def test_own_readings_are_on_record_and_not_told_as_others(session: Session, opened: FlaskClient, own: Own) -> None:
    text_of(opened, f"results/{own.examination.id}")
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "examination:own-read")).one()
    assert (event.actor, event.actor_id, event.subject_id) == ("worker", None, own.examination.id)
    assert "还没有人打开过" in text_of(opened, "readers")


def test_an_officer_hands_out_a_code_that_opens_the_file(session: Session, own: Own, as_user: Callable[[User], FlaskClient]) -> None:
    client = as_user(own.officer)
    form = {"document": "identity-card", "purpose": "own-file"}
    assert client.post(f"/workers/{own.worker.id}/code", data=form).status_code == 400
    slip = client.post(f"/workers/{own.worker.id}/code", data=form | {"is_checked": "y"}).get_data(as_text=True)
    code = slip.partition('class="slip-code">')[2].partition("<")[0]
    assert "<svg" in slip and "/me/" in slip
    assert code not in client.get(f"/workers/{own.worker.id}").get_data(as_text=True)
    assert code not in client.get("/workers/codes").get_data(as_text=True)
    assert client.post("/me/enter", data={"code": code, "last": LAST}).location == "/me/"


def test_no_code_for_somebody_whom_an_office_does_not_serve(session: Session, own: Own, as_user: Callable[[User], FlaskClient]) -> None:
    far = make_employer(session, county_code="330482", region_code="330482101")
    stranger = make_reader(session, far, "330482198001011111")
    assert as_user(own.officer).get(f"/workers/{stranger.id}/code").status_code == 404
    assert as_user(own.nurse).get(f"/workers/{own.worker.id}/code").status_code == 403


def test_readings_long_ago_and_of_evidence_are_told_too(session: Session, own: Own, opened: FlaskClient) -> None:
    case = make_case(session, make_people(session), "susp")
    case.worker_id = own.worker.id
    event = audit("worker:read", own.worker, own.officer)
    event.at -= timedelta(days=400)
    asked = audit("protection:asked", str(own.worker.id), make_user(session, "hr"))
    session.add_all([event, audit("case:evidence-read", case, own.nurse), asked])
    session.commit()
    page = text_of(opened, "readers")
    assert own.officer.organisation.name in page
    assert own.nurse.organisation.name in page and "的证据材料：" in page and "是否处于受保护期" in page


def test_letters_to_the_worker_are_read_and_no_others(session: Session, opened: FlaskClient, own: Own) -> None:
    people = make_people(session)
    mine, foreign = make_case(session, people, "susp"), make_case(session, people, "susp")
    mine.worker_id = own.worker.id
    session.flush()
    document, other = (issue_document(session, case, "suspected-notice", {}, actor=people.CLIN, on=LATER) for case in (mine, foreign))
    session.commit()
    copies = {copy.addressee: copy for copy in document.copies}
    assert f"/me/letters/{copies['WKR'].id}" in text_of(opened, "cases")
    answer = opened.get(f"/me/letters/{copies['WKR'].id}")
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "application/pdf", b"%PDF")
    for copy in (copies["EMP"], *other.copies):
        assert opened.get(f"/me/letters/{copy.id}").status_code == 404
    void_document(session, document, "写错", actor=people.CLIN, on=LATER)
    session.commit()
    assert opened.get(f"/me/letters/{copies['WKR'].id}").status_code == 404


def test_the_worker_is_told_the_diagnosis_with_its_certificate(session: Session, opened: FlaskClient, own: Own) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    case.worker_id, case.status = own.worker.id, "diagnosed_yes"
    facts = {"certificate_no": "浙职诊〔2026〕7号", "issued_on": "2026-11-04"}
    case.steps.append(
        CaseStep(
            position=len(case.steps) + 1, on=LATER, track="main", event="conclude-yes", before="complete", after="diagnosed_yes", actor="DIAG", facts=facts,
            medical=json.dumps({"disease": "职业性噪声聋"}, ensure_ascii=False),
        )
    )  # fmt: skip
    session.commit()
    page = text_of(opened, "cases")
    assert "浙职诊〔2026〕7号" in page and "职业性噪声聋" in page
