"""What each grade of disability brings, as whole tables, and the edges of the wage and of the years before retirement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ohs.rulebook import grants  # noqa: F401
from ohs.rulebook.grants import employment_share, own_wage
from ohs.rulebook.questions import QuestionError, ask

DAY = date(2026, 11, 23)
# Own wage 6,000 of a local average of 8,000; average of the province 7,000; ten years to retirement.
EVERY_GRADE = [
    # grade, one-off grant, monthly allowance and who pays it, medical subsidy, employment subsidy
    (1, 162000, (5400, "fund"), None, None),
    (2, 150000, (5100, "fund"), None, None),
    (3, 138000, (4800, "fund"), None, None),
    (4, 126000, (4500, "fund"), None, None),
    (5, 108000, (4200, "employer"), 210000, 210000),
    (6, 96000, (3600, "employer"), 175000, 175000),
    (7, 78000, None, 70000, 70000),
    (8, 66000, None, 49000, 49000),
    (9, 54000, None, 28000, 28000),
    (10, 42000, None, 14000, 14000),
]
GIVEN = ["wage=6000", "local_average=8000", "province_average=7000", "years_to_retirement=10"]


@pytest.mark.parametrize(("grade", "one_off", "allowance", "medical", "employment"), EVERY_GRADE)
def test_every_grade(grade: int, one_off: int, allowance: tuple[int, str] | None, medical: int | None, employment: int | None) -> None:
    answer = ask("grant", [f"grade={grade}", *GIVEN], DAY)
    items = answer.value["items"]
    assert answer.verified and items["one-off-grant"]["amount"] == one_off and items["one-off-grant"]["payer"] == "fund"
    assert (
        (items["monthly-allowance"]["amount"], items["monthly-allowance"]["payer"]) if "monthly-allowance" in items else None
    ) == allowance
    assert [items[key]["amount"] if key in items else None for key in ("medical-subsidy", "employment-subsidy")] == [medical, employment]
    if medical:
        assert (items["medical-subsidy"]["payer"], items["employment-subsidy"]["payer"]) == ("fund", "employer")
    assert len(answer.steps) == 1 + len(items)


@pytest.mark.parametrize(
    ("wage", "counted"),
    [
        ("4799.99", "4800"),
        ("4800", "4800"),
        ("4800.01", "4800.01"),
        ("0", "4800"),
        ("24000", "24000"),
        ("24000.01", "24000"),
        ("90000", "24000"),
    ],
)
def test_the_own_wage_has_a_floor_and_a_cap(wage: str, counted: str) -> None:
    assert own_wage(Decimal(wage), Decimal(8000), DAY)[0] == Decimal(counted)


@pytest.mark.parametrize(
    ("years", "share"),
    [("10", 100), ("5", 100), ("4.9", 80), ("4", 80), ("3.5", 60), ("3", 60), ("2", 40), ("1", 20), ("0.5", 0), ("0", 0)],
)
def test_the_employment_subsidy_falls_with_each_year(years: str, share: int) -> None:
    assert employment_share(Decimal(years), DAY) == share


def test_what_rests_on_a_begun_year_is_not_called_verified() -> None:
    asked = ["grade=7", "wage=6000", "local_average=8000", "province_average=7000"]
    assert ask("grant", [*asked, "years_to_retirement=4"], DAY).verified
    assert not ask("grant", [*asked, "years_to_retirement=4.5"], DAY).verified
    assert ask("grant", [*asked, "years_to_retirement=4.5"], DAY).value["items"]["employment-subsidy"]["amount"] == 56000


def test_who_is_not_insured_is_paid_by_the_employer() -> None:
    answer = ask("grant", ["grade=5", *GIVEN, "insured=no"], DAY)
    assert {item["payer"] for item in answer.value["items"].values()} == {"employer"}
    assert "第59条" in str(answer.steps[-1].values)


def test_without_the_average_of_the_province_the_subsidies_stay_open() -> None:
    items = ask("grant", ["grade=8", "wage=6000", "local_average=8000"], DAY).value["items"]
    assert items["medical-subsidy"]["amount"] is None and items["one-off-grant"]["amount"] == 66000


@pytest.mark.parametrize("asked", [["grade=0"], ["grade=11"], ["grade=5", "insured=maybe"], ["grade=5", "local_average=0"]])
def test_what_is_no_question(asked: list[str]) -> None:
    given = [*asked, "wage=6000", *([] if any("local" in one for one in asked) else ["local_average=8000"])]
    with pytest.raises(QuestionError):
        ask("grant", given, DAY)


def test_before_the_rules_there_is_no_answer() -> None:
    assert not ask("grant", ["grade=5", *GIVEN, "on=2010-12-31"], DAY).is_answered
