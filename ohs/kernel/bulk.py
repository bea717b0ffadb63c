"""The bulk loader: many finished rows into one table at the engine's own speed, inside the session's transaction.

Only here and in the queue do the two engines differ. Values must already be what the driver stores: plain numbers, texts,
bytes, days as `date`; identifiers are taken beforehand with `reserve_ids`.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Select, Table, any_, bindparam, column, func, select, text
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from ohs.kernel.database import is_sqlite

#: So many values are looked up by naming them in the question; more are laid beside it.
NAMED_AT_ONCE = 500
#: Rows of a frame that are held as Python objects at once.
ROWS_AT_ONCE = 20_000
# How SQLite keeps days; its driver asks by the exact type, so that moments are not meant.
sqlite3.register_adapter(date, date.isoformat)


def lock_for_loading(session: Session, what: str) -> None:
    """Let one loader of a kind write at a time. On SQLite the transaction holds the only writer already."""
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(7104, hashtext(:what))"), {"what": what})


def reserve_ids(session: Session, table: Table, count: int) -> range:
    """Identifiers for `count` new rows that nobody else will get."""
    if count == 0:
        return range(0)
    if is_sqlite(session):
        last = session.scalar(select(func.max(table.c.id))) or 0
    else:
        sequence = session.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table.name}"'})
        session.execute(text("SELECT pg_advisory_xact_lock(7105, hashtext(:table))"), {"table": table.name})
        last = (session.scalar(text("SELECT nextval(:sequence)"), {"sequence": sequence}) or 1) - 1
        session.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last + count})
    return range(last + 1, last + count + 1)


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows`, each in the order of `columns`; constraints hold as for any insert.

    `rows` may come one by one, but must not ask the database anything: its connection is busy until the last one.
    """
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    names = ", ".join(f'"{column}"' for column in columns)
    if is_sqlite(session):
        places = ", ".join("?" * len(columns))
        raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)
        return
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def insert_frame(session: Session, table: Table, frame: pl.DataFrame) -> None:
    """Insert the rows of a frame whose columns are named like those of the table; days and moments may be given as texts."""
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    names = ", ".join(f'"{name}"' for name in frame.columns)
    if is_sqlite(session):
        statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * frame.width)})'
        for part in _as_stored(frame).iter_slices(ROWS_AT_ONCE):
            raw.executemany(statement, part.rows())
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY \"{table.name}\" ({names}) FROM STDIN (FORMAT csv, NULL '')") as copy:
        for part in frame.iter_slices(ROWS_AT_ONCE):
            lines = io.BytesIO()
            # Texts are quoted, empty ones too; what is missing is not.
            _as_text(part).write_csv(lines, include_header=False, quote_style="non_numeric", null_value="")
            copy.write(lines.getbuffer())


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Bytes as PostgreSQL reads them."""
    sealed = frame.select(pl.selectors.binary()).columns
    return frame.with_columns(("\\x" + pl.col(name).bin.encode("hex")).alias(name) for name in sealed)


def _as_stored(frame: pl.DataFrame) -> pl.DataFrame:
    """Days as SQLite keeps them."""
    return frame.with_columns(pl.selectors.date().cast(pl.String))


def found_among(session: Session, columns: Sequence[Any], key: Any, values: Iterable[Any], *where: Any) -> Sequence[Any]:
    """Rows of `columns` whose `key` is among any number of values, with further conditions."""
    return rows_among(session, select(*columns).where(*where), key, values)


def rows_among(session: Session, question: Select[*tuple[Any, ...]], key: Any, values: Iterable[Any]) -> Sequence[Any]:
    """The rows that answer a question where `key` is among any number of values."""
    sought = list(values)
    if not sought:
        return []
    condition = key.in_(sought) if len(sought) <= NAMED_AT_ONCE else _is_among(session, key, sought)
    return session.execute(question.where(condition)).all()


def _is_among(session: Session, key: Any, values: list[Any]) -> Any:
    """Where `key` is one of very many values, without a parameter for each of them."""
    if not is_sqlite(session):
        return key == any_(bindparam(None, values, type_=ARRAY(key.type), unique=True))
    raw: Any = session.connection().connection.driver_connection
    raw.execute("CREATE TEMP TABLE IF NOT EXISTS sought (value)")
    raw.execute("DELETE FROM temp.sought")
    raw.executemany("INSERT INTO temp.sought VALUES (?)", zip(values, strict=True))
    sought = named_table("sought", column("value"), schema="temp")
    return key.in_(select(sought.c.value))


def update_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set `columns` of existing rows; each row ends with its identifier."""
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    if is_sqlite(session):
        places = ", ".join(f'"{column}" = ?' for column in columns)
        raw.executemany(f'UPDATE "{table.name}" SET {places} WHERE id = ?', rows)
        return
    places = ", ".join(f'"{column}" = %s' for column in columns)
    with raw.cursor() as cursor:
        cursor.executemany(f'UPDATE "{table.name}" SET {places} WHERE id = %s', list(rows))


def add_counts(session: Session, table: Table, keys: Sequence[str], measures: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add to the counts of a rollup: rows give the keys, then what to add (or take away) of each measure."""
    session.flush()
    names = [*keys, *measures]
    added = ", ".join(f'"{measure}" = "{table.name}"."{measure}" + excluded."{measure}"' for measure in measures)
    statement = (
        f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join(f":{name}" for name in names)}) '
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}"
    )
    values = [dict(zip(names, row, strict=True)) for row in rows]
    if values:
        session.connection().execute(text(statement), values)


def moment_for(session: Session, moment: datetime) -> str:
    """A moment in UTC as the loader must be given it; SQLite keeps none of the zone."""
    stored = moment.replace(tzinfo=None) if is_sqlite(session) else moment
    return stored.isoformat(sep=" ", timespec="microseconds")
