"""What workers read of themselves: examinations, cases with who must act, and who has read the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from ohs.cases.cuts import Cut
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.kinds import KINDS
from ohs.cases.labels import TRACK_LABELS, status_name
from ohs.cases.models import Case, CaseClock, CaseLine
from ohs.cases.plain import NOT_OWN, plain_status
from ohs.cases.standing import Awaited, awaited
from ohs.cases.to_do import to_do_without_limit
from ohs.desk.worker_cases import Diagnosis, diagnoses_in
from ohs.kernel.message import Message
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids
from ohs.surveillance.models import Examination

#: Nothing of an own case is kept from its worker.
EVERYTHING = Cut(has_way=True, has_diagnosis=True, has_work_injury=True, is_medical=True, is_full_on_injury=True)


def worker_ids(session: Session, worker: Worker) -> list[int]:
    """The file and every one that was merged into it."""
    return standing_ids(session, Worker, worker.id)


def own_examinations(session: Session, worker: Worker) -> Select[Examination]:
    """A worker's examinations at every clinic, the latest first."""
    return (
        select(Examination)
        .where(Examination.worker_id.in_(worker_ids(session, worker)))
        .options(*(joinedload(shown) for shown in (Examination.employer, Examination.host_employer, Examination.clinic, Examination.examined_set)))
        .order_by(Examination.examined_on.desc(), Examination.id.desc())
    )  # fmt: skip


@dataclass(frozen=True)
class OwnCase:
    """One case as its worker reads it."""

    case: Case
    status: Message
    waits: list[Awaited]
    #: The worker's own line of a case about many; of that case nothing else is shown.
    line: CaseLine | None
    #: Letters that were written to the worker.
    letters: list[CaseDocumentCopy]
    #: Tracks beside the main one with their statuses.
    tracks: list[tuple[Any, Message]]
    diagnoses: list[Diagnosis]


def own_cases(session: Session, worker: Worker) -> list[OwnCase]:
    """A worker's cases, open ones first; none that is about a place, and none that protects whoever told of it."""
    ids = worker_ids(session, worker)
    lines = {line.case_id: line for line in session.scalars(select(CaseLine).where(CaseLine.worker_id.in_(ids)))}
    question = (
        select(Case)
        .where(or_(Case.worker_id.in_(ids), Case.id.in_(list(lines))), Case.kind.not_in(NOT_OWN))
        .options(
            joinedload(Case.employer), joinedload(Case.clinic), joinedload(Case.institution), selectinload(Case.tracks), selectinload(Case.steps),
            selectinload(Case.clocks).selectinload(CaseClock.pauses), selectinload(Case.duties),
        )
        .order_by(Case.closed_on.is_not(None), Case.opened_on.desc(), Case.id.desc())
    )  # fmt: skip
    cases = session.scalars(question).unique().all()
    letters: dict[int, list[CaseDocumentCopy]] = defaultdict(list)
    for copy in session.scalars(_letters_to(ids).where(CaseDocument.case_id.in_([case.id for case in cases]))):
        letters[copy.document.case_id].append(copy)
    own = []
    for case in cases:
        line = lines.get(case.id) if case.worker_id not in ids else None
        tracks = [(TRACK_LABELS[one.track], status_name(KINDS[case.kind], one.status)) for one in case.tracks]
        told = diagnoses_in(session, [(case, EVERYTHING)]) if line is None else []
        own.append(
            OwnCase(
                case,
                plain_status(case),
                awaited(session, case, case.clocks, to_do_without_limit(case)),
                line,
                letters[case.id],
                tracks,
                told,
            )
        )
    return own


def _letters_to(ids: Sequence[int]) -> Select[CaseDocumentCopy]:
    """Copies of letters that were written to a worker about an own case, and that stand."""
    own = select(Case.id).where(Case.worker_id.in_(ids), Case.kind.not_in(NOT_OWN))
    return (
        select(CaseDocumentCopy)
        .join(CaseDocumentCopy.document)
        .where(CaseDocument.case_id.in_(own), CaseDocumentCopy.addressee == "WKR", CaseDocument.voided_on.is_(None))
        .options(contains_eager(CaseDocumentCopy.document))
        .order_by(CaseDocument.issued_on.desc(), CaseDocumentCopy.id.desc())
    )


def find_letter(session: Session, worker: Worker, copy_id: int) -> CaseDocumentCopy | None:
    """A letter to this worker."""
    return session.scalar(_letters_to(worker_ids(session, worker)).where(CaseDocumentCopy.id == copy_id))
