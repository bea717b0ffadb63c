"""Requests for a case (请求移交): what an office has asked for by its number, whether or not there is such a case."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.transfers_models import Transfer
from ohs.kernel.database import Base


class CaseRequest(Base):
    """One request of an office. A number without a case stands here like any other: until an office has answered, nothing tells them apart."""

    __table_args__ = (
        CheckConstraint("number <> ''", name="has_number"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("due_on >= asked_on", name="due_after_asked"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= asked_on", name="withdrawn_after_asked"),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody_on_some_day"),
        Index("ix_case_request_by_office", "organisation_id", "asked_on", "id"),
        Index("ix_case_request_by_number", "organisation_id", "number"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: As it was typed, in capitals.
    number: Mapped[str]
    track: Mapped[str]
    reason: Mapped[str]
    asked_on: Mapped[date]
    due_on: Mapped[date]
    #: The hand-over that an office was asked for; empty where there was nothing to ask for.
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("case_transfer.id", ondelete="SET NULL"), unique=True)
    withdrawn_on: Mapped[date | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    organisation: Mapped[Organisation] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    transfer: Mapped[Transfer | None] = relationship()
