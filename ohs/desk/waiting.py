"""What waits for a person, from every area, by deadline: the first thing that a desk shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.approvals import approvals_of
from ohs.accounts.models import ExportApproval
from ohs.cases.clocks import work_calendar
from ohs.cases.labels import KIND_COLOURS, kind_name
from ohs.cases.queries import INBOX_ORDER
from ohs.cases.queries import waiting_for as cases_waiting_for
from ohs.cases.standing import waiting_teller
from ohs.cases.visit_queries import ORDERS as VISIT_ORDERS
from ohs.cases.visit_queries import VisitFilters, filtered_visits
from ohs.cases.visit_questions import WITHIN
from ohs.declarations.fields import KIND_LABELS
from ohs.declarations.labels import STANDING_COLOURS, STANDING_LABELS, STATUS_COLOURS, STATUS_LABELS
from ohs.declarations.models import Declaration, DeclarationEvent, Filing
from ohs.declarations.queries import FILING_LIMITS, filings_due, waiting_for
from ohs.declarations.rules import clock_of_filing, duty_of
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission, could, visible
from ohs.kernel.screens import show_capped
from ohs.registry.queries import open_pairs
from ohs.rulebook.deadlines import WorkCalendar
from ohs.rulebook.time_left import Left, left_until
from ohs.surveillance.duties import duty_teller, next_duties
from ohs.surveillance.queries import FindingFilters, findings_visible_to, nearest_suspected
from ohs.uploads.models import Upload
from ohs.uploads.queries import uploads_visible_to

SHOWN = 8
#: So many of what waits are counted; a desk must not be slower where there is more.
DESK_CAP = 1_000
#: The deadline that a version keeps while it waits for somebody; a draft keeps the one of its kind.
CLOCKS = {"submitted": "declaration-receipt", "returned": "declaration-correction"}
#: Which day of a filing says until when, by its standing.
FILING_DAYS = {
    "update_due": "update_closes_on",
    "change_due": "change_due_on",
    "untrue": "correction_due_on",
}


@dataclass(frozen=True)
class Errand:
    """One thing to be done: what, about whom, where, until when."""

    title: str
    note: str
    href: str
    tag: str = ""
    colour: str = ""
    left: Left | None = None
    #: Set where it is urgent without a day.
    is_late: bool = False

    @property
    def rank(self) -> tuple[bool, date]:
        """Earlier days first; what is late without a day before all, what has no day last."""
        if self.left is None:
            return not self.is_late, date.min if self.is_late else date.max
        return False, self.left.due_on


@dataclass(frozen=True)
class Pile:
    """Some errands of one kind, how many there are in all, and the list that holds the rest."""

    errands: list[Errand]
    count: int
    label: str
    href: str


def waiting_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """Everything that waits for this reader, the nearest day first."""
    work = work_calendar(session)
    piles = [pile for pile in _piles(session, user, today(), work) if pile.count]
    errands = sorted((errand for pile in piles for errand in pile.errands), key=lambda errand: errand.rank)
    return {"errands": errands[:SHOWN], "piles": piles}


def _piles(session: Session, user: Any, on: date, work: WorkCalendar) -> Iterator[Pile]:
    if could(user, Permission.INBOX_READ):
        yield _cases(session, user)
    if could(user, Permission.VISIT_LIST):
        yield _visits(session, user, on, work)
    if could(user, Permission.DECLARATION_ACCEPT_LIST) or could(user, Permission.DECLARATION_CREATE):
        yield _versions(session, user, on, work)
    if could(user, Permission.DECLARATION_CREATE):
        yield _filings(session, user, on, work)
    if could(user, Permission.DECLARATION_ACCEPT_LIST):
        yield _closures(session, user, on, work)
    if could(user, Permission.UPLOAD_DECIDE):
        yield _uploads(session, user)
    if could(user, Permission.EXPORT_APPROVE):
        yield _approvals(session, user)
    if could(user, Permission.EMPLOYER_MERGE):
        yield from _duplicates(session, user)


def _cases(session: Session, user: Any) -> Pile:
    """What this person's organisation must do on cases."""
    question = cases_waiting_for(user)
    rows = session.scalars(in_order(question, INBOX_ORDER).limit(SHOWN)).all()
    tell, errands = waiting_teller(session, rows), []
    for row in rows:
        line = tell(row)
        place = row.case.employer.standing.name if row.case.employer else row.case.number
        note = f"{place} · {row.case.number}" if line.left else f"{place} · {row.case.number} · {line.open_end}"
        errands.append(
            Errand(
                line.what or _("Look at it: no limit runs"), note, url_for("desk.case", number=row.case.number), say(kind_name(row.case.kind)),
                KIND_COLOURS.get(row.case.kind, ""), line.left,
            )
        )  # fmt: skip
    return Pile(errands, capped_count(session, question, DESK_CAP), _("cases to act on"), url_for("cases.inbox"))


def _visits(session: Session, user: Any, on: date, work: WorkCalendar) -> Pile:
    """What a town is asked to look at on the spot."""
    question = filtered_visits(user, VisitFilters(standing="open"), on)
    errands = [
        Errand(
            one.employer.standing.name, f"{_('visit on the spot')} · {one.number}", url_for("cases.visit", number=one.number), _("to be looked at"), "blue",
            left_until(one.due_on, WITHIN, on, work, since=one.asked_on),
        )
        for one in session.scalars(in_order(question, VISIT_ORDERS["due"]).limit(SHOWN))
    ]  # fmt: skip
    return Pile(errands, capped_count(session, question, DESK_CAP), _("visits on the spot"), url_for("cases.visits"))


def _versions(session: Session, user: Any, on: date, work: WorkCalendar) -> Pile:
    question = waiting_for(user)
    rows = session.scalars(question.order_by(Declaration.due_on.is_(None), Declaration.due_on, Declaration.id).limit(SHOWN))
    errands = [
        Errand(
            one.employer.standing.name, f"{say(KIND_LABELS[one.kind])} · {one.number}", url_for("declarations.show", number=one.number),
            say(STATUS_LABELS[one.status]), STATUS_COLOURS[one.status], left_until(one.due_on, CLOCKS.get(one.status) or duty_of(one.kind, one.form)[0], on, work),
        )
        for one in rows
    ]  # fmt: skip
    accepts = could(user, Permission.DECLARATION_ACCEPT_LIST)
    href = url_for("declarations.index", mine="yes", status="submitted") if accepts else url_for("declarations.index")
    return Pile(errands, capped_count(session, question), _("to be accepted") if accepts else _("to be completed"), href)


def _filings(session: Session, user: Any, on: date, work: WorkCalendar) -> Pile:
    question, day = filings_due(user), case(FILING_LIMITS, value=Filing.status)
    rows = session.scalars(question.options(joinedload(Filing.workplace)).order_by(day.is_(None), day, Filing.id).limit(SHOWN))
    errands = []
    for one in rows:
        day_name = FILING_DAYS.get(one.status)
        left = left_until(getattr(one, day_name), clock_of_filing(one.status, one.change_reason), on, work) if day_name else None
        href = url_for("declarations.new", uscc=one.workplace.employer.standing.uscc, workplace=one.workplace_id)
        errands.append(
            Errand(
                one.workplace.employer.standing.name, one.workplace.address, href, say(STANDING_LABELS[one.status]), STANDING_COLOURS[one.status],
                left, is_late=one.status == "lapsed",
            )
        )  # fmt: skip
    return Pile(errands, capped_count(session, question), _("filings to be renewed"), url_for("declarations.index", sort="due"))


def _closures(session: Session, user: Any, on: date, work: WorkCalendar) -> Pile:
    """Closures reported to this office, with the day of the latest report."""
    mine = visible(user, Permission.DECLARATION_CONFIRM_CLOSURE, Declaration)
    question = (
        select(Declaration).join(Declaration.filing).where(Declaration.status == "accepted", Filing.status == "cancel_pending", mine)
    )  # fmt: skip
    rows = session.scalars(question.options(joinedload(Declaration.employer)).order_by(Declaration.id).limit(SHOWN)).all()
    reported = (
        select(DeclarationEvent.filing_id, DeclarationEvent.due_on)
        .where(DeclarationEvent.event == "closure-reported", DeclarationEvent.filing_id.in_([one.filing_id for one in rows]))
        .order_by(DeclarationEvent.id)
    )
    due = {row.filing_id: row.due_on for row in session.execute(reported)}
    errands = [
        Errand(
            one.employer.standing.name, f"{_('closure to be confirmed')} · {one.number}", url_for("declarations.show", number=one.number),
            say(STANDING_LABELS["cancel_pending"]), STANDING_COLOURS["cancel_pending"], left_until(due.get(one.filing_id), "declaration-cancel-confirm", on, work),
        )
        for one in rows
    ]  # fmt: skip
    return Pile(
        errands, capped_count(session, question), _("closures to be confirmed"), url_for("declarations.index", standing="cancel_pending")
    )


def _uploads(session: Session, user: Any) -> Pile:
    """Files that were checked and wait for a decision of their sender, and those that could not be read."""
    question = uploads_visible_to(user).where(Upload.state.in_(("checked", "failed")), Upload.is_dry_run.is_(False))
    rows = session.scalars(question.order_by(Upload.received_at.desc(), Upload.id.desc()).limit(SHOWN)).all()
    errands = [
        Errand(
            one.filename, one.number, url_for("uploads.show", number=one.number), *_state_of(one), is_late=one.state == "failed" or one.problem_count > 0
        )
        for one in rows
    ]  # fmt: skip
    return Pile(errands, capped_count(session, question), _("files to be decided"), url_for("uploads.index"))


def _state_of(upload: Upload) -> tuple[str, str]:
    if upload.state == "failed":
        return _("could not be read"), "red"
    if upload.problem_count:
        return _("%(count)s problems to be put right", count=f"{upload.problem_count:,}"), "orange"
    return _("to be committed"), "blue"


def _approvals(session: Session, user: Any) -> Pile:
    """Exports for which a colleague asks this person's consent."""
    question = approvals_of(user).where(ExportApproval.state == "waiting", ExportApproval.asked_by_id != user.id)
    rows = session.scalars(question.limit(SHOWN))
    errands = [
        Errand(_("Consent to an export"), _("%(count)s rows about workers", count=f"{one.row_count:,}"), url_for("approvals.index"), _("waits for you"), "blue")
        for one in rows
    ]  # fmt: skip
    return Pile(errands, capped_count(session, question), _("exports waiting for consent"), url_for("approvals.index"))


def _duplicates(session: Session, user: Any) -> Iterator[Pile]:
    places = [("employer", Permission.EMPLOYER_MERGE, "employers.duplicates", _("possible duplicates of employers"))]
    places.append(("worker", Permission.WORKER_MERGE, "workers.duplicates", _("possible duplicates of workers")))
    for kind, permission, endpoint, label in places:
        if could(user, permission):
            yield Pile([], capped_count(session, open_pairs(user, kind)), label, url_for(endpoint))


def findings_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """Suspected diseases with a day still ahead, the nearest first, as their own list orders them."""
    question = findings_visible_to(user, FindingFilters(kind="S", standing="open", on=today()))
    rows = nearest_suspected(session, user, today(), SHOWN)
    tell = duty_teller(session)
    lines = [(row, next_duties(tell, row)) for row in rows]
    return {"findings": lines, "count": show_capped(capped_count(session, question, DESK_CAP), DESK_CAP)}
