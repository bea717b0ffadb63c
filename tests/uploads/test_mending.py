"""Correcting cells in the browser: the present content, the same mistake in other rows, two people at once, files that come again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imports.problems import Severity
from ohs.accounts.models import User
from ohs.kernel import jobs
from ohs.kernel.errors import DomainError
from ohs.uploads.formats import find_format
from ohs.uploads.mending import SameMistakes
from ohs.uploads.models import Upload, UploadFix
from ohs.uploads.remarks import unpack
from ohs.uploads.services import commit_upload, discard_upload, fix_cells, hand_in
from tests.factories.accounts import make_user
from tests.uploads.test_road import ON, handed_in, rows

NOISE = {"exposed_hazards": "噪音", "examined_hazards": "噪声"}


@pytest.fixture
def nurse(session: Session) -> User:
    return make_user(session, "clinic")


def checked_again(session: Session, upload: Upload) -> Upload:
    session.commit()
    jobs.run(upload.job_id or 0)
    session.refresh(upload)
    return upload


def again(session: Session, content: bytes, user: User, **given: Any) -> Upload:
    format = find_format("examinations")
    assert format is not None
    upload, is_repeat = hand_in(session, format, filename="again.xlsx", content=content, user=user, on=ON, **given)
    assert is_repeat
    return checked_again(session, upload)


def test_a_correction_is_offered_to_every_row_with_the_same_mistake(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows(NOISE, {}, NOISE | {"exposed_hazards": "矽尘、噪音"}, NOISE, {"exposed_hazards": "躁声"}), nurse)
    format = find_format("examinations")
    assert format is not None
    remarks = unpack(upload.remarks)
    first = remarks[remarks.matching(severity=Severity.PROBLEM)[0]]
    assert (first.row, SameMistakes(remarks, format.contract).others(first)) == (2, (4, 5))
    place = ("", 2, "exposed_hazards")
    count = fix_cells(session, upload, {place: "噪声"}, user=nurse, on=ON, before={place: "噪音"}, also_same=[place])
    assert count == 3
    kept = {fix.row: fix.value for fix in session.scalars(select(UploadFix))}
    assert kept == {2: "噪声", 4: "矽尘、噪声", 5: "噪声"}
    assert checked_again(session, upload).problem_count == 1


def test_more_equal_mistakes_than_cells_are_kept_are_corrected_in_turns(
    session: Session, nurse: User, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ohs.uploads.remarks.CELLS_KEPT", 3)
    upload = handed_in(session, rows(*([NOISE] * 5)), nurse)
    shown = as_user(nurse).get(f"/uploads/{upload.number}").text
    assert "2 行" in shown and "至多另有 2 行" in shown
    place = ("", 2, "exposed_hazards")
    for corrected, left in ((3, 2), (2, 0)):
        count = fix_cells(session, upload, {place: "噪声"}, user=nurse, on=ON, before={place: "噪音"}, also_same=[place])
        upload = checked_again(session, upload)
        assert (count, upload.problem_count) == (corrected, left)
        place = ("", 5, "exposed_hazards")
    assert "至多另有" not in as_user(nurse).get(f"/uploads/{upload.number}").text


def test_blank_numbers_are_not_offered_the_number_of_another_row(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({"worker_name": None}, {"worker_name": None}, {"post": None}, {"post": None}), nurse)
    format = find_format("examinations")
    assert format is not None
    remarks = unpack(upload.remarks)
    same = SameMistakes(remarks, format.contract)
    assert {
        problem.key: same.others(problem) for problem in reversed(remarks[0 : len(remarks)]) if problem.severity is Severity.PROBLEM
    } == {
        "post": (5,),
        "worker_name": (),
    }


def test_the_second_of_two_who_correct_one_cell_is_told_what_the_first_wrote(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({"post": None}, {}), nurse)
    place = ("", 2, "post")
    fix_cells(session, upload, {place: "打磨工"}, user=nurse, on=ON, before={place: ""})
    checked_again(session, upload)
    with pytest.raises(DomainError, match="打磨工"):
        fix_cells(session, upload, {place: "焊工"}, user=nurse, on=ON, before={place: ""})
    fix_cells(session, upload, {place: "焊工"}, user=nurse, on=ON, before={place: "打磨工"})


def test_the_second_of_two_who_decide_is_refused(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({}), nurse)
    commit_upload(session, upload, all_or_nothing=False, user=nurse, on=ON)
    for deed in (
        lambda: commit_upload(session, upload, all_or_nothing=False, user=nurse, on=ON),
        lambda: discard_upload(session, upload, user=nurse),
        lambda: fix_cells(session, upload, {("", 2, "post"): "焊工"}, user=nurse, on=ON),
    ):
        with pytest.raises(DomainError):
            deed()


def test_what_was_put_aside_is_taken_up_when_it_comes_again(session: Session, nurse: User) -> None:
    content = rows({})
    first = handed_in(session, content, nurse)
    discard_upload(session, first, user=nurse)
    session.commit()
    second = again(session, content, nurse)
    assert (second.id, second.state, second.accepted) == (first.id, "checked", 1)
    assert session.scalar(select(func.count()).select_from(Upload)) == 1


def test_a_trial_becomes_earnest_when_the_same_bytes_come_without_the_tick(session: Session, nurse: User) -> None:
    content = rows({})
    trial = handed_in(session, content, nurse, is_dry_run=True)
    earnest = again(session, content, nurse)
    assert (earnest.id, earnest.is_dry_run) == (trial.id, False)
    commit_upload(session, earnest, all_or_nothing=False, user=nurse, on=ON)


def test_a_cell_of_no_column_is_refused(session: Session, nurse: User) -> None:
    upload = handed_in(session, rows({"post": None}), nurse)
    with pytest.raises(DomainError):
        fix_cells(session, upload, {("", 2, "no-such-column"): "x"}, user=nurse, on=ON)


def test_the_page_shows_what_stands_in_a_cell_and_lets_it_be_typed_anew(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows({"phase": "<script>alert(1)</script>"}, {}), nurse)
    client = as_user(nurse)
    page = client.get(f"/uploads/{upload.number}").text
    assert "<script>alert" not in page and 'name="cell:2:phase" value="&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    given = {
        "cell:2:phase": "在岗期间",
        "before:2:phase": "<script>alert(1)</script>",
        "cell:x:phase": "?",
        "cell:3:post": " 打磨工 ",
        "before:3:post": "打磨工",
    }
    assert client.post(f"/uploads/{upload.number}/fix", data=given).status_code == 302
    assert [(fix.row, fix.key, fix.value) for fix in session.scalars(select(UploadFix))] == [(2, "phase", "在岗期间")]


def test_a_row_is_shown_as_it_stands_in_the_file_to_its_sender_alone(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows({}, {"post": None}), nurse)
    client = as_user(nurse)
    page = client.get(f"/uploads/{upload.number}/rows/3").text
    assert 'name="cell:3:worker_name" value="张敏"' in page
    assert client.get(f"/uploads/{upload.number}/rows/4").status_code == 404
    assert client.get(f"/uploads/{upload.number}/rows/3/别的表").status_code == 404
    assert as_user(make_user(session, "clinic")).get(f"/uploads/{upload.number}/rows/3").status_code == 404


def test_a_page_of_many_problems_holds_some_and_the_search_finds_the_rest(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows(*({"post": None} for _row in range(120)), NOISE), nurse)
    client = as_user(nurse)
    assert client.get(f"/uploads/{upload.number}").text.count('name="cell:') == 50
    assert client.get(f"/uploads/{upload.number}?page=3").text.count('name="cell:') == 21
    assert client.get(f"/uploads/{upload.number}?q=噪音").text.count('name="cell:') == 1
    assert client.get(f"/uploads/{upload.number}?q=77").text.count('name="cell:77:') == 1
    assert client.get(f"/uploads/{upload.number}?page=99999999999&severity=x").status_code == 200
