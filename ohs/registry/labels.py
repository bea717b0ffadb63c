"""What the codes of the register are called, and the choices that filters and forms offer."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from ohs.rulebook.regions import jurisdictions, region_name, regions, towns_of
from ohs.rulebook.tables import table

SIZES = ("large", "medium", "small", "micro", "unknown")
SIZE_LABELS = {
    "large": _l("Large"),
    "medium": _l("Medium"),
    "small": _l("Small"),
    "micro": _l("Micro"),
    "unknown": _l("Size not known"),
}
RISK_LABELS = {
    "serious": _l("Serious"),
    "general": _l("General"),
    "ask": _l("Depends on what is used or made"),
    "not-listed": _l("Not in the catalogue"),
}
#: Colour of the tag of each risk class.
RISK_COLOURS = {"serious": "red", "general": "blue", "ask": "orange", "not-listed": ""}

Choices = list[tuple[str, Any]]


def county_choices() -> Choices:
    """The nine areas that supervise."""
    return [(area.code, area.name) for area in jurisdictions()]


def county_name(code: str) -> str:
    """The name of a county or zone; a dash where a record has none."""
    return region_name(code) if code else "—"


def town_choices(county: str = "") -> Choices:
    """Towns of one county or zone, or of all with its name before."""
    if county:
        return [(town.code, town.name) for town in towns_of(county)]
    return [(town.code, f"{area.name} {town.name}") for area in jurisdictions() for town in towns_of(area.code)]


def jurisdiction_of(region_code: str) -> str:
    """The county or zone responsible for a town; empty where the town is not known."""
    found = regions().get(region_code)
    return found.jurisdiction if found else ""


@cache
def _industry_names() -> dict[str, str]:
    return {row["code"]: row["name_zh"] for row in table("industries")}


def industry_name(code: str) -> str:
    """The name of an industry, or a dash."""
    return _industry_names().get(code, code or "—")


def sector_choices() -> Choices:
    """Divisions (two digits) of industry."""
    return [(row["code"], row["name_zh"]) for row in table("industries") if len(row["code"]) == 2 and row["code"].isdigit()]


def size_choices() -> Choices:
    """Sizes, the largest first."""
    return [(size, SIZE_LABELS[size]) for size in SIZES]


def risk_choices() -> Choices:
    """Classes of risk by the industry."""
    return list(RISK_LABELS.items())


@cache
def economic_type_choices() -> Choices:
    """Economic types of the list of 2023, most particular ones included."""
    return [("", "—")] + [
        (f"{row['standard']}|{row['code']}", f"{row['code']} {row['name_zh']}")
        for row in table("economic_types")
        if "2023" in row["standard"]
    ]


def economic_type_name(standard: str, code: str) -> str:
    """What an economic type is called in its list."""
    return next((row["name_zh"] for row in table("economic_types") if (row["standard"], row["code"]) == (standard, code)), code or "—")
