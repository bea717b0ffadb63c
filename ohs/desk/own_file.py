"""What workers read of themselves: examinations, cases with who must act, and who has read the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from ohs.accounts.models import Organisation, Purpose
from ohs.accounts.reports import ExportedWorker
from ohs.cases.cuts import Cut
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.kinds import KINDS
from ohs.cases.labels import TRACK_LABELS, status_name
from ohs.cases.models import Case, CaseClock, CaseLine
from ohs.cases.plain import NOT_OWN, plain_status
from ohs.cases.standing import Awaited, awaited
from ohs.cases.to_do import to_do_without_limit
from ohs.desk.forms import PERSON_PURPOSES
from ohs.desk.worker_cases import Diagnosis, diagnoses_in
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import local_day
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids
from ohs.surveillance.forms import PurposeForm
from ohs.surveillance.models import Examination

#: Nothing of an own case is kept from its worker.
EVERYTHING = Cut(has_way=True, has_diagnosis=True, has_work_injury=True, is_medical=True, is_full_on_injury=True)
#: So many events of the trail are looked at for one page; the office can tell the rest.
EVENTS_AT_MOST = 600
#: So many readings stand on the worker's page; all of them are the worker's own to read.
SHOWN_AT_MOST = 20
#: Readings that are not called so. The worker's own are called `own-read` and stay out.
READINGS = ("worker:revealed", "worker:copied", "emergency:opened", "case:evidence-read")
NAMED_BY_EVENT = {"worker:copied": "copy", "case:evidence-read": "CaseEvidence", "protection:asked": "protection"}
WHAT_LABELS = {
    "Worker": Message("Personal page"), "Examination": Message("Examination result"), "Case": Message("Case"),
    "CaseDocumentCopy": Message("Letter of a case"), "CaseEvidence": Message("File of a case"), "copy": Message("Printed copy"),
    "list": Message("A list of many people that was taken out"),
    "protection": Message("Whether you are protected against dismissal, yes or no"),
}  # fmt: skip


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


@dataclass
class Reading:
    """What one organisation has read of a file on one day, and what for."""

    on: date
    organisation: str
    purpose: Any
    what: list[Message] = field(default_factory=list)


def readings_of(session: Session, worker: Worker) -> list[Reading]:
    """Who has read the file: organisation, day and purpose, the latest first.

    Not the officer's name: the organisation is who handles the data and answers for it (PIPL art. 17, 45); the trail knows the person.
    """
    ids = worker_ids(session, worker)
    events = session.scalars(_events_about(session, ids)).all()
    organisations = {one.organisation_id for one in events if one.organisation_id}
    names: dict[int | None, str] = {
        row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisations)))
    }
    given = session.scalars(select(Purpose).where(Purpose.worker_id.in_(ids))).all()
    found: dict[tuple[date, str, str], Reading] = {}
    for event in events:
        purpose = _purpose_at(event, given)
        name = names.get(event.organisation_id, "")
        key = (local_day(event.at), name, purpose)
        reading = found.setdefault(key, Reading(key[0], name, PURPOSE_WORDS.get(purpose, "")))
        label = WHAT_LABELS["list" if event.event.endswith("exported") else NAMED_BY_EVENT.get(event.event, event.subject_type)]
        if label not in reading.what:
            reading.what.append(label)
    return list(found.values())


def readers_panel(session: Session, user: Any, worker: Worker) -> dict[str, Any] | None:
    """The same on the worker's page, for the health department that answers for the file."""
    if not allowed(user, Permission.WORKER_REVEAL, worker):
        return None
    readings = readings_of(session, worker)
    return {"readings": readings[:SHOWN_AT_MOST], "more": len(readings) - SHOWN_AT_MOST}


#: Purposes as officers choose them; the words that they add in their own hand stay with the office.
PURPOSE_WORDS = {key: label for key, label in PurposeForm.reason.kwargs["choices"] if key} | PERSON_PURPOSES


def _events_about(session: Session, ids: Sequence[int]) -> Select[AuditEvent]:
    cases = select(Case.id).where(Case.worker_id.in_(ids))
    subjects: dict[str, Select[Any]] = {
        "Worker": select(Worker.id).where(Worker.id.in_(ids)),
        "Examination": select(Examination.id).where(Examination.worker_id.in_(ids)),
        "Case": cases,
        "CaseDocumentCopy": select(CaseDocumentCopy.id).join(CaseDocument).where(CaseDocument.case_id.in_(cases)),
    }
    about = [
        and_(AuditEvent.subject_type == kind, AuditEvent.subject_id.in_(list(session.scalars(keys)))) for kind, keys in subjects.items()
    ]
    exported = select(ExportedWorker.event_id).where(ExportedWorker.worker_id.in_(ids))
    is_reading = or_(AuditEvent.event.like("%:read%"), AuditEvent.event.in_(READINGS))
    is_asked = and_(AuditEvent.event == "protection:asked", AuditEvent.subject.in_([str(id) for id in ids]))
    return (
        select(AuditEvent)
        .where(or_(and_(or_(*about), is_reading), is_asked, AuditEvent.id.in_(exported)))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(EVENTS_AT_MOST)
    )


def _purpose_at(event: AuditEvent, given: Sequence[Purpose]) -> str:
    """The purpose that the reader had named and that still held; empty for an organisation that reads its own records."""
    held = [one for one in given if one.user_id == event.actor_id and one.given_at <= event.at <= one.ends_at]
    return held[-1].reason.partition(":")[0] if held else ""
