"""The list of occupational diseases in the edition of a day."""

from __future__ import annotations

from datetime import date

from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, table

FOLD = str.maketrans("（）", "()", " 　")


def edition_of(on: date) -> str | None:
    """The edition of the list in force on a day."""
    day = on.isoformat()
    for row in table("editions"):
        if "occupational_diseases" in row["table_or_subject"] and (row["effective_from"] or "9") <= day <= (row["effective_to"] or "9"):
            return row["edition"]
    return None


def find_disease(name: str, on: date) -> Row | None:
    """The disease of exactly that name (width of brackets and spaces aside) in the edition of the day."""
    edition, wanted = edition_of(on), name.translate(FOLD)
    found = [row for row in table("occupational_diseases") if row["edition"] == edition and row["name_zh"].translate(FOLD) == wanted]
    return found[0] if found else None


def nearest_diseases(name: str, on: date, count: int = 3) -> list[str]:
    """Names of the list that look most like it."""
    names = [row["name_zh"] for row in table("occupational_diseases") if row["edition"] == edition_of(on)]
    return [match[0] for match in process.extract(name, names, scorer=fuzz.WRatio, limit=count, score_cutoff=50)]


@question("disease")
def disease(name: str, on: date) -> Answer:
    """Edition, code and class of a disease; for an unknown name the nearest ones."""
    edition = edition_of(on)
    if edition is None:
        return no_answer(Message("The list in force on %(day)s is not among our tables.", day=on.isoformat()))
    row = find_disease(name, on)
    if row is None:
        return no_answer(
            Message("“%(name)s” is not in the list of %(edition)s; nearest: %(nearest)s.", name=name, edition=edition, nearest=nearest_diseases(name, on)),
            edition=edition,
        )  # fmt: skip
    return Answer(
        {"edition": edition, "code": row["code"], "name": row["name_zh"], "class": row["class_zh"], "subclass": row["subclass_zh"] or None},
        edition=edition, source=row["document"], verified=row["verified"] == "yes",
    )  # fmt: skip
