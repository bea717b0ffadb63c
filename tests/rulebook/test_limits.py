"""Limits and judgements as tables: what is asked, what holds; the twelve worked points of the measurement samples among them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from ohs.rulebook.evaluation import evaluate, evaluate_mixture, mixture, reduction_factor
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
    ({"hazard": "煤尘", "silica_pct": D(10)}, {"pc_twa": D(1), "name": "矽尘：10%≤游离SiO2含量≤50%"}),
    ({"hazard": "煤尘", "silica_pct": D("9.99")}, {"pc_twa": D(4)}),
    ({"hazard": "木粉尘", "silica_pct": D("50.1"), "fraction": "respirable"}, {"pc_twa": D("0.3")}),
    ({"hazard": "铸造粉尘"}, None),
    ({"hazard": "其他粉尘"}, {"pc_twa": D(8)}),
    ({"hazard": "工业酶混合尘"}, None),
    ({"hazard": "石棉粉尘"}, {"pc_twa": D("0.8")}),
    (
        {"hazard": "麻尘"},
        {
            "pc_twa": D("1.5"),
            "choices": ["麻尘（游离SiO2含量<10%）：亚麻", "麻尘（游离SiO2含量<10%）：黄麻", "麻尘（游离SiO2含量<10%）：苎麻"],
        },
    ),
    ({"hazard": "麻尘（游离SiO2含量<10%）：苎麻"}, {"pc_twa": D(3)}),
    ({"hazard": "苎麻"}, {"pc_twa": D(3)}),
    ({"hazard": "铅"}, {"pc_twa": D("0.03"), "name": "铅及其无机化合物（按Pb计）：铅烟"}),
    ({"hazard": "铅尘"}, {"pc_twa": D("0.05"), "pe": D("0.15"), "pe_absolute": D("0.25")}),
    ({"hazard": "一氧化碳"}, {"pc_twa": D(20), "pc_stel": D(30), "mac": None}),
    ({"hazard": "一氧化碳：高原，海拔>3000m"}, {"mac": D(15), "pc_twa": None}),
    ({"hazard": "丙烯腈"}, {"pc_twa": D(1), "pc_stel": D(2)}),
    ({"hazard": "71-43-2"}, {"pc_twa": D(3)}),
    ({"hazard": "7727-43-7"}, None),
    ({"hazard": "C041"}, None),
    ({"hazard": "铀及其化合物"}, None),
    ({"hazard": "激光"}, None),
    ({"hazard": "苯", "on": date(2020, 3, 31)}, None),
    ({"hazard": "苯", "on": date(2020, 4, 1)}, {"pc_twa": D(6)}),
    ({"hazard": "苯", "on": date(2022, 10, 31)}, {"pc_twa": D(6)}),
    ({"hazard": "苯", "on": date(2022, 12, 1)}, {"pc_twa": D(3)}),
    ({"hazard": "乙草胺", "on": date(2025, 5, 20)}, None),
    ({"hazard": "噪声"}, {"limit": D(85)}),
    ({"hazard": "P01"}, {"limit": D(85)}),
    ({"hazard": "噪声", "on": date(2007, 10, 31)}, None),
    ({"hazard": "手传振动"}, {"limit": D(5)}),
    ({"hazard": "高温"}, {"limit": None}),
    ({"hazard": "高温", "condition": "接触时间率75%；体力劳动强度II级"}, {"limit": D(29)}),
    ({"hazard": "高温", "condition": "接触时间率60%"}, None),
    ({"hazard": "脉冲噪声", "condition": "n≤100"}, {"limit": D(140)}),
    ({"hazard": "微波", "condition": "日剂量；脉冲微波；全身辐射"}, {"limit": D(200)}),
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


@pytest.mark.parametrize(
    ("asked", "edition", "source"),
    [
        ({"hazard": "甲苯"}, "GBZ 2.1-2019", "GBZ 2.1-2019 表1"),
        ({"hazard": "木粉尘"}, "GBZ 2.1-2019", "GBZ 2.1-2019 表2"),
        ({"hazard": "苯"}, "GBZ 2.1-2019 Amendment No. 1", "GBZ 2.1-2019 第1号修改单"),
        ({"hazard": "苯", "on": date(2022, 10, 31)}, "GBZ 2.1-2019", "GBZ 2.1-2019 表1"),
        ({"hazard": "乙草胺"}, "GBZ 2.1-2019 Amendment No. 2", "GBZ 2.1-2019 第2号修改单"),
    ],
)
def test_a_limit_names_the_document_and_the_table_it_stands_in(asked: dict[str, Any], edition: str, source: str) -> None:
    answer = limit(**({"on": ON} | asked))
    assert (answer.edition, answer.source) == (edition, source)


@pytest.mark.parametrize(
    ("hazard", "peaks"), [("丙烯酸甲酯", ("60", "100")), ("二噁英类化合物", ("0.00000009", "0.00000015")), ("木粉尘", ("9", "15"))]
)
def test_the_way_to_a_limit_writes_its_figures_out(hazard: str, peaks: tuple[str, str]) -> None:
    sentence = str(limit(hazard, ON).steps[-1])
    assert sentence == f"No PC-STEL: the peak is held to {peaks[0]} mg/m3 and never exceeds {peaks[1]} mg/m3."


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
    answer = evaluate(hazard, ON, **measured)
    assert (answer.value["twa"], answer.value["compliant"]) == (twa, complies)
    assert answer.verified == (measured.get("twa") == D("1.6")), "the rule below detection is a default of this office"


#: A physical factor: what was measured, its value, whether it complies (None: cannot be judged).
PHYSICAL: list[tuple[dict[str, Any], Decimal | None, bool | None]] = [
    ({"hazard": "噪声", "samples": "85@8"}, D(85), True),
    ({"hazard": "噪声", "samples": "85.01@8"}, D("85.01"), False),
    ({"hazard": "噪声", "samples": "85", "hours_per_day": D(8)}, D(85), True),
    ({"hazard": "噪声", "samples": "88", "hours_per_day": D(6)}, D("86.75"), False),
    ({"hazard": "噪声", "samples": "85@8", "days_per_week": D(6)}, D("85.79"), False),
    ({"hazard": "噪声", "samples": "85@8", "days_per_week": D(4)}, D("84.03"), True),
    ({"hazard": "噪声", "twa": D("84.9")}, D("84.9"), True),
    ({"hazard": "噪声"}, None, None),
    ({"hazard": "噪声", "samples": "80@4;90"}, None, None),
    ({"hazard": "手传振动", "samples": "5@4"}, D(5), True),
    ({"hazard": "手传振动", "samples": "4@8"}, D("5.66"), False),
    ({"hazard": "手传振动", "samples": "6@1;2@3"}, D("3.46"), True),
    ({"hazard": "振动", "twa": D("5.01")}, D("5.01"), False),
    ({"hazard": "高温", "twa": D(29)}, None, None),
    ({"hazard": "高温", "twa": D(29), "condition": "接触时间率75%；体力劳动强度Ⅱ级"}, D(29), True),
    ({"hazard": "高温", "twa": D("29.1"), "condition": "接触时间率75%；体力劳动强度Ⅱ级"}, D("29.1"), False),
    ({"hazard": "脉冲噪声", "peak": D(141), "condition": "n≤100"}, D(141), False),
    ({"hazard": "工频电场", "twa": D(5)}, D(5), True),
    ({"hazard": "微波", "twa": D(5), "condition": "非8h平均功率密度；连续微波；全身辐射"}, None, None),
    ({"hazard": "噪声", "twa": D(80), "on": date(2007, 10, 31)}, None, None),
]


@pytest.mark.parametrize(("measured", "value", "complies"), PHYSICAL)
def test_physical_factors(measured: dict[str, Any], value: Decimal | None, complies: bool | None) -> None:
    answer = evaluate(**({"on": ON} | measured))
    if complies is None:
        assert not answer.is_answered and answer.message is not None
    else:
        assert (answer.value["twa"], answer.value["compliant"]) == (value, complies)


#: Hours a day, days a week, the factor as a fraction.
REDUCTIONS = [
    ("8", "5", (1, 1)),
    ("8.01", "4", (800 * 1599, 801 * 1600)),
    ("8", "5.01", (4000 * 12792, 4008 * 12800)),
    ("10", "4", (7, 10)),
    ("9", "4", (5, 6)),
    ("8", "6", (25, 32)),
    ("12", "5", (1, 2)),
    ("7", "6", (15, 16)),
    ("24", "7", (0, 1)),
]


@pytest.mark.parametrize(("hours", "days", "factor"), REDUCTIONS)
def test_reduction_is_the_smaller_factor(hours: str, days: str, factor: tuple[int, int]) -> None:
    assert reduction_factor(D(hours), D(days), ON)[0] == Fraction(*factor)


#: What holds exactly at a limit; sums that binary fractions would miss among them.
EXACT: list[tuple[str, dict[str, Any], str | None, bool | None]] = [
    ("矽尘", {"silica_pct": D(35), "fraction": "respirable", "twa": D("0.7")}, "III", True),
    ("矽尘", {"silica_pct": D(35), "fraction": "respirable", "samples": "0.1@8;0.6@8"}, "III", True),
    ("矽尘", {"silica_pct": D(35), "fraction": "respirable", "twa": D("0.7000001")}, "IV", False),
    ("苯", {"twa": D("2.5"), "hours_per_day": D(9), "days_per_week": D(4)}, "III", True),
    ("苯", {"twa": D("2.50001"), "hours_per_day": D(9), "days_per_week": D(4)}, "IV", False),
    ("甲苯", {"samples": "50", "hours_per_day": D(8)}, "III", True),
    ("甲苯", {"samples": "28", "hours_per_day": D(10), "days_per_week": D(4)}, "III", True),
    ("甲苯", {"samples": "28.01", "hours_per_day": D(10), "days_per_week": D(4)}, "IV", False),
    ("甲苯", {"twa": D(1), "ste": D(100)}, "I", True),
    ("甲苯", {"twa": D(1), "ste": D("100.01")}, "I", False),
    ("甲苯", {"ste": D(100)}, None, True),
    ("甲苯", {"peak": D(100)}, None, None),
    ("木粉尘", {"twa": D(3), "peak": D(9)}, "III", True),
    ("木粉尘", {"twa": D(3), "peak": D("15.01")}, "III", False),
    ("木粉尘", {"peak": D(9)}, None, True),
    ("二噁英类化合物", {"twa": D("0.00000003")}, "III", True),
    ("二噁英类化合物", {"twa": D("0.000000031")}, "IV", False),
    ("氯化氢及盐酸", {"peak": D("7.5")}, None, True),
    ("氯化氢及盐酸", {"peak": D(0)}, None, True),
    ("氯化氢及盐酸", {"twa": D(1)}, None, None),
]


@pytest.mark.parametrize(("hazard", "measured", "level", "complies"), EXACT)
def test_exactly_at_the_limit(hazard: str, measured: dict[str, Any], level: str | None, complies: bool | None) -> None:
    answer = evaluate(hazard, ON, **measured)
    if complies is None:
        assert not answer.is_answered and answer.message is not None
    else:
        assert (answer.value["level"], answer.value["compliant"]) == (level, complies)


def test_a_reduced_limit_rests_on_an_unverified_formula() -> None:
    assert evaluate("甲苯", ON, twa=D(1)).verified
    assert not evaluate("甲苯", ON, twa=D(1), hours_per_day=D(12)).verified


@pytest.mark.parametrize(
    ("parts", "hours", "ratio", "complies"),
    [
        ("甲苯=25;二甲苯=25", 8, "1", True),
        ("甲苯=25；二甲苯=25.1", 8, "1.002", False),
        ("甲苯=12.5;二甲苯=12.5", 12, "1", True),
        ("苯=1;甲苯=10;二甲苯=10", 8, "0.733333", True),
    ],
)
def test_mixtures_by_name(parts: str, hours: int, ratio: str, complies: bool) -> None:
    value = mixture(parts, ON, hours_per_day=D(hours)).value
    assert (value["ratio"], value["compliant"]) == (D(ratio), complies)


def test_a_mixture_names_every_document_that_it_rests_on() -> None:
    assert mixture("苯=1;甲苯=10;木粉尘=1", ON).source == "GBZ 2.1-2019 第1号修改单；GBZ 2.1-2019 表1；GBZ 2.1-2019 表2"


def test_a_mixture_is_judged_by_the_sum_of_its_ratios() -> None:
    assert evaluate_mixture([(D(30), D(50)), (D(25), D(50))]) == (Fraction(11, 10), False)
