"""Visits on the spot (现场核实): what a town is asked to look at for a case that it does not see, and what it has found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.models import Case
from ohs.cases.visit_questions import QUESTIONS, Question
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment
from ohs.registry.models import Employer

OPEN = text("answered_on IS NULL AND withdrawn_on IS NULL")


class SiteVisit(Base):
    """One visit: asked of a town, then answered or withdrawn, never both. Of one case one is open at a time."""

    __table_args__ = (
        CheckConstraint("questions <> ''", name="asks_something"),
        CheckConstraint("due_on >= asked_on", name="due_after_asked"),
        CheckConstraint("(answered_on IS NULL) = (visited_on IS NULL) AND (answered_on IS NULL) = (answered_by_id IS NULL)", name="answered_iff_visited"),
        CheckConstraint("visited_on IS NULL OR (visited_on >= asked_on AND visited_on <= answered_on)", name="visited_between"),
        CheckConstraint("answered_on IS NULL OR withdrawn_on IS NULL", name="ends_once"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= asked_on", name="withdrawn_after_asked"),
        CheckConstraint("withdrawn_by_id IS NULL OR withdrawn_on IS NOT NULL", name="withdrawn_by_somebody_on_some_day"),
        CheckConstraint("photographs >= 0 AND (photographs = 0 OR answered_on IS NOT NULL)", name="photographs_of_an_answer"),
        Index("uq_site_visit_one_open", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_site_visit_open", "organisation_id", "due_on", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_site_visit_by_town", "organisation_id", "due_on", "id"),
        Index("ix_site_visit_by_asking", "organisation_id", "asked_on", "id"),
        Index("ix_site_visit_by_case", "case_id", "id"),
        Index("ix_site_visit_by_employer", "employer_id"),
    )  # fmt: skip
    #: Of its own series, e.g. `HC-330481-2026-000001`: the number of a case tells what kind it is.
    number: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    #: The town that is asked.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: As the case's on the day of asking: where the town goes.
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    asked_on: Mapped[date]
    #: Empty where the case has asked by itself, by coming to a status.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: The status with which nobody needs it any more; empty where only the end of the case ends it.
    while_status: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    #: Codes joined by `;`.
    questions: Mapped[str]
    #: The post to which the worker is said to have moved, cleared of what the town must not learn.
    new_post: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    visited_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: Code of a question → `yes`, `no` or `unknown`.
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    found: Mapped[str] = mapped_column(default="")
    photographs: Mapped[int] = mapped_column(default=0)
    withdrawn_on: Mapped[date | None]
    #: Empty where the case has gone on and nobody needs it.
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    #: The office that answers for the case now: what its towns are asked is its own.
    owner_id: Mapped[int] = column_property(select(Case.owner_id).where(Case.id == case_id).correlate_except(Case).scalar_subquery())

    case: Mapped[Case] = relationship()
    organisation: Mapped[Organisation] = relationship()
    employer: Mapped[Employer] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])

    @property
    def asks(self) -> list[Question]:
        """What is to be looked at, in the order of the house."""
        codes = self.questions.split(";")
        return [one for one in QUESTIONS.values() if one.code in codes]

    @property
    def is_open(self) -> bool:
        """Whether the town still has to go."""
        return self.answered_on is None and self.withdrawn_on is None

    @property
    def names_worker(self) -> bool:
        """Whether a question needs to know who it is."""
        return any(one.names_worker for one in self.asks)

    def is_late(self, on: date) -> bool:
        """Whether it is, or was answered, after its last day."""
        return self.withdrawn_on is None and self.due_on < (self.answered_on or on)
