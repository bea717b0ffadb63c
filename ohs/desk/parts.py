"""The panels of desk, employer's and worker's pages, and what the search looks through."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.cuts import cut_for
from ohs.cases.labels import KIND_COLOURS, kind_name
from ohs.cases.models import Case
from ohs.cases.next_days import next_days
from ohs.cases.queries import cases_visible_to, find_case, for_list
from ohs.cases.visit_queries import find_visit
from ohs.declarations.fields import KIND_LABELS
from ohs.declarations.labels import STANDING_COLOURS, STANDING_LABELS, STATUS_COLOURS, STATUS_LABELS
from ohs.declarations.models import Declaration
from ohs.declarations.queries import declarations_visible_to, find_declaration
from ohs.desk.code_views import codes_panel
from ohs.desk.figures import FEW, areas_panel, figures_panel, sectors_panel, sizes_panel
from ohs.desk.institutions import clients_panel, employer_tiles, institution_tiles, quality_panel, scope_panel
from ohs.desk.offices import audit_tiles, latest_accounts, latest_events, refused_sign_ins, security_tiles, system_tiles
from ohs.desk.pack_views import panel_of as pack_panel
from ohs.desk.readings import readers_panel
from ohs.desk.rules import not_told
from ohs.desk.trends import trends_panel
from ohs.desk.waiting import findings_panel, waiting_panel
from ohs.desk.worker_cases import cases_panel
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.paging import capped_count
from ohs.kernel.panels import Found, Panel, SearchSource, add_panel, add_search
from ohs.kernel.policy import Permission, allowed, could, visible
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employers_visible_to, filtered_workers, matches_employer, standing_ids
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.models import Examination, Finding
from ohs.surveillance.queries import examinations_visible_to, latest_examinations
from ohs.surveillance.queries import for_list as examinations_for_list
from ohs.surveillance.records import conclusions_for
from ohs.uploads.forms import STATE_LABELS
from ohs.uploads.models import Upload
from ohs.uploads.queries import uploads_visible_to

SHOWN = 8
#: Each person once, however often they were examined.
PEOPLE = func.count(Finding.worker_id.distinct())
DECLARED: dict[str, Any] = {
    "STATUS_LABELS": STATUS_LABELS, "STATUS_COLOURS": STATUS_COLOURS, "STANDING_LABELS": STANDING_LABELS, "STANDING_COLOURS": STANDING_COLOURS, "KIND_LABELS": KIND_LABELS,
}  # fmt: skip

CASES: dict[str, Any] = {"kind_name": kind_name, "KIND_COLOURS": KIND_COLOURS}


def declarations_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's declarations, the latest first."""
    ids = standing_ids(session, Employer, employer.id)
    question = declarations_visible_to(user).where(Declaration.employer_id.in_(ids)).order_by(Declaration.id.desc()).limit(20)
    return {"declarations": session.scalars(question).all(), **DECLARED}


def cases_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's cases as far as this reader may see them: the open ones, the nearest day first."""
    ids = standing_ids(session, Employer, employer.id)
    question = cases_visible_to(user).where(Case.employer_id.in_(ids), Case.closed_on.is_(None))
    ordered = for_list(question).order_by(Case.due_on.is_(None), Case.due_on, Case.id).limit(SHOWN)
    cases = session.scalars(ordered).unique().all()
    return {
        "cases": cases,
        "days": next_days(session, user, cases),
        "count": capped_count(session, question),
        **CASES,
        "cut_for": lambda case: cut_for(user, case),
    }


def examinations_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's examinations: the latest, and how many of each conclusion that may be known."""
    ids = standing_ids(session, Employer, employer.id)
    own = (Examination.employer_id.in_(ids)) | (Examination.host_employer_id.in_(ids))
    count = capped_count(session, examinations_visible_to(user).where(own))
    return {"examinations": latest_examinations(session, user, ids, SHOWN), "count": count, **_examined()}


def _examined() -> dict[str, Any]:
    return {"PHASE_LABELS": PHASE_LABELS, "CONCLUSION_LABELS": CONCLUSION_LABELS, "conclusions_for": conclusions_for}


def people_of(session: Session, user: Any, employer: Employer) -> dict[str, Any]:
    """An employer's people: the list for who may see it; for who may know counts only, those that give nobody away."""
    ids, is_list = standing_ids(session, Employer, employer.id), could(user, Permission.WORKER_LIST)
    question = _people_found().where(Finding.employer_id.in_(ids)).group_by(Finding.kind).with_only_columns(Finding.kind, PEOPLE)
    people = dict.fromkeys("RCS", 0) | dict(session.execute(question).all())
    here = select(func.count()).select_from(Worker).where(Worker.employer_id.in_(ids), Worker.merged_into_id.is_(None))
    told = {kind: f"{people[kind]:,}" if is_list else _told(session, user, employer, kind, people[kind]) for kind in "SC"}
    return {"workers": session.scalar(here) or 0, "people": people, "told": told, "is_list": is_list}


def _people_found() -> Select[Any]:
    return select(PEOPLE).select_from(Finding).where(Finding.is_withdrawn.is_(False))


def _told(session: Session, user: Any, employer: Employer, kind: str, people: int) -> str:
    """What a reader of counts is told of one employer, who also knows the figure of the area and those of its other employers."""
    if people < FEW:
        return f"< {FEW}"
    kept, here = func.coalesce(Employer.merged_into_id, Employer.id), employers_visible_to(user).with_only_columns(Employer.id)
    question = _people_found().join(Employer, Employer.id == Finding.employer_id).where(Finding.kind == kind, kept.in_(here))
    counts = dict.fromkeys(session.scalars(here), 0)
    counts |= dict(session.execute(question.group_by(kept).with_only_columns(kept, PEOPLE)).all())
    return _("not told") if employer.id in not_told(counts, FEW) else f"{people:,}"


def examinations_of_worker(session: Session, user: Any, worker: Worker) -> dict[str, Any]:
    """A worker's examinations, as far as this reader may see them."""
    ids = standing_ids(session, Worker, worker.id)
    question = examinations_for_list(examinations_visible_to(user).where(Examination.worker_id.in_(ids))).order_by(
        Examination.examined_on.desc(), Examination.id.desc()
    )
    return {"examinations": session.scalars(question.limit(50)).all(), "count": None, **_examined()}


def last_uploads(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """What this person's organisation has handed in last."""
    question = uploads_visible_to(user).order_by(Upload.received_at.desc(), Upload.id.desc()).limit(SHOWN)
    return {"uploads": session.scalars(question).all(), "STATE_LABELS": STATE_LABELS}


def last_declarations(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """What this employer, or this town for its employers, has handed in last."""
    question = declarations_visible_to(user).where(
        Declaration.submitted_at.is_not(None), visible(user, Permission.DECLARATION_SUBMIT, Declaration)
    )
    rows = session.scalars(question.order_by(Declaration.submitted_at.desc(), Declaration.id.desc()).limit(SHOWN)).all()
    return {"declarations": rows, **DECLARED}


def last_examinations(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """An employer's latest results."""
    if user.organisation.kind != "employer":
        return None
    return {"examinations": latest_examinations(session, user, user.organisation.employer_ids, SHOWN), "count": None, **_examined()}


def search_employers(session: Session, user: Any, text: str) -> list[Found]:
    """Employers by name, credit code or pinyin initials."""
    rows = session.scalars(employers_visible_to(user).where(matches_employer(text)).order_by(Employer.name).limit(20))
    return [Found(row.name, row.uscc, url_for("desk.employer", uscc=row.uscc)) for row in rows]


def search_declarations(session: Session, user: Any, text: str) -> list[Found]:
    """A declaration by its number."""
    found = find_declaration(session, text.upper())
    if found is None or not allowed(user, Permission.DECLARATION_READ_STATUS, found):
        return []
    return [Found(found.number, found.employer.standing.name, url_for("declarations.show", number=found.number))]


def search_cases(session: Session, user: Any, text: str) -> list[Found]:
    """A case by its number."""
    found = find_case(session, text)
    if found is None or not allowed(user, Permission.CASE_READ, found):
        return []
    return [Found(found.number, say(kind_name(found.kind)), url_for("desk.case", number=found.number))]


def search_visits(session: Session, user: Any, text: str) -> list[Found]:
    """A visit on the spot by its number."""
    found = find_visit(session, text)
    if found is None or not allowed(user, Permission.VISIT_READ, found):
        return []
    return [Found(found.number, found.employer.standing.name, url_for("cases.visit", number=found.number))]


def search_uploads(session: Session, user: Any, text: str) -> list[Found]:
    """An upload by its receipt number."""
    rows = session.scalars(uploads_visible_to(user).where(Upload.number == text.upper()))
    return [Found(row.number, row.filename, url_for("uploads.show", number=row.number)) for row in rows]


def search_examinations(session: Session, user: Any, text: str) -> list[Found]:
    """An examination by its card number."""
    clinics = select(Organisation.id).where(Organisation.kind == "clinic")  # a card number is looked up clinic by clinic
    rows = session.scalars(
        examinations_for_list(examinations_visible_to(user).where(Examination.card_no == text, Examination.clinic_id.in_(clinics))).limit(
            10
        )
    )
    return [
        Found(
            row.card_no,
            f"{(row.host_employer or row.employer).standing.name} {row.examined_on}",
            url_for("examinations.show", examination_id=row.id),
        )
        for row in rows
    ]


def search_workers(session: Session, user: Any, text: str) -> list[Found]:
    """A worker by the whole identity number only."""
    if not any(character.isdigit() for character in text) or len(text) < 6:
        return []
    rows = session.scalars(filtered_workers(session, user, text).limit(5))
    return [Found(f"{row.name[:1]}*", row.id_type, url_for("desk.worker", worker_id=row.id)) for row in rows]


#: Title, permission, what is asked, template, place from above, and whether it takes half the width.
DESK: tuple[tuple[Message, Permission, Any, str, int, bool], ...] = (
    (Message("Figures of my area"), Permission.FIGURES_READ, figures_panel, "figures", 5, False),
    (Message("Figures of my employer"), Permission.DECLARATION_CREATE, employer_tiles, "tiles", 5, False),
    (Message("Figures of my institution"), Permission.EMPLOYER_LIST, institution_tiles, "tiles", 5, False),
    (Message("Accounts and the machine"), Permission.ORGANISATION_EDIT, system_tiles, "tiles", 5, False),
    (Message("Roles and sign-ins"), Permission.ROLE_ASSIGN, security_tiles, "tiles", 5, False),
    (Message("The trail in figures"), Permission.AUDIT_SEARCH, audit_tiles, "tiles", 5, False),
    (Message("What waits for me"), Permission.VIEW_SAVE, waiting_panel, "waiting", 10, True),
    (Message("Suspected diseases, by the nearest day"), Permission.FINDING_LIST, findings_panel, "findings", 12, True),
    (Message("The trail, the latest first"), Permission.AUDIT_SEARCH, latest_events, "events", 12, False),
    (Message("By county and zone"), Permission.FIGURES_READ, areas_panel, "lines", 14, True),
    (Message("Accounts entered last"), Permission.USER_LIST, latest_accounts, "accounts", 14, True),
    (Message("Sign-ins refused"), Permission.ROLE_ASSIGN, refused_sign_ins, "refused", 16, True),
    (Message("By industry"), Permission.FIGURES_READ, sectors_panel, "lines", 20, True),
    (Message("By size"), Permission.FIGURES_READ, sizes_panel, "lines", 22, True),
    (Message("My uploads, month by month"), Permission.SENDER_QUALITY_READ, quality_panel, "quality", 15, True),
    (Message("Latest results"), Permission.EXAMINATION_LIST, last_examinations, "results", 25, True),
    (Message("Declarations handed in last"), Permission.DECLARATION_CREATE, last_declarations, "handed_in", 28, True),
    (Message("Handed in last"), Permission.UPLOAD_LIST, last_uploads, "uploads", 30, True),
    (Message("Employers served"), Permission.EMPLOYER_LIST, clients_panel, "clients", 34, True),
    (Message("On file today"), Permission.EMPLOYER_LIST, scope_panel, "scope", 36, True),
)


def register() -> None:
    """Hang the panels and sources where they are drawn."""
    for title, permission, query, template, position, is_half in DESK:
        add_panel(Panel("desk", title, permission, query, f"desk/panels/{template}.html", position, is_half))
    add_panel(
        Panel(
            "case", Message("Evidence pack for the diagnosis"), Permission.CASE_PACK_SHOW, pack_panel, "desk/panels/evidence_pack.html", 40
        )
    )
    add_panel(Panel("employer", Message("Declarations"), Permission.DECLARATION_LIST, declarations_of, "desk/panels/declarations.html", 10))
    add_panel(Panel("employer", Message("Cases"), Permission.CASE_LIST, cases_of, "desk/panels/cases.html", 15))
    add_panel(Panel("employer", Message("Examinations"), Permission.EXAMINATION_LIST, examinations_of, "desk/panels/examinations.html", 20))
    add_panel(Panel("employer", Message("People"), Permission.FIGURES_CONCLUSIONS, people_of, "desk/panels/counts.html", 30))
    add_panel(
        Panel("worker", Message("Examinations"), Permission.EXAMINATION_LIST, examinations_of_worker, "desk/panels/examinations.html", 10)
    )
    add_panel(Panel("worker", Message("Trends"), Permission.EXAMINATION_READ, trends_panel, "desk/panels/trends.html", 20))
    add_panel(Panel("worker", Message("Cases"), Permission.CASE_LIST, cases_panel, "desk/panels/worker_cases.html", 30))
    add_panel(Panel("worker", Message("One-time codes"), Permission.WORKER_CODE_LIST, codes_panel, "desk/panels/codes.html", 60))
    add_panel(Panel("worker", Message("Who has read this file"), Permission.WORKER_REVEAL, readers_panel, "desk/panels/readers.html", 70))
    add_search(SearchSource(Message("Employers"), Permission.EMPLOYER_LIST, search_employers, 10))
    add_search(SearchSource(Message("Declarations"), Permission.DECLARATION_LIST, search_declarations, 20))
    add_search(SearchSource(Message("Cases"), Permission.CASE_LIST, search_cases, 25))
    add_search(SearchSource(Message("Visits on the spot"), Permission.VISIT_LIST, search_visits, 27))
    add_search(SearchSource(Message("Uploads"), Permission.UPLOAD_LIST, search_uploads, 30))
    add_search(SearchSource(Message("Examinations"), Permission.EXAMINATION_LIST, search_examinations, 40))
    add_search(SearchSource(Message("Workers"), Permission.WORKER_LIST, search_workers, 50))
