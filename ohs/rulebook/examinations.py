"""Health examinations by the standard of their day: edition, protocol items, and which columns of the examination format they fill.

GBZ 188-2014 from 1 October 2014, GBZ 188-2025 from 1 August 2026; the tables `exam_protocols` and `hazard_protocol_map`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.hazards import codes_by_any_name, fold, hazard_name, is_told_by_table, unclear
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, in_force, table

#: Our slug of a phase → the tables'.
PHASES = {
    "pre-placement": "pre_employment",
    "in-service": "periodic",
    "leaving": "leaving",
    "emergency": "emergency",
    "follow-up": "follow_up",
}
#: Fewer points of likeness than this are no suggestion of a section.
LIKE_A_SECTION = 70
#: What stands in the place of an edition for factors that another standard covers.
OUTSIDE = "(outside GBZ 188)"
#: What the phases are called.
PHASE_NAMES = {
    sentence.id: sentence
    for sentence in (Message("pre-placement"), Message("in-service"), Message("leaving"), Message("emergency"), Message("follow-up"))
}
_REMARK = re.compile(r"[（(][^（）()]*[）)]$")


def edition_on(day: date) -> str | None:
    """The edition in force, e.g. `GBZ188-2025`; none before the first that is known."""
    rows = (row for row in table("editions") if row["table_or_subject"].startswith("exam_protocols.csv"))
    row = next(in_force(rows, day), None)
    return f"GBZ188-{row['edition']}" if row else None


@cache
def _protocols() -> dict[tuple[str, str, str], Row]:
    return {(row["edition"], row["protocol_key"], row["phase"]): row for row in table("exam_protocols")}


@cache
def _mapped() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in table("hazard_protocol_map"):
        found.setdefault((row["edition"], row["hazard_code"]), []).append(row["protocol_key"])
    return {key: tuple(keys) for key, keys in found.items()}


@cache
def _linked() -> dict[tuple[str, str, str], bool]:
    return {(row["edition"], row["hazard_code"], row["protocol_key"]): row["verified"] == "yes" for row in table("hazard_protocol_map")}


def protocol_of(edition: str, key: str, phase: str) -> Row | None:
    """The protocol of a section in one phase (our slug)."""
    return _protocols().get((edition, key, PHASES[phase]))


def protocols_for(code: str, phase: str, edition: str) -> tuple[Row, ...]:
    """The protocols of a hazard in one phase (our slug); empty where the standard has no section for it."""
    keys = _mapped().get((edition, code), ())
    return tuple(row for key in keys if (row := _protocols().get((edition, key, PHASES[phase]))) is not None)


def split_items(text: str) -> tuple[str, ...]:
    """The items of a cell."""
    return tuple(part.strip() for part in re.split(r"[;；]\s*", text) if part.strip())


@dataclass(frozen=True)
class RequiredColumns:
    """What a protocol asks for: keys of the format that must be filled, and items that the format has no column for."""

    columns: frozenset[str]
    cannot_carry: tuple[str, ...]


@cache
def _columns_of() -> dict[str, frozenset[str]]:
    return {row["item_zh"]: frozenset(row["columns"].split(";")) for row in table("exam_item_columns")}


def columns_of(item: str) -> frozenset[str]:
    """The columns of the format that carry an item; none where it has none, or where the standard leaves a choice."""
    return _columns_of().get(item) or _columns_of().get(_REMARK.sub("", item), frozenset())


@cache
def _required(codes: tuple[str, ...], phase: str, edition: str) -> RequiredColumns:
    columns: set[str] = set()
    others: dict[str, None] = {}
    for code in codes:
        for row in protocols_for(code, phase, edition):
            if row["obligation"] != "mandatory":
                continue
            for item in (*split_items(row["required_items_zh"]), *split_items(row["physical_exam_zh"])):
                found = columns_of(item)
                columns |= found
                if not found:
                    others[item] = None
    return RequiredColumns(frozenset(columns), tuple(others))


def required_columns(codes: Iterable[str], phase: str, on: date) -> RequiredColumns:
    """What an examination for these hazards must fill, by the edition of its day; nothing where no edition or section holds."""
    edition = edition_on(on)
    return _required(tuple(sorted(codes)), phase, edition) if edition else RequiredColumns(frozenset(), ())


@cache
def items_without_column() -> tuple[str, ...]:
    """Every mandatory item of the newest edition for which the examination format has no column."""
    newest = max(row["edition"] for row in table("exam_protocols"))
    rows = [row for row in table("exam_protocols") if row["edition"] == newest and row["obligation"] == "mandatory"]
    items = (item for row in rows for item in (*split_items(row["required_items_zh"]), *split_items(row["physical_exam_zh"])))
    return tuple(dict.fromkeys(item for item in items if not columns_of(item)))


#: Said where a hazard belongs to a section only by our reading.
UNVERIFIED_LINK = Message("The standard does not name this factor in the section; that it belongs there is not verified.")


def check_phase(phase: str) -> None:
    """Raise `QuestionError` for a phase that does not exist."""
    if phase not in PHASES:
        raise QuestionError(Message("The phase is one of: %(phases)s.", phases=list(PHASES)))


def no_edition(on: date) -> Answer:
    """The answer for a day before the first edition that is held."""
    return no_answer(Message("No edition of the examination standard that is in our tables was in force on %(day)s.", day=on.isoformat()))


@question("exam-items")
def exam_items(hazard: str, phase: str, on: date) -> Answer:
    """Required, physical, optional and supplementary items, target diseases and contraindications of one hazard and phase."""
    check_phase(phase)
    edition = edition_on(on)
    if edition is None:
        return no_edition(on)
    protocols = protocols_named(hazard, edition)
    if isinstance(protocols, Answer):
        return protocols
    rows = [row for key in protocols if (row := protocol_of(edition, key, phase)) is not None]
    if not rows:
        others = [slug for slug in PHASES if any(protocol_of(edition, key, slug) for key in protocols)]
        sentence = Message(
            "The standard has no protocol of this phase for “%(hazard)s”; it has: %(phases)s.",
            hazard=hazard,
            phases=[PHASE_NAMES[slug] for slug in others],
        )
        return no_answer(sentence, edition=edition, source=edition)
    value = {
        "protocols": [row["protocol_key"] for row in rows],
        "required": _joined(rows, "required_items_zh"),
        "physical": _joined(rows, "physical_exam_zh"),
        "optional": _joined(rows, "optional_items_zh"),
        "supplementary": _joined(rows, "supplementary_items_zh"),
        "target_diseases": _joined(rows, "target_diseases_zh"),
        "contraindications": _joined(rows, "contraindications_zh"),
        "obligation": sorted({row["obligation"] for row in rows}),
    }
    steps = tuple(
        Message("%(edition)s, section %(section)s: %(name)s.", edition=edition, section=row["standard_section"], name=row["hazard_name_zh"])
        for row in rows
    )
    return Answer(
        value,
        edition=edition,
        source=f"{edition} {rows[0]['standard_section']}",
        verified=all(row["verified"] == "yes" and protocols[row["protocol_key"]] for row in rows),
        steps=steps,
        message=None if all(protocols.values()) else UNVERIFIED_LINK,
    )


def _joined(rows: list[Row], column: str) -> list[str]:
    return list(dict.fromkeys(item for row in rows for item in split_items(row[column])))


def _sections_named(text: str, edition: str) -> dict[str, bool]:
    """Protocols that carry this name themselves or name it in their section, each with whether that is verified."""
    folded = fold(text)
    named = {
        row["protocol_key"]: True
        for row in table("exam_protocols")
        if row["edition"] == edition and folded in (fold(row["hazard_name_zh"]), fold(row["hazard_name_en"]), row["protocol_key"])
    }
    for row in table("protocol_aliases"):
        spellings = (fold(row["alias_zh"]), fold(row["alias_en"]), fold(_REMARK.sub("", row["alias_zh"])))
        if row["edition"] in ("", edition) and folded in spellings:
            named.setdefault(row["protocol_key"], row["verified"] == "yes")
    return named


def protocols_named(text: str, edition: str) -> dict[str, bool] | Answer:
    """Protocols of a hazard by code, name, alias or the protocol's own name, each with whether that link is verified; or why there is none."""
    codes, by_section = codes_by_any_name(text), _sections_named(text, edition)
    by_table = is_told_by_table(text)
    if by_section and (by_table or not codes):
        return by_section
    if len(codes) == 1 and (keys := _mapped().get((edition, codes[0]))):
        return {key: _linked()[edition, codes[0], key] and not by_table for key in keys}
    if by_section:
        return by_section
    elsewhere = next(
        (row["basis"] for row in table("hazard_protocol_map") if row["hazard_code"] in codes and row["edition"] == OUTSIDE), None
    )
    if len(codes) == 1 and elsewhere:
        sentence = Message(
            "%(edition)s does not cover “%(name)s”: %(elsewhere)s hold, whose contents are not among our tables.",
            edition=edition, name=hazard_name(codes[0]), elsewhere=elsewhere,
        )  # fmt: skip
        return no_answer(sentence, edition=edition, source=elsewhere)
    if len(codes) == 1:
        sentence = Message("The examination standard has no section for “%(name)s”; ask the clinic.", name=hazard_name(codes[0]))
        return no_answer(sentence, edition=edition, source=edition)
    sections = [row["hazard_name_zh"] for row in table("exam_protocols") if row["edition"] == edition]
    near = [
        match[0] for match in process.extract(text, list(dict.fromkeys(sections)), scorer=fuzz.WRatio, limit=3, score_cutoff=LIKE_A_SECTION)
    ]
    if near and not codes:
        return no_answer(
            Message("%(one)s %(two)s", one=unclear(text), two=Message("Sections of the standard: %(sections)s.", sections=near)),
            edition=edition,
        )
    return no_answer(unclear(text), edition=edition)
