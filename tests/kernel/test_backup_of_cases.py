"""A backup of a city with cases goes from either engine to the other: every row, letter, line, visit and message is as it was."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from ohs import create_app
from ohs.accounts.models import User
from ohs.accounts.outbox import choose_contact, send_later
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.documents import content_of
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseEvidence, CaseLine, CaseSource, CaseStep, CaseTrack, CaseWaiting
from ohs.cases.moving import facts_of
from ohs.cases.notices_models import CaseNotice
from ohs.cases.requests_models import CaseRequest
from ohs.cases.topics import STEP
from ohs.cases.transfers_models import Transfer
from ohs.cases.visits_models import SiteVisit
from ohs.config import Config
from ohs.desk.demonstration import make_city
from ohs.kernel.backup import read_backup, write_backup
from ohs.kernel.chain import seal_chain
from ohs.kernel.clock import now, today
from ohs.kernel.database import db
from tests.engines import ENGINES, fresh_database

THERE = (Case, CaseStep, CaseTrack, CaseClock, CaseDuty, CaseEvidence, CaseLine, CaseSource, CaseWaiting, CaseNotice, CaseDocument, CaseDocumentCopy, SiteVisit, Transfer, CaseRequest, Outgoing)  # fmt: skip


def digests(path: Path) -> dict[str, object]:
    """What a backup says of its tables: how many rows, and what they are."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return {"counts": manifest["counts"], "digests": manifest["digests"]}


@pytest.mark.parametrize("origin", ENGINES)
def test_cases_are_the_same_on_the_other_engine(origin: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    here = Config(database_url=fresh_database(origin), keys_file=tmp_path / "a.json", instance=tmp_path / "a", testing=True, demo=True)
    here.instance.mkdir()
    app = create_app(here)
    with app.app_context():
        upgrade(directory="migrations")
        session = db.session()
        make_city(session, employers=30, examinations=60, seed=3, on=today())
        reader = session.scalars(select(User)).first()
        assert reader is not None
        choose_contact(session, reader, email="one@example.invalid", phone="", channel="mail", told="at-once")
        send_later(session, {reader.organisation_id: 1}, STEP, session.scalars(select(Case.number)).first() or "", at=now())
        seal_chain(session)
        session.commit()
        counts = {model.__name__: session.scalar(select(func.count()).select_from(model)) or 0 for model in THERE}
        assert all(counts.values()), {name for name, count in counts.items() if not count}
        told = [facts_of(step) for step in session.scalars(select(CaseStep).order_by(CaseStep.id).limit(50))]
        letter = content_of(session.scalars(select(CaseDocumentCopy).order_by(CaseDocumentCopy.id)).first())  # type: ignore[arg-type]
        write_backup(first)
        db.session.remove()
        db.engine.dispose()
    target = next(one for one in ENGINES if one != origin)
    there = Config(database_url=fresh_database(target), keys_file=tmp_path / "b.json", instance=tmp_path / "b", testing=True, demo=True)
    there.instance.mkdir()
    app = create_app(there)
    with app.app_context():
        read_backup(first)
        session = db.session()
        assert {model.__name__: session.scalar(select(func.count()).select_from(model)) for model in THERE} == counts
        assert [facts_of(step) for step in session.scalars(select(CaseStep).order_by(CaseStep.id).limit(50))] == told
        assert content_of(session.scalars(select(CaseDocumentCopy).order_by(CaseDocumentCopy.id)).first()) == letter  # type: ignore[arg-type]
        session.rollback()
        write_backup(second)
        ended = app.test_cli_runner().invoke(args=["verify-audit"])
        assert ended.exit_code == 0, ended.output
        db.session.remove()
        db.engine.dispose()
    assert digests(second) == digests(first)
