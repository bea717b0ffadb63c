"""Cell types for names of the official catalogues: hazards, diseases, towns, industries, economic types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from imports.cells import by_distinct, joined, quote
from imports.raw import Cells, nulls
from imports.sheet import Fault, Reading
from ohs.kernel.message import Message
from ohs.rulebook.diseases import edition_of, find_disease, nearest_diseases
from ohs.rulebook.hazards import codes_named, hazards, nearest_hazards, split_hazards
from ohs.rulebook.industries import find_industry
from ohs.rulebook.regions import Region, regions
from ohs.rulebook.tables import Row, table

#: No list of names is longer than this many characters.
LONGEST_LIST = 2_000
#: Industries are named to the group at least.
INDUSTRY_DIGITS = 3
_TOO_LONG = Message("The text is longer than %(count)s characters; shorten it.", count=LONGEST_LIST)


@cache
def resolve_hazard(text: str) -> str | Fault:
    """The code of a hazard given by code or name; else what to write instead."""
    codes = codes_named(text)
    if len(codes) == 1:
        return codes[0]
    if codes:
        message = Message("“%(text)s” stands more than once in the catalogue; give the code: %(codes)s.", text=quote(text), codes=codes)
        return Fault("unknown-hazard", message)
    near = nearest_hazards(text)
    if not near:
        return Fault(
            "unknown-hazard", Message("“%(text)s” is not in the catalogue of hazards; give an official name or code.", text=quote(text))
        )
    message = Message("“%(text)s” is not in the catalogue of hazards; nearest: %(nearest)s.", text=quote(text), nearest=tuple(near))
    return Fault("unknown-hazard", message)


def resolve_hazards(text: str) -> str | Fault:
    """The codes of a list of hazards, joined by `;`; the first name that cannot be read decides."""
    if len(text) > LONGEST_LIST:
        return Fault("too-long", _TOO_LONG)
    found = []
    for part in split_hazards(text):
        one = resolve_hazard(part)
        if isinstance(one, Fault):
            return one
        found.append(one)
    return joined(found) if found else resolve_hazard(text)


@dataclass(frozen=True)
class Hazards:
    """One or several hazards; kept as codes joined by `;`."""

    many: bool
    dtype: Any = pl.String

    @property
    def choices(self) -> tuple[str, ...]:
        return () if self.many else tuple(hazard.name for hazard in hazards().values())

    def describe(self) -> Message:
        if self.many:
            return Message("names or codes of the hazard catalogue, separated by 、")
        return Message("name or code of the hazard catalogue")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        return by_distinct(cells.text, at, pl.String, resolve_hazards if self.many else resolve_hazard)


@dataclass(frozen=True)
class Disease:
    """A disease of the list in force on the day of another column."""

    day_key: str
    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("name of the list of occupational diseases in force on the day of the report")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        days = at.other(self.day_key)
        both = pl.DataFrame({"text": cells.text, "day": days}).filter(cells.text.is_not_null() & days.is_not_null())
        names: dict[tuple[str, date], str] = {}
        for text, day in both.unique(maintain_order=True).iter_rows():
            found = find_disease(text, day)
            if found:
                names[text, day] = found["name_zh"]
            elif edition_of(day):
                at.fault((cells.text == text) & (days == day), "unknown-disease", _unknown_disease(text, day))
        if not names:
            return cells.text
        return pl.Series([names.get(pair, pair[0]) for pair in zip(cells.text, days, strict=True)], dtype=pl.String)


def _unknown_disease(text: str, day: date) -> Message:
    near = nearest_diseases(text, day)
    if near:
        return Message(
            "“%(text)s” is not in the list of occupational diseases of %(edition)s; nearest: %(nearest)s.",
            text=quote(text), edition=edition_of(day), nearest=tuple(near),
        )  # fmt: skip
    return Message("“%(text)s” is not in the list of occupational diseases of %(edition)s.", text=quote(text), edition=edition_of(day))


_SPACE = re.compile(r"\s+")


@cache
def _towns() -> dict[str, tuple[str, ...]]:
    """Codes of towns by code (9 or 12 digits), name, and name behind those of county, zone, city and province."""
    found: dict[str, list[str]] = {}
    places = regions()
    for place in places.values():
        if place.level != "town":
            continue
        above = [_plain_name(places[code]) for code in (place.parent_code, place.zone_code) if code]
        prefixes = ["", *above, *(f"嘉兴市{name}" for name in above), *(f"浙江省嘉兴市{name}" for name in above), "嘉兴市", "浙江省嘉兴市"]
        for spelling in {place.code, f"{place.code}000", *(f"{prefix}{place.name}" for prefix in prefixes)}:
            found.setdefault(spelling, []).append(place.code)
    return {spelling: tuple(codes) for spelling, codes in found.items()}


def _plain_name(place: Region) -> str:
    return re.sub(r"（[^（）]*）$", "", place.name)


@cache
def resolve_town(text: str) -> str | Fault:
    """The nine digits of a town given by code or name."""
    plain = _SPACE.sub("", text)
    codes = _towns().get(plain, ())
    if len(codes) == 1:
        return codes[0]
    if codes:
        full = tuple(f"{regions()[regions()[code].parent_code].name}{regions()[code].name}" for code in codes)
        return Fault("unknown-region", Message("“%(text)s” is the name of several; write which: %(names)s.", text=quote(text), names=full))
    known = regions().get(plain) or next((place for place in regions().values() if place.name == plain), None)
    if known:
        return Fault("unknown-region", Message("“%(text)s” is no town; name the town or street in it.", text=quote(text)))
    near = process.extract(plain, [name for name in _towns() if not name[0].isdigit()], scorer=fuzz.WRatio, limit=12, score_cutoff=50)
    names = tuple(dict.fromkeys(regions()[_towns()[name][0]].name for name, _score, _at in near))[:3]
    if not names:
        return Fault("unknown-region", Message("“%(text)s” is no town of the city; give its name or nine-digit code.", text=quote(text)))
    return Fault("unknown-region", Message("“%(text)s” is no town of the city; nearest: %(nearest)s.", text=quote(text), nearest=names))


@dataclass(frozen=True)
class Town:
    """A town or street of the city, kept as its nine-digit code."""

    dtype: Any = pl.String

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(place.name for place in regions().values() if place.level == "town")

    def describe(self) -> Message:
        return Message("name or nine-digit code of a town or street")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        return by_distinct(cells.text, at, pl.String, resolve_town)


@cache
def _industry_names() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in table("industries"):
        if len(row["code"]) >= INDUSTRY_DIGITS:
            found.setdefault(_SPACE.sub("", row["name_zh"]), []).append(row["code"])
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def resolve_industry(text: str) -> str | Fault:
    """The code of an industry (GB/T 4754), three digits at least."""
    plain = _SPACE.sub("", text)
    found = find_industry(plain)
    if found and len(found["code"]) >= INDUSTRY_DIGITS:
        codes = _industry_names().get(plain, ())
        longest = max(codes, key=len, default="")
        others = [code for code in codes if not longest.startswith(code)]
        if not others:
            return found["code"]
        return Fault(
            "unknown-industry",
            Message("Several industries are called “%(text)s”; give the code: %(codes)s.", text=quote(text), codes=codes),
        )
    if found:
        message = Message(
            "“%(text)s” is too wide; name the industry with %(count)s digits at least.", text=quote(text), count=INDUSTRY_DIGITS
        )
        return Fault("unknown-industry", message)
    near = process.extract(plain, list(_industry_names()), scorer=fuzz.WRatio, limit=3, score_cutoff=50)
    if near and not plain.isdigit():
        names = tuple(f"{_industry_names()[name][0]} {name}" for name, _score, _at in near)
        return Fault(
            "unknown-industry",
            Message("“%(text)s” is no industry of GB/T 4754-2017; nearest: %(nearest)s.", text=quote(text), nearest=names),
        )
    return Fault("unknown-industry", Message("“%(text)s” is no industry of GB/T 4754-2017; give its code or name.", text=quote(text)))


@dataclass(frozen=True)
class Industry:
    """An industry of GB/T 4754, kept as its code."""

    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("code or name of GB/T 4754-2017, three digits at least")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        return by_distinct(cells.text, at, pl.String, resolve_industry)


#: Read first; the other lists only for what stands in none but them, in this order.
ECONOMIC_LISTS = ("国统字〔2023〕14号", "国统字〔2011〕86号", "GB/T 12402-2000")


@cache
def _economic_types() -> dict[str, dict[str, Row]]:
    """By list: rows by code and by name."""
    found: dict[str, dict[str, Row]] = {name: {} for name in ECONOMIC_LISTS}
    for row in table("economic_types"):
        found[row["standard"]] |= {row["code"]: row, _SPACE.sub("", row["name_zh"]): row}
    return found


@cache
def resolve_economic_type(text: str) -> Row | Fault:
    """The row (list, code, name) of an economic type."""
    plain = _SPACE.sub("", text)
    rows = [entries[plain] for entries in _economic_types().values() if plain in entries]
    if rows and (rows[0]["standard"] == ECONOMIC_LISTS[0] or len({row["name_zh"] for row in rows}) == 1):
        return rows[0]
    if rows:
        names = tuple(row["name_zh"] for row in rows)
        return Fault(
            "unknown-code",
            Message("The code %(text)s means different things in two lists; write the name: %(names)s.", text=quote(text), names=names),
        )
    names = tuple(row["name_zh"] for row in table("economic_types"))
    near = tuple(dict.fromkeys(name for name, _score, _at in process.extract(plain, names, scorer=fuzz.WRatio, limit=6, score_cutoff=50)))[
        :3
    ]
    if not near:
        return Fault("unknown-code", Message("“%(text)s” is no economic type; give code or name of the list of 2023.", text=quote(text)))
    return Fault("unknown-code", Message("“%(text)s” is no economic type; nearest: %(nearest)s.", text=quote(text), nearest=near))


@dataclass(frozen=True)
class EconomicType:
    """An economic type; kept as `list code`, for the same code means different things in different lists."""

    dtype: Any = pl.String

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(row["name_zh"] for row in table("economic_types") if row["standard"] == ECONOMIC_LISTS[0])

    def describe(self) -> Message:
        return Message("code or name of the list of economic types of 2023")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        def read(text: str) -> str | Fault:
            found = resolve_economic_type(text)
            return found if isinstance(found, Fault) else f"{found['standard']}|{found['code']}"

        return by_distinct(cells.text, at, pl.String, read)


def split_economic_type(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """List and code of what `EconomicType` keeps."""
    parts = values.str.split_exact("|", 1)
    if values.is_empty():
        return nulls(pl.String, 0), nulls(pl.String, 0)
    fields = parts.struct.unnest()
    return fields.to_series(0), fields.to_series(1)
