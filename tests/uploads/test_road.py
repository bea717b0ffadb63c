"""The road of an upload: handed in, checked, mended, committed, corrected; on both engines and with real workbooks."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from imports.problems import Severity
from ohs.accounts.models import User
from ohs.kernel import jobs
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.registry.models import Client, Employer, Employment, Exposure, Worker
from ohs.surveillance.models import Examination, ExaminationCount, ExaminationRevision, Finding
from ohs.uploads.formats import find_format
from ohs.uploads.models import SenderQuality, Upload
from ohs.uploads.remarks import unpack
from ohs.uploads.services import commit_upload, discard_upload, fix_cells, hand_in, map_headings, take_back
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.imports.employers import EMPLOYER, employer_rows
from tests.imports.workbooks import VALID, saved, sheet_of

ON = date(2026, 11, 24)


def rows(*changes: dict[str, Any]) -> bytes:
    return saved(sheet_of([VALID | {"card_no": f"TJ{number}"} | change for number, change in enumerate(changes, 1)]))


def handed_in(session: Session, content: bytes, user: User, **given: Any) -> Upload:
    format = find_format(given.pop("format", "examinations"))
    assert format is not None
    upload, _is_repeat = hand_in(session, format, filename="x.xlsx", content=content, user=user, on=ON, **given)
    session.commit()
    if upload.job_id is not None:
        jobs.run(upload.job_id)
        session.refresh(upload)
    return upload


def committed(session: Session, content: bytes, user: User, **given: Any) -> Upload:
    upload = handed_in(session, content, user, **given)
    commit_upload(session, upload, all_or_nothing=False, user=user, on=ON)
    session.commit()
    jobs.run(upload.job_id or 0)
    session.refresh(upload)
    return upload


def number_of(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def nurse(session: Session) -> User:
    make_organisation(session)
    make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"], sector="19", size="small")
    return make_user(session, "clinic")


def test_what_is_handed_in_is_stored_checked_and_committed(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({}, {"post": None}, {}), nurse)
    assert (upload.state, upload.rows, upload.accepted, upload.problem_count) == ("checked", 3, 2, 1)
    assert number_of(session, Examination) == 0
    assert upload.preview["new"] == 2 and upload.preview["new_workers"] == 1
    upload = committed(session, rows({}, {"post": None}, {}), nurse)
    assert (upload.state, upload.committed_rows, upload.corrected_rows) == ("committed", 2, 0)
    assert [number_of(session, model) for model in (Examination, Worker, Employment, Client)] == [2, 1, 1, 1]
    assert number_of(session, Exposure) == 2
    examination = session.scalars(select(Examination).order_by(Examination.row)).first()
    assert examination is not None
    assert (examination.upload_id, examination.row, examination.edition, examination.county_code) == (upload.id, 2, "GBZ188-2025", "330481")
    event = session.scalar(select(AuditEvent).where(AuditEvent.event == "upload:committed"))
    assert event is not None and event.after["digest"] == upload.rows_digest


def test_the_same_bytes_are_recognised_and_not_stored_twice(session: Session, nurse: User) -> None:
    content = rows({})
    first = handed_in(session, content, nurse)
    format = find_format("examinations")
    assert format is not None
    again, is_repeat = hand_in(session, format, filename="y.xlsx", content=content, user=nurse, on=ON)
    assert (again.id, is_repeat, number_of(session, Upload)) == (first.id, True, 1)


def test_a_card_that_was_committed_is_corrected_with_its_history_kept(session: Session, nurse: User) -> None:
    committed(session, rows({"conclusions": "复查", "recheck_items": "血常规"}), nurse)
    assert [(finding.kind, finding.is_withdrawn) for finding in session.scalars(select(Finding))] == [("R", False)]
    upload = committed(session, rows({"conclusions": "目前未见异常", "post": "焊工"}), nurse)
    assert (upload.corrected_rows, number_of(session, Examination), number_of(session, ExaminationRevision)) == (1, 1, 1)
    session.expire_all()
    examination = session.scalars(select(Examination)).one()
    assert (examination.conclusions, examination.revision, examination.post) == ("N", 2, "焊工")
    revision = session.scalars(select(ExaminationRevision)).one()
    assert (revision.plain["conclusions"], revision.plain["post"]) == ("R", "打磨工")
    assert [(finding.kind, finding.is_withdrawn) for finding in session.scalars(select(Finding))] == [("R", True)]
    kept = session.execute(
        select(func.sum(ExaminationCount.examinations), func.sum(ExaminationCount.rechecks), func.sum(ExaminationCount.normal)).where(
            ExaminationCount.area_code == "330400", ExaminationCount.dimension == "all"
        )
    ).one()
    assert tuple(kept) == (1, 0, 1)


def test_a_suspected_disease_is_kept_with_its_days(session: Session, nurse: User) -> None:
    committed(session, rows({"conclusions": "疑似职业病", "suspected_disease": "噪声聋"}), nurse)
    finding = session.scalars(select(Finding)).one()
    assert finding.kind == "S" and finding.disease_code and finding.next_due_on is not None
    assert set(finding.due) >= {"suspected-notify-worker", "suspected-report"}


def test_an_unknown_employer_is_a_finding_and_is_kept(session: Session) -> None:
    upload = committed(session, rows({}), make_user(session, "clinic"))
    findings = {remark.code for remark in unpack(upload.remarks) if remark.severity == Severity.FINDING}
    assert {"unknown-employer", "out-of-scope"} <= findings
    employer = session.scalars(select(Employer)).one()
    assert (employer.is_registered, employer.name) == (False, VALID["employer_name"])


def test_a_missing_item_of_the_protocol_is_a_finding(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({"exposed_hazards": "矽尘", "examined_hazards": "矽尘", "chest_film": "未检查"}), nurse)
    missing = {remark.key for remark in unpack(upload.remarks) if remark.code == "missing-item"}
    assert {"chest_film", "fvc_pct", "ecg"} <= missing and "hearing_high_db" not in missing


def test_a_cell_is_fixed_in_the_browser_and_checked_again(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({"post": None}, {}), nurse)
    fix_cells(session, upload, {("", 2, "post"): "打磨工"}, user=nurse, on=ON)
    session.commit()
    jobs.run(upload.job_id or 0)
    session.refresh(upload)
    assert (upload.accepted, upload.problem_count) == (2, 0)


def test_a_heading_mapped_once_is_remembered_for_the_organisation(session: Session, nurse: User, as_user: Any) -> None:
    content = saved(sheet_of([VALID], headings={"post": "干什么活"}))
    upload = handed_in(session, content, nurse)
    assert upload.stage == "failed"
    offered = as_user(nurse).get(f"/uploads/{upload.number}").text.split('name="heading:干什么活"')[1].split("</select>")[0]
    assert 'value="post"' in offered and 'value="worker_name"' not in offered
    map_headings(session, upload, {"干什么活": "post"}, user=nurse, on=ON)
    session.commit()
    jobs.run(upload.job_id or 0)
    session.refresh(upload)
    assert (upload.state, upload.accepted) == ("checked", 1)
    later = handed_in(session, saved(sheet_of([VALID | {"card_no": "TJ9"}], headings={"post": "干什么活"})), nurse)
    assert later.accepted == 1


def test_two_who_map_one_heading_wait_for_one_another(session: Session, nurse: User, locked_elsewhere: Callable[[str], None]) -> None:
    upload = handed_in(session, saved(sheet_of([VALID], headings={"post": "干什么活"})), nurse)
    locked_elsewhere(f"headings of {nurse.organisation_id}")
    with pytest.raises(OperationalError, match="lock timeout"):
        map_headings(session, upload, {"干什么活": "post"}, user=nurse, on=ON)


def test_all_or_nothing_refuses_while_a_problem_is_left(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({}, {"post": None}), nurse)
    with pytest.raises(DomainError):
        commit_upload(session, upload, all_or_nothing=True, user=nurse, on=ON)


def test_a_trial_and_a_discarded_upload_are_never_committed(session: Session, nurse: User) -> None:
    trial = handed_in(session, rows({}), nurse, is_dry_run=True)
    with pytest.raises(DomainError):
        commit_upload(session, trial, all_or_nothing=False, user=nurse, on=ON)
    upload = handed_in(session, rows({}, {}), nurse)
    discard_upload(session, upload, user=nurse)
    with pytest.raises(DomainError):
        commit_upload(session, upload, all_or_nothing=False, user=nurse, on=ON)


def test_a_check_can_be_stopped_before_it_begins(session: Session, nurse: User) -> None:
    format = find_format("examinations")
    assert format is not None
    upload, _repeat = hand_in(session, format, filename="x.xlsx", content=rows({}), user=nurse, on=ON)
    session.commit()
    take_back(session, upload, user=nurse)
    session.commit()
    assert not jobs.run(upload.job_id or 0)
    session.refresh(upload)
    assert upload.stage == "cancelled"


def test_what_was_stopped_says_that_nothing_was_stored(session: Session, nurse: User, as_user: Any) -> None:
    nothing, stopping = "没有产生任何记录", "正在停止"
    upload = handed_in(session, rows({}), nurse)
    page = f"/uploads/{upload.number}"
    assert nothing not in as_user(nurse).get(page).text
    commit_upload(session, upload, all_or_nothing=False, user=nurse, on=ON)
    session.commit()
    assert upload.job is not None
    upload.job.state, upload.job.worker = "running", "a"
    session.commit()
    assert "停止</button>" in as_user(nurse).get(page).text
    take_back(session, upload, user=nurse)
    session.commit()
    shown = as_user(nurse).get(page).text
    assert stopping in shown and "停止</button>" not in shown and nothing not in shown
    upload.job.phase = "commit"
    session.commit()
    shown = as_user(nurse).get(f"{page}/progress").text
    assert "不能再停止" in shown and stopping not in shown
    upload.job.state, upload.job.worker = "cancelled", None
    session.commit()
    shown = as_user(nurse).get(page).text
    assert nothing in shown and "入库 1 行" in shown and number_of(session, Examination) == 0


def test_the_senders_quality_is_counted(session: Session, nurse: User) -> None:
    committed(session, rows({}, {"post": None}), nurse)
    kept = session.scalars(select(SenderQuality)).one()
    assert (kept.uploads, kept.rows, kept.right_first_time, kept.committed) == (1, 2, 1, 1)


def test_employers_are_entered_corrected_and_completed(session: Session) -> None:
    officer = make_user(session, "health")
    make_employer(session, uscc=EMPLOYER["uscc"], is_registered=False, county_code="", region_code="")
    upload = handed_in(session, employer_rows({}), officer, format="employers", commit=True)
    assert (upload.state, upload.committed_rows, upload.corrected_rows) == ("committed", 1, 0)
    session.expire_all()
    employer = session.scalars(select(Employer)).one()
    assert (employer.is_registered, employer.county_code, employer.size, employer.initials[:4]) == (True, "330481", "small", "hnhf")


def test_the_marked_copy_and_the_bad_rows_can_be_handed_in_again(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows({"post": None}, {}), nurse)
    client = as_user(nurse)
    marked = client.get(f"/uploads/{upload.number}/marked.xlsx")
    assert marked.status_code == 200
    workbook = load_workbook(io.BytesIO(marked.data))
    assert workbook.sheetnames[-1] == "错误汇总"
    headings = [cell.value for cell in workbook.worksheets[0][1]]
    assert headings[-1] == "校验结果" and "岗位" in workbook.worksheets[0].cell(2, len(headings)).value
    again = handed_in(session, marked.data, nurse)
    assert (again.rows, again.problem_count, again.notice_count) == (2, 1, 0)
    bad = client.get(f"/uploads/{upload.number}/bad-rows.xlsx")
    assert bad.status_code == 200
    rest = handed_in(session, bad.data, nurse)
    assert (rest.rows, rest.problem_count, rest.notice_count) == (1, 1, 0)


def test_the_sender_sees_its_quality_first_and_the_department_when_the_month_has_ended(
    app: Flask, monkeypatch: pytest.MonkeyPatch, session: Session, nurse: User, as_user: Any
) -> None:
    monkeypatch.setitem(app.config, "TODAY", ON)
    committed(session, rows({}, {"post": None}), nurse)
    name = nurse.organisation.name
    assert "50.0%" in as_user(nurse).get("/uploads/quality").text
    officer = make_user(session, "health")
    assert name not in as_user(officer).get("/uploads/quality").text
    kept = session.scalars(select(SenderQuality)).one()
    kept.month = "2026-10"
    session.flush()
    page = as_user(officer).get("/uploads/quality?sort=late").text
    assert name in page and "50.0%" in page
    assert "2026-10" in as_user(officer).get(f"/uploads/quality?sender={nurse.organisation_id}").text
