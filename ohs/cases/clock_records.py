"""What is kept of clocks that somebody has extended: by how much, why, and by which document."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ohs.kernel.database import Base


class ClockExtension(Base):
    """One extension of a clock, with its cause and document."""

    __table_args__ = (CheckConstraint("until_on > before_on", name="later_than_before"),)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    #: The last day as it was.
    before_on: Mapped[date]
    until_on: Mapped[date]
    cause: Mapped[str]
    document_no: Mapped[str]
