"""Between which values an item of an examination is usual: reference intervals by sex and day, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ohs.rulebook.tables import in_force, table


@dataclass(frozen=True)
class Norm:
    """The usual values of an item; an open end is `None`."""

    low: float | None
    high: float | None
    unit: str
    source: str
    is_verified: bool

    @property
    def words(self) -> str:
        """`3.5–9.5`, `≥ 80`, `≤ 25`."""
        if self.low is None:
            return f"≤ {self.high:g}"
        return f"≥ {self.low:g}" if self.high is None else f"{self.low:g}–{self.high:g}"

    def side(self, value: float) -> str:
        """`low`, `high`, or nothing for a usual value."""
        if self.low is not None and value < self.low:
            return "low"
        return "high" if self.high is not None and value > self.high else ""


def item_norm(item: str, sex: str, on: date) -> Norm | None:
    """The reference interval of an item for a sex on a day; none where the table has none, or none for an unknown sex."""
    rows = in_force((row for row in table("item_norms") if row["item"] == item and row["sex"] in ("", sex)), on)
    row = next(rows, None)
    if row is None:
        return None
    low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
    return Norm(low, high, row["unit"], row["source"], row["verified"] == "yes")
