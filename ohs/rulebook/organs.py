"""The short sign (发文机关代字) under which an organ numbers its letters, made from its name where it has not chosen one."""

from __future__ import annotations

from collections.abc import Iterator

from ohs.rulebook.tables import table

#: So many characters of a name that no table knows.
LENGTH = 2
#: What tells organs of one sign apart.
STEMS = "甲乙丙丁戊己庚辛壬癸"


def signs_for(name: str) -> Iterator[str]:
    """Signs that fit a name, the best first: 海宁市卫生健康局 is 海卫, then 海卫甲, 海卫乙, …"""
    place, rest = _cut("place", name.strip())
    body = next((row["sign"] for row in table("organ_signs") if row["part"] == "body" and row["words"] in rest), rest[:LENGTH])
    sign = (place + body) or name[:LENGTH]
    yield sign
    for stem in STEMS:
        yield sign + stem


def _cut(part: str, name: str) -> tuple[str, str]:
    """The sign of the place at the beginning of a name, and what follows it."""
    for row in table("organ_signs"):
        if row["part"] == part and name.startswith(row["words"]):
            return row["sign"], name.removeprefix(row["words"])
    return "", name
