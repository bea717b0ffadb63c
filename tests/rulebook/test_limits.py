"""Limits and judgements as tables: what is asked, what holds; the twelve worked points of the measurement samples among them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ohs.rulebook.evaluation import evaluate, evaluate_mixture, reduction_factor
from ohs.rulebook.limits import limit

ON = date(2026, 6, 1)
D = Decimal

LIMITS: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({"hazard": "煤尘"}, {"pc_twa": D(4), "pc_twa_respirable": D("2.5"), "pe": D(12), "pc_stel": None}),
    ({"hazard": "煤尘", "fraction": "respirable"}, {"pc_twa": D("2.5")}),
    ({"hazard": "木粉尘"}, {"pc_twa": D(3)}),
    ({"hazard": "木粉尘", "fraction": "respirable"}, None),
    ({"hazard": "矽尘"}, None),
    ({"hazard": "矽尘", "silica_pct": D(35)}, {"pc_twa": D(1)}),
    ({"hazard": "矽尘", "silica_pct": D(50), "fraction": "呼尘"}, {"pc_twa": D("0.7")}),
    ({"hazard": "矽尘", "silica_pct": D(51)}, {"pc_twa": D("0.7")}),
    ({"hazard": "矽尘", "silica_pct": D(81), "fraction": "respirable"}, {"pc_twa": D("0.2")}),
    ({"hazard": "矽尘", "silica_pct": D(9)}, None),
    ({"hazard": "铸造粉尘", "silica_pct": D(22)}, {"pc_twa": D(1)}),
    ({"hazard": "铝尘"}, {"pc_twa": D(3)}),
    ({"hazard": "甲苯"}, {"pc_twa": D(50), "pc_stel": D(100), "pe": None}),
    ({"hazard": "氯化氢及盐酸"}, {"mac": D("7.5"), "pc_twa": None}),
    ({"hazard": "苯"}, {"pc_twa": D(3), "pc_stel": D(6)}),
    ({"hazard": "苯", "on": date(2021, 5, 1)}, {"pc_twa": D(6), "pc_stel": D(10)}),
    ({"hazard": "苯", "on": date(2022, 11, 15)}, None),
    ({"hazard": "苯", "on": date(2019, 5, 1)}, None),
    ({"hazard": "乙草胺"}, {"pc_twa": D("0.12")}),
    ({"hazard": "乙草胺", "on": date(2024, 5, 1)}, None),
    ({"hazard": "噪声"}, {"limit": "85"}),
    ({"hazard": "噪音"}, None),
]


@pytest.mark.parametrize(("asked", "wanted"), LIMITS)
def test_limits(asked: dict[str, Any], wanted: dict[str, Any] | None) -> None:
    answer = limit(**({"on": ON} | asked))
    if wanted is None:
        assert answer.value is None and answer.message is not None
    else:
        assert {key: answer.value[key] for key in wanted} == wanted


#: hazard, what was measured, C_TWA or L_EX,8h (empty: none), complies; worked by hand.
WORKED: list[tuple[str, dict[str, Any], Decimal | None, bool]] = [
    ("矽尘（游离SiO2含量≥10%）", {"fraction": "总尘", "silica_pct": D(35), "samples": "2.4@8"}, D("2.4"), False),
    ("矽尘（游离SiO2含量≥10%）", {"fraction": "呼尘", "silica_pct": D(35), "samples": "0.9@8"}, D("0.9"), False),
    ("矽尘（游离SiO2含量≥10%）", {"fraction": "总尘", "silica_pct": D(62), "samples": "0.5@4；0.3@4", "peak": D("1.2")}, D("0.4"), True),
    ("矽尘（游离SiO2含量≥10%）", {"fraction": "呼尘", "silica_pct": D(62), "samples": "0.4@4；0.26@4"}, D("0.33"), False),
    ("木粉尘", {"fraction": "总尘", "silica_pct": D("1.2"), "samples": "6.0@6"}, D("4.5"), False),
    ("电焊烟尘", {"fraction": "总尘", "silica_pct": D(1), "samples": "3.2@5；4.8@1.5；0@1.5", "peak": D("9.6")}, D("2.9"), True),
    ("水泥粉尘", {"fraction": "总尘", "silica_pct": D(4), "samples": "3.6@6；1.2@2"}, D(3), True),
    ("水泥粉尘", {"fraction": "呼尘", "silica_pct": D(4), "samples": "1.9@6；0.6@2"}, D("1.575"), False),
    ("铸造粉尘", {"fraction": "总尘", "silica_pct": D(22), "samples": "1.6@5；0.8@1"}, D("1.1"), False),
    ("棉尘", {"fraction": "总尘", "silica_pct": D(3), "samples": "0.8@8", "peak": D("5.6")}, D("0.8"), False),
    ("噪声", {"samples": "88@6"}, D("86.75"), False),
    ("噪声", {"samples": "90@2；78@6"}, D("84.73"), True),
    ("苯", {"samples": "2.6@6；1.2@2", "ste": D("4.8")}, D("2.25"), True),
    ("甲苯", {"samples": "46@6；30@2", "ste": D(118)}, D(42), False),
    ("氯化氢及盐酸", {"samples": "3.2；8.1；5.0"}, None, False),
    ("二甲苯", {"samples": "<0.5@4；<0.5@4"}, None, True),
]


@pytest.mark.parametrize(("hazard", "measured", "twa", "complies"), WORKED)
def test_worked_points(hazard: str, measured: dict[str, Any], twa: Decimal | None, complies: bool) -> None:
    value = evaluate(hazard, ON, **measured).value
    assert (value["twa"], value["compliant"]) == (twa, complies)


def test_a_long_shift_reduces_the_limit_by_the_smaller_factor() -> None:
    factor, _steps = reduction_factor(D(12), D(5), ON)
    assert factor == min(D(8) / 12 * 12 / 16, D(40) / 60 * 108 / 128) == D("0.5")
    value = evaluate("甲苯", ON, twa=D(30), hours_per_day=D(12)).value
    assert (value["reduction"], value["reduced_limit"], value["compliant"]) == (D("0.5"), D(25), False)


@pytest.mark.parametrize(("twa", "level"), [("0.5", "0"), ("0.51", "I"), ("5", "I"), ("25", "II"), ("50", "III"), ("50.1", "IV")])
def test_exposure_levels(twa: str, level: str) -> None:
    assert evaluate("甲苯", ON, twa=D(twa)).value["level"] == level


def test_a_peak_between_three_and_five_times_needs_its_duration() -> None:
    answer = evaluate("木粉尘", ON, twa=D(2), peak=D(12))
    assert answer.value["compliant"] is None and answer.message is not None
    assert evaluate("木粉尘", ON, twa=D(2), peak=D(16)).value["compliant"] is False


#: hazard, what was given, C_TWA, complies. The method must see half of the limit.
BELOW: list[tuple[str, dict[str, Any], Decimal | None, bool]] = [
    ("木粉尘", {"samples": "<1.5@8"}, None, True),
    ("木粉尘", {"samples": "<1.6@8"}, None, False),
    ("木粉尘", {"samples": "<1@4;2@4"}, D("1.25"), True),
    ("木粉尘", {"samples": "<2@4;1@4"}, D(1), False),
    ("木粉尘", {"samples": "<2@4;9@4"}, D(5), False),
    ("木粉尘", {"samples": "0.1@4;0.1@4", "lod": D("0.2")}, None, True),
    ("木粉尘", {"samples": "0.1@4;4@4", "lod": D("0.2")}, D("2.05"), True),
    ("木粉尘", {"twa": D("0.1"), "lod": D("0.2")}, None, True),
    ("木粉尘", {"twa": D("0.1"), "lod": D("1.6")}, None, False),
    ("木粉尘", {"twa": D("1.6"), "lod": D("1.6")}, D("1.6"), True),
    ("木粉尘", {"samples": "<1.5@12", "hours_per_day": D(12)}, None, False),
    ("氯化氢及盐酸", {"mac_samples": "<3.75;7.5"}, None, True),
    ("氯化氢及盐酸", {"mac_samples": "<3.8"}, None, False),
    ("氯化氢及盐酸", {"mac_samples": "<3.75;7.6"}, None, False),
    ("氯化氢及盐酸", {"mac_samples": "1;2", "lod": D(3)}, None, True),
]


@pytest.mark.parametrize(("hazard", "measured", "twa", "complies"), BELOW)
def test_below_detection(hazard: str, measured: dict[str, Any], twa: Decimal | None, complies: bool) -> None:
    value = evaluate(hazard, ON, **measured).value
    assert (value["twa"], value["compliant"]) == (twa, complies)


def test_a_mixture_is_judged_by_the_sum_of_its_ratios() -> None:
    assert evaluate_mixture([(D(30), D(50)), (D(25), D(50))]) == (D("1.1"), False)
