"""The size of an employer by the statistical method of 2017: the lowest class that any single indicator gives."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.industries import find_industry, unknown_industry
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, table

SOURCE = "国统字〔2017〕213号"
CLASSES = ("large", "medium", "small")


@cache
def _section_of(code: str) -> str:
    parents = {row["code"]: row["parent_code"] for row in table("industries")}
    while parents.get(code):
        code = parents[code]
    return code


def _rows_for(code: str) -> list[Row]:
    fits: list[tuple[int, Row]] = []
    for row in table("enterprise_sizes"):
        for prefix in row["industry_prefixes"].split(";"):
            prefix = prefix.strip()
            if (prefix.isalpha() and _section_of(code) == prefix) or (prefix.isdigit() and code.startswith(prefix)):
                fits.append((len(prefix), row))
                break
    longest = max((length for length, _row in fits), default=0)
    return [row for length, row in fits if length == longest]


def _within(prefix: str, code: str) -> bool:
    """Whether a prefix of the method names a part of a wider industry."""
    return prefix != code and (prefix.startswith(code) or (code.isalpha() and _section_of(prefix) == code))


@question("employer-size")
def employer_size(
    industry: str, employees: Decimal | None = None, revenue_10k_cny: Decimal | None = None, assets_10k_cny: Decimal | None = None
) -> Answer:
    """Large, medium, small or micro; every indicator of the sector must be given, unless one alone makes the employer micro."""
    found = find_industry(industry)
    if found is None:
        return no_answer(unknown_industry(industry))
    rows = _rows_for(found["code"])
    if not rows:
        parts = {
            prefix
            for row in table("enterprise_sizes")
            for prefix in row["industry_prefixes"].replace(" ", "").split(";")
            if _within(prefix, found["code"])
        }
        if parts:
            sentence = Message("The method sizes the parts of this industry apart; give one of: %(codes)s.", codes=sorted(parts))
            return no_answer(sentence, source=SOURCE, edition="2017")
        return no_answer(Message("The method does not cover this industry."), source=SOURCE, edition="2017")
    given = {"employees": employees, "revenue_10k_cny": revenue_10k_cny, "assets_10k_cny": assets_10k_cny}
    worst, steps = 0, []
    for row in rows:
        value = given[row["indicator"]]
        if value is None:
            continue
        reached = next((rank for rank, name in enumerate(CLASSES) if value >= Decimal(row[f"{name}_min"])), len(CLASSES))
        size = (*CLASSES, "micro")[reached]
        steps.append(
            Message(
                "%(sector)s, %(key)s %(value)s: %(size)s.",
                sector=row["sector_zh"],
                key=Message(row["indicator"]),
                value=value,
                size=Message(size),
            )
        )
        worst = max(worst, reached)
    missing = [row["indicator"] for row in rows if given[row["indicator"]] is None]
    if missing and worst < len(CLASSES):
        sentence = Message(
            "%(sector)s is sized by %(keys)s; still needed: %(missing)s.",
            sector=rows[0]["sector_zh"],
            keys=[row["indicator"] for row in rows],
            missing=missing,
        )
        return no_answer(sentence, source=SOURCE, edition="2017")
    verified = all(row["verified"] == "yes" for row in rows)
    return Answer((*CLASSES, "micro")[worst], edition="2017", source=SOURCE, verified=verified, steps=tuple(steps))
