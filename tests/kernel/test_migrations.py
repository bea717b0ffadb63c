"""Migrations of databases that hold something: nothing that points to a changed table stands in their way."""

from __future__ import annotations

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from ohs import create_app
from ohs.cases.actors import By
from ohs.cases.evidence import add_evidence, missing_for_duty
from ohs.cases.machine import do
from ohs.cases.meeting_models import COMPETENCE
from ohs.cases.models import CaseEvidence, CaseStep
from ohs.config import Config
from ohs.kernel.attached import attached
from ohs.kernel.database import db
from tests.cases.test_section_4_2 import APPLIED, YES
from tests.cases.ways import DAY, arrive
from tests.engines import ENGINES, folder, fresh_database
from tests.factories.accounts import make_user

MEETING = "INSERT INTO meeting (id, number, held_on, place, chair, members, minutes, version) VALUES (1, 'LX-2026-0001', '2026-11-20', '302', '', '', '', 1)"
ITEM = "INSERT INTO meeting_item (id, number, meeting_id, cause, why, proposed_on, decision, result, version) VALUES (1, 'YT-2026-0001', 1, :cause, '催办', '2026-11-18', '', '', 1)"


@pytest.mark.parametrize("engine", ENGINES)
def test_meetings_with_items_are_taken_along(engine: str) -> None:
    app = create_app(Config(database_url=fresh_database(engine), keys_file=folder() / "keys.json", instance=folder(), testing=True))
    with app.app_context():
        upgrade(directory="migrations", revision="0021")
        with db.engine.begin() as connection:
            connection.execute(text(MEETING))
            connection.execute(text(ITEM), {"cause": COMPETENCE})
        upgrade(directory="migrations")
        with db.engine.begin() as connection:
            assert connection.execute(text("SELECT number, called_off_on FROM meeting")).all() == [("LX-2026-0001", None)]
        downgrade(directory="migrations", revision="0021")
        with db.engine.begin() as connection:
            assert connection.execute(text("SELECT meeting_id FROM meeting_item")).all() == [(1,)]
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_the_workers_side_has_supplied_is_told_apart_and_back_again(engine: str) -> None:
    app = create_app(Config(database_url=fresh_database(engine), keys_file=folder() / "keys.json", instance=folder(), testing=True))
    with app.app_context():
        upgrade(directory="migrations")
        for way in (f"{YES}, UNION work_injury worker-applies", APPLIED):
            _people, case = arrive(db.session(), "susp", way)
            case.evidence.clear()
            hr = make_user(db.session(), "hr", next(one.owner for one in case.tracks if one.track == "work_injury"))
            do(db.session(), case, "missing-items-listed", {"missing": "劳动合同"}, by=By(hr), on=DAY, track="work_injury")
            duty = next(one for one in case.duties if one.event.startswith("supply-"))
            (kind,) = missing_for_duty(case, duty)
            add_evidence(db.session(), case, kind, attached("合同.pdf", b"%PDF-1.7\n%"), actor=hr, on=DAY)
        db.session.commit()
        db.session.remove()
        both, one = ["missing-items", "missing-items-worker"], ["missing-items"] * 2
        assert _kinds() == (both, both)
        downgrade(directory="migrations", revision="0026")
        assert _kinds() == (one, one)
        upgrade(directory="migrations")
        assert _kinds() == (both, both)
        db.session.remove()
        db.engine.dispose()


def _kinds() -> tuple[list[str], list[str]]:
    """Supplements as they are on file, and as the timelines tell of them."""
    with db.engine.begin() as connection:
        filed = connection.execute(select(CaseEvidence.kind).where(CaseEvidence.kind.startswith("missing-items"))).scalars()
        told = connection.execute(select(CaseStep.facts).where(CaseStep.event == "evidence-added")).scalars()
        return sorted(filed), sorted(facts["evidence"] for facts in told)
