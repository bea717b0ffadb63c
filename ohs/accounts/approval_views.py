"""Pages of exports that need a second person: ask with a reason, decide on a colleague's request, see what became of it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.approvals import approvals_of, ask_approval, colleagues_who_decide, consent_ends, decide_approval
from ohs.accounts.forms import AskForm
from ohs.accounts.models import ExportApproval, User
from ohs.accounts.reports import count_rows, filters_in_words, find_report
from ohs.accounts.settings import setting
from ohs.accounts.views_saved import arguments_of
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.ledger import read_ledger
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, could, requires

ORDERS = {"new": (Key(ExportApproval.id),)}


@requires(Permission.EXPORT_LIST)
def index() -> Any:
    """Requests of my organisation."""
    ledger = read_ledger(db.session(), approvals_of(current_user), ORDERS, "-new")
    people = {user.id: user.name for user in db.session.query(User).filter(User.organisation_id == current_user.organisation_id)}
    return render_template(
        "accounts/approvals.html", ledger=ledger, people=people, may_decide=could(current_user, Permission.EXPORT_APPROVE), find_report=find_report,
        filters_in_words=filters_in_words,
        ends={one.id: consent_ends(db.session(), one) for one in ledger.rows}, now=now(),
        alone=setting(db.session(), "export_rows_alone"),
    )  # fmt: skip


@requires(Permission.EXPORT_LIST)
def ask() -> Any:
    """Say what the export is for; a colleague then decides."""
    report, query = find_report(request.args.get("report", "")), request.args.get("query", "")
    if report is None or not could(current_user, report.permission):
        abort(400)
    form, rows = AskForm(), count_rows(db.session(), current_user, report, arguments_of(query))
    if form.validate_on_submit():
        ask_approval(db.session(), current_user, report.name, query, rows, form.reason.data)
        db.session.commit()
        flash(_("Asked. As soon as a colleague agrees you can take the export from this page."), "success")
        return redirect(url_for("approvals.index"))
    page = render_template(
        "accounts/ask.html", form=form, report=report, query=query, rows=rows, filters_in_words=filters_in_words, alone=setting(db.session(), "export_rows_alone"),
        colleagues=db.session.scalars(colleagues_who_decide(current_user)).all(),
    )  # fmt: skip
    return page, 400 if form.errors else 200


def _approval(approval_id: int) -> ExportApproval | None:
    return db.session.get(ExportApproval, approval_id)


@requires(Permission.EXPORT_APPROVE, _approval)
def decide(approval: ExportApproval) -> Any:
    """Agree to a colleague's export, or refuse it."""
    decision = request.form.get("decision")
    if decision not in ("approve", "refuse"):
        abort(400)
    decide_approval(db.session(), approval, is_approved=decision == "approve", actor=current_user)
    db.session.commit()
    if approval.state == "approved":
        flash(
            _("Agreed; your colleague can take the export within %(hours)s hours.", hours=setting(db.session(), "export_consent_hours")),
            "success",
        )
    else:
        flash(_("Refused."), "success")
    return redirect(url_for("approvals.index"))
