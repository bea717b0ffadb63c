"""What is on its way to people outside of this system: written with the deed that it tells of, sent later by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import User
from ohs.accounts.outbox_models import Contact, Outgoing
from ohs.accounts.sending_times import Quiet, next_at
from ohs.accounts.settings import setting
from ohs.kernel.audit import audit
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

#: Nobody counts further for a badge.
BADGE_CAP = 1_000
#: Writes the lines of some things of one topic for one person, who may read what they lead to; never a fact about a person.
Writer = Callable[[Session, User, Sequence[Outgoing]], list[Message]]
_writers: dict[str, Writer] = {}


def writes_lines_of(topic: str) -> Callable[[Writer], Writer]:
    """Register who writes the lines of a topic."""

    def register(writer: Writer) -> Writer:
        _writers[topic] = writer
        return writer

    return register


def writer_of(topic: str) -> Writer:
    """Who writes the lines of a topic."""
    return _writers[topic]


def quiet_hours(session: Session) -> Quiet:
    """As this office has set them."""
    return Quiet(setting(session, "quiet_from_hour"), setting(session, "quiet_to_hour"))


def send_later(session: Session, told: Mapping[int, int], topic: str, subject: str, *, at: datetime) -> None:
    """Put a message on its way to everybody of some organisations who wants one; `told` says of how many records each is told.

    It is a row of the caller's transaction and nothing else: whatever becomes of the mail, the deed stands or falls without it.
    """
    if not told:
        return
    people = session.execute(
        select(User.id, User.organisation_id, Contact.channel, Contact.told)
        .join(Contact, Contact.user_id == User.id)
        .where(User.organisation_id.in_(told), User.is_enabled, Contact.told != "none")
    ).all()
    if not people:
        return
    quiet, hour = quiet_hours(session), setting(session, "digest_hour")
    for user_id, organisation_id, channel, when in people:
        send_at = quiet.after(next_at(at, hour) if when == "daily" else at)
        session.add(
            Outgoing(
                user_id=user_id, channel=channel, topic=topic, subject=subject, count=told[organisation_id], written_at=at, send_at=send_at,
                state="waiting", tries=0, error="",
            )
        )  # fmt: skip


def contact_of(session: Session, user: User) -> Contact | None:
    """Where and when a person wants to be told; none where nothing was chosen."""
    return session.scalar(select(Contact).where(Contact.user_id == user.id))


def choose_contact(session: Session, user: User, *, email: str, phone: str, channel: str, told: str) -> None:
    """Say where and when one wants to be told oneself."""
    if told != "none" and not (email if channel == "mail" else phone):
        raise DomainError(Message("Give the address at which you want to be told, or choose not to be told."), status=400)
    held = contact_of(session, user)
    if held is None:
        held = Contact(user_id=user.id, channel=channel, told="none")
        session.add(held)
    before = {"channel": held.channel, "told": held.told}
    held.email, held.channel, held.told, user.phone = email or None, channel, told, phone or None
    session.add(audit("contact:chosen", user, user, before=before, after={"channel": channel, "told": told}))


def try_again(session: Session, *, actor: User, at: datetime) -> int:
    """Put every message that was given up on its way once more; returns how many."""
    again = update(Outgoing).where(Outgoing.is_in("failed")).values(state="waiting", ended_at=None, send_at=at, tries=0)
    count: int = session.execute(again.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    session.add(audit("messages:tried-again", "", actor, after={"rows": count}))
    return count


def forget_ended(session: Session, before: datetime) -> int:
    """Delete what has ended long ago; returns how many."""
    return session.execute(delete(Outgoing).where(Outgoing.ended_at < before)).rowcount  # type: ignore[attr-defined,no-any-return]


def failed_count(_user: object) -> int:
    """How many messages were given up, for the badge of the administrators."""
    some = select(Outgoing.id).where(Outgoing.is_in("failed")).limit(BADGE_CAP).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def failed_messages() -> Select[Outgoing]:
    """Messages that were given up."""
    return select(Outgoing).where(Outgoing.is_in("failed")).options(joinedload(Outgoing.user))


def late_messages() -> Select[Outgoing]:
    """Messages that have failed at least once and will be tried again."""
    return select(Outgoing).where(Outgoing.is_in("waiting"), Outgoing.tries > 0, Outgoing.error != "").options(joinedload(Outgoing.user))


def counts_by_state(session: Session) -> dict[tuple[str, str], int]:
    """Channel and state → how many messages."""
    question = select(Outgoing.channel, Outgoing.state, func.count()).group_by(Outgoing.channel, Outgoing.state)
    return {(channel, state): count for channel, state, count in session.execute(question)}
