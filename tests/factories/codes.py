"""Codes of workers for tests."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.registry.models import Employer, Worker
from ohs.registry.own_access import hand_out_code
from ohs.registry.worker_codes import WorkerCode
from tests.factories.surveillance import make_worker

#: The last four characters of the identity number of `make_reader`.
LAST = "123X"


def make_reader(session: Session, employer: Employer, number: str = "33048119800101123X") -> Worker:
    """A worker whose identity number is known."""
    return make_worker(session, employer, id_type="居民身份证", id_number=number, name="沈佳慧", sex="男")


def make_code(session: Session, worker: Worker, officer: User) -> tuple[WorkerCode, str]:
    """A code handed out for reading the own file."""
    given = hand_out_code(session, worker, purpose="own-file", document="identity-card", actor=officer)
    session.commit()
    return given
