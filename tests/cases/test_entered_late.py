"""Objections, disputes and applications made within their limit and entered after the night had taken them for not made: the case goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import catch_up
from ohs.cases.durations import CaseDuration, CaseFigure
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do
from ohs.cases.models import Case
from ohs.cases.protection import ProtectedPeriod
from ohs.kernel.errors import DomainError
from tests.cases.test_section_4_2 import (
    APPR1_DONE,
    APPR1_DONE_NO,
    APPR2,
    AWARDED,
    BENEFIT,
    FOLLOWUP,
    LC_DONE,
    NO_SERVED,
    SERVED,
    SERVED_NO,
    YES,
    YES_SERVED,
)
from tests.cases.ways import ACCOUNTS, DAY, arrive, go, last_day, offered, running
from tests.factories.cases import People, facts_for

FIRST_LIMIT, SECOND_LIMIT = last_day(DAY, "30c"), last_day(DAY, "15c")
ENTERED = DAY + timedelta(days=40)
CLOSED_NO = f"{SERVED_NO}, night+32, DIAG main appraisal-final-no"

#: The row of the table, the way to the last day, whether it is closed then, the event, its last day, where main, appraisal and work injury go.
OBJECTIONS = [
    ("SERVED objection, after FINAL_YES", f"{SERVED}, night+32", False, "objection-late", FIRST_LIMIT, "diagnosed_yes appr1 wi_due"),
    ("SERVED objection, after FINAL_NO", f"{SERVED_NO}, night+32", False, "objection-late", FIRST_LIMIT, "diagnosed_no appr1 -"),
    ("SERVED objection, after CLOSED_NEG", CLOSED_NO, True, "objection-late", FIRST_LIMIT, "diagnosed_no appr1 -"),
    ("SERVED objection, a decision of HR made", f"{YES_SERVED}, DIAG appraisal serve-certificate, night+32", False, "objection-late", FIRST_LIMIT, "diagnosed_yes appr1 wi_yes"),
    ("APPR1_DONE second appraisal, after FINAL_YES", f"{APPR1_DONE}, night+17", False, "second-appraisal-late", SECOND_LIMIT, "diagnosed_yes appr2 wi_due"),
    ("APPR1_DONE second appraisal, after FINAL_NO of a diagnosis that said yes", f"{APPR1_DONE_NO}, night+17", True, "second-appraisal-late", SECOND_LIMIT, "diagnosed_yes appr2 wi_due"),
]  # fmt: skip


def enter(session: Session, people: People, case: Case, event: str, on: date = ENTERED, *, by: str = "HLTH", track: str = "appraisal", **told: Any) -> None:  # fmt: skip
    """One act with everything that it asks, after its files."""
    go(session, people, case, f"{by} {track} {event}", on, **told)


def standing(case: Case) -> str:
    return " ".join((case.status, case.status_on("appraisal"), case.status_on("work_injury") or "-"))


@pytest.mark.parametrize(("name", "way", "is_closed", "event", "last", "then"), OBJECTIONS, ids=[f"4.2 {one[0]}" for one in OBJECTIONS])
def test_an_objection_made_in_time_and_entered_later(
    session: Session, name: str, way: str, is_closed: bool, event: str, last: date, then: str
) -> None:
    """The certificate is not final, the protected period goes on as one, and whoever was told that it was final is told again"""
    people, case = arrive(session, "susp", way)
    assert case.status_on("appraisal").startswith("final") and (case.closed_on is not None) is is_closed
    final = [step for step in case.steps if step.event.startswith(("no-objection", "appraisal-final", "tracks-final"))]
    (period,) = session.scalars(select(ProtectedPeriod).where(ProtectedPeriod.case_id == case.id))
    assert period.ended_on is not None
    held = len(case.steps)
    with pytest.raises(DomainError, match=f"last day for it was {last}"):
        enter(session, people, case, event, applied_on=last + timedelta(days=1))
    assert len(case.steps) == held and standing(case) != then
    enter(session, people, case, event, applied_on=last)
    assert (standing(case), case.closed_on) == (then, None)
    act, why = next(step for step in case.steps if step.event == event), next(step for step in case.steps if step.event == "dated-in-time")
    assert (act.actor, act.on, act.facts["applied_on"], bool(act.facts["document_no"])) == ("APPR", ENTERED, last.isoformat(), True)
    assert (why.facts["done_on"], why.facts["until_on"]) == (last.isoformat(), last.isoformat())
    assert {actor for step in final for actor in step.told} <= {actor for step in case.steps[held:] for actor in step.told}
    session.refresh(period)
    assert (period.started_on, period.ended_on) == (DAY, None)
    assert session.scalars(select(ProtectedPeriod.id).where(ProtectedPeriod.case_id == case.id)).all() == [period.id]
    (clock,) = [
        one
        for one in case.clocks
        if one.slug.startswith("appraisal-") and one.slug.endswith(f"{event.split('-')[0].replace('objection', 'first')}-apply")
    ]
    assert (clock.state, clock.ended_on) == ("met", last)
    assert "suspected-close-negative" not in running(case)
    catch_up(session, case, ENTERED + timedelta(days=1))
    assert standing(case) == then, "another night changes nothing"


@pytest.mark.parametrize("event", ["objection-late", "second-appraisal-late"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_health_alone_enters_it_for_the_appraisal_office_with_its_document(session: Session, event: str, account: str) -> None:
    people, case = arrive(session, "susp", f"{SERVED if event == 'objection-late' else APPR1_DONE}, night+32")
    assert (event in offered(case, people.by(account))) is (account == "HLTH")
    act = KINDS["susp"].acts["appraisal"][event]
    assert act.evidence == ("appraisal-application",)
    for one in [one for one in case.evidence if one.kind == "appraisal-application"]:
        case.evidence.remove(one)
    session.flush()
    with pytest.raises(DomainError, match="Evidence is missing" if account == "HLTH" else "not for you"):
        do(session, case, event, facts_for(act, people, DAY), by=people.by(account), on=ENTERED, track="appraisal")


#: Ways on which no such objection is possible: the wrong instance, and the word of the province.
NEVER = [
    (f"{SERVED}, night+32", "second-appraisal-late"), (f"{APPR1_DONE}, night+32", "objection-late"),
    (f"{APPR2}, APPR appraisal conclude-yes", "objection-late"), (f"{APPR2}, APPR appraisal conclude-yes", "second-appraisal-late"),
]  # fmt: skip


@pytest.mark.parametrize(("way", "event"), NEVER)
def test_against_the_last_word_nothing_is_entered(session: Session, way: str, event: str) -> None:
    people, case = arrive(session, "susp", way)
    assert event not in offered(case, people.by("HLTH"))
    with pytest.raises(DomainError, match="No such appraisal"):
        enter(session, people, case, event, applied_on=DAY)


#: Way, track, event, fact, its last day: entered on a day between that and the night it is refused where it is dated later.
BEFORE_THE_NIGHT = [
    (SERVED, "WKR appraisal objection", "applied_on", "30c"), (APPR1_DONE, "WKR appraisal second-appraisal", "applied_on", "15c"),
    (YES, "WKR work_injury worker-applies", "applied_on", "1y"), (YES_SERVED, "WKR work_injury reconsideration", "filed_on", "60c"),
    (NO_SERVED, "EMP work_injury suit", "filed_on", "6m"), (LC_DONE, "EMP work_injury re-appraisal", "applied_on", "15c"),
]  # fmt: skip


@pytest.mark.parametrize(("way", "act", "fact", "limit"), BEFORE_THE_NIGHT, ids=[one[1] for one in BEFORE_THE_NIGHT])
def test_what_is_dated_after_the_limit_is_refused_though_no_night_was_there(
    session: Session, way: str, act: str, fact: str, limit: str
) -> None:
    people, case = arrive(session, "susp", way)
    last = last_day(DAY, limit)
    with pytest.raises(DomainError, match=f"last day for it was {last}"):
        go(session, people, case, act, last + timedelta(days=2), **{fact: last + timedelta(days=1)})
    go(session, people, case, act, last + timedelta(days=2), **{fact: last})
    assert {
        one.state for one in case.clocks if one.due_on == last and one.track == act.split()[1] and one.status == case.steps[-1].before
    } >= {"met"}


#: The same after the night has ended the right, and after the case was closed: way, act, fact, limit, where work injury goes then.
AFTER_THE_NIGHT = [
    (YES_SERVED, "WKR work_injury reconsideration", "filed_on", "60c", "wi_disputed"),
    (YES_SERVED, "HRSS work_injury suit", "filed_on", "6m", "wi_disputed"),
    (f"{NO_SERVED}, DIAG appraisal serve-certificate", "HRSS work_injury suit", "filed_on", "6m", "wi_disputed"),
    (f"{NO_SERVED}, DIAG appraisal serve-certificate", "HRSS work_injury reconsideration", "filed_on", "60c", "wi_disputed"),
    (LC_DONE, "HRSS work_injury re-appraisal", "applied_on", "15c", "lc_re"),
    (YES, "HRSS work_injury worker-applies", "applied_on", "1y", "wi_applied"),
    (f"{YES}, DIAG appraisal serve-certificate", "UNION work_injury worker-applies", "applied_on", "1y", "wi_applied"),
]  # fmt: skip


@pytest.mark.parametrize(("way", "act", "fact", "limit", "then"), AFTER_THE_NIGHT)
def test_what_is_dated_in_time_is_entered_after_the_night(session: Session, way: str, act: str, fact: str, limit: str, then: str) -> None:
    """4.2 WI_YES / WI_NO reconsideration or suit; LC_DONE re-appraisal; any YES applied within the year"""
    people, case = arrive(session, "susp", way)
    last = last_day(DAY, limit)
    on = last_day(DAY, "1y") + timedelta(days=5)
    for day in range(20, (on - DAY).days, 20):
        catch_up(session, case, DAY + timedelta(days=day))
    catch_up(session, case, on)
    was_closed = case.closed_on is not None
    assert was_closed is ("serve-certificate" in way)
    held = len(case.steps)
    with pytest.raises(DomainError, match=f"last day for it was {last}"):
        go(session, people, case, act, on, **{fact: last + timedelta(days=1)})
    assert len(case.steps) == held
    go(session, people, case, act, on, **{fact: last})
    assert (case.status_on("work_injury"), case.status, case.closed_on) == (then, "diagnosed_yes", None)
    kept = [one for one in case.clocks if one.track == "work_injury" and (one.state, one.ended_on) == ("met", last)]
    assert len(kept) == 1 and [step.event for step in case.steps].count("dated-in-time") == 1
    assert ("lives-again-yes" in {step.event for step in case.steps}) is was_closed
    catch_up(session, case, on + timedelta(days=1))
    assert case.status_on("work_injury") == then


def test_a_dispute_that_ends_as_before_is_not_over_until_the_new_decision_was_served(session: Session) -> None:
    people, case = arrive(session, "susp", f"{NO_SERVED}, DIAG appraisal serve-certificate")
    on = last_day(DAY, "6m") + timedelta(days=5)
    catch_up(session, case, on)
    assert case.closed_on == on
    go(session, people, case, "HRSS work_injury suit", on, filed_on=DAY)
    go(session, people, case, "HRSS work_injury resolved-no", on + timedelta(days=30))
    assert case.closed_on is None, "the limit of the old decision says nothing of the new one"
    go(session, people, case, "HRSS duty serve-work-injury-decision", on + timedelta(days=31))
    assert "work-injury-suit" in running(case, "work_injury")


@pytest.mark.parametrize("way", [BENEFIT, FOLLOWUP])
def test_labour_capacity_is_re_appraised_though_the_benefits_were_fixed_within_the_limit(session: Session, way: str) -> None:
    """4.2 LC_DONE re-appraisal party 15c from receipt: who pays early takes nobody's right"""
    people, case = arrive(session, "susp", way)
    last = last_day(DAY, "15c")
    with pytest.raises(DomainError, match=f"last day for it was {last}"):
        go(session, people, case, "EMP work_injury re-appraisal", ENTERED, applied_on=last + timedelta(days=1))
    go(session, people, case, "EMP work_injury re-appraisal, LCAC work_injury conclude-final", last)
    assert case.status_on("work_injury") == "lc_done"
    with pytest.raises(DomainError, match="province has decided"):
        go(session, people, case, "EMP work_injury re-appraisal", last)


def test_the_limit_for_a_suit_over_the_award_begins_when_the_procedure_has_ended_again(session: Session) -> None:
    """4.2 arbitration: employer may sue within 15c after the end of the procedure"""
    people, case = arrive(session, "susp", f"{AWARDED}, night+35, night+60")
    assert case.status_on("suit") == "suit_unused"
    on = DAY + timedelta(days=70)
    enter(session, people, case, "objection-late", on, applied_on=DAY)
    assert case.status_on("suit") == "suit_waiting" and not running(case, "suit")
    go(session, people, case, "APPR appraisal document-check, APPR appraisal conclude", on)
    catch_up(session, case, on + timedelta(days=40))
    assert case.status_on("appraisal") == "final_yes"
    assert running(case, "suit") == {"arbitration-suit": last_day(on + timedelta(days=40), "15c")}
    with pytest.raises(DomainError, match="last day for it was"):
        go(session, people, case, "EMP suit file-suit", on + timedelta(days=80))
    catch_up(session, case, on + timedelta(days=80))
    assert case.status_on("suit") == "suit_unused"
    go(
        session,
        people,
        case,
        "EMP suit file-suit",
        on + timedelta(days=80),
        filed_on=on + timedelta(days=45),
    )
    assert case.status_on("suit") == "suit_filed"


def test_what_fell_with_the_negative_word_is_owed_again_and_what_was_done_is_not(session: Session) -> None:
    people, case = arrive(session, "susp", f"{APPR1_DONE_NO}, DIAG duty report-confirmed, night+17")
    states = {duty.event: duty.state for duty in case.duties}
    assert (case.status, states["report-confirmed"], states["report-confirmed-employer"]) == ("closed_neg", "done", "dropped")
    enter(session, people, case, "second-appraisal-late", applied_on=DAY)
    assert [(duty.event, duty.state) for duty in case.duties if duty.event.startswith("report-confirmed")] == [
        ("report-confirmed", "done"),
        ("report-confirmed-employer", "due"),
    ]
    assert "confirmed-report-employer" in running(case, "duty")
    assert running(case, "work_injury") == {
        "work-injury-apply-employer": last_day(DAY, "30c"),
        "work-injury-apply-worker": last_day(DAY, "1y"),
    }
    go(session, people, case, "APPR appraisal conclude-yes", ENTERED)
    assert standing(case) == "diagnosed_yes final_yes wi_due"


def test_a_case_that_lives_again_is_closed_again(session: Session) -> None:
    people, case = arrive(session, "susp", CLOSED_NO)
    enter(session, people, case, "objection-late", applied_on=DAY)
    go(session, people, case, "APPR appraisal document-check, APPR appraisal conclude?conclusion=no", ENTERED)
    catch_up(session, case, ENTERED + timedelta(days=30))
    go(session, people, case, "DIAG main appraisal-final-no", ENTERED + timedelta(days=30))
    (period,) = session.scalars(select(ProtectedPeriod).where(ProtectedPeriod.case_id == case.id))
    assert (case.status, period.ended_on) == ("closed_neg", ENTERED + timedelta(days=30))


def test_the_page_of_a_closed_case_offers_it_to_health_and_says_why_it_goes_on(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case = arrive(session, "susp", CLOSED_NO)
    as_user(people.HLTH)
    assert "补录期限内申请的首次鉴定" in browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "鉴定申请书" in browse(f"/cases/{case.number}/act/appraisal/objection-late").get_data(as_text=True)
    enter(session, people, case, "objection-late", applied_on=DAY)
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "在期限内办理、事后补录" in text and "恢复办理" in text and DAY.isoformat() in text
    as_user(people.EMP)
    assert "补录期限内申请的首次鉴定" in browse("/inbox/told").get_data(as_text=True)


def test_a_limit_kept_after_all_is_counted_as_kept(session: Session) -> None:
    people, case = arrive(session, "contra", "CLIN main notify, night+30")
    slug = "contraindication-remove"
    assert session.scalars(select(CaseDuration.is_late).where(CaseDuration.slug == slug)).all() == [True]
    go(session, people, case, "EMP main remove", ENTERED, moved_on=DAY + timedelta(days=3))
    (row,) = session.scalars(select(CaseDuration).where(CaseDuration.slug == slug))
    assert (row.is_late, row.days, row.ended_on) == (False, 3, DAY + timedelta(days=3))
    assert {(one.month, one.days, one.met, one.late) for one in session.scalars(select(CaseFigure).where(CaseFigure.slug == slug))} - {
        (row.month, 3, 1, 0)
    } <= {(one.month, one.days, 0, 0) for one in session.scalars(select(CaseFigure).where(CaseFigure.slug == slug))}
