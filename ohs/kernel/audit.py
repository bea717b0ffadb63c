"""Who did or read what, when and from where: append-only events, each marked by this system when it is written.

An event is written in the transaction of the deed. Its place in the chain is added later (`kernel/chain.py`), in the order in
which the sealer sees the events: a link inside a long import would make every other writer wait for it.
"""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime
from typing import Any, Protocol

from flask import has_request_context, request
from sqlalchemy import JSON, Index, Text, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.clock import now
from ohs.kernel.crypto import Keyring, keyring
from ohs.kernel.database import Base, Moment, writing

MARK = "audit-mark"


class Actor(Protocol):
    """Whoever acts: a signed-in user, or the system itself."""

    id: int
    login: str
    organisation_id: int


class AuditEvent(Base):
    """One deed or one reading. Never changed but for the link, never deleted: triggers of the database refuse it."""

    __table_args__ = (Index("ix_audit_event_by_subject", "subject_type", "subject_id", "id"),)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    #: `subject:past`, e.g. `declaration:accepted`.
    event: Mapped[str] = mapped_column(index=True)
    #: Empty when the system itself acted.
    actor_id: Mapped[int | None] = mapped_column(index=True)
    #: The login as it was then; accounts may be renamed.
    actor: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    subject_type: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int | None]
    #: What people call the subject: a number, a code; never a person's name or a medical fact.
    subject: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(Text)
    #: Place in the chain, from 1; empty until sealed.
    sequence: Mapped[int | None] = mapped_column(unique=True)
    #: The mark of this system while it waits for its place, then the link.
    link: Mapped[str | None]

    def content(self) -> bytes:
        """What mark and link cover, the same on both engines."""
        moment = self.at.isoformat(timespec="microseconds")
        fields = [
            moment, self.event, self.actor_id, self.actor, self.organisation_id, self.address,
            self.subject_type, self.subject_id, self.subject, self.before, self.after, self.reason,
        ]  # fmt: skip
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mark_of(ring: Keyring, nonce: str, content: bytes) -> str:
    """What shows that this system wrote an event: nobody can make it without the keys, and no two are alike."""
    return f"{nonce}.{ring.proof(MARK, nonce.encode() + content)}"


@event.listens_for(AuditEvent, "before_insert")
def _mark(_mapper: Any, _connection: Any, written: AuditEvent) -> None:
    written.link = mark_of(keyring(), secrets.token_hex(8), written.content())


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)


def note_reading(session: Session, *events: AuditEvent) -> None:
    """Put readings on record before anything is shown, in a transaction of their own that begins with the writer in hand.

    A transaction that has read already would be refused by SQLite if somebody else committed in between.
    """
    session.commit()
    with writing():
        session.add_all(events)
        session.commit()


def audit(
    event: str,
    subject: Any,
    actor: Actor | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> AuditEvent:
    """The event to add to the session of the deed. `subject` is a record (its `number`, `code` or id names it) or a text."""
    is_record = isinstance(subject, Base)
    name = subject if isinstance(subject, str) else str(getattr(subject, "number", None) or getattr(subject, "audit_name", "") or "")
    return AuditEvent(
        at=now(),
        event=event,
        actor_id=actor.id if actor else None,
        actor=actor.login if actor else "system",
        organisation_id=actor.organisation_id if actor else None,
        address=(request.remote_addr or "") if has_request_context() else "",
        subject_type=subject.__class__.__name__ if is_record else "",
        subject_id=subject.id if is_record else None,
        subject=name or (str(subject.id) if is_record and subject.id else ""),
        before=_plain(before),
        after=_plain(after),
        reason=reason,
    )
