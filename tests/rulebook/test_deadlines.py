"""Deadlines: every row of the table on many days, rest days, suspensions, days before events, and the office's own calendar."""

from __future__ import annotations

import calendar
import json
from datetime import date, timedelta

import chinese_calendar
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from ohs.kernel.workdays import CalendarDay
from ohs.rulebook.deadlines import WorkCalendar, basis_of, count_days, deadline
from ohs.rulebook.questions import QuestionError, ask
from tests.rulebook.rows import rows_of

TODAY = date(2026, 11, 24)
LAST_PUBLISHED = date(2026, 12, 31)
STARTS = [
    date(2018, 12, 28),
    date(2018, 12, 29),
    date(2021, 1, 3),
    date(2021, 2, 1),
    date(2024, 2, 29),
    date(2026, 1, 31),
    date(2026, 2, 13),
    date(2026, 9, 28),
    date(2026, 11, 24),
]


def _works(day: date) -> bool:
    return chinese_calendar.is_workday(day) if day <= LAST_PUBLISHED else day.weekday() < 5


def _step(day: date, amount: int, unit: str, direction: int) -> date:
    if unit == "calendar_day":
        return day + timedelta(days=amount * direction)
    if unit in ("month", "year"):
        count = day.year * 12 + day.month - 1 + amount * (12 if unit == "year" else 1)
        year, month = divmod(count, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    while amount:
        day += timedelta(days=direction)
        amount -= _works(day)
    return day


def _due(row: dict[str, str], start: date) -> date:
    amount = int(row["amount"])
    if row["unit"] == "hour":
        return start + timedelta(days=amount // 24)
    if row["starts_with"].startswith("before-"):
        return _step(start, amount, row["unit"], -1)
    day = _step(start, amount, row["unit"], 1)
    while amount and "not a limit" not in row["note"] and not _works(day):
        day += timedelta(days=1)
    return day


def _holds(row: dict[str, str], day: date) -> bool:
    return (row["effective_from"] or "0") <= day.isoformat() <= (row["effective_to"] or "9")


@pytest.mark.parametrize("start", STARTS)
def test_every_deadline_of_the_table(start: date) -> None:
    for row in rows_of("deadlines"):
        answer = deadline(row["slug"], start)
        if not _holds(row, start):
            other = [one for one in rows_of("deadlines") if one["slug"] == row["slug"] and _holds(one, start)]
            assert answer.is_answered == bool(other)
            continue
        due, statutory = _due(row, start), row["statutory"] == "yes"
        assert (answer.value["due"], answer.value["statutory"], answer.value["actor"]) == (due, statutory, row["actor"]), row["slug"]
        assert answer.verified == (row["verified"] == "yes")
        assert answer.message is not None


@pytest.mark.parametrize(
    ("kind", "start", "due"),
    [
        ("hearing-notice", "2026-11-24", "2026-11-13"),
        ("exam-leaving", "2026-11-24", "2026-10-25"),
        ("exam-pre-placement", "2026-11-22", "2026-11-22"),
        ("overdue-emergency-exam", "2026-11-20", "2026-11-22"),
        ("suspected-report-acute", "2026-11-22", "2026-11-22"),
        ("labour-capacity-review", "2025-11-22", "2026-11-22"),
        ("declaration-update-open", "2025-12-22", "2026-11-22"),
        ("declaration-update", "2025-11-22", "2026-11-23"),
        ("work-injury-apply-worker", "2024-02-29", "2025-02-28"),
        ("testing-general", "2021-01-31", "2022-02-07"),
        ("testing-general", "2021-02-01", "2024-02-01"),
        ("appraisal-first-decision", "2021-01-03", "2021-03-04"),
        ("appraisal-first-decision", "2021-01-04", "2021-02-18"),
    ],
)
def test_days_worked_by_hand(kind: str, start: str, due: str) -> None:
    assert deadline(kind, date.fromisoformat(start)).value["due"].isoformat() == due


@pytest.mark.parametrize(
    ("kind", "start", "is_provisional"),
    [
        ("exam-report", "2026-11-17", False),
        ("exam-report", "2026-11-20", True),
        ("declaration-initial", "2026-12-01", False),
        ("declaration-initial", "2026-12-03", True),
    ],
)
def test_beyond_the_published_calendar_a_deadline_is_provisional(kind: str, start: str, is_provisional: bool) -> None:
    assert deadline(kind, date.fromisoformat(start)).value["provisional"] is is_provisional


def test_an_edited_calendar_moves_and_settles_the_day() -> None:
    work = WorkCalendar({date(2026, 11, 25): False, date(2027, 1, 2): True})
    assert deadline("declaration-receipt", date(2026, 11, 24), work=work).value["due"] == date(2026, 12, 2)
    settled = deadline("declaration-initial", date(2026, 12, 3), work=work).value
    assert (settled["due"], settled["provisional"]) == (date(2027, 1, 2), False)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-03-16"),
        ([("2026-03-05", "2026-03-10")], "2026-03-23"),
        ([("2026-03-05", "2026-03-10"), ("2026-03-08", "2026-03-12")], "2026-03-24"),
        ([("2026-03-08", "2026-03-12"), ("2026-03-05", "2026-03-07")], "2026-03-24"),
        ([("2026-02-01", "2026-03-01")], "2026-03-16"),
        ([("2026-03-17", "2026-03-20")], "2026-03-16"),
    ],
)
@pytest.mark.parametrize("unit", ["calendar_day", "month"])
def test_suspended_days_do_not_count(pauses: list[tuple[str, str]], due: str, unit: str) -> None:
    """Fifteen days from 1 March; the month that would end on the same day is paused alike."""
    suspended = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in pauses)
    start, amount = (date(2026, 3, 1), 15) if unit == "calendar_day" else (date(2026, 2, 16), 1)
    found = count_days(start, amount, unit, work=WorkCalendar(), suspended=suspended).on.isoformat()
    if unit == "calendar_day" or pauses != [("2026-02-01", "2026-03-01")]:
        assert found == due
    else:
        assert found == "2026-03-30"


def test_a_rest_day_does_not_roll_into_a_suspension() -> None:
    found = count_days(date(2026, 11, 20), 1, "calendar_day", work=WorkCalendar(), suspended=((date(2026, 11, 23), date(2026, 11, 24)),))
    assert found.on == date(2026, 11, 25)


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    answer = ask("deadline", ["kind=declaration-recept", "from=2026-11-24"], TODAY)
    assert not answer.is_answered and "declaration-receipt" in str(answer.message)


@pytest.mark.parametrize(
    "given",
    [
        ["days=1", "kind=declaration-receipt"],
        ["kind=declaration-receipt", "unit=working"],
        ["days=-1"],
        ["days=99999"],
        ["days=99999999999999999999"],
        ["days=1", "unit=weeks"],
        ["days=1", "suspended=2026-01-01"],
        ["days=1", "suspended=2026-01-02..2026-01-01"],
        ["days=1", "suspended=1900-01-02..9000-01-01"],
        [],
    ],
)
def test_a_question_not_of_the_form_is_refused(given: list[str]) -> None:
    with pytest.raises(QuestionError):
        ask("deadline", ["from=2026-11-24", *given], TODAY)


def test_the_shell_counts_with_the_days_that_an_administrator_entered(app: Flask, session: Session) -> None:
    ask_shell = lambda: json.loads(  # noqa: E731
        app.test_cli_runner().invoke(args=["rule", "deadline", "days=5", "unit=working", "from=2026-11-24", "--json"]).stdout
    )
    assert ask_shell()["value"]["due"] == "2026-12-01"
    session.add(CalendarDay(day=date(2026, 11, 25), is_working=False, note="搬迁"))
    session.flush()
    assert ask_shell()["value"]["due"] == "2026-12-02"


@pytest.mark.parametrize(
    ("kind", "words", "statutory", "verified"),
    [
        ("declaration-receipt", "This is a statutory limit", True, True),
        ("exam-report", "not verified", True, False),
        ("declaration-return", "default of this office", False, False),
        ("declaration-update", "default of this office", False, True),
        ("labour-capacity-review", "earliest day", True, True),
        ("exam-leaving", "Not before that day and not after the event", True, True),
    ],
)
def test_every_deadline_says_whether_it_is_law(kind: str, words: str, statutory: bool, verified: bool) -> None:
    answer = deadline(kind, date(2026, 3, 2))
    assert words in str(answer.message)
    assert (answer.value["statutory"], answer.verified) == (statutory, verified)


def test_a_suspension_does_not_change_a_day_before_an_event() -> None:
    pause = ((date(2026, 11, 16), date(2026, 11, 17)),)
    assert deadline("hearing-notice", date(2026, 11, 24), suspended=pause).value["due"] == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("declaration-receipt", "statutory"),
        ("exam-report", "statutory, figure not verified"),
        ("declaration-update-late", "default of this office"),
        ("", ""),
    ],
)
def test_a_limit_says_in_a_word_what_it_rests_on(slug: str, said: str) -> None:
    assert str(basis_of(slug, date(2026, 3, 2))) == said
