"""Cases: what happened to each, what stands beside it, and the clocks that run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.indexes import case_indexes
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.suit import SUIT
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed, SealedBytes
from ohs.kernel.database import Base, Moment, Versioned
from ohs.registry.models import Employer, Worker

CLOCK_STATES = ("running", "paused", "met", "late", "dropped")
OPEN_CLOCKS = ("running", "paused")


def _statuses(track_column: str, *, is_main: bool) -> str:
    """The statuses that the tables know, as a condition of the database."""
    known = [
        f"{kind.code}:{track}:{status}"
        for kind in KINDS.values()
        for track, lifecycle in kind.tracks.items()
        for status in lifecycle.statuses
        if (track == MAIN) is is_main
    ]
    return f"kind || ':' || {track_column} || ':' || status IN ({', '.join(map(repr, known))})"


class Case(Versioned, Base):
    """One case, from the first finding to its end: one number, one owner at any time."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint(_statuses(f"'{MAIN}'", is_main=True), name="status_known"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"),
        *case_indexes(),
    )
    #: The number people quote on the telephone, e.g. `YS-330402-2026-000042`; from the first finding to the last benefit.
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subtype: Mapped[str] = mapped_column(default="")
    #: Moved by the main track of the kind's lifecycle.
    status: Mapped[str]
    #: What the case is about, so that the same is not opened twice: `worker:17:P01`, `employer:3:PERIODIC:2026-11`.
    subject: Mapped[str]
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"), index=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: The diagnosis or testing institution that acts on it.
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    county_code: Mapped[str]
    region_code: Mapped[str] = mapped_column(default="")
    #: Joined by `;`.
    hazard_codes: Mapped[str] = mapped_column(default="")
    disease_code: Mapped[str | None]
    opened_on: Mapped[date]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closed_on: Mapped[date | None]
    #: The office that answers for it.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The offices that answer for its tracks, as `CaseTrack` has them: kept here as well, so that lists and policy ask the case alone.
    appraisal_owner_id: Mapped[int | None]
    work_injury_owner_id: Mapped[int | None]
    suit_owner_id: Mapped[int | None]
    #: Whoever has taken it there, as `CaseHandler` has it: kept here as well, so that lists ask the case alone.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    #: The nearest last day of its running clocks, for the order of lists.
    due_on: Mapped[date | None]
    #: Where the main track was when it was suspended.
    came_from: Mapped[str] = mapped_column(default="")
    round: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    owner: Mapped[Organisation] = relationship(foreign_keys=[owner_id], lazy="joined")
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id], lazy="raise_on_sql")
    clinic: Mapped[Organisation | None] = relationship(foreign_keys=[clinic_id], lazy="raise_on_sql")
    institution: Mapped[Organisation | None] = relationship(foreign_keys=[institution_id], lazy="select")
    employer: Mapped[Employer | None] = relationship(lazy="select")
    worker: Mapped[Worker | None] = relationship(lazy="select")
    tracks: Mapped[list[CaseTrack]] = relationship(cascade="all, delete-orphan", order_by="CaseTrack.id")
    steps: Mapped[list[CaseStep]] = relationship(cascade="all, delete-orphan", order_by="CaseStep.position", back_populates="case")
    clocks: Mapped[list[CaseClock]] = relationship(cascade="all, delete-orphan", order_by="CaseClock.id", back_populates="case")
    duties: Mapped[list[CaseDuty]] = relationship(cascade="all, delete-orphan", order_by="CaseDuty.id")
    lines: Mapped[list[CaseLine]] = relationship(cascade="all, delete-orphan", order_by="CaseLine.id", back_populates="case")
    evidence: Mapped[list[CaseEvidence]] = relationship(cascade="all, delete-orphan", order_by="CaseEvidence.id")
    sources: Mapped[list[CaseSource]] = relationship(cascade="all, delete-orphan", order_by="CaseSource.id")
    handlers: Mapped[list[CaseHandler]] = relationship(cascade="all, delete-orphan", order_by="CaseHandler.id")

    def handler_at(self, organisation_id: int) -> User | None:
        """Who has it in hand at an organisation."""
        return next((one.user for one in self.handlers if one.organisation_id == organisation_id), None)

    @property
    def is_at_work_injury(self) -> bool:
        """Whether the disease was confirmed, so that work injury is applied for."""
        return any(one.track == WORK_INJURY for one in self.tracks)

    @classmethod
    def at_work_injury(cls) -> ColumnElement[bool]:
        """The same as a filter."""
        return cls.work_injury_owner_id.is_not(None)

    def give_track(self, track: str, owner: Organisation) -> None:
        """Let an office answer for a track from now on."""
        next(one for one in self.tracks if one.track == track).owner = owner
        if track == WORK_INJURY:
            self.work_injury_owner_id = owner.id
        elif track == APPRAISAL:
            self.appraisal_owner_id = owner.id
        elif track == SUIT:
            self.suit_owner_id = owner.id

    @classmethod
    def answering(cls) -> tuple[Any, ...]:
        """The columns with the offices that answer for the case or for a track of it."""
        return cls.owner_id, cls.appraisal_owner_id, cls.work_injury_owner_id, cls.suit_owner_id

    @classmethod
    def owned_by_department(cls, department: str | None) -> ColumnElement[bool]:
        """Whether any office of a department answers for the case itself."""
        return cls.owner_id.in_(select(Organisation.id).where(Organisation.department == department))

    def office_of(self, track: str) -> int:
        """The organisation that answers for a track; for the main way and for duties the case's owner."""
        return next((one.owner_id for one in self.tracks if one.track == track), self.owner_id)

    def is_answered_by(self, organisation_id: int) -> bool:
        """Whether an organisation answers for the case or for one of its tracks."""
        return organisation_id == self.owner_id or any(one.owner_id == organisation_id for one in self.tracks)

    @classmethod
    def answered_by(cls, organisation_id: int) -> ColumnElement[bool]:
        """The same as a filter."""
        return or_(*(column == organisation_id for column in cls.answering()))

    def status_on(self, track: str) -> str:
        """The status of a track; empty where it has not begun."""
        return self.status if track == MAIN else next((one.status for one in self.tracks if one.track == track), "")


#: The nearest last day as lists are ordered by it, in the very words of its indexes.
NEXT_DAY: ColumnElement[date] = func.coalesce(Case.due_on, literal_column("'9999-12-31'", Date))


class CaseHandler(Base):
    """Who has a case in hand at one organisation: the office that answers for it or a track of it, or whoever else has something to do.

    One person at each; the case itself has one owner, whoever has it in hand where.
    """

    __table_args__ = (UniqueConstraint("case_id", "organisation_id"), Index("ix_case_handler_by_user", "user_id", "case_id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(lazy="joined")


class CaseTrack(Base):
    """A track beside the main one, with the office that answers for it."""

    __table_args__ = (
        CheckConstraint(_statuses("track", is_main=False), name="status_known"),
        UniqueConstraint("case_id", "track"),
        Index("ix_case_track_by_owner", "owner_id", "status"),
        Index("ix_case_track_by_status", "status", "case_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    #: As the case's, so that the database can hold the status against the kind's table.
    kind: Mapped[str]
    track: Mapped[str]
    status: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    owner: Mapped[Organisation] = relationship(lazy="joined")


class CaseStep(Base):
    """One line of the timeline: who did what, when, with what document, and who was told. Never changed."""

    __table_args__ = (UniqueConstraint("case_id", "position"), CheckConstraint("position > 0", name="position_counts"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    #: 1 for the opening, without a gap.
    position: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    on: Mapped[date]
    track: Mapped[str]
    event: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    #: Kind of actor of the table: `EMP`, `HLTH`, `system`; for a body without an account, that body.
    actor: Mapped[str]
    #: Who did or recorded it; empty for the system.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: What the act told, except what is medical; days as ISO text.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: The medical facts, as JSON.
    medical: Mapped[str | None] = mapped_column(Sealed("case_step.medical"))
    #: Kinds of actor that were told.
    told: Mapped[list[str]] = mapped_column(JSON, default=list)

    case: Mapped[Case] = relationship(back_populates="steps")
    user: Mapped[User | None] = relationship(lazy="select")
    organisation: Mapped[Organisation | None] = relationship(lazy="select")


class CaseClock(Base):
    """One limit that runs for somebody: started, suspended, extended, and met or missed."""

    __table_args__ = (
        CheckConstraint(f"state IN {CLOCK_STATES!r}", name="state_known"),
        CheckConstraint("(state IN ('running', 'paused')) = (ended_on IS NULL)", name="open_iff_not_ended"),
        Index("ix_case_clock_open", "state", "due_on", "id"),
        Index("ix_case_clock_by_case", "case_id"),
        Index("ix_case_clock_by_slug", "slug", "state", "due_on", "id", "started_on", "case_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    track: Mapped[str]
    #: The status that started it; empty for a duty.
    status: Mapped[str] = mapped_column(default="")
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("case_duty.id", ondelete="CASCADE"))
    #: Of the table of deadlines.
    slug: Mapped[str]
    #: Kinds of actor that must act, joined by `; ` as the table of lifecycles does.
    actors: Mapped[str]
    started_on: Mapped[date]
    due_on: Mapped[date]
    #: How much of its unit it has, as it began: a default that is changed later on the same day does not change what runs. Empty where
    #: somebody set the day, and for clocks that are older than this column.
    amount: Mapped[int | None]
    #: By law; otherwise a default of this office, or a date that somebody set.
    is_statutory: Mapped[bool]
    #: The day rests on holidays that are not published yet.
    is_provisional: Mapped[bool] = mapped_column(default=False)
    #: Somebody set the last day: an order, an appointment, an extension.
    is_set: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="running")
    ended_on: Mapped[date | None]
    #: 0 in time, 1 amber, 2 red, 3 before the city, 4 before the joint meeting.
    escalation: Mapped[int] = mapped_column(default=0)

    case: Mapped[Case] = relationship(back_populates="clocks")
    duty: Mapped[CaseDuty | None] = relationship()
    pauses: Mapped[list[ClockPause]] = relationship(cascade="all, delete-orphan", order_by="ClockPause.id")


class CaseWaiting(Base):
    """What an inbox lists: an organisation that must act on a case, and until when; kept with every change of the case."""

    __table_args__ = (
        Index("ix_case_waiting_by_organisation", "organisation_id", "due_on", "id"),
        Index("ix_case_waiting_by_kind", "organisation_id", "kind", "due_on", "id"),
        Index("ix_case_waiting_by_case", "case_id", "organisation_id", "clock_id", "county_code"),
        Index("ix_case_waiting_by_county", "county_code", "due_on", "clock_id", "id", "kind", "organisation_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: As the case's when this line was written, for the counts that go with it.
    county_code: Mapped[str] = mapped_column(default="", server_default="")
    #: As the case's, so that an inbox of one kind has an index.
    kind: Mapped[str] = mapped_column(server_default="")
    #: The clock that runs; empty where something is to be done without a limit.
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"))
    #: The last day; the end of the calendar where there is no limit.
    due_on: Mapped[date]
    #: What is to be done without a limit, beside what the clock asks: statuses of tracks and events of duties, joined by `;`.
    what: Mapped[str] = mapped_column(default="", server_default="")

    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    clock: Mapped[CaseClock | None] = relationship(lazy="raise_on_sql")


class ClockPause(Base):
    """A suspension of a clock, with its cause and document."""

    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="ends_after_start"),)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"), index=True)
    from_on: Mapped[date]
    #: The last day that does not count; empty while it lasts.
    to_on: Mapped[date | None]
    cause: Mapped[str]
    document_no: Mapped[str] = mapped_column(default="")
    #: Somebody suspended this clock alone; it does not run again with the case.
    is_by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())


class CaseDuty(Base):
    """Something to be done beside the status."""

    __table_args__ = (
        UniqueConstraint("case_id", "event", "opened_by"),
        CheckConstraint("(done_on IS NULL) = (state = 'due')", name="done_iff_dated"),
        CheckConstraint("state IN ('due', 'done', 'dropped')", name="state_known"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    #: The step of the timeline that opened it.
    opened_by: Mapped[int]
    state: Mapped[str] = mapped_column(default="due")
    opened_on: Mapped[date]
    done_on: Mapped[date | None]


class CaseLine(Base):
    """One worker of a case about many."""

    __table_args__ = (
        UniqueConstraint("case_id", "worker_id"),
        CheckConstraint("(closed_on IS NULL) = (outcome = '')", name="closed_iff_outcome"),
        CheckConstraint("outcome IN ('', 'examined', 'no-exposure', 'left', 'refused')", name="outcome_known"),
        CheckConstraint("claim IN ('', 'no-exposure', 'left', 'refused')", name="claim_known"),
        CheckConstraint("(claim = '') = (claimed_on IS NULL)", name="claim_iff_dated"),
        Index("ix_case_line_by_standing", "case_id", "outcome", "id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    due_on: Mapped[date | None]
    #: `examined`, `no-exposure`, `left` or `refused`; empty while open.
    outcome: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    #: The card of the examination, its day, and its key in the table of the area that keeps it, where that is known.
    record: Mapped[str] = mapped_column(default="")
    examined_on: Mapped[date | None]
    record_id: Mapped[int | None] = mapped_column(index=True)
    #: What the employer says instead, while nobody has decided on its proof; outcomes but for `examined`.
    claim: Mapped[str] = mapped_column(default="", server_default="")
    claimed_on: Mapped[date | None]
    #: The file that proves it: one may prove it for many.
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("case_evidence.id", ondelete="SET NULL"), index=True)

    case: Mapped[Case] = relationship(back_populates="lines")
    worker: Mapped[Worker] = relationship(lazy="select")
    proof: Mapped[CaseEvidence | None] = relationship(lazy="raise_on_sql")


class CaseSource(Base):
    """A record of another area that a case rests on: found in it, or answered by it."""

    __table_args__ = (
        UniqueConstraint("case_id", "what", "record_id", "role"),
        CheckConstraint("what IN ('examination', 'measurement', 'declaration')", name="what_known"),
        CheckConstraint("role IN ('finding', 'answer')", name="role_known"),
        Index("ix_case_source_by_record", "what", "record_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    what: Mapped[str]
    #: Of the table of the area that keeps the records.
    record_id: Mapped[int]
    #: What people call it, e.g. the number of the examination's card.
    number: Mapped[str]
    #: `finding` where the case was opened or confirmed by it, `answer` where it is what the case asked for.
    role: Mapped[str]
    #: The version of the record that was looked at last.
    revision: Mapped[int] = mapped_column(default=1)
    added_on: Mapped[date]
    #: The day since which the record no longer says so.
    withdrawn_on: Mapped[date | None]


class CaseEvidence(Base):
    """A file of a case, stored with its digest; opened only through policy, each reading on record."""

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    #: What it proves: `certificate`, `refusal`, `post-change`, …
    kind: Mapped[str]
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    #: Sealed by whoever stores it: it may be medical.
    content: Mapped[bytes] = deferred(mapped_column(SealedBytes("case_evidence.content", at_once=5), nullable=False))
    added_at: Mapped[datetime] = mapped_column(Moment, default=now)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    added_by: Mapped[User] = relationship(lazy="select")
