"""The catalogue of 459 hazard factors: exact names for records, forgiving search for people."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import question
from ohs.rulebook.tables import table

SOURCE, EDITION = "国卫疾控发〔2015〕92号", "2015"
CATEGORIES = ("dust", "chemical", "physical", "radiation", "biological", "other")
#: Official names of the categories, as clinics file them.
CATEGORY_NAMES = dict(zip(CATEGORIES, ("粉尘", "化学因素", "物理因素", "放射性因素", "生物因素", "其他因素"), strict=True))
#: The same in the reader's language.
CATEGORY_LABELS = dict(
    zip(
        CATEGORIES,
        (
            Message("Dust"),
            Message("Chemical"),
            Message("Physical"),
            Message("Radioactive"),
            Message("Biological"),
            Message("Other factors"),
        ),
        strict=True,
    )
)
_SEPARATORS = re.compile(r"[、,，;；\n]")
#: Brackets, hyphens and apostrophes of any kind are one; zero-width characters are as nothing.
_FOLD = str.maketrans("（）【】［］，；：‐‑‒–—−’‘′", "()[][],;:------'''", "\u200b\u200c\u200d\u2060\ufeff\xad")
_REMARK = re.compile(r"\([^()]*\)$")
#: Official names write remarks in wide brackets, parts of a chemical name in narrow ones.
_WIDE_REMARK = re.compile(r"（[^（）]*）")
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
#: Words of a bracketed remark that make it a condition instead of another name.
_CONDITION = re.compile(r"不|单列|含|%|顺式|^\(")
#: What is not spoken in a name: figures, Greek and Latin letters, signs.
_FOREIGN = re.compile(r"[^\u4e00-\u9fff]")
_SIGNS = re.compile(r"[^a-z0-9]")
#: Fewer points of likeness than this are no suggestion, in Chinese and in Latin letters.
LIKE, LIKE_IN_LATIN = 45, 70


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
    """A name as it is compared: width of signs, kind of brackets, subscripts, spaces and capitals do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_FOLD).split()).casefold()


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


def codes_by_any_name(text: str) -> tuple[str, ...]:
    """Codes that a question can mean: by code or name, alias, CAS number, English name, or element (铅 for 铅及其化合物…)."""
    if exact := codes_named(text):
        return exact
    wanted = fold(text)
    families = tuple(hazard.code for hazard in hazards().values() if wanted and fold(hazard.name).startswith(f"{wanted}及其"))
    return families or aliases().get(wanted, ()) or _codes_by_cas().get(wanted, ()) or _codes_by_english().get(wanted, ())


def find_by_any_name(text: str) -> Hazard | None:
    """The one factor that a question means: for questions, not for records."""
    codes = codes_by_any_name(text)
    return hazards()[codes[0]] if len(codes) == 1 else None


def unclear(text: str) -> Message:
    """Why a name means no one factor: it can mean several, or it is not in the catalogue."""
    if codes := codes_by_any_name(text):
        return Message(
            "“%(text)s” can mean several factors of the catalogue; give the code: %(codes)s.",
            text=text,
            codes=[f"{code} {hazards()[code].name}" for code in codes],
        )
    nearest = [found.name for found, _by in search_hazards(text, 3)]
    if not nearest:
        return Message("“%(text)s” is not in the catalogue of hazards.", text=text)
    return Message("“%(text)s” is not in the catalogue of hazards; nearest: %(nearest)s.", text=text, nearest=nearest)


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
    codes = dict.fromkeys([*_homophones(wanted), *(code for _name, _score, code in scores)])
    return [hazards()[code].name for code in codes][:count]


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Codes by folded other name: what stands in brackets after a name, what the tables of limits and of protocols call it."""
    found: dict[str, list[str]] = {}
    own = {code: {fold(name) for name in _bracketed(hazard.name)} for code, hazard in hazards().items()}
    for row in table("hazard_aliases"):
        own[row["hazard_code"]].add(fold(row["alias"]))
    for row in table("exposure_limits_physical"):
        if row["hazard_code"]:
            own[row["hazard_code"]].add(fold(row["factor"]))
    for code, names in own.items():
        _add(found, names, code)
    for name in ("exposure_limits_dust", "exposure_limits_chemical"):
        for row in table(name):
            for code in row["hazard_code"].split(";") if row["hazard_code"] else ():
                _add(found, _spellings(row["name_zh"]), code)
                own[code] |= {fold(row["name_en"])}
    mapped: dict[str, set[str]] = {}
    for row in table("hazard_protocol_map"):
        mapped.setdefault(row["protocol_key"], set()).add(row["hazard_code"])
    for row in table("protocol_aliases"):
        names, english = _spellings(row["alias_zh"]), {fold(part) for part in (row["alias_en"], _BRACKETS.sub("", row["alias_en"]))}
        codes = mapped.get(row["protocol_key"], set())
        for code in codes:
            if len(codes) == 1 or (names | english) & (own[code] | {fold(hazards()[code].name_en)}):
                _add(found, names, code)
    return {name: tuple(codes) for name, codes in found.items() if name not in _names()}


def is_told_by_table(text: str) -> bool:
    """Whether a name reaches a factor only through the table of limits or our own list: what a standard says of the factor may not hold for it."""
    wanted = fold(text)
    if codes_named(text) or wanted not in aliases():
        return False
    return not any(wanted in map(fold, _bracketed(hazards()[code].name)) for code in aliases()[wanted])


def _add(found: dict[str, list[str]], names: set[str], code: str) -> None:
    for name in names:
        if code not in found.setdefault(name, []):
            found[name].append(code)


def _bracketed(name: str) -> list[str]:
    """Names that stand in brackets behind a name; conditions (不包括…, …单列) are none."""
    inside = (part for part in _BRACKETS.findall(name) if not _CONDITION.search(part))
    return [alias.removesuffix("等") for part in inside for alias in re.split("[、；]", part[1:-1])]


def _spellings(name: str) -> set[str]:
    """A row's name whole, without brackets, by what stands in brackets, and the part behind a colon where it is a name (铅尘)."""
    plain = _BRACKETS.sub("", name)
    parts = (name, plain, *_bracketed(name), *part_names(name))
    return {fold(part) for part in parts if part.strip()}


def part_names(name: str) -> list[str]:
    """What stands behind the colon of an entry when it can stand alone: 铅尘 of 铅…：铅尘, not 可溶性化合物 of 钼…：可溶性化合物."""
    entry, _colon, part = _BRACKETS.sub("", name).partition("：")
    return [part] if part and entry[0] in part else []


@cache
def _codes_by_cas() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for hazard in hazards().values():
        _add(found, {fold(number) for number in re.split(r"[;,\s]+", hazard.cas) if number}, hazard.code)
    for row in table("exposure_limits_chemical"):
        for number in filter(None, map(fold, re.split(r"[;,\s]+", row["cas"]))):
            if number not in found and row["hazard_code"]:
                _add(found, {number}, row["hazard_code"].split(";")[0])
    return {number: tuple(codes) for number, codes in found.items()}


@cache
def _codes_by_english() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for hazard in hazards().values():
        _add(found, {fold(hazard.name_en)}, hazard.code)
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _romanised() -> dict[str, tuple[str, ...]]:
    """Codes by initials and by whole pinyin of a name without its remark; figures and signs in front of it may be left out."""
    found: dict[str, list[str]] = {}
    for hazard in hazards().values():
        short = _REMARK.sub("", hazard.name.translate(_FOLD))
        for style in (Style.FIRST_LETTER, Style.NORMAL):
            whole = "".join(lazy_pinyin(short, style=style)).lower()
            _add(found, {_SIGNS.sub("", whole), "".join(lazy_pinyin(_FOREIGN.sub("", short), style=style)).lower()} - {""}, hazard.code)
    return {spelling: tuple(codes) for spelling, codes in found.items()}


def search_hazards(text: str, count: int = 10) -> list[tuple[Hazard, str]]:
    """The best matches, each with what it matched by: code, name, alias, cas, name_en, pinyin, part of a name, fuzzy likeness."""
    wanted = fold(text)
    if not any(character.isalnum() for character in wanted):
        return []
    found: dict[str, str] = {code: "code" if fold(code) == wanted else "name" for code in codes_named(text)}
    for codes, by in ((aliases(), "alias"), (_codes_by_cas(), "cas"), (_codes_by_english(), "name_en")):
        found = found | {code: by for code in codes.get(wanted, ()) if code not in found}
    for code, by in [*_by_pinyin(wanted), *_by_part(wanted, text)]:
        found.setdefault(code, by)
    if not found:
        found = dict.fromkeys(_alike(wanted, count), "fuzzy")
    return [(hazards()[code], by) for code, by in list(found.items())[:count]]


def _by_pinyin(wanted: str) -> list[tuple[str, str]]:
    """Names whose initials or pinyin begin with it, the shortest first; where none does, those that hold it."""
    letters = _SIGNS.sub("", wanted)
    if not wanted.isascii() or not letters:
        return []
    begin = sorted((spelling for spelling in _romanised() if spelling.startswith(letters)), key=len)
    hold = sorted((spelling for spelling in _romanised() if len(letters) > 1 and letters in spelling), key=len)
    return [(code, "pinyin") for spelling in begin or hold for code in _romanised()[spelling]]


def _by_part(wanted: str, text: str) -> list[tuple[str, str]]:
    """Names and aliases that hold it: families (铅及其…) first, then what begins with it, then the shortest."""
    parts: list[tuple[bool, bool, int, str]] = []
    for hazard in hazards().values():
        name = fold(hazard.name)
        if wanted in name:
            parts.append((not name.startswith(f"{wanted}及其"), not name.startswith(wanted), len(name), hazard.code))
    others = [(len(name), code) for name, codes in aliases().items() if wanted in name for code in codes]
    english = re.compile(r"\b" + re.escape(text.strip()), re.IGNORECASE) if len(wanted) > 2 and wanted.isascii() else None
    by_english = [hazard.code for hazard in hazards().values() if english is not None and english.search(hazard.name_en)]
    return [(code, "part") for code in [*(part[-1] for part in sorted(parts)), *(code for _length, code in sorted(others)), *by_english]]


def _homophones(wanted: str) -> tuple[str, ...]:
    """Names in other characters that sound the same (甲笨 for 甲苯): what an input method offers beside the right one."""
    return () if wanted.isascii() else _romanised().get("".join(lazy_pinyin(wanted)).lower(), ())


def _alike(wanted: str, count: int) -> list[str]:
    """Codes of the names that look most like it, those that sound the same first: Chinese among names and aliases, Latin letters among English names."""
    if wanted.isascii():
        spellings = _codes_by_english() if len(wanted) > 3 else {}
        scored = process.extract(wanted, list(spellings), scorer=fuzz.ratio, limit=count, score_cutoff=LIKE_IN_LATIN)
    else:
        spellings = aliases() | _names()
        scored = process.extract(wanted, list(spellings), scorer=fuzz.WRatio, limit=count * 5, score_cutoff=LIKE)
        scored.sort(key=lambda match: -match[1] - fuzz.ratio(wanted, match[0]))
    alike = (code for name, _score, _index in scored for code in spellings[name])
    return list(dict.fromkeys([*_homophones(wanted), *alike]))[:count]


@question("hazard")
def hazard(q: str, on: date) -> Answer:
    """The best matches in the catalogue and by what each matched."""
    if on.isoformat() < edition_start():
        return no_answer(Message("The catalogue in force on %(day)s is not among our tables.", day=on.isoformat()))
    matches = search_hazards(q)
    if not matches:
        return no_answer(Message("Nothing in the catalogue looks like “%(text)s”.", text=q), source=SOURCE, edition=EDITION)
    value = [{"code": found.code, "name": found.name, "category": found.category, "matched_by": by} for found, by in matches]
    note = None
    if len(codes_named(q)) > 1:
        note = unclear(q)
    elif matches[0][1] == "fuzzy":
        note = Message("“%(text)s” is not in the catalogue; these names look like it.", text=q)
    return Answer(value, edition=EDITION, source=SOURCE, verified=all(found.verified for found, _by in matches), message=note)


@cache
def edition_start() -> str:
    """Since when the catalogue is in force: a day, or a month where the day was not seen."""
    return next(
        row["effective_from"] for row in table("editions") if row["table_or_subject"] == "hazard_factors.csv" and row["edition"] == EDITION
    )
