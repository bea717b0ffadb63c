"""What committing an upload does to cases: opened, joined, answered, reopened, and reviewed when the clinic corrects itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import By
from ohs.cases.machine import Opening, do, fulfil, open_case
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.moving import facts_of
from ohs.cases.notices_models import CaseNotice
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.registry.models import Worker
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import prove
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID
from tests.uploads.test_road import ON, committed, handed_in, rows

S = {"conclusions": "疑似职业病", "suspected_disease": "噪声聋"}
C = {"conclusions": "职业禁忌证", "contraindication": "噪声作业职业禁忌证"}
R = {"conclusions": "复查", "recheck_items": "纯音测听"}
N = {"conclusions": "目前未见异常"}
OTHER = {"worker_name": "王芳", "id_number": "33040219900308998X"}
LATER = {"examined_on": "2026-10-10", "reported_on": "2026-10-12"}
AGAIN = LATER | {"card_no": "R1", "is_recheck": "是", "previous_card_no": "TJ1"}
DUST = {"exposed_hazards": "矽尘", "examined_hazards": "矽尘"}


@pytest.fixture
def officer(session: Session) -> User:
    return make_user(session, "health")


@pytest.fixture
def nurse(session: Session, officer: User) -> User:
    employer = make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"])
    make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id, name=employer.name)
    return make_user(session, "clinic")


def cases(session: Session, **which: Any) -> list[Case]:
    session.expire_all()
    return list(session.scalars(select(Case).filter_by(**which).order_by(Case.id)))


def standings(session: Session) -> list[tuple[str, str]]:
    return [(case.kind, case.status) for case in cases(session)]


def story(case: Case) -> list[str]:
    return [step.event for step in case.steps]


def test_conclusions_open_cases_that_count_from_the_report(session: Session, nurse: User, officer: User) -> None:
    content = rows(S, OTHER | C, N | {"id_number": "330402199003099969"}, R | DUST)
    assert {key: handed_in(session, content, nurse).preview[key] for key in ("cases_opened", "cases_joined")} == {
        "cases_opened": 3,
        "cases_joined": 0,
    }
    upload = committed(session, content, nurse)
    susp, contra, recheck = cases(session, kind="susp") + cases(session, kind="contra") + cases(session, kind="recheck")
    assert (susp.number, susp.status, susp.hazard_codes, susp.owner_id, susp.opened_on) == (
        "YS-330481-2026-000001", "detected", "P01", officer.organisation_id, ON,
    )  # fmt: skip
    assert {clock.started_on for clock in susp.clocks} == {date(2026, 9, 5)}
    assert facts_of(susp.steps[0])["disease"] == "噪声聋" and "disease" not in susp.steps[0].facts
    assert [(source.number, source.role, source.revision) for source in contra.sources] == [("TJ2", "finding", 1)]
    assert facts_of(recheck.steps[0])["items"] == "纯音测听" and recheck.hazard_codes == "D01"
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "case:opened-many").order_by(AuditEvent.id)).all()
    assert [(one.subject, one.after and one.after["rows"]) for one in events] == [(upload.number, 1)] * 3
    notices = session.scalars(select(CaseNotice).where(CaseNotice.organisation_id == officer.organisation_id)).all()
    assert sorted((one.kind, one.cases) for one in notices) == [("contra", 1), ("recheck", 1), ("susp", 1)]


@pytest.mark.parametrize(
    ("row", "opening"),
    [
        (S, ("susp", "suspected-found", {"disease": "噪声聋"})),
        (S | {"phase": "应急"}, ("susp", "suspected-found", {"disease": "噪声聋"})),
        (C, ("contra", "contraindication-found", {"hazards": "P01", "disease": "噪声作业职业禁忌证"})),
        (C | {"phase": "上岗前"}, ("contra", "contraindication-found", {"hazards": "P01", "disease": "噪声作业职业禁忌证"})),
        (R, ("recheck", "recheck-required", {"card_no": "TJ1", "items": "纯音测听"})),
    ],
)
def test_a_case_opened_with_an_upload_is_like_one_that_the_machine_opens(
    session: Session, nurse: User, row: dict[str, Any], opening: tuple[str, str, dict[str, Any]]
) -> None:
    committed(session, rows(row), nurse)
    made = cases(session)[0]
    kind, event, facts = opening
    like = open_case(
        session,
        Opening(
            kind, event, "test", made.county_code, made.region_code, made.subtype, made.worker_id, made.employer_id, made.clinic_id,
            hazard_codes=made.hazard_codes, disease_code=made.disease_code, facts={"found_on": date(2026, 9, 5)} | facts,
        ),
        by=By(nurse), on=ON,
    )  # fmt: skip
    session.flush()
    session.expire_all()
    assert _content(session, made) == _content(session, like)
    assert int(like.number[-6:]) == int(made.number[-6:]) + 1


def _content(session: Session, case: Case) -> dict[str, Any]:
    clocks = [
        (one.track, one.status, one.slug, one.actors, one.started_on, one.due_on, one.is_statutory, one.is_provisional, one.is_set, one.amount, one.state, one.ended_on, one.duty and one.duty.event)
        for one in case.clocks
    ]  # fmt: skip
    waiting = session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).all()
    slug_of = {clock.id: clock.slug for clock in case.clocks}
    columns = set(Case.__table__.columns.keys()) - {"id", "number", "subject", "created_at"}
    return {
        "record": {name: getattr(case, name) for name in columns},
        "steps": [(one.position, one.on, one.track, one.event, one.before, one.after, one.actor, one.user_id, one.organisation_id, facts_of(one), one.told) for one in case.steps],
        "clocks": sorted(clocks, key=repr),
        "duties": sorted((one.event, one.opened_by, one.state, one.opened_on) for one in case.duties),
        "waiting": sorted((one.organisation_id, one.due_on, slug_of.get(one.clock_id or 0)) for one in waiting),
    }  # fmt: skip


def test_the_same_finding_joins_the_case_that_is_open(session: Session, nurse: User) -> None:
    committed(session, rows(S, S | {"card_no": "K2"} | LATER), nurse)
    again = handed_in(
        session, rows(S | {"card_no": "K3"} | LATER, S | DUST | {"card_no": "K4", "suspected_disease": "矽肺"} | LATER), nurse
    )
    assert (again.preview["cases_opened"], again.preview["cases_joined"]) == (1, 1)
    committed(session, rows(S | {"card_no": "K3"} | LATER, S | DUST | {"card_no": "K4", "suspected_disease": "矽肺"} | LATER), nurse)
    first, other = cases(session)
    assert (story(first), [source.number for source in first.sources]) == (
        ["suspected-found", "found-again", "found-again"], ["TJ1", "K2", "K3"],
    )  # fmt: skip
    assert (other.hazard_codes, story(other)) == ("D01", ["suspected-found"])


RESULTS = [
    (N, [("recheck", "closed")], "conclusion-n-or-o"),
    ({"conclusions": "其他疾病或异常", "other_finding": "高血压"}, [("recheck", "closed")], "conclusion-n-or-o"),
    (S, [("recheck", "closed"), ("susp", "detected")], "conclusion-s-or-c"),
    (C, [("recheck", "closed"), ("contra", "detected")], "conclusion-s-or-c"),
    (R, [("recheck", "due")], "conclusion-r"),
    ({"conclusions": "暂无个体结论"}, [("recheck", "done")], "record-uploaded"),
]


@pytest.mark.parametrize(("result", "expected", "last"), RESULTS)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one file", "one after the other"])
def test_a_re_examination_answers_the_case_that_waits_for_it(
    session: Session, nurse: User, result: dict[str, Any], expected: list[tuple[str, str]], last: str, at_once: bool
) -> None:
    if at_once:
        committed(session, rows(R, result | AGAIN), nurse)
    else:
        committed(session, rows(R), nurse)
        committed(session, rows(result | AGAIN), nurse)
    assert standings(session) == expected
    recheck = cases(session, kind="recheck")[0]
    asked_again = [("R1", "finding")] if last == "conclusion-r" else []
    assert story(recheck)[-1] == last
    assert [(one.number, one.role) for one in recheck.sources] == [("TJ1", "finding"), ("R1", "answer"), *asked_again]
    assert recheck.round == (2 if last == "conclusion-r" else 1)


def test_a_second_round_is_answered_by_a_record_that_names_either_card(session: Session, nurse: User) -> None:
    committed(session, rows(R, R | AGAIN), nurse)
    committed(session, rows(N | AGAIN | {"card_no": "R2", "previous_card_no": "R1", "examined_on": "2026-10-11"}), nurse)
    assert standings(session) == [("recheck", "closed")]


def test_a_correction_closes_what_nobody_has_acted_on_and_shows_both_versions(session: Session, nurse: User) -> None:
    committed(session, rows(R, OTHER | S), nurse)
    preview = handed_in(session, rows(N, OTHER | N), nurse).preview
    assert (preview["cases_opened"], preview["cases_reviewed"]) == (0, 2)
    committed(session, rows(N, OTHER | N), nurse)
    assert sorted(standings(session)) == [("recheck", "closed_withdrawn"), ("susp", "closed_withdrawn")]
    recheck = cases(session, kind="recheck")[0]
    told = facts_of(recheck.steps[-1])
    assert (told["record"], told["revision"], told["was"], told["now"]) == ("TJ1", 2, ["R"], ["none"])
    assert recheck.closed_on == ON and recheck.sources[0].withdrawn_on == ON
    assert not any(clock.state == "running" for case in cases(session) for clock in case.clocks if clock.track != "duty")


def test_a_correction_turns_a_re_examination_into_a_suspected_case(session: Session, nurse: User) -> None:
    committed(session, rows(R), nurse)
    committed(session, rows(S), nurse)
    assert sorted(standings(session)) == [("recheck", "closed_withdrawn"), ("susp", "detected")]
    committed(session, rows(S | {"systolic_mmhg": 120, "diastolic_mmhg": 80}), nurse)
    assert len(cases(session)) == 2 and story(cases(session, kind="susp")[0]) == ["suspected-found"]


def test_a_corrected_result_of_a_closed_re_examination_opens_what_follows(session: Session, nurse: User) -> None:
    committed(session, rows(R, N | AGAIN), nurse)
    committed(session, rows(S | AGAIN), nurse)
    assert sorted(standings(session)) == [("recheck", "closed"), ("susp", "detected")]
    told = facts_of(cases(session, kind="recheck")[0].steps[-1])
    assert (told["was"], told["now"]) == (["none"], ["S"])


@pytest.mark.parametrize(("second", "status", "round"), [(N, "closed", 1), (R, "due", 2), (S, "closed", 1)])
def test_a_result_without_conclusion_is_completed_by_a_correction(
    session: Session, nurse: User, second: dict[str, Any], status: str, round: int
) -> None:
    committed(session, rows(R, {"conclusions": "暂无个体结论"} | AGAIN), nurse)
    committed(session, rows(second | AGAIN), nurse)
    recheck = cases(session, kind="recheck")[0]
    assert (recheck.status, recheck.round, len(cases(session))) == (status, round, 2 if second is S else 1)


@pytest.mark.parametrize(("second", "expected"), [(N, [("recheck", "closed")]), (S, [("recheck", "closed"), ("susp", "detected")])])
def test_a_re_examination_that_was_opened_by_hand_is_answered_by_its_record(
    session: Session, nurse: User, second: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    committed(session, rows(N), nurse)
    worker = session.scalars(select(Worker)).one()
    asked = Opening("recheck", "recheck-required", "by hand", "330481", worker_id=worker.id, clinic_id=nurse.organisation_id, hazard_codes="P01", facts={"found_on": ON, "card_no": "TJ1"})  # fmt: skip
    open_case(session, asked, by=By(nurse), on=ON)
    session.commit()
    committed(session, rows(second | AGAIN), nurse)
    assert standings(session) == expected


def test_whoever_was_told_already_is_not_forgotten_by_a_correction(session: Session, nurse: User, officer: User) -> None:
    committed(session, rows(S), nurse)
    case = cases(session)[0]
    do(session, case, "notify", {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}, by=By(nurse), on=ON)
    with pytest.raises(DomainError):
        do(session, case, "withdraw-finding", {"reason": "更正"}, by=By(officer), on=ON)
    committed(session, rows(N), nurse)
    assert standings(session) == [("susp", "notified")] and story(cases(session)[0])[-1] == "finding-corrected"
    do(session, cases(session)[0], "withdraw-finding", {"reason": "原报告张冠李戴"}, by=By(officer), on=ON)
    assert standings(session) == [("susp", "closed_withdrawn")]


def test_a_finding_that_turns_out_to_be_of_another_worker_moves_to_their_case(session: Session, nurse: User) -> None:
    committed(session, rows(S, OTHER | N), nurse)
    committed(session, rows(OTHER | S), nurse)
    wrong, right = cases(session)
    assert (wrong.status, right.status, facts_of(wrong.steps[-1])["is_of_another"]) == ("closed_withdrawn", "detected", True)
    assert right.worker_id != wrong.worker_id


def test_one_of_two_findings_corrected_leaves_the_case_open(session: Session, nurse: User) -> None:
    committed(session, rows(S, S | {"card_no": "K2"} | LATER), nurse)
    committed(session, rows(N), nurse)
    assert (standings(session), story(cases(session)[0])[-1]) == ([("susp", "detected")], "record-corrected")
    committed(session, rows(N | {"card_no": "K2"} | LATER), nurse)
    assert standings(session) == [("susp", "closed_withdrawn")]


@pytest.fixture
def moved(session: Session, nurse: User, officer: User) -> Case:
    """A contraindicated worker who was moved from the post, verified."""
    committed(session, rows(C), nurse)
    case, employer = cases(session)[0], make_user(session, "employer", session.get_one(Organisation, _employer_place(session)))
    case.opened_on = day = date(2026, 9, 8)
    do(session, case, "notify", {"told_worker_on": day, "told_employer_on": day, "how_told": "writing"}, by=By(nurse), on=day)
    do(session, case, "remove", {"moved_on": day, "new_post": "仓库", "is_temporary": False}, by=By(employer), on=day)
    prove(session, case, employer, "post-change")
    do(
        session,
        case,
        "evidence-filed",
        {"new_post": "仓库", "new_hazards": "", "effective_on": day, "is_signed": True},
        by=By(employer),
        on=day,
    )
    do(
        session,
        case,
        "verified",
        {"is_post_free": True, "is_wage_kept": True, "is_still_employed": True, "next_examination_planned_on": date(2027, 9, 8)},
        by=By(officer),
        on=day,
    )
    session.commit()
    return case


def _employer_place(session: Session) -> int:
    return session.scalars(select(Organisation.id).where(Organisation.kind == "employer")).one()


ELSEWHERE = {"card_no": "E1", "employer_name": "平湖箱包有限公司", "employer_uscc": "91330481MAY000047R", "exposed_hazards": "噪声"} | LATER
EXPOSED: list[tuple[dict[str, Any], str]] = [
    (ELSEWHERE | N, "reopened"),
    (ELSEWHERE | N | {"phase": "上岗前"}, "reopened"),
    (ELSEWHERE | C, "reopened"),
    (ELSEWHERE | C | {"phase": "上岗前"}, "closed"),
    (ELSEWHERE | N | {"phase": "离岗时"}, "closed"),
    (ELSEWHERE | N | DUST, "closed"),
    (ELSEWHERE | N | {"examined_on": "2026-09-07", "reported_on": "2026-09-09"}, "closed"),
]


@pytest.mark.parametrize(("record", "status"), EXPOSED)
def test_a_contraindicated_worker_who_is_exposed_again_reopens_the_case(
    session: Session, moved: Case, record: dict[str, Any], status: str
) -> None:
    elsewhere = make_organisation(session, region_code="330482")
    make_employer(session, uscc=ELSEWHERE["employer_uscc"], name=ELSEWHERE["employer_name"], county_code="330482", region_code="330482101")
    committed(session, rows(record), make_user(session, "clinic"))
    case = cases(session, id=moved.id)[0]
    assert case.status == status
    assert len(cases(session)) == (2 if record["conclusions"] == "职业禁忌证" and status == "closed" else 1)
    if status == "reopened":
        assert (case.owner_id, case.county_code, case.closed_on, case.number[:9]) == (elsewhere.id, "330482", None, "JJ-330481")
        assert story(case)[-2:] == (["moved-on", "found-again"] if record["conclusions"] == "职业禁忌证" else ["exposed-again", "moved-on"])


@pytest.mark.parametrize(("phase", "event"), [("在岗期间", "remove"), ("上岗前", "not-assigned")])
def test_who_was_never_assigned_and_works_there_now_is_moved(session: Session, moved: Case, officer: User, phase: str, event: str) -> None:
    """Found before placement, and exposed at another employer: in service there, or about to begin"""
    moved.subtype = "pre-placement"
    session.commit()
    made = make_employer(session, uscc=ELSEWHERE["employer_uscc"], name=ELSEWHERE["employer_name"])
    place = make_organisation(session, kind="employer", region_code="330481", employer_id=made.id, name=made.name)
    committed(session, rows(ELSEWHERE | N | {"phase": phase}), make_user(session, "clinic"))
    case = cases(session)[0]
    do(session, case, "notify", {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}, by=By(officer), on=ON)
    assert {one.slug for one in case.clocks if one.state == "running"} == {
        f"contraindication-{event.replace('not-assigned', 'not-assign-undated')}"
    }
    facts = {"moved_on": ON, "new_post": "仓库", "is_temporary": False} if event == "remove" else {"decided_on": ON, "assigned_to": "仓库"}
    do(session, case, event, facts, by=By(make_user(session, "employer", place)), on=ON)


def test_who_waived_diagnosis_is_found_again(session: Session, nurse: User, officer: User) -> None:
    committed(session, rows(S), nurse)
    case = cases(session)[0]
    do(session, case, "notify", {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}, by=By(nurse), on=ON)
    prove(session, case, officer, "refusal")
    do(session, case, "worker-refuses", {"refused_on": ON}, by=By(officer), on=ON)
    committed(session, rows(S | {"card_no": "K2"} | LATER), nurse)
    assert standings(session) == [("susp", "detected")] and story(cases(session)[0])[-1] == "next-suspected-found"


def test_a_merged_worker_has_one_case(session: Session, nurse: User) -> None:
    committed(session, rows(S, OTHER | N), nurse)
    first, second = session.scalars(select(Worker).order_by(Worker.id)).all()
    first.merged_into_id = second.id
    session.commit()
    committed(session, rows(OTHER | S | {"card_no": "K2"} | LATER), nurse)
    assert len(cases(session)) == 1 and story(cases(session)[0])[-1] == "found-again"


def test_a_duty_of_a_case_from_an_upload_can_be_done(session: Session, nurse: User) -> None:
    committed(session, rows(S), nurse)
    case = cases(session)[0]
    duty = next(one for one in case.duties if one.event == "notify-employer")
    fulfil(session, case, duty, {"done_on": ON}, by=By(nurse), on=ON + timedelta(days=1))
    assert duty.state == "done" and all(clock.state != "running" for clock in case.clocks if clock.duty is duty)


def test_a_correction_takes_the_visit_back_that_nobody_needs_any_more(session: Session, nurse: User, officer: User) -> None:
    town = make_user(session, "town")
    employer = make_user(session, "employer", session.get_one(Organisation, _employer_place(session)))
    committed(session, rows(C), nurse)
    case = cases(session)[0]
    do(session, case, "notify", {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}, by=By(nurse), on=ON)
    do(session, case, "remove", {"moved_on": ON, "new_post": "包装", "is_temporary": False}, by=By(employer), on=ON)
    prove(session, case, employer, "post-change")
    filed = {"new_post": "包装", "new_hazards": "C001", "effective_on": ON, "is_signed": True}
    do(session, case, "evidence-filed", filed, by=By(employer), on=ON)
    visit = session.scalars(select(SiteVisit)).one()
    assert visit.is_open and visit.organisation_id == town.organisation_id
    session.commit()
    committed(session, rows(N), nurse)
    session.refresh(visit)
    assert standings(session) == [("contra", "closed_withdrawn")] and visit.withdrawn_on is not None
    assert story(cases(session)[0])[-1] == "visit-withdrawn"


def test_the_page_of_a_committed_upload_lists_the_cases_that_rest_on_it(
    session: Session, nurse: User, browse: Callable[..., Any], as_user: Callable[[User], FlaskClient]
) -> None:
    before = committed(session, rows(S), nurse)
    upload = committed(session, rows({"card_no": "TJ2"} | N | LATER | OTHER, {"card_no": "TJ3"} | C | OTHER | LATER), nurse)
    as_user(nurse)
    page = browse(f"/uploads/{upload.number}").get_data(as_text=True)
    own, other = cases(session, kind="contra")[0], cases(session, kind="susp")[0]
    assert f"/cases/{own.number}" in page and f"/cases/{other.number}" not in page
    assert f"/cases/{other.number}" in browse(f"/uploads/{before.number}").get_data(as_text=True)
    session.execute(update(CaseClock).where(CaseClock.case_id == other.id).values(track="work_injury", duty_id=None))
    other.due_on = date(2031, 7, 14)
    session.commit()
    assert "2031-07-14" not in browse(f"/uploads/{before.number}").get_data(as_text=True), "a day of a part that the clinic is not shown"
