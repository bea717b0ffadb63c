"""Letters of cases: numbered once, kept as they were sent, one copy for each who receives them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.models import Case
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed, SealedBytes
from ohs.kernel.database import Base, Moment, Versioned


class CaseDocument(Versioned, Base):
    """One letter of a case. A wrong one is voided, with a reason; its number is never given again."""

    __table_args__ = (
        CheckConstraint(
            "(voided_on IS NULL) = (void_reason = '') AND (voided_on IS NULL) = (voided_by_id IS NULL)", name="voided_iff_reason"
        ),
        CheckConstraint("voided_on IS NULL OR voided_on >= issued_on", name="voided_after_issued"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    #: Of the table of letters: `suspected-notice`, …
    kind: Mapped[str]
    #: E.g. `海卫职告〔2026〕0001号`.
    number: Mapped[str] = mapped_column(unique=True)
    #: The organ that issued it.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: The last day that an order sets.
    until_on: Mapped[date | None]
    voided_on: Mapped[date | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    void_reason: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship(lazy="select")
    organisation: Mapped[Organisation] = relationship(lazy="select")
    issued_by: Mapped[User] = relationship(foreign_keys=[issued_by_id], lazy="select")
    copies: Mapped[list[CaseDocumentCopy]] = relationship(
        cascade="all, delete-orphan", order_by="CaseDocumentCopy.id", back_populates="document"
    )


class CaseDocumentCopy(Base):
    """One copy of a letter, as it was sent.

    The PDF is kept, sealed, and never drawn again: what somebody has signed for must stay what it was, whatever becomes of
    the wording, the fonts or the typesetter.
    """

    __table_args__ = (UniqueConstraint("document_id", "addressee"), CheckConstraint("size > 0", name="not_empty"))
    document_id: Mapped[int] = mapped_column(ForeignKey("case_document.id", ondelete="CASCADE"))
    #: Kind of actor that receives it: `WKR`, `EMP`, `HRSS`, …
    addressee: Mapped[str]
    #: Kinds of actor besides health that may read it, between semicolons: `;CLIN;EMP;`.
    readers: Mapped[str]
    #: It tells medical facts: for who may read the case in full.
    is_medical: Mapped[bool] = mapped_column(default=False)
    #: What it says, as JSON.
    said: Mapped[str] = mapped_column(Sealed("case_document_copy.said"))
    sha256: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(SealedBytes("case_document_copy.content", at_once=50), nullable=False))

    document: Mapped[CaseDocument] = relationship(back_populates="copies")
    case: Mapped[Case] = relationship(secondary="case_document", viewonly=True, uselist=False)

    #: Of the case, for conditions.
    county_code: Any = association_proxy("case", "county_code")
    region_code: Any = association_proxy("case", "region_code")
    employer_id: Any = association_proxy("case", "employer_id")
    clinic_id: Any = association_proxy("case", "clinic_id")
    institution_id: Any = association_proxy("case", "institution_id")
    kind: Any = association_proxy("case", "kind")

    def is_answered_by(self, organisation_id: int) -> bool:
        """Whether an organisation answers for the case or for one of its tracks."""
        return self.case.is_answered_by(organisation_id)

    @classmethod
    def answered_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """The same as a filter."""
        theirs = select(CaseDocument.id).join(Case, Case.id == CaseDocument.case_id).where(Case.answered_by(organisation_id))
        return cls.document_id.in_(theirs)

    @property
    def number(self) -> str:
        """What people quote: the number of the letter."""
        return self.document.number
