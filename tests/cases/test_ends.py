"""Ends of cases and of their clocks: what is not over yet stays open, and what goes on keeps its limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.calendar import cases_to_catch_up, catch_up
from ohs.cases.clocks import extend_clock, pause_clock, resume_clock
from ohs.cases.machine import do, possible
from ohs.kernel.errors import DomainError
from tests.cases.ways import DAY, TO_DIAGNOSIS, go, offered, running
from tests.factories.cases import act, make_case, make_people

BETTER = {"outcome": "结论已作出", "document_no": "2"}


TO_DECISION = "EMP work_injury employer-applies, HRSS work_injury accept"


def test_a_negative_diagnosis_is_not_closed_while_somebody_can_object(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{TO_DIAGNOSIS}, DIAG main conclude-no, DIAG appraisal serve-certificate")
    with pytest.raises(DomainError, match="not final yet"):
        act(session, people, case, "DIAG", "appraisal-final-no", DAY, is_advised=True)
    catch_up(session, case, date(2026, 4, 2))
    assert running(case) == {"suspected-close-negative": date(2026, 4, 2)}
    with pytest.raises(DomainError, match="advised first"):
        act(session, people, case, "DIAG", "appraisal-final-no", date(2026, 4, 2))
    act(session, people, case, "DIAG", "appraisal-final-no", date(2026, 4, 2), is_advised=True)
    assert case.status == "closed_neg"


def test_a_refused_work_injury_stays_open_as_long_as_a_suit_can_be_filed(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{TO_DIAGNOSIS}, DIAG main conclude-yes, DIAG appraisal serve-certificate, {TO_DECISION}")
    catch_up(session, case, date(2026, 4, 2))
    go(session, people, case, "HRSS work_injury decide-no, HRSS duty serve-work-injury-decision", date(2026, 4, 3))
    assert (case.status, case.status_on("appraisal"), case.closed_on) == ("diagnosed_yes", "final_yes", None)
    last = running(case, "work_injury")["work-injury-suit"]
    assert catch_up(session, case, last) == 0
    session.flush()
    assert case in list(cases_to_catch_up(session, last + timedelta(days=1)))
    catch_up(session, case, last + timedelta(days=1))
    assert (case.status, case.closed_on) == ("closed", last + timedelta(days=1))
    assert possible(case, people.by("EMP")) == []
    assert offered(case, people.by("HLTH")) == ["objection-late", "reconsideration", "suit"], "an office enters what was asked for in time"
    with pytest.raises(DomainError, match="is closed"):
        go(session, people, case, "EMP work_injury reconsideration", last + timedelta(days=9))


def test_a_decision_waits_for_another_authority_and_goes_on_when_it_has_spoken(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{TO_DIAGNOSIS}, DIAG main conclude-yes, {TO_DECISION}")
    assert running(case, "work_injury") == {"work-injury-decision-clear": date(2026, 3, 17)}
    with pytest.raises(DomainError, match="Nothing is awaited"):
        act(session, people, case, "HRSS", "conclusion-arrived", DAY, "work_injury", **BETTER)
    go(session, people, case, "HRSS work_injury await-other-authority", date(2026, 3, 6))
    assert running(case, "work_injury") == {}
    with pytest.raises(DomainError, match="awaited already"):
        go(session, people, case, "HRSS work_injury await-other-authority", date(2026, 3, 7))
    act(session, people, case, "HRSS", "conclusion-arrived", date(2026, 3, 16), "work_injury", **BETTER)
    assert running(case, "work_injury") == {"work-injury-decision-clear": date(2026, 3, 27)}, "ten days did not count"


def test_the_answer_to_a_complaint_is_due_after_it_was_taken_up_too(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=DAY)
    act(session, people, case, "HLTH", "handle", date(2026, 3, 9), steps="已联系")
    assert running(case) == {"complaint-answer": date(2026, 4, 1)}
    act(session, people, case, "HLTH", "answer", date(2026, 4, 2), answered_on=date(2026, 4, 2), result="true", reason="属实")
    assert [(one.state, one.ended_on) for one in case.clocks] == [("late", date(2026, 4, 2))]


def test_who_must_stop_the_work_is_the_employer(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "overlimit", on=DAY)
    go(session, people, case, "EMP main acknowledge, EMP main plan, EMP main works-done")
    go(session, people, case, "TEST main still-above", date(2026, 4, 7), result=88.0)
    assert {one.slug: one.actors for one in case.clocks if one.state == "running"} == {
        "overlimit-stop": "EMP",
        "overlimit-stop-confirm": "HLTH",
    }
    go(session, people, case, "HLTH main stop-confirmed", date(2026, 4, 7))
    go(session, people, case, "TEST main re-test-still-above", date(2026, 5, 8), result=88.0)
    assert running(case) == {"overlimit-retest": date(2026, 7, 7)}, "the next re-test has a limit again"


def test_after_the_word_of_the_province_no_re_appraisal_is_awaited(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{TO_DIAGNOSIS}, DIAG main conclude-yes, {TO_DECISION}, HRSS work_injury decide-yes")
    go(session, people, case, "EMP work_injury apply-labour-capacity, LCAC work_injury conclude")
    assert set(running(case, "work_injury")) == {"benefit-payment", "labour-capacity-reapply"}
    go(session, people, case, "EMP work_injury re-appraisal, LCAC work_injury conclude-final")
    assert set(running(case, "work_injury")) == {"benefit-payment"}
    with pytest.raises(DomainError, match="province has decided"):
        go(session, people, case, "EMP work_injury re-appraisal")


def test_a_case_is_not_reopened_beside_another_one_of_the_same(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=DAY)
    case.status, case.closed_on = "closed", DAY
    session.flush()
    twin = make_case(session, people, "contra", on=DAY)
    twin.subject = case.subject
    session.flush()
    with pytest.raises(DomainError, match=twin.number):
        do(session, case, "exposed-again", {"seen_on": DAY, "record": "K9"}, by=By(), on=DAY)


def test_a_clock_that_was_extended_is_suspended_and_resumed_on_one_day(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=DAY)
    clock = case.clocks[0]
    extend_clock(clock, date(2026, 5, 6))
    pause_clock(clock, DAY, cause="等待鉴定")
    resume_clock(session, clock, DAY)
    assert (clock.state, clock.due_on, clock.pauses) == ("running", date(2026, 5, 6), [])
    pause_clock(clock, DAY, cause="等待鉴定")
    resume_clock(session, clock, date(2026, 3, 12))
    assert clock.due_on == date(2026, 5, 18), "ten days later, and no rest day"


def test_who_does_not_use_a_right_is_not_late(session: Session) -> None:
    """Reconsideration, suit and re-appraisal are asked for or not: nothing rises up the ladder, and nobody's inbox keeps it"""
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(
        session,
        people,
        case,
        f"{TO_DIAGNOSIS}, DIAG main conclude-yes, DIAG appraisal serve-certificate, {TO_DECISION}, HRSS work_injury decide-yes, HRSS duty serve-work-injury-decision",
    )
    rights = {"work-injury-reconsideration", "work-injury-suit"}
    assert rights < running(case, "work_injury").keys()
    later = max(one.due_on for one in case.clocks if one.slug in rights) + timedelta(days=1)
    session.flush()
    assert case in list(cases_to_catch_up(session, later))
    catch_up(session, case, later)
    assert not rights & running(case, "work_injury").keys()
    assert {one.state for one in case.clocks if one.slug in rights} == {"dropped"}
    go(session, people, case, "EMP work_injury apply-labour-capacity, LCAC work_injury conclude", later)
    assert "labour-capacity-reapply" in running(case, "work_injury")
    catch_up(session, case, later + timedelta(days=40))
    assert running(case, "work_injury").keys() == {"benefit-payment"}


def test_what_an_appraisal_has_overturned_is_reported_by_nobody_any_more(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    appraised = (
        "WKR appraisal objection, APPR appraisal document-check, APPR appraisal conclude?conclusion=no, EMP appraisal second-appraisal"
    )
    go(session, people, case, f"{TO_DIAGNOSIS}, DIAG main conclude-yes, DIAG appraisal serve-certificate, {appraised}")
    due = {duty.event for duty in case.duties if duty.state == "due"}
    assert {"report-confirmed", "report-confirmed-employer", "report-appraisal"} <= due
    go(session, people, case, "APPR appraisal conclude-no")
    assert (case.status, case.closed_on) == ("closed_neg", DAY)
    states = {duty.event: duty.state for duty in case.duties}
    assert (states["report-confirmed"], states["report-confirmed-employer"]) == ("dropped", "dropped")
    assert states["report-appraisal"] == "due", "the result of the appraisal is still to be reported"
    assert "confirmed-report" not in running(case, "duty")
