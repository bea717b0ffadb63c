"""Names of hazards and diseases: what is split, what is folded, what is asked."""

from __future__ import annotations

import pytest

from imports.catalogues import resolve_hazard, resolve_hazards
from imports.problems import Severity
from imports.sheet import Fault
from ohs.rulebook.hazards import hazards
from tests.imports.workbooks import check_rows, said


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("噪声", "P01"),
        ("p01", "P01"),
        ("矽尘、噪声", "D01;P01"),
        ("噪声,苯，甲苯;二甲苯；矽尘\n高温", "P01;C028;C029;C030;D01;P02"),
        ("甲苯-2,4-二异氰酸酯（TDI）、苯", "C314;C028"),
        ("甲苯-2,4-二异氰酸酯(TDI),苯", "C314;C028"),
        ("矽尘（游离SiO2含量≥10%）", "D01"),
        ("噪声、噪声", "P01"),
        ("噪声、", "P01"),
        ("噪声、无", None),
        ("铀及其化合物", None),
        ("C011;R7", "C011;R7"),
        ("麻尘（亚麻、黄麻和苎麻）、噪声", "D30;P01"),
        ("六亚甲基二异氰酸酯(1,6-己二异氰酸酯),苯", "C315;C028"),
        ("X射线装置产生的电离辐射", "R3"),
        ("谷物粉尘（游离ＳｉＯ₂含量＜10％）", "D21"),
        ("双－（二甲基硫代氨基甲酰基）二硫化物、苯", "C241;C028"),
    ],
)
def test_a_list_of_hazards_is_read_to_codes(written: str, codes: str | None) -> None:
    found = resolve_hazards(written)
    assert found == codes if codes else isinstance(found, Fault)


def test_every_official_name_and_code_is_read_to_its_own_code() -> None:
    twice = {"C011", "R7"}
    for code, hazard in hazards().items():
        assert resolve_hazards(code.lower()) == code
        assert resolve_hazards(f"{hazard.name}、噪声") == f"{code};P01" if code not in twice | {"P01"} else True


def test_a_name_that_stands_twice_is_asked_for_its_code() -> None:
    fault = resolve_hazard("铀及其化合物")
    assert isinstance(fault, Fault)
    assert fault.message.values["codes"] == ("C011", "R7")


def test_every_unknown_name_of_a_list_is_told_at_once() -> None:
    fault = resolve_hazards("噪音、矽尘、甲醇水")
    assert isinstance(fault, Fault)
    assert fault.message.values["names"] == ("噪音（噪声?）", "甲醇水（甲醇?）")


@pytest.mark.parametrize(
    ("reported", "disease", "problems"),
    [
        ("2026-09-05", "噪声聋", []),
        ("2026-09-05", "五氯酚(钠)中毒", []),
        ("2026-09-05", "五氯酚中毒", []),
        ("2026-09-05", "某病", [(2, "suspected_disease", "unknown-disease")]),
    ],
)
def test_a_disease_is_looked_up_in_the_list_of_the_day_of_the_report(reported: str, disease: str, problems: list[object]) -> None:
    checked = check_rows({"conclusions": "疑似职业病", "suspected_disease": disease, "reported_on": reported})
    assert said(checked) == problems


def test_the_list_of_diseases_changes_with_the_day() -> None:
    change = {"conclusions": "疑似职业病", "suspected_disease": "腕管综合征", "id_number": "330402199003079968"}
    before = {"examined_on": "2024-01-05", "reported_on": "2024-01-10"}
    after = {"examined_on": "2026-01-05", "reported_on": "2026-01-10"}
    assert [said(check_rows(change | days)) for days in (before, after)] == [[(2, "suspected_disease", "unknown-disease")], []]


def test_where_the_day_of_the_report_cannot_be_read_no_disease_is_judged() -> None:
    checked = check_rows({"conclusions": "疑似职业病", "suspected_disease": "某病", "reported_on": "五月"})
    assert said(checked) == [(2, "reported_on", "not-a-day")]
    assert said(checked, Severity.NOTICE) == []
