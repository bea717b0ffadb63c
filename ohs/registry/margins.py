"""Along which lines figures are kept: for every area above a record, in all, by the employer's industry and by its size."""

from __future__ import annotations

from functools import lru_cache

from ohs.rulebook.regions import CITY

#: What tells one count of a margin from another: the area, the property by which it counts, and that property's value.
MARGIN_KEYS = ("area_code", "dimension", "value")
Margin = tuple[str, str, str]


@lru_cache(maxsize=1 << 16)
def margins(county_code: str, region_code: str, sector: str, size: str) -> tuple[Margin, ...]:
    """The counts to which one record belongs: of the city, of the county or zone, and of the town, as far as they are known.

    Figures read one area's few hundred margins, however many records lie behind them.
    """
    areas = [area for area in dict.fromkeys((CITY, county_code, region_code)) if area]
    return tuple((area, dimension, value) for area in areas for dimension, value in (("all", ""), ("sector", sector), ("size", size)))
