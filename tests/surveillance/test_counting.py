"""The counts of examinations: every area above, in all and by the employer's properties, and a correction takes back what it replaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.surveillance.counting import Counted, count_examinations
from ohs.surveillance.models import ExaminationCount

ONE = Counted(date(2026, 11, 3), "330402", "330402007", "36", "small", "RS")


def kept(session: Session, *where: object) -> dict[tuple[str, str, str, str], tuple[int, int, int, int]]:
    """What the counts say, without those that came back to nothing."""
    rows = session.scalars(select(ExaminationCount).where(*where))  # type: ignore[arg-type]
    return {
        (row.month, row.area_code, row.dimension, row.value): (row.examinations, row.normal, row.rechecks, row.suspected)
        for row in rows
        if row.examinations
    }


def test_an_examination_counts_in_its_town_its_county_and_the_city(session: Session) -> None:
    count_examinations(session, [ONE, replace(ONE, conclusions="N")])
    assert kept(session) == {
        ("2026-11", area, dimension, value): (2, 1, 1, 1)
        for area in ("330400", "330402", "330402007")
        for dimension, value in (("all", ""), ("sector", "36"), ("size", "small"))
    }


def test_one_without_a_known_place_counts_in_the_city_only(session: Session) -> None:
    count_examinations(session, [replace(ONE, county_code="", region_code="", sector="", size="unknown")])
    assert {area for _month, area, _dimension, _value in kept(session)} == {"330400"}


def test_a_correction_moves_what_it_replaces(session: Session) -> None:
    count_examinations(session, [ONE])
    count_examinations(session, [replace(ONE, examined_on=date(2026, 10, 30), conclusions="N")], [ONE])
    assert kept(session, ExaminationCount.dimension == "all", ExaminationCount.area_code == "330402") == {
        ("2026-10", "330402", "all", ""): (1, 1, 0, 0)
    }
