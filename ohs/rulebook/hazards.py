"""The catalogue of 459 hazard factors: exact names for records, forgiving search for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import question
from ohs.rulebook.tables import table

SOURCE = "国卫疾控发〔2015〕92号"
CATEGORIES = ("dust", "chemical", "physical", "radiation", "biological", "other")
#: Official names of the categories, as clinics file them.
CATEGORY_NAMES = dict(zip(CATEGORIES, ("粉尘", "化学因素", "物理因素", "放射性因素", "生物因素", "其他因素"), strict=True))
_SEPARATORS = re.compile(r"[、,，;；\n]")
#: Brackets, hyphens and apostrophes of any kind are one; zero-width characters are as nothing.
_FOLD = str.maketrans("（）【】［］，；：‐‑‒–—−’‘′", "()[][],;:------'''", "\u200b\u200c\u200d\u2060\ufeff\xad")
_REMARK = re.compile(r"\([^()]*\)$")
#: Official names write remarks in wide brackets, parts of a chemical name in narrow ones.
_WIDE_REMARK = re.compile(r"（[^（）]*）")
#: Fewer points of likeness than this are no suggestion.
LIKE = 45


@dataclass(frozen=True, slots=True)
class Hazard:
    """One factor. `cas` may hold several numbers."""

    code: str
    name: str
    name_en: str
    category: str
    cas: str
    verified: bool


def fold(text: str) -> str:
    """A name as it is compared: brackets of either width, spaces and capitals do not matter."""
    return "".join(text.translate(_FOLD).split()).casefold()


@cache
def hazards() -> dict[str, Hazard]:
    """The whole catalogue by code, in official order."""
    return {
        row["code"]: Hazard(row["code"], row["name_zh"], row["name_en"], row["category"], row["cas"], row["verified"] == "yes")
        for row in table("hazard_factors")
    }


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Codes by folded code, official name, and name without its bracketed remarks or one of them."""
    found: dict[str, list[str]] = {}
    for hazard in hazards().values():
        for spelling in {fold(hazard.code), fold(hazard.name), *map(fold, _without_remarks(hazard.name))}:
            found.setdefault(spelling, []).append(hazard.code)
    exact = {fold(hazard.name): hazard.code for hazard in hazards().values()}
    return {
        spelling: tuple(codes) if spelling not in exact or len(codes) == 1 else _prefer(spelling, codes)
        for spelling, codes in found.items()
    }


def _without_remarks(name: str) -> set[str]:
    """The name without all its remarks, and without one of them."""
    short = fold(name)
    while _REMARK.search(short):
        short = _REMARK.sub("", short)
    return {short, *(name[: remark.start()] + name[remark.end() :] for remark in _WIDE_REMARK.finditer(name))}


def _prefer(spelling: str, codes: list[str]) -> tuple[str, ...]:
    """A full official name wins over another's name without its remark; a name that stands twice stays ambiguous."""
    full = tuple(code for code in codes if fold(hazards()[code].name) == spelling)
    return full or tuple(codes)


def codes_named(text: str) -> tuple[str, ...]:
    """Every code that this name or code can mean: none, one, or several when the name stands twice in the catalogue."""
    return _names().get(fold(text), ())


def find_hazard(text: str) -> Hazard | None:
    """The one factor of that code, name, or name without its remark."""
    codes = codes_named(text)
    return hazards()[codes[0]] if len(codes) == 1 else None


def find_by_any_name(text: str) -> Hazard | None:
    """The one factor of that code, name, alias, CAS number, English name, or element (铅 for 铅及其化合物…): for questions, not for records."""
    exact = find_hazard(text)
    if exact is not None or codes_named(text):
        return exact
    wanted = fold(text)
    families = [hazard for hazard in hazards().values() if wanted and fold(hazard.name).startswith(f"{wanted}及其")]
    if len(families) == 1:
        return families[0]
    others = {hazard.code: hazard for hazard, by in search_hazards(text, 5) if by in ("alias", "cas", "name_en")}
    return next(iter(others.values())) if len(others) == 1 else None


def category_of(code: str) -> str:
    """The category of a code of the catalogue."""
    return hazards()[code].category


def hazard_name(code: str) -> str:
    """The official name, or the code where the catalogue has no such code."""
    found = hazards().get(code)
    return found.name if found else code


@cache
def _most_parts() -> int:
    """Into how many parts separators could split one official name at most."""
    return max(len(_SEPARATORS.split(hazard.name)) for hazard in hazards().values())


def split_hazards(text: str) -> list[str]:
    """The names in a list of names: the longest official name is matched before a separator splits."""
    parts = _SEPARATORS.split(text)
    marks = _SEPARATORS.findall(text)
    found, position = [], 0
    while position < len(parts):
        for end in range(min(len(parts), position + _most_parts()), position, -1):
            joined = parts[position] + "".join(marks[at - 1] + parts[at] for at in range(position + 1, end))
            if end == position + 1 or codes_named(joined):
                found.append(joined.strip())
                position = end
                break
    return [name for name in found if name]


def nearest_hazards(text: str, count: int = 3) -> list[str]:
    """Official names that look most like it."""
    names = {code: fold(hazard.name) for code, hazard in hazards().items()}
    wanted = fold(text)
    scores = process.extract(wanted, names, scorer=fuzz.WRatio, limit=count, score_cutoff=LIKE)
    return [hazards()[code].name for _name, _score, code in scores]


@cache
def _initials() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for hazard in hazards().values():
        short = _REMARK.sub("", hazard.name.translate(_FOLD))
        for style in (Style.FIRST_LETTER, Style.NORMAL):
            found.setdefault("".join(lazy_pinyin(short, style=style)).lower(), []).append(hazard.code)
    return {spelling: tuple(codes) for spelling, codes in found.items()}


def search_hazards(text: str, count: int = 10) -> list[tuple[Hazard, str]]:
    """The best matches, each with what it matched by: code, name, alias, cas, pinyin, part of a name, likeness."""
    wanted = fold(text)
    if not wanted:
        return []
    found: dict[str, str] = {code: "code" if fold(code) == wanted else "name" for code in codes_named(text)}
    for row in table("protocol_aliases"):
        if wanted in (fold(row["alias_zh"]), fold(row["alias_en"])):
            for mapped in table("hazard_protocol_map"):
                if mapped["protocol_key"] == row["protocol_key"] and fold(mapped["hazard_name_zh"]).startswith(wanted):
                    found.setdefault(mapped["hazard_code"], "alias")
    for hazard in hazards().values():
        if wanted in [fold(number) for number in re.split(r"[;,\s]+", hazard.cas)]:
            found.setdefault(hazard.code, "cas")
        elif wanted == fold(hazard.name_en):
            found.setdefault(hazard.code, "name_en")
    for spelling, codes in _initials().items():
        if wanted.isascii() and spelling.startswith(wanted):
            for code in codes:
                found.setdefault(code, "pinyin")
    for hazard in hazards().values():
        if wanted in fold(hazard.name) or (len(wanted) > 2 and wanted in fold(hazard.name_en)):
            found.setdefault(hazard.code, "part")
    if not found:
        found = dict.fromkeys((find_code for name in nearest_hazards(text, count) for find_code in codes_named(name)), "like")
    return [(hazards()[code], by) for code, by in list(found.items())[:count]]


@question("hazard")
def hazard(q: str, on: date) -> Answer:
    """The best matches in the catalogue and by what each matched."""
    del on  # one catalogue is known
    matches = search_hazards(q)
    if not matches:
        return no_answer(Message("Nothing in the catalogue looks like “%(text)s”.", text=q), source=SOURCE, edition="2015")
    value = [{"code": found.code, "name": found.name, "category": found.category, "matched_by": by} for found, by in matches]
    return Answer(value, edition="2015", source=SOURCE, verified=all(found.verified for found, _by in matches))
