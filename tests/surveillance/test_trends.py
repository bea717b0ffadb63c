"""Trends of examinations: which values, in which order, with which norms."""

from __future__ import annotations

from datetime import date
from typing import Any

from ohs.rulebook.norms import item_norm
from ohs.rulebook.tables import table
from ohs.surveillance.models import Examination
from ohs.surveillance.records import ITEM_KEYS
from ohs.surveillance.trends import BETTER, GROUPS, WORSE, trends_of


def record(number: int, on: date, **items: Any) -> tuple[Examination, dict[str, Any]]:
    return Examination(id=number, examined_on=on), dict.fromkeys(ITEM_KEYS) | items


def test_only_what_was_ever_examined_has_a_trend() -> None:
    found = trends_of([record(1, date(2024, 1, 1), hb_g_l=140, chest_film="未见异常")], "男")
    assert [trend.slug for trend in found] == ["hb"]


def test_points_stand_in_the_order_of_the_days_with_a_gap_where_nothing_was_examined() -> None:
    rows = [record(3, date(2026, 1, 1), hb_g_l=120), record(1, date(2024, 1, 1), hb_g_l=140), record(2, date(2025, 1, 1))]
    (trend,) = trends_of(rows, "男")
    assert trend.days == [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    assert trend.line("hb_g_l") == [140.0, None, 120.0]


def test_better_and_worse_ear_need_both_ears() -> None:
    rows = [
        record(1, date(2024, 1, 1), hearing_speech_left_db=30, hearing_speech_right_db=22),
        record(2, date(2025, 1, 1), hearing_speech_left_db=31),
    ]
    (trend,) = trends_of(rows, "女")
    assert (trend.line(BETTER), trend.line(WORSE)) == ([22.0, None], [30.0, None])


def test_norms_go_by_sex_and_say_on_which_side_a_value_lies() -> None:
    man, woman = (item_norm("hb_g_l", sex, date(2026, 1, 1)) for sex in ("男", "女"))
    assert man is not None and woman is not None
    assert (man.side(120), woman.side(120), woman.side(151)) == ("low", "", "high")
    assert item_norm("hb_g_l", "", date(2026, 1, 1)) is None


def test_every_norm_is_of_an_item_of_the_format_with_source_and_standing() -> None:
    rows = table("item_norms")
    assert {row["item"] for row in rows} <= set(ITEM_KEYS)
    assert all(row["source"] and row["verified"] in ("yes", "no") and (row["low"] or row["high"]) for row in rows)
    assert {key for _title, keys in GROUPS.values() for key in keys} <= {row["item"] for row in rows}
