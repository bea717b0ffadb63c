"""The demonstration city: every area's part, in one transaction, the same for the same seed and day."""

from __future__ import annotations

from datetime import date
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.demonstration import enter_account, make_offices
from ohs.accounts.models import Organisation
from ohs.declarations.demonstration import make_declarations
from ohs.registry.demonstration import enter, file_scopes, invent_employers, make_clients
from ohs.registry.duplicates import find_duplicates
from ohs.registry.models import Employer
from ohs.surveillance.demonstration import make_examinations


def make_city(session: Session, *, employers: int, examinations: int, seed: int, on: date) -> None:
    """Offices and accounts, employers, two years of declarations and examinations."""
    random = Random(seed)
    make_offices(session)
    invented = invent_employers(random, employers)
    enter(session, random, invented, on)
    file_scopes(session, on)
    _employer_accounts(session, [one.uscc for one in invented if one.has_account])
    make_declarations(session, random, invented, on)
    make_examinations(session, random, invented, examinations, on)
    make_clients(session, random, on)
    find_duplicates(session)


def _employer_accounts(session: Session, codes: list[str]) -> None:
    for number, employer in enumerate(session.scalars(select(Employer).where(Employer.uscc.in_(codes)).order_by(Employer.id)), 1):
        organisation = Organisation(
            kind="employer", region_code=employer.county_code, name=employer.name, uscc=employer.uscc, employer_id=employer.id
        )
        enter_account(session, organisation, f"employer-{number:02d}", employer.contact, "employer")
    session.flush()
