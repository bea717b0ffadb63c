"""Everything handed in as a workbook: the bytes, how far they are, what was wrong, what was mapped and fixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed, SealedBytes
from ohs.kernel.database import Base, Moment
from ohs.kernel.jobs import Job, State
from ohs.kernel.message import Message

#: Kinds of jobs that work on an upload.
CHECK, COMMIT, COPY = "upload:check", "upload:commit", "upload:copy"
COPY_PURPOSE = "upload_copy.content"
#: What is said of a file of headings alone.
WITHOUT_ROWS = Message("The file has headings and no row below them; fill it in and hand it in anew.")
STATES = ("received", "checked", "failed", "committed", "discarded")


class Upload(Base):
    """One file on its way: `received`, `checked`, then `committed` or `discarded`; `failed` could not be read at all.

    That it is being checked or committed just now is told by its job. The file and everything said about its cells are
    sealed: they hold identity numbers.
    """

    __table_args__ = (
        CheckConstraint("state IN ('received', 'checked', 'failed', 'committed', 'discarded')", name="state_known"),
        CheckConstraint("(state = 'committed') = (committed_at IS NOT NULL)", name="committed_iff_dated"),
        Index("ix_upload_same_bytes", "organisation_id", "format", "sha256"),
        Index("ix_upload_by_organisation", "organisation_id", "received_at", "id"),
    )
    #: The receipt number, e.g. `SC-2026-000042`.
    number: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    filename: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    #: The file as it came, sealed for `upload.content`.
    content: Mapped[bytes] = deferred(mapped_column(SealedBytes("upload.content", at_once=1), nullable=False))
    state: Mapped[str] = mapped_column(default="received", index=True)
    #: Only checked, never to be committed.
    is_dry_run: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    committed_at: Mapped[datetime | None] = mapped_column(Moment)
    committed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    rows: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    problem_count: Mapped[int] = mapped_column(default=0)
    notice_count: Mapped[int] = mapped_column(default=0)
    finding_count: Mapped[int] = mapped_column(default=0)
    committed_rows: Mapped[int] = mapped_column(default=0)
    corrected_rows: Mapped[int] = mapped_column(default=0)
    #: Problems, notices and findings in the order of rows, packed and sealed for `upload.remarks`.
    remarks: Mapped[bytes | None] = deferred(mapped_column(SealedBytes("upload.remarks", at_once=10)))
    #: Layout of the file: sheet, heading row, headings that nothing knows.
    layout: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: What committing would change, by name: new workers, corrections, conclusions, unknown employers.
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Seconds of read, check, commit.
    seconds: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: SHA-256 over the committed rows, for the one audit event.
    rows_digest: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    job: Mapped[Job | None] = relationship(lazy="joined")

    @property
    def is_without_rows(self) -> bool:
        """Whether it has headings and nothing below them."""
        return self.state == "checked" and self.rows == 0

    @property
    def was_commit_stopped(self) -> bool:
        """Whether its sender stopped the commit that was last asked for."""
        return self.state == "checked" and self.job is not None and self.job.kind == COMMIT and self.job.state == State.CANCELLED

    @property
    def stage(self) -> str:
        """The state, or `checking` or `committing` while its job waits or runs, or `cancelled` before it was checked."""
        if self.job is None or self.state in ("committed", "discarded"):
            return self.state
        if self.job.state in (State.WAITING, State.RUNNING):
            return "checking" if self.job.kind == CHECK else "committing"
        if self.state == "received":
            return "cancelled" if self.job.state == State.CANCELLED else "failed"
        return self.state


@dataclass(frozen=True)
class RowOfFile:
    """One row of an upload's workbook; `sheet` is empty in workbooks of one."""

    upload: Upload
    sheet: str
    row: int

    @property
    def organisation_id(self) -> int:
        """Whose file it is, for the policy."""
        return self.upload.organisation_id


class UploadFix(Base):
    """A cell that the sender corrected in the browser, laid over the file whenever it is read again."""

    __table_args__ = (UniqueConstraint("upload_id", "sheet", "row", "key"),)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), index=True)
    sheet: Mapped[str] = mapped_column(default="")
    row: Mapped[int]
    key: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed("upload_fix.value"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)


class UploadCopy(Base):
    """A workbook made of an upload for its sender (marked copy, rows with problems), kept until what it says changes."""

    __table_args__ = (
        UniqueConstraint("upload_id", "kind", "language"),
        CheckConstraint("(content IS NULL) = (made_at IS NULL)", name="made_iff_content"),
    )
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    kind: Mapped[str]
    #: The language of its sentences.
    language: Mapped[str]
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    size: Mapped[int] = mapped_column(default=0)
    #: The finished workbook, sealed for `upload_copy.content`.
    content: Mapped[bytes | None] = deferred(mapped_column(SealedBytes(COPY_PURPOSE, at_once=1)))

    job: Mapped[Job] = relationship(lazy="joined")

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.made_at is not None

    @property
    def is_in_the_making(self) -> bool:
        """Whether its job waits or runs."""
        return not self.is_ready and self.job.state in (State.WAITING, State.RUNNING)


class HeadingMap(Base):
    """A heading of its own that an organisation has mapped to a column once."""

    __table_args__ = (UniqueConstraint("organisation_id", "format", "heading"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    format: Mapped[str]
    #: Folded as the reader folds headings.
    heading: Mapped[str]
    key: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)


class SenderQuality(Base):
    """How well one organisation hands in one format, month by month; kept by the commits."""

    __table_args__ = (UniqueConstraint("organisation_id", "format", "month"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    format: Mapped[str]
    #: `2026-11`.
    month: Mapped[str]
    uploads: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    #: Rows without a problem when their file was checked for the first time.
    right_first_time: Mapped[int] = mapped_column(default=0)
    committed: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[int] = mapped_column(default=0)
    #: Committed after the limit for handing in.
    late: Mapped[int] = mapped_column(default=0)
