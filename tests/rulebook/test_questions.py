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


def test_the_acceptor_is_named_by_its_own_article() -> None:
    assert ask("acceptor", ["region=330481", "ownership=other"], TODAY).source == "O48 安监总局令第48号 第4条"


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
        (["industry=3011", "employees=19"], "micro"),
        (["industry=3011", "revenue_10k_cny=299.99"], "micro"),
        (["industry=3011", "employees=20"], None),
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
    ("name", "on", "code"),
    [
        ("2013-05-11", "2025-07-31", "2013-05-11"),
        ("2013-05-11", "2025-08-01", None),
        ("Silicosis", "2025-07-31", "2013-01-01"),
        ("Silicosis", "2025-08-01", "2024-01-01"),
        ("职业性噪声聋", "2026-01-01", "2024-04-01"),
        ("疑似职业性慢性苯中毒", "2026-01-01", "2024-05-27"),
        ("职业性急性轻度苯中毒", "2026-01-01", "2024-05-27"),
        ("矽肺 壹期", "2026-01-01", "2024-01-01"),
        ("疑似矽肺", "2026-01-01", "2024-01-01"),
        ("白内障", "2025-07-31", "2013-03-03"),
        ("白内障", "2026-01-01", "2024-03-03"),
        ("铀及其化合物中毒", "2025-07-31", "2013-05-11"),
        ("铀及其化合物中毒", "2025-08-01", "2024-07-12"),
        ("腕管综合征", "2025-07-31", None),
        ("腕管综合征", "2025-08-01", "2024-10-01"),
        ("尘肺", "2026-01-01", None),
        ("矽肺", "2013-12-22", None),
        ("矽肺", "2013-12-23", "2013-01-01"),
    ],
)
def test_a_disease_by_code_english_name_or_with_its_usual_word(name: str, on: str, code: str | None) -> None:
    answer = ask("disease", [f"name={name}", f"on={on}"], TODAY)
    assert (answer.value["code"] if answer.is_answered else None) == code
    assert answer.is_answered or answer.message is not None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["industry=541"], "scope"),
        (["industry=541", "scope=城市轨道交通"], "general"),
        (["industry=541", "scope=公共汽车"], None),
        (["industry=0311"], "scope"),
        (["industry=0311", "scope=牛、羊"], "serious"),
        (["industry=031", "scope=其他"], "general"),
        (["industry=031", "scope=马"], "scope"),
        (["industry=526"], "industry"),
        (["industry=5265"], "general"),
        (["industry=C21"], "industry"),
        (["industry=木质家具制造", "solvents=no"], "general"),
        (["industry=301", "on=2021-03-11"], None),
        (["industry=301", "on=2021-03-12"], "serious"),
    ],
)
def test_split_groups_and_wider_industries_ask_first(given: list[str], value: str | None) -> None:
    found = ask("risk-class", given, TODAY).value
    assert (found["ask"] if isinstance(found, dict) else found) == value


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["industry=59", "employees=300", "revenue_10k_cny=5000"], None),
        (["industry=591", "employees=300", "revenue_10k_cny=5000"], "medium"),
        (["industry=592", "employees=300", "revenue_10k_cny=5000"], "medium"),
        (["industry=592", "employees=199", "revenue_10k_cny=30000"], "medium"),
        (["industry=G", "employees=300", "revenue_10k_cny=5000"], None),
        (["industry=701", "revenue_10k_cny=1000"], None),
        (["industry=701", "revenue_10k_cny=200000", "assets_10k_cny=10000"], "large"),
        (["industry=704", "employees=300"], None),
        (["industry=709", "employees=300"], "large"),
        (["industry=85", "employees=9"], "micro"),
        (["industry=66", "employees=9", "revenue_10k_cny=1"], None),
        (["industry=A01", "revenue_10k_cny=49.99"], "micro"),
    ],
)
def test_sizes_of_parts_and_of_what_the_method_leaves_out(given: list[str], value: str | None) -> None:
    answer = ask("employer-size", given, TODAY)
    assert answer.value == value
    assert answer.is_answered or answer.message is not None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (["region=海宁", "ownership=other"], ("health", "county", "330481")),
        (["region=330481000000", "ownership=other"], ("health", "county", "330481")),
        (["region=330402007024", "ownership=other"], ("health", "county", "330402")),
        (["region=嘉兴经济技术开发区", "ownership=other"], ("health", "zone", "Z330400-JKQ")),
        (["region=330402012", "ownership=other", "on=2018-12-29"], ("health", "zone", "Z330400-JKQ")),
        (["region=330402012", "ownership=other", "on=2018-12-28"], ("safety", "zone", "Z330400-JKQ")),
        (["region=330402012", "ownership=provincial"], ("health", "city", "330400")),
        (["region=嘉兴市", "ownership=other"], ("health", "city", "330400")),
    ],
)
def test_areas_are_understood_by_any_of_their_names(given: list[str], value: tuple[str, ...]) -> None:
    found = ask("acceptor", given, TODAY).value
    assert (found["department"], found["level"], found["region"]) == value


def test_the_towns_of_a_zone_are_not_those_of_the_county() -> None:
    towns = {
        code: ask("region", [f"q={code}"], TODAY).value[0]["towns"] for code in ("330402", "330411", "330482", "Z330400-JKQ", "Z330400-GQ")
    }
    assert [len(found) for found in towns.values()] == [11, 7, 8, 4, 1]
    assert towns["Z330400-GQ"] == ["330482101 乍浦镇"]


@pytest.mark.parametrize(
    ("name", "on", "is_conclusion", "codes"),
    [
        ("复查", "2026-07-31", True, "02"),
        ("复查", "2026-08-01", False, "02"),
        ("03", "2026-08-01", True, "03"),
        ("contraindication", "2026-08-01", True, "04"),
    ],
)
def test_a_conclusion_and_its_duties_by_edition(name: str, on: str, is_conclusion: bool, codes: str) -> None:
    answer = ask("conclusion", [f"name={name}", f"on={on}"], TODAY)
    assert (answer.value["is_conclusion"], answer.value["code"]) == (is_conclusion, codes)
    assert answer.value["duties"] and not answer.verified


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
