"""The catalogue of hazard factors: exact for records, forgiving for people."""

from __future__ import annotations

import pytest

from ohs.rulebook.hazards import CATEGORIES, codes_named, find_hazard, hazards, nearest_hazards, search_hazards, split_hazards


def test_the_catalogue_is_whole() -> None:
    assert [sum(hazard.category == category for hazard in hazards().values()) for category in CATEGORIES] == [52, 375, 15, 8, 6, 3]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("矽尘（游离SiO2含量≥10%）", "D01"),
        ("矽尘(游离SiO2含量≥10%)", "D01"),
        ("矽尘", "D01"),
        ("d01", "D01"),
        ("噪声", "P01"),
        ("噪音", None),
        ("铀及其化合物", None),
        ("C011", "C011"),
        ("", None),
    ],
)
def test_a_name_means_one_factor_or_none(text: str, code: str | None) -> None:
    found = find_hazard(text)
    assert (found.code if found else None) == code


def test_a_name_that_stands_twice_is_ambiguous() -> None:
    assert codes_named("铀及其化合物") == ("C011", "R7")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("苯、甲苯,噪声", ["苯", "甲苯", "噪声"]),
        ("甲苯-2,4-二异氰酸酯（TDI）、噪声", ["甲苯-2,4-二异氰酸酯（TDI）", "噪声"]),
        ("噪声；；高温\n", ["噪声", "高温"]),
        ("麻尘（亚麻、黄麻和苎麻）（游离SiO2含量<10%）；噪音", ["麻尘（亚麻、黄麻和苎麻）（游离SiO2含量<10%）", "噪音"]),
    ],
)
def test_a_list_is_split_outside_official_names(text: str, names: list[str]) -> None:
    assert split_hazards(text) == names


def test_every_official_name_survives_its_own_separators() -> None:
    for hazard in hazards().values():
        assert split_hazards(f"噪声、{hazard.name}；高温") == ["噪声", hazard.name, "高温"]


@pytest.mark.parametrize(("text", "nearest"), [("噪音", "噪声"), ("澡声", "噪声"), ("噪声危害", "噪声")])
def test_a_mistyped_name_is_answered_with_the_nearest(text: str, nearest: str) -> None:
    assert nearest in nearest_hazards(text)


@pytest.mark.parametrize(
    ("text", "code", "by"),
    [("71-43-2", "C028", "cas"), ("zs", "P01", "pinyin"), ("D02", "D02", "code"), ("Benzene", "C028", "name_en"), ("电焊", "D11", "part")],
)
def test_search_says_by_what_it_matched(text: str, code: str, by: str) -> None:
    assert {hazard.code: how for hazard, how in search_hazards(text, 50)}[code] == by
