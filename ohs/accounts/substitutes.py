"""Substitutes: somebody is away for some days, and a colleague of the same organisation has an eye on what is in their hands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, joinedload, mapped_column, relationship

from ohs.accounts.models import User
from ohs.accounts.settings import setting
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message


class Substitution(Base):
    """From a day to a day a colleague stands in for somebody; it ends by itself, or when it is ended."""

    __table_args__ = (
        CheckConstraint("user_id <> substitute_id", name="another_person"),
        CheckConstraint("to_on >= from_on", name="ends_after_start"),
        Index("ix_substitution_by_user", "user_id", "to_on"),
        Index("ix_substitution_by_substitute", "substitute_id", "to_on"),
    )
    #: Whoever is away.
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date]
    #: The last day.
    to_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    named_at: Mapped[datetime] = mapped_column(Moment, default=now)
    #: Ended before its last day; it does not hold any more from this moment on.
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    substitute: Mapped[User] = relationship(foreign_keys=[substitute_id])

    def is_open(self, on: date) -> bool:
        """Whether it holds on a day or will hold later."""
        return self.ended_at is None and on <= self.to_on


def name_substitute(
    session: Session, substitute: User, *, from_on: date, to_on: date, note: str = "", actor: User, on: date
) -> Substitution:  # fmt: skip
    """Ask a colleague to stand in for oneself. It brings no right that the colleague has not: both are of one organisation."""
    if substitute.id == actor.id:
        raise DomainError(Message("Name somebody else: nobody stands in for themselves."), status=400)
    if substitute.organisation_id != actor.organisation_id or not substitute.is_active:
        raise DomainError(Message("A substitute is a colleague of your own organisation who may sign in."), status=400)
    if from_on < on or to_on < from_on:
        raise DomainError(Message("The first day is today or later, and the last day not before it."), status=400)
    _hold(session, actor, substitute)
    longest = setting(session, "substitute_days")
    if (to_on - from_on).days >= longest:
        raise DomainError(Message("At most %(days)s days; name a substitute again when they are over.", days=longest), status=400)
    if (held := _away(session, actor.id, from_on, to_on)) is not None:
        raise DomainError(
            Message("%(name)s stands in for you from %(first)s to %(last)s already; end that first.", **_told(held.substitute.name, held))
        )
    if (away := _away(session, substitute.id, from_on, to_on)) is not None:
        raise DomainError(Message("%(name)s is away from %(first)s to %(last)s; name somebody else.", **_told(substitute.name, away)))
    named = Substitution(user_id=actor.id, substitute_id=substitute.id, from_on=from_on, to_on=to_on, note=note.strip())
    after = {"substitute": substitute.login, "from_on": from_on, "to_on": to_on}
    session.add_all([named, audit("substitute:named", actor, actor, after=after)])
    session.flush()
    return named


def _hold(session: Session, *people: User) -> None:
    """Of two who name a substitute for overlapping days at once the second waits here, and then reads what the first has named.

    Both whoever is away and whoever stands in are held, always in the same order: a substitute cannot leave at the same moment.
    """
    ids = [person.id for person in people]
    session.execute(select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update())


def _told(name: str, held: Substitution) -> dict[str, str]:
    return {"name": name, "first": held.from_on.isoformat(), "last": held.to_on.isoformat()}


def end_substitution(session: Session, substitution: Substitution, *, actor: User, on: date) -> None:
    """Be back before the last day."""
    if not substitution.is_open(on):
        raise DomainError(Message("This has ended already."))
    substitution.ended_at = now()
    session.add(audit("substitute:ended", actor, actor, before={"substitute": substitution.substitute.login, "to_on": substitution.to_on}))


def _away(session: Session, user_id: int, first: date, last: date) -> Substitution | None:
    question = select(Substitution).where(
        Substitution.user_id == user_id, Substitution.ended_at.is_(None), Substitution.from_on <= last, Substitution.to_on >= first
    )
    return session.scalar(question.limit(1))


def covered_by(session: Session, user: Any, on: date) -> list[Substitution]:
    """For whom a person stands in on a day; whoever has left the organisation or is blocked does so for nobody."""
    return list(session.scalars(_in_force(on).where(Substitution.substitute_id == user.id)).unique())


def covers_for(session: Session, user: Any, on: date) -> Substitution | None:
    """Who stands in for a person on a day."""
    return session.scalar(_in_force(on).where(Substitution.user_id == user.id).limit(1))


def standing_in(session: Session, user: Any, absent_id: int, on: date) -> Substitution | None:
    """By what somebody stands in for one person on a day."""
    return session.scalar(_in_force(on).where(Substitution.substitute_id == user.id, Substitution.user_id == absent_id).limit(1))


def _in_force(on: date) -> Select[Substitution]:
    absent, colleague = aliased(User), aliased(User)
    return (
        select(Substitution)
        .join(absent, absent.id == Substitution.user_id)
        .join(colleague, colleague.id == Substitution.substitute_id)
        .where(
            Substitution.from_on <= on, Substitution.to_on >= on, Substitution.ended_at.is_(None),
            absent.organisation_id == colleague.organisation_id, colleague.is_enabled,
        )
        .options(contains_eager(Substitution.user.of_type(absent)), contains_eager(Substitution.substitute.of_type(colleague)))
        .order_by(Substitution.to_on, Substitution.id)
    )  # fmt: skip


def hands_of(session: Session, user: Any, on: date) -> list[int]:
    """Whose cases a person sees as in their own hands: their own, and those of whom they stand in for."""
    return [user.id, *(one.user_id for one in covered_by(session, user, on))]


def substitutions_of(user: Any) -> Select[Substitution]:
    """What a person has named, and what they were named for."""
    question = select(Substitution).where(or_(Substitution.user_id == user.id, Substitution.substitute_id == user.id))
    return question.options(joinedload(Substitution.user), joinedload(Substitution.substitute))


def possible_substitutes(user: Any) -> Select[User]:
    """Colleagues who may sign in."""
    return (
        select(User).where(User.organisation_id == user.organisation_id, User.id != user.id, User.is_enabled).order_by(User.name, User.id)
    )


#: What is offered when somebody opens the page: a week.
USUAL = timedelta(days=6)
