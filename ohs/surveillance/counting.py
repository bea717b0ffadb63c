"""The counts of examinations that desks and figures read, kept by the commits themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.kernel.bulk import add_counts
from ohs.registry.margins import MARGIN_KEYS, margins
from ohs.surveillance.models import ExaminationCount

KEYS = ("month", *MARGIN_KEYS)
MEASURES = ("examinations", "normal", "rechecks", "contraindications", "suspected", "other")
#: Letter of a conclusion → measure that counts it.
COUNTED = {"N": "normal", "R": "rechecks", "C": "contraindications", "S": "suspected", "O": "other"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One examination as the counts see it."""

    examined_on: date
    county_code: str
    region_code: str
    sector: str
    size: str
    conclusions: str

    @property
    def key(self) -> tuple[str, ...]:
        """What all examinations have in common that are counted in the same places."""
        month = f"{self.examined_on.year:04d}-{self.examined_on.month:02d}"
        return (month, self.county_code, self.region_code, self.sector, self.size)


#: Examinations one by one, or how many there are of each kind.
Some = Iterable[Counted] | Mapping[Counted, int]


def count_examinations(session: Session, added: Some, taken_away: Some = ()) -> None:
    """Add examinations to the counts, and take away the earlier versions of those that were corrected."""
    by_place: dict[tuple[str, ...], list[int]] = {}
    for sign, examinations in ((1, added), (-1, taken_away)):
        for one, count in Counter(examinations).items():
            figures = by_place.setdefault(one.key, [0] * len(MEASURES))
            for measure in ("examinations", *(COUNTED[letter] for letter in one.conclusions if letter in COUNTED)):
                figures[MEASURES.index(measure)] += sign * count
    deltas: dict[tuple[str, ...], list[int]] = {}
    for (month, *place), figures in by_place.items():
        for margin in margins(*place):
            held = deltas.get((month, *margin))
            deltas[month, *margin] = figures if held is None else [one + more for one, more in zip(held, figures, strict=True)]
    table: Any = ExaminationCount.__table__
    add_counts(session, table, KEYS, MEASURES, ((*key, *deltas[key]) for key in sorted(deltas)))
