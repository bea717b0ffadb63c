"""What offices do: accept, accept many, return with reasons, find untrue, settle a closure."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.declarations.compare import differences
from ohs.declarations.drafts import accepted_version, answers_of, faults_of, form_of, rows_of
from ohs.declarations.fields import FIELDS, ROW_LABELS, ROWS, is_place
from ohs.declarations.forms import AcceptForm, ClosureDecisionForm, ClosureForm, ReturnForm, UntrueForm
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.queries import attachments_of, find_filing
from ohs.declarations.review import review
from ohs.declarations.services import (
    BatchResult,
    accept_declaration,
    confirm_closure,
    find_untrue,
    refuse_closure,
    report_closure,
    return_declaration,
)
from ohs.declarations.shown import show_row_value, show_value
from ohs.declarations.views import LABELS, find
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, requires

#: So many are accepted at once.
BATCH_AT_MOST = 200
DEFECT_LENGTH = 200


@requires(Permission.DECLARATION_ACCEPT, find)
def accept(declaration: Declaration) -> Any:
    """Look it over against the version in force and accept it."""
    if request.method == "GET" and declaration.status != "submitted":
        return redirect(url_for("declarations.show", number=declaration.number))
    form = AcceptForm()
    if form.validate_on_submit():
        receipt = accept_declaration(db.session(), declaration, actor=current_user, on=today())
        db.session.commit()
        flash(_("%(number)s is accepted; receipt %(receipt)s.", number=declaration.number, receipt=receipt.number), "success")
        return redirect(url_for("declarations.show", number=declaration.number))
    before = accepted_version(db.session(), declaration.filing)
    return render_template(
        "declarations/accept.html", declaration=declaration, form=form, before=before, faults=[*faults_of(db.session(), declaration, today()), *review(db.session(), declaration, today())],
        differences=differences(answers_of(before), answers_of(declaration), with_secrets=True) if before else [], **LABELS,
    )  # fmt: skip


@requires(Permission.DECLARATION_ACCEPT_LIST)
def accept_many() -> Any:
    """Accept those chosen in the ledger; each succeeds or fails by itself, and the page says which."""
    results = []
    for number in list(dict.fromkeys(request.form.getlist("number")))[:BATCH_AT_MOST]:
        declaration = find(number)
        if declaration is None or not allowed(current_user, Permission.DECLARATION_ACCEPT, declaration):
            results.append(BatchResult(number, "", Message("It is not at your desk."), False))
            continue
        name = declaration.employer.name
        try:
            with db.session.begin_nested():
                receipt = accept_declaration(db.session(), declaration, actor=current_user, on=today())
            results.append(BatchResult(number, name, Message("Accepted; receipt %(receipt)s.", receipt=receipt.number), True))
        except DomainError as refused:
            db.session.expire_all()
            results.append(BatchResult(number, name, refused.message, False))
    db.session.commit()
    return render_template("declarations/accept_many.html", results=results, done=sum(result.is_done for result in results))


@requires(Permission.DECLARATION_RETURN, find)
def send_back(declaration: Declaration) -> Any:
    """Return with one list of all defects, each tied to its field."""
    if request.method == "GET" and declaration.status != "submitted":
        return redirect(url_for("declarations.show", number=declaration.number))
    form = ReturnForm()
    if form.validate_on_submit():
        defects = [
            (name.removeprefix("defect:"), text.strip()[:DEFECT_LENGTH])
            for name, text in request.form.items()
            if name.startswith("defect:") and text.strip() and is_place(name.removeprefix("defect:"))
        ]
        if form.overall.data and form.overall.data.strip():
            defects.append(("overall", form.overall.data.strip()))
        if defects:
            return_declaration(db.session(), declaration, defects, actor=current_user, on=today())
            db.session.commit()
            flash(
                _(
                    "%(number)s is returned with %(count)s defects; the employer has until %(day)s.",
                    number=declaration.number,
                    count=len(defects),
                    day=declaration.due_on,
                ),
                "success",
            )
            return redirect(url_for("declarations.show", number=declaration.number))
        form.overall.errors = [_("Name at least one defect, at a field or for the whole.")]
    page = render_template(
        "declarations/return.html", declaration=declaration, form=form, values=form_of(declaration), rows=rows_of(declaration), FIELDS=FIELDS, ROWS=ROWS,
        ROW_LABELS=ROW_LABELS, show_value=show_value, show_row_value=show_row_value, attachments=db.session.scalars(attachments_of(declaration)).all(),
        faults=[*faults_of(db.session(), declaration, today()), *review(db.session(), declaration, today())], **LABELS,
    )  # fmt: skip
    return page, 400 if form.errors else 200


def _filing(filing_id: int) -> Filing | None:
    return find_filing(db.session(), filing_id)


def _newest(filing: Filing) -> str:
    """The page on which a filing is shown: that of its version in force."""
    current = accepted_version(db.session(), filing)
    return url_for("declarations.show", number=current.number) if current else url_for("declarations.index")


@requires(Permission.DECLARATION_FIND_UNTRUE, _filing)
def untrue(filing: Filing) -> Any:
    """A spot check has found the filing untrue."""
    form = UntrueForm()
    if form.validate_on_submit():
        find_untrue(db.session(), filing, record=form.record.data, due_on=form.due_on.data, actor=current_user, on=today())
        db.session.commit()
        flash(_("Marked as untrue; to be corrected until %(day)s.", day=filing.correction_due_on), "success")
        return redirect(_newest(filing))
    return render_template("declarations/untrue.html", form=form, filing=filing, back=_newest(filing)), 400 if form.errors else 200


@requires(Permission.DECLARATION_REPORT_CLOSURE, _filing)
def closure(filing: Filing) -> Any:
    """Report that production has ended."""
    form = ClosureForm()
    if form.validate_on_submit():
        report_closure(db.session(), filing, ended_on=form.ended_on.data, text=form.note.data or "", actor=current_user, on=today())
        db.session.commit()
        flash(_("Reported; the office that accepted the declaration will confirm it."), "success")
        return redirect(_newest(filing))
    return render_template("declarations/closure.html", form=form, filing=filing, back=_newest(filing)), 400 if form.errors else 200


def _filing_of_acceptor(filing_id: int) -> Declaration | None:
    filing = find_filing(db.session(), filing_id)
    return accepted_version(db.session(), filing) if filing else None


@requires(Permission.DECLARATION_CONFIRM_CLOSURE, _filing_of_acceptor)
def settle_closure(declaration: Declaration) -> Any:
    """Confirm or refuse a reported closure."""
    form, filing = ClosureDecisionForm(), declaration.filing
    if form.validate_on_submit():
        is_ready = form.site_seen.data and form.examinations_done.data and form.archives_handed_over.data
        if form.decision.data == "confirm" and not is_ready:
            form.decision.errors = [_("Before a closure is confirmed, all three must be done: site, leaving examinations, archives.")]
        else:
            settle = confirm_closure if form.decision.data == "confirm" else refuse_closure
            settle(db.session(), filing, text=form.note.data, actor=current_user, on=today())
            db.session.commit()
            flash(
                _("The closure is confirmed: cancelled.")
                if filing.status == "cancelled"
                else _("The closure is not confirmed; the filing lives on."),
                "success",
            )
            return redirect(_newest(filing))
    return render_template(
        "declarations/settle_closure.html", form=form, filing=filing, declaration=declaration
    ), 400 if form.errors else 200
