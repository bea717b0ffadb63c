"""A re-examination that another clinic has made: it answers the case by worker, hazard and employer, whatever card its record names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import By
from ohs.cases.machine import Opening, do, open_case
from ohs.cases.models import Case
from ohs.cases.moving import facts_of
from ohs.cases.notices_models import CaseNotice
from ohs.registry.models import InstitutionScope, Worker
from tests.factories.accounts import make_organisation, make_user
from tests.imports.workbooks import VALID
from tests.surveillance.test_case_review import AGAIN, DUST, ELSEWHERE, LATER, OTHER, C, N, R, S, cases, standings, story
from tests.surveillance.test_case_review import nurse as nurse
from tests.surveillance.test_case_review import officer as officer
from tests.uploads.test_road import ON, committed, handed_in, rows

#: What the other clinic hands in: it can name no card of the first one.
THERE = LATER | {"card_no": "B1"}
BOTH = {"exposed_hazards": "噪声、矽尘", "examined_hazards": "噪声、矽尘"}
TOLD = date(2026, 9, 8)


@pytest.fixture
def other(session: Session) -> User:
    """Somebody of a clinic of another county with noise and dust on file."""
    clinic = make_organisation(session, kind="clinic", region_code="330482", name="平湖市第一人民医院")
    for category in ("dust", "physical"):
        session.add(InstitutionScope(organisation_id=clinic.id, category=category, filed_on=date(2020, 1, 1)))
    return make_user(session, "clinic", clinic)


def booked(session: Session, nurse: User, other: User, *, on: date = TOLD) -> Case:
    """A re-examination that the first clinic asked for, told and booked with the other."""
    committed(session, rows(R), nurse)
    (case,) = cases(session)
    employer = make_user(session, "employer", session.scalars(select(Organisation).where(Organisation.kind == "employer")).one())
    do(session, case, "inform", {"told_worker_on": on, "told_employer_on": on, "how_told": "writing"}, by=By(nurse), on=ON)
    do(session, case, "book", {"institution_id": other.organisation_id, "until_on": ON + timedelta(days=3)}, by=By(employer), on=ON)
    session.commit()
    return case


@pytest.mark.parametrize(
    ("result", "expected", "last"),
    [
        (N, [("recheck", "closed")], "conclusion-n-or-o"),
        (S, [("recheck", "closed"), ("susp", "detected")], "conclusion-s-or-c"),
        (C, [("recheck", "closed"), ("contra", "detected")], "conclusion-s-or-c"),
        (R, [("recheck", "due")], "conclusion-r"),
        (BOTH | N, [("recheck", "closed")], "conclusion-n-or-o"),
    ],
)
def test_the_clinic_that_it_is_booked_with_answers_by_its_upload(
    session: Session,
    nurse: User,
    other: User,
    as_user: Callable[[User], FlaskClient],
    result: dict[str, Any],
    expected: list[Any],
    last: str,
) -> None:
    case = booked(session, nurse, other)
    content = rows(result | THERE)
    preview = handed_in(session, content, other).preview
    assert (preview["cases_answered"], preview["cases_opened"], preview["cases_joined"]) == (1, len(expected) - 1, 0)
    committed(session, content, other)
    assert standings(session) == expected
    case = cases(session, kind="recheck")[0]
    assert story(case)[-1] == last and ("B1", "answer") in {(one.number, one.role) for one in case.sources}
    done = next(one for one in case.steps if one.event == "record-uploaded")
    assert (facts_of(done)["card_no"], facts_of(done)["previous_card_no"], done.organisation_id) == ("B1", "TJ1", other.organisation_id)
    told = session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id, CaseNotice.event == "record-uploaded"))
    assert nurse.organisation_id in set(told), "whoever asked for it learns that it was made"
    for follow in cases(session)[1:]:
        assert follow.clinic_id == other.organisation_id
    for reader in (nurse, other):
        page = as_user(reader).get(f"/cases/{case.number}")
        assert page.status_code == 200 and "平湖市第一人民医院" in page.get_data(as_text=True)


def test_any_clinic_answers_even_if_it_is_booked_with_none(session: Session, nurse: User, other: User) -> None:
    committed(session, rows(R), nurse)
    committed(session, rows(N | THERE), other)
    assert standings(session) == [("recheck", "closed")] and cases(session)[0].institution_id == other.organisation_id


def test_a_record_that_is_marked_and_names_a_card_of_its_own_clinic_answers(session: Session, nurse: User, other: User) -> None:
    """The format lets a clinic name its own cards only"""
    committed(session, rows(N | {"card_no": "B0", "examined_on": "2026-08-01", "reported_on": "2026-08-03"}), other)
    booked(session, nurse, other)
    committed(session, rows(N | BOTH | AGAIN | {"card_no": "B1", "previous_card_no": "B0"}), other)
    assert standings(session) == [("recheck", "closed")]


def test_the_format_still_refuses_a_card_of_another_clinic(session: Session, nurse: User, other: User) -> None:
    booked(session, nurse, other)
    upload = handed_in(session, rows(N | AGAIN | {"card_no": "B1"}), other)
    assert (upload.accepted, upload.problem_count) == (0, 1) and standings(session) == [("recheck", "booked")]


UNLIKE: list[dict[str, Any]] = [
    OTHER,
    DUST,
    {"phase": "离岗时"},
    {"phase": "上岗前"},
    {key: ELSEWHERE[key] for key in ("employer_name", "employer_uscc")},
    {"examined_on": "2026-09-04", "reported_on": "2026-09-06"},
]


@pytest.mark.parametrize("change", UNLIKE, ids=["worker", "hazard", "leaving", "pre-placement", "employer", "before it was asked for"])
def test_what_is_no_re_examination_of_it_answers_nothing(session: Session, nurse: User, other: User, change: dict[str, Any]) -> None:
    booked(session, nurse, other)
    committed(session, rows(N | THERE | change), other)
    assert standings(session) == [("recheck", "booked")]


def test_a_clinic_without_the_category_on_file_answers_nothing(session: Session, nurse: User, other: User) -> None:
    booked(session, nurse, other)
    committed(session, rows(N | THERE), make_user(session, "clinic"))
    assert standings(session) == [("recheck", "booked")]


def test_the_clinic_that_asked_marks_its_re_examination(session: Session, nurse: User, other: User) -> None:
    booked(session, nurse, other)
    committed(session, rows(R | LATER | {"card_no": "K2"}), nurse)
    assert story(cases(session)[0])[-1] == "found-again"


def test_a_correction_of_the_other_clinic_completes_what_it_left_open(session: Session, nurse: User, other: User) -> None:
    booked(session, nurse, other)
    committed(session, rows({"conclusions": "暂无个体结论"} | THERE), other)
    assert standings(session) == [("recheck", "done")]
    committed(session, rows(S | THERE), other)
    assert standings(session) == [("recheck", "closed"), ("susp", "detected")]
    committed(session, rows(N | THERE), other)
    assert sorted(standings(session)) == [("recheck", "closed"), ("susp", "closed_withdrawn")]


def test_two_records_of_one_file_answer_once(session: Session, nurse: User, other: User) -> None:
    booked(session, nurse, other)
    committed(session, rows(N | THERE, N | LATER | {"card_no": "B2", "examined_on": "2026-10-11"}), other)
    (case,) = cases(session)
    assert case.status == "closed" and story(case).count("record-uploaded") == 1


def test_one_that_was_opened_by_hand_is_answered_too(session: Session, nurse: User, other: User) -> None:
    committed(session, rows(N), nurse)
    worker = session.scalars(select(Worker)).one()
    asked = Opening("recheck", "recheck-required", "by hand", "330481", worker_id=worker.id, employer_id=worker.employer_id, clinic_id=nurse.organisation_id, hazard_codes="P01", facts={"found_on": TOLD, "card_no": "TJ1"})  # fmt: skip
    open_case(session, asked, by=By(nurse), on=ON)
    session.commit()
    committed(session, rows(N | THERE | {"employer_uscc": VALID["employer_uscc"]}), other)
    assert standings(session) == [("recheck", "closed")]
