"""How people want to be told outside of this system, and what is on its way to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ohs.accounts.models import User
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed
from ohs.kernel.database import Base, Moment, Versioned

CHANNELS = ("mail", "sms", "government")
#: When somebody is told: at once, once a day, or not at all.
WHENS = ("at-once", "daily", "none")
STATES = ("waiting", "sent", "logged", "failed")
IS_WAITING, IS_FAILED = text("state = 'waiting'"), text("state = 'failed'")


class Contact(Versioned, Base):
    """Where and when one person wants to be told; whoever has none is told on the screen alone."""

    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel_known"),
        CheckConstraint(f"told IN {WHENS!r}", name="told_known"),
        CheckConstraint("told = 'none' OR channel <> 'mail' OR email IS NOT NULL", name="mail_has_address"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str | None] = mapped_column(Sealed("contact.email"))
    channel: Mapped[str] = mapped_column(default="mail")
    #: `at-once`, `daily` or `none`.
    told: Mapped[str] = mapped_column(default="at-once")

    user: Mapped[User] = relationship(lazy="select")


class Outgoing(Base):
    """One thing that one person is to be told outside: which, never what it says. Several leave in one message."""

    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel_known"),
        CheckConstraint(f"state IN {STATES!r}", name="state_known"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="waiting_iff_not_ended"),
        CheckConstraint("count > 0 AND tries >= 0", name="counts"),
        Index("ix_outgoing_waiting", "send_at", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("ix_outgoing_failed", "ended_at", "id", sqlite_where=IS_FAILED, postgresql_where=IS_FAILED),
        Index("ix_outgoing_by_person", "user_id", "channel", "state"),
        Index("ix_outgoing_ended", "ended_at"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    channel: Mapped[str]
    #: Who writes its line: an area offers one writer for each.
    topic: Mapped[str]
    #: Number of the record that it is about; empty where it is about many.
    subject: Mapped[str] = mapped_column(default="")
    #: How many records.
    count: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: Not before; moved on with every try, so that no two workers send it.
    send_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: What the last try met, as a code; never what a server has said.
    error: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    @classmethod
    def is_in(cls, state: str) -> ColumnElement[bool]:
        """Whether it stands so; written out, because a database uses the indexes of waiting and failed ones only for what it can read."""
        if state not in STATES:
            raise ValueError(state)
        return cls.state == literal_column(f"'{state}'")
