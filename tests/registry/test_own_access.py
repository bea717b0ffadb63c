"""The life of a worker's code: given once, used once, throttled, spent, run out, revoked, and followed through a merge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Setting, SignInAttempt, User
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.registry.models import Worker
from ohs.registry.own_access import find_reading, leave, open_own_file, own_worker, revoke_code
from ohs.registry.worker_codes import WorkerCode
from tests.factories.accounts import make_user
from tests.factories.codes import LAST, make_code, make_reader
from tests.factories.registry import make_employer

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
Open = Callable[..., str | None]


@pytest.fixture
def officer(session: Session) -> User:
    return make_user(session, "health")


@pytest.fixture
def worker(session: Session) -> Worker:
    return make_reader(session, make_employer(session))


@pytest.fixture
def enter(session: Session) -> Open:
    def enter(code: str, last: str = LAST, address: str = "10.0.0.1") -> str | None:
        opened = open_own_file(session, code, last, address=address)
        session.commit()
        return opened[1] if opened else None

    return enter


@pytest.fixture(autouse=True)
def _clock() -> object:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def test_a_code_opens_one_session_and_never_a_second(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    _given, code = make_code(session, worker, officer)
    token = enter(code)
    assert token is not None and (reading := find_reading(session, token)) is not None
    assert own_worker(session, reading) is worker
    assert enter(code) is None


def test_it_may_be_typed_with_spaces_and_the_letter_small(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    _given, code = make_code(session, worker, officer)
    assert enter(f" {code[:4]} {code[4:8]}-{code[8:]}", "123x") is not None


def test_the_code_stands_nowhere(session: Session, officer: User, worker: Worker) -> None:
    given, code = make_code(session, worker, officer)
    assert code.encode() not in given.code_index
    kept = [str(row) for row in session.execute(select(AuditEvent.subject, AuditEvent.before, AuditEvent.after, AuditEvent.reason)).all()]
    assert not any(code in row for row in kept)


def test_wrong_digits_and_a_wrong_code_are_answered_alike(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    _given, code = make_code(session, worker, officer)
    assert enter(code, "9999") is None
    assert enter("000000000000", LAST) is None
    assert [row.is_success for row in session.scalars(select(SignInAttempt))] == [False, False]


def test_digits_that_are_wrong_too_often_spend_the_code_for_good(
    session: Session, officer: User, worker: Worker, enter: Open, _clock: time_machine.Coordinates
) -> None:
    given, code = make_code(session, worker, officer)
    for _try in range(5):
        assert enter(code, "9999") is None
    with pytest.raises(DomainError) as throttled:
        enter(code)
    assert throttled.value.status == 429
    _clock.shift(timedelta(minutes=16))
    assert enter(code) is None
    assert given.state(AT, 5) == "spent"


def test_an_address_is_throttled_over_all_codes(session: Session, enter: Open) -> None:
    session.add(Setting(name="failures_per_address", value="6"))
    for number in range(6):
        assert enter(f"{number:012d}") is None
    with pytest.raises(DomainError):
        enter("999999999999")
    assert enter("999999999999", address="10.0.0.2") is None


def test_a_code_runs_out_after_the_days_of_the_office(
    session: Session, officer: User, worker: Worker, enter: Open, _clock: time_machine.Coordinates
) -> None:
    session.add(Setting(name="worker_code_days", value="3"))
    given, code = make_code(session, worker, officer)
    _clock.shift(timedelta(days=3, seconds=1))
    assert enter(code) is None
    assert given.state(AT + timedelta(days=3, seconds=1), 5) == "ended"


def test_a_session_ends_after_its_minutes(
    session: Session, officer: User, worker: Worker, enter: Open, _clock: time_machine.Coordinates
) -> None:
    token = enter(make_code(session, worker, officer)[1])
    assert token is not None
    _clock.shift(timedelta(minutes=19))
    assert find_reading(session, token) is not None
    _clock.shift(timedelta(minutes=2))
    assert find_reading(session, token) is None


def test_leaving_ends_the_session_at_once(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    given, code = make_code(session, worker, officer)
    token = enter(code)
    leave(session, given)
    session.commit()
    assert token is not None and find_reading(session, token) is None


def test_a_revoked_code_does_not_open_and_ends_what_it_had_opened(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    given, code = make_code(session, worker, officer)
    revoke_code(session, given, actor=officer)
    assert enter(code) is None
    given, code = make_code(session, worker, officer)
    token = enter(code)
    revoke_code(session, given, actor=officer)
    assert token is not None and find_reading(session, token) is None
    with pytest.raises(DomainError):
        revoke_code(session, given, actor=officer)


def test_a_newer_code_replaces_one_that_nobody_used(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    _first, old = make_code(session, worker, officer)
    _second, new = make_code(session, worker, officer)
    assert enter(old) is None
    assert enter(new) is not None


def test_a_merge_keeps_the_code_working_with_either_number(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    kept = make_reader(session, make_employer(session), "330481198001014567")
    for last in (LAST, "4567"):
        worker.merged_into_id = None
        session.flush()
        given, code = make_code(session, worker, officer)
        worker.merged_into_id = kept.id
        session.flush()
        assert enter(code, last) is not None
        assert own_worker(session, given) is kept


def test_what_a_worker_does_is_on_record_as_the_workers(session: Session, officer: User, worker: Worker, enter: Open) -> None:
    enter(make_code(session, worker, officer)[1])
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "worker-code:used")).one()
    assert (event.actor, event.actor_id, event.organisation_id) == ("worker", None, None)


def test_the_database_refuses_a_session_without_a_token(session: Session, officer: User, worker: Worker) -> None:
    given, _code = make_code(session, worker, officer)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(WorkerCode).where(WorkerCode.id == given.id).values(used_at=AT))
