"""The list of examinations: whichever filter leads the database, the rows are those that fit every filter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel import steering
from ohs.kernel.paging import paginate
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import ExaminationFilters, for_list, list_examinations
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.factories.surveillance import ON, make_examination


@pytest.fixture
def people(session: Session) -> dict[str, User]:
    """A city's and a county's officer, a clinic and an employer, with sixty examinations of every kind around them."""
    nurse, other = make_user(session, "clinic"), make_user(session, "clinic")
    employers = [
        make_employer(session, name="海宁恒丰纺织有限公司", initials="hnhf", sector="17", size="small"),
        make_employer(session, name="平湖宏达机械有限公司", initials="phhd", sector="34", size="large", county_code="330482", region_code="330482101"),
        make_employer(session, name="海宁派遣服务有限公司", initials="hnpq", sector="72", size="micro"),
    ]  # fmt: skip
    for number in range(60):
        host = employers[0].id if number % 3 == 2 else None
        place = employers[0] if host else employers[number % 3]
        make_examination(
            session, (nurse, other)[number % 2], employers[number % 3], hazards=("P01", "D01;P01", "C001")[number % 7 % 3], conclusions=("N", "R", "O", "S", "RO", "P")[number % 6],
            phase=("in-service", "leaving", "pre-placement")[number % 5 % 3], examined_on=ON - timedelta(days=number % 11), host_employer_id=host,
            county_code=place.county_code, region_code=place.region_code, sector=place.sector, size=place.size,
        )  # fmt: skip
    office = make_organisation(session, kind="employer", region_code="330481", employer_id=employers[0].id)
    return {
        "city": make_user(session, "health", make_organisation(session, level="city", region_code="330400")), "county": make_user(session, "health"),
        "clinic": nurse, "employer": make_user(session, "employer", office),
    }  # fmt: skip


def seen(session: Session, user: User, filters: ExaminationFilters) -> list[int]:
    """Every row of a list in its order, page by page."""
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        listing = list_examinations(session, user, filters)
        page = paginate(session, for_list(listing.question), listing.keys, cursor=cursor, size=20)
        found += [row.id for row in page.rows]
        cursor = page.next
    return found


def expected(session: Session, reader: str, user: User, filters: ExaminationFilters) -> list[int]:
    """The same by looking at every examination."""
    own = user.organisation.employer_id

    def fits(one: Examination) -> bool:
        hazards = session.get_one(type(one).examined_set.property.mapper.class_, one.examined_set_id).hazard_codes
        names = {"纺织": [own_name for own_name in (one.employer_id, one.host_employer_id) if own_name == first]}
        return (
            (reader != "county" or one.county_code == "330481")
            and (reader != "clinic" or one.clinic_id == user.organisation_id)
            and (reader != "employer" or own in (one.employer_id, one.host_employer_id))
            and (not filters.county or one.county_code == filters.county)
            and (not filters.sector or one.sector == filters.sector)
            and (not filters.size or one.size == filters.size)
            and (not filters.phase or one.phase == filters.phase)
            and (not filters.conclusion or filters.conclusion in one.conclusions or is_told_alike(one, filters))
            and (filters.conclusion != "O" or reader == "clinic")
            and (not filters.hazard or filters.hazard in hazards)
            and (not filters.employer or bool(names["纺织"]))
            and (not filters.examined_from or one.examined_on >= filters.examined_from)
            and (not filters.examined_to or one.examined_on <= filters.examined_to)
        )

    def is_told_alike(one: Examination, filters: ExaminationFilters) -> bool:
        return reader != "clinic" and filters.conclusion == "N" and one.conclusions == "O"

    first = min(one.employer_id for one in session.query(Examination))
    rows = [one for one in session.query(Examination) if fits(one)]
    return [one.id for one in sorted(rows, key=lambda one: (one.examined_on, one.id), reverse=not filters.is_ascending)]


FILTERS = {
    "everything": ExaminationFilters(),
    "oldest first": ExaminationFilters(is_ascending=True),
    "county": ExaminationFilters(county="330482"),
    "industry": ExaminationFilters(sector="34"),
    "size and kind": ExaminationFilters(size="small", phase="leaving"),
    "hazard": ExaminationFilters(hazard="D01"),
    "employer": ExaminationFilters(employer="纺织"),
    "days": ExaminationFilters(examined_from=date(2026, 10, 25), examined_to=date(2026, 10, 30)),
    "re-examination": ExaminationFilters(conclusion="R"),
    "suspected, of an industry": ExaminationFilters(conclusion="S", sector="17", examined_to=date(2026, 10, 30)),
    "unrelated": ExaminationFilters(conclusion="O", county="330481"),
    "nothing found": ExaminationFilters(conclusion="N"),
    "no conclusion yet": ExaminationFilters(conclusion="P", size="small"),
    "everything at once": ExaminationFilters(
        county="330481", sector="17", size="small", phase="in-service", conclusion="R", hazard="P01", employer="纺织"
    ),
    "nothing fits": ExaminationFilters(sector="34", county="330481"),
}


@pytest.mark.parametrize("reader", ["city", "county", "clinic", "employer"])
@pytest.mark.parametrize("few", [0, 10, 2_000], ids=["nothing is rare", "some is rare", "all is rare"])
def test_the_rows_are_those_that_fit_whichever_filter_leads(
    session: Session, people: dict[str, User], reader: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "FEW", few)
    for name, filters in FILTERS.items():
        found = seen(session, people[reader], filters)
        assert found == expected(session, reader, people[reader], filters), name
