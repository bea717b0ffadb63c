"""Small pages of everybody's account: kept views, and consent to exports of many workers' data."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.approvals import approvals_of, decide_approval
from ohs.accounts.models import ExportApproval, SavedView, User
from ohs.accounts.views_saved import find_view, save_view
from ohs.kernel.database import db
from ohs.kernel.ledger import read_ledger
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, could, requires
from ohs.kernel.screens import menu

#: Lists whose filters can be kept.
LISTS = ("employers.index", "declarations.index", "examinations.index", "uploads.index")


@requires(Permission.DESK_READ)
def administration() -> Any:
    """The first page of administration in the reader's menu; the desk for those who have none."""
    first = next((item.endpoint for item in menu() if item.endpoint.startswith("admin.")), "desk.index")
    return redirect(url_for(first))


@requires(Permission.VIEW_SAVE)
def save() -> Any:
    """Keep the filters of a list as a tab."""
    endpoint = request.form.get("endpoint", "")
    if endpoint not in LISTS:
        return redirect(url_for("desk.index"))
    query = request.form.get("query", "")
    save_view(db.session(), current_user, endpoint, request.form.get("name", ""), query)
    db.session.commit()
    flash(_("Kept as a view of your own."), "success")
    return redirect(f"{url_for(endpoint)}?{query}")


def _view(view_id: int) -> SavedView | None:
    return find_view(db.session(), view_id)


@requires(Permission.VIEW_DELETE, _view)
def delete(view: SavedView) -> Any:
    """Throw a kept view away."""
    db.session.delete(view)
    db.session.commit()
    return redirect(url_for(view.endpoint))


@requires(Permission.EXPORT_LIST)
def approvals() -> Any:
    """Requests of my organisation."""
    orders = {"new": (Key(ExportApproval.id),)}
    ledger = read_ledger(db.session(), approvals_of(current_user), orders, "-new")
    people = {user.id: user.name for user in db.session.query(User).filter(User.organisation_id == current_user.organisation_id)}
    return render_template(
        "accounts/approvals.html", ledger=ledger, people=people, may_decide=could(current_user, Permission.EXPORT_APPROVE)
    )


def _approval(approval_id: int) -> ExportApproval | None:
    return db.session.get(ExportApproval, approval_id)


@requires(Permission.EXPORT_APPROVE, _approval)
def decide(approval: ExportApproval) -> Any:
    """Agree to a colleague's export, or refuse it."""
    decide_approval(db.session(), approval, is_approved=request.form.get("decision") == "approve", actor=current_user)
    db.session.commit()
    flash(_("Agreed; your colleague can take the export for a day.") if approval.state == "approved" else _("Refused."), "success")
    return redirect(url_for("approvals.index"))
