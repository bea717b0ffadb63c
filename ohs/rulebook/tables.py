"""The official tables as they ship with the project: read once, never changed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """All rows of a table, by its file name without ending; empty cells are empty texts."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def in_force(rows: Iterable[Row], on: date) -> Iterator[Row]:
    """The rows that held on a day. An empty start is open, an empty end means in force as far as known."""
    day = on.isoformat()
    for row in rows:
        if (not row["effective_from"] or row["effective_from"] <= day) and (not row["effective_to"] or day <= row["effective_to"]):
            yield row
