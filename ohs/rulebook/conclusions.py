"""The conclusions of an examination and what each obliges clinic, employer and authority to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ohs.rulebook.examinations import edition_on
from ohs.rulebook.tables import Row, table


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
    """The conclusions of the edition in force that day."""
    edition = edition_on(on)
    year = edition.removeprefix("GBZ188-") if edition else ""
    return [row for row in table("exam_conclusions") if year in row["edition"].split(";")]


def duties_of(name: str, on: date) -> list[Duty]:
    """The duties that follow from a conclusion (official name or key), those of every examination included."""
    edition = edition_on(on)
    year = edition.removeprefix("GBZ188-") if edition else ""
    keys = {"*"} | {row["key"] for row in table("exam_conclusions") if name in (row["name_zh"], row["key"])}
    return [
        Duty(
            row["actor"], row["duty_en"], int(row["deadline_days"]) if row["deadline_days"].isdigit() else None, row["day_type"], row["counted_from"], row["article"],
            row["verified"] == "yes",
        )
        for row in table("exam_conclusion_duties")
        if row["conclusion_key"] in keys and (not row["edition"] or year in row["edition"].split(";"))
    ]  # fmt: skip
