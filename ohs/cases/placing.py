"""Where a case belongs: the employer that must act, its county or zone, and the office that answers there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.actors import By, office
from ohs.cases.cuts import MOVED
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.handling import leave_hands
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.cases.moving import write_beside
from ohs.registry.models import Employer


def place_case(session: Session, case: Case, employer: Employer, *, county_code: str, by: By, on: date) -> None:
    """Put a case where an employer is: it keeps its number, and its timeline says where it was. The caller settles it."""
    owner = office(session, KINDS[case.kind].department(case.subtype), county_code)
    before = case.employer.standing.name if case.employer else ""
    if (case.employer_id, case.county_code, case.owner_id) == (employer.id, county_code, owner.id):
        return
    if before != employer.name:
        _keep_letters(session, case)
    case.employer, case.county_code, case.region_code = employer, county_code, employer.region_code
    if case.owner_id != owner.id:
        former, case.owner, case.owner_id = case.owner_id, owner, owner.id
        leave_hands(case, former)
    facts = {"from": before, "to": employer.name, "office": owner.name}
    write_beside(case, MOVED, facts, by=by, on=on, tells=frozenset({"HLTH", "EMP"}))


def _keep_letters(session: Session, case: Case) -> None:
    """What was written to one employer is not read by the next."""
    written = select(CaseDocument.id).where(CaseDocument.case_id == case.id)
    for copy in session.scalars(select(CaseDocumentCopy).where(CaseDocumentCopy.document_id.in_(written))):
        copy.readers = copy.readers.replace(";EMP;", ";")
