"""How the values of one person have gone over the years: hearing, lung function, blood count, blood lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ohs.kernel.message import Message
from ohs.rulebook.norms import Norm, item_norm
from ohs.surveillance.models import Examination

BETTER, WORSE = "better_ear", "worse_ear"
EARS = ("hearing_speech_left_db", "hearing_speech_right_db")
#: What is drawn together: slug → title and columns of the format. Counts of blood have units of their own, so each has its picture.
GROUPS: dict[str, tuple[Message, tuple[str, ...]]] = {
    "hearing": (Message("Hearing, dB"), ("hearing_high_db", *EARS)),
    "lungs": (Message("Lung function, in per cent"), ("fvc_pct", "fev1_pct", "fev1_fvc_pct")),
    "wbc": (Message("White blood cells"), ("wbc_10e9_l",)),
    "rbc": (Message("Red blood cells"), ("rbc_10e12_l",)),
    "hb": (Message("Haemoglobin"), ("hb_g_l",)),
    "plt": (Message("Platelets"), ("plt_10e9_l",)),
    "lead": (Message("Blood lead"), ("blood_lead_ug_l",)),
}
#: Columns that stand in the table beside those of the format: the standard judges by the better ear.
DERIVED: dict[str, tuple[str, ...]] = {"hearing": (BETTER, WORSE)}
DERIVED_LABELS = {BETTER: Message("Better ear, speech average (dB)"), WORSE: Message("Worse ear, speech average (dB)")}


@dataclass(frozen=True)
class Point:
    """One examination in a trend; `values` has nothing where an item was not examined."""

    on: date
    examination: Examination
    values: Mapping[str, float | None]


@dataclass(frozen=True)
class Trend:
    """One picture with its table: the columns, and a point for every examination in order of the days."""

    slug: str
    title: Message
    keys: tuple[str, ...]
    table_keys: tuple[str, ...]
    points: Sequence[Point]
    norms: Mapping[str, Norm]

    @property
    def days(self) -> list[date]:
        return [point.on for point in self.points]

    def line(self, key: str) -> list[float | None]:
        """The values of one column."""
        return [point.values[key] for point in self.points]

    def side(self, key: str, value: float | None) -> str:
        """Whether a value lies below or above what is usual."""
        norm = self.norms.get(key)
        return norm.side(value) if norm is not None and value is not None else ""


def trends_of(records: Iterable[tuple[Examination, Mapping[str, Any]]], sex: str) -> list[Trend]:
    """The trends in which there is any value; `records` are examinations with the values that the reader may see."""
    ordered = sorted(records, key=lambda record: (record[0].examined_on, record[0].id))
    found = []
    for slug, (title, keys) in GROUPS.items():
        extra = DERIVED.get(slug, ())
        points = [Point(one.examined_on, one, _values(items, keys, extra)) for one, items in ordered]
        if any(value is not None for point in points for value in point.values.values()):
            last = points[-1].on
            norms = {key: norm for key in keys if (norm := item_norm(key, sex, last)) is not None}
            found.append(Trend(slug, title, keys, (*keys, *extra), points, norms))
    return found


def _values(items: Mapping[str, Any], keys: Sequence[str], extra: Sequence[str]) -> dict[str, float | None]:
    values = {key: _number(items.get(key)) for key in keys}
    if extra:
        ears = [value for value in (values[ear] for ear in EARS) if value is not None]
        both = len(ears) == len(EARS)
        values |= {BETTER: min(ears) if both else None, WORSE: max(ears) if both else None}
    return values


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
