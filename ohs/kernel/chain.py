"""The chain of audit events: one sealer links them, and a walk over it shows whatever was changed, removed, put in or cut off.

Links are keyed digests, so that nobody who reaches the database alone can make a chain anew. The end of the chain is kept in
a proved record, and by each machine that seals in a file beside it: a tail that was cut off shows at both.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.audit import AuditEvent, mark_of
from ohs.kernel.crypto import Keyring, keyring
from ohs.kernel.database import Base, is_sqlite

#: The link before the first event.
GENESIS = "0" * 64
SEAL_AT_ONCE = 1000
READ_AT_ONCE = 1000
#: One sealer at a time: SQLite has one writer anyway, PostgreSQL gives this lock.
LOCK = 7103
LINK, HEAD = "audit-link", "audit-head"

log = logging.getLogger(__name__)


class AuditHead(Base):
    """How far the chain reached when it was last sealed: one record, proved with the system's keys."""

    sequence: Mapped[int]
    link: Mapped[str]
    proof: Mapped[str] = mapped_column()

    def is_genuine(self, ring: Keyring) -> bool:
        """Whether this system wrote it."""
        return self.proof == _proof_of(ring, self.sequence, self.link)


def _proof_of(ring: Keyring, sequence: int, link: str) -> str:
    return ring.proof(HEAD, f"{sequence}:{link}".encode())


def link_after(ring: Keyring, before: str, event: AuditEvent) -> str:
    """The link of an event: a keyed digest over the link before, the record's key and its content."""
    return ring.proof(LINK, f"{before}:{event.id}:".encode() + event.content())


def seal_chain(session: Session) -> int:
    """Link every event of this system not linked yet; returns how many.

    An event without this system's mark keeps waiting: it was put in from outside, and the walk says so. Nothing is linked
    while the record of the chain's end is missing or false, for it is the trace of who did that.
    """
    if not is_sqlite(session) and not session.scalar(text(f"SELECT pg_try_advisory_xact_lock({LOCK})")):
        return 0
    ring, head = keyring(), session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        if session.scalar(select(AuditEvent.id).where(AuditEvent.sequence.is_not(None)).limit(1)):
            log.error("the audit chain has lost its end; nothing is sealed until it was looked into (flask verify-audit)")
            return 0
        head = AuditHead(id=1, sequence=0, link=GENESIS, proof=_proof_of(ring, 0, GENESIS))
        session.add(head)
    elif not head.is_genuine(ring):
        log.error("the end of the audit chain was changed; nothing is sealed until it was looked into (flask verify-audit)")
        return 0
    sealed, last = 0, 0
    while True:
        question = select(AuditEvent).where(AuditEvent.sequence.is_(None), AuditEvent.id > last).order_by(AuditEvent.id).limit(SEAL_AT_ONCE)
        events = session.scalars(question).all()
        for event in events:
            last = event.id
            if _is_ours(ring, event):
                link = link_after(ring, head.link, event)
                event.sequence, event.link = head.sequence + 1, link
                head.sequence, head.link, head.proof = head.sequence + 1, link, _proof_of(ring, head.sequence + 1, link)
                sealed += 1
        session.flush()
        if len(events) < SEAL_AT_ONCE:
            return sealed


def _is_ours(ring: Keyring, event: AuditEvent) -> bool:
    nonce, _dot, _digest = (event.link or "").partition(".")
    return event.link == mark_of(ring, nonce, event.content())


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found. `broken` is the place of the first event that does not fit, `unsealed` how many still wait."""

    checked: int
    unsealed: int
    broken: int | None = None
    cause: str = ""


def verify_chain(session: Session, memory: Memory | None = None, at_once: int = READ_AT_ONCE) -> Verdict:
    """Walk the whole chain. A changed, removed, inserted or swapped event shows at its first broken link, a cut tail at its end."""
    ring, checked, link, then = keyring(), 0, GENESIS, None
    try:
        for event in _sealed(session, at_once):
            checked += 1
            if event.sequence != checked:
                return Verdict(checked, 0, checked, f"event number {checked} is missing")
            if (link := link_after(ring, link, event)) != event.link:
                return Verdict(checked, 0, checked, f"event number {checked} (record {event.id}) was changed")
            if memory is not None and checked == memory.sequence:
                then = link
    except (ValueError, TypeError):  # something stands there that is no day or no JSON; one by one it is found
        if at_once > 1:
            return verify_chain(session, memory, 1)
        return Verdict(checked, 0, checked + 1, f"event number {checked + 1} cannot be read: it was changed")
    if fault := _fault_at_end(session, ring, checked, link):
        return Verdict(checked, 0, checked + 1, fault)
    if memory is not None and memory.sequence and then != memory.link:
        missing = checked < memory.sequence
        return Verdict(
            checked, 0, checked + 1 if missing else memory.sequence,
            f"this machine has sealed {memory.sequence} events; " + ("the later ones are missing" if missing else "this is another chain"),
        )  # fmt: skip
    for event in session.scalars(select(AuditEvent).where(AuditEvent.sequence.is_(None)).execution_options(yield_per=1000)):
        if not _is_ours(ring, event):
            return Verdict(checked, 0, checked + 1, f"record {event.id} was not written by this system, or was changed")
    return Verdict(checked, session.scalar(select(func.count()).where(AuditEvent.sequence.is_(None))) or 0)


def _fault_at_end(session: Session, ring: Keyring, checked: int, link: str) -> str:
    head = session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return "the record of the chain’s end is missing" if checked else ""
    if not head.is_genuine(ring):
        return "the record of the chain’s end was changed"
    if head.sequence > checked:
        return f"the chain ends here, but {head.sequence} events were sealed: the last {head.sequence - checked} are missing"
    return "" if head.link == link else "the chain does not end where it was sealed"


def _sealed(session: Session, at_once: int) -> Iterator[AuditEvent]:
    question: Select[AuditEvent] = select(AuditEvent).where(AuditEvent.sequence.is_not(None)).order_by(AuditEvent.sequence)
    for event in session.scalars(question.execution_options(yield_per=at_once)):
        yield event
        session.expunge(event)


@dataclass(frozen=True)
class Memory:
    """How far this machine has seen the chain reach, outside the database."""

    sequence: int
    link: str


def _memory_file() -> Path:
    database = hashlib.sha256(current_app.config["SQLALCHEMY_DATABASE_URI"].encode()).hexdigest()[:12]
    instance: Path = current_app.config["INSTANCE"]
    return instance / f"audit-end-{database}.json"


def read_memory() -> Memory | None:
    """What this machine remembers; nothing where it never sealed."""
    path = _memory_file()
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text())
        return Memory(int(found["sequence"]), str(found["link"]))
    except (ValueError, KeyError, TypeError):
        return Memory(1, "")


def remember_end(session: Session) -> None:
    """Keep the committed end of the chain beside the database."""
    head = session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return
    path = _memory_file()
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"sequence": head.sequence, "link": head.link}))
    beside.replace(path)


def forget_end() -> None:
    """A new database begins here: an empty one for a demonstration, or one that was restored."""
    _memory_file().unlink(missing_ok=True)
