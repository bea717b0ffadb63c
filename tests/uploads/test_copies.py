"""Workbooks made of an upload: at once of a small file; by a job, kept and forgotten again, of a large one."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel import jobs
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.jobs import Job, State
from ohs.uploads import copies
from ohs.uploads.copies import BAD_ROWS, MARKED, ask_for_copy, content_of_copy, forget_old_copies
from ohs.uploads.models import Upload, UploadCopy
from ohs.uploads.services import discard_upload, fix_cells
from tests.factories.accounts import make_user
from tests.uploads.test_road import ON, committed, handed_in, nurse, rows  # noqa: F401

CHINESE = "zh_Hans_CN"


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "ROWS_AT_ONCE", 0)


def asked(session: Session, upload: Upload, user: User, kind: Any = MARKED) -> UploadCopy:
    copy = ask_for_copy(session, upload, kind, user=user, language=CHINESE, on=ON)
    session.commit()
    return copy


def made(session: Session, upload: Upload, user: User, kind: Any = MARKED) -> UploadCopy:
    copy = asked(session, upload, user, kind)
    jobs.run(copy.job_id)
    session.refresh(copy)
    return copy


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(UploadCopy)) or 0


def test_a_large_file_is_made_by_a_job_and_handed_out_on_record(session: Session, nurse: User, as_user: Any) -> None:  # noqa: F811
    upload = handed_in(session, rows({"post": None}, {}), nurse)
    client = as_user(nurse)
    page = client.get(f"/uploads/{upload.number}").text
    assert "可下载的工作簿" in page and page.count("制作</button>") == 2
    early = client.get(f"/uploads/{upload.number}/marked.xlsx")
    assert early.status_code == 302 and early.headers["Location"].endswith("#copies")
    assert client.post(f"/uploads/{upload.number}/copies/marked").status_code == 302
    assert "<progress" in client.get(f"/uploads/{upload.number}/copies").text
    jobs.run(session.scalars(select(UploadCopy)).one().job_id)
    fragment = client.get(f"/uploads/{upload.number}/copies").text
    assert "marked.xlsx" in fragment and "hx-get" not in fragment
    taken = client.get(f"/uploads/{upload.number}/marked.xlsx")
    assert load_workbook(io.BytesIO(taken.data)).sheetnames[-1] == "错误汇总"
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "upload:downloaded")).one()
    assert event.after == {"what": "marked"}


def test_only_its_sender_may_ask_for_it_and_fetch_it(session: Session, nurse: User, as_user: Any) -> None:  # noqa: F811
    upload = handed_in(session, rows({"post": None}), nurse)
    made(session, upload, nurse)
    stranger = as_user(make_user(session, "clinic"))
    addresses = (f"/uploads/{upload.number}/marked.xlsx", f"/uploads/{upload.number}/copies")
    assert [stranger.get(address).status_code for address in addresses] == [404, 404]
    assert stranger.post(f"/uploads/{upload.number}/copies/bad-rows").status_code == 404
    assert as_user(nurse).post(f"/uploads/{upload.number}/copies/nothing").status_code == 404
    assert kept(session) == 1


def test_it_is_made_once_until_its_problems_change(session: Session, nurse: User) -> None:  # noqa: F811
    content = rows({"post": None}, {})
    upload = handed_in(session, content, nurse)
    first = made(session, upload, nurse)
    assert made(session, upload, nurse).id == first.id and kept(session) == 1
    fix_cells(session, upload, {("", 2, "post"): "打磨工"}, user=nurse, on=ON)
    session.commit()
    jobs.run(upload.job_id or 0)
    assert kept(session) == 0
    session.refresh(upload)
    sheet = load_workbook(io.BytesIO(content_of_copy(made(session, upload, nurse)))).worksheets[0]
    assert "更正" in sheet.cell(2, sheet.max_column).value
    assert committed(session, content, nurse).id == upload.id
    assert kept(session) == 0


def test_one_that_would_say_what_is_no_longer_so_is_not_kept(session: Session, nurse: User) -> None:  # noqa: F811
    upload = handed_in(session, rows({"post": None}, {}), nurse)
    waiting = asked(session, upload, nurse)
    job_id = waiting.job_id
    fix_cells(session, upload, {("", 2, "post"): "打磨工"}, user=nurse, on=ON)
    session.commit()
    jobs.run(upload.job_id or 0)
    assert jobs.run(job_id) and session.get_one(Job, job_id, populate_existing=True).state == State.DONE
    assert kept(session) == 0


def test_it_goes_when_the_upload_is_discarded_or_after_some_days(session: Session, nurse: User, as_user: Any) -> None:  # noqa: F811
    upload, other = handed_in(session, rows({"post": None}), nurse), handed_in(session, rows({"sex": None}), nurse)
    made(session, upload, nurse), made(session, other, nurse, BAD_ROWS)
    discard_upload(session, upload, user=nurse)
    session.commit()
    assert [copy.upload_id for copy in session.scalars(select(UploadCopy))] == [other.id]
    assert as_user(nurse).post(f"/uploads/{upload.number}/copies/marked").status_code == 409
    assert forget_old_copies(session, today() + timedelta(days=6)) == 0
    assert forget_old_copies(session, today() + timedelta(days=8)) == 1
    assert kept(session) == 0


def test_a_killed_worker_s_copy_is_swept_and_made_by_the_next(session: Session, nurse: User) -> None:  # noqa: F811
    upload = handed_in(session, rows({"post": None}), nurse)
    copy = asked(session, upload, nurse)
    session.execute(update(Job).where(Job.id == copy.job_id).values(state=State.RUNNING, worker="1-dead", tries=1))
    session.commit()
    assert not jobs.run(copy.job_id)
    jobs.sweep(session)
    session.commit()
    assert jobs.run(copy.job_id)
    session.refresh(copy)
    assert copy.is_ready


def test_a_failure_is_told_and_it_can_be_asked_for_again(session: Session, nurse: User, as_user: Any) -> None:  # noqa: F811
    upload = handed_in(session, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 200, nurse)
    assert upload.state == "failed"
    copy = made(session, upload, nurse)
    assert (copy.is_ready, copy.job.state) == (False, State.FAILED)
    page = as_user(nurse).get(f"/uploads/{upload.number}/copies").text
    assert "工作簿" in page and "制作</button>" in page
    assert made(session, upload, nurse).job_id != copy.job_id


def test_rows_with_problems_that_are_mended_are_taken(session: Session, nurse: User) -> None:  # noqa: F811
    phone = "+86 138 1234 5678"
    bad = {"card_no": "00017", "post": None, "phone": phone, "examined_on": date(2026, 9, 1)}
    upload = committed(session, rows({}, bad), nurse)
    assert upload.committed_rows == 1
    workbook = load_workbook(io.BytesIO(content_of_copy(made(session, upload, nurse, BAD_ROWS))))
    sheet = workbook.worksheets[0]
    head = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    assert (sheet.max_row, sheet.cell(2, head["档案编号"]).value, sheet.cell(2, head["联系电话"]).value) == (2, "00017", phone)
    sheet.cell(2, head["岗位"]).value = "打磨工"
    out = io.BytesIO()
    workbook.save(out)
    mended = committed(session, out.getvalue(), nurse)
    assert (mended.rows, mended.problem_count, mended.committed_rows, mended.corrected_rows) == (1, 0, 1, 0)
