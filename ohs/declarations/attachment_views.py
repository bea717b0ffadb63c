"""Files that go with a declaration: attached while it is written, taken away again, downloaded by who may read it."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import undefer

from ohs.declarations.edit_views import around
from ohs.declarations.forms import AttachmentForm
from ohs.declarations.models import Attachment, Declaration
from ohs.declarations.queries import attachments_of
from ohs.declarations.views import find
from ohs.kernel.attached import attached_from
from ohs.kernel.audit import audit
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, requires

#: So many files go with a declaration.
ATTACHMENTS_AT_MOST = 20


def _find_attachment(attachment_id: int) -> Declaration | None:
    attachment = db.session.get(Attachment, attachment_id)
    return None if attachment is None else db.session.get(Declaration, attachment.declaration_id)


@requires(Permission.DECLARATION_EDIT, find)
def attachments(declaration: Declaration) -> Any:
    """Files that go with the declaration."""
    form = AttachmentForm()
    if form.validate_on_submit():
        _attach(declaration, form)
        if not form.errors:
            db.session.commit()
            return redirect(url_for("declarations.attachments", number=declaration.number))
    page = render_template(
        "declarations/attachments.html",
        form=form,
        step="attachments",
        attachments=db.session.scalars(attachments_of(declaration)).all(),
        **around(declaration, []),
    )
    return page, 400 if form.errors else 200


def _attach(declaration: Declaration, form: AttachmentForm) -> None:
    if not declaration.is_being_written:
        abort(409)
    if len(db.session.scalars(select(Attachment.id).where(Attachment.declaration_id == declaration.id)).all()) >= ATTACHMENTS_AT_MOST:
        form.file.errors = [_("At most 20 files go with a declaration.")]
    else:
        file = attached_from(form.file.data)
        made = Attachment(
            declaration_id=declaration.id, filename=file.name, content_type=file.content_type, size=len(file.content),
            sha256=file.sha256, content=file.content, added_by_id=current_user.id,
        )  # fmt: skip
        db.session.add_all([made, audit("declaration:attached", declaration, current_user, after={"file": made.sha256})])


@requires(Permission.DECLARATION_EDIT, _find_attachment)
def detach(declaration: Declaration) -> Any:
    """Take an attachment away again, while the declaration is being written."""
    found = db.session.get_one(Attachment, (request.view_args or {})["attachment_id"])
    if not declaration.is_being_written:
        abort(409)
    db.session.delete(found)
    db.session.add(audit("declaration:detached", declaration, current_user, before={"file": found.sha256}))
    db.session.commit()
    return redirect(url_for("declarations.attachments", number=declaration.number))


@requires(Permission.DECLARATION_READ_FULL, _find_attachment)
def attachment(declaration: Declaration) -> Any:
    """A file handed in with a version; always downloaded, never opened in this site's name."""
    found = db.session.get_one(Attachment, (request.view_args or {})["attachment_id"], options=[undefer(Attachment.content)])
    answer = send_file(io.BytesIO(found.content), mimetype="application/octet-stream", as_attachment=True, download_name=found.filename)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
