"""The tables read anew, without the rulebook's own reader, so that its answers can be held against them."""

from __future__ import annotations

import csv

from ohs.rulebook.tables import DATA


def rows_of(name: str) -> list[dict[str, str]]:
    """All rows of a table."""
    return list(csv.DictReader((DATA / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)))
