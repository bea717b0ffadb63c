"""Entering workers whose examination is overdue: one case for each employer, subtype and month, with a line for each worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.machine import Opening, open_case
from ohs.cases.models import Case, CaseLine
from ohs.cases.moving import write_beside
from ohs.cases.notices import tell
from ohs.cases.queries import get_for_deed
from ohs.cases.waiting import settle
from ohs.kernel.audit import audit
from ohs.kernel.bulk import found_among

LISTED = "lines-added"


def listed_already(session: Session, opening: Opening, worker_ids: Iterable[int]) -> dict[int, str]:
    """Workers who stand open on a list of that employer and subtype, or were dealt with on this month's, with the number of its case."""
    such = (Case.kind == opening.kind, Case.employer_id == opening.employer_id, Case.subtype == opening.subtype, Case.closed_on.is_(None))
    cases = {row.id: row for row in session.execute(select(Case.id, Case.number, Case.subject).where(*such))}
    columns = (CaseLine.worker_id, CaseLine.case_id, CaseLine.outcome)
    rows = found_among(session, columns, CaseLine.worker_id, sorted(set(worker_ids)), CaseLine.case_id.in_(list(cases)))
    return {row.worker_id: cases[row.case_id].number for row in rows if not row.outcome or cases[row.case_id].subject == opening.subject}


def list_overdue(session: Session, opening: Opening, due_on: Mapping[int, date], *, by: By, on: date) -> Case:
    """Enter workers with the day on which each examination was due: into the month's open case, else into a new one.

    Whoever calls has left out who is `listed_already`.
    """
    number = session.scalar(select(Case.number).where(Case.kind == opening.kind, Case.subject == opening.subject, Case.closed_on.is_(None)))
    standing = get_for_deed(session, number) if number else None
    if standing is None or standing.closed_on is not None:
        case = open_case(session, opening, by=by, on=on)
        _enter(case, due_on)
    else:
        case = standing
        _enter(case, due_on)
        written = write_beside(case, LISTED, {"lines": len(due_on)}, by=by, on=on, tells=frozenset({"EMP", "HLTH"}))
        settle(session, case)
        tell(session, case, written)
    session.flush()
    session.add(audit("case:lines-added", case, by.user, after={"lines": len(due_on)}))
    return case


def _enter(case: Case, due_on: Mapping[int, date]) -> None:
    held = {line.worker_id for line in case.lines}
    case.lines += [CaseLine(worker_id=worker_id, due_on=day) for worker_id, day in due_on.items() if worker_id not in held]
