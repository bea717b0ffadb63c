"""A working life: stays with their hazards over every employer, and how long a hazard has acted in all."""

from __future__ import annotations

from datetime import date
from typing import Any

from ohs.registry.models import Employment, Exposure
from ohs.registry.work_history import doses, stays

Y = date


def employment(employer: int, post: str, start: date, seen: date, end: date | None = None) -> Employment:
    return Employment(employer_id=employer, host_employer_id=None, workshop="一车间", post=post, starts_on=start, seen_on=seen, ends_on=end)


def exposure(employer: int, post: str, hazard: str, start: date, seen: date, end: date | None = None) -> Exposure:
    return Exposure(employer_id=employer, post=post, hazard_code=hazard, starts_on=start, seen_on=seen, ends_on=end)


def told(found: list[Any]) -> list[tuple[int, str, list[str]]]:
    return [(stay.employer_id, stay.post, [one.hazard_code for one in stay.exposures]) for stay in found]


def test_each_hazard_stands_with_the_stay_at_its_post_the_latest_first() -> None:
    found = stays(
        [employment(1, "打磨", Y(2015, 1, 1), Y(2018, 1, 1), Y(2018, 1, 1)), employment(2, "喷漆", Y(2019, 1, 1), Y(2026, 1, 1))],
        [exposure(2, "喷漆", "C001", Y(2019, 1, 1), Y(2026, 1, 1)), exposure(1, "打磨", "D01", Y(2015, 1, 1), Y(2018, 1, 1))],
    )
    assert told(found) == [(2, "喷漆", ["C001"]), (1, "打磨", ["D01"])]


def test_an_exposure_without_an_employment_is_a_stay_of_its_own() -> None:
    same = [exposure(3, "电焊", code, Y(2010, 1, 1), Y(2012, 1, 1)) for code in ("D01", "P01")]
    assert told(stays([], same)) == [(3, "电焊", ["D01", "P01"])]


def test_whoever_came_back_has_two_stays_and_the_hazard_at_the_nearer_one() -> None:
    found = stays(
        [employment(1, "打磨", Y(2010, 1, 1), Y(2012, 1, 1), Y(2012, 1, 1)), employment(1, "打磨", Y(2020, 1, 1), Y(2026, 1, 1))],
        [exposure(1, "打磨", "D01", Y(2020, 2, 1), Y(2026, 1, 1))],
    )
    assert [len(stay.exposures) for stay in found] == [1, 0]


def test_overlapping_days_count_once_and_a_change_of_employer_goes_on() -> None:
    (dose,) = doses(
        [
            exposure(1, "打磨", "D01", Y(2020, 1, 1), Y(2020, 12, 31)),
            exposure(2, "打磨", "D01", Y(2020, 7, 1), Y(2021, 6, 30)),
            exposure(2, "喷砂", "D01", Y(2023, 1, 1), Y(2023, 12, 31)),
        ]
    )
    assert (dose.first_on, dose.last_on, dose.employers) == (Y(2020, 1, 1), Y(2023, 12, 31), 2)
    assert dose.days == 366 + 181 + 365
    assert dose.years_and_months == (2, 6)


def test_an_interval_inside_another_adds_nothing() -> None:
    (dose,) = doses([exposure(1, "甲", "P01", Y(2020, 1, 1), Y(2020, 12, 31)), exposure(2, "乙", "P01", Y(2020, 3, 1), Y(2020, 4, 1))])
    assert dose.days == 366
