"""Declarations of occupational hazards: the filing of a workplace, and each version of what was declared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ohs.accounts.models import User
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed
from ohs.kernel.database import Base, Moment, Versioned
from ohs.registry.models import Employer, Workplace, client_ids, is_client

VERSION_STATUSES = ("draft", "submitted", "returned", "accepted", "superseded")
#: A version that is being written, waits, or was returned.
OPEN_STATUSES = ("draft", "submitted", "returned")
#: Among them those that lie with whoever writes.
WRITTEN_STATUSES = ("draft", "returned")
FILING_STATUSES = ("none", "live", "change_due", "update_due", "lapsed", "untrue", "cancel_pending", "cancelled")
KINDS = ("initial", "change", "update")


class _ServedEmployer:
    """A record of an employer for which institutions may work."""

    employer_id: Mapped[int]

    def is_served_by(self, organisation_id: int) -> bool:
        """Whether the institution works for this record's employer."""
        return is_client(self, organisation_id, self.employer_id)

    @classmethod
    def served_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """Records of the employers for which the institution works."""
        return cls.employer_id.in_(client_ids(organisation_id))


class Filing(_ServedEmployer, Versioned, Base):
    """The standing of one workplace's declaration: live, due, lapsed, untrue, cancelled."""

    __table_args__ = (
        CheckConstraint(f"status IN {FILING_STATUSES!r}", name="status_known"),
        CheckConstraint("(status = 'none') = (accepted_on IS NULL)", name="accepted_iff_dated"),
        CheckConstraint("(status = 'change_due') = (change_due_on IS NOT NULL)", name="change_due_iff_dated"),
        Index("ix_filing_by_status", "status", "county_code", "update_closes_on", "id"),
        # A workplace that starts again after a cancellation begins a new filing.
        Index(
            "uq_filing_one_standing", "workplace_id", unique=True,
            sqlite_where=text("status <> 'cancelled'"), postgresql_where=text("status <> 'cancelled'"),
        ),
    )  # fmt: skip
    workplace_id: Mapped[int] = mapped_column(ForeignKey("workplace.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    county_code: Mapped[str] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(index=True)
    #: Moved by the lifecycle `declaration_filing`; `none` before the first acceptance.
    status: Mapped[str] = mapped_column(default="none")
    #: Of the last accepted version.
    accepted_on: Mapped[date | None]
    update_opens_on: Mapped[date | None]
    update_closes_on: Mapped[date | None]
    change_due_on: Mapped[date | None]
    change_reason: Mapped[str | None]
    #: Until when an untrue filing must be corrected.
    correction_due_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    workplace: Mapped[Workplace] = relationship(lazy="joined")


class Declaration(_ServedEmployer, Versioned, Base):
    """What one employer declares for one workplace, in one version."""

    __table_args__ = (
        CheckConstraint(f"status IN {VERSION_STATUSES!r}", name="status_known"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind_known"),
        CheckConstraint("(status IN ('accepted', 'superseded')) = (accepted_on IS NOT NULL)", name="accepted_iff_dated"),
        CheckConstraint("status IN ('draft', 'returned') OR submitted_at IS NOT NULL", name="submitted_iff_dated"),
        Index("ix_declaration_by_status", "status", "county_code", "due_on", "id"),
        Index("ix_declaration_by_county", "county_code", "changed_at", "id"),
        Index("ix_declaration_by_acceptor", "acceptor_department", "acceptor_region", "status", "due_on", "id"),
        # A filing has one open version at most.
        Index(
            "uq_declaration_one_open", "filing_id", unique=True,
            sqlite_where=text(f"status IN {OPEN_STATUSES!r}"), postgresql_where=text(f"status IN {OPEN_STATUSES!r}"),
        ),
    )  # fmt: skip
    #: The number people quote on the telephone, e.g. SB-330402-2026-000042. Never reused.
    number: Mapped[str] = mapped_column(unique=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    county_code: Mapped[str] = mapped_column(index=True)
    region_code: Mapped[str]
    kind: Mapped[str]
    year: Mapped[int]
    #: Moved by the lifecycle `declaration_version`.
    status: Mapped[str] = mapped_column(default="draft")
    #: Department and region code of the office that accepts it, by the regime of the day of submission.
    acceptor_department: Mapped[str] = mapped_column(default="health")
    acceptor_region: Mapped[str] = mapped_column(default="")
    #: The form's fields by key (domain keys), except rows and phones; drafts may be incomplete.
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    phones: Mapped[str | None] = mapped_column(Sealed("declaration.phones"))
    #: Copied from the form for lists and figures; 0 in an empty draft.
    employees: Mapped[int] = mapped_column(default=0)
    exposed: Mapped[int] = mapped_column(default=0)
    size: Mapped[str] = mapped_column(default="unknown")
    sector: Mapped[str] = mapped_column(default="")
    risk_class: Mapped[str] = mapped_column(default="not-listed")
    change_reason: Mapped[str | None]
    changed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: Who saved last, for whoever finds the draft changed.
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: Filed by the town for the employer, with this consent.
    consent: Mapped[str | None]
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by: Mapped[str | None]
    #: When whoever must act now must have acted.
    due_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    row: Mapped[int | None]

    filing: Mapped[Filing] = relationship(lazy="joined")
    employer: Mapped[Employer] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id], lazy="select")
    changed_by: Mapped[User | None] = relationship(foreign_keys=[changed_by_id], lazy="select")
    hazards: Mapped[list[DeclaredHazard]] = relationship(cascade="all, delete-orphan", order_by="DeclaredHazard.position")
    products: Mapped[list[DeclaredProduct]] = relationship(cascade="all, delete-orphan", order_by="DeclaredProduct.position")
    materials: Mapped[list[DeclaredMaterial]] = relationship(cascade="all, delete-orphan", order_by="DeclaredMaterial.position")
    sites: Mapped[list[DeclaredSite]] = relationship(cascade="all, delete-orphan", order_by="DeclaredSite.position")
    events: Mapped[list[DeclarationEvent]] = relationship(cascade="all, delete-orphan", order_by="DeclarationEvent.id")
    receipt: Mapped[Receipt | None] = relationship(back_populates="declaration", uselist=False)

    @property
    def is_being_written(self) -> bool:
        """Whether it lies with those who write it and can still be handed in; what a cancelled filing left open cannot."""
        return self.status in WRITTEN_STATUSES and self.filing.status != "cancelled"

    @property
    def is_handed_in(self) -> bool:
        """Whether it has left the hands of those who write it at least once, and was not taken back."""
        return self.status != "draft"

    @classmethod
    def handed_in(cls) -> ColumnElement[bool]:
        """Versions that are no drafts."""
        return cls.status != "draft"

    def is_begun_by(self, organisation_id: int) -> bool:
        """Whether somebody of this organisation began this version."""
        return self.created_by.organisation_id == organisation_id

    @classmethod
    def begun_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """Versions begun by people of the organisation."""
        return cls.created_by_id.in_(select(User.id).where(User.organisation_id == organisation_id))


class DeclaredHazard(Base):
    """One hazard of a version, with whom it reaches and what was tested and examined."""

    __table_args__ = (Index("ix_declared_hazard_code", "hazard_code", "declaration_id"),)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    hazard_code: Mapped[str]
    exposed: Mapped[int | None]
    points_tested: Mapped[int | None]
    points_over: Mapped[int | None]
    due_for_exam: Mapped[int | None]
    examined: Mapped[int | None]


class DeclaredProduct(Base):
    """One product of a version."""

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    yearly: Mapped[float | None]
    unit: Mapped[str]


class DeclaredMaterial(Base):
    """One raw or auxiliary material of a version."""

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    yearly: Mapped[float | None]
    unit: Mapped[str]


class DeclaredSite(Base):
    """One hazard at one site: how many it reaches, counted per hazard and, once per site, per person."""

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    site: Mapped[str]
    hazard_code: Mapped[str]
    exposed_repeated: Mapped[int | None]
    exposed_distinct: Mapped[int | None]


class DeclarationEvent(Base):
    """What happened to a version or its filing: who, when, and what was said; defects are tied to fields."""

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("declaration.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    on: Mapped[date]
    #: Event of the lifecycle, e.g. `accept`, `found-untrue`.
    event: Mapped[str]
    #: Empty for the system.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    note: Mapped[str] = mapped_column(default="")
    #: For a return: list of [field, reason], and of a row [field, reason, what names the row].
    defects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    #: For a return: the answers as they were then, without phones, so that the next reader sees what was changed.
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Slug of the deadline it starts and the day, for the screens.
    deadline: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]


class Receipt(Base):
    """What an employer gets for an accepted version; the PDF is drawn on demand from these fields and the version."""

    #: E.g. `浙嘉职卫申〔2026〕05-000417号`.
    number: Mapped[str] = mapped_column(unique=True)
    #: What the QR code and the public check carry.
    code: Mapped[str] = mapped_column(unique=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), unique=True)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    acceptor_name: Mapped[str]
    employer_name: Mapped[str]
    uscc: Mapped[str]
    exposed: Mapped[int]
    hazard_classes: Mapped[str]

    declaration: Mapped[Declaration] = relationship(back_populates="receipt")


class Attachment(Base):
    """A file handed in with a version; opened only through policy."""

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    added_at: Mapped[datetime] = mapped_column(Moment, default=now)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class DeclarationCount(Base):
    """Counts of one area, kept by the deeds: `filing` by standing (no month), `accepted` and `submitted` by month.

    Each in all and by one property of the employer.
    """

    __table_args__ = (UniqueConstraint("area_code", "measure", "status", "month", "dimension", "value"),)
    measure: Mapped[str]
    status: Mapped[str] = mapped_column(default="")
    #: `2026-11`; empty for standings.
    month: Mapped[str] = mapped_column(default="")
    #: City, county or zone, or town.
    area_code: Mapped[str]
    #: `all`, `sector` or `size`.
    dimension: Mapped[str]
    value: Mapped[str]
    declarations: Mapped[int] = mapped_column(default=0)
    exposed: Mapped[int] = mapped_column(default=0)
