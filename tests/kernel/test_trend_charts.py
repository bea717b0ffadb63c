"""Lines over time: broken where nothing was measured, a mark where there is one number, told apart without colour."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ohs.kernel.charts import Series
from ohs.kernel.trend_charts import STYLES, Bound, trend_chart

DAYS = [date(2022, 3, 1), date(2023, 3, 1), date(2024, 3, 1), date(2025, 3, 1)]


def strokes(picture: str) -> list[str]:
    return re.findall(r'<path d="(M[^"]*)" fill="none"', picture)


def test_a_line_is_broken_where_an_item_was_not_examined() -> None:
    (drawn,) = strokes(trend_chart(DAYS, [Series("听阈", [20.0, 22.0, None, 30.0])], "听力"))
    assert (drawn.count("M"), drawn.count("L")) == (2, 1)


def test_one_number_is_a_mark_without_a_line() -> None:
    picture = trend_chart(DAYS[:1], [Series("听阈", [20.0])], "听力")
    assert strokes(picture) == []
    assert "2022-03-01 听阈 20" in picture


def test_numbers_that_never_stand_side_by_side_are_marks_only() -> None:
    picture = trend_chart(DAYS, [Series("听阈", [20.0, None, 25.0, None])], "听力")
    assert strokes(picture) == []
    assert picture.count("<circle") == 3  # two and the key


def test_nothing_measured_draws_nothing() -> None:
    assert trend_chart(DAYS, [Series("听阈", [None] * 4)], "听力") == ""
    assert trend_chart([], [], "听力") == ""


def test_lines_differ_in_stroke_and_mark_not_only_in_colour() -> None:
    assert len({stroke for _colour, stroke, _mark in STYLES}) == len({mark for *_rest, mark in STYLES}) == len(STYLES)
    picture = trend_chart(DAYS, [Series(str(number), [1.0, 2.0, 3.0, 4.0]) for number in range(4)], "四条")
    drawn = re.findall(r'fill="none" stroke="[^"]*" stroke-width="2" stroke-dasharray="([^"]*)"', picture)
    assert len(set(drawn)) == 4


def test_days_are_placed_by_time_and_every_number_lies_inside() -> None:
    days = [date(2020, 1, 1), date(2020, 2, 1), date(2025, 1, 1)]
    picture = trend_chart(days, [Series("铅", [0.0, 1999.0, 400.0])], "血铅", [Bound(400.0, "参考 400")])
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)][1:]
    assert places[1][0] - places[0][0] < (places[2][0] - places[1][0]) / 10
    assert all(0 < y < 260 for _x, y in places)
    assert "参考 400" in picture


def test_what_somebody_typed_is_text_in_the_picture() -> None:
    assert "<b>" not in trend_chart(DAYS[:1], [Series("<b>", [1.0])], "<b>")


@pytest.mark.parametrize("reach", [1, 3.7, 38, 39.9, 40, 381, 0.0395, 9_999])
def test_numbers_of_any_reach_are_drawn_inside(reach: float) -> None:
    picture = trend_chart(DAYS[:2], [Series("铅", [0.0, reach])], "血铅")
    places = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', picture)][1:]
    assert len(places) == 2 and all(0 < y < 260 for y in places)
