"""Examination intervals and items as tables, in both editions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ohs.rulebook.conclusions import conclusions_on, duties_of
from ohs.rulebook.examinations import edition_on, exam_items, required_columns
from ohs.rulebook.intervals import exam_interval
from ohs.rulebook.questions import QuestionError

OLD, NEW = date(2026, 7, 31), date(2026, 8, 1)

TABLE: list[tuple[str, date, dict[str, Any], tuple[int, int | None] | None]] = [
    ("矽尘", NEW, {"grade": "I"}, (24, None)),
    ("矽尘", NEW, {"grade": "0"}, (24, None)),
    ("矽尘", NEW, {"grade": "II"}, (12, None)),
    ("矽尘", NEW, {}, (12, None)),
    ("矽尘", NEW, {"grade": "none"}, (12, None)),
    ("矽尘", OLD, {"grade": "I"}, (24, None)),
    ("矽尘", OLD, {"grade": "III"}, (12, None)),
    ("矽尘", OLD, {}, None),
    ("矽尘", OLD, {"grade": "0"}, None),
    ("矽尘", NEW, {"grade": "I", "film": "observation"}, (12, None)),
    ("煤尘", NEW, {"grade": "I"}, (36, None)),
    ("煤尘", NEW, {"grade": "II"}, (24, None)),
    ("电焊烟尘", NEW, {"grade": "I"}, (48, None)),
    ("电焊烟尘", NEW, {"grade": "II"}, (24, 36)),
    ("棉尘", NEW, {"grade": "I"}, (48, 60)),
    ("噪声", NEW, {"noise_db": Decimal(85)}, (12, None)),
    ("噪声", NEW, {"noise_db": Decimal("84.9")}, (24, None)),
    ("噪声", NEW, {"noise_db": Decimal("79.9")}, None),
    ("噪声", NEW, {}, None),
    ("噪声", NEW, {"noise_db": Decimal(80)}, (24, None)),
    ("噪声", OLD, {"noise_db": Decimal(85)}, (12, None)),
    ("噪声", OLD, {"noise_db": Decimal("79.99")}, None),
    ("矽尘", OLD, {"film": "observation"}, (12, None)),
    ("煤尘", OLD, {"grade": "I", "film": "observation"}, (12, None)),
    ("煤尘", OLD, {"grade": "I", "film": "normal"}, (36, None)),
    ("煤尘", OLD, {"grade": "none"}, None),
    ("煤尘", NEW, {"grade": "none"}, (24, None)),
    ("棉尘", NEW, {"grade": "II", "exposure_years": Decimal("0.5")}, (6, 12)),
    ("棉尘", NEW, {"grade": "II", "exposure_years": Decimal(1)}, (24, 36)),
    ("谷物粉尘", NEW, {"grade": "I", "exposure_years": Decimal("1.9")}, (6, None)),
    ("谷物粉尘", NEW, {"grade": "I", "exposure_years": Decimal(2)}, (24, 36)),
    ("谷物粉尘", OLD, {"grade": "I"}, (48, 60)),
    ("甲醛", NEW, {}, None),
    ("甲醛", NEW, {"exposure_years": Decimal("1.99")}, (6, None)),
    ("甲醛", NEW, {"exposure_years": Decimal(2)}, (12, None)),
    ("甲醛", OLD, {}, (12, None)),
    ("汞", NEW, {"grade": "I"}, (24, None)),
    ("汞", NEW, {}, (12, None)),
    ("汞", OLD, {"grade": "0"}, None),
    ("有机磷", NEW, {}, (36, None)),
    ("二甲苯", OLD, {}, (12, None)),
    ("二甲苯", NEW, {}, (36, None)),
    ("丙烯腈", NEW, {}, (36, None)),
    ("乙醇胺", NEW, {}, None),
    ("X射线", NEW, {}, None),
    ("铀及其化合物", NEW, {}, None),
    ("职业机动车驾驶作业", NEW, {}, None),
    ("职业机动车驾驶作业", NEW, {"condition": "large_or_commercial"}, (12, None)),
    ("HIV", NEW, {"phase": "emergency"}, None),
    ("HIV", NEW, {"phase": "emergency", "condition": "hiv_test_5"}, (6, None)),
    ("噪声", NEW, {"phase": "leaving"}, None),
    ("苯", NEW, {"phase": "follow-up"}, None),
    ("矽尘", NEW, {"phase": "follow-up"}, None),
    ("矽尘", NEW, {"phase": "follow-up", "exposure_years": Decimal(10)}, (36, None)),
    ("煤尘", NEW, {"phase": "follow-up", "exposure_years": Decimal(20)}, (60, None)),
    ("焦炉逸散物", OLD, {"phase": "follow-up"}, None),
    ("焦炉逸散物", NEW, {"phase": "follow-up"}, (24, None)),
    ("*", NEW, {"condition": "recheck_lapsed"}, (3, None)),
    ("*", NEW, {}, None),
    ("苯", NEW, {}, (12, None)),
    ("铅及其化合物（不包括四乙基铅）", NEW, {"blood_lead_ug_l": Decimal(399)}, (12, None)),
    ("铅及其化合物（不包括四乙基铅）", NEW, {"blood_lead_ug_l": Decimal(450)}, (3, None)),
    ("铅", NEW, {"blood_lead_ug_l": Decimal("399.9")}, (12, None)),
    ("铅", NEW, {"blood_lead_ug_l": Decimal(400)}, (3, None)),
    ("铅", OLD, {"blood_lead_ug_l": Decimal(600)}, (3, None)),
    ("铅", NEW, {"blood_lead_ug_l": Decimal("600.1")}, None),
    ("铅", NEW, {}, None),
    ("高温", NEW, {}, (12, None)),
    ("矽尘", NEW, {"phase": "follow-up", "exposure_years": Decimal(8)}, (36, None)),
    ("矽尘", date(2010, 1, 1), {"grade": "I"}, None),
]


@pytest.mark.parametrize(("hazard", "on", "asked", "wanted"), TABLE)
def test_intervals(hazard: str, on: date, asked: dict[str, Any], wanted: tuple[int, int | None] | None) -> None:
    answer = exam_interval(hazard, on, **asked)
    if wanted is None:
        assert answer.value is None and answer.message is not None
    else:
        assert (answer.value["months"], answer.value["months_max"]) == wanted


@pytest.mark.parametrize(
    ("hazard", "on", "asked", "for_months"),
    [
        ("矽尘", NEW, {"grade": "I", "film": "observation"}, 60),
        ("矽尘", NEW, {"phase": "follow-up", "exposure_years": Decimal(10)}, 120),
        ("矽尘", NEW, {"phase": "follow-up", "exposure_years": Decimal("10.1")}, 252),
        ("煤尘", OLD, {"phase": "follow-up", "exposure_years": Decimal(20)}, 120),
        ("煤尘", OLD, {"phase": "follow-up", "exposure_years": Decimal(21)}, 180),
        ("苯", NEW, {}, None),
    ],
)
def test_how_long_an_interval_runs(hazard: str, on: date, asked: dict[str, Any], for_months: int | None) -> None:
    assert exam_interval(hazard, on, **asked).value["for_months"] == for_months


def test_rules_beside_the_interval_are_told() -> None:
    beside = lambda *asked, **more: [one["condition_code"] for one in exam_interval(*asked, **more).value["beside"]]  # noqa: E731
    assert beside("苯", NEW) == ["abnormal_blood_count"]
    assert beside("有机磷", NEW) == ["cholinesterase"]
    assert beside("矽尘", NEW, phase="follow-up", exposure_years=Decimal(3)) == ["diagnosed_patient", "exempt_le_5y_within_limit"]


def test_the_general_rules_of_leaving_are_told() -> None:
    assert "90 d" in str(exam_interval("噪声", NEW, phase="leaving").message)
    assert exam_interval("*", NEW, phase="leaving", condition="leaving_covered_by_periodic_90d").value["days"] == 90
    assert exam_interval("*", NEW, phase="leaving", condition="leaving_exempt_30d").value["days"] == 30


def test_a_factor_that_the_section_does_not_name_is_not_verified() -> None:
    assert exam_interval("电焊烟尘", NEW, grade="I").verified
    assert not exam_interval("茶尘", NEW, grade="I").verified
    assert not exam_items("茶尘", "in-service", NEW).verified


@pytest.mark.parametrize(
    ("hazard", "on", "protocol", "verified"),
    [
        ("二甲苯", OLD, "benzene", True),
        ("二甲苯", NEW, "toluene", True),
        ("丙烯腈", NEW, "cyanides_nitriles", False),
        ("苯胺", NEW, "benzene_amino_nitro", False),
        ("C041", NEW, "benzene_amino_nitro", True),
        ("TDI", NEW, "asthmagens", True),
        ("TDI", OLD, "toluene_diisocyanate", True),
        ("甲苯二异氰酸酯（TDI）", OLD, "asthmagens", True),
        ("大豆粉尘", NEW, "organic_dust", True),
        ("氯化钡", OLD, "barium_soluble", True),
        ("电工作业", NEW, "electrical_work", True),
        ("noise", NEW, "noise", True),
    ],
)
def test_a_name_leads_to_its_section(hazard: str, on: date, protocol: str, verified: bool) -> None:
    answer = exam_items(hazard, "in-service", on)
    assert (answer.value["protocols"], answer.verified) == ([protocol], verified)


def test_radiation_is_left_to_its_own_standards() -> None:
    answer = exam_items("R3", "in-service", NEW)
    assert not answer.is_answered and answer.source == "GBZ 98 / GBZ 235"


def test_the_edition_is_that_of_the_day() -> None:
    assert [edition_on(day) for day in (date(2014, 9, 30), date(2014, 10, 1), OLD, NEW)] == [
        None,
        "GBZ188-2014",
        "GBZ188-2014",
        "GBZ188-2025",
    ]


def test_items_are_those_of_hazard_and_phase() -> None:
    answer = exam_items("噪声", "in-service", NEW)
    assert any("纯音" in item for item in answer.value["required"])
    with pytest.raises(QuestionError):
        exam_items("噪声", "nonsense", NEW)


def test_the_columns_of_a_protocol() -> None:
    assert "chest_film" in required_columns(("D01",), "in-service", NEW).columns
    assert "hearing_high_db" in required_columns(("P01",), "in-service", NEW).columns
    assert "blood_lead_ug_l" not in required_columns(("C005",), "in-service", NEW).columns


def test_conclusions_and_duties_follow_the_edition() -> None:
    assert [row["code"] for row in conclusions_on(OLD)] == ["01", "02", "03", "04", "05"]
    assert [row["code"] for row in conclusions_on(NEW)] == ["01", "03", "04", "05"]
    assert {row["name_zh"] for row in conclusions_on(OLD)} >= {"目前未见异常", "复查", "疑似职业病"}
    assert any(duty.actor == "employer" for duty in duties_of("疑似职业病", NEW))


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 7, 31), "The standard sets no interval for this phase of “噪声”."),
        (date(2026, 8, 1), "The standard sets no interval for this phase of “噪声”; the general rules: 开始从事有害作业前完成."),
    ],
)
def test_a_phase_without_interval_names_general_rules_only_where_there_are_any(on: date, said: str) -> None:
    answer = exam_interval("噪声", on, phase="pre-placement")
    assert not answer.is_answered and str(answer.message) == said
