"""Work that outlives a request: a row written in the transaction that asks for it, a queue that only carries its id.

The queue forgets a task whose worker is killed, so it is not trusted with anything: a worker claims the row, holds a lock
that only living processes hold, and a sweep puts back what has no living worker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import JSON, CheckConstraint, Select, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment, db, expect_writes, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.liveness import Liveness
from ohs.kernel.message import Message

log = logging.getLogger(__name__)

#: A job whose worker died this often is given up: it is likely the job that kills.
MOST_TRIES = 25
#: Seconds between two writes of progress.
PROGRESS_EVERY = 0.4


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of work: kind, arguments and how far it is."""

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state_known"),
        CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name="running_iff_worker"),
    )
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default=State.WAITING, index=True)
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    #: The process that runs it; its lock tells whether it lives.
    worker: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_units: Mapped[int] = mapped_column(default=0)
    total_units: Mapped[int] = mapped_column(default=0)
    phase: Mapped[str] = mapped_column(default="")
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    #: Id and values of the sentence that says why it failed.
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def failure(self) -> Message | None:
        """Why it failed, as a sentence."""
        return Message(self.error["id"], **self.error["values"]) if self.error else None


class JobCancelled(Exception):
    """The person who asked for the job took it back."""


class Running:
    """A job in the hands of its worker: progress, cancelling, and the moment from which it writes."""

    def __init__(self, job: Job, session: Session) -> None:
        self.job_id = job.id
        self.arguments: dict[str, Any] = job.arguments
        self.session = session
        self._told_at = 0.0
        self._writes = False

    def progress(self, done: int, total: int, phase: str = "") -> None:
        """Tell how far it is; raises `JobCancelled` when asked to stop. Silent once writing has begun."""
        moment = time.monotonic()
        if self._writes or (done < total and moment - self._told_at < PROGRESS_EVERY):
            return
        self._told_at = moment
        with writing(), _aside(self.session) as aside:
            aside.execute(update(Job).where(Job.id == self.job_id).values(done_units=done, total_units=total, phase=phase))
            cancelled = aside.scalar(select(Job.is_cancel_asked).where(Job.id == self.job_id))
            aside.commit()
        if cancelled:
            raise JobCancelled

    def begin_writing(self, phase: str = "writing") -> None:
        """End the reading transaction; the next statement starts the one transaction that writes everything."""
        self._told_at = 0.0
        self.progress(0, 0, phase)
        self._writes = True
        self.session.commit()
        expect_writes(True)


Handler = Callable[[Running], None]
_handlers: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register what runs jobs of a kind. The handler leaves its writes uncommitted: they are committed with the job's end."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def ask_for(session: Session, kind: str, arguments: dict[str, Any], asked_by_id: int | None) -> Job:
    """Write the job into the asker's transaction; it is queued when that commits."""
    asked = Job(kind=kind, arguments=arguments, asked_by_id=asked_by_id, asked_at=now())
    session.add(asked)
    session.flush()
    session.info.setdefault("asked_jobs", []).append(asked.id)
    return asked


def _enqueue_after_commit(session: Session) -> None:
    for job_id in session.info.pop("asked_jobs", []):
        current_app.extensions["queue"].put(job_id)


def _forget_after_rollback(session: Session) -> None:
    session.info.pop("asked_jobs", None)


event.listen(db.session, "after_commit", _enqueue_after_commit)
event.listen(db.session, "after_soft_rollback", lambda session, _previous: _forget_after_rollback(session))


def run(job_id: int) -> bool:
    """Claim a waiting job and run it to its end; False when somebody else has it. Needs an application context."""
    session = db.session()
    liveness: Liveness = current_app.extensions["liveness"]
    with writing():
        session.rollback()
        claimed = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == State.WAITING)
            .values(state=State.RUNNING, worker=liveness.name, tries=Job.tries + 1, error=None)
            .execution_options(synchronize_session=False)
        )
        session.commit()
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    expect_writes(False)
    claimed_job = session.get_one(Job, job_id, populate_existing=True)
    ended: dict[str, Any] = {
        "state": State.FAILED,
        "error": _as_row(Message("An unexpected error stopped the work; it has been logged.")),
    }
    try:
        _handlers[claimed_job.kind](Running(claimed_job, session))
        session.execute(_end(job_id, {"state": State.DONE}))
        session.commit()
        ended = {}
    except JobCancelled:
        ended = {"state": State.CANCELLED}
    except DomainError as refusal:
        ended = {"state": State.FAILED, "error": _as_row(refusal.message)}
    finally:
        if ended:
            session.rollback()
            with writing():
                session.execute(_end(job_id, ended))
                session.commit()
        expect_writes(False)
    return True


def _end(job_id: int, values: dict[str, Any]) -> Any:
    return (
        update(Job).where(Job.id == job_id).values(worker=None, finished_at=now(), **values).execution_options(synchronize_session="fetch")
    )


def _as_row(message: Message) -> dict[str, Any]:
    return {"id": message.id, "values": {name: str(value) for name, value in message.values.items()}}


def _aside(session: Session) -> Session:
    """A short transaction beside the session's own."""
    return Session(bind=session.get_bind(), join_transaction_mode="create_savepoint")


def ask_to_cancel(session: Session, asked: Job) -> None:
    """Take a job back: at once when it still waits, at its next progress when it runs."""
    at_once = session.execute(
        update(Job)
        .where(Job.id == asked.id, Job.state == State.WAITING)
        .values(state=State.CANCELLED, finished_at=now(), is_cancel_asked=True)
    )
    if not at_once.rowcount:  # type: ignore[attr-defined]
        session.execute(update(Job).where(Job.id == asked.id, Job.state == State.RUNNING).values(is_cancel_asked=True))
    session.refresh(asked)


def jobs_running() -> Select[Job]:
    """Jobs that some worker claims to run."""
    return select(Job).where(Job.state == State.RUNNING)


def sweep(session: Session) -> list[int]:
    """Put back every job whose worker is dead and name every job that should be in the queue; the caller commits."""
    liveness: Liveness = current_app.extensions["liveness"]
    for running in session.scalars(jobs_running()).all():
        if running.worker and not liveness.is_alive(running.worker):
            given_up = running.tries >= MOST_TRIES
            values: dict[str, Any] = {"state": State.FAILED if given_up else State.WAITING, "worker": None}
            if given_up:
                values |= {
                    "finished_at": now(),
                    "error": _as_row(Message("The work was given up: its process ended %(count)s times.", count=running.tries)),
                }
            session.execute(update(Job).where(Job.id == running.id, Job.worker == running.worker).values(**values))
            log.warning("job %s had lost its worker", running.id)
    overdue = now() - timedelta(seconds=2)
    return list(session.scalars(select(Job.id).where(Job.state == State.WAITING, Job.asked_at < overdue).order_by(Job.id)))
