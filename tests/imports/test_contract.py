"""The formats against the published contract: headings, aliases, kinds and bounds are a promise to those who send."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from imports.catalogues import Disease, EconomicType, Hazards, Industry, Town
from imports.cells import Code, Codes, Integer, Number, Phone, Text
from imports.days import Day
from imports.formats import FORMATS
from imports.identities import ResidentId, Uscc
from imports.sheet import Column

CONTRACT = Path(__file__).parent / "contract"


def promised() -> list[tuple[str, dict[str, str]]]:
    found = []
    for name in FORMATS:
        with (CONTRACT / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            found += [(name, row) for row in csv.DictReader(file)]
    return found


PROMISED = promised()


def column_of(name: str, row: dict[str, str]) -> Column:
    return FORMATS[name].sheet(row.get("sheet") or "")[row["key"]]


@pytest.mark.parametrize("name", FORMATS)
def test_every_promised_column_is_there_in_its_order_and_no_other(name: str) -> None:
    wanted: dict[str, list[str]] = {}
    for format, row in PROMISED:
        if format == name:
            wanted.setdefault(row.get("sheet") or "", []).append(row["key"])
    assert {sheet.name: [column.key for column in sheet.columns] for sheet in FORMATS[name].sheets} == wanted


@pytest.mark.parametrize(
    ("name", "row"), PROMISED, ids=lambda value: value if isinstance(value, str) else f"{value.get('sheet', '')}{value['key']}"
)
def test_a_column_is_as_promised(name: str, row: dict[str, str]) -> None:
    column = column_of(name, row)
    assert column.heading == row["heading"]
    assert set(filter(None, row["aliases"].split(";"))) <= set(column.aliases)
    assert (column.required or column.expected) == (row["required"] == "yes")
    assert kind_of(column.type) == promised_kind(row)


def promised_kind(row: dict[str, str]) -> tuple[Any, ...]:
    kind = row["type"]
    if row["key"] == "id_number":
        return ("resident",)
    if found := re.fullmatch(r"text\((\d+)\)", kind):
        return ("text", int(found[1]))
    if found := re.fullmatch(r"(int|number) (-?\d+)\.\.(-?\d+)", kind):
        return (found[1], float(found[2]), float(found[3]))
    if kind == "int":
        return ("int", 0.0, 1_000_000.0)
    if kind == "int 2012..this year":
        return ("year", 2012)
    if found := re.match(r"(code|one or more of): (.*)", kind):
        return (found[1].split()[0], tuple(part.strip() for part in found[2].split("|")))
    for word, name in {"hazard_factors": "hazards", "same as above": "hazards", "regions": "town", "industries": "industry"}.items():
        if word in kind:
            return (name,)
    for word, name in {"economic_types": "economic", "occupational_diseases": "disease"}.items():
        if word in kind:
            return (name,)
    return (kind,)


def kind_of(kind: Any) -> tuple[Any, ...]:
    match kind:
        case Text(longest=longest):
            return ("text", longest)
        case Integer(until_this_year=True, lowest=lowest):
            return ("year", lowest)
        case Integer(lowest=lowest, highest=highest):
            return ("int", lowest, highest)
        case Number(lowest=lowest, highest=highest) if highest is not None:
            return ("number", lowest, highest)
        case Number():
            return ("number",)
        case Code():
            return ("code", kind.choices)
        case Codes():
            return ("one", kind.one.choices)
    plain = {
        Day: "day", Phone: "phone", Uscc: "uscc", ResidentId: "resident", Hazards: "hazards", Town: "town", Industry: "industry",
        EconomicType: "economic", Disease: "disease",
    }  # fmt: skip
    return (plain[type(kind)],)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_what_becomes_of_unknown_and_missing_columns_and_repeated_rows(name: str) -> None:
    policy = FORMATS[name].policy
    assert all(str(message) for message in (policy.unknown_column, policy.missing_column, policy.repeated_row))


@pytest.mark.parametrize("name", FORMATS)
def test_no_heading_means_two_columns_of_a_sheet(name: str) -> None:
    for sheet in FORMATS[name].sheets:
        names = [name for column in sheet.columns for name in (column.heading, *column.aliases)]
        assert len(set(names)) == len(names)
