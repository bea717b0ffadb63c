"""Pages about the letters of a case: writing one, looking at it beforehand, reading a copy, declaring one void."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session, undefer
from wtforms import BooleanField
from wtforms.validators import DataRequired

from exports.typesetting import PDF
from ohs.cases.actors import By
from ohs.cases.document_facts import basis, is_verified
from ohs.cases.document_kinds import LETTERS, LetterKind
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.documents import content_of, documents_of, issue_document, letters_for, offices_to_send_to, preview, void_document
from ohs.cases.forms import ActForm, VoidForm, act_form
from ohs.cases.labels import ACTOR_LABELS, kind_name
from ohs.cases.models import Case
from ohs.cases.views import find
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, requires

ADDRESSEES: dict[str, Any] = ACTOR_LABELS | {"OFFICE": _l("The department that is chosen")}


def panel_of(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """The letters of a case that this reader may open, and those that may be written now."""
    documents = [
        (one, [copy for copy in one.copies if allowed(user, Permission.CASE_DOCUMENT_READ, copy)]) for one in documents_of(session, case)
    ]
    shown = [(one, copies) for one, copies in documents if copies]
    may = letters_for(case, By(user)) if allowed(user, Permission.CASE_DOCUMENT_ISSUE, case) else []
    if not shown and not may:
        return None
    return {"documents": shown, "letters": may, "LETTERS": LETTERS, "ADDRESSEES": ADDRESSEES}  # fmt: skip


def _find_document(number: str, document_id: int) -> CaseDocument | None:
    found = db.session.get(CaseDocument, document_id)
    return found if found is not None and found.case.number == number.upper() else None


def _find_copy(number: str, copy_id: int) -> CaseDocumentCopy | None:
    found = db.session.get(CaseDocumentCopy, copy_id, options=[undefer(CaseDocumentCopy.content)])
    return found if found is not None and found.document.case.number == number.upper() else None


@requires(Permission.CASE_DOCUMENT_ISSUE, find)
def issue(case: Case) -> Any:
    """Write a letter: what it asks for, a look at it, and the confirmation that uses up a number."""
    letter = LETTERS.get((request.view_args or {})["code"])
    if letter is None or case.kind not in letter.when:
        abort(404)
    session, form = db.session(), _form(case, letter)
    wants_look = request.method == "POST" and "look" in request.form
    if form.validate_on_submit() or (wants_look and set(form.errors) <= {"is_confirmed"}):
        told = form.told()
        told |= {key: int(value) for key, value in told.items() if key == "office_id" and value}
        with form.attempt(session):
            if wants_look:
                return _look(preview(session, case, letter.code, told, actor=current_user, on=today()), letter)
            made = issue_document(session, case, letter.code, told, actor=current_user, on=today())
        if not form.errors:
            session.commit()
            flash(_("Issued: %(number)s.", number=made.number), "success")
            return redirect(url_for("desk.case", number=case.number))
    on = today()
    page = render_template(
        "cases/issue_document.html", case=case, letter=letter, form=form, kind_name=kind_name, ADDRESSEES=ADDRESSEES, basis=basis(letter.rests_on.get(case.kind, ()), on),
        is_verified=is_verified(letter.rests_on.get(case.kind, ()), on), is_ready=letter in letters_for(case, By(current_user)),
    )  # fmt: skip
    return page, form.status


def _form(case: Case, letter: LetterKind) -> ActForm:
    session = db.session()
    offices = {str(one.id): Message(one.name) for one in offices_to_send_to(session, case, By(current_user))}
    asks = tuple(replace(fact, kind="choice", choices=offices) if fact.kind == "office" else fact for fact in letter.asks)
    confirmed = BooleanField(
        _("I have looked at the letter; with “Issue” its number is used up."), [DataRequired(_("Confirm that the letter is to be issued."))]
    )
    return act_form(session, asks, is_confirmed=confirmed)


def _look(copies: list[bytes], letter: LetterKind) -> Response:
    """One copy to be looked at here; several as one archive."""
    if len(copies) == 1:
        return send_file(io.BytesIO(copies[0]), mimetype=PDF, download_name=f"{letter.title}.pdf")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for position, (copy, content) in enumerate(zip(letter.copies, copies, strict=True), 1):
            archive.writestr(f"{letter.title}-{position}-{ADDRESSEES[copy.to]}.pdf", content)
    packed.seek(0)
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=f"{letter.title}.zip")


@requires(Permission.CASE_DOCUMENT_READ, _find_copy)
def read(copy: CaseDocumentCopy) -> Any:
    """One copy as it was sent; the reading is kept on record."""
    content, name = content_of(copy), f"{copy.number}-{ADDRESSEES[copy.addressee]}.pdf"
    note_reading(db.session(), audit("case-document:read", copy, current_user, after={"addressee": copy.addressee}))
    answer = send_file(io.BytesIO(content), mimetype=PDF, as_attachment=True, download_name=name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@requires(Permission.CASE_DOCUMENT_VOID, _find_document)
def void(document: CaseDocument) -> Any:
    """Declare a letter of one's own organ void."""
    form = VoidForm()
    if form.validate_on_submit():
        with form.attempt(db.session()):
            void_document(db.session(), document, form.reason.data or "", actor=current_user, on=today())
        if not form.errors:
            db.session.commit()
            flash(_("%(number)s is void.", number=document.number), "success")
            return redirect(url_for("desk.case", number=document.case.number))
    page = render_template("cases/void_document.html", document=document, letter=LETTERS[document.kind], form=form)
    return page, form.status
