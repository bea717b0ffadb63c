"""Permissions: a condition about one subject and its filter for lists say the same, for every role and place."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.policy import Permission, allowed, could, visible
from ohs.registry.models import Client, Employer
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.registry import make_employer

ABOUT_EMPLOYERS = (Permission.EMPLOYER_READ, Permission.EMPLOYER_READ_FULL, Permission.EMPLOYER_EDIT, Permission.EMPLOYER_MERGE)
#: Role → whom it reads (minimum fields), whom it reads in full, whom it edits, of: same town, same county, elsewhere, client.
EXPECTED = {
    "health": ({"town", "county"}, {"town", "county"}, {"town", "county"}),
    "hr": ({"town", "county"}, {"town", "county"}, set()),
    "safety": ({"town", "county"}, {"town", "county"}, set()),
    "town": ({"town"}, {"town"}, set()),
    "clinic": ({"client"}, set(), set()),
    "testing": ({"client"}, set(), set()),
    "diagnosis": ({"client"}, set(), set()),
    "system-admin": (set(), set(), set()),
    "security-admin": (set(), set(), set()),
    "auditor": (set(), set(), set()),
}


def some_employers(session: Session) -> dict[str, Employer]:
    return {
        "town": make_employer(session, region_code="330481101"),
        "county": make_employer(session, region_code="330481102"),
        "elsewhere": make_employer(session, county_code="330402", region_code="330402001"),
        "client": make_employer(session, county_code="330402", region_code="330402001"),
    }


def person(session: Session, role: str, client: Employer) -> User:
    user = make_user(session, role)
    session.add(Client(organisation_id=user.organisation_id, employer_id=client.id, since=date(2026, 1, 1)))
    session.flush()
    return user


@pytest.mark.parametrize("role", list(PLACES))
def test_each_role_sees_its_part_and_no_more(session: Session, role: str) -> None:
    employers = some_employers(session)
    user = person(session, role, employers["client"])
    for permission, expected in zip(ABOUT_EMPLOYERS, EXPECTED[role], strict=False):
        assert {name for name, employer in employers.items() if allowed(user, permission, employer)} == expected, permission


@pytest.mark.parametrize("role", list(PLACES))
@pytest.mark.parametrize("permission", ABOUT_EMPLOYERS)
def test_the_filter_of_lists_agrees(session: Session, role: str, permission: Permission) -> None:
    employers = some_employers(session)
    user = person(session, role, employers["client"])
    listed = set(session.scalars(select(Employer.id).where(visible(user, permission, Employer))))
    assert listed == {employer.id for employer in employers.values() if allowed(user, permission, employer)}


def test_an_employer_sees_itself_only(session: Session) -> None:
    employers = some_employers(session)
    place = make_organisation(session, kind="employer", region_code="330481", employer_id=employers["town"].id)
    user = make_user(session, "employer", organisation=place)
    listed = set(session.scalars(select(Employer.id).where(visible(user, Permission.EMPLOYER_READ_FULL, Employer))))
    assert listed == {employers["town"].id}


def test_a_zone_is_not_the_county_around_it(session: Session) -> None:
    zone = make_employer(session, county_code="Z330400-JKQ", region_code="330402010")
    county = make_user(session, "health", make_organisation(session, region_code="330402"))
    office = make_user(session, "health", make_organisation(session, level="zone", region_code="Z330400-JKQ"))
    assert not allowed(county, Permission.EMPLOYER_READ, zone)
    assert allowed(office, Permission.EMPLOYER_READ, zone)


def test_a_role_that_never_may_is_known_before_anything_is_looked_up(session: Session) -> None:
    user = make_user(session, "clinic")
    assert not could(user, Permission.AUDIT_SEARCH)
    assert could(user, Permission.EMPLOYER_READ)
