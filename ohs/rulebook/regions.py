"""The region tree of the city: counties, the two functional zones, towns; and who is responsible where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ohs.rulebook.tables import table

CITY = "330400"


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
