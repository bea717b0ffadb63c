"""The demonstration city: every area's part, in one transaction, the same for the same seed and day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.demonstration import enter_account, make_offices
from ohs.accounts.models import Organisation, User
from ohs.cases.demonstration import make_cases
from ohs.cases.demonstration_letters import write_letters
from ohs.cases.demonstration_transfers import make_transfers
from ohs.cases.demonstration_visits import make_visits
from ohs.declarations.demonstration import make_declarations
from ohs.desk.demonstration_people import (
    DemonstrationCode,
    choose_contacts,
    date_messages,
    hand_out_codes,
    name_substitutes,
    open_emergencies,
)
from ohs.kernel.clock import LOCAL
from ohs.registry.demonstration import enter, file_scopes, invent_employers, make_clients
from ohs.registry.duplicates import find_duplicates
from ohs.registry.models import DuplicatePair, Employer, Worker, Workplace
from ohs.surveillance.demonstration import make_examinations
from ohs.surveillance.models import Examination
from ohs.uploads.models import Upload

#: The register was entered so many days before the day on which the city is seen.
ENTERED_BEFORE = 760


def make_city(session: Session, *, employers: int, examinations: int, seed: int, on: date) -> list[DemonstrationCode]:
    """Offices and accounts, employers, two years of declarations and examinations, cases, and people at work; the codes that workers were given."""
    random = Random(seed)
    make_offices(session)
    invented = invent_employers(random, employers)
    enter(session, random, invented, on)
    file_scopes(session, on)
    _employer_accounts(session, [one.uscc for one in invented if one.has_account])
    make_declarations(session, random, invented, on)
    make_examinations(session, random, invented, examinations, on)
    make_clients(session, random, on)
    make_cases(session, Random(seed), on)
    write_letters(session, on)
    choose_contacts(session)
    make_transfers(session, on)
    make_visits(session, on)
    name_substitutes(session, on)
    open_emergencies(session, on)
    codes = hand_out_codes(session, on)
    date_messages(session, on)
    find_duplicates(session)
    _date_entries(session, on)
    return codes


def _date_entries(session: Session, on: date) -> None:
    """Moments of entry as they would have been, not those of the inventing: the same seed and day make the same city."""
    session.flush()
    moment = datetime.combine(on - timedelta(days=ENTERED_BEFORE), time(9), tzinfo=LOCAL).astimezone(UTC)
    for model in (Organisation, User, Employer, Workplace, Worker):
        session.execute(update(model).values(created_at=moment), execution_options={"synchronize_session": False})
    session.execute(update(Employer).values(changed_at=moment), execution_options={"synchronize_session": False})
    session.execute(update(DuplicatePair).values(found_at=datetime.combine(on, time(6), tzinfo=LOCAL).astimezone(UTC)))
    received = select(Upload.received_at).where(Upload.id == Examination.upload_id).scalar_subquery()
    session.execute(update(Examination).values(recorded_at=received), execution_options={"synchronize_session": False})
    session.expire_all()


def _employer_accounts(session: Session, codes: list[str]) -> None:
    for number, employer in enumerate(session.scalars(select(Employer).where(Employer.uscc.in_(codes)).order_by(Employer.id)), 1):
        organisation = Organisation(
            kind="employer", region_code=employer.county_code, name=employer.name, uscc=employer.uscc, employer_id=employer.id
        )
        enter_account(session, organisation, f"employer-{number:02d}", employer.contact, "employer")
    session.flush()
