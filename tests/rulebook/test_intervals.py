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
    ("苯", NEW, {}, (12, None)),
    ("铅及其化合物（不包括四乙基铅）", NEW, {"blood_lead_ug_l": Decimal(399)}, (12, None)),
    ("铅及其化合物（不包括四乙基铅）", NEW, {"blood_lead_ug_l": Decimal(450)}, (3, None)),
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
    assert {row["name_zh"] for row in conclusions_on(OLD)} >= {"目前未见异常", "复查", "疑似职业病"}
    assert any(duty.actor == "employer" for duty in duties_of("疑似职业病", NEW))
