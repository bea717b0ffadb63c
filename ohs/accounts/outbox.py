"""What is on its way to people outside of this system: written with the deed that it tells of, sent later by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox_models import Contact, Outgoing
from ohs.accounts.sending_times import Quiet, next_at
from ohs.accounts.settings import setting
from ohs.kernel.message import Message

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


def counts_by_state(session: Session) -> dict[tuple[str, str], int]:
    """Channel and state → how many messages."""
    question = select(Outgoing.channel, Outgoing.state, func.count()).group_by(Outgoing.channel, Outgoing.state)
    return {(channel, state): count for channel, state, count in session.execute(question)}
