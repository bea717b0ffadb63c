"""The conclusions of an examination and what each obliges clinic, employer and authority to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.examinations import edition_on, no_edition
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, table

#: Stands in the table of duties for every examination.
EVERY = "*"


@dataclass(frozen=True)
class Duty:
    """One duty: whose it is, what is done, within how many days of which kind (empty: promptly), and the article."""

    actor: str
    duty: str
    days: int | None
    day_type: str
    counted_from: str
    article: str
    verified: bool


def conclusions_on(on: date) -> list[Row]:
    """The conclusions of the edition in force that day; a mark without an exchange code (暂无个体结论) is none."""
    edition = edition_on(on)
    year = edition.removeprefix("GBZ188-") if edition else ""
    return [row for row in table("exam_conclusions") if row["code"] and year in row["edition"].split(";")]


def find_conclusion(name: str) -> Row | None:
    """A conclusion by its official name, its key or its exchange code, whatever the edition."""
    return next((row for row in table("exam_conclusions") if name and name in (row["name_zh"], row["key"], row["code"])), None)


def duties_of(name: str, on: date) -> list[Duty]:
    """The duties that follow from a conclusion, those of every examination included; none for an unknown name or before the first edition."""
    edition, found = edition_on(on), find_conclusion(name)
    if edition is None or found is None:
        return []
    year = edition.removeprefix("GBZ188-")
    return [
        Duty(
            row["actor"], row["duty_en"], int(row["deadline_days"]) if row["deadline_days"].isdigit() else None, row["day_type"], row["counted_from"], row["article"],
            row["verified"] == "yes",
        )
        for row in table("exam_conclusion_duties")
        if row["conclusion_key"] in (EVERY, found["key"]) and (not row["edition"] or year in row["edition"].split(";"))
    ]  # fmt: skip


@question("conclusion")
def conclusion(name: str, on: date) -> Answer:
    """A conclusion of the edition in force and what it obliges whom to."""
    edition = edition_on(on)
    if edition is None:
        return no_edition(on)
    known = conclusions_on(on)
    found = find_conclusion(name)
    if found is None:
        names = [row["name_zh"] for row in known]
        return no_answer(
            Message("“%(name)s” is no conclusion of %(edition)s; it knows: %(names)s.", name=name, edition=edition, names=names),
            edition=edition,
        )
    duties = duties_of(name, on)
    value = {
        "code": found["code"] or None, "key": found["key"], "name": found["name_zh"], "meaning": found["meaning"], "is_conclusion": found in known,
        "duties": [vars(duty) for duty in duties],
    }  # fmt: skip
    note = None if found in known else Message("In %(edition)s this is no conclusion; its duties hold as a procedure.", edition=edition)
    verified = found["verified"] == "yes" and all(duty.verified for duty in duties)
    return Answer(value, edition=edition, source=found["article"], verified=verified, message=note)
