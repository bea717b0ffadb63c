"""Default limits that this office changes: what counts by them from which day, what keeps its day, and what nobody can set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.clock_deeds import resume_by_hand, suspend_by_hand
from ohs.cases.clocks import work_calendar
from ohs.cases.default_clocks import entries_of, rehearse, set_default_clock
from ohs.cases.models import Case
from ohs.declarations.drafts import due_day
from ohs.desk.help import limits_on
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.default_clocks import DefaultClock
from ohs.kernel.errors import DomainError
from ohs.kernel.workdays import forget_calendar
from ohs.rulebook.deadlines import WorkCalendar, deadline, find_deadline
from ohs.rulebook.default_limits import bounds_of, disorder, find_default, limits_in_force
from ohs.surveillance.intake import due_days
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_people

ON = date(2026, 3, 2)


def set_to(session: Session, slug: str, amount: int, from_on: date = ON, **given: object) -> DefaultClock:
    return set_default_clock(
        session, slug, amount, from_on=from_on, reason="人手不足", actor=make_user(session, "system-admin"), on=ON, **given  # type: ignore[arg-type]
    )  # fmt: skip


def due_of(case: Case, slug: str) -> date:
    return next(clock.due_on for clock in case.clocks if clock.slug == slug)


def test_what_happens_from_its_day_on_counts_by_it_and_what_runs_keeps_its_day(session: Session) -> None:
    people = make_people(session)
    running = make_case(session, people, "complaint", on=ON)
    assert due_of(running, "complaint-answer") == date(2026, 4, 1)
    set_to(session, "complaint-answer", 20, date(2026, 3, 9))
    assert due_of(running, "complaint-answer") == date(2026, 4, 1)
    before = make_case(session, people, "complaint", on=date(2026, 3, 8))
    after = make_case(session, people, "complaint", on=date(2026, 3, 9))
    assert due_of(before, "complaint-answer") == date(2026, 4, 7), "the day before still counts by thirty"
    assert due_of(after, "complaint-answer") == date(2026, 3, 30)


def test_a_clock_that_is_resumed_counts_by_the_limit_of_the_day_it_began(session: Session) -> None:
    people = make_people(session)
    case, why = make_case(session, people, "complaint", on=ON), {"cause": "x", "document_no": "1"}
    clock = next(one for one in case.clocks if one.slug == "complaint-answer")
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=date(2026, 3, 4), **why)
    set_to(session, "complaint-answer", 15, date(2026, 3, 5))
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=date(2026, 3, 14))
    assert clock.due_on == date(2026, 4, 13)


@pytest.mark.parametrize(("resumed", "due"), [(ON, date(2026, 4, 1)), (date(2026, 3, 12), date(2026, 4, 13))])  # the 11th is a Saturday
def test_a_default_that_changes_on_the_day_on_which_a_clock_began_changes_no_clock(session: Session, resumed: date, due: date) -> None:
    people = make_people(session)
    case, why = make_case(session, people, "complaint", on=ON), {"cause": "x", "document_no": "1"}
    clock = next(one for one in case.clocks if one.slug == "complaint-answer")
    suspend_by_hand(session, case, clock, actor=people.HLTH, on=ON, **why)
    set_to(session, "complaint-answer", 20)
    resume_by_hand(session, case, clock, document_no="", actor=people.HLTH, on=resumed)
    assert clock.due_on == due
    assert due_of(make_case(session, people, "complaint", on=ON), "complaint-answer") == date(2026, 3, 23), (
        "what begins after it counts by it"
    )


def test_declarations_examinations_and_the_help_count_by_it_too(session: Session) -> None:
    start = date(2026, 3, 9)
    assert (due_day(session, "declaration-correction", start), due_days(session)("exam-result-inform", start)) == (date(2026, 3, 16),) * 2
    set_to(session, "declaration-correction", 10, start)
    set_to(session, "exam-result-inform", 10, start)
    assert (due_day(session, "declaration-correction", start), due_days(session)("exam-result-inform", start)) == (date(2026, 3, 23),) * 2
    assert due_day(session, "declaration-correction", date(2026, 3, 6)) == date(2026, 3, 13), "by the limit of its own day"
    name = str(find_deadline("declaration-correction", start)["name_zh"])  # type: ignore[index]
    assert {one.name: one.amount for one in limits_on(start, work_calendar(session))}[name] == 10


def test_a_limit_of_the_law_is_changed_by_nobody_and_by_no_entry(session: Session) -> None:
    with pytest.raises(DomainError, match="is law"):
        set_to(session, "work-injury-decision", 90)
    session.add(DefaultClock(slug="work-injury-decision", amount=90, from_on=ON, reason="x", set_by_id=make_user(session).id))
    session.flush()
    forget_calendar(session)
    assert deadline("work-injury-decision", ON, work=work_calendar(session)).value["due"] == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("slug", "amount", "match"),
    [
        ("complaint-answer", 0, "between 1 and 60"),
        ("complaint-answer", 61, "between 1 and 60"),
        ("emergency-access", 4, "between 1 and 3"),
        ("rectification-order", 31, "between 5 and 30"),
        ("overlimit-stop", 3, "between 0 and 2"),
        ("work-injury-prewarn", 30, "must come before"),
        ("work-injury-worker-alarm", 366, "must come before"),
        ("declaration-update", 13, "must come before"),
        ("escalation-city", 30, "must come before"),
        ("escalation-joint-meeting", 15, "must come before"),
    ],
)
def test_nobody_sets_nonsense(session: Session, slug: str, amount: int, match: str) -> None:
    with pytest.raises(DomainError, match=match):
        set_to(session, slug, amount)
    with pytest.raises(DomainError, match=match):
        rehearse(session, slug, amount, ON, ON)
    assert session.scalars(select(DefaultClock)).all() == []


def test_what_ships_is_in_order_and_within_its_own_bounds() -> None:
    for row in limits_in_force(date(2026, 11, 24), statutory=False):
        bounds = bounds_of(row, ON)
        assert bounds.lowest <= int(row["amount"]) <= bounds.highest, row["slug"]
        assert disorder(row["slug"], ON, WorkCalendar()) is None
        assert find_default(row["slug"], date(2026, 11, 24)) == row
    assert all(find_default(row["slug"], ON) is None for row in limits_in_force(ON, statutory=True))


def test_a_day_that_has_passed_keeps_its_limit(session: Session) -> None:
    with pytest.raises(DomainError, match="of its day"):
        set_to(session, "complaint-answer", 20, date(2026, 3, 1))


def test_who_comes_second_is_told_and_the_later_entry_of_a_day_holds(session: Session) -> None:
    set_to(session, "complaint-answer", 20, seen=0)
    with pytest.raises(DomainError, match="meanwhile"):
        set_to(session, "complaint-answer", 25, seen=0)
    set_to(session, "complaint-answer", 25, seen=1)
    assert work_calendar(session).own_amounts == {"complaint-answer": ((ON, 25),)}
    assert [entry.amount for entry, _name in entries_of(session, "complaint-answer")] == [25, 20]
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "default-clock:set").order_by(AuditEvent.id)).all()
    assert [(event.subject, event.before, event.after, event.reason) for event in events] == [
        ("complaint-answer", {"value": "30"}, {"value": 20, "from_on": "2026-03-02"}, "人手不足"),
        ("complaint-answer", {"value": "20"}, {"value": 25, "from_on": "2026-03-02"}, "人手不足"),
    ]


def test_a_rehearsal_tells_what_would_change_and_changes_nothing(session: Session) -> None:
    people = make_people(session)
    for day in (ON, date(2026, 1, 5)):
        make_case(session, people, "complaint", on=day)
    told = rehearse(session, "complaint-answer", 20, ON, ON)
    assert (told.running, told.ahead, told.due_before, told.due_after) == (
        2,
        1,
        date(2026, 4, 1),
        date(2026, 3, 23),
    )  # the 22nd is a Sunday
    assert session.scalars(select(DefaultClock)).all() == []


def test_the_rulebook_counts_by_what_it_is_given() -> None:
    work = replace(WorkCalendar(), own_amounts={"complaint-answer": ((date(2026, 1, 1), 10), (date(2026, 2, 1), 40))})
    due = [deadline("complaint-answer", day, work=work).value["due"] for day in (date(2025, 12, 1), date(2026, 1, 5), date(2026, 3, 2))]
    assert due == [date(2025, 12, 31), date(2026, 1, 15), date(2026, 4, 13)]  # the fortieth day is a Saturday
    answer = deadline("complaint-answer", date(2026, 3, 2), work=work)
    assert (answer.value["amount"], answer.value["statutory"], answer.value["effective_from"]) == (40, False, "2026-02-01")


def test_the_shell_asks_with_this_offices_limits(app: Flask, session: Session) -> None:
    set_to(session, "complaint-answer", 10)
    session.commit()
    answer = app.test_cli_runner().invoke(args=["rule", "deadline", "kind=complaint-answer", "from=2026-03-02", "--json"])
    assert '"due": "2026-03-12"' in answer.output


def test_the_pages_rehearse_first_and_set_only_what_was_rehearsed(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., object]
) -> None:
    client, address = as_user(make_user(session, "system-admin")), "/admin/clocks/complaint-answer"
    page = browse("/admin/clocks/").get_data(as_text=True)  # type: ignore[attr-defined]
    assert address in page and "/admin/clocks/work-injury-decision" not in page and "工伤保险条例" in page
    browse(address)
    told = {"amount": "20", "from_on": today().isoformat(), "reason": "人手不足", "seen": "0"}
    first = client.post(address, data=told)
    assert first.status_code == 200 and f'value="20@{today()}"' in first.get_data(as_text=True)
    assert session.scalars(select(DefaultClock)).all() == []
    assert client.post(address, data=told | {"rehearsed": f"21@{today()}"}).status_code == 200, "something else was rehearsed"
    assert client.post(address, data=told | {"amount": "99"}).status_code == 400
    assert client.post(address, data=told | {"reason": ""}).status_code == 400
    assert client.post(address, data=told | {"rehearsed": f"20@{today()}"}).status_code == 302
    assert [entry.amount for entry in session.scalars(select(DefaultClock))] == [20]
    assert client.post(address, data=told | {"rehearsed": f"20@{today()}"}).status_code == 409
    browse(address)
    assert client.get("/admin/clocks/work-injury-decision").status_code == 404
