"""Databases with many cases: those of the demonstration with everything of theirs, so many times over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import Table, func, select, text

from bench.city import Server, copies, fill, growing, moved, unique_bytes
from bench.measure import say
from ohs.kernel.database import Base, db

EMPLOYERS, EXAMINATIONS = 600, 3_000
#: More than any identifier of the demonstration's cases and workers, and few enough that a few thousand copies fit a whole number of 32 bits.
STRIDE = 100_000
#: What is copied besides cases and whatever points to them: their workers, so that a person keeps as many cases as before, and the items of the
#: joint meeting, so that an item keeps as many.
WORKER, ITEM, CASE = "worker", "meeting_item", "case_file"
#: Texts that nothing else may have.
UNIQUE_TEXTS = ("number", "subject")
#: Counts that are kept of what is copied.
COUNTS = {"case_figure": ("met", "late"), "case_open_figure": ("waiting",)}
HAS_CASES = "t.id IN (SELECT worker_id FROM case_file UNION SELECT worker_id FROM case_line)"


def provide(server: Server, name: str, wanted: int) -> None:
    """A database of that name with about so many cases, in the newest form: a copy of one that is built once."""
    built = f"cases_{wanted}"
    if not server.has(built):
        if not server.has("city"):
            fill(server, "filling", examinations=EXAMINATIONS, employers=EMPLOYERS)
            server.rename("filling", "city")
        server.create("growing", like="city")
        _grow(server, "growing", wanted)
        server.rename("growing", built)
    server.create(name, like=built)
    app = server.app(name)
    with app.app_context():
        upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
        db.session.remove()
        db.engine.dispose()


def _grow(server: Server, name: str, wanted: int) -> None:
    with growing(server, name) as connection:
        tables = _hanging_on([WORKER, ITEM, CASE])
        times = -(-wanted // (connection.scalar(select(func.count()).select_from(tables[CASE])) or 1))
        say(f"  {server.engine}: the cases {times} times over")
        for table in tables.values():
            changed = {key.parent.name: moved(key.parent.name, STRIDE) for key in table.foreign_keys if key.column.table.name in tables}
            if table.name == WORKER:
                changed = {"id_index": unique_bytes(connection, "id", STRIDE), "merged_into_id": "NULL"}
            elif table.name != "case_source":
                changed |= {column: f"t.{column} || '-' || :k" for column in UNIQUE_TEXTS if column in table.columns}
            copies(connection, table, times, changed, stride=STRIDE, only=HAS_CASES if table.name == WORKER else "")
            if server.engine == "postgresql":
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"))
        for table_name, counts in COUNTS.items():
            connection.execute(text(f"UPDATE {table_name} SET {', '.join(f'{one} = {one} * {times}' for one in counts)}"))


def _hanging_on(names: Iterable[str]) -> dict[str, Table]:
    """Tables that are copied, in the order in which they depend on one another: the named ones, and all that hang on cases."""
    found, hanging = set(names), {CASE}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in hanging for key in table.foreign_keys):
            hanging.add(table.name)
    found |= hanging
    return {table.name: table for table in Base.metadata.sorted_tables if table.name in found}
