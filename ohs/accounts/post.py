"""The post: takes what is on its way, writes one letter for each person, and sends it; what fails waits longer each time, up to a last try.

No deed waits for it: it reads rows that were committed long before, and a failing server delays letters and nothing else. A row is
taken by moving its time on, so that two workers never send it at once and a killed one's rows are sent by the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox import quiet_hours, writer_of
from ohs.accounts.outbox_models import Contact, Outgoing
from ohs.accounts.sending_times import pause_after
from ohs.accounts.settings import setting
from ohs.kernel.clock import now
from ohs.kernel.database import writing
from ohs.kernel.errands import errand
from ohs.kernel.i18n import in_language, say
from ohs.kernel.message import Message
from ohs.kernel.messaging import CUT_OFF, Channel, Letter, NotDelivered, Send, channels

#: So long a taken row belongs to its worker.
HELD_FOR = timedelta(minutes=10)
#: Rows that one round looks at, its letters, and lines of one letter.
ROWS_AT_ONCE, LETTERS_AT_ONCE, LINES_AT_MOST = 2_000, 100, 40
#: Lines of a short message.
SHORT_LINES = 2


@dataclass(frozen=True)
class Taken:
    """What one person is to be told now."""

    user: User
    rows: Sequence[Outgoing]


@errand("post")
def post(session: Session) -> int:
    """Send what is due at this moment; returns how many letters left, or were logged."""
    return send_due(session, channels(), now())


def send_due(session: Session, carriers: dict[str, Channel], at: datetime) -> int:
    """The same at any moment, through given carriers; commits after every letter."""
    session.rollback()
    if quiet_hours(session).holds(at):
        return 0
    due = select(Outgoing.channel, Outgoing.user_id).where(Outgoing.is_in("waiting"), Outgoing.send_at <= at)
    rows = session.execute(due.order_by(Outgoing.send_at, Outgoing.id).limit(ROWS_AT_ONCE))
    people = sorted(list(dict.fromkeys((channel, user_id) for channel, user_id in rows))[:LETTERS_AT_ONCE])
    session.rollback()
    return sum(
        _send_through(session, carriers[channel], channel, [user_id for _channel, user_id in some], at)
        for channel, some in groupby(people, key=lambda row: row[0])
    )


class _CutOff(Exception):
    """The connection is gone: nobody else's letter leaves over it."""


def _send_through(session: Session, carrier: Channel, channel: str, user_ids: Sequence[int], at: datetime) -> int:
    """Letters over one connection; where it cannot be opened or is cut, only the rows of the person at whom it happened have tried."""
    sent = 0
    try:
        with carrier.opened() as send:
            for user_id in user_ids:
                sent += _send_one(session, send, channel, user_id, at, "sent" if carrier.is_real else "logged")
    except _CutOff:
        return sent
    except NotDelivered as failure:
        taken = _take(session, channel, user_ids[sent:][0], at)
        _put_off(session, taken, failure.code, at)
    return sent


def _send_one(session: Session, send: Send, channel: str, user_id: int, at: datetime, ended: str) -> int:
    taken = _take(session, channel, user_id, at)
    if not taken.rows:
        return 0
    letter = letter_for(session, taken.user, channel, taken.rows)
    session.rollback()
    if letter is None:
        _end(session, taken.rows, "failed", "no-address", at)
        return 0
    try:
        send(letter)
    except NotDelivered as failure:
        _put_off(session, taken, failure.code, at)
        if failure.code == CUT_OFF:
            raise _CutOff from failure
        return 0
    _end(session, taken.rows, ended, "", at)
    return 1


def _take(session: Session, channel: str, user_id: int, at: datetime) -> Taken:
    """Take what is due for one person, so that nobody else does."""
    which = (Outgoing.user_id == user_id, Outgoing.channel == channel, Outgoing.state == "waiting", Outgoing.send_at <= at)
    with writing():
        session.rollback()
        ids = session.scalars(
            update(Outgoing)
            .where(*which)
            .values(send_at=at + HELD_FOR, tries=Outgoing.tries + 1)
            .returning(Outgoing.id)
            .execution_options(synchronize_session=False)
        ).all()
        session.commit()
    session.expire_all()
    rows = session.scalars(select(Outgoing).where(Outgoing.id.in_(ids)).order_by(Outgoing.id)).all()
    return Taken(session.get_one(User, user_id), rows)


def _put_off(session: Session, taken: Taken, code: str, at: datetime) -> None:
    """Try again later; after the last try a row is given up, where the administrators see it."""
    most = setting(session, "message_tries")
    last = [one.id for one in taken.rows if one.tries >= most]
    later = [(one.id, one.tries) for one in taken.rows if one.tries < most]
    with writing():
        session.rollback()
        for id, tries in later:
            _set(session, [id], send_at=at + pause_after(tries), error=code)
        _set(session, last, state="failed", ended_at=at, error=code)
        session.commit()
    session.expire_all()


def _end(session: Session, rows: Sequence[Outgoing], state: str, code: str, at: datetime) -> None:
    ids = [one.id for one in rows]
    with writing():
        session.rollback()
        _set(session, ids, state=state, ended_at=at, error=code)
        session.commit()
    session.expire_all()


def _set(session: Session, ids: Sequence[int], **values: object) -> None:
    if ids:
        changing = update(Outgoing).where(Outgoing.id.in_(ids)).values(**values)
        session.execute(changing.execution_options(synchronize_session=False))


def letter_for(session: Session, user: User, channel: str, rows: Sequence[Outgoing]) -> Letter | None:
    """One letter for one person in that person's language; none where there is no address, or no account any more."""
    address = address_of(session, user, channel)
    if not address or not user.is_active:
        return None
    lines: list[Message] = []
    for topic, some in groupby(sorted(rows, key=lambda row: (row.topic, row.id)), key=lambda row: row.topic):
        lines += writer_of(topic)(session, user, list(some))
    with in_language(user.locale or ""):
        return _written(user.id, address, [say(line) for line in dict.fromkeys(lines)], _key_of(rows))


def _written(user_id: int, address: str, lines: Sequence[str], key: str) -> Letter:
    subject = say(Message("Occupational health platform: %(count)s messages for you", count=len(lines)))
    home = current_app.config["HOME_ADDRESS"]
    where = Message("Open your inbox: %(address)s", address=f"{home}/inbox/") if home else Message("Sign in and open your inbox.")
    shown = [f"- {line}" for line in lines[:LINES_AT_MOST]]
    if len(lines) > LINES_AT_MOST:
        shown.append(say(Message("… and %(count)s more", count=len(lines) - LINES_AT_MOST)))
    why = say(Message("This message says nothing about people or findings; they are shown after signing in. You choose under My account when you are told."))  # fmt: skip
    return Letter(
        user_id, address, subject, "\n".join([*shown, "", say(where), "", why, ""]), "；".join([subject, *lines[:SHORT_LINES]]), key
    )


def address_of(session: Session, user: User, channel: str) -> str:
    """Where a person is reached: an address of mail, or the telephone; empty for nowhere."""
    if channel != "mail":
        return user.phone or ""
    return session.scalar(select(Contact.email).where(Contact.user_id == user.id)) or ""


def _key_of(rows: Sequence[Outgoing]) -> str:
    """What tells the letter of these rows from every other."""
    told = ";".join(f"{one.id}:{one.written_at.isoformat()}" for one in sorted(rows, key=lambda one: one.id))
    return hashlib.sha256(told.encode()).hexdigest()[:32]
