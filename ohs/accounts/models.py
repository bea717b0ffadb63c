"""Organisations, users, roles, sign-ins: who can act, and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, column, func, select, table, text
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed
from ohs.kernel.database import Base, Moment, Versioned

KINDS = ("department", "town", "employer", "clinic", "diagnosis", "testing", "operator")
ROLES = (
    "employer", "clinic", "testing", "diagnosis", "health", "hr", "safety", "town", "system-admin", "security-admin", "auditor",
)  # fmt: skip
#: The three administrators exclude each other, and every other role.
ADMINISTRATORS = ("system-admin", "security-admin", "auditor")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Organisation(Versioned, Base):
    """A department at one level, a town, an employer, an institution, or the operator of this system."""

    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind_known"),
        CheckConstraint("(kind = 'department') = (department IS NOT NULL)", name="department_iff_named"),
        CheckConstraint("department IS NULL OR department IN ('health', 'hr', 'safety')", name="department_known"),
        CheckConstraint("(kind IN ('department', 'town')) = (level IS NOT NULL)", name="level_iff_government"),
        CheckConstraint("level IS NULL OR level IN ('city', 'county', 'zone', 'town')", name="level_known"),
        CheckConstraint("(kind = 'employer') = (employer_id IS NOT NULL)", name="employer_iff_linked"),
    )
    kind: Mapped[str] = mapped_column(index=True)
    department: Mapped[str | None]
    level: Mapped[str | None]
    #: Region code of the area it is responsible for, or in which it sits: city, county, zone or town.
    region_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    uscc: Mapped[str | None] = mapped_column(unique=True)
    #: The employer that this organisation's people act for; a pointer to the register, which stands above this area.
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), unique=True)
    phone: Mapped[str] = mapped_column(default="")
    #: The sign under which it numbers its letters, e.g. 海卫; empty until it is chosen or the first letter is written.
    document_sign: Mapped[str | None] = mapped_column(unique=True, index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    @property
    def audit_name(self) -> str:
        return self.name

    @property
    def employer_ids(self) -> frozenset[int]:
        """The own employer, with every entry of the register that stands for it or for which it stands."""
        session = object_session(self)
        if session is None or self.employer_id is None:
            return frozenset()
        own, also = _EMPLOYERS.alias(), _EMPLOYERS.alias()
        question = (
            select(also.c.id)
            .join(own, func.coalesce(own.c.merged_into_id, own.c.id) == func.coalesce(also.c.merged_into_id, also.c.id))
            .where(own.c.id == self.employer_id)
        )
        return frozenset(session.scalars(question))


#: The register stands above this area; of its employers only the pointer is read here.
_EMPLOYERS = table("employer", column("id"), column("merged_into_id"))


#: Cases stand above this area as well; of an emergency access only whose, which case and until when is read here.
_EMERGENCIES = table("emergency_access", column("user_id"), column("case_id"), column("ends_at", Moment()), column("closed_at", Moment()))
#: Where a session holds what was read of them.
EMERGENCIES_HELD = "emergencies"


class User(Versioned, UserMixin, Base):
    """One person's account; people are never shared between organisations."""

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Argon2; empty until the first password is set through a one-time link.
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None] = mapped_column(Moment)
    totp_secret: Mapped[str | None] = mapped_column(Sealed("user.totp_secret"))
    #: The last time step whose code was used: a code works once.
    totp_last_step: Mapped[int] = mapped_column(default=0)
    phone: Mapped[str | None] = mapped_column(Sealed("user.phone"))
    locale: Mapped[str | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    roles: Mapped[list[UserRole]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.role")

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.is_enabled and self.organisation.is_active

    @property
    def role_names(self) -> frozenset[str]:
        """The person's roles, for policy."""
        return frozenset(held.role for held in self.roles)

    @property
    def audit_name(self) -> str:
        return self.login

    @property
    def emergency_case_ids(self) -> frozenset[int]:
        """The cases that this person has opened in an emergency and may still read; asked of the database once in a session."""
        session = object_session(self)
        if session is None:
            return frozenset()
        held = session.info.setdefault(EMERGENCIES_HELD, {})
        if self.id not in held:
            question = select(_EMERGENCIES.c.case_id, _EMERGENCIES.c.ends_at).where(
                _EMERGENCIES.c.user_id == self.id, _EMERGENCIES.c.ends_at > now(), _EMERGENCIES.c.closed_at.is_(None)
            )
            held[self.id] = session.execute(question).all()
        moment = now()
        return frozenset(case_id for case_id, ends_at in held[self.id] if ends_at > moment)

    def has_purpose_for(self, subject: Any) -> bool:
        """Whether this person has named a reason for opening this record (an examination or a worker) within its term."""
        session = object_session(self)
        worker_id = getattr(subject, "worker_id", None)
        if session is None or worker_id is None:
            return False
        given = select(Purpose.id).where(Purpose.user_id == self.id, Purpose.worker_id == worker_id, Purpose.ends_at > now()).limit(1)
        return session.scalar(given) is not None


class UserRole(Base):
    """A role of a user. The database refuses a second administrator's role and any role beside one."""

    __table_args__ = (
        UniqueConstraint("user_id", "role"),
        CheckConstraint(_one_of("role", ROLES), name="role_known"),
        CheckConstraint("is_administrator = (role IN ('system-admin', 'security-admin', 'auditor'))", name="administrator_iff_role"),
        Index(
            "uq_user_role_one_administrator", "user_id", unique=True,
            sqlite_where=text("is_administrator"), postgresql_where=text("is_administrator"),
        ),
    )  # fmt: skip
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    is_administrator: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """One browser session of one user, ended by sign-out, by its limits, or by its owner from elsewhere."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    #: SHA-256 of the token in the cookie.
    token_digest: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime] = mapped_column(Moment, default=now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str]
    agent: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship(lazy="joined")


class SignInAttempt(Base):
    """One try to sign in; failures throttle both the account and the address."""

    login: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    is_success: Mapped[bool]


class PasswordLink(Base):
    """A one-time link with which a person sets the first password, or a new one after a reset."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Purpose(Base):
    """Why a person opened one worker's file, and until when that reason holds."""

    TERM = timedelta(minutes=30)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    #: The worker whose file was opened (the register stands above this area).
    worker_id: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class SavedView(Base):
    """A list with its filters, kept by one person as a tab."""

    __table_args__ = (UniqueConstraint("user_id", "endpoint", "name"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    #: The list it belongs to, e.g. `declarations.index`.
    endpoint: Mapped[str]
    name: Mapped[str]
    #: The filters as they stand in the address, without cursor.
    query: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Setting(Versioned, Base):
    """A default of this office, or another setting, changed with an audit trail; statutory figures are not here."""

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class ExportApproval(Base):
    """An export of many workers' data waiting for, or released by, a second person."""

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state_known"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="second_person"),
        CheckConstraint("(state = 'waiting') = (decided_by_id IS NULL)", name="decided_iff_by"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: Name of the report and the filters as they stood in the address.
    report: Mapped[str]
    query: Mapped[str]
    row_count: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
