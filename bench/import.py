"""A large examination workbook from the file to the committed records, beside openpyxl that only reads it, and beside the floor.

The floor is what no import can do without: calamine reads the file, and the driver puts in the finished rows of all tables. Every run
has a process of its own and a fresh copy of the same register.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.city import ON, Server, engines, fill, scratch
from bench.import_django import Django
from bench.import_workbook import make_workbook
from bench.measure import Line, Settings, main, say
from ohs.kernel.database import Base
from ohs.registry.demonstration import invent_employers

ROWS, QUICK_ROWS = 100_000, 10_000
EMPLOYERS = 600
SEED = 1

Told = dict[str, Any]


def bench(settings: Settings) -> Iterator[Line]:
    """Ratios for each engine, and the memory that the work takes."""
    rows = QUICK_ROWS if settings.is_quick else ROWS
    with scratch() as folder:
        workbook = folder / "examinations.xlsx"
        say(f"  a workbook of {rows:,} rows")
        make_workbook(workbook, invent_employers(Random(SEED), EMPLOYERS), rows, on=ON)
        django = Django(folder, workbook) if settings.with_django else None
        for engine in engines():
            server = Server(engine, folder)
            try:
                yield from _ratios(_measured(settings, server, workbook, django), engine, rows)
            finally:
                server.close()


def _measured(settings: Settings, server: Server, workbook: Path, django: Django | None) -> dict[str, list[Told]]:
    """What every candidate told, run in turns."""
    fill(server, "register", examinations=0, employers=EMPLOYERS)
    finished = _finished_rows(server, workbook)
    candidates: dict[str, Callable[[str], Told]] = {
        "openpyxl": lambda name: _run("openpyxl", workbook),
        "floor": lambda name: _run("floor", workbook, server.url(name), finished),
        "road": lambda name: _run("road", workbook, server.url(name), server.folder),
    }
    if django is not None and django.is_ready and server.engine == "sqlite":
        candidates["django"] = lambda name: django.run()
        candidates["django-bare"] = lambda name: django.run(is_bare=True)
    told: dict[str, list[Told]] = {name: [] for name in candidates}
    for turn in range(settings.repeats):
        for candidate, run in candidates.items():
            name = f"{candidate}_{turn}"
            if candidate in ("floor", "road"):
                server.create(name, like="register")
            told[candidate].append(run(name))
            say(f"  {server.engine}: {candidate} {told[candidate][-1]['seconds']:.1f} s")
            _forget(server, name)
    return told


def _ratios(told: dict[str, list[Told]], engine: str, rows: int) -> Iterator[Line]:
    seconds = {name: statistics.median(one["seconds"] for one in runs) for name, runs in told.items()}
    processor = {name: statistics.median(one["processor"] for one in runs) for name, runs in told.items()}
    last = told["road"][-1]
    stages = ", ".join(f"{stage} {taken:.1f}" for stage, taken in last["stages"].items())
    work = f"import {rows:,} rows, {engine}"

    def against(other: str) -> str:
        """The figures of another, and the ratio of what both took of the processor, which a busy machine disturbs less."""
        return f"{other} {seconds[other]:.1f} s; of the processor {processor['road']:.1f} to {processor[other]:.1f} s = {processor['road'] / processor[other]:.2f}"

    ratio = seconds["road"] / seconds["openpyxl"]
    detail = f"{seconds['road']:.1f} s ({stages}), {last['findings']:,} findings; {against('openpyxl')}"
    yield Line(f"{work}: to openpyxl reading", ratio, 0.6, detail=detail)
    yield Line(f"{work}: to the floor", seconds["road"] / seconds["floor"], 2, detail=against("floor"))
    yield Line(f"{work}: GiB of memory", max(one["memory_mib"] for one in told["road"]) / 1024, 1, detail="the whole worker")
    if "django" in seconds:
        bare = f"without checks and corrections {seconds['django-bare'] / seconds['road']:.1f}"
        ratio = seconds["django"] / seconds["road"]
        yield Line(
            f"{work}: django-import-export to it", ratio, 6, "at least", f"{seconds['django']:.1f} s, in bulk mode into one table; {bare}"
        )


def _run(candidate: str, *given: object) -> Told:
    command = [sys.executable, "-m", "bench.import_run", candidate, *map(str, given)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parent.parent)
    told: Told = json.loads(answer.stdout.splitlines()[-1])
    if "committed" in told and told["committed"] != told["rows"]:
        raise SystemExit(f"of {told['rows']} rows only {told['committed']} were committed: the workbook is not what it should be")
    return told


def _finished_rows(server: Server, workbook: Path) -> Path:
    """The rows that an import leaves in all tables, as the driver takes them; kept in a file for the floor."""
    say(f"  {server.engine}: the finished rows")
    server.create("finished", like="register")
    _run("road", workbook, server.url("finished"), server.folder)
    taken = _from_sqlite if server.engine == "sqlite" else _from_postgresql
    kept = server.folder / f"finished-{server.engine}.pickle"
    kept.write_bytes(pickle.dumps(list(taken(server))))
    _forget(server, "finished")
    return kept


def _from_sqlite(server: Server) -> Iterator[tuple[str, list[str], Any]]:
    before, after = (sqlite3.connect(server.folder / f"{name}.sqlite3") for name in ("register", "finished"))
    for table in Base.metadata.sorted_tables:
        (last,) = before.execute(f'SELECT coalesce(max(id), 0) FROM "{table.name}"').fetchone()
        cursor = after.execute(f'SELECT * FROM "{table.name}" WHERE id > ? ORDER BY id', (last,))
        rows = cursor.fetchall()
        if rows:
            yield table.name, [column[0] for column in cursor.description], rows
    before.close()
    after.close()


def _from_postgresql(server: Server) -> Iterator[tuple[str, list[str], Any]]:
    addresses = (
        make_url(server.url(name)).set(drivername="postgresql").render_as_string(hide_password=False) for name in ("register", "finished")
    )
    before, after = map(psycopg.connect, addresses)
    with before, after:
        for table in Base.metadata.sorted_tables:
            found = before.execute(f'SELECT coalesce(max(id), 0) FROM "{table.name}"').fetchone()  # type: ignore[call-overload]
            assert found is not None
            names = [column.name for column in table.columns]
            quoted = ", ".join(f'"{name}"' for name in names)
            chosen = f'SELECT {quoted} FROM "{table.name}" WHERE id > {found[0]} ORDER BY id'
            with after.cursor().copy(f"COPY ({chosen}) TO STDOUT (FORMAT binary)") as copy:  # type: ignore[call-overload]
                rows = b"".join(copy)
            if len(rows) > EMPTY:
                yield table.name, names, rows
    before.close()
    after.close()


#: Bytes of a binary copy without rows: its header and its end.
EMPTY = 21


def _forget(server: Server, name: str) -> None:
    """A copy that was measured takes no more room."""
    if server.engine == "sqlite":
        for ending in ("", "-wal", "-shm"):
            (server.folder / f"{name}.sqlite3{ending}").unlink(missing_ok=True)


if __name__ == "__main__":
    main(bench, __doc__ or "")
