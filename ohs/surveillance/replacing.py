"""Examinations put where they belong once the register knows more of their employer: county, town, industry, size, and the counts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.models import Case
from ohs.cases.placing import place_case
from ohs.cases.queries import for_change
from ohs.cases.waiting import settle_all
from ohs.kernel.nightly import nightly
from ohs.kernel.touched import take_touched
from ohs.registry.models import Employer, Worker
from ohs.rulebook.regions import CITY
from ohs.surveillance.counting import Counted, count_examinations
from ohs.surveillance.models import Examination, Finding


@nightly("examinations")
def place_anew(session: Session, on: date) -> int:
    """Follow what was changed in the register since: only examinations that belonged nowhere are moved.

    An examination keeps the place that it had when it was handed in; one whose employer was unknown gets its first place.
    """
    touched = take_touched(session, "employer")
    if not touched:
        return 0
    moved = 0
    duty = func.coalesce(Examination.host_employer_id, Examination.employer_id)
    for employer in session.scalars(select(Employer).where(Employer.id.in_(touched), Employer.is_registered, Employer.county_code != "")):
        homeless = session.scalars(
            select(Examination).where(
                or_(Examination.employer_id == employer.id, Examination.host_employer_id == employer.id),
                duty == employer.id,
                Examination.county_code == "",
            )
        ).all()
        before = [_counted(examination) for examination in homeless]
        for examination in homeless:
            examination.county_code, examination.region_code = employer.county_code, employer.region_code
            examination.sector, examination.size = employer.sector, employer.size
        count_examinations(session, (_counted(examination) for examination in homeless), before)
        place = {"county_code": employer.county_code, "region_code": employer.region_code}
        session.execute(update(Finding).where(Finding.employer_id == employer.id, Finding.county_code == "").values(**place))
        session.execute(update(Worker).where(Worker.employer_id == employer.id, Worker.county_code == "").values(**place))
        _place_cases(session, employer, on)
        moved += len(homeless)
    return moved


def _place_cases(session: Session, employer: Employer, on: date) -> None:
    """Open cases that were the city's while nobody knew where the employer is."""
    question = select(Case).where(Case.employer_id == employer.id, Case.county_code == CITY, Case.closed_on.is_(None))
    cases = session.scalars(for_change(question)).unique().all()
    for case in cases:
        place_case(session, case, employer, county_code=employer.county_code, by=By(), on=on)
    settle_all(session, cases)


def _counted(examination: Examination) -> Counted:
    return Counted(
        examination.examined_on, examination.county_code, examination.region_code, examination.sector, examination.size,
        examination.conclusions,
    )  # fmt: skip
