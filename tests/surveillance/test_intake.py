"""What only the database knows of an examination: the one that a re-examination names, employers, filed scope, protocols."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from imports.problems import Severity
from ohs.accounts.models import User
from ohs.registry.models import InstitutionScope, Worker
from ohs.surveillance.loading import places
from ohs.surveillance.models import Examination
from ohs.uploads.models import Upload
from ohs.uploads.remarks import unpack
from tests.factories.accounts import make_user
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID
from tests.uploads.test_road import committed, handed_in, rows

OTHER = {"worker_name": "王芳", "id_number": "33040219900308998X"}
AGAIN = {"card_no": "R1", "is_recheck": "是", "previous_card_no": "TJ1", "examined_on": "2026-09-03"}


@pytest.fixture
def nurse(session: Session) -> User:
    make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"])
    return make_user(session, "clinic")


def said(upload: Upload, severity: Severity = Severity.PROBLEM) -> list[tuple[int, str, str]]:
    return [(remark.row, remark.key, remark.code) for remark in unpack(upload.remarks) if remark.severity == severity]


NAMED: list[tuple[list[dict[str, Any]], list[tuple[int, str, str]]]] = [
    ([AGAIN], []),
    ([AGAIN | {"is_recheck": None}], []),
    ([AGAIN | {"previous_card_no": "ＴＪ1 "}], []),
    ([AGAIN | {"examined_on": "2026-09-01"}], []),
    ([AGAIN | {"examined_on": "2026-08-31"}], [(2, "previous_card_no", "order")]),
    ([AGAIN | {"previous_card_no": "TJ7"}], [(2, "previous_card_no", "unknown-code")]),
    ([AGAIN | {"previous_card_no": "TJ7", "is_recheck": "否"}], [(2, "previous_card_no", "unknown-code")]),
    ([AGAIN | OTHER], [(2, "previous_card_no", "disagrees")]),
    ([AGAIN | {"previous_card_no": "TJ2"}], [(2, "previous_card_no", "disagrees")]),
    # Every problem of a row is told, and none that follows from a cell that cannot be read.
    ([AGAIN | {"previous_card_no": "TJ7", "post": None}], [(2, "post", "required"), (2, "previous_card_no", "unknown-code")]),
    ([AGAIN | OTHER | {"id_number": "33040219900308998x1"}], [(2, "id_number", "id-length")]),
    ([AGAIN | OTHER | {"id_type": "驾驶证"}], [(2, "id_type", "unknown-code")]),
    ([AGAIN | {"previous_card_no": "TJ7", "id_number": "1"}], [(2, "id_number", "id-length"), (2, "previous_card_no", "unknown-code")]),
    # What the file itself says of a number goes before what is committed, wherever it stands and whatever else is wrong with it.
    ([AGAIN, OTHER | {"card_no": "TJ1"}], [(2, "previous_card_no", "disagrees")]),
    ([AGAIN | {"previous_card_no": "N1"}, {"card_no": "N1"}], []),
    ([AGAIN | {"previous_card_no": "N1"}, {"card_no": "N1", "post": None}], [(3, "post", "required")]),
    ([{"card_no": "N1", "id_number": "330402199003079967"}, AGAIN | {"previous_card_no": "N1"}], [(2, "id_number", "id-check")]),
    ([{"card_no": "TJ1", "is_recheck": "是", "previous_card_no": "TJ1"}], [(2, "previous_card_no", "disagrees")]),
]


@pytest.mark.parametrize(("lines", "expected"), NAMED)
def test_a_re_examination_names_an_earlier_one_of_the_same_worker(
    session: Session, nurse: User, lines: list[dict[str, Any]], expected: list[tuple[int, str, str]]
) -> None:
    committed(session, rows({}, OTHER), nurse)
    assert said(handed_in(session, rows(*lines), nurse)) == expected


def test_an_examination_of_another_clinic_is_not_known_here(session: Session, nurse: User) -> None:
    committed(session, rows({}), nurse)
    stranger = make_user(session, "clinic")
    assert said(handed_in(session, rows(AGAIN), stranger)) == [(2, "previous_card_no", "unknown-code")]


def test_a_worker_who_was_merged_is_the_one_that_was_kept(session: Session, nurse: User) -> None:
    committed(session, rows({}, OTHER), nurse)
    first, second = session.scalars(select(Worker).join(Examination, Examination.worker_id == Worker.id).order_by(Examination.card_no))
    second.merged_into_id = first.id
    session.commit()
    again = committed(session, rows(AGAIN | OTHER, AGAIN | {"card_no": "R2", "previous_card_no": "TJ2"}), nurse)
    assert (said(again), again.committed_rows) == ([], 2)
    files = session.scalars(
        select(Worker).join(Examination, Examination.worker_id == Worker.id).where(Examination.upload_id == again.id)
    ).all()
    assert {file.standing.id for file in files} == {first.id}
    assert {file.id for file in files} == {first.id, second.id}, "each in the file of its own number, so that the merge can be undone"


def file_scope(session: Session, nurse: User, *categories: str, since: date = date(2020, 1, 1), until: date | None = None) -> None:
    session.add_all(
        InstitutionScope(organisation_id=nurse.organisation_id, category=category, filed_on=since, ends_on=until) for category in categories
    )
    session.flush()


FOUND: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, []),
    ({"employer_uscc": "91330481MAY000047R"}, [("employer_uscc", "unknown-employer")]),
    ({"host_employer_name": "甲", "host_employer_uscc": "91330481MAY000047R"}, [("host_employer_uscc", "unknown-employer")]),
    ({"examined_hazards": "苯", "exposed_hazards": "苯"}, [("examined_hazards", "out-of-scope")]),
    ({"examined_hazards": "噪声", "exposed_hazards": "苯、噪声"}, []),
]


@pytest.mark.parametrize(("change", "expected"), FOUND)
def test_unknown_employers_and_hazards_outside_the_filing_are_findings(
    session: Session, nurse: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    file_scope(session, nurse, "dust", "physical")
    upload = handed_in(session, rows(change), nurse)
    found = [(key, code) for _row, key, code in said(upload, Severity.FINDING) if code != "missing-item"]
    assert (found, upload.accepted) == (expected, 1)


def test_examinations_and_a_register_do_not_enter_one_employer_twice(session: Session, locked_elsewhere: Callable[[str], None]) -> None:
    names = ("employer_uscc", "employer_name", "host_employer_uscc", "host_employer_name")
    rows = pl.DataFrame([("91330481MAY0000013", "甲", None, None)], schema=dict.fromkeys(names, pl.String), orient="row")
    locked_elsewhere("employers")
    with pytest.raises(OperationalError, match="lock timeout"):
        places(session, rows)


def test_the_filing_of_the_day_of_the_examination_counts(session: Session, nurse: User) -> None:
    file_scope(session, nurse, "physical", since=date(2026, 1, 1), until=date(2026, 8, 31))
    days = ("2025-12-31", "2026-01-01", "2026-08-31", "2026-09-01")
    upload = handed_in(session, rows(*({"examined_on": day} for day in days)), nurse)
    assert [row for row, _key, code in said(upload, Severity.FINDING) if code == "out-of-scope"] == [2, 5]


def test_the_preview_tells_the_days_that_the_conclusions_oblige_to(session: Session, nurse: User) -> None:
    obliging = {"conclusions": "职业禁忌证", "contraindication": "噪声作业禁忌"}
    plain = {"reported_on": "2026-09-08"}
    upload = handed_in(
        session, rows(obliging | plain, OTHER | obliging | {"card_no": "N2", "reported_on": "2026-09-09"}, {"card_no": "N3"}), nurse
    )
    assert upload.preview is not None and upload.preview["contraindications"] == 2
    assert upload.preview["contraindications_names"] == ["职业禁忌证告知（体检机构，本机关默认）：2026-09-15 – 2026-09-16"]
    assert "rechecks_names" not in upload.preview and "suspected_names" not in upload.preview
    again = handed_in(session, rows({"card_no": "N4", "conclusions": "复查", "recheck_items": "纯音测听"}), nurse)
    assert again.preview is not None
    assert [line.partition("）")[0] for line in again.preview["rechecks_names"]] == [
        "复查通知（体检机构，本机关默认", "复查未完成需重新检查（体检机构，法定", "复查未完成可先出总结报告（体检机构，法定",
    ]  # fmt: skip


def test_the_preview_tells_which_corrections_turn_to_another_worker(session: Session, nurse: User) -> None:
    committed(session, rows({}, {}, {}, OTHER), nurse)
    upload = handed_in(session, rows({"post": "打磨"}, OTHER, OTHER, OTHER), nurse)
    assert upload.preview is not None and upload.preview["corrections"] == 4
    assert (upload.preview["other_workers"], upload.preview["other_workers_rows"]) == (2, "3–4")
    first, second = session.scalars(select(Worker).order_by(Worker.id))
    second.merged_into_id = first.id
    session.commit()
    same_person = handed_in(session, rows(OTHER, {}, {}, {"post": "打磨"}), nurse)
    assert same_person.preview is not None and same_person.preview["other_workers"] == 0
