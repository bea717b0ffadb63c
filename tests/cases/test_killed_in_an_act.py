"""A process killed in the middle of an act with files leaves the case as it was, or all of the act; and the act can be done again."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from ohs import create_app
from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.accounts.services import digest_of
from ohs.cases.models import Case, CaseClock, CaseEvidence, CaseStep, CaseWaiting
from ohs.cases.notices_models import CaseNotice
from ohs.cases.visits_models import SiteVisit
from ohs.config import Config
from ohs.kernel.audit import AuditEvent
from ohs.kernel.chain import seal_chain, verify_chain
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from tests.engines import ENGINES, fresh_database
from tests.factories.cases import act, make_case, make_people
from tests.uploads.worker import wait_until

CASES, MOMENTS = 4, 8
FILED = {"new_post": "包装岗", "new_hazards": "C001", "is_signed": "y"}
SECRET = "in-the-middle"


def file_evidence(config: Config, user_id: int, number: str, begun: str) -> None:
    """What the employer's browser sends: the form and two files, in a process of its own."""
    app = create_app(config)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN], cookie["_user_id"] = SECRET, str(user_id)
    paper = b"%PDF-1.4\n" + b"0" * 1_000_000 + b"\n%%EOF"
    told = MultiDict([*FILED.items(), ("effective_on", today().isoformat()), ("file-post-change", (io.BytesIO(paper), "1.pdf"))])
    Path(begun).write_text(str(os.getpid()))
    answer = client.post(f"/cases/{number}/act/main/evidence-filed", data=told)
    Path(begun + ".answered").write_text(str(answer.status_code))


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    config = Config(database_url=fresh_database(request.param), keys_file=tmp_path / "keys.json", instance=tmp_path, demo=True)
    app = create_app(config)
    with app.app_context():
        upgrade(directory="migrations")
        yield replace(config)
        db.session.remove()
        db.engine.dispose()


def whole(case: Case) -> dict[str, Any]:
    """Everything that the act writes, as one moment shows it."""
    db.session.rollback()
    db.session.expire_all()
    parts = {
        "steps": CaseStep,
        "evidence": CaseEvidence,
        "clocks": CaseClock,
        "waiting": CaseWaiting,
        "notices": CaseNotice,
        "visits": SiteVisit,
    }
    counted = {
        name: db.session.scalar(select(func.count()).select_from(model).where(model.case_id == case.id)) for name, model in parts.items()
    }
    acted = select(func.count()).select_from(AuditEvent).where(AuditEvent.event == "case:acted", AuditEvent.subject == case.number)
    found = {"status": case.status, "version": case.version, **counted, "acted": db.session.scalar(acted)}
    db.session.rollback()
    return found


def test_nothing_of_an_act_is_half_written(house: Config, tmp_path: Path) -> None:
    with writing():
        session = db.session()
        people = make_people(session)
        session.add(SignIn(user_id=people.EMP.id, token_digest=digest_of(SECRET), address="127.0.0.1"))
        made = []
        for _one in range(CASES):
            case = make_case(session, people, "contra", on=today(), hazard_codes="P01")
            told = {"told_worker_on": today(), "told_employer_on": today(), "how_told": "writing"}
            act(session, people, case, "CLIN", "notify", today(), **told)
            act(session, people, case, "EMP", "remove", today(), moved_on=today(), new_post="包装岗", is_temporary=False)
            made.append(case)
        session.commit()
    user_id, numbers = session.scalars(select(User.id).where(User.id == people.EMP.id)).one(), [case.number for case in made]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])

    def begin(number: str, name: str) -> Any:
        process = context.Process(target=file_evidence, args=(house, user_id, number, str(tmp_path / name)), daemon=True)
        process.start()
        wait_until((tmp_path / name).exists, "the process began")
        return process

    before = whole(made[0])
    first = begin(numbers[0], "first")
    started = time.monotonic()
    first.join(120)
    lasted, after = time.monotonic() - started, whole(made[0])
    assert (tmp_path / "first.answered").read_text() == "302"
    grown = {"steps", "evidence", "visits", "acted", "notices"}
    assert after["status"] == "verify" and all(after[name] > before[name] for name in grown), (before, after)

    killed = 0
    for place, (case, number) in enumerate(zip(made[1:], numbers[1:], strict=True)):
        was = whole(case)
        for moment in range(MOMENTS):
            process = begin(number, f"{place}-{moment}")
            time.sleep(random.uniform(0, lasted))
            process.kill()
            process.join(30)
            left = whole(case)
            if left["status"] == "verify":
                assert left == after, "all of it"
                break
            assert left == was, "nothing of it"
            killed += 1
        else:
            last = begin(number, f"{place}-last")
            last.join(120)
        assert whole(case) == after
    assert killed, "nobody was killed in the middle"
    with writing():
        seal_chain(db.session())
        db.session.commit()
    assert verify_chain(db.session()).broken is None
