"""Months as figures count them: `2026-11`."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from flask_babel import format_date

MONTHS = 12


def last_months(on: date) -> list[str]:
    """The last twelve months, this one included: `2025-12` … `2026-11`."""
    count = on.year * 12 + on.month - 1
    return [f"{(count - back) // 12:04d}-{(count - back) % 12 + 1:02d}" for back in reversed(range(MONTHS))]


def day_span(month: str) -> tuple[date, date]:
    """Its first and its last day."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def month_name(month: str) -> str:
    """What a chart calls it."""
    return str(format_date(date(int(month[:4]), int(month[5:]), 1), "MMM"))
