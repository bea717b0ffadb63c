"""What passed limits bring by themselves, and what a refusal says to whoever comes second."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from ohs.cases.calendar import AMBER, CITY, JOINT_MEETING, RED, cases_to_catch_up, catch_up, level_of
from ohs.cases.clocks import extend_clock
from ohs.cases.machine import Opening, do, open_case
from ohs.cases.models import Case, CaseClock, CaseTrack
from ohs.kernel.errors import DomainError
from tests.factories.cases import act, make_case, make_people, prove


def clock(case: Case, slug: str) -> CaseClock:
    return [one for one in case.clocks if one.slug == slug][-1]


def test_a_contraindicated_worker_who_was_not_moved_in_time(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=date(2026, 3, 2))
    act(
        session,
        people,
        case,
        "CLIN",
        "notify",
        date(2026, 3, 4),
        told_worker_on=date(2026, 3, 4),
        told_employer_on=date(2026, 3, 4),
        how_told="writing",
    )
    assert clock(case, "contraindication-remove").due_on == date(2026, 3, 16)  # the tenth day is a Saturday
    session.flush()
    assert list(cases_to_catch_up(session, date(2026, 3, 16))) == [] and catch_up(session, case, date(2026, 3, 16)) == 0
    assert list(cases_to_catch_up(session, date(2026, 3, 17))) == [case] and catch_up(session, case, date(2026, 3, 17)) == 1
    assert (case.status, case.steps[-1].actor) == ("breach", "system")
    assert catch_up(session, case, date(2026, 3, 17)) == 0, "done twice it changes nothing"
    act(session, people, case, "EMP", "remove", date(2026, 3, 20), moved_on=date(2026, 3, 20), new_post="仓库")
    assert clock(case, "contraindication-evidence").due_on == date(2026, 4, 7)  # 4 April is Qingming


def test_a_recheck_that_nobody_keeps_is_reminded_and_becomes_a_lead(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck", on=date(2026, 3, 2))
    act(
        session,
        people,
        case,
        "CLIN",
        "inform",
        date(2026, 3, 4),
        told_worker_on=date(2026, 3, 4),
        told_employer_on=date(2026, 3, 4),
        how_told="writing",
    )
    assert clock(case, "recheck-do").due_on == date(2026, 4, 3)
    catch_up(session, case, date(2026, 4, 7))
    assert case.status == "informed" and clock(case, "recheck-remind").due_on == date(2026, 4, 20)
    catch_up(session, case, date(2026, 4, 21))
    assert case.status == "reminded"
    catch_up(session, case, clock(case, "recheck-lead").due_on)
    assert case.status == "reminded"
    catch_up(session, case, date(2026, 6, 1))
    assert case.status == "lead"


def test_a_certificate_to_which_nobody_objects_becomes_final(session: Session) -> None:
    people, day = make_people(session), date(2026, 3, 2)
    case = make_case(session, people, "susp", on=day)
    case.status = "complete"
    act(session, people, case, "DIAG", "conclude-no", day, certificate_no="1", issued_on=day, grounds="无接触史")
    prove(session, case, people.DIAG, "certificate")
    act(session, people, case, "DIAG", "serve-certificate", day, "appraisal", served_on=day)
    assert clock(case, "appraisal-first-apply").due_on == date(2026, 4, 1)
    assert catch_up(session, case, date(2026, 4, 1)) == 0
    catch_up(session, case, date(2026, 4, 2))
    assert case.status_on("appraisal") == "final_no" and case.status_on("work_injury") == ""
    act(session, people, case, "DIAG", "appraisal-final-no", date(2026, 4, 2), is_advised=True)
    assert (case.status, case.closed_on) == ("closed_neg", date(2026, 4, 2))


def test_who_comes_second_reads_who_was_first_and_what_was_done(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint")
    session.flush()
    seen = case.version
    do(session, case, "handle", {"steps": "已联系"}, by=people.by("HLTH"), on=date(2026, 11, 3), seen=seen)
    session.flush()
    with pytest.raises(DomainError, match=f"{people.HLTH.organisation.name} has acted on this case: Take it up"):
        do(session, case, "answer", {}, by=people.by("HLTH"), on=date(2026, 11, 3), seen=seen)


def test_the_same_is_not_opened_twice(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    opening = Opening(
        kind="susp",
        event="suspected-found",
        subject=case.subject,
        county_code="330481",
        facts={"found_on": date(2026, 11, 2), "disease": "x"},
    )
    with pytest.raises(DomainError, match=case.number):
        open_case(session, opening, by=people.by("CLIN"), on=date(2026, 11, 2))


def test_the_ladder_of_what_is_late(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=date(2026, 3, 2))
    answer = clock(case, "complaint-answer")
    assert (answer.due_on, answer.is_statutory) == (date(2026, 4, 1), False)
    levels = {
        day: level_of(answer, day)
        for day in (date(2026, 3, 20), date(2026, 3, 23), date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 16), date(2026, 5, 6))
    }
    assert list(levels.values()) == [0, AMBER, AMBER, RED, CITY, JOINT_MEETING]
    extend_clock(answer, date(2026, 6, 30))
    assert level_of(answer, date(2026, 5, 6)) == 0
    with pytest.raises(DomainError):
        extend_clock(answer, date(2026, 5, 1))


def test_a_change_of_condition_is_appraised_a_year_after_the_conclusion(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=date(2024, 1, 2))
    hr = people.HRSS.organisation_id
    session.add(CaseTrack(case_id=case.id, kind="susp", track="work_injury", status="lc_applied", owner_id=hr))
    session.flush()
    session.refresh(case)
    prove(session, case, people.HRSS, "grade", "removal", "follow-up")
    day = date(2024, 2, 29)
    act(
        session,
        people,
        case,
        "LCAC",
        "conclude",
        day,
        "work_injury",
        concluded_on=day,
        received_on=day,
        conclusion_no="1",
        grade="7",
        care="none",
    )
    act(session, people, case, "HRSS", "benefits-paid", day, "work_injury", first_paid_on=day, document_no="2")
    plan = {"removed": "moved", "plan": "每年复查", "first_examination_planned_on": date(2025, 2, 1)}
    act(session, people, case, "EMP", "follow-up-planned", day, "work_injury", **plan)
    with pytest.raises(DomainError, match="a year after"):
        act(session, people, case, "WKR", "condition-changed", date(2025, 2, 27), "work_injury", applied_on=date(2025, 2, 27))
    act(session, people, case, "WKR", "condition-changed", date(2025, 2, 28), "work_injury", applied_on=date(2025, 2, 28))
    assert case.status_on("work_injury") == "lc_applied"
