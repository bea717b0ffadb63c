"""Questions about identity numbers."""

from __future__ import annotations

from datetime import date

from ohs.kernel.identity import IdentityCheck, check_resident_id, check_uscc
from ohs.rulebook.answer import Answer
from ohs.rulebook.questions import question


def _answer(found: IdentityCheck, edition: str) -> Answer:
    value: dict[str, object] = {"valid": found.is_valid, "code": found.code or None, "number": found.value}
    if found.birth_on:
        value |= {"sex": found.sex, "birth_date": found.birth_on}
    return Answer(value, edition=edition, source=edition, verified=True, message=found.message)


@question("uscc")
def uscc(value: str, on: date) -> Answer:
    """Whether a unified social credit code is right, and what is wrong with it."""
    del on  # the rule has not changed since the code exists
    return _answer(check_uscc(value), "GB 32100-2015")


@question("resident-id")
def resident_id(value: str, on: date) -> Answer:
    """Whether a resident identity number is right on a day; also sex and birth date."""
    return _answer(check_resident_id(value, on), "GB 11643-1999")
