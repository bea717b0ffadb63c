"""Who did or read what, when and from where: append-only events, linked into a hash chain by one sealer.

An event is written in the transaction of the deed. The link is added later, by `seal_chain`, in the order in which the
sealer sees the events: a link inside a long import would make every other writer wait for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask import has_request_context, request
from sqlalchemy import JSON, Select, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment

#: The link before the first event.
GENESIS = "0" * 64
SEAL_AT_ONCE = 1000


class Actor(Protocol):
    """Whoever acts: a signed-in user, or the system itself."""

    id: int
    login: str
    organisation_id: int


class AuditEvent(Base):
    """One deed or one reading. Never changed but for the link, never deleted: triggers of the database refuse it."""

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
    link: Mapped[str | None]

    def content(self) -> bytes:
        """What the link covers, the same on both engines."""
        moment = self.at.isoformat(timespec="microseconds")
        fields = [
            self.id, moment, self.event, self.actor_id, self.actor, self.organisation_id, self.address,
            self.subject_type, self.subject_id, self.subject, self.before, self.after, self.reason,
        ]  # fmt: skip
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


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
        subject_type=type(subject).__name__ if is_record else "",
        subject_id=subject.id if is_record else None,
        subject=name or (str(subject.id) if is_record and subject.id else ""),
        before=_plain(before),
        after=_plain(after),
        reason=reason,
    )


def seal_chain(session: Session) -> int:
    """Link every event not linked yet; returns how many. Only one sealer may run at a time (the caller sees to it)."""
    sealed = 0
    while True:
        last = session.execute(
            select(AuditEvent.sequence, AuditEvent.link)
            .where(AuditEvent.sequence.is_not(None))
            .order_by(AuditEvent.sequence.desc())
            .limit(1)
        ).first()
        sequence: int = (last[0] or 0) if last else 0
        link: str = (last[1] or GENESIS) if last else GENESIS
        events = session.scalars(select(AuditEvent).where(AuditEvent.sequence.is_(None)).order_by(AuditEvent.id).limit(SEAL_AT_ONCE)).all()
        for event in events:
            sequence += 1
            link = chain(link, event)
            event.sequence, event.link = sequence, link
        session.flush()
        sealed += len(events)
        if len(events) < SEAL_AT_ONCE:
            return sealed


def chain(before: str, event: AuditEvent) -> str:
    """The link of an event: SHA-256 over the link before and the event's content, in hexadecimal."""
    return hashlib.sha256(before.encode() + event.content()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found. `broken` is the first event that does not fit, `unsealed` how many still wait."""

    checked: int
    unsealed: int
    broken: int | None = None
    cause: str = ""


def verify_chain(session: Session) -> Verdict:
    """Walk the whole chain. A changed, removed, inserted or swapped event shows at its first broken link."""
    checked, link = 0, GENESIS
    for event in _sealed(session):
        checked += 1
        if event.sequence != checked:
            return Verdict(checked, 0, checked, f"event number {checked} is missing")
        if (link := chain(link, event)) != event.link:
            return Verdict(checked, 0, checked, f"event number {checked} (record {event.id}) was changed")
    unsealed = session.scalar(select(func.count()).where(AuditEvent.sequence.is_(None))) or 0
    return Verdict(checked, unsealed)


def _sealed(session: Session) -> Iterator[AuditEvent]:
    question: Select[AuditEvent] = select(AuditEvent).where(AuditEvent.sequence.is_not(None)).order_by(AuditEvent.sequence)
    for event in session.scalars(question.execution_options(yield_per=1000)):
        yield event
        session.expunge(event)
