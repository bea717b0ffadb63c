"""What is told of a file or a deed that is not taken: one sentence where the person stands, or a code of the command."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.uploads.models import Upload
from ohs.uploads.remarks import unpack
from ohs.uploads.services import commit_upload
from tests.factories.accounts import make_user
from tests.imports.workbooks import VALID, saved, sheet_of
from tests.uploads.test_road import ON, handed_in, rows

LARGEST = 20_000


@pytest.fixture
def nurse(session: Session) -> User:
    return make_user(session, "clinic")


@pytest.fixture
def small_door(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MAX_BYTES", LARGEST)


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Upload)) or 0


@pytest.mark.parametrize(("content", "sentence"), [(b"", "文件是空的"), (b"x" * (LARGEST + 1), "文件大于 0 MiB，请拆分")])
@pytest.mark.usefixtures("small_door")
def test_the_form_says_what_is_empty_or_too_large_and_stores_nothing(
    session: Session, nurse: User, as_user: Any, content: bytes, sentence: str
) -> None:
    answer = as_user(nurse).post("/uploads/new", data={"format": "examinations", "file": (io.BytesIO(content), "x.xlsx")})
    assert answer.status_code == 400 and sentence in answer.text and 'name="file"' in answer.text
    assert stored(session) == 0


def test_a_larger_setting_takes_and_reads_larger_files(session: Session, nurse: User, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MAX_BYTES", 60 * 1024**2)
    upload = handed_in(session, b"\x00" * (51 * 1024**2), nurse)
    codes = [remark.code for remark in unpack(upload.remarks)]
    assert codes and "too-large" not in codes


def test_a_file_of_headings_alone_is_told_apart_from_one_without_problems(session: Session, nurse: User, as_user: Any) -> None:
    workbook = sheet_of([VALID])
    workbook.active.delete_rows(2)
    upload = handed_in(session, saved(workbook), nurse)
    page = as_user(nurse).get(f"/uploads/{upload.number}").text
    assert "文件只有表头" in page and "没有任何问题" not in page and "入库后的变化" not in page


@pytest.mark.parametrize("deed", ["commit", "discard", "cancel", "check", "fix", "headings"])
def test_a_deed_that_comes_too_late_is_told_on_the_page_of_the_upload(session: Session, nurse: User, as_user: Any, deed: str) -> None:
    upload = handed_in(session, rows({}), nurse)
    if deed == "cancel":
        sentence = "没有可以停止的处理"
    else:
        commit_upload(session, upload, all_or_nothing=False, user=nurse, on=ON)
        session.commit()
        sentence = "该文件"
    given = {"mode": "good", "cell:2:post": "焊工", "before:2:post": "打磨工", "heading:工": "post"}
    answer = as_user(nurse).post(f"/uploads/{upload.number}/{deed}", data=given, follow_redirects=True)
    assert answer.status_code == 200 and answer.request.path == f"/uploads/{upload.number}"
    assert 'class="flash danger"' in answer.text and sentence in answer.text.split('class="flash danger"')[1].split("</p>")[0]


def test_what_is_put_aside_offers_nothing_that_would_be_refused(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows({}), nurse)
    client = as_user(nurse)
    page = client.post(f"/uploads/{upload.number}/discard", follow_redirects=True).text
    assert "原始文件仍予保存" in page and f"/uploads/{upload.number}/check" not in page and f"/uploads/{upload.number}/discard" not in page


def test_a_cell_of_a_sheet_that_is_not_there_is_refused(session: Session, nurse: User, as_user: Any) -> None:
    upload = handed_in(session, rows({}), nurse)
    given = {"cell:2:post:别的表": "焊工", "before:2:post:别的表": ""}
    assert "该格式没有这个单元格" in as_user(nurse).post(f"/uploads/{upload.number}/fix", data=given, follow_redirects=True).text


def called(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["upload", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "x.xlsx"
    path.write_bytes(saved(sheet_of([VALID])))
    return str(path)


def test_the_command_says_in_one_sentence_what_is_wrong_with_it(
    app: Flask, session: Session, nurse: User, tmp_path: Path, file: str
) -> None:
    officer = make_user(session, "health")
    session.commit()
    wrong: list[tuple[tuple[str, ...], int, str]] = [
        (("examinations", str(tmp_path / "none.xlsx"), "--as", nurse.login), 2, "没有文件"),
        (("examinations", str(tmp_path), "--as", nurse.login), 2, "是文件夹"),
        (("rosters", file, "--as", nurse.login), 2, "没有“rosters”这种报送格式"),
        ((), 2, "缺少 FORMAT。用法："),
        (("examinations",), 2, "缺少 FILE。"),
        (("examinations", file), 2, "缺少 --as。"),
        (("examinations", file, "--as"), 2, "选项 --as 的写法不对。"),
        (("examinations", file, "--as", nurse.login, "--colour"), 2, "没有 --colour 这个选项。"),
        (("examinations", file, file, "--as", nurse.login), 2, "参数过多。"),
        (("examinations", file, "--as", "nobody"), 1, "没有登录名为“nobody”"),
        (("examinations", file, "--as", officer.login), 1, "您不能报送职业健康检查结果"),
        (("declarations", file, "--as", nurse.login), 1, "您不能报送职业病危害项目申报"),
        (("employers", file, "--as", nurse.login), 1, "您不能报送"),
    ]
    for arguments, code, sentence in wrong:
        told = called(app, *arguments)
        assert (told.exit_code, told.stdout) == (code, ""), arguments
        assert sentence in told.stderr and len(told.stderr.strip().splitlines()) == 1, told.stderr
    assert stored(session) == 0


@pytest.mark.usefixtures("small_door")
def test_the_command_tells_programs_what_was_not_even_stored(app: Flask, session: Session, nurse: User, tmp_path: Path) -> None:
    session.commit()
    for content, code in ((b"", "unreadable"), (b"x" * (LARGEST + 1), "too-large")):
        path = tmp_path / "y.xlsx"
        path.write_bytes(content)
        told = called(app, "examinations", str(path), "--as", nurse.login, "--json")
        assert told.exit_code == 1 and [one["code"] for one in json.loads(told.stdout)["problems"]] == [code]
    assert stored(session) == 0


def test_the_command_leaves_with_0_where_the_file_could_be_read(
    app: Flask, session: Session, nurse: User, file: str, tmp_path: Path
) -> None:
    session.commit()
    told = called(app, "examinations", file, "--as", nurse.login)
    assert told.exit_code == 0 and "共 1 行，无问题 1 行，入库 0 行" in told.stdout
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"MZ" + b"\x00" * 100)
    told = called(app, "examinations", str(broken), "--as", nurse.login, "--json")
    assert told.exit_code == 1 and json.loads(told.stdout)["rows"] == 0
