"""Identity numbers: credit codes (GB 32100) and resident identity numbers (GB 11643), with sentences that say what is wrong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from ohs.kernel.message import Message

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
#: A spreadsheet keeps fifteen places of a number; of eighteen the last three become zeros.
LOST = "000"
CUT = Message("It ends in three zeros that it never had: the spreadsheet cut the number; type it as text.")
_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−\u200b\u200c\u200d\u2060\ufeff]+")
_FLOAT = re.compile(r"^\d(\.\d+)?E\+?\d+$|^\d+\.0+$")


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What a number is: the folded value and, when it is wrong, a stable code and a sentence."""

    value: str
    code: str = ""
    message: Message | None = None
    sex: str = ""
    birth_on: date | None = None

    @property
    def is_valid(self) -> bool:
        return not self.code


def fold(text: str) -> str:
    """Without spaces, hyphens and zero-width characters, in capitals, full width folded."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def uscc_check_character(first17: str) -> str:
    """The eighteenth character of a credit code: (31 − Σ value × weight mod 31) mod 31 in its own alphabet."""
    total = sum(_USCC_VALUE[character] * weight for character, weight in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def check_uscc(text: str) -> IdentityCheck:
    """Check a unified social credit code; codes of `id-mangled`, `uscc-length`, `uscc-check`."""
    value = fold(text)
    if _FLOAT.match(value):
        return IdentityCheck(
            value, "id-mangled", Message("The spreadsheet turned this code into a number and lost places; type it as text.")
        )
    if len(value) != 18:
        return IdentityCheck(value, "uscc-length", Message("A credit code has 18 characters; this one has %(count)s.", count=len(value)))
    for position, character in enumerate(value, 1):
        if character not in _USCC_VALUE:
            return IdentityCheck(
                value, "uscc-check",
                Message("Character %(position)s, “%(character)s”, cannot stand in a credit code.", position=position, character=character),
            )  # fmt: skip
    expected = uscc_check_character(value[:17])
    if expected != value[17] and value.isdigit() and value.endswith(LOST):
        return IdentityCheck(value, "id-mangled", CUT)
    if expected != value[17]:
        return IdentityCheck(
            value, "uscc-check",
            Message("The last character should be “%(expected)s”, not “%(found)s”; some character is wrong.", expected=expected, found=value[17]),
        )  # fmt: skip
    return IdentityCheck(value)


def check_resident_id(text: str, on: date) -> IdentityCheck:
    """Check a resident identity number on a day; codes `id-mangled`, `id-length`, `id-check`, `id-birth`.

    The region is never a reason to refuse: codes of long ago and some in daily use are in no table.
    """
    value = fold(text)
    if _FLOAT.match(value):
        return IdentityCheck(
            value, "id-mangled", Message("The spreadsheet turned this number into a float and lost places; type it as text.")
        )
    if len(value) == 15 and value.isdigit():
        return IdentityCheck(value, "id-length", Message("This is a number of the first generation with 15 digits; give the one with 18."))
    if len(value) != 18:
        return IdentityCheck(value, "id-length", Message("An identity number has 18 characters; this one has %(count)s.", count=len(value)))
    for position, character in enumerate(value, 1):
        if not (character in "0123456789" or (position == 18 and character == "X")):
            return IdentityCheck(
                value, "id-check",
                Message("Character %(position)s, “%(character)s”, cannot stand there.", position=position, character=character),
            )  # fmt: skip
    if value.endswith(LOST) and ric.calc_check_digit(value) != value[17]:
        return IdentityCheck(value, "id-mangled", CUT)
    birth_on = _birth(value)
    if birth_on is None:
        return IdentityCheck(value, "id-birth", Message("The birth date in it, %(text)s, is no day.", text=value[6:14]))
    if birth_on > on:
        return IdentityCheck(value, "id-birth", Message("The birth date in it, %(day)s, lies in the future.", day=birth_on.isoformat()))
    if (expected := ric.calc_check_digit(value)) != value[17]:
        return IdentityCheck(
            value, "id-check",
            Message("The last character should be “%(expected)s”, not “%(found)s”; some digit is wrong.", expected=expected, found=value[17]),
        )  # fmt: skip
    return IdentityCheck(value, sex="男" if int(value[16]) % 2 else "女", birth_on=birth_on)


def _birth(value: str) -> date | None:
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
