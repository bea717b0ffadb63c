"""While another holds SQLite's one writer, lists are read, and whoever waited in vain is told so in one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ohs import create_app
from ohs.config import Config
from ohs.kernel.database import db
from ohs.kernel.policy import public


@public
def read() -> str:
    return str(db.session.connection().exec_driver_sql("SELECT count(*) FROM thing").scalar())


@public
def write() -> str:
    connection = db.session.connection()
    connection.exec_driver_sql("PRAGMA busy_timeout=1")
    connection.exec_driver_sql("INSERT INTO thing VALUES (1)")
    return "written"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    file = tmp_path / "x.sqlite3"
    made = create_app(Config(database_url=f"sqlite:///{file}", keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    made.add_url_rule("/read", view_func=read)
    made.add_url_rule("/write", view_func=write)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("CREATE TABLE thing (id INTEGER)")
    holder.execute("BEGIN IMMEDIATE")
    yield made
    holder.close()


def test_reading_waits_for_nobody(app: Flask) -> None:
    assert app.test_client().get("/read").data == b"0"


def test_waiting_in_vain_is_told_in_one_sentence(app: Flask) -> None:
    answer = app.test_client().get("/write")
    assert answer.status_code == 503
    assert "正在写入一个大文件" in answer.get_data(as_text=True)
