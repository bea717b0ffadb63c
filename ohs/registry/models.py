"""Employers, workplaces, workers and institutions: who everything is about. One employer, one file; one worker, one file."""

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
    Select,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, object_session, relationship, synonym

from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed
from ohs.kernel.database import Base, Moment, Versioned


class Client(Base):
    """An institution works for an employer; written when it hands in its first result there."""

    __table_args__ = (UniqueConstraint("organisation_id", "employer_id"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    since: Mapped[date]


class Employer(Versioned, Base):
    """One employer, one file (一企一档). A merge points to the kept one; nothing is moved."""

    __table_args__ = (
        CheckConstraint("size IN ('large', 'medium', 'small', 'micro', 'unknown')", name="size_known"),
        CheckConstraint("risk_class IN ('serious', 'general', 'ask', 'not-listed')", name="risk_class_known"),
        Index("ix_employer_place", "county_code", "region_code", "id"),
        Index("ix_employer_name_order", "name", "id"),
    )
    uscc: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: Pinyin initials of the name, lower case (海宁恒丰 → hnhf).
    initials: Mapped[str] = mapped_column(index=True, default="")
    #: Known only from what others handed in, not from the base register; a finding until it is registered.
    is_registered: Mapped[bool] = mapped_column(default=True, index=True)
    registered_address: Mapped[str] = mapped_column(default="")
    work_address: Mapped[str] = mapped_column(default="")
    #: Town, 9 digits; empty where unknown.
    region_code: Mapped[str] = mapped_column(default="", index=True)
    #: County or zone responsible, by the region tree; empty where unknown.
    county_code: Mapped[str] = mapped_column(default="")
    industry_code: Mapped[str] = mapped_column(default="", index=True)
    #: Division (two digits) of the industry, for filters and figures.
    sector: Mapped[str] = mapped_column(default="", index=True)
    economic_type_standard: Mapped[str] = mapped_column(default="")
    economic_type: Mapped[str] = mapped_column(default="")
    employees: Mapped[int] = mapped_column(default=0)
    revenue_10k_cny: Mapped[float | None]
    size: Mapped[str] = mapped_column(default="unknown", index=True)
    risk_class: Mapped[str] = mapped_column(default="not-listed", index=True)
    legal_representative: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str | None] = mapped_column(Sealed("employer.contact_phone"))
    is_above_size: Mapped[bool | None]
    has_explosive_dust: Mapped[bool | None]
    #: The entry that stands for this one, through however many merges; never one that was itself merged.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    #: Itself, for conditions about an employer's own records.
    employer_id: Mapped[int] = synonym("id")
    merged_into: Mapped[Employer | None] = relationship(remote_side="Employer.id")

    @property
    def standing(self) -> Employer:
        """The entry under which records of this one are shown: itself, or the one it was merged into."""
        return self if self.merged_into_id is None else self.merged_into or self

    @property
    def audit_name(self) -> str:
        return self.uscc

    def is_served_by(self, organisation_id: int) -> bool:
        """Whether the institution works for this employer."""
        return is_client(self, organisation_id, self.id)

    @classmethod
    def served_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """The employers for which the institution works."""
        return cls.id.in_(client_ids(organisation_id))


def client_ids(organisation_id: int) -> Select[int]:
    """Employers for which an institution works, with every entry that stands for one of them or for which one of them stands."""
    served, also = aliased(Employer), aliased(Employer)
    of = lambda employer: func.coalesce(employer.merged_into_id, employer.id)  # noqa: E731
    groups = select(of(served)).join(Client, Client.employer_id == served.id).where(Client.organisation_id == organisation_id)
    return select(also.id).where(of(also).in_(groups))


def is_client(record: Any, organisation_id: int, employer_id: int) -> bool:
    """Whether an institution works for the employer of a record."""
    session = object_session(record)
    question = client_ids(organisation_id).subquery()
    return session is not None and session.scalar(select(question.c.id).where(question.c.id == employer_id)) is not None


class EmployerVersion(Base):
    """An earlier state of an employer's entry, kept when it was changed, and by what."""

    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    upload_id: Mapped[int | None]
    row: Mapped[int | None]
    #: Only the fields that changed: name → [before, after]; phones masked.
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)


class Workplace(Versioned, Base):
    """A place where an employer works; each is declared by itself."""

    __table_args__ = (UniqueConstraint("employer_id", "region_code", "address"),)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    region_code: Mapped[str] = mapped_column(index=True)
    county_code: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    employer: Mapped[Employer] = relationship(lazy="joined")


class SiteHazard(Base):
    """A hazard at one site of a workplace as last accepted: what monitoring and surveillance go by."""

    __table_args__ = (Index("ix_site_hazard_lookup", "workplace_id", "hazard_code", "ends_on"),)
    workplace_id: Mapped[int] = mapped_column(ForeignKey("workplace.id"))
    site: Mapped[str]
    hazard_code: Mapped[str] = mapped_column(index=True)
    exposed: Mapped[int]
    starts_on: Mapped[date]
    #: Empty while it stands in the accepted declaration.
    ends_on: Mapped[date | None]


class Worker(Base):
    """One worker, one file (一人一档), recognised by the blind index of the identity number."""

    __table_args__ = (UniqueConstraint("id_index"),)
    #: Blind index over type and number.
    id_index: Mapped[bytes] = mapped_column(LargeBinary)
    id_type: Mapped[str]
    id_number: Mapped[str] = mapped_column(Sealed("worker.id_number"))
    name: Mapped[str] = mapped_column(index=True)
    sex: Mapped[str] = mapped_column(default="")
    birth_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(Sealed("worker.phone"))
    #: Where the latest record places the worker: for region filters and policy.
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    county_code: Mapped[str] = mapped_column(default="", index=True)
    region_code: Mapped[str] = mapped_column(default="")
    #: The file that stands for this one, as with employers.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    employer: Mapped[Employer | None] = relationship(lazy="raise_on_sql")
    merged_into: Mapped[Worker | None] = relationship(remote_side="Worker.id")
    #: Itself, for conditions about a worker's file.
    worker_id: Mapped[int] = synonym("id")

    @property
    def standing(self) -> Worker:
        """The file under which records of this one are shown."""
        return self if self.merged_into_id is None else self.merged_into or self

    def is_served_by(self, organisation_id: int) -> bool:
        """Whether the clinic has examined this worker."""
        session = object_session(self)
        question = _examined_ids(organisation_id).subquery()
        return session is not None and session.scalar(select(question.c.id).where(question.c.id == self.id)) is not None

    @classmethod
    def served_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """The workers whom the clinic has examined."""
        return cls.id.in_(_examined_ids(organisation_id))


def _examined_ids(organisation_id: int) -> Select[int]:
    """Workers whom a clinic has examined, and the files that stand for theirs."""
    own = select(WorkerClinic.worker_id.label("id")).where(WorkerClinic.organisation_id == organisation_id)
    kept = (
        select(Worker.merged_into_id)
        .join(WorkerClinic, WorkerClinic.worker_id == Worker.id)
        .where(WorkerClinic.organisation_id == organisation_id, Worker.merged_into_id.is_not(None))
    )
    either = own.union_all(kept).subquery()
    return select(either.c.id)


class WorkerClinic(Base):
    """A clinic has examined a worker."""

    __table_args__ = (UniqueConstraint("organisation_id", "worker_id"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)


class Employment(Base):
    """An interval in which a worker worked for an employer at a post, as records show it."""

    __table_args__ = (
        UniqueConstraint("worker_id", "employer_id", "post", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="in_order"),
    )
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    #: Where the worker is dispatched to, if so.
    host_employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    workshop: Mapped[str] = mapped_column(default="")
    post: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    #: The last day on which a record showed the worker there.
    seen_on: Mapped[date]


class Exposure(Base):
    """An interval in which a worker was exposed to a hazard; it survives a change of employer."""

    __table_args__ = (
        UniqueConstraint("worker_id", "employer_id", "post", "hazard_code"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="in_order"),
    )
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    post: Mapped[str]
    hazard_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    seen_on: Mapped[date]


class InstitutionScope(Base):
    """A category of hazards that a clinic has on file (or a scope of another institution), with its days."""

    __table_args__ = (UniqueConstraint("organisation_id", "category", "filed_on"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Of the hazard catalogue: dust, chemical, physical, radiation, biological, other.
    category: Mapped[str]
    filed_on: Mapped[date]
    ends_on: Mapped[date | None]


class DuplicatePair(Base):
    """Two employers or two workers that may be one, with the evidence; a decision is remembered."""

    __table_args__ = (
        UniqueConstraint("kind", "left_id", "right_id"),
        CheckConstraint("kind IN ('employer', 'worker')", name="kind_known"),
        CheckConstraint("state IN ('open', 'merged', 'distinct')", name="state_known"),
        CheckConstraint("left_id < right_id", name="in_order"),
    )
    kind: Mapped[str]
    left_id: Mapped[int]
    right_id: Mapped[int]
    #: What speaks for it: list of [reason, left value, right value]; personal values masked.
    evidence: Mapped[list[Any]] = mapped_column(JSON)
    #: 0–100, for the order of the queue.
    score: Mapped[int]
    county_code: Mapped[str] = mapped_column(default="", index=True)
    region_code: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open", index=True)
    found_at: Mapped[datetime] = mapped_column(Moment, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Merge(Base):
    """One merge: which record points to which, what was taken over field by field, and whether it was undone."""

    kind: Mapped[str]
    kept_id: Mapped[int]
    merged_id: Mapped[int]
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("duplicate_pair.id"))
    #: Fields of the kept record changed by the merge: name → [before, after]. Sealed: it may hold phones.
    fields: Mapped[str | None] = mapped_column(Sealed("merge.fields"))
    reason: Mapped[str] = mapped_column(default="")
    merged_at: Mapped[datetime] = mapped_column(Moment, default=now)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
