"""Declarations by workbook: what only the database knows, and the form's own checks at the cells they are about."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.declarations import DECLARATIONS, HAZARDS
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.services import accept_declaration, return_declaration
from ohs.uploads.models import Upload
from ohs.uploads.remarks import unpack
from tests.factories.accounts import make_user
from tests.factories.registry import make_employer
from tests.imports.declarations import ROWS, Rows, workbook_of
from tests.uploads.test_road import ON, committed, handed_in

#: Not in the register, and in it but of another town.
UNKNOWN, STRANGER = "91330481MAY000047R", "91330481MAY000048W"
Said = list[tuple[str, int, str, str]]


@pytest.fixture
def clerk(session: Session) -> User:
    """Somebody of the town in which the employer of the valid declaration is."""
    make_employer(session, uscc=ROWS[DECLARATIONS][0]["uscc"], registered_address="海宁市工业路1号", revenue_10k_cny=1800)
    return make_user(session, "town")


def book(*changes: dict[str, Any], of_rows: Callable[[Rows], object] | None = None) -> bytes:
    """Declarations of workplaces of their own, with changes of the main row."""
    rows: Rows = {sheet: [] for sheet in ROWS}
    for number, change in enumerate(changes, 1):
        for sheet, lines in copy.deepcopy(ROWS).items():
            rows[sheet] += [line | {"ref": str(number)} for line in lines]
        rows[DECLARATIONS][-1].update({"work_address": f"海宁市工业路{number}号", "region": "330481101"} | change)
    if of_rows:
        of_rows(rows)
    return workbook_of(rows)


def told(upload: Upload, severity: Severity = Severity.PROBLEM) -> Said:
    return [(one.sheet, one.row, one.key, one.code) for one in unpack(upload.remarks) if one.severity == severity]


def test_a_valid_workbook_becomes_declarations(session: Session, clerk: User) -> None:
    upload = committed(session, book({}, {}), clerk, format="declarations")
    assert (told(upload), upload.committed_rows) == ([], 2)
    first, second = session.scalars(select(Declaration).order_by(Declaration.row))
    assert (first.status, first.upload_id, first.row, second.row) == ("submitted", upload.id, 2, 3)
    assert (first.form["registered_address"], first.form["class_chemical"], first.form["class_physical"]) == ("海宁市工业路1号", 60, 80)
    assert [row.hazard_code for row in first.hazards] == ["C028", "P01"]


CASES: dict[str, tuple[tuple[dict[str, Any], ...], Said]] = {
    "nothing wrong": (({}, {}), []),
    "an employer whom nobody has registered": (({"uscc": UNKNOWN},), [(DECLARATIONS, 2, "uscc", "unknown-code")]),
    "said of every row, whatever else is wrong": (
        ({"uscc": UNKNOWN, "filler": None}, {}, {"uscc": UNKNOWN}),
        [(DECLARATIONS, 2, "filler", "required"), (DECLARATIONS, 2, "uscc", "unknown-code"), (DECLARATIONS, 4, "uscc", "unknown-code")],
    ),
    "a workplace twice": (({}, {"work_address": "海宁市工业路1号"}), [(DECLARATIONS, 3, "work_address", "duplicate")]),
    "nothing to update": (({"kind": "年度更新"},), [(DECLARATIONS, 2, "kind", "disagrees")]),
    "nothing to cancel": (({"kind": "注销申报"},), [(DECLARATIONS, 2, "kind", "disagrees")]),
    "points tested where nothing was": (
        ({}, {"tested": "未检测"}),
        [(HAZARDS, 4, "points_tested", "disagrees"), (HAZARDS, 5, "points_tested", "disagrees")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES)
def test_what_only_the_database_and_the_form_know(
    session: Session, clerk: User, changes: tuple[dict[str, Any], ...], expected: Said
) -> None:
    assert told(handed_in(session, book(*changes), clerk, format="declarations")) == expected


def test_an_employer_of_another_town_is_not_theirs(session: Session, clerk: User) -> None:
    make_employer(session, uscc=STRANGER, region_code="330481103")
    upload = handed_in(session, book({"uscc": STRANGER}), clerk, format="declarations")
    assert told(upload) == [(DECLARATIONS, 2, "uscc", "unknown-code")]


def test_a_workplace_with_an_open_declaration_is_refused(session: Session, clerk: User) -> None:
    committed(session, book({}), clerk, format="declarations")
    upload = handed_in(session, book({}, {}), clerk, format="declarations")
    assert told(upload) == [(DECLARATIONS, 2, "work_address", "duplicate")]


def test_remarks_refuse_nothing(session: Session, clerk: User) -> None:
    upload = handed_in(session, book({"size": "大型", "employees": 101}), clerk, format="declarations")
    assert (told(upload), upload.accepted) == ([], 1)
    assert told(upload, Severity.NOTICE) == [(DECLARATIONS, 2, "size", "disagrees")]
    assert sorted(told(upload, Severity.FINDING)) == [
        (DECLARATIONS, 2, "has_organisation", "disagrees"),
        (DECLARATIONS, 2, "test_report_no", "unknown-report"),
    ]


def test_a_returned_declaration_is_corrected_by_the_next_workbook(session: Session, clerk: User) -> None:
    committed(session, book({}), clerk, format="declarations")
    first = session.scalars(select(Declaration)).one()
    officer = make_user(session, "health")
    return_declaration(session, first, [("filler", "写全名")], actor=officer, on=ON)
    upload = committed(session, book({"filler": "沈佳佳"}), clerk, format="declarations")
    assert (told(upload), upload.committed_rows, upload.corrected_rows) == ([], 1, 1)
    again = session.scalars(select(Declaration)).one()
    assert (again.number, again.status, again.form["filler"], again.upload_id) == (first.number, "submitted", "沈佳佳", upload.id)


def test_another_kind_does_not_correct_what_was_returned(session: Session, clerk: User) -> None:
    committed(session, book({}), clerk, format="declarations")
    return_declaration(
        session, session.scalars(select(Declaration)).one(), [("filler", "写全名")], actor=make_user(session, "health"), on=ON
    )
    upload = handed_in(session, book({"kind": "年度更新"}), clerk, format="declarations")
    assert told(upload) == [(DECLARATIONS, 2, "work_address", "duplicate")]


def closing(session: Session, clerk: User, ended: str | None) -> bytes:
    """A workbook that reports the end of a workplace whose declaration is in force."""
    committed(session, book({}), clerk, format="declarations")
    accept_declaration(session, session.scalars(select(Declaration)).one(), actor=make_user(session, "health"), on=ON)
    return book({"kind": "注销申报", "changed_on": ended})


@pytest.mark.parametrize(("ended", "closed_on"), [("2026-11-20", date(2026, 11, 20)), (None, ON)])
def test_a_closure_keeps_the_day_on_which_production_ended(session: Session, clerk: User, ended: str | None, closed_on: date) -> None:
    upload = committed(session, closing(session, clerk, ended), clerk, format="declarations")
    assert (told(upload), session.scalars(select(Filing)).one().closed_on) == ([], closed_on)


def test_production_does_not_end_tomorrow(session: Session, clerk: User) -> None:
    upload = handed_in(session, closing(session, clerk, "2026-11-25"), clerk, format="declarations")
    assert told(upload) == [(DECLARATIONS, 2, "changed_on", "in-the-future")]


@pytest.mark.parametrize(("is_decided", "expected"), [(False, [(DECLARATIONS, 2, "work_address", "duplicate")]), (True, [])])
def test_a_closure_waits_for_the_office_and_for_nobody_else(session: Session, clerk: User, is_decided: bool, expected: Said) -> None:
    closure = closing(session, clerk, "2026-11-20")
    committed(
        session,
        book({"kind": "变更申报", "changed_on": "2026-11-10", "change_reason": "工艺设备材料变更"}),
        clerk,
        format="declarations",
    )
    if is_decided:
        change = session.scalars(select(Declaration).where(Declaration.status == "submitted")).one()
        return_declaration(session, change, [("filler", "写全名")], actor=make_user(session, "health"), on=ON)
    assert told(handed_in(session, closure, clerk, format="declarations")) == expected


def test_a_preview_counts_only_rows_that_will_be_taken(session: Session, clerk: User) -> None:
    upload = handed_in(session, book({}, {"tested": "未检测"}), clerk, format="declarations")
    assert {code for _sheet, _row, _key, code in told(upload)} == {"disagrees"}
    assert upload.preview == {"submitted": 1, "closures": 0, "workplaces": 1}
