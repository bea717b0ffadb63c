"""What people do with uploads: hand in, fix, map, commit, discard, take back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from imports.sheet import Format
from imports.text import fold_heading
from ohs.accounts.models import User
from ohs.kernel.audit import audit
from ohs.kernel.bulk import lock_for_loading
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.errors import DomainError
from ohs.kernel.jobs import Job, ask_for, ask_to_cancel
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number
from ohs.uploads.formats import HandedIn, find_format
from ohs.uploads.mending import one_line, with_the_same
from ohs.uploads.models import CHECK, COMMIT, HeadingMap, Upload, UploadCopy, UploadFix
from ohs.uploads.remarks import CellPlace, unpack
from ohs.uploads.rules import refusal_of_size

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

    With `commit` the good rows are committed as soon as they are checked. Raises `DomainError` for a file that is empty or
    too large and for a format that this person does not hand in.
    """
    if not format.allows(user):
        raise DomainError(Message("%(format)s is not yours to hand in.", format=format.title), status=403)
    if (refused := refusal_of_size(len(content), current_app.config["UPLOAD_MAX_BYTES"])) is not None:
        raise DomainError(refused.message, status=400)
    digest = hashlib.sha256(content).hexdigest()
    lock_for_loading(session, f"upload of {user.organisation_id}")
    same = session.scalar(
        select(Upload)
        .where(Upload.organisation_id == user.organisation_id, Upload.format == format.name, Upload.sha256 == digest)
        .order_by(Upload.id.desc())
        .limit(1)
    )
    if same is not None:
        _take_up_again(session, same, user=user, on=on, is_dry_run=is_dry_run, commit=commit)
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


def _take_up_again(session: Session, upload: Upload, *, user: User, on: date, is_dry_run: bool, commit: bool) -> None:
    """What the same bytes mean once more: a trial becomes earnest, and what was put aside, stopped or unreadable is checked anew."""
    lock_upload(session, upload)
    turns_earnest = upload.is_dry_run and not is_dry_run
    if upload.stage in ("checking", "committing") or not (turns_earnest or upload.stage in ("discarded", "cancelled", "failed")):
        return
    if turns_earnest:
        # The first check in earnest counts for the sender's quality.
        upload.is_dry_run, upload.checked_at = False, None
    upload.state = "received"
    _ask(session, upload, CHECK, user, on, {"commit": commit and not upload.is_dry_run})
    session.add(audit("upload:taken-up", upload, user))


def lock_upload(session: Session, upload: Upload) -> None:
    """Read the upload as it stands now and keep it until the transaction ends: of two who decide at once the second sees what the first did."""
    session.flush()
    session.refresh(upload, with_for_update={"of": Upload})


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
    lock_upload(session, upload)
    if upload.stage not in ("checked", "failed", "cancelled"):
        raise DomainError(Message("This upload is at work or has ended; it cannot be checked again."))
    _ask(session, upload, CHECK, user, on, {"commit": False})


def commit_upload(session: Session, upload: Upload, *, all_or_nothing: bool, user: User, on: date) -> None:
    """Ask for the commit of the good rows, or of all or nothing."""
    lock_upload(session, upload)
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
    lock_upload(session, upload)
    if upload.stage not in ("checked", "failed", "cancelled"):
        raise DomainError(Message("This upload is at work or has ended; it cannot be discarded."))
    upload.state = "discarded"
    forget_copies(session, upload)
    session.add(audit("upload:discarded", upload, user))


def forget_copies(session: Session, upload: Upload) -> None:
    """Let go of the workbooks made of an upload: what was said about it is about to change."""
    session.execute(delete(UploadCopy).where(UploadCopy.upload_id == upload.id))


def take_back(session: Session, upload: Upload, *, user: User) -> None:
    """Stop a check or commit that waits or runs; what has begun to be written is finished all the same."""
    lock_upload(session, upload)
    if upload.job is None or upload.stage not in ("checking", "committing"):
        raise DomainError(Message("Nothing is at work on this upload that could be stopped."))
    ask_to_cancel(session, upload.job)
    session.add(audit("upload:stopped", upload, user))


def fix_cells(
    session: Session,
    upload: Upload,
    fixes: Mapping[CellPlace, str],
    *,
    user: User,
    on: date,
    before: Mapping[CellPlace, str] | None = None,
    also_same: Iterable[CellPlace] = (),
) -> int:
    """Lay corrected cells over the file and ask for another check; gives how many cells were corrected.

    `before` is what the person saw in those cells: where somebody else has typed something meanwhile, nothing is changed
    and the sentence says what. For the places in `also_same` every other row with the same mistake is corrected likewise.
    """
    format = find_format(upload.format)
    assert format is not None
    lock_upload(session, upload)
    if upload.stage not in ("checked", "failed"):
        raise DomainError(Message("This upload is at work or has ended; nothing can be fixed in it."))
    columns = {(sheet.name, column.key) for sheet in format.contract.sheets for column in sheet.columns}
    if any((sheet, key) not in columns for sheet, _row, key in fixes):
        raise DomainError(Message("Such a cell does not exist in this format."), status=400)
    remarks = unpack(upload.remarks)
    held = {(fix.sheet, fix.row, fix.key): fix for fix in session.scalars(select(UploadFix).where(UploadFix.upload_id == upload.id))}
    for place, seen in (before or {}).items():
        current = one_line(held[place].value if place in held else remarks.cells.get(place, seen))
        if place in fixes and current not in (one_line(seen), fixes[place]):
            raise DomainError(_changed_meanwhile(format.contract, place, current))
    everything = with_the_same(remarks, format.contract, fixes, set(also_same))
    for (sheet, row, key), value in everything.items():
        fix = held.get((sheet, row, key))
        if fix is None:
            session.add(UploadFix(upload_id=upload.id, sheet=sheet, row=row, key=key, value=value, user_id=user.id))
        else:
            fix.value, fix.user_id, fix.made_at = value, user.id, now()
    session.add(audit("upload:fixed", upload, user, after={"cells": [[sheet, row, key] for sheet, row, key in everything]}))
    _ask(session, upload, CHECK, user, on, {"commit": False})
    return len(everything)


def _changed_meanwhile(contract: Format, place: CellPlace, current: str) -> Message:
    sheet, row, key = place
    return Message(
        "Meanwhile somebody wrote “%(text)s” in row %(row)s, column “%(heading)s”; nothing of yours was stored. Look at the page anew.",
        text=current, row=row, heading=contract.sheet(sheet)[key].heading,
    )  # fmt: skip


def map_headings(session: Session, upload: Upload, mapped: Mapping[str, str], *, user: User, on: date) -> None:
    """Remember for this organisation what its headings mean, and ask for another check. An empty key forgets a heading."""
    format = find_format(upload.format)
    assert format is not None
    keys = {column.key for sheet in format.contract.sheets for column in sheet.columns}
    if unknown := set(mapped.values()) - keys - {""}:
        raise DomainError(Message("“%(key)s” is not a column of this format.", key=sorted(unknown)[0]), status=400)
    lock_for_loading(session, f"headings of {user.organisation_id}")
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
