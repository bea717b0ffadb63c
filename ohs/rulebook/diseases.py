"""The list of occupational diseases in the edition of a day."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache

from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.hazards import fold
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, table

FOLD = str.maketrans("（）", "()", " 　")
#: What documents put around a disease's name and the list does not: a suspicion, the origin, the course, the degree, the stage.
_AROUND = re.compile(r"^(?:疑似)?(?:职业性)?(?:亚急性|急性|慢性)?(?:轻度|中度|重度)?|(?:[壹贰叁一二三]|I{1,3}|[ⅠⅡⅢ])期$")
#: The first words alone: some names of the list tell the course themselves.
_BEFORE = re.compile(r"^(?:疑似)?(?:职业性)?")
_REMARK = re.compile(r"\([^()]*\)")


def edition_of(on: date) -> str | None:
    """The edition of the list in force on a day."""
    day = on.isoformat()
    for row in table("editions"):
        if "occupational_diseases" in row["table_or_subject"] and (row["effective_from"] or "9") <= day <= (row["effective_to"] or "9"):
            return row["edition"]
    return None


def find_disease(name: str, on: date) -> Row | None:
    """The disease of that name in the edition of the day.

    A bracketed remark may be left out where the rest is unique; words of the diagnosis around the name may stand, as in “疑似职业性慢性苯中毒”.
    """
    edition = edition_of(on)
    if edition is None:
        return None
    names, plain = _names(edition), name.translate(FOLD)
    return names.get(plain) or names.get(_BEFORE.sub("", plain)) or names.get(_AROUND.sub("", plain))


@cache
def _names(edition: str) -> dict[str, Row]:
    """The rows of an edition by name, brackets of either width and spaces folded, and by name without remark."""
    rows = {row["name_zh"].translate(FOLD): row for row in reversed(table("occupational_diseases")) if row["edition"] == edition}
    short = Counter(_REMARK.sub("", name) for name in rows)
    return {plain: row for name, row in rows.items() if short[plain := _REMARK.sub("", name)] == 1} | rows


def nearest_diseases(name: str, on: date, count: int = 3) -> list[str]:
    """Names of the list that look most like it."""
    names = [row["name_zh"] for row in table("occupational_diseases") if row["edition"] == edition_of(on)]
    return [match[0] for match in process.extract(name, names, scorer=fuzz.WRatio, limit=count, score_cutoff=50)]


def _meant(name: str, on: date) -> Row | None:
    """As in questions: also by code and by English name."""
    edition, folded = edition_of(on), fold(name)
    for row in table("occupational_diseases"):
        if row["edition"] == edition and folded in (fold(row["code"]), fold(row["name_en"])):
            return row
    return find_disease(name, on)


def _not_listed(name: str, on: date, edition: str) -> Answer:
    """What the lists know of a name that the list of the day does not hold."""
    others = [row for row in table("occupational_diseases") if row["edition"] != edition and fold(row["name_zh"]) == fold(name)]
    clauses = [row["name_zh"] for row in table("occupational_diseases") if row["edition"] == edition and row["open_clause"] == "yes"]
    steps = (
        Message("The list has open clauses, under which an institution may diagnose what it does not name: %(clauses)s.", clauses=clauses),
    )
    if others:
        sentence = Message(
            "“%(name)s” is not in the list of %(edition)s, in force on %(day)s; it is in that of %(other)s.",
            name=name, edition=edition, day=on.isoformat(), other=others[0]["edition"],
        )  # fmt: skip
    elif nearest := nearest_diseases(name, on):
        sentence = Message(
            "“%(name)s” is not in the list of %(edition)s; nearest: %(nearest)s.", name=name, edition=edition, nearest=nearest
        )
    else:
        sentence = Message("“%(name)s” is not in the list of %(edition)s.", name=name, edition=edition)
    return no_answer(sentence, *steps, edition=edition)


@question("disease")
def disease(name: str, on: date) -> Answer:
    """Edition, code and class of a disease; for an unknown name the nearest ones."""
    edition = edition_of(on)
    if edition is None:
        return no_answer(Message("The list in force on %(day)s is not among our tables.", day=on.isoformat()))
    row = _meant(name, on)
    if row is None:
        return _not_listed(name, on, edition)
    value = {
        "edition": edition, "code": row["code"], "name": row["name_zh"], "class": row["class_zh"], "class_number": int(row["class_number"]),
        "subclass": row["subclass_zh"] or None, "item_number": int(row["item_number"]), "open_clause": row["open_clause"] == "yes",
    }  # fmt: skip
    return Answer(value, edition=edition, source=row["document"], verified=row["verified"] == "yes")
