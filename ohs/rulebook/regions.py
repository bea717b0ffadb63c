"""The region tree of the city: counties, the two functional zones, towns; and who is responsible where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ohs.rulebook.hazards import fold
from ohs.rulebook.tables import table

CITY = "330400"
#: Places of a statistical code written in full.
TWELVE = 12
_REMARK = re.compile(r"[（(][^（）()]*[）)]$")


@dataclass(frozen=True, slots=True)
class Region:
    """One area. `zone_code` of a town names the zone that runs it instead of the county around it."""

    code: str
    name: str
    name_en: str
    level: str
    parent_code: str
    zone_code: str

    @property
    def jurisdiction(self) -> str:
        """The county or zone responsible for a town; any other area answers for itself."""
        return (self.zone_code or self.parent_code) if self.level == "town" else self.code


@cache
def regions() -> dict[str, Region]:
    """Every area of the city by code, the city first."""
    return {
        row["code"]: Region(row["code"], row["name_zh"], row["name_en"], row["level"], row["parent_code"], row["zone_code"])
        for row in table("regions")
    }


@cache
def jurisdictions() -> tuple[Region, ...]:
    """The nine areas that supervise: seven counties and districts, two zones."""
    return tuple(region for region in regions().values() if region.level in ("county", "zone"))


def towns_of(jurisdiction: str) -> tuple[Region, ...]:
    """The towns for which a county or zone is responsible; a zone's towns are not the county's."""
    return tuple(region for region in regions().values() if region.level == "town" and region.jurisdiction == jurisdiction)


def region_name(code: str) -> str:
    """The official name, or the code itself where the tree does not know it."""
    found = regions().get(code)
    return found.name if found else code


@cache
def _spellings() -> dict[str, tuple[Region, ...]]:
    """Areas by code, code of twelve digits, name, name without its bracketed remark, and 海宁 for 海宁市."""
    found: dict[str, list[Region]] = {}
    for region in regions().values():
        short = _REMARK.sub("", region.name)
        spellings = {region.code, region.code.ljust(TWELVE, "0"), region.name, short, region.name_en}
        if region.level in ("city", "county"):
            spellings.add(short[:-1])
        for spelling in {fold(spelling) for spelling in spellings}:
            found.setdefault(spelling, []).append(region)
    return {spelling: tuple(some) for spelling, some in found.items()}


def regions_named(text: str) -> tuple[Region, ...]:
    """Areas that a code or name can mean; a village's code means its town."""
    folded = fold(text)
    if folded in _spellings():
        return _spellings()[folded]
    towns = {row["parent_code"] for row in table("regions_villages") if row["code"] == folded}
    return tuple(regions()[code] for code in towns if code in regions())
