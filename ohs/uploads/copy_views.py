"""Pages of the workbooks that an upload's sender takes away: made, told how far they are, and handed out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.kernel.audit import audit
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.downloads import bytes_answer
from ohs.kernel.i18n import current_locale, say
from ohs.kernel.policy import Permission, requires
from ohs.uploads.copies import (
    BAD_ROWS,
    KINDS,
    MARKED,
    CopyKind,
    CopyOfUpload,
    ask_for_copy,
    content_of_copy,
    find_copy,
    is_made_at_once,
    kinds_for,
    make_copy,
)
from ohs.uploads.models import Upload
from ohs.uploads.queries import find_upload
from ohs.uploads.services import content_of


def _find(number: str) -> Upload | None:
    return find_upload(db.session(), number)


def _copy_of(number: str, kind: str) -> CopyOfUpload | None:
    upload = _find(number)
    return CopyOfUpload(upload, KINDS[kind]) if upload is not None and kind in KINDS else None


def copies_of(upload: Upload) -> dict[str, Any]:
    """What the page shows of the workbooks that can be taken away: each kind with the kept one, if there is any."""
    kinds = kinds_for(upload)
    if is_made_at_once(upload):
        return {"kinds": kinds, "are_made_at_once": True, "kept": {}}
    return {
        "kinds": kinds,
        "are_made_at_once": False,
        "kept": {kind.name: find_copy(db.session(), upload, kind, current_locale()) for kind in kinds},
    }


def _note_download(upload: Upload, what: str) -> None:
    """A file about people leaves the system: that is kept on record, however busy others are writing meanwhile."""
    db.session.commit()  # what was read so far ends here: the note waits for its turn to write
    with writing():
        db.session.add(audit("upload:downloaded", upload, current_user, after={"what": what}))
        db.session.commit()


def _handed_out(upload: Upload, kind: CopyKind) -> Any:
    """The workbook; of a large file the kept one, else a word about how to get it."""
    if is_made_at_once(upload):
        content = make_copy(db.session(), upload, kind, today())
    else:
        copy = find_copy(db.session(), upload, kind, current_locale())
        if copy is None or not copy.is_ready:
            flash(_("The file is large: ask here for “%(name)s”; it is made in the background.", name=say(kind.label)), "info")
            return redirect(url_for("uploads.show", number=upload.number, _anchor="copies"))
        content = content_of_copy(copy)
    _note_download(upload, kind.name)
    return bytes_answer(content, f"{upload.number}-{kind.ending}.xlsx")


@requires(Permission.UPLOAD_READ, _find)
def marked(upload: Upload) -> Any:
    """The sender's own workbook with every remark marked in it."""
    return _handed_out(upload, MARKED)


@requires(Permission.UPLOAD_READ, _find)
def bad_rows(upload: Upload) -> Any:
    """The refused rows as a workbook that can be handed in again."""
    return _handed_out(upload, BAD_ROWS)


@requires(Permission.UPLOAD_READ, _copy_of)
def make(wanted: CopyOfUpload) -> Any:
    """Ask for a workbook of a large file."""
    ask_for_copy(db.session(), wanted.upload, wanted.kind, user=current_user, language=current_locale(), on=today())
    db.session.commit()
    return redirect(url_for("uploads.show", number=wanted.upload.number, _anchor="copies"))


@requires(Permission.UPLOAD_READ, _find)
def copies(upload: Upload) -> Any:
    """The part of the page that tells how far the workbooks are."""
    return render_template("uploads/copies.html", upload=upload, copies=copies_of(upload))


@requires(Permission.UPLOAD_READ, _find)
def original(upload: Upload) -> Any:
    """The file as it came."""
    _note_download(upload, "original")
    return bytes_answer(content_of(upload), upload.filename, "application/octet-stream")
