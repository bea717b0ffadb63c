"""Days in the ways in which real files write them; a year is never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from imports.days import parse_day
from imports.sheet import Fault

DAY = date(2026, 1, 5)


@pytest.mark.parametrize("text", ["2026-01-05", "2026/1/5", "2026.01.05", "20260105", "2026年1月5日", "2026-01-05 08:30:00"])
def test_the_usual_ways_are_read(text: str) -> None:
    assert parse_day(text) == DAY


@pytest.mark.parametrize("text", ["26/01/05", "2026-02-30", "五月", "2026-13-01", "2026"])
def test_what_is_no_day_is_a_fault_with_a_code(text: str) -> None:
    found = parse_day(text)
    assert isinstance(found, Fault)
    assert found.code == "not-a-day"
