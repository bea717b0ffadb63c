"""Laws and orders as people cite them: by their title, where our tables carry a short sign."""

from __future__ import annotations

import re
from functools import cache

from ohs.rulebook.tables import table

_SIGN = re.compile(r"[A-Z]+[0-9]*")
#: A sign, what names the document once more (its number or title), and the gap before the article.
_CITED = re.compile(r"\b([A-Z]+[0-9]*)(?: (?![第附])[^\s;；]+)?(?: (?=[第附]))?")


@cache
def titles() -> dict[str, str]:
    """Titles by sign: 职业病防治法 by ODL. Standards go by their number and are not among them."""
    found: dict[str, str] = {}
    for row in table("editions"):
        sign, _gap, rest = row["document"].partition(" ")
        if row["document_zh"] and _SIGN.fullmatch(sign) and (not rest or not rest[0].isascii()):
            found.setdefault(sign, row["document_zh"])
    return found


def cited(source: str) -> str:
    """A source of our tables as people read it: `O48 安监总局令第48号 第6条` is 《职业病危害项目申报办法》第6条."""
    return _CITED.sub(lambda found: f"《{titles()[found[1]]}》" if found[1] in titles() else found[0], source).replace("; ", "；")
