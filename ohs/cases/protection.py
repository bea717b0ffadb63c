"""Protected periods (受保护期): from the day on which a suspected disease was told until its last word; kept with every move of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.models import Case
from ohs.kernel.database import Base
from ohs.registry.models import Employer, Worker

#: The duty of the machine that begins a period.
BEGUN_BY = "set-protected-period"
#: Statuses of the appraisal after which nobody diagnoses or observes any more: the last word is said.
LAST_WORD = frozenset({"final_yes", "final_no"})


class ProtectedPeriod(Base):
    """One stretch in which an employer may not dismiss a worker. Holds nothing medical, so that HR can be told of it."""

    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index("uq_protected_period_one_running", "case_id", unique=True, sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL")),
        Index("ix_protected_period_running", "started_on", "id", sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL")),
        Index("ix_protected_period_by_county", "county_code", "started_on", "id", sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL")),
        Index("ix_protected_period_by_worker", "worker_id", "ended_on"),
        Index("ix_protected_period_by_employer", "employer_id", "ended_on"),
    )  # fmt: skip
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    county_code: Mapped[str]
    region_code: Mapped[str] = mapped_column(default="")
    started_on: Mapped[date]
    #: The day of the last word; empty while it runs.
    ended_on: Mapped[date | None]

    worker: Mapped[Worker] = relationship(lazy="raise_on_sql")
    employer: Mapped[Employer | None] = relationship(lazy="raise_on_sql")
    ending: Mapped[ProtectedEnding | None] = relationship(lazy="raise_on_sql", back_populates="period")


class ProtectedEnding(Base):
    """The employment of a worker has ended inside a protected period: an alarm, with the lead that labour inspection follows."""

    period_id: Mapped[int] = mapped_column(ForeignKey("protected_period.id", ondelete="CASCADE"), unique=True)
    ended_on: Mapped[date]
    #: The roster, or what HR entered it by.
    document_no: Mapped[str]
    found_on: Mapped[date]
    lead_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))

    period: Mapped[ProtectedPeriod] = relationship(lazy="select", back_populates="ending")
    lead: Mapped[Case] = relationship(lazy="raise_on_sql")


def keep_protection(session: Session, cases: Sequence[Case]) -> None:
    """Begin or end the periods of cases, as their statuses now say (ODL art. 55). Called with every change of cases."""
    begun = {case.id: [duty for duty in case.duties if duty.event == BEGUN_BY] for case in cases if case.worker_id is not None}
    concerned = [case for case in cases if begun.get(case.id)]
    if not concerned:
        return
    found = select(ProtectedPeriod).where(ProtectedPeriod.case_id.in_([case.id for case in concerned]), ProtectedPeriod.ended_on.is_(None))
    running = {period.case_id: period for period in session.scalars(found)}
    for case in concerned:
        period, lasts = running.get(case.id), is_under_diagnosis(case)
        if period is not None and not lasts:
            period.ended_on = max(case.steps[-1].on, period.started_on)
        elif period is not None and case.worker_id is not None:
            period.worker_id, period.employer_id = case.worker_id, case.employer_id
            period.county_code, period.region_code = case.county_code, case.region_code
        elif period is None and lasts and (ended := _of(session, case, begun[case.id][-1].opened_on)) is not None:
            ended.ended_on = None  # the last word was none: somebody had objected in time
        elif period is None and lasts:
            session.add(
                ProtectedPeriod(
                    case_id=case.id, worker_id=case.worker_id, employer_id=case.employer_id, county_code=case.county_code,
                    region_code=case.region_code, started_on=begun[case.id][-1].opened_on,
                )
            )  # fmt: skip


def _of(session: Session, case: Case, started_on: date) -> ProtectedPeriod | None:
    """The period of a case that began on a day and has ended."""
    return session.scalar(select(ProtectedPeriod).where(ProtectedPeriod.case_id == case.id, ProtectedPeriod.started_on == started_on))


def is_under_diagnosis(case: Case) -> bool:
    """Whether the worker has been told, and diagnosis and appraisal have not said their last word."""
    if KINDS[case.kind].is_closed(case.status) or case.status == "detected":
        return False
    return case.status_on(APPRAISAL) not in LAST_WORD
