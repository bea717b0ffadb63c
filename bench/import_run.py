"""One candidate of the import bench, in a process of its own: prints what it took as JSON.

The file and the rows of the floor are read from disk before the clock starts where they are not part of the work.
"""

from __future__ import annotations

import json
import pickle
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import make_url, select

from bench.city import ON
from bench.measure import peak_mib
from ohs import create_app
from ohs.accounts.models import User
from ohs.config import Config
from ohs.kernel import jobs
from ohs.kernel.database import db, writing
from ohs.uploads.formats import find_format
from ohs.uploads.services import hand_in

CLINIC = "clinic-01"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Clock:
    """Seconds on the wall and of the processor, and the most memory that the process has held."""

    def __init__(self) -> None:
        self.seconds = self.processor = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done inside."""
        wall, processor = time.perf_counter(), _processor()
        yield
        self.seconds += time.perf_counter() - wall
        self.processor += _processor() - processor

    def told(self, **more: Any) -> dict[str, Any]:
        """As the bench reads it."""
        return {"seconds": self.seconds, "processor": self.processor, "memory_mib": peak_mib()} | more


def openpyxl(workbook: Path) -> dict[str, Any]:
    """Only read, by openpyxl in its read-only mode."""
    clock = Clock()
    with clock.running():
        opened = load_workbook(workbook, read_only=True)
        rows = sum(1 for _row in opened.worksheets[0].iter_rows(values_only=True))
    return clock.told(rows=rows - 1)


def road(workbook: Path, url: str, folder: Path) -> dict[str, Any]:
    """Handed in, read, checked, matched, sealed and committed, as the worker does it."""
    app = create_app(Config(database_url=url, keys_file=folder / "keys.json", instance=folder, demo=True, today=ON, testing=True))
    content, clock = workbook.read_bytes(), Clock()
    with app.app_context():
        user = db.session.scalars(select(User).where(User.login == CLINIC)).one()
        format = find_format("examinations")
        assert format is not None
        with clock.running():
            with writing():
                upload, _is_repeat = hand_in(db.session(), format, filename=workbook.name, content=content, user=user, on=ON, commit=True)
                db.session.commit()
            assert upload.job_id is not None
            jobs.run(upload.job_id)
        db.session.refresh(upload)
        return clock.told(rows=upload.rows, committed=upload.committed_rows, findings=upload.finding_count, stages=upload.seconds)


def floor(workbook: Path, url: str, rows: Path) -> dict[str, Any]:
    """Read by calamine, and the finished rows of all tables put in by the driver: what no import can do without."""
    finished: list[tuple[str, list[str], Any]] = pickle.loads(rows.read_bytes())
    insert = _into_sqlite if url.startswith("sqlite") else _into_postgresql
    with insert(url) as put:
        clock = Clock()
        with clock.running():
            sheet = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0)
            for _row in sheet.iter_rows():
                pass
            put(finished)
    return clock.told(tables=[table for table, _names, _rows in finished])


Put = Callable[[list[tuple[str, list[str], Any]]], None]


@contextmanager
def _into_sqlite(url: str) -> Iterator[Put]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")

    def put(finished: list[tuple[str, list[str], Any]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table, names, rows in finished:
            places = ", ".join("?" * len(names))
            connection.executemany(f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({places})', rows)
        connection.execute("COMMIT")

    yield put
    connection.close()


@contextmanager
def _into_postgresql(url: str) -> Iterator[Put]:
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:

        def put(finished: list[tuple[str, list[str], Any]]) -> None:
            for table, names, rows in finished:
                with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({_quoted(names)}) FROM STDIN (FORMAT binary)') as copy:
                    copy.write(rows)
            connection.commit()

        yield put


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def main() -> None:
    """`NAME` of the candidate and its arguments."""
    name, *given = sys.argv[1:]
    workbook = Path(given[0])
    if name == "openpyxl":
        told = openpyxl(workbook)
    elif name == "road":
        told = road(workbook, given[1], Path(given[2]))
    else:
        told = floor(workbook, given[1], Path(given[2]))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
