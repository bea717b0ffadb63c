"""What people do with uploads: hand in, fix, map, commit, discard, take back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from imports.text import fold_heading
from ohs.accounts.models import User
from ohs.kernel.audit import audit
from ohs.kernel.crypto import keyring
from ohs.kernel.errors import DomainError
from ohs.kernel.jobs import Job, ask_for, ask_to_cancel
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number
from ohs.uploads.formats import HandedIn, find_format
from ohs.uploads.models import CHECK, COMMIT, HeadingMap, Upload, UploadFix

CONTENT_PURPOSE = "upload.content"


def hand_in(
    session: Session,
    format: HandedIn,
    *,
    filename: str,
    content: bytes,
    user: User,
    on: date,
    is_dry_run: bool = False,
    commit: bool = False,
) -> tuple[Upload, bool]:
    """Store a file, whole, and ask for its check; the same bytes again give the upload that has them already, and `True`.

    With `commit` the good rows are committed as soon as they are checked. Raises `DomainError` for an empty file and for
    a format that this person does not hand in.
    """
    if not format.allows(user):
        raise DomainError(Message("%(format)s is not yours to hand in.", format=format.title), status=403)
    if not content:
        raise DomainError(Message("The file is empty. Choose the workbook again and hand it in once more."), status=400)
    digest = hashlib.sha256(content).hexdigest()
    same = session.scalar(
        select(Upload)
        .where(
            Upload.organisation_id == user.organisation_id, Upload.format == format.name, Upload.sha256 == digest,
            Upload.state.in_(("received", "checked", "committed")), Upload.is_dry_run.is_(is_dry_run),
        )
        .order_by(Upload.id.desc())
        .limit(1)
    )  # fmt: skip
    if same is not None and same.stage != "cancelled":
        return same, True
    upload = Upload(
        number=next_number(session, f"SC-{on.year}"),
        format=format.name,
        organisation_id=user.organisation_id,
        user_id=user.id,
        filename=_plain_name(filename),
        size=len(content),
        sha256=digest,
        content=keyring().seal(CONTENT_PURPOSE, content),
        is_dry_run=is_dry_run,
    )
    session.add(upload)
    session.flush()
    _ask(session, upload, CHECK, user, on, {"commit": commit and not is_dry_run})
    session.add(audit("upload:received", upload, user, after={"format": format.name, "size": upload.size, "sha256": digest}))
    return upload, False


def _plain_name(filename: str) -> str:
    """The last part of the name, without control characters; it is shown, never used as a path."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in name if character.isprintable())[:200] or "-"


def _ask(session: Session, upload: Upload, kind: str, user: User, on: date, arguments: Mapping[str, Any]) -> Job:
    job = ask_for(session, kind, {"upload_id": upload.id, "user_id": user.id, "on": on.isoformat(), **arguments}, user.id)
    upload.job_id, upload.job = job.id, job
    return job


def content_of(upload: Upload) -> bytes:
    """The bytes as they were handed in."""
    return keyring().unseal(CONTENT_PURPOSE, upload.content)


def check_again(session: Session, upload: Upload, *, user: User, on: date) -> None:
    """Ask for another check, after fixes or mapped headings, or of a file whose check was taken back."""
    if upload.stage not in ("checked", "failed", "cancelled"):
        raise DomainError(Message("This upload is at work or has ended; it cannot be checked again."))
    _ask(session, upload, CHECK, user, on, {"commit": False})


def commit_upload(session: Session, upload: Upload, *, all_or_nothing: bool, user: User, on: date) -> None:
    """Ask for the commit of the good rows, or of all or nothing."""
    if upload.is_dry_run:
        raise DomainError(Message("This was a trial: nothing of it can be committed. Hand the file in again without “trial”."))
    if upload.stage != "checked":
        raise DomainError(Message("Only a checked upload can be committed; this one is not, or not any more."))
    if upload.accepted == 0:
        raise DomainError(Message("No row is without a problem: there is nothing to commit."))
    if all_or_nothing and upload.problem_count:
        raise DomainError(
            Message(
                "%(count)s problems stand against “all or nothing”. Fix them, or commit the good rows.",
                count=upload.problem_count,
            )
        )
    _ask(session, upload, COMMIT, user, on, {"all_or_nothing": all_or_nothing})


def discard_upload(session: Session, upload: Upload, *, user: User) -> None:
    """Put a file aside for good; what it held was never part of anything."""
    if upload.stage not in ("checked", "failed", "cancelled"):
        raise DomainError(Message("This upload is at work or has ended; it cannot be discarded."))
    upload.state = "discarded"
    session.add(audit("upload:discarded", upload, user))


def take_back(session: Session, upload: Upload, *, user: User) -> None:
    """Stop a check or commit that waits or runs; what has begun to be written is finished all the same."""
    if upload.job is None or upload.stage not in ("checking", "committing"):
        raise DomainError(Message("Nothing is at work on this upload that could be stopped."))
    ask_to_cancel(session, upload.job)
    session.add(audit("upload:stopped", upload, user))


def fix_cells(session: Session, upload: Upload, fixes: Mapping[tuple[str, int, str], str], *, user: User, on: date) -> None:
    """Lay corrected cells over the file, by sheet, row and key, and ask for another check."""
    if upload.stage not in ("checked", "failed"):
        raise DomainError(Message("This upload is at work or has ended; nothing can be fixed in it."))
    for (sheet, row, key), value in fixes.items():
        session.execute(
            delete(UploadFix).where(UploadFix.upload_id == upload.id, UploadFix.sheet == sheet, UploadFix.row == row, UploadFix.key == key)
        )
        session.add(UploadFix(upload_id=upload.id, sheet=sheet, row=row, key=key, value=value, user_id=user.id))
    session.add(audit("upload:fixed", upload, user, after={"cells": [[sheet, row, key] for sheet, row, key in fixes]}))
    check_again(session, upload, user=user, on=on)


def map_headings(session: Session, upload: Upload, mapped: Mapping[str, str], *, user: User, on: date) -> None:
    """Remember for this organisation what its headings mean, and ask for another check. An empty key forgets a heading."""
    format = find_format(upload.format)
    assert format is not None
    keys = {column.key for sheet in format.contract.sheets for column in sheet.columns}
    if unknown := set(mapped.values()) - keys - {""}:
        raise DomainError(Message("“%(key)s” is not a column of this format.", key=sorted(unknown)[0]), status=400)
    for heading, key in mapped.items():
        folded = fold_heading(heading)
        own = (
            HeadingMap.organisation_id == user.organisation_id,
            HeadingMap.format == upload.format,
            HeadingMap.heading == folded,
        )
        session.execute(delete(HeadingMap).where(*own))
        if key:
            session.add(HeadingMap(organisation_id=user.organisation_id, format=upload.format, heading=folded, key=key, user_id=user.id))
    session.add(audit("upload:headings-mapped", upload, user, after=dict(mapped)))
    check_again(session, upload, user=user, on=on)
