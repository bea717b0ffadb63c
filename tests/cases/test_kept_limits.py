"""When a limit begins, and whether it was kept: whoever was bound by it and let it pass is late, however the case goes on; a right that nobody used is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.calendar import catch_up
from ohs.cases.durations import CaseDuration
from ohs.cases.machine import fulfil
from ohs.cases.models import Case
from tests.cases.ways import DAY, arrive, go, last_day, running

TOLD = "CLIN main notify"
MATERIAL = f"{TOLD}, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer"
YES = f"{MATERIAL}, EMP main material-supplied, DIAG main conclude-yes"

#: Kind, way, the limit, what happens after its last day in place of what it was for.
MISSED = [
    ("contra", TOLD, "contraindication-remove", "10c", "night"),
    ("susp", TOLD, "diagnosis-arrange", "30c", "WKR main worker-applies"),
    ("susp", MATERIAL, "diagnosis-material", "10c", "DIAG main employer-silent"),
    ("susp", YES, "work-injury-apply-employer", "30c", "WKR work_injury worker-applies"),
    ("recheck", "CLIN main inform?until_on=", "recheck-do", "30c", "night+15"),
    ("overdue", "HLTH main send-list", "overdue-commit", "10c", "HLTH main date-passed"),
]


def states(case: Case, slug: str) -> list[str]:
    return [one.state for one in case.clocks if one.slug == slug]


@pytest.mark.parametrize(("kind", "way", "slug", "limit", "then"), MISSED, ids=[one[2] for one in MISSED])
def test_who_lets_a_limit_pass_is_late_though_the_case_goes_on(
    session: Session, kind: str, way: str, slug: str, limit: str, then: str
) -> None:
    people, case = arrive(session, kind, way)
    day = last_day(DAY, limit) + timedelta(days=1)
    if then.startswith("night"):
        catch_up(session, case, day)
        day = last_day(last_day(DAY, limit), f"{then.removeprefix('night+')}c") + timedelta(days=1) if "+" in then else day
        catch_up(session, case, day)
    else:
        go(session, people, case, then, day)
    (clock,) = [one for one in case.clocks if one.slug == slug]
    assert (clock.state, clock.ended_on) == ("late", day)


#: Kind, way, the limit, what is done in place of what it was for, and the fact that dates it.
OTHERWISE = [
    ("susp", TOLD, "diagnosis-arrange", "30c", "WKR main worker-applies", "applied_on"),
    ("susp", TOLD, "diagnosis-arrange", "30c", "WKR main worker-refuses", "refused_on"),
    ("susp", YES, "work-injury-apply-employer", "30c", "WKR work_injury worker-applies", "applied_on"),
    ("recheck", "CLIN main inform?until_on=", "recheck-do", "30c", "EMP main refused-or-left", "since_on"),
]


@pytest.mark.parametrize(("kind", "way", "slug", "limit", "act", "fact"), OTHERWISE, ids=[f"{one[2]}, {one[4]}" for one in OTHERWISE])
@pytest.mark.parametrize("entered", [0, 4])
def test_whoever_acts_otherwise_in_time_is_not_late_whenever_it_is_entered(
    session: Session, kind: str, way: str, slug: str, limit: str, act: str, fact: str, entered: int
) -> None:
    people, case = arrive(session, kind, way)
    last = last_day(DAY, limit)
    go(session, people, case, act, last + timedelta(days=entered), **{fact: last})
    assert states(case, slug) == ["dropped"]


def test_what_was_never_so_made_nobody_late(session: Session) -> None:
    """A disease that an appraisal denies in the end was nothing to apply for, however long ago the employer's thirty days had passed."""
    people, case = arrive(
        session, "susp", f"{YES}, DIAG appraisal serve-certificate, EMP appraisal objection, APPR appraisal document-check"
    )
    go(session, people, case, "APPR appraisal conclude?conclusion=no, EMP appraisal second-appraisal", date(2026, 4, 3))
    assert states(case, "work-injury-apply-employer") == ["running"]
    go(session, people, case, "APPR appraisal conclude-no", date(2026, 4, 20))
    assert states(case, "work-injury-apply-employer") == ["dropped"]


def test_an_employer_that_never_applied_is_late_and_the_worker_is_not(session: Session) -> None:
    _people, case = arrive(session, "susp", YES)
    catch_up(session, case, date(2027, 3, 3))
    assert case.status_on("work_injury") == "wi_not_applied"
    assert (states(case, "work-injury-apply-employer"), states(case, "work-injury-apply-worker")) == (["late"], ["dropped"])


#: Kind, way, the limit, what answers it, the fact that says when it was done; the day is the last one in time.
ENTERED_LATER = [
    ("susp", "", "suspected-notify-worker", "5w", "CLIN main notify", "told_worker_on"),
    ("susp", YES, "diagnosis-service", "15c", "DIAG appraisal serve-certificate", "served_on"),
    ("susp", YES, "work-injury-apply-worker", "1y", "WKR work_injury worker-applies", "applied_on"),
    ("contra", TOLD, "contraindication-remove", "10c", "EMP main remove", "moved_on"),
    ("recheck", "CLIN main inform?until_on=", "recheck-do", "30c", "CLIN main record-uploaded", "examined_on"),
    ("complaint", "HLTH main handle", "complaint-answer", "30c", "HLTH main answer", "answered_on"),
]


@pytest.mark.parametrize(("kind", "way", "slug", "limit", "act", "fact"), ENTERED_LATER, ids=[one[2] for one in ENTERED_LATER])
def test_a_limit_is_kept_on_the_day_on_which_it_was_done(
    session: Session, kind: str, way: str, slug: str, limit: str, act: str, fact: str
) -> None:
    """What bodies without an account and institutions do is often entered later; the timeline keeps both days."""
    people, case = arrive(session, kind, way)
    done_on, entered_on = last_day(DAY, limit), last_day(DAY, limit) + timedelta(days=4)
    go(session, people, case, act, entered_on, **{fact: done_on})
    (clock,) = [one for one in case.clocks if one.slug == slug]
    assert (clock.state, clock.ended_on) == ("met", done_on)
    assert (entered_on, done_on.isoformat()) in {(step.on, step.facts.get(fact)) for step in case.steps}


def test_a_duty_is_done_on_the_day_that_is_told(session: Session) -> None:
    people, case = arrive(session, "susp", "")
    duty = next(one for one in case.duties if one.event == "report-to-health")
    fulfil(session, case, duty, {"done_on": last_day(DAY, "15c")}, by=people.by("CLIN"), on=last_day(DAY, "30c"))
    (clock,) = [one for one in case.clocks if one.duty_id == duty.id]
    assert (duty.done_on, clock.state, clock.ended_on) == (last_day(DAY, "15c"), "met", last_day(DAY, "15c"))


def test_whoever_of_several_has_acted_is_counted_though_it_was_entered_later(session: Session) -> None:
    people, case = arrive(session, "recheck", "")
    go(session, people, case, "EMP main inform", DAY + timedelta(days=3), told_worker_on=DAY, told_employer_on=DAY)
    session.flush()
    assert {one.actor for one in session.scalars(select(CaseDuration).where(CaseDuration.slug == "recheck-inform"))} == {"EMP"}


def test_the_employer_reports_a_confirmed_disease_once_it_has_the_certificate(session: Session) -> None:
    people, case = arrive(session, "susp", YES)
    assert "report-confirmed-employer" not in {one.event for one in case.duties}
    served_on = DAY + timedelta(days=14)
    go(session, people, case, "DIAG appraisal serve-certificate", DAY + timedelta(days=16), served_on=served_on)
    assert running(case, "duty")["confirmed-report-employer"] == last_day(served_on, "10c")


def test_what_may_be_asked_of_a_decision_counts_from_its_service(session: Session) -> None:
    """WII art. 55: from the day on which the decision was received, and served it is within twenty days"""
    people, case = arrive(session, "susp", f"{YES}, EMP work_injury employer-applies, HRSS work_injury accept, HRSS work_injury decide-no")
    rights = {"work-injury-reconsideration", "work-injury-suit"}
    assert not rights & running(case, "work_injury").keys()
    served_on = DAY + timedelta(days=18)
    go(session, people, case, "HRSS duty serve-work-injury-decision", DAY + timedelta(days=25), done_on=served_on)
    held = running(case, "work_injury")
    assert held["work-injury-reconsideration"] == last_day(served_on, "60c") and held["work-injury-suit"] == last_day(served_on, "6m")


def test_a_re_appraisal_of_labour_capacity_counts_from_receipt_and_benefits_from_the_conclusion(session: Session) -> None:
    people, case = arrive(session, "susp", f"{YES}, EMP work_injury employer-applies, HRSS work_injury accept, HRSS work_injury decide-yes")
    go(session, people, case, "EMP work_injury apply-labour-capacity")
    received_on = DAY + timedelta(days=9)
    go(session, people, case, "LCAC work_injury conclude", DAY + timedelta(days=11), concluded_on=DAY, received_on=received_on)
    assert running(case, "work_injury") == {
        "benefit-payment": last_day(DAY, "30c"),
        "labour-capacity-reapply": last_day(received_on, "15c"),
    }


def test_the_result_of_the_second_appraisal_is_reported_from_its_certificate(session: Session) -> None:
    appraised = "EMP appraisal objection, APPR appraisal document-check, APPR appraisal conclude, HLTH duty report-appraisal"
    people, case = arrive(session, "susp", f"{YES}, DIAG appraisal serve-certificate, {appraised}, WKR appraisal second-appraisal")
    go(session, people, case, "APPR appraisal conclude-yes", DAY + timedelta(days=20), issued_on=DAY + timedelta(days=16))
    assert running(case, "duty")["appraisal-result-report"] == last_day(DAY + timedelta(days=16), "10c")
