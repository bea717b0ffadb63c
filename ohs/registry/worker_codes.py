"""One-time codes with which workers read their own file: given at the counter, kept only as a keyed digest, used once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import Organisation
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment
from ohs.registry.models import Worker

PURPOSES = ("own-file", "leaving", "objection", "work-injury", "other")
DOCUMENTS = ("identity-card", "residence-permit", "passport", "other")


class WorkerCode(Base):
    """A code for one worker, and the one reading session that it opens."""

    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose_known"),
        CheckConstraint(f"document IN {DOCUMENTS!r}", name="document_known"),
        CheckConstraint("ends_at > given_at", name="ends_after_given"),
        CheckConstraint("failed_tries >= 0", name="tries_count"),
        CheckConstraint("(used_at IS NULL) = (token_digest IS NULL)", name="token_iff_used"),
        CheckConstraint("(used_at IS NULL) = (reading_ends_at IS NULL)", name="reading_iff_used"),
        CheckConstraint("left_at IS NULL OR used_at IS NOT NULL", name="left_after_used"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_iff_by"),
        Index("ix_worker_code_by_county", "county_code", "given_at", "id"),
        Index("ix_worker_code_by_day", "given_at", "id"),
    )
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    #: Keyed digest of the code; the code itself is nowhere.
    code_index: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: Where the worker's file was placed when the code was given.
    county_code: Mapped[str]
    region_code: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    given_at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: What the worker wants to read it for, and the document by which the officer knew the worker.
    purpose: Mapped[str]
    document: Mapped[str]
    ends_at: Mapped[datetime] = mapped_column(Moment)
    #: Wrong digits given with this code.
    failed_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    #: SHA-256 of the token in the worker's cookie.
    token_digest: Mapped[str | None] = mapped_column(unique=True)
    reading_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    @property
    def audit_name(self) -> str:
        return str(self.worker_id)

    def state(self, on: datetime, tries: int) -> str:
        """`open`, `reading`, `used`, `spent` by wrong tries, `revoked` or `ended`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.used_at is not None and self.reading_ends_at is not None:
            return "reading" if self.left_at is None and self.reading_ends_at > on else "used"
        if self.failed_tries >= tries:
            return "spent"
        return "open" if self.ends_at > on else "ended"
