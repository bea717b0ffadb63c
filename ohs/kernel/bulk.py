"""The bulk loader: many finished rows into one table at the engine's own speed, inside the session's transaction.

Only here and in the queue do the two engines differ. Values must already be what the driver stores: plain numbers, texts,
bytes, days as `date`; identifiers are taken beforehand with `reserve_ids`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from ohs.kernel.database import is_sqlite

#: Values looked up in one question; SQLite takes at most 32,766 parameters.
LOOK_UP_AT_ONCE = 10_000


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
        raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', map(_for_sqlite, rows))
        return
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _for_sqlite(row: Sequence[Any]) -> Sequence[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in row]


def found_among(session: Session, columns: Sequence[Any], key: Any, values: Sequence[Any], *where: Any) -> Iterator[Any]:
    """Rows of `columns` whose `key` is among any number of values, with further conditions."""
    for start in range(0, len(values), LOOK_UP_AT_ONCE):
        some = values[start : start + LOOK_UP_AT_ONCE]
        yield from session.execute(select(*columns).where(key.in_(some), *where))


def update_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set `columns` of existing rows; each row ends with its identifier."""
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    if is_sqlite(session):
        places = ", ".join(f'"{column}" = ?' for column in columns)
        raw.executemany(f'UPDATE "{table.name}" SET {places} WHERE id = ?', map(_for_sqlite, rows))
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


def moment_for(session: Session, moment: Any) -> Any:
    """A moment as `insert_rows` must be given it."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") if is_sqlite(session) else moment
