"""Who has read a worker's file: each organisation, day by day, in a sentence that says who, what and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from ohs.accounts.admin_forms import DEPARTMENT_LABELS, KIND_LABELS
from ohs.accounts.models import Organisation, Purpose
from ohs.accounts.reports import ExportedWorker
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.models import Case
from ohs.desk.forms import PERSON_PURPOSES
from ohs.desk.own_file import worker_ids
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import local_day
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Worker
from ohs.surveillance.forms import PurposeForm
from ohs.surveillance.models import Examination

#: So many events of the trail are looked at for one page; the office can tell the rest.
EVENTS_AT_MOST = 600
#: So many readings stand on the worker's page; all of them are the worker's own to read.
SHOWN_AT_MOST = 20
#: Readings that are not called so. The worker's own are called `own-read` and stay out.
READINGS = ("worker:revealed", "worker:copied", "emergency:opened", "case:evidence-read")
#: What was read, by the event; of a case and of a file which one.
WHAT = {
    "worker:read": Message("your page, with name and number partly hidden"),
    "worker:revealed": Message("your full name and identity number"),
    "worker:read-values": Message("the measured values of your examinations over the years"),
    "worker:copied": Message("a printed copy of your file"),
    "examination:read": Message("an examination of yours with its measured values"),
    "examination:read-conclusion": Message("the conclusion of an examination of yours"),
    "case:read": Message("your case %(number)s"),
    "case:read-in-emergency": Message("your case %(number)s, in an emergency"),
    "emergency:opened": Message("your case %(number)s, in an emergency"),
    "case:evidence-read": Message("a file of your case %(number)s: %(file)s"),
    "case:read-pack": Message(
        "everything on record for the diagnosis in your case %(number)s: where you worked, all your examinations, and the files of the case"
    ),
    "case-document:read": Message("a letter of a case of yours"),
    "protection:asked": Message("whether you are protected against dismissal, answered by yes or no"),
}
TAKEN_OUT = Message("a list of many people on which you stand, which was taken out")
OTHER_PAGE = Message("a page about you")
#: Why, where nobody had to name a reason: what the organisation is there for.
WHY = {
    "clinic": Message("it has examined you, or acts on what it found"),
    "diagnosis": Message("it diagnoses whether your disease comes from your work"),
    "testing": Message("it has measured at your workplace"),
    "employer": Message("it employs or has employed you and has to act on it"),
    "town": Message("it was asked to look at your workplace"),
    "health": Message("it supervises occupational health and answers for your file"),
    "hr": Message("it decides on work injury and on protection against dismissal"),
    "safety": Message("it acts on an event at your workplace"),
}
WHY_EMERGENCY = Message("an emergency; another person has to review it afterwards")
WHY_NOT_NAMED = Message("not named")
#: Purposes as officers choose them; the words that they add in their own hand stay with the office.
PURPOSE_WORDS = {key: label for key, label in PurposeForm.reason.kwargs["choices"] if key} | PERSON_PURPOSES
#: Of those, one that means nothing without these words.
OTHER_PURPOSE = {"other": Message("another purpose, which the office has put on record")}


@dataclass
class Reading:
    """What one organisation has read of a file on one day, and what for."""

    on: date
    organisation: str
    #: Department, or kind of institution.
    department: str
    purpose: Any
    what: list[Message] = field(default_factory=list)

    @property
    def sentence(self) -> Message:
        """Who, when, what and why."""
        who = (
            Message("%(name)s (%(department)s)", name=self.organisation, department=self.department)
            if self.organisation
            else Message("The system")
        )
        day = Message("%(year)s-%(month)s-%(day)s", year=self.on.year, month=self.on.month, day=self.on.day)
        return Message("On %(day)s %(who)s has opened: %(what)s. Why: %(why)s.", day=day, who=who, what=self.what, why=self.purpose)


def readings_of(session: Session, worker: Worker) -> list[Reading]:
    """Who has read the file: organisation, day and purpose, the latest first.

    Not the officer's name: the organisation is who handles the data and answers for it (PIPL art. 17, 45); the trail knows the person.
    """
    ids = worker_ids(session, worker)
    events = session.scalars(_events_about(session, ids)).all()
    wanted = {one.organisation_id for one in events if one.organisation_id}
    places = {one.id: one for one in session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))}
    given = session.scalars(select(Purpose).where(Purpose.worker_id.in_(ids))).all()
    found: dict[tuple[date, int | None, str], Reading] = {}
    for event in events:
        place = places.get(event.organisation_id or 0)
        why = _why(event, place, given)
        key = (local_day(event.at), event.organisation_id, str(why))
        name, department = (place.name, _department(place)) if place is not None else ("", "")
        reading = found.setdefault(key, Reading(key[0], name, department, why))
        what = _what(event)
        if what not in reading.what:
            reading.what.append(what)
    return list(found.values())


def readers_panel(session: Session, user: Any, worker: Worker) -> dict[str, Any] | None:
    """The same on the worker's page, for the health department that answers for the file."""
    if not allowed(user, Permission.WORKER_REVEAL, worker):
        return None
    readings = readings_of(session, worker)
    return {"readings": readings[:SHOWN_AT_MOST], "more": len(readings) - SHOWN_AT_MOST}


def _department(place: Organisation) -> str:
    return str(DEPARTMENT_LABELS[place.department] if place.department else KIND_LABELS[place.kind])


def _what(event: AuditEvent) -> Message:
    if event.event.endswith("exported"):
        return TAKEN_OUT
    words = WHAT.get(event.event, OTHER_PAGE)
    file = EVIDENCE.get(str((event.after or {}).get("evidence")), Message("File"))
    return Message(words.id, number=event.subject, file=file) if "%(" in words.id else words


def _why(event: AuditEvent, place: Organisation | None, given: Sequence[Purpose]) -> Any:
    """The purpose that the reader had named and that still held; else what the organisation is there for."""
    if "emergency" in event.event:
        return WHY_EMERGENCY
    held = [one for one in given if one.user_id == event.actor_id and one.given_at <= event.at <= one.ends_at]
    chosen = held[-1].reason.partition(":")[0] if held else ""
    if chosen in PURPOSE_WORDS:
        return OTHER_PURPOSE.get(chosen, PURPOSE_WORDS[chosen])
    return WHY.get(place.department or place.kind, WHY_NOT_NAMED) if place is not None else WHY_NOT_NAMED


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
