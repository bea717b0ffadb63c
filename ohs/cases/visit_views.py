"""Pages of visits on the spot: the town's list and its answer, asking and withdrawing, and what a case shows of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.cases.clocks import work_calendar
from ohs.cases.inbox_tabs import tabs_of_inbox
from ohs.cases.models import Case
from ohs.cases.queries import get_for_deed
from ohs.cases.views import find as find_case_of_address
from ohs.cases.visit_forms import AnswerVisitForm, AskVisitForm, VisitFilterForm, answer_form
from ohs.cases.visit_queries import ORDERS, filtered_visits, find_visit, open_visit, town_of, visits_about
from ohs.cases.visit_questions import ANSWERS, WITHIN
from ohs.cases.visits import already, answer_visit, ask_visit, post_of, said_too_much, withdraw_visit
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of, read_ledger
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, could, requires
from ohs.rulebook.time_left import Left, left_until

STANDING_COLOURS = {"open": "blue", "late": "red", "answered": "green", "answered-late": "orange", "withdrawn": ""}
STANDING_NAMES = {
    "open": Message("Waiting"), "late": Message("Past the last day"), "answered": Message("Answered"), "answered-late": Message("Answered late"), "withdrawn": Message("Withdrawn"),
}  # fmt: skip
COLUMNS = (
    LedgerColumn("number", Message("Number of the visit"), 24), LedgerColumn("employer", Message("Employer"), 36), LedgerColumn("address", Message("Where to go"), 40),
    LedgerColumn("town", Message("Town that is asked"), 24), LedgerColumn("asked_by", Message("Asked by"), 14), LedgerColumn("questions", Message("What is to be looked at"), 48), LedgerColumn("asked_on", Message("Asked for on"), 12, "day"), LedgerColumn("due_on", Message("Last day"), 12, "day"),
    LedgerColumn("standing", Message("Standing"), 12), LedgerColumn("visited_on", Message("Seen on"), 12, "day"), LedgerColumn("answers", Message("Answers"), 48),
    LedgerColumn("found", Message("What was seen"), 40), LedgerColumn("photographs", Message("Photographs"), 10, "number"),
)  # fmt: skip


def find(number: str) -> SiteVisit | None:
    """The visit of an address; for a deed with its case in hand, so that whoever comes second reads what the first has done."""
    visit = find_visit(db.session(), number)
    if visit is not None and request.method == "POST":
        get_for_deed(db.session(), visit.case.number)
        db.session.refresh(visit)
    return visit


def standing_of(visit: SiteVisit) -> str:
    """How a visit stands today."""
    if visit.withdrawn_on is not None:
        return "withdrawn"
    if visit.answered_on is not None:
        return "answered-late" if visit.is_late(visit.answered_on) else "answered"
    return "late" if visit.is_late(today()) else "open"


def left_of(session: Session, visit: SiteVisit) -> Left | None:
    """How long there is; none for one that has ended."""
    return left_until(visit.due_on, WITHIN, today(), work_calendar(session), since=visit.asked_on) if visit.is_open else None


def address_of(visit: SiteVisit) -> str:
    """Where to go: where the employer works, else where it is registered."""
    employer = visit.employer.standing
    return employer.work_address or employer.registered_address


LABELS: dict[str, Any] = {
    "ANSWERS": ANSWERS, "STANDING_NAMES": STANDING_NAMES, "STANDING_COLOURS": STANDING_COLOURS, "standing_of": standing_of, "address_of": address_of,
}  # fmt: skip


@requires(Permission.VISIT_LIST)
def index() -> Any:
    """What this town is asked to look at, or what this office has asked of towns, by the last day."""
    form, session = VisitFilterForm(request.args), db.session()
    filters = form.filters()
    ledger = read_ledger(
        session, filtered_visits(current_user, filters, today()), ORDERS, "due" if filters.standing in ("open", "late") else "-new"
    )
    return render_template(
        "cases/visits.html", form=form, ledger=ledger, tabs=tabs_of_inbox("cases.visits"), left=lambda visit: left_of(session, visit),
        asks=could(current_user, Permission.VISIT_ASK), **LABELS,
    )  # fmt: skip


@requires(Permission.VISIT_READ, find)
def show(visit: SiteVisit) -> Any:
    """One visit: where to go, what to look at, and the form for the answer."""
    if visit.names_worker:
        note_reading(db.session(), audit("visit:read", visit, current_user))
    form = answer_form(visit)
    form.visited_on.data = today()
    return _page(visit, form)


@requires(Permission.VISIT_ANSWER, find)
def answer(visit: SiteVisit) -> Any:
    """Say what was found."""
    if not visit.is_open:
        raise DomainError(already(visit))
    form, session = answer_form(visit), db.session()
    if not form.validate_on_submit():
        return _page(visit, form), 400
    answer_visit(
        session, visit, form.told(), visited_on=form.visited_on.data, actor=current_user, on=today(), found=form.found.data or "", photographs=form.pictures()
    )  # fmt: skip
    session.commit()
    flash(_("Answered: %(number)s. The health department is told.", number=visit.number), "success")
    return redirect(url_for("cases.visits"))


def _page(visit: SiteVisit, form: AnswerVisitForm) -> str:
    employer, worker = visit.employer.standing, visit.case.worker
    return render_template(
        "cases/visit.html", visit=visit, form=form, employer=employer, worker=worker.standing if worker and visit.names_worker else None,
        left=left_of(db.session(), visit), already=already(visit) if not visit.is_open else None, may_answer=visit.is_open and allowed(current_user, Permission.VISIT_ANSWER, visit),
        may_see_case=could(current_user, Permission.VISIT_ASK) and allowed(current_user, Permission.CASE_READ, visit.case),
        may_see_employer=allowed(current_user, Permission.EMPLOYER_READ, employer), **LABELS,
    )  # fmt: skip


@requires(Permission.VISIT_ASK, find_case_of_address)
def ask(case: Case) -> Any:
    """Ask the town of the employer to look."""
    form, session = AskVisitForm(case), db.session()
    if form.validate_on_submit():
        visit = ask_visit(
            session, case, form.questions.data, actor=current_user, on=today(), new_post=form.new_post.data or "", note=form.note.data or ""
        )
        session.commit()
        flash(_("%(name)s is asked to look, until %(day)s.", name=visit.organisation.name, day=visit.due_on), "success")
        return redirect(url_for("desk.case", number=case.number))
    if request.method == "GET" and not said_too_much(case, post_of(case)):
        form.new_post.data = post_of(case)
    return render_template("cases/ask_visit.html", case=case, form=form, town=town_of(session, case)), 400 if form.errors else 200


@requires(Permission.VISIT_ASK, find_case_of_address)
def withdraw(case: Case) -> Any:
    """Take back what the town was asked."""
    visit = find_visit(db.session(), (request.view_args or {})["visit_number"])
    if visit is None or visit.case_id != case.id:
        abort(404)
    withdraw_visit(db.session(), visit, actor=current_user, on=today())
    db.session.commit()
    flash(_("Withdrawn: %(number)s.", number=visit.number), "success")
    return redirect(url_for("desk.case", number=case.number))


def visits_panel(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """What was asked of towns for a case and what they have found, for health; nothing where there is neither that nor anything to ask."""
    if not could(user, Permission.VISIT_ASK):
        return None
    visits = visits_about(session, case)
    may_ask = case.closed_on is None and allowed(user, Permission.VISIT_ASK, case)
    can_ask = may_ask and open_visit(session, case) is None and town_of(session, case) is not None
    if not visits and not can_ask:
        return None
    return {
        "visits": visits,
        "can_ask": can_ask,
        "may_withdraw": may_ask,
        "left": lambda visit: left_of(session, visit),
        "case": case,
        **LABELS,
    }


def _content(session: Session, user: Any, form: VisitFilterForm, sort: str) -> Content:
    filters = form.filters()
    question = filtered_visits(user, filters, today())
    keys = keys_of(ORDERS, sort, "due" if filters.standing in ("open", "late") else "-new")

    asks = could(user, Permission.VISIT_ASK)

    def lines() -> Iterator[list[Any]]:
        for visit in session.scalars(in_order(question, keys)):
            yield [
                visit.number, visit.employer.standing.name, address_of(visit), visit.organisation.name, visit.asked_by.name if visit.asked_by and asks else "", "；".join(say(one.text) for one in visit.asks), visit.asked_on, visit.due_on,
                say(STANDING_NAMES[standing_of(visit)]), visit.visited_on, "；".join(f"{say(one.text)} {say(ANSWERS[visit.answers[one.code]])}" for one in visit.asks if one.code in visit.answers),
                visit.found, visit.photographs if visit.answered_on else None,
            ]  # fmt: skip

    return Content(COLUMNS, question, lines)


REPORT = Report(
    "visits", Message("Visits on the spot"), Permission.VISIT_LIST, "cases.visits", VisitFilterForm, _content, "visits:exported", orders=lambda _user: ORDERS,
)  # fmt: skip
