"""What the law gives a worker, in plain words: a table of sentences whose limits are those of the table of deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ohs.kernel.message import Message
from ohs.rulebook.deadlines import basis_of, find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.tables import Row, in_force, table

LIMIT_WORDS = {
    "calendar_day": Message("%(amount)s days"), "working_day": Message("%(amount)s working days"), "month": Message("%(amount)s months"),
    "year": Message("%(amount)s year(s)"), "hour": Message("%(amount)s hours"),
}  # fmt: skip


@dataclass(frozen=True)
class Right:
    """One right: what it is called, what it says, its limit, and what both rest on."""

    slug: str
    title: dict[str, str]
    text: dict[str, str]
    limit: Message | None
    article: str
    basis: Message | str
    is_verified: bool


def worker_rights(on: date) -> list[Right]:
    """The rights in force on a day, in the order of their table."""
    return [_right(row, on) for row in in_force(table("worker_rights"), on)]


def _right(row: Row, on: date) -> Right:
    deadline = find_deadline(row["deadline_slug"], on) if row["deadline_slug"] else None
    limit = Message(LIMIT_WORDS[deadline["unit"]].id, amount=deadline["amount"]) if deadline and deadline["amount"] else None
    return Right(
        row["slug"], {"zh": row["title_zh"], "en": row["title_en"]}, {"zh": row["text_zh"], "en": row["text_en"]}, limit,
        cited(row["article"]), basis_of(row["deadline_slug"], on) if deadline else "", row["verified"] == "yes",
    )  # fmt: skip
