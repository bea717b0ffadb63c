"""Clocks that an office suspends, resumes and extends by hand: the days, who may, what it rests on, and what stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.clock_deeds import extend_by_hand, extensions_of, resume_by_hand, suspend_by_hand, why_not_extended
from ohs.cases.clocks import start_clock
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseClock, CaseTrack, CaseWaiting
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.kernel.fields import LAST_DAY
from tests.cases.test_section_4_2 import WI_YES
from tests.cases.ways import DAY, arrive
from tests.factories.accounts import make_user
from tests.factories.cases import People, make_case, make_people

WHY = {"cause": "等待仲裁裁决", "document_no": "嘉仲案〔2026〕7号"}


def clock_of(case: Case, slug: str) -> CaseClock:
    return [one for one in case.clocks if one.slug == slug][-1]


def with_clock(session: Session, people: People, slug: str, on: date, track: str = "main", kind: str = "susp") -> tuple[Case, CaseClock]:
    """A case with one clock of a name that has just begun."""
    case = make_case(session, people, kind, on=on)
    if track == "work_injury":
        owner = people.HRSS.organisation_id
        session.add(CaseTrack(case_id=case.id, kind=kind, track=track, status="wi_accepted", owner_id=owner))
        session.flush()
        session.refresh(case)
    clock = start_clock(
        session, case, track=track, status="wi_accepted" if track != "main" else case.status, slug=slug, actors="HRSS", on=on
    )
    assert clock is not None
    session.flush()
    return case, clock


@pytest.mark.parametrize(
    ("slug", "began", "due", "suspended", "resumed", "then"),
    [
        # 30 calendar days; suspended for the ten days after the 4th, resumed on the 14th.
        ("complaint-answer", date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 4), date(2026, 3, 14), date(2026, 4, 13)),  # the 11th is a Saturday
        # On one day nothing is lost.
        ("complaint-answer", date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 4), date(2026, 3, 4), date(2026, 4, 1)),
        # Five working days over the National Day: 1–7 October are days of rest, 10 October is one of work.
        ("overdue-notify", date(2026, 9, 28), date(2026, 10, 10), date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 12)),
        # What stood still over the holiday loses no working day by it.
        ("overdue-notify", date(2026, 9, 28), date(2026, 10, 10), date(2026, 9, 30), date(2026, 10, 7), date(2026, 10, 10)),
    ],
)  # fmt: skip
def test_what_stands_still_does_not_count(
    session: Session, slug: str, began: date, due: date, suspended: date, resumed: date, then: date
) -> None:
    people = make_people(session)
    case, clock = with_clock(session, people, slug, began)
    assert clock.due_on == due
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=suspended, **WHY)
    assert clock.state == "paused"
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=resumed)
    assert (clock.state, clock.due_on) == ("running", then)


def test_beyond_the_published_holidays_the_new_day_is_provisional(session: Session) -> None:
    people = make_people(session)
    case, clock = with_clock(session, people, "complaint-answer", date(2026, 11, 2))
    assert not clock.is_provisional
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), **WHY)
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=date(2027, 1, 4))
    assert clock.due_on == date(2027, 2, 2) and clock.is_provisional


def test_a_day_that_somebody_set_moves_on_and_rolls_to_a_working_day(session: Session) -> None:
    people = make_people(session)
    case, clock = with_clock(session, people, "complaint-answer", date(2026, 3, 2))
    extend_by_hand(session, case, clock, date(2026, 4, 20), actor=people.HLTH, on=date(2026, 3, 3), **WHY)
    assert (clock.due_on, clock.is_set, clock.is_provisional) == (date(2026, 4, 20), True, False)
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 3, 4), **WHY)
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=date(2026, 3, 15))
    assert clock.due_on == date(2026, 5, 6), "1 May and what follows it are days of rest"


def test_suspending_is_on_the_timeline_in_the_trail_and_in_the_inbox(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint")
    clock, seen = clock_of(case, "complaint-answer"), case.version
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), seen=seen, **WHY)
    session.flush()
    step = case.steps[-1]
    assert (step.event, step.actor, step.before, step.after) == ("clock-suspended", "HLTH", case.status, case.status)
    assert step.facts == {"clock": "complaint-answer", **WHY} and "HLTH" in step.told
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "clock:suspended")).one()
    assert (event.actor, event.subject, event.reason) == (people.HLTH.login, case.number, WHY["cause"])
    row = session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).one()
    assert (row.due_on, row.organisation_id) == (LAST_DAY, case.owner_id), "nothing runs: its owner must look"
    assert case.version > seen
    with pytest.raises(DomainError, match="Clock suspended"):
        do(session, case, "handle", {"steps": "x"}, by=people.by("HLTH"), on=date(2026, 11, 3), seen=seen)


def test_nothing_is_done_twice_and_what_comes_second_says_who_was_first(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint")
    clock, seen = clock_of(case, "complaint-answer"), case.version
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), **WHY)
    with pytest.raises(DomainError, match="Clock suspended"):
        suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), seen=seen, **WHY)
    with pytest.raises(DomainError, match="cannot be suspended"):
        suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), **WHY)
    with pytest.raises(DomainError, match="cannot be extended"):
        extend_by_hand(session, case, clock, date(2027, 3, 1), actor=people.HLTH, on=date(2026, 11, 3), **WHY)
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=date(2026, 11, 5))
    with pytest.raises(DomainError, match="not suspended"):
        resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=date(2026, 11, 5))
    assert len(clock.pauses) == 1 and [step.event for step in case.steps[-2:]] == ["clock-suspended", "clock-resumed"]


@pytest.mark.parametrize("given", [{"cause": " ", "document_no": "1"}, {"cause": "x", "document_no": " "}])
def test_without_cause_or_document_nothing_stands_still_or_is_extended(session: Session, given: dict[str, str]) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint")
    clock, lines = clock_of(case, "complaint-answer"), len(case.steps)
    with pytest.raises(DomainError):
        suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 11, 3), **given)
    with pytest.raises(DomainError):
        extend_by_hand(session, case, clock, date(2027, 3, 1), actor=people.HLTH, on=date(2026, 11, 3), **given)
    assert (clock.state, len(case.steps), clock.is_set) == ("running", lines, False)


def test_each_office_changes_the_clocks_of_its_own_track_only(session: Session) -> None:
    people, on = make_people(session), date(2026, 3, 2)
    case, decision = with_clock(session, people, "work-injury-decision", on, "work_injury")
    notify = clock_of(case, "suspected-report")
    for actor, clock in ((people.HLTH, decision), (people.HRSS, notify), (people.SAFE, notify), (people.CLIN, notify)):
        with pytest.raises(DomainError, match="which answers for it"):
            suspend_by_hand(session, case, clock, actor=actor, on=on, **WHY)
    suspend_by_hand(session, case, decision, actor=people.HRSS, on=on, **WHY)
    suspend_by_hand(session, case, notify, actor=people.HLTH, on=on, **WHY)
    assert [(step.track, step.organisation_id) for step in case.steps[-2:]] == [
        ("work_injury", people.HRSS.organisation_id), ("main", people.HLTH.organisation_id),
    ]  # fmt: skip
    other = make_case(session, people, "complaint")
    with pytest.raises(DomainError, match="another case"):
        suspend_by_hand(session, other, notify, actor=people.HLTH, on=on, **WHY)


def test_a_limit_of_the_law_is_extended_only_as_the_law_says(session: Session) -> None:
    people, on = make_people(session), date(2026, 3, 2)
    case, decision = with_clock(session, people, "work-injury-decision", on, "work_injury")
    refusal = why_not_extended(session, decision)
    assert refusal is not None and "《工伤保险条例》第20条" in str(refusal)
    with pytest.raises(DomainError, match="no office can lengthen it"):
        extend_by_hand(session, case, decision, date(2026, 8, 3), actor=people.HRSS, on=on, **WHY)
    grade = start_clock(session, case, track="work_injury", status="lc_applied", slug="labour-capacity-decision", actors="LCAC", on=on)
    assert grade is not None and grade.due_on == date(2026, 5, 6)  # the sixtieth day is 1 May
    session.flush()
    with pytest.raises(DomainError, match="until 2026-06-01 at most"):  # the ninetieth is a Sunday
        extend_by_hand(session, case, grade, date(2026, 6, 2), actor=people.HRSS, on=on, **WHY)
    extend_by_hand(session, case, grade, date(2026, 6, 1), actor=people.HRSS, on=on, **WHY)
    assert (grade.due_on, grade.is_set) == (date(2026, 6, 1), True)
    with pytest.raises(DomainError, match="only once"):
        extend_by_hand(session, case, grade, date(2026, 6, 2), actor=people.HRSS, on=on, **WHY)
    assert [(one.before_on, one.until_on) for one in extensions_of(session, case)[grade.id]] == [(date(2026, 5, 6), date(2026, 6, 1))]
    applied = start_clock(session, case, track="work_injury", status="wi_due", slug="work-injury-apply-employer", actors="EMP", on=on)
    assert applied is not None and why_not_extended(session, applied) is None, "on approval, the law says without a number"


def test_an_extension_is_a_later_day_that_has_not_passed(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=date(2026, 3, 2))
    clock = clock_of(case, "complaint-answer")
    for day, match in ((date(2026, 4, 1), "must lie after"), (date(2026, 4, 2), "lies in the past")):
        with pytest.raises(DomainError, match=match):
            extend_by_hand(session, case, clock, day, actor=people.HLTH, on=date(2026, 5, 1) if day.day == 2 else date(2026, 3, 3), **WHY)


def test_what_was_suspended_alone_does_not_run_again_with_the_case(session: Session) -> None:
    people, on = make_people(session), date(2026, 3, 2)
    case = make_case(session, people, "susp", on=on)
    case.status = "material"
    alone, other = (
        start_clock(session, case, track="main", status="material", slug=slug, actors="EMP", on=on)
        for slug in ("diagnosis-material", "diagnosis-urge")
    )
    assert alone is not None and other is not None
    session.flush()
    suspend_by_hand(session, case, alone, actor=people.HLTH, on=on, **WHY)
    suspended_on = date(2026, 3, 3)
    do(session, case, "determination-asked", {"cause": "劳动关系争议", "document_no": "1"}, by=By(people.HLTH), on=suspended_on)
    assert (case.status, alone.state, other.state) == ("suspended", "paused", "paused")
    with pytest.raises(DomainError, match="stands still with the case"):
        resume_by_hand(session, case, other, document_no="", actor=people.HLTH, on=suspended_on)
    do(session, case, "resume", {"outcome": "裁决", "document_no": "2"}, by=By(people.DIAG), on=date(2026, 3, 9))
    assert (case.status, alone.state, other.state) == ("material", "paused", "running")
    resume_by_hand(session, case, alone, document_no="", actor=people.HLTH, on=date(2026, 3, 10))
    assert alone.state == "running"


def test_the_page_shows_the_clocks_and_whose_they_are_to_change(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., object]
) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=date(2026, 11, 2))
    clock = clock_of(case, "complaint-answer")
    address = f"/cases/{case.number}/clocks/{clock.id}"
    client = as_user(people.HLTH)
    assert f"{address}/suspend" in browse(f"/cases/{case.number}").get_data(as_text=True)  # type: ignore[attr-defined]
    for act in ("suspend", "resume", "extend"):
        browse(f"{address}/{act}")
    assert client.post(f"{address}/suspend", data={"cause": "", "document_no": ""}).status_code == 400
    assert client.post(f"{address}/suspend", data=WHY | {"seen": str(case.version - 1)}).status_code == 409
    assert client.post(f"{address}/suspend", data=WHY | {"seen": str(case.version)}).status_code == 302
    page = browse(f"/cases/{case.number}").get_data(as_text=True)  # type: ignore[attr-defined]
    assert WHY["cause"] in page and f"{address}/resume" in page and f"{address}/suspend" not in page
    standing = page.partition('class="box standing"')[2].partition("</section>")[0]
    assert "起中止" in standing and "无法定期限" not in standing
    assert client.post(f"{address}/resume", data={}).status_code == 302
    assert client.get(f"/cases/{case.number}/clocks/{clock.id + 1000}/suspend").status_code == 404
    as_user(people.TOWN)
    assert address not in browse(f"/cases/{case.number}").get_data(as_text=True)  # type: ignore[attr-defined]
    assert client.get(f"{address}/suspend").status_code == 403
    as_user(make_user(session, "hr"))
    assert client.get(f"{address}/suspend").status_code == 404


def test_a_duty_is_the_office_s_that_answers_for_the_track_that_opened_it(session: Session) -> None:
    people, case = arrive(session, "susp", WI_YES)
    serve = clock_of(case, "work-injury-serve")
    with pytest.raises(DomainError, match=people.HRSS.organisation.name):
        suspend_by_hand(session, case, serve, actor=people.HLTH, on=DAY, **WHY)
    suspend_by_hand(session, case, serve, actor=people.HRSS, on=DAY, **WHY)
    assert (serve.state, case.steps[-1].track) == ("paused", "work_injury")
