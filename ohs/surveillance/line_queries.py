"""Questions about the workers of cases of examinations not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, extract, func, literal_column, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ohs.cases.models import Case, CaseEvidence, CaseLine
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import indexes_of

#: The day from which somebody is overdue; whoever has none comes last.
DUE: ColumnElement[date] = func.coalesce(CaseLine.due_on, literal_column("'9999-12-31'", Date))
ORDERS: dict[str, Sequence[Key]] = {
    "due": (Key(DUE), Key(CaseLine.id)),
    "name": (Key(Worker.name), Key(CaseLine.id)),
    "new": (Key(CaseLine.id),),
}


@dataclass(frozen=True)
class LineFilters:
    """What the workers may be narrowed by; empty means everything."""

    case: str = ""
    standing: str = "open"
    text: str = ""


def lines_visible_to(user: Any, filters: LineFilters) -> Select[CaseLine]:
    """The workers of cases whose lists this person may read, narrowed; by the whole name or the whole identity number."""
    question = select(CaseLine).join(CaseLine.case).join(CaseLine.worker).where(visible(user, Permission.CASE_LINE_READ, Case))
    if filters.case:
        question = question.where(Case.number == filters.case.strip().upper())
    match filters.standing:
        case "open":
            question = question.where(CaseLine.outcome == "")
        case "claimed":
            question = question.where(CaseLine.outcome == "", CaseLine.claim != "")
        case "proof":
            question = question.where(CaseLine.outcome == "", CaseLine.record != "", CaseLine.claim == "")
        case "closed":
            question = question.where(CaseLine.outcome != "")
    text = filters.text.strip()
    if text:
        number = Worker.id_index.in_(indexes_of(text)) if any(sign.isdigit() for sign in text) else None
        question = question.where(Worker.name == text if number is None else or_(Worker.name == text, number))
    return question


def for_list(question: Select[CaseLine]) -> Select[CaseLine]:
    """With everything that a row shows."""
    case = contains_eager(CaseLine.case)
    return question.options(
        contains_eager(CaseLine.worker),
        case.joinedload(Case.employer).load_only(Employer.name, Employer.merged_into_id),
        case.load_only(Case.number, Case.subtype, Case.kind, Case.status, Case.closed_on, Case.clinic_id, Case.institution_id, Case.employer_id, Case.county_code, Case.owner_id, Case.region_code),
        joinedload(CaseLine.proof).load_only(CaseEvidence.kind, CaseEvidence.filename),
    )  # fmt: skip


def counts_of(session: Session, case: Case) -> dict[str, int]:
    """How many workers of a case stand where: by outcome, those open as ``""``, and of those how many claims wait as ``claimed``."""
    standing = CaseLine.outcome, CaseLine.claim
    rows = session.execute(select(*standing, func.count()).where(CaseLine.case_id == case.id).group_by(*standing))
    found: dict[str, int] = {}
    for outcome, claim, count in rows:
        found[outcome] = found.get(outcome, 0) + count
        if claim and not outcome:
            found["claimed"] = found.get("claimed", 0) + count
    return found


def months_of(session: Session, case: Case) -> list[tuple[str, int]]:
    """How many workers of a case are overdue since which month."""
    year, month = extract("year", CaseLine.due_on), extract("month", CaseLine.due_on)
    question = select(year, month, func.count()).where(CaseLine.case_id == case.id, CaseLine.due_on.is_not(None))
    return [
        (f"{int(one)}-{int(two):02d}", count) for one, two, count in session.execute(question.group_by(year, month).order_by(year, month))
    ]
