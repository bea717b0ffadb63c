"""Keys that are rotated while a worker commits a workbook with cases: everything is readable, and nothing stays under the old key."""

from __future__ import annotations

from datetime import date

from flask import current_app
from sqlalchemy import select

from ohs.cases.models import Case, CaseStep
from ohs.cases.moving import facts_of
from ohs.kernel.chain import seal_chain, verify_chain
from ohs.kernel.crypto import Keyring
from ohs.kernel.database import db, writing
from ohs.kernel.jobs import State
from ohs.registry.models import Worker
from ohs.surveillance.models import Examination
from ohs.surveillance.records import unseal_record
from ohs.uploads.services import commit_upload
from tests.kernel.test_rotation import sealed_values
from tests.uploads.test_killed import ALL, ON, House, finish, handed_in, job_of, seen
from tests.uploads.test_killed import house as house
from tests.uploads.worker import wait_until, working


def rotate() -> None:
    """As the command does, from another process than the worker's."""
    ended = current_app.test_cli_runner().invoke(args=["rotate-keys"])
    assert ended.exit_code == 0, ended.output


def test_keys_are_rotated_while_cases_come_in(house: House) -> None:
    upload, user = handed_in()
    finish(house, upload)
    db.session.refresh(upload)
    with writing():
        commit_upload(db.session(), upload, all_or_nothing=False, user=user, on=ON)
        db.session.commit()
    with working(house.config):
        wait_until(lambda: job_of(upload).state == State.DONE or job_of(upload).phase == "commit", "the commit began")
        rotate()
        wait_until(lambda: job_of(upload).state == State.DONE, "the job was done")
    written, state, _has_remarks = seen(upload.id)
    assert (written, state) == (ALL, "committed")
    rotate()
    current = Keyring.read(current_app.config["KEYS_FILE"])
    assert {name for name, value in sealed_values(db.session()) if current.key_id(value) != current.current} == set()
    session = db.session()
    session.rollback()
    for case in session.scalars(select(Case)):
        assert isinstance(facts_of(case.steps[0])["found_on"], date)
    told = [facts_of(step).get("items") for step in session.scalars(select(CaseStep))]
    assert set(told) == {"血常规"}
    assert all(unseal_record(one.sealed)["chief_physician"] for one in session.scalars(select(Examination).limit(50)))
    assert all(len(one.id_number) == 18 for one in session.scalars(select(Worker)))
    session.rollback()
    with writing():
        seal_chain(session)
        session.commit()
    assert verify_chain(session).broken is None
