"""Pages of hand-overs: sending, the list, the preview with its answer, and the scorecard."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from exports.typesetting import PDF
from ohs.accounts.models import Organisation
from ohs.cases.documents import content_of
from ohs.cases.handing_over import accept, already, hand_over, refuse, revoke
from ohs.cases.inbox_tabs import tabs_of_inbox
from ohs.cases.labels import kind_name
from ohs.cases.models import Case
from ohs.cases.preview import preview_of, without_names
from ohs.cases.standing import transfer_left
from ohs.cases.transfer_forms import AnswerForm, HandOverForm, ScorecardForm, TransferFilterForm
from ohs.cases.transfer_labels import ANSWER_COLOURS, ANSWER_LABELS, KIND_LABELS, PART_LABELS
from ohs.cases.transfer_queries import ORDERS, find_transfer, receivers, tracks_held, transfers_of
from ohs.cases.transfer_scorecard import scorecard
from ohs.cases.transfers_models import Transfer
from ohs.cases.views import find as find_of_address
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.downloads import bytes_answer
from ohs.kernel.ledger import read_ledger
from ohs.kernel.policy import Permission, allowed, requires

LABELS: dict[str, Any] = {
    "PART_LABELS": PART_LABELS, "KIND_LABELS": KIND_LABELS, "ANSWER_LABELS": ANSWER_LABELS, "ANSWER_COLOURS": ANSWER_COLOURS, "kind_name": kind_name,
}  # fmt: skip


def find(transfer_id: int) -> Transfer | None:
    """The hand-over of an address."""
    return find_transfer(db.session(), transfer_id)


@requires(Permission.CASE_HAND_OVER, find_of_address)
def send(case: Case) -> Any:
    """Hand a case or a track of it to another office or institution."""
    session, form = db.session(), HandOverForm()
    held = tracks_held(case, current_user.organisation_id)
    places = {place.id: place.name for track in held for place in receivers(session, case, track)}
    form.track.choices = [(track, PART_LABELS[track]) for track in held]
    form.to_id.choices = [(0, _("Choose…")), *places.items()]
    if request.method == "GET":
        form.track.data = held[0]
    if form.validate_on_submit():
        to = session.get_one(Organisation, form.to_id.data)
        with form.attempt(session):
            sent = hand_over(session, case, to, form.reason.data or "", actor=current_user, on=today(), track=form.track.data)
        if not form.errors:
            session.commit()
            flash(_("%(name)s is asked to take it, until %(day)s; until then it stays with you.", name=to.name, day=sent.due_on), "success")
            if sent.document is not None:
                flash(_("Issued: %(number)s.", number=sent.document.number), "success")
            return redirect(url_for("desk.case", number=case.number))
    return render_template("cases/hand_over.html", case=case, form=form, **LABELS), form.status


@requires(Permission.TRANSFER_LIST)
def index() -> Any:
    """Hand-overs of this person's organisation: to answer, sent, and how they ended."""
    form = TransferFilterForm(request.args)
    default = "due" if form.filters().standing == "open" else "-new"
    ledger = read_ledger(db.session(), transfers_of(current_user, form.filters()), ORDERS, default)
    return render_template(
        "cases/transfers.html", form=form, ledger=ledger, tabs=tabs_of_inbox("cases.transfers"), left=transfer_left(db.session()),
        may_open=lambda one: allowed(current_user, Permission.TRANSFER_READ, one), may_read=lambda one: allowed(current_user, Permission.CASE_READ, one.case), answer_of=_answer_of, **LABELS,
    )  # fmt: skip


def _answer_of(transfer: Transfer) -> str:
    """Why it was answered so, without names for who may not read the case."""
    known = allowed(current_user, Permission.CASE_READ, transfer.case)
    return transfer.answer_reason if known else without_names(transfer.answer_reason, transfer.case)


@requires(Permission.TRANSFER_READ, find)
def show(transfer: Transfer) -> Any:
    """What is handed over, without anybody's name, and the form for the answer."""
    note_reading(db.session(), audit("case:previewed", transfer.case, current_user))
    return _page(transfer, AnswerForm())


@requires(Permission.TRANSFER_READ, find)
def letter(transfer: Transfer) -> Any:
    """The letter with which it was sent, for who sent it and who must answer; the reading is kept on record. It names no worker and no employer."""
    document = transfer.document or abort(404)
    copy = document.copies[0]
    content, name = content_of(copy), f"{document.number}.pdf"
    note_reading(db.session(), audit("case-document:read", copy, current_user, after={"addressee": copy.addressee}))
    sent = bytes_answer(content, name, PDF)
    sent.headers["X-Content-Type-Options"] = "nosniff"
    return sent


@requires(Permission.TRANSFER_ANSWER, find)
def answer(transfer: Transfer) -> Any:
    """Accept or refuse."""
    form, session = AnswerForm(), db.session()
    if not form.validate_on_submit():
        return _page(transfer, form), 400
    if form.answer.data == "accept":
        accept(session, transfer, actor=current_user, on=today(), note=form.reason.data or "")
        flash(_("Accepted: %(name)s has it now.", name=transfer.taker.name), "success")
    else:
        refuse(session, transfer, form.reason.data or "", actor=current_user, on=today())
        flash(_("Refused. The matter stands on the joint meeting’s list now."), "success")
    session.commit()
    if allowed(current_user, Permission.CASE_READ, transfer.case):
        return redirect(url_for("desk.case", number=transfer.case.number))
    return redirect(url_for("cases.transfers"))


@requires(Permission.TRANSFER_REVOKE, find)
def take_back(transfer: Transfer) -> Any:
    """Take back what was sent."""
    revoke(db.session(), transfer, actor=current_user, on=today())
    db.session.commit()
    flash(_("Taken back: it stays with you."), "success")
    return redirect(url_for("cases.transfers"))


def _page(transfer: Transfer, form: AnswerForm) -> str:
    session = db.session()
    return render_template(
        "cases/transfer.html", transfer=transfer, form=form, preview=preview_of(session, transfer, today()), left=transfer_left(session)(transfer),
        already=already(transfer) if transfer.answer else None, may_read=allowed(current_user, Permission.CASE_READ, transfer.case),
        answer_of=_answer_of, **LABELS,
    )  # fmt: skip


@requires(Permission.TRANSFER_FIGURES)
def figures() -> Any:
    """How long offices and institutions let hand-overs wait."""
    form = ScorecardForm(request.args)
    since, until = form.span(today())
    rows = scorecard(db.session(), since, until, today())
    return render_template(
        "cases/transfer_figures.html", form=form, rows=rows, since=since, until=until, tabs=tabs_of_inbox("cases.transfer_figures")
    )
