"""Which cases stand for a worker already: the same worker, the same kind and a common hazard are one episode while it is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from ohs.cases.models import Case, CaseSource, CaseStep
from ohs.kernel.bulk import found_among, rows_among
from ohs.registry.models import Worker

#: Closed, but what is found later goes on in the same case: kind and status.
GOING_ON = (("susp", "declined"), ("contra", "closed"))


@dataclass
class Standing:
    """A case that is there already."""

    id: int
    kind: str
    hazards: frozenset[str]
    status: str
    is_open: bool
    closed_on: date | None
    clinic_id: int | None = None
    employer_id: int | None = None


@dataclass(frozen=True)
class Resting:
    """A case that rests on a record, and how it does."""

    standing: Standing
    source_id: int
    record_id: int
    number: str
    role: str
    worker_id: int | None
    #: How many other records say the same as a finding.
    others: int


def codes_of(text: str | None) -> frozenset[str]:
    """The hazards of a case or a record, stored joined by `;`."""
    return frozenset(filter(None, (text or "").split(";")))


def aliases_of(session: Session, worker_ids: Iterable[int]) -> dict[int, int]:
    """Those workers, and every entry that was merged with one of them, each with the one that it stands for."""
    known = {id: id for id in worker_ids}
    latest = list(known)
    while latest:
        rows = found_among(session, (Worker.id, Worker.merged_into_id), Worker.merged_into_id, latest)
        latest = [row.id for row in rows if row.id not in known]
        known |= {row.id: known[row.merged_into_id] for row in rows if row.id not in known}
    return known


def standing_cases(session: Session, worker_ids: Iterable[int], *which: Any) -> dict[tuple[int, str], list[Standing]]:
    """The cases of some workers that are open, or closed and go on when the same is found again; by worker and kind."""
    known = aliases_of(session, worker_ids)
    question = select(Case.worker_id, *_STANDING).where(or_(Case.closed_on.is_(None), tuple_(Case.kind, Case.status).in_(GOING_ON)), *which)
    found: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for worker_id, *row in rows_among(session, question, Case.worker_id, known):
        standing = _standing(row)
        found[known[worker_id], standing.kind].append(standing)
    return found


def cases_resting_on(session: Session, key: Any, values: Iterable[Any], *which: Any) -> list[Resting]:
    """The cases that rest on some records, named by `key`: a column of `CaseSource`; what was withdrawn is left out."""
    columns = (*_STANDING, CaseSource.id, CaseSource.record_id, CaseSource.number, CaseSource.role, Case.worker_id)
    question = select(*columns).join(Case, Case.id == CaseSource.case_id).where(CaseSource.withdrawn_on.is_(None), *which)
    rows = rows_among(session, question, key, values)
    findings: dict[int, int] = defaultdict(int)
    still = (CaseSource.withdrawn_on.is_(None), CaseSource.role == "finding")
    for row in found_among(session, (CaseSource.case_id,), CaseSource.case_id, sorted({row[0] for row in rows}), *still):
        findings[row.case_id] += 1
    width = len(_STANDING)
    found = [(_standing(row[:width]), *row[width:]) for row in rows]
    return [
        Resting(case, source_id, record_id, number, role, worker_id, findings[case.id] - (role == "finding"))
        for case, source_id, record_id, number, role, worker_id in found
    ]


_STANDING = (Case.id, Case.kind, Case.hazard_codes, Case.status, Case.closed_on.is_(None), Case.closed_on, Case.clinic_id, Case.employer_id)


def _standing(row: Any) -> Standing:
    id, kind, hazards, *rest = row
    return Standing(id, kind, codes_of(hazards), *rest)


def moved_since(session: Session, case_ids: Iterable[int]) -> dict[int, date]:
    """The day since which contraindicated workers are away from the hazard, as their employers filed it, by case."""
    columns = (CaseStep.case_id, CaseStep.position, CaseStep.facts)
    rows = found_among(session, columns, CaseStep.case_id, sorted(case_ids), CaseStep.event == "evidence-filed")
    told = {row.case_id: row.facts.get("effective_on") for row in sorted(rows, key=lambda row: row.position)}
    return {case_id: date.fromisoformat(day) for case_id, day in told.items() if day}


@dataclass(frozen=True)
class Asked:
    """In which card a re-examination was asked for, and since which day it can have been made."""

    card_no: str
    since: date


def re_examinations_asked(session: Session, case_ids: Iterable[int]) -> dict[int, Asked]:
    """What cases of re-examinations ask for, by case; one that was made already and asks for another counts from there."""
    columns = (CaseStep.case_id, CaseStep.event, CaseStep.facts)
    told = CaseStep.event.in_(("recheck-required", "record-uploaded"))
    cards, days = {}, defaultdict(list)
    for row in found_among(session, columns, CaseStep.case_id, sorted(case_ids), told):
        if row.event == "recheck-required":
            cards[row.case_id] = str(row.facts.get("card_no") or "")
        days[row.case_id].append(date.fromisoformat(row.facts["found_on" if row.event == "recheck-required" else "examined_on"]))
    return {id: Asked(card, max(days[id])) for id, card in cards.items()}


def same_episode(session: Session, kind: str, worker_id: int, hazard_codes: str) -> Case | None:
    """The case in which the same was found already: of the worker, of the kind, with a common hazard, open or going on once it is found again."""
    standing = [
        one
        for one in standing_cases(session, [worker_id], Case.kind == kind).get((worker_id, kind), ())
        if one.hazards & codes_of(hazard_codes) and (one.is_open or (kind, one.status) == ("susp", "declined"))
    ]
    return session.get(Case, standing[0].id) if standing else None


def workers_with(session: Session, worker_ids: Iterable[int], *which: ColumnElement[bool]) -> list[set[int]]:
    """Which of some workers have a case, for each of several conditions on cases."""
    is_any = [session.scalar(select(Case.id).where(condition).limit(1)) is not None for condition in which]
    known = aliases_of(session, worker_ids) if any(is_any) else {}
    return [
        {known[row.worker_id] for row in found_among(session, (Case.worker_id,), Case.worker_id, known if is_there else (), condition)}
        for is_there, condition in zip(is_any, which, strict=True)
    ]
