"""What a town must not read: the hazards and diseases of a case, and the words of health surveillance."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ohs.rulebook.hazards import aliases, hazards

#: Words that would tell why somebody is looked after.
TELLING = (
    "职业禁忌证", "职业禁忌症", "职业禁忌", "禁忌证", "禁忌症", "禁忌", "疑似", "职业病", "职业健康", "体检", "复查", "诊断", "确诊", "病历", "病情", "患病", "患有", "尘肺", "矽肺", "听力", "耳聋", "中毒", "调离",
    "contraindication", "disease", "diagnosis", "examination",
)  # fmt: skip
HIDDEN = "…"
#: Shorter names are parts of common words.
SHORTEST = 2


@cache
def _called(code: str) -> tuple[str, ...]:
    """Every name of a hazard."""
    found = hazards().get(code)
    names = {found.name, found.name_en} if found else set()
    names |= {name for name, codes in aliases().items() if code in codes}
    short = {re.split(r"[（(]", name)[0].strip() for name in names}
    return tuple(name for name in names | short if len(name) >= SHORTEST)


def telling_words(text: str, hazard_codes: Iterable[str], names: Iterable[str] = ()) -> list[str]:
    """The words of a text that a town must not read, the longest first; `names` are what this case is about besides its hazards."""
    named = {word for code in hazard_codes for word in (code, *_called(code))} | {name for name in names if len(name) >= SHORTEST}
    folded = text.casefold()
    return sorted({word for word in (*TELLING, *named) if word.casefold() in folded}, key=lambda word: (-len(word), word))


def cleared(text: str, hazard_codes: Iterable[str], names: Iterable[str] = ()) -> str:
    """The text with those words taken out."""
    for word in telling_words(text, hazard_codes, names):
        text = re.sub(re.escape(word), HIDDEN, text, flags=re.IGNORECASE)
    return text
