"""Pages of the evidence of a case: what is on file, adding to it, taking back, and reading a file."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from ohs.cases.evidence import add_evidence, content_of, kinds_for, may_take_back, seen_by, take_back
from ohs.cases.forms import EvidenceForm
from ohs.cases.kinds.proofs import EVIDENCE, PROOFS
from ohs.cases.labels import kind_name
from ohs.cases.models import Case, CaseEvidence
from ohs.cases.views import find
from ohs.kernel.attached import attached_from
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.downloads import bytes_answer
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, allowed, requires, told_to_employer

#: So many signs of a digest are shown; the whole one stands in the title.
SHORT_DIGEST = 12


def evidence_panel(_session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """What is on file of a case, on its page; nothing for whoever sees none and may add none."""
    shown = [(one, may_take_back(user, case, one)) for one in seen_by(user, case)]
    can_add = case.closed_on is None and allowed(user, Permission.CASE_ACT, case) and bool(kinds_for(user, case))
    if not shown and not can_add:
        return None
    return {"shown": shown, "can_add": can_add, "EVIDENCE": EVIDENCE, "SHORT_DIGEST": SHORT_DIGEST}


@requires(Permission.CASE_ACT, find)
def add(case: Case) -> Any:
    """Put a file on a case."""
    form, session = EvidenceForm(), db.session()
    form.kind.choices = [("", _("Choose…")), *((kind, _with_employer(case, kind)) for kind in kinds_for(current_user, case))]
    if form.validate_on_submit():
        with form.attempt(session):
            made = add_evidence(session, case, form.kind.data, attached_from(form.file.data), actor=current_user, on=today())
        if not form.errors:
            session.commit()
            flash(_("On file: %(what)s, %(name)s.", what=say(EVIDENCE[made.kind]), name=made.filename), "success")
            return redirect(url_for("desk.case", number=case.number))
    return render_template("cases/evidence.html", case=case, form=form, kind_name=kind_name), form.status


def _with_employer(case: Case, kind: str) -> str:
    """What it is, and whether the employer will read it: whoever files something for a worker must know before."""
    what = say(EVIDENCE[kind])
    if case.employer_id is None or not told_to_employer.holds(current_user, case):
        return what
    return (
        _("%(what)s (the employer reads it)", what=what)
        if "EMP" in PROOFS[kind].readers
        else _("%(what)s (the employer does not read it)", what=what)
    )


@requires(Permission.CASE_READ, find)
def download(case: Case) -> Any:
    """A file of a case, for those who may see its kind; each reading is on record. Always downloaded, never opened in this site's name."""
    found = _of_address(case)
    id, name = found.id, found.filename
    note_reading(db.session(), audit("case:evidence-read", case, current_user, after={"evidence": found.kind, "file": found.sha256}))
    answer = bytes_answer(content_of(db.session(), id), name, "application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@requires(Permission.CASE_ACT, find)
def remove(case: Case) -> Any:
    """Take back a file that one has added oneself."""
    found = _of_address(case)
    take_back(db.session(), case, found, actor=current_user, on=today())
    db.session.commit()
    flash(_("%(name)s is taken back.", name=found.filename), "success")
    return redirect(url_for("desk.case", number=case.number))


def _of_address(case: Case) -> CaseEvidence:
    """The file of the address, as far as this person may know that it is there."""
    wanted = (request.view_args or {})["evidence_id"]
    return next((one for one in seen_by(current_user, case) if one.id == wanted), None) or abort(404)
