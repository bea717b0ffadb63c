"""Codes with which workers read their own file: handed out on the worker's page, listed, revoked."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from ohs.accounts.event_labels import CODE_DOCUMENTS, CODE_PURPOSES
from ohs.accounts.settings import setting
from ohs.desk.forms import GiveCodeForm
from ohs.desk.worker_views import find_worker
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.ledger import Ledger
from ohs.kernel.message import Message
from ohs.kernel.paging import paginate
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.models import Worker
from ohs.registry.own_access import CODE_ORDER, codes_of, codes_visible_to, hand_out_code, in_groups, own_worker, revoke_code
from ohs.registry.worker_codes import WorkerCode

STATE_LABELS = {
    "open": Message("Not used yet"), "reading": Message("The worker is reading"), "used": Message("Used"), "spent": Message("Spent by wrong digits"),
    "revoked": Message("Revoked"), "ended": Message("Ran out"),
}  # fmt: skip
STATE_COLOURS = {"open": "blue", "reading": "green", "used": "", "spent": "red", "revoked": "", "ended": ""}
#: Of one worker, the page shows the latest.
SHOWN = 8


def _code(code_id: int) -> WorkerCode | None:
    return db.session.get(WorkerCode, code_id)


def _told() -> dict[str, Any]:
    """What lists of codes are shown with."""
    moment, tries = now(), setting(db.session(), "worker_code_tries")
    return {
        "state_of": lambda code: code.state(moment, tries), "STATE_LABELS": STATE_LABELS, "STATE_COLOURS": STATE_COLOURS, "CODE_PURPOSES": CODE_PURPOSES,
    }  # fmt: skip


@requires(Permission.WORKER_CODE_GIVE, find_worker)
def give(worker: Worker) -> Any:
    """Hand out a code; the slip is shown once, in the answer to this form, and nowhere again."""
    form = GiveCodeForm()
    if form.validate_on_submit():
        given, code = hand_out_code(db.session(), worker, purpose=form.purpose.data, document=form.document.data, actor=current_user)
        minutes = setting(db.session(), "worker_reading_minutes")
        db.session.commit()
        address = url_for("me.index", _external=True)
        picture = Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=1, title=_("Picture to scan")))
        return render_template(
            "desk/code_slip.html", worker=worker, given=given, code=in_groups(code), address=address, picture=picture, minutes=minutes,
            office=current_user.organisation,
        )  # fmt: skip
    page = render_template("desk/give_code.html", worker=worker, form=form, CODE_DOCUMENTS=CODE_DOCUMENTS)
    return page, 400 if form.errors else 200


@requires(Permission.WORKER_CODE_LIST)
def index() -> Any:
    """Every code that was given out here, the latest first."""
    question = codes_visible_to(current_user)
    page = paginate(db.session(), question, CODE_ORDER, cursor=request.args.get("cursor", ""), size=request.args.get("rows", 50, type=int))
    return render_template("desk/codes.html", ledger=Ledger(page, ""), **_told())


@requires(Permission.WORKER_CODE_REVOKE, _code)
def revoke(code: WorkerCode) -> Any:
    """Let a code work no longer."""
    revoke_code(db.session(), code, actor=current_user)
    db.session.commit()
    flash(_("The code works no longer."), "success")
    return redirect(url_for("desk.worker", worker_id=own_worker(db.session(), code).id))


def codes_panel(session: Any, user: Any, worker: Worker) -> dict[str, Any] | None:
    """A worker's codes, for whoever may hand them out."""
    if not allowed(user, Permission.WORKER_CODE_GIVE, worker):
        return None
    return {"codes": session.scalars(codes_of(session, user, worker).limit(SHOWN)).all(), **_told()}
