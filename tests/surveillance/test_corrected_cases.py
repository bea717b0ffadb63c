"""What a correction brings to the case that rests on the corrected record: where it is, what it is about, what is still owed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.models import CaseWaiting
from ohs.rulebook.diseases import find_disease
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID
from tests.surveillance.test_case_review import AGAIN, DUST, ELSEWHERE, OTHER, C, N, R, S, cases, standings, story
from tests.uploads.test_road import ON, committed, rows


@pytest.fixture
def nurse(session: Session) -> User:
    make_user(session, "health")
    make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"])
    return make_user(session, "clinic")


def test_a_case_follows_its_only_record_to_the_employer_that_was_meant(session: Session, nurse: User) -> None:
    """Whose worker it is not is told nothing further, and is no longer asked to act"""
    elsewhere = make_organisation(session, region_code="330482")
    meant = make_employer(session, uscc=ELSEWHERE["employer_uscc"], name=ELSEWHERE["employer_name"], county_code="330482", region_code="330482101")  # fmt: skip
    committed(session, rows(S), nurse)
    at = {key: ELSEWHERE[key] for key in ("employer_name", "employer_uscc")}
    committed(session, rows(S | at), nurse)
    (case,) = cases(session)
    assert (case.employer_id, case.county_code, case.owner_id) == (meant.id, "330482", elsewhere.id)
    assert story(case)[1:] == ["moved-on", "record-corrected"] and case.sources[0].revision == 2
    committed(session, rows(S | at, OTHER | N), nurse)
    assert len(story(cases(session)[0])) == 3, "handed in again unchanged"


def test_a_finding_of_other_hazards_is_another_case(session: Session, nurse: User) -> None:
    committed(session, rows(S), nurse)
    committed(session, rows(S | DUST | {"suspected_disease": "矽肺"}), nurse)
    assert [(one.status, one.hazard_codes) for one in cases(session)] == [("closed_withdrawn", "P01"), ("detected", "D01")]


def test_what_is_corrected_of_the_only_record_is_corrected_of_its_case(session: Session, nurse: User) -> None:
    committed(session, rows(S, OTHER | C | {"phase": "上岗前"}), nurse)
    committed(session, rows(S | {"suspected_disease": "爆震聋"}, OTHER | C), nurse)
    susp, contra = cases(session)
    assert (susp.disease_code, contra.subtype) == (_code("爆震聋"), "")
    assert story(susp)[-1] == story(contra)[-1] == "record-corrected"


def _code(name: str) -> str:
    found = find_disease(name, ON)
    assert found is not None
    return str(found["code"])


def test_a_re_examination_asked_for_again_stands_by_itself(session: Session, nurse: User) -> None:
    committed(session, rows(R, R | AGAIN), nurse)
    committed(session, rows(N), nurse)
    assert standings(session) == [("recheck", "due")]
    committed(session, rows(N | AGAIN), nurse)
    assert standings(session) == [("recheck", "closed_withdrawn")]


def test_what_was_not_found_is_neither_reported_nor_told_to_anybody(session: Session, nurse: User) -> None:
    committed(session, rows(S), nurse)
    committed(session, rows(N), nurse)
    case = cases(session)[0]
    assert {(one.event, one.state) for one in case.duties} == {("report-to-health", "dropped"), ("notify-employer", "dropped")}
    assert {one.state for one in case.clocks} == {"dropped"}
    assert session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).all() == []
