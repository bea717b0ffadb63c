"""Cell types for names of the official catalogues: hazards, diseases, towns, industries, economic types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from imports.cells import by_distinct, joined, quote, too_long
from imports.raw import Cells, nulls
from imports.sheet import Fault, Reading
from ohs.kernel.message import Message
from ohs.rulebook.diseases import edition_of, find_disease, nearest_diseases
from ohs.rulebook.hazards import codes_named, hazards, nearest_hazards, split_hazards
from ohs.rulebook.industries import FOLD, find_industry
from ohs.rulebook.regions import Region, regions
from ohs.rulebook.tables import Row, table

#: No list of names is longer than this many characters.
LONGEST_LIST = 2_000
#: Of a longer name only the beginning is compared.
LONGEST_NAME = 100
#: Industries are named to the group at least.
INDUSTRY_DIGITS = 3


#: So many different unknown names of a column are compared with the whole catalogue; the rest are only said to be unknown.
MOST_COMPARED = 500
#: Names of files that are kept with what they mean, for each catalogue.
_REMEMBERED = 20_000


def by_name(cells: Cells, at: Reading, resolve: Callable[[str, bool], str | Fault]) -> pl.Series:
    """Read a column of names; `resolve` is told whether it may take the time to look for names that are near."""
    faults = 0

    def read(text: str) -> str | Fault:
        nonlocal faults
        found = resolve(text, faults < MOST_COMPARED)
        faults += isinstance(found, Fault)
        return found

    return by_distinct(cells.text, at, pl.String, read)


@lru_cache(_REMEMBERED)
def resolve_hazard(text: str, compare: bool = True) -> str | Fault:
    """The code of a hazard given by code or name; else what to write instead."""
    codes = codes_named(text)
    if len(codes) == 1:
        return codes[0]
    if codes:
        message = Message("“%(text)s” stands more than once in the catalogue; give the code: %(codes)s.", text=quote(text), codes=codes)
        return Fault("unknown-hazard", message)
    near = nearest_hazards(text[:LONGEST_NAME]) if compare else ()
    if not near:
        message = Message("“%(text)s” is not in the catalogue of hazards; give an official name or code.", text=quote(text))
    else:
        message = Message("“%(text)s” is not in the catalogue of hazards; nearest: %(nearest)s.", text=quote(text), nearest=tuple(near))
    return Fault("unknown-hazard", message)


def resolve_hazards(text: str, compare: bool = True) -> str | Fault:
    """The codes of a list of hazards, joined by `;`; every name that cannot be read is named."""
    if len(text) > LONGEST_LIST:
        return too_long(len(text), LONGEST_LIST)
    parts = split_hazards(text)
    if not parts:
        return Fault("unknown-hazard", Message("The cell names no hazard; give official names or codes."))
    found = {part: resolve_hazard(part, compare) for part in dict.fromkeys(parts)}
    faults = {part: one for part, one in found.items() if isinstance(one, Fault)}
    if not faults:
        return joined(one for one in found.values() if isinstance(one, str))
    if len(faults) == 1:
        return next(iter(faults.values()))
    message = Message("These are not in the catalogue of hazards: %(names)s.", names=tuple(map(_with_nearest, faults, faults.values())))
    return Fault("unknown-hazard", message)


def _with_nearest(part: str, fault: Fault) -> str:
    """A name with the one that it may stand for."""
    near = fault.message.values.get("nearest") or fault.message.values.get("codes")
    return f"{quote(part)}（{near[0]}?）" if near else quote(part)


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
        return by_name(cells, at, resolve_hazards if self.many else resolve_hazard)


#: Stands between a name and its day where both are read as one.
_BETWEEN = "\0"


@dataclass(frozen=True)
class Disease:
    """A disease of the list in force on the day of another column."""

    day_key: str
    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("name of the list of occupational diseases in force on the day of the report")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        """Where the day is not known or no list was in force on it, the name stays as it was written."""
        faults = 0

        def read(both: str) -> str | Fault:
            nonlocal faults
            text, _, day = both.rpartition(_BETWEEN)
            on = date.fromisoformat(day) if day else None
            if on is None or edition_of(on) is None:
                return text
            if found := find_disease(text, on):
                return str(found["name_zh"])
            faults += 1
            return Fault("unknown-disease", _unknown_disease(text, on, faults <= MOST_COMPARED))

        days = at.other(self.day_key).cast(pl.String).fill_null("")
        return by_distinct(cells.text + _BETWEEN + days, at, pl.String, read)


def _unknown_disease(text: str, day: date, compare: bool) -> Message:
    near = nearest_diseases(text[:LONGEST_NAME], day) if compare else []
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


@cache
def _town_names() -> tuple[str, ...]:
    return tuple(name for name in _towns() if not name[0].isdigit() and not name.startswith(("嘉兴市", "浙江省")))


def _nearest(text: str, names: Sequence[str], count: int) -> list[str]:
    """The names that look most like a text, the likest first."""
    return [name for name, _score, _at in process.extract(text[:LONGEST_NAME], names, scorer=fuzz.WRatio, limit=count, score_cutoff=50)]


def _plain_name(place: Region) -> str:
    return re.sub(r"（[^（）]*）$", "", place.name)


@lru_cache(_REMEMBERED)
def resolve_town(text: str, compare: bool = True) -> str | Fault:
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
    near = _nearest(plain, _town_names(), 12) if compare else []
    names = tuple(dict.fromkeys(regions()[_towns()[name][0]].name for name in near))[:3]
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
        return by_name(cells, at, resolve_town)


@cache
def _industry_names() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in table("industries"):
        if len(row["code"]) >= INDUSTRY_DIGITS:
            found.setdefault(row["name_zh"].translate(FOLD), []).append(row["code"])
    return {name: tuple(codes) for name, codes in found.items()}


def _industry_name(code: str) -> str:
    found = find_industry(code)
    return found["name_zh"] if found else code


#: Code and name behind one another, as the nearest industries are told.
_CODE_AND_NAME = re.compile(r"^([A-T]?\d{3,4})(\D.*)$")


def _without_own_name(plain: str) -> str:
    """Of `1713棉印染精加工` the code, where that is its name; any other text as it is."""
    both = _CODE_AND_NAME.match(plain)
    found = find_industry(both[1]) if both else None
    return found["code"] if both and found and found["name_zh"].translate(FOLD) == both[2] else plain


@lru_cache(_REMEMBERED)
def resolve_industry(text: str, compare: bool = True) -> str | Fault:
    """The code of an industry (GB/T 4754), three digits at least."""
    plain = _without_own_name(_SPACE.sub("", text).translate(FOLD))
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
    near = _nearest(plain, tuple(_industry_names()), 3) if compare and not plain.isdigit() else []
    if near:
        names = tuple(f"{code} {_industry_name(code)}" for code in (_industry_names()[name][0] for name in near))
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
        return by_name(cells, at, resolve_industry)


#: In this order: what the list of 2023 does not have is read in the newest list that has it; older ones call the same by other names.
ECONOMIC_LISTS = ("国统字〔2023〕14号", "国统字〔2011〕86号", "GB/T 12402-2000")


@cache
def _economic_types() -> dict[str, dict[str, Row]]:
    """By list: rows by code and by name."""
    found: dict[str, dict[str, Row]] = {name: {} for name in ECONOMIC_LISTS}
    for row in table("economic_types"):
        found[row["standard"]] |= {row["code"]: row, row["name_zh"].translate(FOLD): row}
    return found


@lru_cache(_REMEMBERED)
def resolve_economic_type(text: str, compare: bool = True) -> Row | Fault:
    """The row (list, code, name) of an economic type."""
    plain = _SPACE.sub("", text).translate(FOLD)
    if found := next((entries[plain] for entries in _economic_types().values() if plain in entries), None):
        return found
    names = tuple(dict.fromkeys(row["name_zh"] for row in table("economic_types")))
    near = tuple(_nearest(plain, names, 3)) if compare else ()
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
        def resolve(text: str, compare: bool) -> str | Fault:
            found = resolve_economic_type(text, compare)
            return found if isinstance(found, Fault) else f"{found['standard']}|{found['code']}"

        return by_name(cells, at, resolve)


def split_economic_type(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """List and code of what `EconomicType` keeps."""
    parts = values.str.split_exact("|", 1)
    if values.is_empty():
        return nulls(pl.String, 0), nulls(pl.String, 0)
    fields = parts.struct.unnest()
    return fields.to_series(0), fields.to_series(1)
