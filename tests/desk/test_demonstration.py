"""The demonstration city: the same for the same seed and day, of any size, with something in every state."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.declarations.drafts import faults_of
from ohs.declarations.models import FILING_STATUSES, VERSION_STATUSES, Declaration, Filing
from ohs.desk.demonstration import make_city
from ohs.registry.models import DuplicatePair, Employer, Worker, Workplace
from ohs.rulebook.regions import jurisdictions
from ohs.surveillance.models import Examination, Finding
from ohs.uploads.models import Upload

ON = date(2026, 11, 24)


def told(session: Session) -> list[Any]:
    """Everything of a city but seals, moments of entry and salts."""
    questions = [
        select(Employer.uscc, Employer.name, Employer.region_code, Employer.industry_code, Employer.employees, Employer.size, Employer.risk_class),
        select(Declaration.number, Declaration.status, Declaration.kind, Declaration.exposed, Declaration.accepted_on, Declaration.due_on),
        select(Filing.status, Filing.update_closes_on, Filing.change_due_on),
        select(Worker.name, Worker.sex, Worker.birth_on),
        select(Examination.card_no, Examination.examined_on, Examination.conclusions, Examination.revision),
        select(Finding.kind, Finding.next_due_on),
        select(Upload.number, Upload.filename, Upload.sha256, Upload.problem_count),
        select(DuplicatePair.kind, DuplicatePair.evidence),
    ]  # fmt: skip
    return [[tuple(row) for row in session.execute(question.order_by(question.get_final_froms()[0].c.id))] for question in questions]


def count(session: Session, column: Any) -> Counter[Any]:
    return Counter(session.scalars(select(column)))


def test_the_same_seed_and_day_make_the_same_city(session: Session) -> None:
    cities = []
    for seed in (7, 7, 8):
        inner = session.begin_nested()
        make_city(session, employers=25, examinations=120, seed=seed, on=ON)
        cities.append(told(session))
        inner.rollback()
        session.expire_all()
    assert cities[0] == cities[1]
    assert cities[0] != cities[2]


@pytest.mark.parametrize(("employers", "examinations"), [(0, 50), (1, 0), (1, 30)])
def test_a_city_may_be_as_small_as_it_likes(session: Session, employers: int, examinations: int) -> None:
    make_city(session, employers=employers, examinations=examinations, seed=1, on=ON)
    assert session.scalar(select(func.count(Employer.id))) == employers
    assert session.scalar(select(func.count(Examination.id))) == (examinations if employers else 0)


def test_a_city_shows_every_state_and_gives_everybody_something_to_do(session: Session) -> None:
    make_city(session, employers=160, examinations=600, seed=2, on=ON)
    assert session.scalar(select(func.count(Employer.id))) == 160
    assert session.scalar(select(func.count(Examination.id))) == 600
    assert set(count(session, Filing.status)) == set(FILING_STATUSES)
    assert set(count(session, Declaration.status)) == set(VERSION_STATUSES)
    assert set(count(session, DuplicatePair.kind)) == {"employer", "worker"}
    assert max(count(session, Employer.name).values()) == 1
    assert max(count(session, Workplace.employer_id).values()) == 2
    assert session.scalar(select(Upload.id).where(Upload.state == "checked", Upload.problem_count > 0).limit(1))
    assert session.scalar(select(Examination.id).where(Examination.revision > 1).limit(1))
    accounts = session.scalars(select(Organisation).where(Organisation.kind == "employer")).all()
    assert Counter(one.region_code for one in accounts) == {area.code: 2 for area in jurisdictions()}
    for clinic in session.scalars(select(Organisation).where(Organisation.kind == "clinic")):
        assert clinic.name.startswith(next(area.name for area in jurisdictions() if area.code == clinic.region_code).partition("（")[0])
    late = session.scalar(select(func.count(Declaration.id)).where(Declaration.status == "submitted", Declaration.due_on < ON)) or 0
    waiting = session.scalar(select(func.count(Declaration.id)).where(Declaration.status == "submitted")) or 0
    assert 0 <= late < waiting / 3
    assert not session.scalar(select(Finding.id).where(Finding.next_due_on < date(2026, 10, 1)).limit(1))
    ahead = session.execute(select(Finding.kind, func.count()).where(Finding.next_due_on >= ON).group_by(Finding.kind)).all()
    assert {kind for kind, _count in ahead} == {"R", "C", "S"}, "however small, there is somebody about whom to act"


def test_what_a_city_has_handed_in_passes_the_checks_of_the_form(session: Session) -> None:
    make_city(session, employers=80, examinations=0, seed=5, on=ON)
    handed_in = session.scalars(select(Declaration).where(Declaration.status != "draft")).all()
    wrong = [
        (declaration.number, fault.field)
        for declaration in handed_in
        for fault in faults_of(session, declaration, ON)
        if not fault.is_remark and fault.code == "disagrees"
    ]
    assert len(handed_in) > 80 and wrong == []
