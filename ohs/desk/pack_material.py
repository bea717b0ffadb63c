"""What an evidence pack is made of: everything on record about one worker's exposure and health, at every employer and clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from ohs.cases.document_models import CaseDocument
from ohs.cases.documents import documents_of
from ohs.cases.evidence import seen_by
from ohs.cases.models import Case, CaseEvidence
from ohs.declarations.models import Attachment as DeclaredFile
from ohs.declarations.models import Declaration
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employments_of, exposures_of, standing_ids
from ohs.registry.work_history import Dose, Stay, doses, stays
from ohs.surveillance.models import Examination
from ohs.uploads.models import Upload


@dataclass(frozen=True)
class Material:
    """Everything that a pack is made of."""

    case: Case
    worker: Worker
    stays: list[Stay]
    doses: list[Dose]
    #: By key, whatever entry a record names; each stands for itself or for the one it was merged into.
    employers: dict[int, Employer]
    #: The latest first, with their sealed values.
    examinations: Sequence[Examination]
    uploads: dict[int, str]
    #: Versions that were in force while the worker was there.
    declarations: list[Declaration]
    documents: list[CaseDocument]
    #: As far as its reader may see it.
    evidence: list[CaseEvidence]
    #: Of the declarations, for who may read those in full.
    files: list[tuple[Declaration, DeclaredFile]] = field(default_factory=list)


def gather(session: Session, user: Any, case: Case) -> Material:
    """What is on record about the worker of a case, at every employer and clinic."""
    assert case.worker is not None
    worker = case.worker.standing
    ids = standing_ids(session, Worker, worker.id)
    exposures = list(session.scalars(exposures_of(ids)))
    found = stays(list(session.scalars(employments_of(ids))), exposures)
    examinations = session.scalars(_examinations(ids)).all()
    wanted = {id for stay in found for id in (stay.employer_id, stay.host_employer_id) if id}
    wanted |= {id for one in examinations for id in (one.employer_id, one.host_employer_id) if id}
    employers = {
        one.id: one for one in session.scalars(select(Employer).where(Employer.id.in_(wanted)).options(joinedload(Employer.merged_into)))
    }
    uploads = session.execute(select(Upload.id, Upload.number).where(Upload.id.in_({one.upload_id for one in examinations})))
    declarations = _declarations(session, found, employers)
    files = [(one, file) for one in declarations if allowed(user, Permission.DECLARATION_READ_FULL, one) for file in _files(session, one)]
    return Material(
        case, worker, found, doses(exposures), employers, examinations, dict(uploads.all()), declarations, documents_of(session, case), seen_by(user, case), files,
    )  # fmt: skip


def _examinations(worker_ids: Sequence[int]) -> Any:
    return (
        select(Examination)
        .where(Examination.worker_id.in_(worker_ids))
        .options(joinedload(Examination.clinic), joinedload(Examination.examined_set), joinedload(Examination.exposed_set), undefer(Examination.sealed))
        .order_by(Examination.examined_on.desc(), Examination.id.desc())
    )  # fmt: skip


def _declarations(session: Session, found: Sequence[Stay], employers: dict[int, Employer]) -> list[Declaration]:
    """Accepted versions of every employer, in force at some time of a stay there: from acceptance to the next version's."""
    spans: dict[int, list[Stay]] = {}
    for stay in found:
        for id in (stay.employer_id, stay.host_employer_id):
            if id:
                spans.setdefault(employers[id].standing.id, []).append(stay)
    kept = []
    for employer_id, at in spans.items():
        ids = standing_ids(session, Employer, employer_id)
        question = select(Declaration).where(Declaration.employer_id.in_(ids), Declaration.accepted_on.is_not(None))
        rows = session.scalars(
            question.options(selectinload(Declaration.hazards), selectinload(Declaration.sites)).order_by(
                Declaration.accepted_on, Declaration.id
            )
        ).all()
        for row in rows:
            assert row.accepted_on is not None
            later = [one.accepted_on for one in rows if one.filing_id == row.filing_id and one.id > row.id and one.accepted_on is not None]
            if any(row.accepted_on <= stay.until and (not later or min(later) >= stay.starts_on) for stay in at):
                kept.append(row)
    return kept  # fmt: skip


def _files(session: Session, declaration: Declaration) -> Sequence[DeclaredFile]:
    return session.scalars(select(DeclaredFile).where(DeclaredFile.declaration_id == declaration.id).order_by(DeclaredFile.id)).all()
