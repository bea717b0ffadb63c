"""The catalogue of hazard factors: exact for records, forgiving for people."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from ohs.kernel.i18n import say
from ohs.rulebook.hazards import (
    CATEGORIES,
    CATEGORY_LABELS,
    CATEGORY_NAMES,
    aliases,
    codes_by_any_name,
    codes_named,
    find_hazard,
    hazards,
    nearest_hazards,
    search_hazards,
    split_hazards,
)
from ohs.rulebook.questions import ask


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
    [
        ("71-43-2", "C028", "cas"),
        ("107-13-1", "C024", "cas"),
        ("zs", "P01", "pinyin"),
        ("zaosheng", "P01", "pinyin"),
        ("zaos", "P01", "pinyin"),
        ("dhy", "D11", "pinyin"),
        ("hyc", "D11", "pinyin"),
        ("ejb", "C030", "pinyin"),
        ("D02", "D02", "code"),
        ("ｄ０２", "D02", "code"),
        ("Benzene", "C028", "name_en"),
        ("电焊", "D11", "part"),
        ("TDI", "C314", "alias"),
        ("甲苯二异氰酸酯", "C314", "alias"),
        ("百草枯", "C078", "alias"),
        ("丙烯腈", "C024", "alias"),
        ("石英", "D01", "alias"),
        ("温石棉", "D05", "alias"),
        ("噪音", "P01", "fuzzy"),
        ("正已烷", "C031", "fuzzy"),
        ("丙烯晴", "C024", "fuzzy"),
        ("铅", "C001", "part"),
        ("铀及其化合物", "R7", "name"),
    ],
)
def test_search_says_by_what_it_matched(text: str, code: str, by: str) -> None:
    assert {hazard.code: how for hazard, how in search_hazards(text, 50)}[code] == by


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("苯", "C028"),
        ("zs", "P01"),
        ("铅", "C001"),
        ("b", "C028"),
        ("木尘", "D32"),
        ("丙烯晴", "C024"),
        ("甲苯", "C029"),
        ("甲笨", "C029"),
        ("盐酸", "C201"),
    ],
)
def test_the_best_match_comes_first(text: str, first: str) -> None:
    assert search_hazards(text)[0][0].code == first


@pytest.mark.parametrize("text", ["zzzzqq", "", "   ", "，"])
def test_nothing_is_found_for_nonsense(text: str) -> None:
    assert search_hazards(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("铅", ("C001",)),
        ("铀及其化合物", ("C011", "R7")),
        ("盐酸", ("C201",)),
        ("噪音", ()),
        ("noise", ("P01",)),
        ("1317-65-3", ("D18", "D38")),
    ],
)
def test_what_a_question_can_mean(text: str, codes: tuple[str, ...]) -> None:
    assert codes_by_any_name(text) == codes


def test_a_condition_in_brackets_is_no_alias() -> None:
    assert not {"不包括四乙基铅", "砷化氢单列", "顺式", "粉尘", "纤维", "可溶性化合物"} & set(aliases())


def test_before_the_catalogue_there_is_no_answer() -> None:
    assert not ask("hazard", ["q=苯", "on=2015-10-31"], date(2026, 1, 1)).is_answered
    assert ask("hazard", ["q=苯", "on=2015-12-01"], date(2026, 1, 1)).is_answered


def test_the_categories_in_words_are_in_chinese_the_official_ones(app: Flask) -> None:
    with app.test_request_context():
        assert {name: say(label) for name, label in CATEGORY_LABELS.items()} == CATEGORY_NAMES
