"""A worker killed at any moment of checking or committing leaves nothing or all of it, and the next one finishes the job."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from stdnum.cn import ric

from ohs import create_app
from ohs.accounts.models import User
from ohs.cases.models import Case, CaseStep
from ohs.config import Config
from ohs.kernel.audit import AuditEvent
from ohs.kernel.database import db, writing
from ohs.kernel.jobs import Job, State
from ohs.registry.models import Employment, Exposure, Worker, WorkerClinic
from ohs.surveillance.models import Examination, ExaminationCount, Finding
from ohs.uploads.formats import find_format
from ohs.uploads.models import SenderQuality, Upload
from ohs.uploads.services import commit_upload, hand_in
from tests.engines import ENGINES, fresh_database
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID, saved, sheet_of
from tests.uploads.worker import wait_until, working

ON = date(2026, 11, 24)
ROWS = 1_200
#: Every so many rows a re-examination is ordered.
ORDERED = 10
KILLS = 3


@dataclass(frozen=True)
class House:
    """An application on a database of its own, and what a worker of it must be told."""

    app: Flask
    config: Config


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    config = Config(database_url=fresh_database(request.param), keys_file=tmp_path / "keys.json", instance=tmp_path, demo=True)
    app = create_app(config)
    with app.app_context():
        upgrade(directory="migrations")
        yield House(app, config)
        db.session.remove()
        db.engine.dispose()


def workbook() -> bytes:
    """So many workers, each examined once."""
    rows = []
    for number in range(ROWS):
        born = date(1970, 1, 1) + timedelta(days=number)
        first17 = f"330402{born:%Y%m%d}996"
        row = VALID | {"card_no": f"TJ{number}", "id_number": first17 + ric.calc_check_digit(f"{first17}0")}
        rows.append(row | ({"conclusions": "复查", "recheck_items": "血常规"} if number % ORDERED == 0 else {}))
    return saved(sheet_of(rows))


def handed_in() -> tuple[Upload, User]:
    """A file that waits for its check."""
    format = find_format("examinations")
    assert format is not None
    with writing():
        session = db.session()
        make_organisation(session)
        make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"], sector="19", size="small")
        user = make_user(session, "clinic")
        upload, _is_repeat = hand_in(session, format, filename="x.xlsx", content=workbook(), user=user, on=ON)
        session.commit()
    return upload, user


def count_of(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def seen(upload_id: int) -> tuple[dict[str, int], str, bool]:
    """How much of the file is in the tables, the upload's state, and whether it has remarks: all as one moment shows it.

    A server may still be committing what a killed worker sent last, so that two looks could see two moments.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    events = count_of(AuditEvent, AuditEvent.event == "upload:committed")
    models = (Examination, Worker, Employment, Exposure, WorkerClinic, Finding, Case, CaseStep)
    found = {model.__name__: count_of(model) for model in models} | {"events": events}
    rolled_up = select(func.sum(ExaminationCount.examinations), func.sum(ExaminationCount.rechecks)).where(
        ExaminationCount.area_code == "330400", ExaminationCount.dimension == "all"
    )
    examinations, rechecks = db.session.execute(rolled_up).one()
    found |= {"counted": examinations or 0, "rechecks": rechecks or 0}
    found["committed"] = db.session.scalar(select(func.sum(SenderQuality.committed))) or 0
    state, has_remarks = db.session.execute(select(Upload.state, Upload.remarks.is_not(None)).where(Upload.id == upload_id)).one()
    db.session.rollback()
    return found, state, has_remarks


ALL = {
    "Examination": ROWS, "Worker": ROWS, "Employment": ROWS, "Exposure": 2 * ROWS, "WorkerClinic": ROWS, "Finding": ROWS // ORDERED, "Case": ROWS // ORDERED, "CaseStep": ROWS // ORDERED, "events": 1,
    "counted": ROWS, "rechecks": ROWS // ORDERED, "committed": ROWS,
}  # fmt: skip
NOTHING = dict.fromkeys(ALL, 0)


def job_of(upload: Upload) -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).join(Upload, Upload.job_id == Job.id).where(Upload.id == upload.id)).one()


def killed_at_work(house: House, upload: Upload, phases: tuple[str, ...], longest: float) -> bool:
    """Start a worker and kill it at some moment of a phase; whether it was still at work then."""
    with working(house.config) as worker:
        wait_until(lambda: job_of(upload).state == State.DONE or job_of(upload).phase in phases, f"the job came to {' or '.join(phases)}")
        time.sleep(random.uniform(0, longest))
        worker.kill()
        worker.join()
    return job_of(upload).state == State.RUNNING


def forget_progress(upload: Upload) -> None:
    """So that the next worker's progress is not taken for the killed one's."""
    with writing():
        job_of(upload).phase = ""
        db.session.commit()


def finish(house: House, upload: Upload) -> None:
    """Let a worker do what is left."""
    with working(house.config):
        wait_until(lambda: job_of(upload).state == State.DONE, "the job was done")


def test_a_worker_killed_at_any_moment_leaves_nothing_or_all(house: House) -> None:
    upload, user = handed_in()
    for _kill in range(KILLS):
        killed_at_work(house, upload, ("read", "check"), 0.3)
        written, state, has_remarks = seen(upload.id)
        assert (written, has_remarks) == (NOTHING, state != "received")
        forget_progress(upload)
    finish(house, upload)
    db.session.refresh(upload)
    assert (upload.rows, upload.accepted, seen(upload.id)) == (ROWS, ROWS, (NOTHING, "checked", True))

    with writing():
        commit_upload(db.session(), upload, all_or_nothing=False, user=user, on=ON)
        db.session.commit()
    were_killed = 0
    for kill in range(2 * KILLS):
        # The first is killed at once, so that at least one was at work however quick the machine is.
        were_killed += killed_at_work(house, upload, ("commit",) if kill % 2 else ("read", "check", "commit"), 0.4 if kill else 0)
        written, state, _has_remarks = seen(upload.id)
        assert (written, state) in ((NOTHING, "checked"), (ALL, "committed"))
        if state == "committed":
            break
        forget_progress(upload)
    assert were_killed, "no worker was killed at work: the file is too small for the moments chosen"
    finish(house, upload)
    db.session.refresh(upload)
    assert (seen(upload.id), upload.committed_rows) == ((ALL, "committed", True), ROWS)
    assert db.session.scalars(select(Examination.row).order_by(Examination.row)).all() == list(range(2, ROWS + 2))
