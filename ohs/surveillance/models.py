"""Examinations as clinics hand them in, what they oblige to, and the counts kept with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ohs.accounts.models import Organisation
from ohs.kernel.clock import now
from ohs.kernel.crypto import SealedBytes
from ohs.kernel.database import Base, Moment
from ohs.registry.models import Employer, Worker

PHASES = ("pre-placement", "in-service", "leaving", "emergency", "follow-up")


class HazardSet(Base):
    """A combination of hazards as it occurs in examinations; a few hundred serve a whole city."""

    #: Codes in order, joined by `;`: `D01;P01`.
    codes: Mapped[str] = mapped_column(unique=True)

    @property
    def hazard_codes(self) -> tuple[str, ...]:
        return tuple(self.codes.split(";")) if self.codes else ()


class HazardSetMember(Base):
    """One hazard of a combination."""

    __table_args__ = (UniqueConstraint("hazard_code", "set_id"),)
    set_id: Mapped[int] = mapped_column(ForeignKey("hazard_set.id"), index=True)
    hazard_code: Mapped[str]


class Examination(Base):
    """One examination of one worker, in its latest version.

    What must be filtered and counted is plain behind policy: phase, hazards, days, letters of the conclusions. Values of
    items and free text are one sealed blob (JSON by key of the format).
    """

    __table_args__ = (
        UniqueConstraint("clinic_id", "card_no"),
        CheckConstraint("phase IN ('pre-placement', 'in-service', 'leaving', 'emergency', 'follow-up')", name="phase_known"),
        CheckConstraint("reported_on >= examined_on", name="reported_after_examined"),
        # Columns after the identifier let a list look at other filters without leaving the index.
        Index("ix_examination_by_day", "examined_on", "id", "county_code", "employer_id", "host_employer_id", "examined_set_id"),
        Index("ix_examination_by_county", "county_code", "examined_on", "id", "examined_set_id", "employer_id", "host_employer_id"),
        Index("ix_examination_by_clinic", "clinic_id", "examined_on", "id", "county_code", "region_code", "sector", "phase", "size"),
        Index("ix_examination_by_employer", "employer_id", "examined_on", "id"),
        Index("ix_examination_by_worker", "worker_id", "examined_on"),
        Index("ix_examination_by_hazards", "examined_set_id", "examined_on", "id", "county_code"),
        Index("ix_examination_by_town", "region_code", "examined_on", "id"),
        Index("ix_examination_by_phase", "phase", "examined_on", "id", "county_code", "size"),
        Index("ix_examination_by_sector", "sector", "examined_on", "id", "county_code", "size", "phase"),
        Index("ix_examination_by_size", "size", "examined_on", "id", "county_code"),
        Index("ix_examination_by_upload", "upload_id", "examined_on", "id"),
        Index(
            "ix_examination_pending",
            "examined_on",
            "id",
            sqlite_where=text("conclusions LIKE '%P%'"),
            postgresql_where=text("conclusions LIKE '%P%'"),
        ),
    )
    clinic_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    card_no: Mapped[str]
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    #: Who insures the worker.
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    #: Where the worker is dispatched to, if so; this employer carries the duties.
    host_employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    #: Of the employer that carries the duties, as it was when handed in.
    county_code: Mapped[str]
    region_code: Mapped[str] = mapped_column(default="")
    #: Its division of industry and its size, as they were too.
    sector: Mapped[str] = mapped_column(default="")
    size: Mapped[str] = mapped_column(default="unknown")
    phase: Mapped[str]
    is_recheck: Mapped[bool] = mapped_column(default=False)
    previous_card_no: Mapped[str | None]
    workshop: Mapped[str] = mapped_column(default="")
    post: Mapped[str]
    examined_on: Mapped[date]
    reported_on: Mapped[date]
    received_on: Mapped[date]
    #: Edition of the examination standard by which it is judged, e.g. `GBZ188-2025`.
    edition: Mapped[str]
    exposed_set_id: Mapped[int] = mapped_column(ForeignKey("hazard_set.id"))
    examined_set_id: Mapped[int] = mapped_column(ForeignKey("hazard_set.id"))
    #: Letters of the conclusions in the order N R C S O P (P: no individual conclusion yet).
    conclusions: Mapped[str]
    sealed: Mapped[bytes] = deferred(mapped_column(SealedBytes("examination.sealed"), nullable=False))
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    #: Row in the upload's workbook.
    row: Mapped[int]
    #: 1 for the first; counts corrections.
    revision: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime] = mapped_column(Moment, default=now)

    clinic: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
    employer: Mapped[Employer] = relationship(foreign_keys=[employer_id], lazy="raise_on_sql")
    host_employer: Mapped[Employer | None] = relationship(foreign_keys=[host_employer_id], lazy="raise_on_sql")
    exposed_set: Mapped[HazardSet] = relationship(foreign_keys=[exposed_set_id], lazy="raise_on_sql")
    examined_set: Mapped[HazardSet] = relationship(foreign_keys=[examined_set_id], lazy="raise_on_sql")

    @property
    def number(self) -> str:
        """What people quote: the clinic's card number."""
        return self.card_no


class ExaminationRevision(Base):
    """An earlier version of an examination, whole, kept when a correction replaced it."""

    __table_args__ = (UniqueConstraint("examination_id", "revision"),)
    examination_id: Mapped[int] = mapped_column(ForeignKey("examination.id"))
    revision: Mapped[int]
    #: The plain columns of the earlier version.
    plain: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes] = deferred(mapped_column(SealedBytes("examination.sealed"), nullable=False))
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    row: Mapped[int]
    replaced_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Finding(Base):
    """A conclusion that obliges somebody: re-examination (R), contraindication (C), suspected disease (S); a case opens from it."""

    __table_args__ = (
        CheckConstraint("kind IN ('R', 'C', 'S')", name="kind_known"),
        Index("ix_finding_by_county", "kind", "county_code", "examined_on", "examination_id"),
        Index("ix_finding_by_clinic", "kind", "clinic_id", "examined_on", "examination_id"),
        Index("ix_finding_by_day", "kind", "examined_on", "examination_id"),
        Index("ix_finding_by_employer", "employer_id", "kind", "examined_on"),
        Index("ix_finding_by_report", "reported_on", "id"),
        Index("ix_finding_by_examination", "examination_id"),
        Index("ix_finding_by_next_day", "kind", "next_due_on", "county_code", "id"),
        Index("ix_finding_by_last_day", "kind", "last_due_on", "county_code", "is_withdrawn"),
    )
    examination_id: Mapped[int] = mapped_column(ForeignKey("examination.id"))
    kind: Mapped[str]
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    #: The employer that carries the duties.
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    clinic_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    county_code: Mapped[str]
    region_code: Mapped[str] = mapped_column(default="")
    examined_on: Mapped[date]
    reported_on: Mapped[date]
    #: Examined hazards to which it belongs, joined by `;`.
    hazard_codes: Mapped[str]
    #: Code of the suspected disease in the list in force; nothing else medical is plain.
    disease_code: Mapped[str | None]
    #: Slug of the deadline → day, for every duty that it starts.
    due: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: The nearest of those days, for the order of lists.
    next_due_on: Mapped[date | None]
    #: The last of them: once it is behind us, every duty's day has passed.
    last_due_on: Mapped[date | None]
    is_withdrawn: Mapped[bool] = mapped_column(default=False)

    examination: Mapped[Examination] = relationship(lazy="raise_on_sql")


class ExaminationCount(Base):
    """Examinations of one area in one month, in all or by one property of the employer; kept by the commits themselves."""

    __table_args__ = (UniqueConstraint("area_code", "month", "dimension", "value"),)
    #: `2026-11`, of the day of examination.
    month: Mapped[str]
    #: City, county or zone, or town.
    area_code: Mapped[str]
    #: `all`, `sector` or `size`.
    dimension: Mapped[str]
    value: Mapped[str]
    examinations: Mapped[int] = mapped_column(default=0)
    normal: Mapped[int] = mapped_column(default=0)
    rechecks: Mapped[int] = mapped_column(default=0)
    contraindications: Mapped[int] = mapped_column(default=0)
    suspected: Mapped[int] = mapped_column(default=0)
    other: Mapped[int] = mapped_column(default=0)
