"""Migrations of databases that hold something: nothing that points to a changed table stands in their way."""

from __future__ import annotations

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from ohs import create_app
from ohs.cases.meeting_models import COMPETENCE
from ohs.config import Config
from ohs.kernel.database import db
from tests.engines import ENGINES, folder, fresh_database

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
