"""How workers come to their own file: a code handed out at the counter, two factors at the door, one short session of reading."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import SignInAttempt, User
from ohs.accounts.services import check_throttle, digest_of
from ohs.accounts.settings import setting
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.clock import now
from ohs.kernel.crypto import blind
from ohs.kernel.database import Base
from ohs.kernel.errors import DomainError
from ohs.kernel.identity import fold
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids
from ohs.registry.worker_codes import WorkerCode

#: What the trail calls a worker who reads the own file: no account stands behind it.
THE_WORKER = "worker"
CODE_DIGITS = 12
#: How many of the identity number's last characters are asked for.
LAST_CHARACTERS = 4
WRONG = Message("Code or last digits are not right, or the code no longer works.")
CODE_ORDER = (Key(WorkerCode.given_at, descending=True), Key(WorkerCode.id, descending=True))


def hand_out_code(session: Session, worker: Worker, *, purpose: str, document: str, actor: User) -> tuple[WorkerCode, str]:
    """A fresh code for a worker whose identity the actor has checked; earlier ones that nobody has used no longer work."""
    worker_ids = standing_ids(session, Worker, worker.id)
    moment = now()
    earlier = update(WorkerCode).where(WorkerCode.worker_id.in_(worker_ids), WorkerCode.used_at.is_(None), WorkerCode.revoked_at.is_(None))
    session.execute(earlier.values(revoked_at=moment, revoked_by_id=actor.id))
    code = "".join(secrets.choice("0123456789") for _place in range(CODE_DIGITS))
    given = WorkerCode(
        worker_id=worker.id, code_index=index_of(code), county_code=worker.county_code, region_code=worker.region_code,
        organisation_id=actor.organisation_id, given_by_id=actor.id, given_at=moment, purpose=purpose, document=document,
        ends_at=moment + timedelta(days=setting(session, "worker_code_days")),
    )  # fmt: skip
    session.add(given)
    session.flush()
    session.add(audit("worker-code:given", worker, actor, after={"code": given.id, "purpose": purpose, "document": document}))
    return given, code


def in_groups(code: str) -> str:
    """The code as it is written on the slip: 1234 5678 9012."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def index_of(code: str) -> bytes:
    """The keyed digest under which a code is known."""
    return blind("worker-code", code)


def open_own_file(session: Session, code: str, last: str, *, address: str) -> tuple[WorkerCode, str] | None:
    """Check code and last digits and open the one session of this code, with the token for the cookie; `None` when anything is wrong.

    A wrong code and wrong digits leave the same traces but one: digits that are wrong too often spend the code for good.
    Raises `DomainError` (429) while this code or the address is throttled.
    """
    typed = "".join(character for character in fold(code) if character.isdigit())
    index = index_of(typed)
    found = session.scalar(
        select(WorkerCode).where(WorkerCode.code_index == index).with_for_update().execution_options(populate_existing=True)
    )
    name = f"worker-code:{index.hex()[:12]}"
    check_throttle(session, name, address)
    is_open = found is not None and found.state(now(), setting(session, "worker_code_tries")) == "open"
    endings = _endings_of(session, found) if found is not None else []
    fits = sum(secrets.compare_digest(fold(last).encode(), ending.encode()) for ending in endings or ["----"]) > 0
    session.add(SignInAttempt(login=name, address=address, is_success=is_open and fits))
    if found is None or not (is_open and fits):
        if found is not None and is_open:
            found.failed_tries += 1
        session.add(audit("worker-code:refused", found if found is not None else "", None))
        return None
    return found, _begin_reading(session, found)


def _endings_of(session: Session, code: WorkerCode) -> list[str]:
    """The last characters of the identity numbers under which this worker is known: after a merge there may be two."""
    worker = session.get_one(Worker, code.worker_id)
    ids = {worker.id, *standing_ids(session, Worker, worker.merged_into_id or worker.id)}
    numbers = session.scalars(select(Worker.id_number).where(Worker.id.in_(ids))).all()
    return [fold(number)[-LAST_CHARACTERS:] for number in numbers]


def _begin_reading(session: Session, code: WorkerCode) -> str:
    token = secrets.token_urlsafe(32)
    moment, minutes = now(), setting(session, "worker_reading_minutes")
    code.used_at, code.reading_ends_at, code.token_digest = moment, moment + timedelta(minutes=minutes), digest_of(token)
    session.add(own_event("worker-code:used", code))
    session.flush()
    return token


def find_reading(session: Session, token: str) -> WorkerCode | None:
    """The open session of a cookie's token."""
    return session.scalar(
        select(WorkerCode).where(
            WorkerCode.token_digest == digest_of(token), WorkerCode.reading_ends_at > now(), WorkerCode.left_at.is_(None), WorkerCode.revoked_at.is_(None)
        )
    )  # fmt: skip


def own_worker(session: Session, code: WorkerCode) -> Worker:
    """The file that a session reads: the one that stands for the worker to whom the code was given."""
    worker = session.get_one(Worker, code.worker_id)
    while worker.merged_into_id is not None:
        worker = session.get_one(Worker, worker.merged_into_id)
    return worker


def leave(session: Session, code: WorkerCode) -> None:
    """End the session at once: the telephone may not be the worker's own."""
    code.left_at = now()
    session.add(own_event("worker-code:left", code))


def revoke_code(session: Session, code: WorkerCode, *, actor: User) -> None:
    """Let a code, and the session that it may have opened, work no longer."""
    session.refresh(code, with_for_update=True)
    if code.state(now(), setting(session, "worker_code_tries")) not in ("open", "reading"):
        raise DomainError(Message("This code no longer works anyway."))
    code.revoked_at, code.revoked_by_id = now(), actor.id
    session.add(audit("worker-code:revoked", code, actor, after={"worker": code.worker_id}))


def own_event(event: str, subject: Base) -> AuditEvent:
    """An event of the trail about what a worker did or read alone."""
    written = audit(event, subject, None)
    written.actor = THE_WORKER
    return written


def codes_visible_to(user: User) -> Select[WorkerCode]:
    """Codes given out in the reader's part of the region tree, with what their list shows."""
    return (
        select(WorkerCode)
        .where(visible(user, Permission.WORKER_CODE_REVOKE, WorkerCode))
        .options(joinedload(WorkerCode.worker).load_only(Worker.name, Worker.merged_into_id), joinedload(WorkerCode.organisation))
    )


def codes_of(session: Session, user: User, worker: Worker) -> Select[WorkerCode]:
    """The codes of one worker, the latest first."""
    ids = standing_ids(session, Worker, worker.id)
    return codes_visible_to(user).where(WorkerCode.worker_id.in_(ids)).order_by(WorkerCode.id.desc())
