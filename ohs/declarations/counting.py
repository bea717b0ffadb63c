"""The counts of declarations that desks and figures read, kept by the deeds themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.declarations.models import Declaration, DeclarationCount, Filing
from ohs.kernel.bulk import add_counts

KEYS = ("measure", "status", "month", "county_code", "region_code", "sector", "size")
MEASURES = ("declarations", "exposed")
#: One count: its key and what to add.
Delta = tuple[Any, ...]


def standing(filing: Filing, declaration: Declaration | None, sign: int) -> Delta:
    """A filing in its standing, with the employer as its last accepted version shows it."""
    sector, size, exposed = (declaration.sector, declaration.size, declaration.exposed) if declaration else ("", "unknown", 0)
    return ("filing", filing.status, "", filing.county_code, filing.region_code, sector, size, sign, sign * exposed)


def happened(measure: str, declaration: Declaration, on: date) -> Delta:
    """A version `submitted` or `accepted` in a month."""
    month = f"{on.year:04d}-{on.month:02d}"
    return (
        measure,
        "",
        month,
        declaration.county_code,
        declaration.region_code,
        declaration.sector,
        declaration.size,
        1,
        declaration.exposed,
    )


def count(session: Session, deltas: Iterable[Delta]) -> None:
    """Add to the counts."""
    table: Any = DeclarationCount.__table__
    add_counts(session, table, KEYS, MEASURES, deltas)
