"""Figures: the counts kept by the deeds equal a recount from the rows, and every figure of a desk opens exactly what it counts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.declarations.models import Declaration, DeclarationCount, Filing
from ohs.declarations.services import accept_declaration, find_untrue, report_closure, return_declaration, submit_declaration
from ohs.registry.margins import margins
from ohs.surveillance.models import Examination, ExaminationCount
from tests.factories.accounts import make_organisation, make_user
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer

LETTERS = {"N": "normal", "R": "rechecks", "C": "contraindications", "S": "suspected", "O": "other"}


def recounted_filings(session: Session) -> Counter[tuple[Any, ...]]:
    """Standings and acceptances, counted anew from filings and versions."""
    found: Counter[tuple[Any, ...]] = Counter()
    current = {one.filing_id: one for one in session.scalars(select(Declaration).where(Declaration.status == "accepted"))}
    for filing in session.scalars(select(Filing).where(Filing.status != "none")):
        one = current.get(filing.id)
        place = margins(filing.county_code, filing.region_code, one.sector if one else "", one.size if one else "unknown")
        for margin in place:
            found["filing", filing.status, "", *margin, "declarations"] += 1
            found["filing", filing.status, "", *margin, "exposed"] += one.exposed if one else 0
    for one in session.scalars(select(Declaration).where(Declaration.accepted_on.is_not(None))):
        month = f"{one.accepted_on:%Y-%m}"
        for margin in margins(one.county_code, one.region_code, one.sector, one.size):
            found["accepted", "", month, *margin, "declarations"] += 1
            found["accepted", "", month, *margin, "exposed"] += one.exposed
    return +found


def kept_filings(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for row in session.scalars(select(DeclarationCount).where(DeclarationCount.measure.in_(("filing", "accepted")))):
        key = (row.measure, row.status, row.month, row.area_code, row.dimension, row.value)
        found[(*key, "declarations")] += row.declarations
        found[(*key, "exposed")] += row.exposed
    return +found


def recounted_examinations(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for one in session.scalars(select(Examination)):
        for margin in margins(one.county_code, one.region_code, one.sector, one.size):
            key = (f"{one.examined_on:%Y-%m}", *margin)
            found[(*key, "examinations")] += 1
            for letter in one.conclusions:
                if letter in LETTERS:
                    found[(*key, LETTERS[letter])] += 1
    return +found


def kept_examinations(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for row in session.scalars(select(ExaminationCount)):
        for measure in ("examinations", *LETTERS.values()):
            found[row.month, row.area_code, row.dimension, row.value, measure] += getattr(row, measure)
    return +found


def agree(session: Session) -> None:
    session.flush()
    session.expire_all()
    assert kept_filings(session) == recounted_filings(session)
    assert kept_examinations(session) == recounted_examinations(session)


def test_the_counts_follow_every_deed(session: Session) -> None:
    on, later = date(2026, 3, 2), date(2026, 3, 20)
    employer = make_employer(session)
    manager, officer = make_user(session, "employer", make_own(session, employer)), make_user(session)
    first = make_draft(session, employer, manager, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    agree(session)
    return_declaration(session, first, [("exposed", "不符")], actor=officer, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    accept_declaration(session, first, actor=officer, on=on)
    agree(session)
    change = {"change_reason": "process", "changed_on": "2026-03-18"}
    second = make_draft(session, employer, manager, on=later, kind="change", workplace=first.filing.workplace, **change)
    submit_declaration(session, second, signed_by="沈佳", actor=manager, on=later)
    agree(session)
    accept_declaration(session, second, actor=officer, on=later)
    agree(session)
    find_untrue(session, second.filing, record="查〔2026〕1号", due_on=None, actor=officer, on=later)
    agree(session)
    assert kept_filings(session)["filing", "untrue", "", "330481", "all", "", "declarations"] == 1


def test_a_reported_closure_is_counted(session: Session) -> None:
    on = date(2026, 3, 2)
    employer = make_employer(session)
    manager, officer = make_user(session, "employer", make_own(session, employer)), make_user(session)
    first = make_draft(session, employer, manager, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    accept_declaration(session, first, actor=officer, on=on)
    report_closure(session, first.filing, ended_on=on, text="停产", actor=manager, on=on)
    agree(session)


def make_own(session: Session, employer: Any) -> Any:
    return make_organisation(session, kind="employer", region_code=employer.county_code, employer_id=employer.id)
