"""What a message outside of this system says of visits: their own number and last day, and nothing of what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox import writes_lines_of
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.topics import VISIT
from ohs.cases.visit_queries import is_open
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.message import Message


@writes_lines_of(VISIT)
def visit_lines(session: Session, user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """Of each visit until when it waits for this person's organisation, or that it does not any more."""
    numbers = list(dict.fromkeys(one.subject for one in rows))
    question = select(SiteVisit.number, SiteVisit.due_on).where(
        SiteVisit.organisation_id == user.organisation_id, SiteVisit.number.in_(numbers), is_open()
    )
    waits = {row.number: row.due_on for row in session.execute(question)}
    return [
        Message("%(number)s: a visit on the spot waits for you, until %(day)s.", number=number, day=waits[number].isoformat())
        if number in waits
        else Message("%(number)s: this visit does not wait for you any more.", number=number)
        for number in numbers
    ]
