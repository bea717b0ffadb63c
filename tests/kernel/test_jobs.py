"""Jobs: written with the deed, claimed once, put back when their worker is gone, ended with everything or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ohs.kernel import jobs
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.jobs import Job, Running, State, ask_for, ask_to_cancel, job, sweep
from ohs.kernel.message import Message


@job("test:write")
def write(running: Running) -> None:
    running.progress(1, 2)
    running.begin_writing()
    running.session.add(audit("thing:done", "thing", None))


@job("test:refuse")
def refuse(running: Running) -> None:
    running.session.add(audit("thing:done", "thing", None))
    running.session.flush()
    raise DomainError(Message("No %(thing)s today.", thing="bread"))


@job("test:break")
def break_down(running: Running) -> None:
    running.session.add(audit("thing:done", "thing", None))
    running.session.flush()
    raise ZeroDivisionError


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def asked(session: Session, kind: str) -> Job:
    found = ask_for(session, kind, {}, None)
    session.commit()
    return found


def test_a_job_writes_and_ends_together(session: Session) -> None:
    found = asked(session, "test:write")
    assert jobs.run(found.id)
    assert (found.state, found.worker, events(session)) == (State.DONE, None, 1)


def test_a_job_runs_once(session: Session) -> None:
    found = asked(session, "test:write")
    assert jobs.run(found.id)
    assert not jobs.run(found.id)
    assert events(session) == 1


def test_a_refused_job_leaves_nothing_and_says_why(session: Session) -> None:
    found = asked(session, "test:refuse")
    jobs.run(found.id)
    session.expire_all()
    assert found.state == State.FAILED
    assert str(found.failure) == "No bread today."
    assert events(session) == 0


def test_a_broken_job_leaves_nothing_and_the_error_rises(session: Session) -> None:
    found = asked(session, "test:break")
    with pytest.raises(ZeroDivisionError):
        jobs.run(found.id)
    session.expire_all()
    assert (found.state, events(session)) == (State.FAILED, 0)


def test_a_waiting_job_is_cancelled_at_once(session: Session) -> None:
    found = asked(session, "test:write")
    ask_to_cancel(session, found)
    session.commit()
    assert found.state == State.CANCELLED
    assert not jobs.run(found.id)


def test_a_running_job_stops_at_its_next_progress(session: Session) -> None:
    found = asked(session, "test:write")
    found.is_cancel_asked = True
    session.commit()
    jobs.run(found.id)
    session.expire_all()
    assert (found.state, events(session)) == (State.CANCELLED, 0)


def test_the_sweep_puts_back_what_has_no_living_worker(session: Session) -> None:
    found = asked(session, "test:write")
    session.execute(
        update(Job).where(Job.id == found.id).values(state=State.RUNNING, worker="1-gone", asked_at=now() - timedelta(minutes=1))
    )
    session.expire_all()
    assert sweep(session) == [found.id]
    session.expire_all()
    assert (found.state, found.worker) == (State.WAITING, None)


def test_the_sweep_leaves_the_living_alone(session: Session, app: object) -> None:
    found = asked(session, "test:write")
    from flask import current_app

    session.execute(update(Job).where(Job.id == found.id).values(state=State.RUNNING, worker=current_app.extensions["liveness"].name))
    session.expire_all()
    assert sweep(session) == []
    assert found.state == State.RUNNING
