"""The panels of desk, employer's and worker's pages, and what the search looks through."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ohs.declarations.fields import KIND_LABELS
from ohs.declarations.labels import STANDING_COLOURS, STANDING_LABELS, STATUS_COLOURS, STATUS_LABELS
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.queries import declarations_visible_to, filings_due, find_declaration, waiting_for
from ohs.desk.figures import figures_panel
from ohs.kernel.clock import today
from ohs.kernel.message import Message
from ohs.kernel.paging import capped_count
from ohs.kernel.panels import Found, Panel, SearchSource, add_panel, add_search
from ohs.kernel.policy import Permission, allowed, could
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employers_visible_to, filtered_workers, matches_employer, standing_ids
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.models import Examination, Finding
from ohs.surveillance.queries import ExaminationFilters, examinations_visible_to, findings_visible_to, for_list, list_examinations
from ohs.surveillance.records import conclusions_for
from ohs.uploads.forms import STATE_LABELS
from ohs.uploads.models import Upload
from ohs.uploads.queries import uploads_visible_to

SHOWN = 8
DECLARED: dict[str, Any] = {
    "STATUS_LABELS": STATUS_LABELS, "STATUS_COLOURS": STATUS_COLOURS, "STANDING_LABELS": STANDING_LABELS, "STANDING_COLOURS": STANDING_COLOURS, "KIND_LABELS": KIND_LABELS,
}  # fmt: skip


def declarations_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's declarations, the latest first."""
    ids = standing_ids(session, Employer, employer.id)
    question = declarations_visible_to(user).where(Declaration.employer_id.in_(ids)).order_by(Declaration.id.desc()).limit(20)
    return {"declarations": session.scalars(question).all(), **DECLARED}


def examinations_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's examinations: the latest, and how many of each conclusion that may be known."""
    ids = standing_ids(session, Employer, employer.id)
    own = (Examination.employer_id.in_(ids)) | (Examination.host_employer_id.in_(ids))
    question = (
        for_list(examinations_visible_to(user).where(own)).order_by(Examination.examined_on.desc(), Examination.id.desc()).limit(SHOWN)
    )
    count = capped_count(session, examinations_visible_to(user).where(own))
    return {"examinations": session.scalars(question).all(), "count": count, **_examined()}


def _examined() -> dict[str, Any]:
    return {"PHASE_LABELS": PHASE_LABELS, "CONCLUSION_LABELS": CONCLUSION_LABELS, "conclusions_for": conclusions_for}


def counts_for_departments(session: Session, user: Any, employer: Employer) -> dict[str, Any] | None:
    """For the safety department: counts of contraindications and suspected cases of an employer, nobody's name; small ones are not told."""
    if "safety" not in user.role_names:
        return None
    ids = standing_ids(session, Employer, employer.id)
    standing = select(Finding.kind, Finding.worker_id).where(Finding.employer_id.in_(ids), Finding.is_withdrawn.is_(False)).distinct()
    people: dict[str, int] = {}
    for kind, _worker in session.execute(standing):
        people[kind] = people.get(kind, 0) + 1
    return {"people": {kind: people.get(kind, 0) for kind in ("C", "S")}}


def examinations_of_worker(session: Session, user: Any, worker: Worker) -> dict[str, Any]:
    """A worker's examinations, as far as this reader may see them."""
    ids = standing_ids(session, Worker, worker.id)
    question = for_list(examinations_visible_to(user).where(Examination.worker_id.in_(ids))).order_by(
        Examination.examined_on.desc(), Examination.id.desc()
    )
    return {"examinations": session.scalars(question.limit(50)).all(), "count": None, **_examined()}


def what_waits(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """What waits for this person, by deadline."""
    if not user.role_names & {"health", "safety", "employer", "town"}:
        return None
    question = waiting_for(user)
    rows = session.scalars(question.order_by(Declaration.due_on.is_(None), Declaration.due_on, Declaration.id).limit(SHOWN)).all()
    due = (
        session.scalars(filings_due(user).options(joinedload(Filing.workplace)).order_by(Filing.id).limit(SHOWN)).all()
        if user.role_names & {"employer", "town"}
        else []
    )
    findings: list[Finding] = []
    if could(user, Permission.FINDING_LIST):
        findings = list(
            session.scalars(findings_visible_to(user).where(Finding.kind == "S").order_by(Finding.next_due_on, Finding.id).limit(SHOWN))
        )
    return {
        "declarations": rows,
        "count": capped_count(session, question),
        "filings": due,
        "findings": findings,
        "today": today(),
        **DECLARED,
        **_examined(),
    }


def last_uploads(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """What this person's organisation has handed in last."""
    question = uploads_visible_to(user).order_by(Upload.received_at.desc(), Upload.id.desc()).limit(SHOWN)
    return {"uploads": session.scalars(question).all(), "STATE_LABELS": STATE_LABELS}


def last_examinations(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """An employer's latest results."""
    if "employer" not in user.role_names:
        return None
    listing = list_examinations(session, user, ExaminationFilters())
    question = for_list(listing.question).order_by(Examination.examined_on.desc(), Examination.id.desc()).limit(SHOWN)
    return {"examinations": session.scalars(question).all(), "count": None, **_examined()}


def search_employers(session: Session, user: Any, text: str) -> list[Found]:
    """Employers by name, credit code or pinyin initials."""
    rows = session.scalars(employers_visible_to(user).where(matches_employer(text)).order_by(Employer.name).limit(20))
    return [Found(row.name, row.uscc, url_for("desk.employer", uscc=row.uscc)) for row in rows]


def search_declarations(session: Session, user: Any, text: str) -> list[Found]:
    """A declaration by its number."""
    found = find_declaration(session, text.upper())
    if found is None or not allowed(user, Permission.DECLARATION_READ_STATUS, found):
        return []
    return [Found(found.number, found.employer.name, url_for("declarations.show", number=found.number))]


def search_uploads(session: Session, user: Any, text: str) -> list[Found]:
    """An upload by its receipt number."""
    rows = session.scalars(uploads_visible_to(user).where(Upload.number == text.upper()))
    return [Found(row.number, row.filename, url_for("uploads.show", number=row.number)) for row in rows]


def search_examinations(session: Session, user: Any, text: str) -> list[Found]:
    """An examination by its card number."""
    rows = session.scalars(for_list(examinations_visible_to(user).where(Examination.card_no == text)).limit(10))
    return [
        Found(row.card_no, f"{row.employer.name} {row.examined_on}", url_for("examinations.show", examination_id=row.id)) for row in rows
    ]


def search_workers(session: Session, user: Any, text: str) -> list[Found]:
    """A worker by the whole identity number only."""
    if not any(character.isdigit() for character in text) or len(text) < 6:
        return []
    rows = session.scalars(filtered_workers(user, text).limit(5))
    return [Found(f"{row.name[:1]}*", row.id_type, url_for("desk.worker", worker_id=row.id)) for row in rows]


def register() -> None:
    """Hang the panels and sources where they are drawn."""
    add_panel(Panel("desk", Message("What waits for me"), Permission.DECLARATION_LIST, what_waits, "desk/panels/waiting.html", 10))
    add_panel(Panel("desk", Message("Handed in last"), Permission.UPLOAD_LIST, last_uploads, "desk/panels/uploads.html", 20))
    add_panel(Panel("desk", Message("Latest results"), Permission.EXAMINATION_LIST, last_examinations, "desk/panels/examinations.html", 25))
    add_panel(Panel("desk", Message("Figures of my area"), Permission.FIGURES_READ, figures_panel, "desk/panels/figures.html", 5))
    add_panel(Panel("employer", Message("Declarations"), Permission.DECLARATION_LIST, declarations_of, "desk/panels/declarations.html", 10))
    add_panel(Panel("employer", Message("Examinations"), Permission.EXAMINATION_LIST, examinations_of, "desk/panels/examinations.html", 20))
    add_panel(
        Panel(
            "employer",
            Message("Health surveillance in counts"),
            Permission.FIGURES_READ,
            counts_for_departments,
            "desk/panels/counts.html",
            30,
        )
    )
    add_panel(
        Panel("worker", Message("Examinations"), Permission.EXAMINATION_LIST, examinations_of_worker, "desk/panels/examinations.html", 10)
    )
    add_search(SearchSource(Message("Employers"), Permission.EMPLOYER_LIST, search_employers, 10))
    add_search(SearchSource(Message("Declarations"), Permission.DECLARATION_LIST, search_declarations, 20))
    add_search(SearchSource(Message("Uploads"), Permission.UPLOAD_LIST, search_uploads, 30))
    add_search(SearchSource(Message("Examinations"), Permission.EXAMINATION_LIST, search_examinations, 40))
    add_search(SearchSource(Message("Workers"), Permission.WORKER_LIST, search_workers, 50))
