"""What a correction brings to the case that rests on the corrected record: where it is, what it is about, what is still owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.evidence import missing_kinds, seen_by
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseTrack, CaseWaiting
from ohs.cases.moving import facts_of
from ohs.kernel.crypto import keyring
from ohs.kernel.policy import Permission, allowed
from ohs.rulebook.diseases import find_disease
from tests.cases.ways import last_day
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID
from tests.surveillance.test_case_review import AGAIN, DUST, ELSEWHERE, LATER, OTHER, C, N, R, S, cases, standings, story
from tests.surveillance.test_case_review import moved as moved
from tests.surveillance.test_case_review import nurse as nurse
from tests.surveillance.test_case_review import officer as officer
from tests.uploads.test_road import ON, committed, rows


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


def test_the_next_employer_is_told_nothing_of_the_one_before(
    session: Session, moved: Case, officer: User, as_user: Callable[[User], FlaskClient]
) -> None:
    """Exposed again elsewhere: what the first employer did, filed and was written stays with it, and proves nothing for the next"""
    letter = CaseDocument(case_id=moved.id, kind="contraindication-notice", number="1", organisation_id=officer.organisation_id, issued_on=ON, issued_by_id=officer.id)  # fmt: skip
    letter.copies.append(CaseDocumentCopy(addressee="EMP", readers=";CLIN;EMP;", said="{}", sha256="0", size=1, content=keyring().seal("case_document_copy.content", b"x")))  # fmt: skip
    session.add(letter)
    made = make_employer(session, uscc=ELSEWHERE["employer_uscc"], name=ELSEWHERE["employer_name"])
    place = make_organisation(session, kind="employer", region_code="330481", employer_id=made.id, name=made.name)
    committed(session, rows(ELSEWHERE | N), make_user(session, "clinic"))
    (case,), employer = cases(session), make_user(session, "employer", place)
    assert case.employer_id == made.id
    page = as_user(employer).get(f"/cases/{case.number}").get_data(as_text=True)
    assert "再次接触" in page and "仓库" not in page and VALID["employer_name"] not in page
    assert seen_by(employer, case) == [] and seen_by(officer, case) == list(case.evidence) != []
    assert as_user(employer).get(f"/cases/{case.number}/evidence/{case.evidence[0].id}").status_code == 404
    assert not allowed(employer, Permission.CASE_DOCUMENT_READ, letter.copies[0])
    act = KINDS["contra"].act("main", "evidence-filed")
    assert act is not None and missing_kinds(case, act) == ["post-change"]


#: What a correction says that nobody had found, the kind of case that it opens, and what its clinic owes by when (3.4).
FOUND_LATER = [
    (S, "susp", {"suspected-notify-worker": "5w", "suspected-notify-employer": "5w", "suspected-report": "15c"}),
    (C, "contra", {"contraindication-notify": "5w"}),
    (R | DUST, "recheck", {"recheck-inform": "5w"}),
]


@pytest.mark.parametrize(("now", "kind", "owed"), FOUND_LATER, ids=[one[1] for one in FOUND_LATER])
@pytest.mark.parametrize("was", [N, R], ids=["N", "R"])
def test_what_only_a_correction_has_found_is_owed_from_its_day(
    session: Session, nurse: User, was: dict[str, str], now: dict[str, str], kind: str, owed: dict[str, str]
) -> None:
    """4.2 DETECTED report 15c, tell 5w: by a report of long ago, which said otherwise, nobody is late on the day of the correction"""
    committed(session, rows(was), nurse)
    committed(session, rows(now), nurse)
    case = cases(session, kind=kind)[-1]
    assert {one.slug: (one.started_on, one.due_on) for one in case.clocks} == {
        slug: (ON, last_day(ON, limit)) for slug, limit in owed.items()
    }
    assert facts_of(case.steps[0])["found_on"] == date(2026, 9, 5) and {one.opened_on for one in case.duties} <= {ON}


def test_what_a_file_finds_at_once_is_owed_from_its_report(session: Session, nurse: User) -> None:
    committed(session, rows(S), nurse)
    assert {one.started_on for one in cases(session)[0].clocks} == {date(2026, 9, 5)}


def test_the_timeline_tells_both_days(session: Session, nurse: User, officer: User, as_user: Callable[[User], FlaskClient]) -> None:
    committed(session, rows(R), nurse)
    committed(session, rows(S), nurse)
    page = as_user(officer).get(f"/cases/{cases(session, kind='susp')[0].number}").get_data(as_text=True)
    assert "检出日期" in page and "更正后获知日期" in page and ON.isoformat() in page


HARMED = {"exposed_hazards": "R3", "examined_hazards": "R3"}
EMERGENCY, IN_SERVICE = {"phase": "应急"}, {"phase": "在岗期间"}
TURNS = [
    (IN_SERVICE, EMERGENCY),
    (HARMED | {"suspected_disease": "外照射慢性放射病"}, HARMED | {"suspected_disease": "外照射急性放射病"}),
]


def duties(case: Case) -> dict[str, str]:
    return {one.event: one.state for one in case.duties if one.event.startswith("report-to-health")}


@pytest.mark.parametrize(("chronic", "acute"), TURNS, ids=["by phase", "by name"])
def test_what_turns_out_to_be_acute_is_reported_at_once(
    session: Session, nurse: User, chronic: dict[str, str], acute: dict[str, str]
) -> None:
    committed(session, rows(S | chronic), nurse)
    (case,) = cases(session)
    assert (case.subtype, duties(case)) == ("", {"report-to-health": "due"})
    committed(session, rows(S | acute), nurse)
    (case,) = cases(session)
    assert (case.subtype, duties(case)) == ("acute", {"report-to-health": "dropped", "report-to-health-acute": "due"})
    clock = next(one for one in case.clocks if one.slug == "suspected-report-acute")
    assert (clock.state, clock.started_on, clock.due_on) == ("running", ON, ON)
    assert {one.state for one in case.clocks if one.slug == "suspected-report"} == {"dropped"}
    line, told = case.steps[-1], facts_of(case.steps[-1])
    assert (line.event, told["revision"], told["subtype_was"], told["subtype_now"]) == ("record-corrected", 2, "chronic", "acute")
    assert clock.actors == "CLIN" and clock.duty is not None
    committed(session, rows(S | acute | {"advice": "复诊"}), nurse)
    assert len(story(cases(session)[0])) == 2, "handed in again with the same course"


@pytest.mark.parametrize(("chronic", "acute"), TURNS, ids=["by phase", "by name"])
def test_what_turns_out_to_be_chronic_is_reported_as_such(
    session: Session, nurse: User, chronic: dict[str, str], acute: dict[str, str]
) -> None:
    committed(session, rows(S | acute), nurse)
    committed(session, rows(S | chronic), nurse)
    (case,) = cases(session)
    assert (case.subtype, duties(case)) == ("", {"report-to-health-acute": "dropped", "report-to-health": "due"})
    assert {one.started_on for one in case.clocks if one.slug == "suspected-report"} == {date(2026, 9, 5)}, "counted from the finding"
    committed(session, rows(S | acute | {"advice": "复诊"}), nurse)
    (case,) = cases(session)
    assert [(one.event, one.state) for one in case.duties if one.state == "due" and one.event.startswith("report")] == [
        ("report-to-health-acute", "due")
    ]


def test_a_report_that_was_made_at_once_is_not_asked_for_again(session: Session, nurse: User) -> None:
    committed(session, rows(S | EMERGENCY), nurse)
    (case,) = cases(session)
    fulfil(session, case, next(one for one in case.duties if one.event == "report-to-health-acute"), {"done_on": ON}, by=By(nurse), on=ON)
    session.commit()
    committed(session, rows(S | IN_SERVICE), nurse)
    assert duties(cases(session)[0]) == {"report-to-health-acute": "done"} and cases(session)[0].subtype == ""


def test_one_that_was_reported_as_chronic_is_reported_at_once_all_the_same(session: Session, nurse: User) -> None:
    committed(session, rows(S), nurse)
    (case,) = cases(session)
    fulfil(session, case, next(one for one in case.duties if one.event == "report-to-health"), {"done_on": ON}, by=By(nurse), on=ON)
    session.commit()
    committed(session, rows(S | EMERGENCY), nurse)
    assert duties(cases(session)[0]) == {"report-to-health": "done", "report-to-health-acute": "due"}


def test_the_acute_one_of_several_findings_decides(session: Session, nurse: User) -> None:
    committed(session, rows(S, S | EMERGENCY | LATER | {"card_no": "K2"}), nurse)
    (case,) = cases(session)
    assert (case.subtype, duties(case)) == ("acute", {"report-to-health-acute": "due"}), "of one file"
    committed(session, rows(S | OTHER), nurse)
    committed(session, rows(N, S | OTHER | {"card_no": "K3"}, S | OTHER | EMERGENCY | LATER | {"card_no": "K4"}), nurse)
    other = cases(session)[-1]
    assert (other.subtype, duties(other)["report-to-health-acute"], story(other)[-1]) == ("acute", "due", "found-again")


def test_a_certificate_has_the_last_word_on_the_course(session: Session, nurse: User, officer: User) -> None:
    committed(session, rows(S), nurse)
    (case,) = cases(session)
    office = make_organisation(session, kind="department", department="hr", level="county", region_code="330481")
    case.tracks.append(CaseTrack(kind="susp", track="appraisal", status="served", owner=officer.organisation))
    case.status, case.appraisal_owner_id = "diagnosed_yes", officer.organisation_id
    session.commit()
    committed(session, rows(S | EMERGENCY), nurse)
    assert office and cases(session)[0].subtype == "" and "report-to-health-acute" not in duties(cases(session)[0])


@pytest.mark.parametrize(("first", "then", "runs"), [("上岗前", "在岗期间", "remove"), ("在岗期间", "上岗前", "not-assign-undated")])
def test_a_contraindication_of_another_phase_runs_by_its_own_limit(session: Session, nurse: User, first: str, then: str, runs: str) -> None:
    committed(session, rows(C | {"phase": first}), nurse)
    (case,) = cases(session)
    do(session, case, "notify", {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}, by=By(nurse), on=ON)
    session.commit()
    committed(session, rows(C | {"phase": then}), nurse)
    (case,) = cases(session)
    assert {(one.slug, one.started_on) for one in case.clocks if one.state == "running"} == {(f"contraindication-{runs}", ON)}


def test_the_timeline_says_what_it_was_taken_for(
    session: Session, nurse: User, officer: User, as_user: Callable[[User], FlaskClient]
) -> None:
    committed(session, rows(S), nurse)
    committed(session, rows(S | EMERGENCY), nurse)
    page = as_user(officer).get(f"/cases/{cases(session)[0].number}").get_data(as_text=True)
    assert "原认定" in page and "现认定" in page and "慢性" in page and "急性" in page
