"""The bulk loader puts in exactly what it was given, on both engines, and finds it again among very many."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.kernel.bulk import NAMED_AT_ONCE, found_among, insert_frame, moment_for, reserve_ids
from ohs.kernel.clock import now
from ohs.registry.models import Worker

#: Texts on which a text format for rows could stumble.
NAMES = ["张敏", "", 'a"b,c', "line\nbreak", "\\.", "\\N", "first\n\\.\nlast", "tab\there", " spaces ", "NULL", "'"]
TABLE: Any = Worker.__table__


def entered(session: Session, names: list[str]) -> pl.DataFrame:
    """Workers of these names, each with a day or without."""
    count = len(names)
    frame = pl.DataFrame(
        {
            "id": list(reserve_ids(session, TABLE, count)),
            "id_index": [b"\x00\xff" + number.to_bytes(4, "big") for number in range(count)],
            "id_type": ["护照"] * count,
            "id_number": [b""] * count,
            "name": names,
            "sex": [""] * count,
            "birth_on": [date(1990, 3, 7) if number % 2 else None for number in range(count)],
            "county_code": [""] * count,
            "region_code": [""] * count,
            "created_at": [moment_for(session, now())] * count,
        },
        schema_overrides={"birth_on": pl.Date},
    )
    insert_frame(session, TABLE, frame)
    return frame


def test_rows_are_kept_as_they_were_given(session: Session) -> None:
    frame = entered(session, NAMES)
    columns = (Worker.id, Worker.id_index, Worker.name, Worker.birth_on)
    kept = [(row.id, bytes(row.id_index), row.name, row.birth_on) for row in session.execute(select(*columns).order_by(Worker.id))]
    assert kept == frame.select("id", "id_index", "name", "birth_on").rows()


def test_very_many_are_found_as_few_are(session: Session) -> None:
    frame = entered(session, [f"张{number}" for number in range(NAMED_AT_ONCE + 100)])
    for count in (1, NAMED_AT_ONCE, NAMED_AT_ONCE + 1, NAMED_AT_ONCE + 100):
        wanted = frame["id_index"][:count]
        found = found_among(session, (Worker.id,), Worker.id_index, [*wanted, b"nobody"])
        assert sorted(row.id for row in found) == frame["id"][:count].to_list()
    assert len(found_among(session, (Worker.id,), Worker.name, frame["name"], Worker.id > frame["id"][-2])) == 1
    assert found_among(session, (Worker.id,), Worker.name, []) == []
