"""Hand-overs: a case or a track of it on its way from one office to another, asked for, answered, or taken back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import Organisation, User
from ohs.cases.document_models import CaseDocument
from ohs.cases.models import Case, CaseClock
from ohs.kernel.database import Base

#: Sent by whoever has it, or asked for by somebody who wants it.
SENT, PULLED = "sent", "pulled"
ACCEPTED, REFUSED, REVOKED = "accepted", "refused", "revoked"
#: Sent and not answered in time: it belongs to the receiver.
LAPSED = "lapsed"
#: Asked for and not answered in time: it stays where it is, and the joint meeting decides.
UNANSWERED = "unanswered"
#: The case was closed meanwhile, or the joint meeting has given it to somebody.
DROPPED = "dropped"
ANSWERS = (ACCEPTED, REFUSED, REVOKED, LAPSED, UNANSWERED, DROPPED)
OPEN = text("answer = ''")
#: Hand-overs that are equal in all of this count alike.
ALIKE = ("asked_on", "asker_id", "answerer_id", "due_on", "answer", "answered_on")


class Transfer(Base):
    """One hand-over. Until it is answered the case stays where it is; of one track of a case one is open at a time."""

    __tablename__ = "case_transfer"
    __table_args__ = (
        CheckConstraint(f"kind IN {(SENT, PULLED)!r}", name="kind_known"),
        CheckConstraint(f"answer IN {('', *ANSWERS)!r}", name="answer_known"),
        CheckConstraint("(answer = '') = (answered_on IS NULL)", name="answered_iff_dated"),
        CheckConstraint("answered_on IS NULL OR answered_on >= asked_on", name="answered_after_asked"),
        CheckConstraint("asker_id <> answerer_id", name="between_two"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("answer <> 'refused' OR answer_reason <> ''", name="refused_with_reason"),
        CheckConstraint("(answer <> 'lapsed' OR kind = 'sent') AND (answer <> 'unanswered' OR kind = 'pulled')", name="silence_fits"),
        Index("uq_case_transfer_one_open", "case_id", "track", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_case_transfer_by_answerer", "answerer_id", "answer", "asked_on", "id"),
        Index("ix_case_transfer_by_asker", "asker_id", "answer", "asked_on", "id"),
        Index("ix_case_transfer_open", "answer", "due_on", "id"),
        # In the order in which the scorecard counts those alike, with all that it asks.
        Index("ix_case_transfer_by_day", *ALIKE),
        Index("ix_case_transfer_by_case", "case_id"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    #: `main` for the case itself, else one of its tracks.
    track: Mapped[str]
    kind: Mapped[str]
    #: The organisation that sends it, or that asks for it.
    asker_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The organisation that must answer: the receiver of what was sent, the holder of what is asked for.
    answerer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]
    asked_on: Mapped[date]
    due_on: Mapped[date]
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"), unique=True)
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    #: Empty where time has answered.
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer_reason: Mapped[str] = mapped_column(default="")
    #: The numbered letter with which it was sent; what was asked for has none.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("case_document.id", ondelete="SET NULL"), unique=True)

    case: Mapped[Case] = relationship()
    asker: Mapped[Organisation] = relationship(foreign_keys=[asker_id], lazy="joined")
    answerer: Mapped[Organisation] = relationship(foreign_keys=[answerer_id], lazy="joined")
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    clock: Mapped[CaseClock] = relationship()
    document: Mapped[CaseDocument | None] = relationship(lazy="select")

    @property
    def holder(self) -> Organisation:
        """Who has it while it waits."""
        return self.asker if self.kind == SENT else self.answerer

    @property
    def taker(self) -> Organisation:
        """Who has it once it is accepted."""
        return self.answerer if self.kind == SENT else self.asker
