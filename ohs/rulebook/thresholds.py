"""Single numbers of law that are neither a deadline nor a limit of exposure, with their article and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.tables import in_force, table


def threshold(slug: str, on: date) -> Answer:
    """The number in force that day."""
    row = next(in_force((row for row in table("thresholds") if row["slug"] == slug), on), None)
    if row is None:
        return no_answer(Message("No rule of that name was in force on %(day)s.", day=on.isoformat()))
    return Answer(
        Decimal(row["value"]), unit=row["unit"], source=row["source"], edition=row["effective_from"], verified=row["verified"] == "yes"
    )
