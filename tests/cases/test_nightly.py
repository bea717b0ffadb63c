"""What the night does with cases: limits that have passed, what rises up the ladder, and a case that stands in nobody's way."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.accounts.settings import LIMITS
from ohs.cases.calendar import AMBER, CITY, JOINT_MEETING, RED, Amber, escalate, level_of
from ohs.cases.clocks import work_calendar
from ohs.cases.models import Case, CaseClock
from ohs.cases.nightly import catch_up_cases
from ohs.kernel.nightly import nightly_deeds
from tests.factories.cases import People, act, make_case, make_people

TOLD = {"told_worker_on": date(2026, 3, 4), "told_employer_on": date(2026, 3, 4), "how_told": "writing"}


def told_case(session: Session, people: People) -> Case:
    """A contraindication of which the employer knows; its limit is over after 16 March."""
    case = make_case(session, people, "contra", on=date(2026, 3, 2))
    act(session, people, case, "CLIN", "notify", date(2026, 3, 4), **TOLD)
    session.flush()
    return case


def seen(case: Case) -> list[tuple[object, ...]]:
    return [(case.status, len(case.steps), case.due_on)] + [(one.slug, one.state, one.due_on, one.escalation) for one in case.clocks]


def test_the_night_moves_what_has_passed_and_a_second_time_changes_nothing(session: Session) -> None:
    people = make_people(session)
    passed, other = told_case(session, people), make_case(session, people, "complaint", on=date(2026, 3, 16))
    assert "cases" in nightly_deeds() and catch_up_cases(session, date(2026, 3, 6)) == 0
    assert catch_up_cases(session, date(2026, 3, 17)) >= 1
    assert (passed.status, other.status) == ("breach", "received")
    held = [seen(passed), seen(other)]
    assert catch_up_cases(session, date(2026, 3, 17)) == 0 and [seen(passed), seen(other)] == held


def test_a_case_of_which_a_rule_says_no_keeps_nobody_else_waiting(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    people = make_people(session)
    stuck = make_case(session, people, "susp", on=date(2026, 3, 2))
    stuck.status = "complete"
    act(session, people, stuck, "DIAG", "conclude-no", date(2026, 3, 2), certificate_no="1", issued_on=date(2026, 3, 2), grounds="无接触史")
    appraisal = next(one for one in stuck.tracks if one.track == "appraisal")
    appraisal.status = "appr1_done"
    stuck.clocks.append(
        CaseClock(track="appraisal", status="appr1_done", slug="appraisal-second-apply", actors="WKR; EMP", started_on=date(2026, 3, 2), due_on=date(2026, 3, 9), is_statutory=True)
    )  # fmt: skip
    conclude = stuck.steps[1]
    assert conclude.event == "conclude-no"
    conclude.event = "conclude-yes"  # a certificate that says otherwise than the status: work injury can be confirmed by no office
    stuck.status = "diagnosed_yes"
    for office in session.query(Organisation).filter_by(department="hr"):
        office.is_active = False
    passed = told_case(session, people)
    session.flush()
    with caplog.at_level(logging.WARNING, "ohs.cases.nightly"):
        catch_up_cases(session, date(2026, 3, 17))
    assert (stuck.status_on("appraisal"), passed.status) == ("appr1_done", "breach"), "what was refused is as it was"
    assert stuck.number in caplog.text and passed.number not in caplog.text


def test_what_rises_as_a_set_rises_as_each_would_alone(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=date(2026, 3, 2))
    case.clocks.clear()
    start = date(2026, 1, 5)
    for length in (0, 1, 3, 10, 17, 30, 60, 400):
        for past in range(0, 120, 7):
            started_on = start + timedelta(days=past)
            case.clocks.append(
                CaseClock(track="main", status="received", slug="complaint-answer", actors="HLTH", started_on=started_on, due_on=started_on + timedelta(days=length), is_statutory=False)
            )  # fmt: skip
    case.clocks[0].state, case.clocks[1].escalation = "paused", JOINT_MEETING
    session.flush()
    on, work = date(2026, 4, 9), work_calendar(session)
    wanted = {one.id: max(one.escalation, level_of(one, on, work)) if one.state == "running" else 0 for one in case.clocks}
    assert set(wanted.values()) == {0, AMBER, RED, CITY, JOINT_MEETING}
    escalate(session, on)
    assert {one.id: one.escalation for one in case.clocks} == wanted
    assert escalate(session, on) == 0


@pytest.mark.parametrize("percent", LIMITS["amber_percent"])
def test_amber_goes_by_the_settings_of_this_office(percent: int) -> None:
    amber, start, end = Amber(percent, days=0), date(2026, 3, 1), date(2026, 3, 31)
    days = [day for day in range(31) if amber.holds(start, end, start + timedelta(days=day))]
    assert days[0] == -(-30 * percent // 100) and Amber(95, days=12).holds(start, end, date(2026, 3, 19))
