"""Suspected occupational disease, row by row of the specification: from, event, who, to, limit, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.cases.calendar import AMBER, CITY, JOINT_MEETING, RED, catch_up, escalate, level_of
from ohs.cases.clock_deeds import resume_by_hand
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil, open_case
from ohs.kernel.errors import DomainError
from tests.cases.ways import ACCOUNTS, DAY, RECORDERS, Row, arrive, go, hold, last_day, running
from tests.factories.cases import facts_for, make_opening, make_people, prove

# fmt: off
NOTIFIED = "CLIN main notify"
ARRANGED = f"{NOTIFIED}, EMP main employer-arranges"
ACCEPTED = f"{ARRANGED}, DIAG main register"
MATERIAL = f"{ACCEPTED}, DIAG main letter-to-employer"
COMPLETE = f"{MATERIAL}, EMP main material-supplied"
YES, NO = f"{COMPLETE}, DIAG main conclude-yes", f"{COMPLETE}, DIAG main conclude-no"
SERVED, SERVED_NO = f"{YES}, DIAG appraisal serve-certificate", f"{NO}, DIAG appraisal serve-certificate"
APPR1 = f"{SERVED}, WKR appraisal objection"
APPR1_OPEN = f"{APPR1}, APPR appraisal document-check"
APPR1_DONE, APPR1_DONE_NO = f"{APPR1_OPEN}, APPR appraisal conclude", f"{APPR1_OPEN}, APPR appraisal conclude?conclusion=no"
APPR2 = f"{APPR1_DONE}, EMP appraisal second-appraisal"
AWARDED = f"{MATERIAL}, ARB main arbitration, DIAG main resume, EMP main material-supplied, DIAG main conclude-yes, DIAG appraisal serve-certificate"
MAY_SUE_TODAY = f"{AWARDED}, WKR appraisal objection, APPR appraisal document-check, APPR appraisal conclude, EMP appraisal second-appraisal, APPR appraisal conclude-yes"
SUED_OVER = f"{AWARDED}, night+35"
APPLIED = f"{YES}, EMP work_injury employer-applies"
WI_ACCEPTED, WI_CLEAR = f"{APPLIED}, HRSS work_injury accept?is_clear=no", f"{APPLIED}, HRSS work_injury accept?is_clear=yes"
WI_YES, WI_NO = f"{WI_ACCEPTED}, HRSS work_injury decide-yes", f"{WI_ACCEPTED}, HRSS work_injury decide-no"
YES_SERVED, NO_SERVED = f"{WI_YES}, HRSS duty serve-work-injury-decision", f"{WI_NO}, HRSS duty serve-work-injury-decision"
DISPUTED = f"{WI_YES}, EMP work_injury suit"
LC_APPLIED = f"{WI_YES}, EMP work_injury apply-labour-capacity"
LC_DONE = f"{LC_APPLIED}, LCAC work_injury conclude"
LC_RE = f"{LC_DONE}, WKR work_injury re-appraisal"
BENEFIT = f"{LC_DONE}, HRSS work_injury benefits-paid"
FOLLOWUP = f"{BENEFIT}, EMP work_injury follow-up-planned"

ROWS = [
    Row("DETECTED tell worker, notify employer CLIN 5w", "susp", "", "detected", "notify", "CLIN", "notified", "5w", "suspected-notify-worker", "EMP HRSS"),
    Row("NOTIFIED employer arranges EMP 30c", "susp", NOTIFIED, "notified", "employer-arranges", "EMP", "arranged", "30c", "diagnosis-arrange", "HLTH DIAG"),
    Row("NOTIFIED worker applies alone WKR any time", "susp", NOTIFIED, "notified", "worker-applies", "WKR", "arranged", told="HLTH DIAG EMP", later=400),
    Row("NOTIFIED worker refuses in writing WKR", "susp", NOTIFIED, "notified", "worker-refuses", "WKR", "declined", told="HLTH EMP"),
    Row("DECLINED re-opened by the next S", "susp", f"{NOTIFIED}, WKR main worker-refuses", "declined", "next-suspected-found", "CLIN", "detected", told="HLTH"),
    Row("ARRANGED registration form DIAG day 0", "susp", ARRANGED, "arranged", "register", "DIAG", "accepted", "0c", "diagnosis-register", "HLTH EMP"),
    Row("ACCEPTED letter to employer DIAG 5w", "susp", ACCEPTED, "accepted", "letter-to-employer", "DIAG", "material", "5w", "diagnosis-material-letter", "EMP"),
    Row("MATERIAL employer supplies EMP 10c", "susp", MATERIAL, "material", "material-supplied", "EMP", "complete", "10c", "diagnosis-material", "DIAG"),
    Row("MATERIAL employer silent, urge DIAG", "susp", MATERIAL, "material", "employer-silent", "DIAG", "urged", told="HLTH EMP", later=11),
    Row("MATERIAL determination HLTH", "susp", MATERIAL, "material", "determination-asked", "HLTH", "suspended", told="DIAG EMP"),
    Row("MATERIAL determination HLTH 30c, back", "susp", f"{MATERIAL}, HLTH main determination-asked", "suspended", "resume", "DIAG", "material", "30c", "diagnosis-determination", "HLTH EMP"),
    Row("MATERIAL investigation HLTH", "susp", MATERIAL, "material", "investigation-needed", "HLTH", "suspended", told="EMP DIAG"),
    Row("MATERIAL investigation organised HLTH 10c", "susp", f"{MATERIAL}, HLTH main investigation-needed", "suspended", "investigation-organised", "HLTH", "suspended", "10c", "diagnosis-investigation-start", "DIAG EMP"),
    Row("MATERIAL investigation finished 30c, back", "susp", f"{MATERIAL}, HLTH main investigation-needed", "suspended", "resume", "DIAG", "material", "30c", "diagnosis-investigation-finish", "HLTH EMP"),
    Row("MATERIAL relation disputed ARB", "susp", MATERIAL, "material", "arbitration", "ARB", "suspended", told="DIAG EMP"),
    Row("MATERIAL relation disputed ARB award 30c, back", "susp", f"{MATERIAL}, ARB main arbitration", "suspended", "resume", "DIAG", "material", "30c", "arbitration-award", "HLTH EMP"),
    Row("COMPLETE conclusion yes DIAG 30c", "susp", COMPLETE, "complete", "conclude-yes", "DIAG", "diagnosed_yes", "30c", "diagnosis-decision", "HLTH EMP HRSS"),
    Row("COMPLETE conclusion no DIAG 30c", "susp", COMPLETE, "complete", "conclude-no", "DIAG", "diagnosed_no", "30c", "diagnosis-decision", "HLTH EMP"),
    Row("DIAGNOSED_YES certificate served DIAG 15c", "susp", YES, "appraisal to_serve", "serve-certificate", "DIAG", "served", "15c", "diagnosis-service", "HLTH EMP"),
    Row("DIAGNOSED_NO certificate served DIAG 15c", "susp", NO, "appraisal to_serve", "serve-certificate", "DIAG", "served", "15c", "diagnosis-service", "HLTH EMP"),
    Row("SERVED objection WKR EMP 30c", "susp", SERVED, "appraisal served", "objection", "WKR EMP", "appr1", "30c", "appraisal-first-apply", "HLTH DIAG EMP"),
    Row("APPR1 document check APPR 5w", "susp", APPR1, "appraisal appr1", "document-check", "APPR", "appr1_open", "5w", "appraisal-first-check", "DIAG EMP"),
    Row("APPR1_OPEN files called DIAG 10c", "susp", APPR1_OPEN, "appraisal appr1_open", "files-called", "DIAG", "appraisal appr1_open", "10c", "appraisal-first-files", "HLTH"),
    Row("APPR1_OPEN conclusion and certificate APPR 40c", "susp", APPR1_OPEN, "appraisal appr1_open", "conclude", "APPR", "appr1_done", "40c", "appraisal-first-decision", "HLTH DIAG EMP"),
    Row("SERVED no objection system day 31 FINAL_YES", "susp", SERVED, "appraisal served", "no-objection-yes", "system", "final_yes", "30c", "appraisal-first-apply", "HLTH DIAG EMP HRSS", by_night=True),
    Row("SERVED no objection system day 31 FINAL_NO", "susp", SERVED_NO, "appraisal served", "no-objection-no", "system", "final_no", "30c", "appraisal-first-apply", "HLTH DIAG EMP", by_night=True),
    Row("APPR1_DONE second appraisal WKR EMP 15c", "susp", APPR1_DONE, "appraisal appr1_done", "second-appraisal", "WKR EMP", "appr2", "15c", "appraisal-second-apply", "HLTH DIAG EMP"),
    Row("APPR2 province yes APPR 40c FINAL_YES", "susp", APPR2, "appraisal appr2", "conclude-yes", "APPR", "final_yes", "40c", "appraisal-second-decision", "HLTH DIAG EMP HRSS"),
    Row("APPR2 province no APPR 40c FINAL_NO", "susp", APPR2, "appraisal appr2", "conclude-no", "APPR", "final_no", "40c", "appraisal-second-decision", "HLTH DIAG EMP"),
    Row("APPR1_DONE no objection system day 16 FINAL_YES", "susp", APPR1_DONE, "appraisal appr1_done", "no-objection-yes", "system", "final_yes", "15c", "appraisal-second-apply", "HLTH DIAG EMP HRSS", by_night=True),
    Row("APPR1_DONE no objection system day 16 FINAL_NO", "susp", APPR1_DONE_NO, "appraisal appr1_done", "no-objection-no", "system", "final_no", "15c", "appraisal-second-apply", "HLTH DIAG EMP", by_night=True),
    Row("any YES work injury applied EMP 30c", "susp", YES, "work_injury wi_due", "employer-applies", "EMP", "wi_applied", "30c", "work-injury-apply-employer", "HRSS"),
    Row("any YES work injury applied WKR UNION 1y", "susp", YES, "work_injury wi_due", "worker-applies", "WKR UNION", "wi_applied", "1y", "work-injury-apply-worker", "HRSS EMP", later=300),
    Row("any YES nobody applied within the year", "susp", YES, "work_injury wi_due", "year-passed", "system", "wi_not_applied", "1y", "work-injury-apply-worker", "HRSS EMP", by_night=True),
    Row("WI_APPLIED accept HRSS 5w", "susp", APPLIED, "work_injury wi_applied", "accept", "HRSS", "wi_accepted", "5w", "work-injury-accept", "EMP"),
    Row("WI_APPLIED reject HRSS 5w", "susp", APPLIED, "work_injury wi_applied", "reject", "HRSS", "wi_not_accepted", "5w", "work-injury-accept", "EMP"),
    Row("WI_APPLIED one-time list of missing items HRSS 5w", "susp", APPLIED, "work_injury wi_applied", "missing-items-listed", "HRSS", "work_injury wi_applied", "5w", "work-injury-accept", "EMP"),
    Row("WI_ACCEPTED decision yes HRSS 60c", "susp", WI_ACCEPTED, "work_injury wi_accepted", "decide-yes", "HRSS", "wi_yes", "60c", "work-injury-decision", "EMP HLTH"),
    Row("WI_ACCEPTED decision no HRSS 60c", "susp", WI_ACCEPTED, "work_injury wi_accepted", "decide-no", "HRSS", "wi_no", "60c", "work-injury-decision", "EMP HLTH"),
    Row("WI_ACCEPTED decision HRSS 15c when facts are clear", "susp", WI_CLEAR, "work_injury wi_accepted", "decide-yes", "HRSS", "wi_yes", "15c", "work-injury-decision-clear", "EMP HLTH"),
    Row("WI_ACCEPTED other authority's conclusion awaited HRSS", "susp", WI_ACCEPTED, "work_injury wi_accepted", "await-other-authority", "HRSS", "work_injury wi_accepted", told="EMP"),
    Row("WI_YES reconsideration party 60c", "susp", YES_SERVED, "work_injury wi_yes", "reconsideration", "WKR EMP", "wi_disputed", "60c", "work-injury-reconsideration", "HRSS EMP"),
    Row("WI_NO reconsideration party 60c", "susp", NO_SERVED, "work_injury wi_no", "reconsideration", "WKR EMP", "wi_disputed", "60c", "work-injury-reconsideration", "HRSS EMP"),
    Row("WI_YES suit party 6m", "susp", YES_SERVED, "work_injury wi_yes", "suit", "WKR EMP", "wi_disputed", "6m", "work-injury-suit", "HRSS EMP"),
    Row("WI_NO suit party 6m", "susp", NO_SERVED, "work_injury wi_no", "suit", "WKR EMP", "wi_disputed", "6m", "work-injury-suit", "HRSS EMP"),
    Row("WI_DISPUTED ends as WI_YES", "susp", DISPUTED, "work_injury wi_disputed", "resolved-yes", "HRSS", "wi_yes", told="EMP"),
    Row("WI_DISPUTED ends as WI_NO", "susp", DISPUTED, "work_injury wi_disputed", "resolved-no", "HRSS", "wi_no", told="EMP"),
    Row("WI_YES labour capacity EMP WKR 90c", "susp", WI_YES, "work_injury wi_yes", "apply-labour-capacity", "EMP WKR", "lc_applied", "90c", "labour-capacity-apply", "HRSS"),
    Row("WI_YES no disability or waived HRSS BENEFIT", "susp", WI_YES, "work_injury wi_yes", "no-disability", "HRSS", "benefit", told="EMP"),
    Row("LC_APPLIED grade and care level LCAC 60c", "susp", LC_APPLIED, "work_injury lc_applied", "conclude", "LCAC", "lc_done", "60c", "labour-capacity-decision", "EMP HRSS"),
    Row("LC_DONE re-appraisal party 15c", "susp", LC_DONE, "work_injury lc_done", "re-appraisal", "EMP WKR", "lc_re", "15c", "labour-capacity-reapply", "HRSS"),
    Row("LC_RE province, final LCAC 60c", "susp", LC_RE, "work_injury lc_re", "conclude-final", "LCAC", "lc_done", "60c", "labour-capacity-redecision", "EMP HRSS"),
    Row("LC_DONE benefits fixed and paid HRSS 30c", "susp", LC_DONE, "work_injury lc_done", "benefits-paid", "HRSS", "benefit", "30c", "benefit-payment", "EMP"),
    Row("BENEFIT removal, treatment, plan EMP FOLLOWUP", "susp", BENEFIT, "work_injury benefit", "follow-up-planned", "EMP", "followup", told="HLTH"),
    Row("FOLLOWUP change of condition after 1 year WKR EMP", "susp", FOLLOWUP, "work_injury followup", "condition-changed", "EMP WKR", "lc_applied", told="HRSS", later=366),
    Row("FOLLOWUP deceased or transferred HLTH CLOSED", "susp", FOLLOWUP, "work_injury followup", "follow-up-ended", "HLTH", "wi_closed", told="EMP"),
    Row("4.2 after the award the employer may sue EMP 15c from the end of the procedure", "susp", SUED_OVER, "suit suit_open", "file-suit", "EMP", "suit_filed", told="HLTH HRSS DIAG", later=40),
    Row("4.2 after the award nobody sues", "susp", MAY_SUE_TODAY, "suit suit_open", "nobody-sued", "system", "suit_unused", "15c", "arbitration-suit", "EMP HLTH HRSS", by_night=True),
    Row("4.2 a suit over the award ends HLTH HRSS", "susp", f"{MAY_SUE_TODAY}, EMP suit file-suit", "suit suit_filed", "suit-ended", "HLTH HRSS", "suit_ended", told="EMP HLTH HRSS DIAG"),
    Row("FINAL_NO other illness named, worker advised DIAG same day CLOSED_NEG", "susp", f"{SERVED_NO}, night+32", "diagnosed_no", "appraisal-final-no", "DIAG", "closed_neg", told="HLTH EMP HRSS", later=32),
]
#: Duties beside the status: name, kind, way, duty, who, limit.
DUTIES = [
    ("DETECTED report to health CLIN 15c", "susp", "", "report-to-health", "CLIN", "15c"),
    ("DETECTED report to health CLIN acute at once", "susp:acute", "", "report-to-health-acute", "CLIN", "0c"),
    ("DETECTED notify employer CLIN 5w", "susp", "", "notify-employer", "CLIN", "5w"),
    ("NOTIFIED report to health EMP 15c", "susp", NOTIFIED, "report-to-health-employer", "EMP", "15c"),
    ("DIAGNOSED_YES report by system DIAG 15c", "susp", YES, "report-confirmed", "DIAG", "15c"),
    ("DIAGNOSED_YES report by system DIAG acute at once", "susp:acute", YES, "report-confirmed-acute", "DIAG", "0c"),
    ("DIAGNOSED_YES report to health and HR EMP 10c", "susp", SERVED, "report-confirmed-employer", "EMP", "10c"),
    ("APPR1_DONE report of the result APPR 10c", "susp", APPR1_DONE, "report-appraisal", "APPR", "10c"),
    ("WI_YES serve decision HRSS 20c", "susp", WI_YES, "serve-work-injury-decision", "HRSS", "20c"),
    ("WI_NO serve decision HRSS 20c", "susp", WI_NO, "serve-work-injury-decision", "HRSS", "20c"),
]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"4.2 {row.name}")
def test_row(session: Session, row: Row) -> None:
    hold(session, row)


@pytest.mark.parametrize(("name", "kind", "way", "event", "who", "limit"), DUTIES, ids=[f"4.2 {one[0]}" for one in DUTIES])
def test_duty(session: Session, name: str, kind: str, way: str, event: str, who: str, limit: str) -> None:
    people, case = arrive(session, kind, way)
    duty = next(one for one in case.duties if one.event == event)
    clock = next(one for one in case.clocks if one.duty_id == duty.id)
    assert (clock.state, clock.due_on, clock.actors) == ("running", last_day(DAY, limit), who)
    for account in sorted(set(ACCOUNTS) - {who} - RECORDERS.get(who, set())):
        with pytest.raises(DomainError, match="not for you"):
            fulfil(session, case, duty, {"done_on": DAY}, by=people.by(account), on=DAY)
    fulfil(session, case, duty, {"done_on": DAY}, by=people.by(who), on=DAY)
    assert (duty.state, clock.state, case.steps[-1].event, case.steps[-1].actor) == ("done", "met", event, who)
    with pytest.raises(DomainError, match="has acted on this case"):
        fulfil(session, case, duty, {"done_on": DAY}, by=people.by(who), on=DAY)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_opening(session: Session, account: str) -> None:
    """4.2 – exam conclusion S, or a treating physician's finding: CLIN / any medical body, for which health records, DETECTED"""
    people = make_people(session)
    opening, actor = make_opening(session, people, "susp", on=DAY)
    if account not in (actor, "HLTH"):
        with pytest.raises(DomainError, match="not for you"):
            open_case(session, opening, by=people.by(account), on=DAY)
        return
    case = open_case(session, opening, by=people.by(account), on=DAY)
    assert (case.status, case.owner.department, case.steps[0].told) == ("detected", "health", ["HLTH"])


def test_protected_period(session: Session) -> None:
    """4.2 NOTIFIED protected period starts system same day"""
    people, case = arrive(session, "susp", "")
    go(session, people, case, NOTIFIED)
    (flag,) = [one for one in case.duties if one.event == "set-protected-period"]
    assert (flag.state, flag.done_on) == ("done", DAY) and {"HRSS", "EMP"} <= set(case.steps[-1].told)


def test_urge_starts_after_the_limit(session: Session) -> None:
    """4.2 MATERIAL employer silent, urge DIAG next working day"""
    people, case = arrive(session, "susp", MATERIAL)
    silent = last_day(DAY, "10c")
    with pytest.raises(DomainError, match="has not passed"):
        go(session, people, case, "DIAG main employer-silent", silent)
    catch_up(session, case, silent)
    assert "diagnosis-urge" not in running(case)
    catch_up(session, case, silent + timedelta(days=1))
    assert running(case)["diagnosis-urge"] == last_day(silent, "1w")


@pytest.mark.parametrize("suspended", ["HLTH main determination-asked", "HLTH main investigation-needed", "ARB main arbitration"])
def test_suspension_stops_the_clock(session: Session, suspended: str) -> None:
    """4.2 MATERIAL SUSPENDED → back: the elapsed days are kept"""
    people, case = arrive(session, "susp", f"{MATERIAL}, {suspended}")
    clock = next(one for one in case.clocks if one.slug == "diagnosis-material")
    assert clock.state == "paused" and clock.pauses[0].cause and clock.pauses[0].document_no
    go(session, people, case, "DIAG main resume", DAY + timedelta(days=20))
    assert (case.status, running(case)) == ("material", {"diagnosis-material": last_day(DAY, "30c")}), (
        "ten days, and twenty that did not count"
    )


def test_urged_after_a_determination_goes_back_to_urged(session: Session) -> None:
    """4.2 URGED determination HLTH SUSPENDED → back"""
    people, case = arrive(session, "susp", MATERIAL)
    day = DAY + timedelta(days=11)
    go(session, people, case, "DIAG main employer-silent, HLTH main determination-asked, DIAG main resume", day)
    assert case.status == "urged"


def test_still_nothing(session: Session) -> None:
    """4.2 URGED still nothing DIAG COMPLETE by clinical data, statements, supervision data"""
    people, case = arrive(session, "susp", MATERIAL)
    day = DAY + timedelta(days=11)
    go(session, people, case, "DIAG main employer-silent", day)
    with pytest.raises(DomainError, match="not for you"):
        go(session, people, case, "EMP main still-nothing", day)
    with pytest.raises(DomainError, match="Still missing"):
        do(session, case, "still-nothing", {}, by=people.by("DIAG"), on=day)
    go(session, people, case, "DIAG main still-nothing", day)
    assert (case.status, running(case)) == ("complete", {"diagnosis-decision": last_day(day, "30c")})


def test_the_year_of_the_first_conclusion(session: Session) -> None:
    """4.2 FOLLOWUP change of condition: not before 1 year after"""
    people, case = arrive(session, "susp", FOLLOWUP)
    with pytest.raises(DomainError, match="a year after"):
        go(session, people, case, "EMP work_injury condition-changed", DAY + timedelta(days=364))
    go(session, people, case, "EMP work_injury condition-changed", DAY + timedelta(days=365))


@pytest.mark.parametrize("event", ["decide-yes", "decide-no"])
def test_no_decision_while_another_authority_is_awaited(session: Session, event: str) -> None:
    """4.2 WI_ACCEPTED other authority's conclusion awaited HRSS, clock suspended: decided is only after it has spoken"""
    people, case = arrive(session, "susp", f"{WI_ACCEPTED}, HRSS work_injury await-other-authority")
    held = len(case.steps), running(case, "work_injury")
    with pytest.raises(DomainError, match="waits for another authority"):
        go(session, people, case, f"HRSS work_injury {event}", DAY + timedelta(days=9))
    assert held == (len(case.steps), running(case, "work_injury"))
    clock = next(one for one in case.clocks if one.slug == "work-injury-decision")
    with pytest.raises(DomainError, match="waits for another authority"):
        resume_by_hand(session, case, clock, document_no="1", actor=people.HRSS, on=DAY + timedelta(days=9))
    go(session, people, case, f"HRSS work_injury conclusion-arrived, HRSS work_injury {event}", DAY + timedelta(days=9))
    assert case.status_on("work_injury") == event.replace("decide", "wi").replace("-", "_") and clock.state == "met"


def test_all_three_materials(session: Session) -> None:
    """4.2 MATERIAL history, exam results, test results: each is asked for"""
    people, case = arrive(session, "susp", MATERIAL)
    for lacking in ("history", "examinations", "measurements"):
        given = {"history": True, "examinations": True, "measurements": True} | {lacking: False}
        with pytest.raises(DomainError, match="Still missing"):
            do(session, case, "material-supplied", given, by=people.by("EMP"), on=DAY)


def test_the_appraisal_and_work_injury_run_side_by_side(session: Session) -> None:
    """4.2 any YES runs beside the appraisal"""
    _people, case = arrive(session, "susp", f"{APPR1}, EMP work_injury employer-applies, HRSS work_injury accept")
    assert [(one.track, one.status) for one in case.tracks] == [("appraisal", "appr1"), ("work_injury", "wi_accepted")]
    assert [one.owner.department for one in case.tracks] == ["health", "hr"]


def test_appraised_yes_after_a_negative_diagnosis(session: Session) -> None:
    """4.2 any YES: the employer's 30c count from the appraisal as diseased"""
    people, case = arrive(session, "susp", SERVED_NO)
    day = DAY + timedelta(days=20)
    go(session, people, case, "WKR appraisal objection, APPR appraisal document-check, APPR appraisal conclude?conclusion=yes", day)
    assert running(case, "work_injury")["work-injury-apply-employer"] == last_day(day, "30c")
    go(session, people, case, "EMP appraisal second-appraisal, APPR appraisal conclude-no", day)
    assert (case.status, case.status_on("appraisal"), case.status_on("work_injury")) == ("diagnosed_no", "final_no", "wi_not_applied")


def test_appraised_yes_by_the_province_after_two_that_said_no(session: Session) -> None:
    """4.2 any YES: work injury begins with the first certificate that says yes, and with it the case stays open"""
    people, case = arrive(session, "susp", SERVED_NO)
    go(
        session,
        people,
        case,
        "WKR appraisal objection, APPR appraisal document-check, APPR appraisal conclude?conclusion=no, WKR appraisal second-appraisal",
    )
    issued, entered = DAY + timedelta(days=20), DAY + timedelta(days=27)
    go(session, people, case, "APPR appraisal conclude-yes", entered, issued_on=issued)
    assert (case.status, case.status_on("appraisal"), case.status_on("work_injury")) == ("diagnosed_yes", "final_yes", "wi_due")
    assert case.closed_on is None and running(case, "work_injury")["work-injury-apply-employer"] == last_day(issued, "30c")


def test_limits_count_from_the_certificate_however_late_it_is_entered(session: Session) -> None:
    """4.2 certificate served 15c from issue; work injury 30c from the date of diagnosis as diseased"""
    people, case = arrive(session, "susp", COMPLETE)
    entered = DAY + timedelta(days=9)
    go(session, people, case, "DIAG main conclude-yes", entered, issued_on=DAY)
    assert running(case, "appraisal")["diagnosis-service"] == last_day(DAY, "15c")
    assert running(case, "work_injury") == {
        "work-injury-apply-employer": last_day(DAY, "30c"),
        "work-injury-apply-worker": last_day(DAY, "1y"),
    }


def test_limits_count_from_the_first_appraisal_however_late_it_is_entered(session: Session) -> None:
    """4.2 work injury 30c from the date of appraisal as diseased; second appraisal 15c from receipt; appraisal reported 10c"""
    entered = DAY + timedelta(days=9)
    people, case = arrive(session, "susp", f"{SERVED_NO}, WKR appraisal objection, APPR appraisal document-check")
    go(session, people, case, "APPR appraisal conclude", entered, issued_on=DAY, conclusion="yes")
    assert running(case, "work_injury")["work-injury-apply-employer"] == last_day(DAY, "30c")
    assert running(case, "appraisal")["appraisal-second-apply"] == last_day(entered, "15c")
    assert running(case, "duty")["appraisal-result-report"] == last_day(DAY, "10c")


def test_closed(session: Session) -> None:
    """4.2 FOLLOWUP ended and FINAL_YES: CLOSED"""
    people, case = arrive(session, "susp", f"{FOLLOWUP}, DIAG appraisal serve-certificate, night+60")
    assert (case.status, case.status_on("appraisal")) == ("diagnosed_yes", "final_yes")
    go(session, people, case, "HLTH work_injury follow-up-ended", DAY + timedelta(days=61))
    assert (case.status, case.closed_on) == ("closed", DAY + timedelta(days=61))


#: Escalate on: status, way, clock, days after which it has risen, and how far; a day earlier it had not.
ESCALATIONS = [
    ("NOTIFIED > 30c", NOTIFIED, "diagnosis-arrange", 31, RED), ("MATERIAL > 10c", MATERIAL, "diagnosis-material", 11, RED),
    ("COMPLETE > 30c", COMPLETE, "diagnosis-decision", 31, RED), ("any + 15c: city department", NOTIFIED, "diagnosis-arrange", 45, CITY),
    ("any + 30c: joint meeting", NOTIFIED, "diagnosis-arrange", 65, JOINT_MEETING),
    ("DIAGNOSED_YES + 20c without an application: pre-warning", YES, "work-injury-apply-employer", 21, AMBER),
    ("DIAGNOSED_YES + 30c: breach of WII art. 17", YES, "work-injury-apply-employer", 31, RED),
    ("DIAGNOSED_YES + 330c: the worker's year about to end, highest alarm", YES, "work-injury-apply-worker", 330, JOINT_MEETING),
]  # fmt: skip


@pytest.mark.parametrize(("name", "way", "slug", "days", "level"), ESCALATIONS, ids=[f"4.2 escalate on {one[0]}" for one in ESCALATIONS])
def test_escalation(session: Session, name: str, way: str, slug: str, days: int, level: int) -> None:
    _people, case = arrive(session, "susp", way)
    clock = next(one for one in case.clocks if one.slug == slug)
    levels = []
    for day in (DAY + timedelta(days=days - 1), DAY + timedelta(days=days)):
        escalate(session, day)
        levels.append(clock.escalation)
        assert clock.escalation == level_of(clock, day)
    assert levels[0] < level == levels[1]


#: What closes or concludes needs its proof: way, who, event, kind of evidence, and the facts without which it is refused.
PROOFS = [
    ("certificate no. and date", COMPLETE, "DIAG", "main", "conclude-yes", "", "certificate_no issued_on"),
    ("certificate on file", YES, "DIAG", "appraisal", "serve-certificate", "certificate", "served_on"),
    ("appraisal no.", APPR1_OPEN, "APPR", "appraisal", "conclude", "appraisal", "certificate_no issued_on received_on conclusion"),
    ("decision no.", WI_ACCEPTED, "HRSS", "work_injury", "decide-yes", "decision", "decision_no decided_on"),
    ("grade conclusion", LC_APPLIED, "LCAC", "work_injury", "conclude", "grade", "concluded_on conclusion_no grade care"),
    ("first payment date", LC_DONE, "HRSS", "work_injury", "benefits-paid", "", "first_paid_on"),
    ("removal evidence, first follow-up exam", BENEFIT, "EMP", "work_injury", "follow-up-planned", "follow-up", "removed plan first_examination_planned_on"),
    ("written waiver", WI_YES, "HRSS", "work_injury", "no-disability", "waiver", "why first_paid_on"),
    ("written refusal", NOTIFIED, "WKR", "main", "worker-refuses", "refusal", "refused_on"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "way", "who", "track", "event", "evidence", "keys"), PROOFS, ids=[f"4.2 closing evidence: {one[0]}" for one in PROOFS]
)
def test_closing_evidence(session: Session, name: str, way: str, who: str, track: str, event: str, evidence: str, keys: str) -> None:
    people, case = arrive(session, "susp", way)
    facts = facts_for(KINDS["susp"].acts[track][event], people, DAY)
    for key in keys.split():
        lacking = {name: value for name, value in facts.items() if name != key}
        with pytest.raises(DomainError, match="Still missing"):
            do(session, case, event, lacking, by=people.by(who), on=DAY, track=track)
    if evidence:
        for one in [one for one in case.evidence if one.kind == evidence]:
            case.evidence.remove(one)
        with pytest.raises(DomainError, match="Evidence is missing"):
            do(session, case, event, facts, by=people.by(who), on=DAY, track=track)
        prove(session, case, people.HLTH, evidence)
    do(session, case, event, facts, by=people.by(who), on=DAY, track=track)
