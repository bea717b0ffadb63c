"""Nothing of an open case is in nobody's inbox: in every status of every kind each open track waits for somebody, with a limit or without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import catch_up
from ohs.cases.case_lists import listed_others
from ohs.cases.clock_deeds import suspend_by_hand
from ohs.cases.clocks import end_clock
from ohs.cases.evidence import missing_kinds
from ohs.cases.handing_over import accept, hand_over
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseDuty, CaseWaiting
from ohs.cases.notices_models import CaseNotice
from ohs.cases.queries import InboxFilters, waiting_for
from ohs.cases.waiting import settle
from ohs.kernel.fields import LAST_DAY
from tests.cases import test_section_4_2, test_section_4_3_to_4_5, test_section_4_6_and_4_7
from tests.cases.test_section_4_2 import APPLIED, BENEFIT, DISPUTED, MATERIAL, SERVED
from tests.cases.test_walk import STATUSES, bring
from tests.cases.ways import DAY, Row, arrive, go, running
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, facts_for, make_case, make_people, prove

ROWS = [*test_section_4_2.ROWS, *test_section_4_3_to_4_5.ROWS, *test_section_4_6_and_4_7.ROWS]
#: Who must act where no limit runs; the office that answers for the track where nobody is named.
NAMED = {
    ("susp", "main", "urged"): "DIAG", ("susp", "work_injury", "benefit"): "EMP", ("susp", "work_injury", "followup"): "HLTH",
    ("contra", "main", "not_assigned"): "EMP", ("recheck", "main", "done"): "CLIN", ("contra", "main", "breach"): "EMP", ("recheck", "main", "lead"): "CLIN EMP", ("overlimit", "main", "retest"): "TEST",
}  # fmt: skip
#: What nobody does on the main way while the tracks beside it go on.
RESTING = {"diagnosed_yes", "diagnosed_no"}
#: Ends of tracks, and where one waits for another track alone.
ENDS = {"final_yes", "final_no", "wi_closed", "wi_not_applied", "wi_not_accepted", "suit_unused", "suit_ended", "suit_waiting"}


def rows_of(session: Session, case: Case) -> dict[int, CaseWaiting]:
    """What waits of a case, by organisation; one line for each."""
    rows = session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).all()
    assert len({row.organisation_id for row in rows}) == len(rows)
    return {row.organisation_id: row for row in rows}


def open_tracks(case: Case) -> list[tuple[str, str]]:
    """Track and status of what is not at its end."""
    tracks = [("main", case.status), *((one.track, one.status) for one in case.tracks)]
    return [(track, status) for track, status in tracks if status not in RESTING | ENDS]


def go_on(session: Session, people: People, case: Case, row: Row) -> None:
    """What the row says happens next."""
    on, step = DAY + timedelta(days=row.later), KINDS[case.kind].acts[row.track][row.event]
    if row.by_night:
        catch_up(session, case, running(case, row.track)[row.slug] + timedelta(days=1))
    else:
        by = people.by(row.actors.split()[0])
        prove(session, case, people.HLTH, *missing_kinds(case, step))
        do(session, case, row.event, facts_for(step, people, on) | row.facts, by=by, on=on, track=row.track)


def each_open_track_waits(session: Session, people: People, case: Case) -> None:
    """The inboxes held against the case."""
    rows, offices = rows_of(session, case), {"main": case.owner_id} | {one.track: one.owner_id for one in case.tracks}
    assert rows or case.closed_on is not None
    for track, status in open_tracks(case) if case.closed_on is None else ():
        clocks = [clock for clock in case.clocks if clock.track == track and clock.state == "running"]
        kind = KINDS[case.kind]
        if any(duty.state == "due" and duty.event in kind.first and kind.track_of_duty(duty.event) == track for duty in case.duties):
            continue  # somebody must act first
        named = NAMED.get((case.kind, track, status))
        places = {actor: case.owner_id if actor == "HLTH" else getattr(people, actor).organisation_id for actor in (named or "").split()}
        who = sorted(places.values()) or [offices[track]]
        lines = sorted(row.organisation_id for row in rows.values() if status in row.what.split(";"))
        assert lines == ([] if clocks else who), f"{track} at {status}"
        assert not clocks or any(row.due_on <= clocks[0].due_on for row in rows.values())
    assert all((row.clock_id is None) == (row.due_on == LAST_DAY) for row in rows.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_in_every_status_each_open_track_has_a_clock_or_is_in_exactly_one_inbox(session: Session, row: Row) -> None:
    people, case = arrive(session, row.kind, row.way)
    each_open_track_waits(session, people, case)
    go_on(session, people, case, row)
    each_open_track_waits(session, people, case)


@pytest.mark.parametrize(("code", "track", "status"), STATUSES)
def test_where_every_clock_has_ended_somebody_still_has_it_in_the_inbox(session: Session, code: str, track: str, status: str) -> None:
    people = make_people(session)
    case = make_case(session, people, code, on=DAY)
    if code == "susp":
        case.institution_id = people.DIAG.organisation_id
    bring(session, case, track, status)
    case.closed_on = DAY if track == "main" and KINDS[code].is_closed(status) else None
    for clock in case.clocks:
        end_clock(clock, clock.started_on)
    for duty in case.duties:
        duty.state, duty.done_on = "done", duty.opened_on
    settle(session, case)
    each_open_track_waits(session, people, case)


def test_a_dispute_waits_for_hr_while_the_appraisal_still_runs(session: Session) -> None:
    people, case = arrive(session, "susp", DISPUTED)
    line = rows_of(session, case)[people.HRSS.organisation_id]
    assert (line.what, line.clock_id is not None) == ("wi_disputed", True), "the decision is still to be served"
    duty = next(one for one in case.duties if one.event == "serve-work-injury-decision")
    fulfil(session, case, duty, {"done_on": DAY}, by=people.by("HRSS"), on=DAY)
    line = rows_of(session, case)[people.HRSS.organisation_id]
    assert (line.what, line.clock_id, line.due_on) == ("wi_disputed", None, LAST_DAY)
    assert case.due_on is not None, "another clock of the same case runs"
    mine = session.scalars(waiting_for(people.HRSS)).unique().all()
    assert [row.case_id for row in mine] == [case.id]
    assert case.id not in [one.id for one in session.scalars(listed_others(session, people.HRSS, InboxFilters(), (), DAY).whole()).unique()]


def test_what_has_no_limit_comes_after_what_has_one(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case = arrive(session, "susp", DISPUTED)
    other = make_case(session, people, "susp", on=DAY)
    go(session, people, other, APPLIED)
    as_user(people.HRSS)
    text = browse("/inbox/").get_data(as_text=True)
    assert text.index(other.number) < text.index(case.number)
    assert "无法定期限" in text and "工伤认定争议中" in text
    as_user(people.HRSS)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "无法定期限" in page


def test_who_must_act_without_a_limit_is_named_to_the_others(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case = arrive(session, "susp", BENEFIT)
    assert rows_of(session, case)[people.EMP.organisation_id].what == "benefit"
    for duty in case.duties:
        duty.state, duty.done_on = "done", DAY
    for clock in case.clocks:
        if clock.ended_on is None:
            end_clock(clock, DAY)
    settle(session, case)
    assert rows_of(session, case)[people.EMP.organisation_id].clock_id is None
    as_user(people.HRSS)
    text = browse("/inbox/others").get_data(as_text=True)
    assert case.number in text and people.EMP.organisation.name in text and "无法定期限" in text


def test_a_duty_without_a_limit_is_in_the_inbox_of_whoever_does_it(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck", on=DAY)
    case.round = 3
    case.duties.append(CaseDuty(event="chief-physician-review", opened_by=1, opened_on=DAY))
    go(session, people, case, "CLIN main inform")
    assert rows_of(session, case)[people.CLIN.organisation_id].what == "chief-physician-review"


def test_a_track_of_which_somebody_suspends_the_only_clock_is_looked_at_by_its_office(session: Session) -> None:
    people, case = arrive(session, "susp", f"{APPLIED}, HRSS work_injury accept")
    clock = next(one for one in case.clocks if one.track == "work_injury" and one.state == "running")
    suspend_by_hand(session, case, clock, cause="等待", document_no="1", actor=people.HRSS, on=DAY)
    assert rows_of(session, case)[people.HRSS.organisation_id].what == "wi_accepted"


def test_of_a_suspended_limit_it_is_said_since_when_and_why(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case = arrive(session, "susp", f"{APPLIED}, HRSS work_injury accept")
    clock = next(one for one in case.clocks if one.track == "work_injury" and one.state == "running")
    suspend_by_hand(session, case, clock, cause="等待公安机关结论", document_no="1", actor=people.HRSS, on=DAY)
    told = f"时限自 {DAY + timedelta(days=1)} 起中止：等待公安机关结论"
    for address in ("/inbox/", f"/cases/{case.number}", "/"):
        as_user(people.HRSS)
        text = browse(address).get_data(as_text=True)
        assert told in text and "无法定期限" not in text, address


def test_a_suspended_limit_is_told_beside_what_has_a_limit(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case = arrive(session, "susp", "CLIN main notify")
    for clock in case.clocks:
        if clock.slug == "suspected-report":
            suspend_by_hand(session, case, clock, cause="系统维护", document_no="2", actor=people.HLTH, on=DAY)
    row = rows_of(session, case)[case.owner_id]
    assert row.what == "report-to-health"
    as_user(make_user(session, "health", case.owner))
    text = browse("/inbox/").get_data(as_text=True)
    assert "系统维护" in text and "无法定期限" not in text


def test_what_health_must_do_on_a_track_that_was_handed_over_goes_to_the_receiver(session: Session) -> None:
    people, case = arrive(session, "susp", f"{SERVED}, WKR appraisal objection")
    far = make_user(session, "health", make_organisation(session, department="health", region_code="330482"))
    sender = case.owner_id
    assert rows_of(session, case)[sender].clock_id is not None
    transfer = hand_over(session, case, far.organisation, "由平湖办理鉴定", actor=people.HLTH, on=DAY, track="appraisal")
    accept(session, transfer, actor=far, on=DAY)
    clock = next(one for one in case.clocks if one.slug == "appraisal-first-check")
    rows = rows_of(session, case)
    assert rows[far.organisation_id].clock_id == clock.id and (sender not in rows or rows[sender].clock_id != clock.id)
    assert case.owner_id == sender
    there = replace(people, HLTH=far)
    go(session, there, case, "HLTH appraisal document-check, HLTH appraisal conclude?conclusion=yes", on=DAY + timedelta(days=1))
    report = next(one for one in case.clocks if one.slug == "appraisal-result-report")
    rows = rows_of(session, case)
    assert rows[far.organisation_id].due_on == min(report.due_on, rows[far.organisation_id].due_on)
    told = session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id, CaseNotice.event == "conclude")).all()
    assert sender in told, "whoever owns the case is told what was done on its track"


def test_material_that_stands_still_waits_for_what_is_awaited_only(session: Session) -> None:
    people, case = arrive(session, "susp", f"{MATERIAL}, HLTH main determination-asked")
    assert {row.what for row in rows_of(session, case).values()} == {""}
    settle(session, case)
    assert people.EMP.organisation_id not in {
        row.organisation_id for row in rows_of(session, case).values() if row.due_on == date(2026, 3, 12)
    }


@pytest.mark.parametrize("end", ["appraisal final_yes", "appraisal final_no", "work_injury wi_not_applied", "suit suit_unused"])
def test_nobody_is_waited_for_where_something_may_still_be_entered_late(end: str) -> None:
    assert not KINDS["susp"].waits_for_people(*end.split())
