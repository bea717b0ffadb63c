"""The counts of declarations that desks and figures read, kept by the deeds themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.declarations.models import Declaration, DeclarationCount, Filing
from ohs.kernel.bulk import add_counts
from ohs.registry.margins import MARGIN_KEYS, margins

KEYS = ("measure", "status", "month", *MARGIN_KEYS)
MEASURES = ("declarations", "exposed")
#: A filing that was never accepted stands nowhere yet: it is not counted.
BEGINNING = "none"
#: What happened to one record or several alike: measure, status, month, county, town, sector, size; then how many and their exposed.
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
    """Add to the counts of every area above."""
    counts: Counter[tuple[str, ...]] = Counter()
    people: Counter[tuple[str, ...]] = Counter()
    for measure, status, month, county_code, region_code, sector, size, declarations, exposed in deltas:
        if status == BEGINNING:
            continue
        for margin in margins(county_code, region_code, sector, size):
            counts[measure, status, month, *margin] += declarations
            people[measure, status, month, *margin] += exposed
    table: Any = DeclarationCount.__table__
    add_counts(session, table, KEYS, MEASURES, ((*key, counts[key], people[key]) for key in sorted(counts)))
