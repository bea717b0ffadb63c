"""The evidence pack of a case: what it would hold, the reason for which an officer opens it, and the pack itself."""

from __future__ import annotations

import io
from tempfile import TemporaryFile
from typing import Any

from flask import redirect, render_template, send_file, url_for
from flask_login import current_user

from exports.evidence_pack import pack_pdf, write_archive
from exports.typesetting import PDF
from ohs.accounts.services import give_purpose
from ohs.cases.models import Case
from ohs.cases.queries import get_for_page
from ohs.desk.evidence_pack import TITLE, attachments_of, pack_of
from ohs.desk.pack_material import Material, gather
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, allowed, requires
from ohs.surveillance.forms import PurposeForm


def panel_of(_session: Any, user: Any, case: Case) -> dict[str, Any] | None:
    """The way to the pack, for who may have it."""
    return {} if allowed(user, Permission.CASE_PACK_SHOW, case) else None


def _find(number: str) -> Case | None:
    case = get_for_page(db.session(), number)
    return case if case is not None and case.worker is not None else None


@requires(Permission.CASE_PACK_SHOW, _find)
def show(case: Case) -> Any:
    """How much the pack holds; for an officer first the reason."""
    return _page(case, PurposeForm())


def _page(case: Case, form: PurposeForm) -> Any:
    is_open = allowed(current_user, Permission.CASE_PACK_READ, case)
    material = gather(db.session(), current_user, case) if is_open else None
    page = render_template("desk/evidence_pack.html", case=case, material=material, form=form)
    return page, 400 if form.errors else 200


@requires(Permission.CASE_PACK_SHOW, _find)
def purpose(case: Case) -> Any:
    """Name a reason; the worker's file is then open to this person for a while."""
    form = PurposeForm()
    if not form.validate_on_submit() or allowed(current_user, Permission.CASE_PACK_READ, case):
        return _page(case, form)
    assert case.worker_id is not None
    give_purpose(db.session(), current_user, case.worker_id, f"{form.reason.data}: {form.note.data.strip()}")
    db.session.commit()
    return redirect(url_for("desk.evidence_pack", number=case.number))


@requires(Permission.CASE_PACK_READ, _find)
def binder(case: Case) -> Any:
    """The PDF; the reading of the case and of every examination in it is kept on record."""
    material = gather(db.session(), current_user, case)
    content = pack_pdf(pack_of(current_user, material, now()))
    _note(material, "pdf")
    return send_file(io.BytesIO(content), mimetype=PDF, as_attachment=True, download_name=f"{TITLE}-{case.number}.pdf")


@requires(Permission.CASE_PACK_READ, _find)
def archive(case: Case) -> Any:
    """The PDF with its attachments, their list and their digests; written to a file beside, gone when it is sent."""
    material, number = gather(db.session(), current_user, case), case.number
    file = TemporaryFile()  # noqa: SIM115  (lives on until it is sent)
    content = pack_pdf(pack_of(current_user, material, now()))
    write_archive(file, content, f"个案 {number}", attachments_of(db.session(), current_user, material))
    file.seek(0)
    _note(material, "zip")
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"{TITLE}-{number}.zip")


def _note(material: Material, form: str) -> None:
    readings = [audit("examination:read", one, current_user, after={"worker": one.worker_id}) for one in material.examinations]
    told = {"format": form, "rows": len(readings), "worker": material.worker.id}
    note_reading(db.session(), audit("case:read-pack", material.case, current_user, after=told), *readings)
