"""Questions to the rulebook as tables: what is asked, what must be answered."""

from __future__ import annotations

from datetime import date

import pytest

from ohs.rulebook import acceptor, deadlines, diseases, industries, numbers, sizes  # noqa: F401
from ohs.rulebook.commands import plain
from ohs.rulebook.questions import QuestionError, ask

TODAY = date(2026, 11, 23)

DEADLINES = [
    # days, unit, from, due, provisional
    (5, "working", "2026-11-23", "2026-11-30", False),
    (5, "working", "2026-09-28", "2026-10-10", False),
    (15, "calendar", "2026-11-23", "2026-12-08", False),
    (30, "calendar", "2026-11-20", "2026-12-21", False),
    (30, "calendar", "2026-12-03", "2027-01-04", True),
    (5, "working", "2026-12-29", "2027-01-05", True),
    (0, "calendar", "2026-11-22", "2026-11-22", False),
]


@pytest.mark.parametrize(("days", "unit", "start", "due", "provisional"), DEADLINES)
def test_days_are_counted_from_the_day_after_and_roll(days: int, unit: str, start: str, due: str, provisional: bool) -> None:
    answer = ask("deadline", [f"days={days}", f"unit={unit}", f"from={start}"], TODAY)
    assert (plain(answer.value)["due"], answer.value["provisional"]) == (due, provisional)


@pytest.mark.parametrize(
    ("suspended", "due"),
    [
        ("", "2026-03-16"),
        ("2026-03-05..2026-03-10", "2026-03-23"),
        ("2026-03-16..2026-03-17", "2026-03-18"),
        ("2026-02-01..2026-02-20", "2026-03-16"),
    ],
)
def test_suspended_days_do_not_count(suspended: str, due: str) -> None:
    given = ["days=15", "from=2026-03-01"] + ([f"suspended={suspended}"] if suspended else [])
    assert plain(ask("deadline", given, TODAY).value)["due"] == due


@pytest.mark.parametrize(
    ("kind", "start", "due", "statutory"),
    [
        ("declaration-receipt", "2026-11-23", "2026-11-30", True),
        ("declaration-initial", "2026-11-02", "2026-12-02", True),
        ("declaration-return", "2026-11-23", "2026-11-30", False),
        ("suspected-report", "2026-11-23", "2026-12-08", False),
    ],
)
def test_a_deadline_of_the_table_says_whether_it_is_law(kind: str, start: str, due: str, statutory: bool) -> None:
    value = plain(ask("deadline", [f"kind={kind}", f"from={start}"], TODAY).value)
    assert (value["due"], value["statutory"]) == (due, statutory)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["region=330481101", "ownership=other"], ("health", "county", "330481")),
        (["region=海宁市", "ownership=central"], ("health", "city", "330400")),
        (["region=330481101", "ownership=other", "on=2018-12-28"], ("safety", "county", "330481")),
        (["region=乍浦镇", "ownership=other"], ("health", "zone", "Z330400-GQ")),
    ],
)
def test_the_acceptor_follows_regime_ownership_and_zone(given: list[str], value: tuple[str, ...]) -> None:
    found = ask("acceptor", given, TODAY).value
    assert (found["department"], found["level"], found["region"]) == value


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["industry=C301"], "serious"),
        (["industry=3011"], "serious"),
        (["industry=211", "solvents=no"], "general"),
        (["industry=211", "solvents=yes"], "serious"),
        (["industry=177"], "general"),
        (["industry=233"], None),
        (["industry=301", "on=2020-01-01"], None),
        (["industry=0000"], None),
    ],
)
def test_the_risk_class_of_an_industry(given: list[str], value: str | None) -> None:
    assert ask("risk-class", given, TODAY).value == value


def test_a_conditional_industry_asks_for_solvents_first() -> None:
    assert ask("risk-class", ["industry=C211"], TODAY).value["ask"] == "solvents"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["industry=3011", "employees=350", "revenue_10k_cny=1800"], "small"),
        (["industry=3011", "employees=1000", "revenue_10k_cny=40000"], "large"),
        (["industry=3011", "employees=299", "revenue_10k_cny=40000"], "small"),
        (["industry=3011", "employees=19", "revenue_10k_cny=40000"], "micro"),
        (["industry=3011", "employees=350"], None),
        (["industry=83", "employees=350", "revenue_10k_cny=1800"], None),
    ],
)
def test_the_size_is_the_lowest_that_any_indicator_gives(given: list[str], value: str | None) -> None:
    assert ask("employer-size", given, TODAY).value == value


@pytest.mark.parametrize(
    ("name", "on", "edition"), [("矽肺", "2025-07-31", "2013"), ("矽肺", "2025-08-01", "2024"), ("矽肺病", "2026-01-01", None)]
)
def test_a_disease_is_looked_up_in_the_list_of_its_day(name: str, on: str, edition: str | None) -> None:
    found = ask("disease", [f"name={name}", f"on={on}"], TODAY)
    assert (found.value["edition"] if found.value else None) == edition


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("110101199003077773", "id-check"),
        ("11010119900307777", "id-length"),
        ("330402198302300013", "id-birth"),
        ("5.10322E+17", "id-mangled"),
        ("110101900307777", "id-length"),
        ("11010119900307O777", "id-check"),
    ],
)
def test_what_is_wrong_with_an_identity_number(value: str, code: str) -> None:
    assert ask("resident-id", [f"value={value}"], TODAY).value["code"] == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("91330400MA0000001", "uscc-length"),
        ("91330400MAO0000015", "uscc-check"),
        ("91350100M000100Y43", None),
        ("91350100m000100y43", None),
        ("91350100M000100Y44", "uscc-check"),
        ("9.1330E+17", "id-mangled"),
    ],
)
def test_what_is_wrong_with_a_credit_code(value: str, code: str | None) -> None:
    assert ask("uscc", [f"value={value}"], TODAY).value["code"] == code


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("nothing", []),
        ("deadline", []),
        ("deadline", ["from=soon", "days=3"]),
        ("deadline", ["from=2026-01-01", "days=x"]),
        ("uscc", ["number=1"]),
        ("risk-class", []),
        ("deadline", ["from=2026-01-01", "days=3", "suspended=2026-03-02..2026-03-01"]),
    ],
)
def test_a_question_not_of_the_form_is_refused(name: str, given: list[str]) -> None:
    with pytest.raises(QuestionError):
        ask(name, given, TODAY)
