"""Workbooks made out of an upload for its sender: at once where that is quick, else by a job, and kept until what they say changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, undefer

from exports.bad_rows import bad_rows_workbook
from exports.marked import marked_copy
from imports.container import Refused
from ohs.accounts.models import User
from ohs.accounts.settings import setting
from ohs.kernel.clock import LOCAL, now
from ohs.kernel.crypto import keyring
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import in_language, say
from ohs.kernel.jobs import Running, State, ask_for, job
from ohs.kernel.message import Message
from ohs.kernel.nightly import nightly
from ohs.uploads.formats import find_format
from ohs.uploads.jobs import fixes_of, read_and_check
from ohs.uploads.models import COPY, COPY_PURPOSE, Upload, UploadCopy
from ohs.uploads.remarks import unpack
from ohs.uploads.services import content_of, lock_upload

#: Files of up to so many rows and bytes are made while the sender waits: about a second; beyond, a job makes them.
ROWS_AT_ONCE, BYTES_AT_ONCE = 5_000, 4 * 1024**2
Progress = Callable[[int], None]


@dataclass(frozen=True)
class CopyKind:
    """What is made: its name in addresses, what it is called, and the end of its file's name."""

    name: str
    label: Message
    ending: str


MARKED = CopyKind("marked", Message("Marked copy"), "校验结果")
BAD_ROWS = CopyKind("bad-rows", Message("Rows with problems"), "问题行")
KINDS = {kind.name: kind for kind in (MARKED, BAD_ROWS)}


@dataclass(frozen=True)
class CopyOfUpload:
    """One kind of workbook of one upload, for the policy."""

    upload: Upload
    kind: CopyKind

    @property
    def organisation_id(self) -> int:
        """Whose file it is."""
        return self.upload.organisation_id


def kinds_for(upload: Upload) -> list[CopyKind]:
    """What can be made of an upload as it stands."""
    if upload.checked_at is None or upload.state == "discarded":
        return []
    return [MARKED, BAD_ROWS] if upload.problem_count and upload.rows else [MARKED]


def is_made_at_once(upload: Upload) -> bool:
    """Whether it is so small that nobody waits long."""
    return upload.rows <= ROWS_AT_ONCE and upload.size <= BYTES_AT_ONCE


def make_copy(session: Session, upload: Upload, kind: CopyKind, on: date, progress: Progress | None = None) -> bytes:
    """The workbook, in the language of the moment. Raises `DomainError` where there is none to make."""
    if kind not in kinds_for(upload):
        raise DomainError(Message("Of this upload such a workbook cannot be made: it was discarded, not checked yet, or has no such rows."))
    format = find_format(upload.format)
    assert format is not None
    remarks, fixes = unpack(upload.remarks), fixes_of(session, upload)
    try:
        if kind is MARKED:
            return marked_copy(
                format.contract, content_of(upload), upload.filename, remarks, say, layout=upload.layout, fixes=fixes, progress=progress
            )  # fmt: skip
        read, checked = read_and_check(session, upload, format, on)
        return bad_rows_workbook(read, checked, remarks, fixes, say, progress)
    except Refused as refused:
        raise DomainError(refused.message) from refused


def find_copy(session: Session, upload: Upload, kind: CopyKind, language: str) -> UploadCopy | None:
    """The kept workbook, or how far its making is."""
    return session.scalar(
        select(UploadCopy).where(UploadCopy.upload_id == upload.id, UploadCopy.kind == kind.name, UploadCopy.language == language)
    )


def ask_for_copy(session: Session, upload: Upload, kind: CopyKind, *, user: User, language: str, on: date) -> UploadCopy:
    """Ask for a workbook to be made; one that is kept or in the making is not made twice."""
    lock_upload(session, upload)
    if kind not in kinds_for(upload):
        raise DomainError(Message("Of this upload such a workbook cannot be made: it was discarded, not checked yet, or has no such rows."))
    copy = find_copy(session, upload, kind, language)
    if copy is not None and (copy.is_ready or copy.job.state in (State.WAITING, State.RUNNING)):
        return copy
    if copy is not None:
        session.delete(copy)
        session.flush()
    asked = ask_for(session, COPY, {"upload_id": upload.id, "kind": kind.name, "language": language, "on": on.isoformat()}, user.id)
    copy = UploadCopy(upload_id=upload.id, kind=kind.name, language=language, job_id=asked.id, asked_at=now())
    session.add(copy)
    session.flush()
    return copy


def content_of_copy(copy: UploadCopy) -> bytes:
    """The finished workbook."""
    assert copy.content is not None  # only a finished one is handed out
    return keyring().unseal(COPY_PURPOSE, copy.content)


@job(COPY)
def make_asked_copy(running: Running) -> None:
    """Make a workbook and keep it, unless meanwhile it would say something else: then whoever was to have it asks anew."""
    session, arguments = running.session, running.arguments
    upload = session.get(Upload, arguments["upload_id"], options=[undefer(Upload.content), undefer(Upload.remarks)])
    if upload is None or session.scalar(_asked_by(running)) is None:
        return
    total = upload.rows
    with in_language(arguments["language"]):
        content = make_copy(
            session, upload, KINDS[arguments["kind"]], date.fromisoformat(arguments["on"]), lambda row: running.progress(row, max(total, row + 1), "copy")
        )  # fmt: skip
    sealed = keyring().seal(COPY_PURPOSE, content)
    running.begin_writing("copy")
    copy = session.scalar(_asked_by(running).with_for_update(of=UploadCopy))
    if copy is not None:
        copy.content, copy.size, copy.made_at = sealed, len(content), now()


def _asked_by(running: Running) -> Select[UploadCopy]:
    """The copy that this job was asked for; none when it was forgotten since."""
    return select(UploadCopy).where(UploadCopy.job_id == running.job_id)


@nightly("upload-copies")
def forget_old_copies(session: Session, on: date) -> int:
    """Workbooks that nobody fetched for long are made anew when somebody wants them."""
    since = datetime.combine(on - timedelta(days=setting(session, "upload_copy_days")), time(), tzinfo=LOCAL)
    return session.execute(delete(UploadCopy).where(UploadCopy.asked_at < since)).rowcount  # type: ignore[attr-defined,no-any-return]
