"""Questions about identity numbers."""

from __future__ import annotations

from datetime import date
from functools import cache

from ohs.kernel.identity import IdentityCheck, check_resident_id, check_uscc
from ohs.rulebook.answer import Answer
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, table

#: Where the code of a division stands in either number.
_USCC_REGION, _ID_REGION = slice(2, 8), slice(0, 6)


@cache
def _divisions() -> dict[str, Row]:
    return {row["code"]: row for row in table("divisions_gb2260")}


def division_name(code: str, year: int | None = None) -> str | None:
    """What a division is or was called (in a year, where it changed its name); none for a code that no table knows."""
    past = [row for row in table("divisions_gb2260_history") if row["code"] == code]
    for row in past:
        if year is not None and int(row["start_year"] or 0) <= year <= int(row["end_year"] or 0):
            return row["name_zh"]
    if code in _divisions():
        return _divisions()[code]["name_zh"]
    return past[-1]["name_zh"] if past else None


def _answer(found: IdentityCheck, edition: str, region: slice) -> Answer:
    value: dict[str, object] = {"valid": found.is_valid, "code": found.code or None, "number": found.value}
    if found.birth_on:
        value |= {"sex": found.sex, "birth_date": found.birth_on}
    if found.is_valid:
        value["region"] = division_name(found.value[region], found.birth_on.year if found.birth_on else None)
    return Answer(value, edition=edition, source=edition, verified=True, message=found.message)


@question("uscc")
def uscc(value: str, on: date) -> Answer:
    """Whether a unified social credit code is right, and what is wrong with it; the region is information only."""
    del on  # the rule has not changed since the code exists
    return _answer(check_uscc(value), "GB 32100-2015", _USCC_REGION)


@question("resident-id")
def resident_id(value: str, on: date) -> Answer:
    """Whether a resident identity number is right on a day; also sex and birth date; the region is information only."""
    return _answer(check_resident_id(value, on), "GB 11643-1999", _ID_REGION)
