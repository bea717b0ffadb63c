"""Being seen is noted beside the request, and nobody waits for it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ohs import create_app
from ohs.accounts.identity import _impatient
from ohs.config import Config
from ohs.kernel.database import db


def test_a_connection_is_as_patient_afterwards_as_before(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite3"
    app = create_app(Config(database_url=f"sqlite:///{file}", keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("CREATE TABLE thing (id INTEGER)")
    holder.execute("BEGIN IMMEDIATE")
    with app.app_context(), db.engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        with pytest.raises(OperationalError, match="locked"), _impatient(connection):
            connection.exec_driver_sql("INSERT INTO thing VALUES (1)")
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == before == 60_000
    holder.close()
