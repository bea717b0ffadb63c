"""What a message outside of this system says of cases: their numbers, the kind of duty and its last day; never of whom or of what.

Names of duties and of kinds of case speak of diseases and findings, so a duty is told by what is done in it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox import writes_lines_of
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.topics import MANY, REMINDER, STEP
from ohs.kernel.fields import LAST_DAY
from ohs.kernel.message import Message

#: What is done in a duty, by a part of its name in the table of deadlines; the first that fits.
DUTIES = (
    (("notify", "inform"), Message("to tell those concerned")),
    (("report",), Message("to report")),
    (("material", "files", "evidence"), Message("to hand in material")),
    (("letter", "urge"), Message("to send a letter")),
    (("service", "serve", "certificate"), Message("to serve a document")),
    (("verify", "check", "confirm", "investigation", "determination"), Message("to verify")),
    (("decision", "review", "redecision"), Message("to decide")),
    (("accept", "refuse", "register"), Message("to accept or refuse")),
    (("apply", "reapply", "reconsideration", "suit"), Message("to apply, where wanted")),
    (("answer",), Message("to answer")),
    (("payment",), Message("to pay")),
)
OTHER_DUTY = Message("to act")


def duty_kind(slug: str) -> Message:
    """What is done in a duty, in words that tell nothing about a person."""
    parts = set(slug.split("-"))
    return next((message for words, message in DUTIES if parts & set(words)), OTHER_DUTY)


@dataclass(frozen=True)
class Wording:
    """What is said of a case in which nothing is to be done, something by a day, or something without a limit."""

    news: Message
    to_do: Message
    to_see: Message


STEPS = Wording(
    Message("%(number)s: there is news; nothing to do for you."),
    Message("%(number)s: %(what)s, until %(day)s."),
    Message("%(number)s: please look at it; no limit runs."),
)
REMINDERS = Wording(
    Message("%(number)s: you were reminded; it is settled meanwhile."),
    Message("Reminder. %(number)s: %(what)s, until %(day)s."),
    Message("Reminder. %(number)s: please look at it."),
)


@writes_lines_of(STEP)
def step_lines(session: Session, user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """Of each case what this person's organisation must do as it stands now, or that there is news."""
    return _lines(session, user, rows, STEPS)


@writes_lines_of(REMINDER)
def reminder_lines(session: Session, user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """Of each case that somebody waits for this organisation."""
    return _lines(session, user, rows, REMINDERS)


def _lines(session: Session, user: User, rows: Sequence[Outgoing], wording: Wording) -> list[Message]:
    numbers = list(dict.fromkeys(one.subject for one in rows))
    question = (
        select(Case.number, CaseWaiting.due_on, CaseClock.slug)
        .join(Case, Case.id == CaseWaiting.case_id)
        .outerjoin(CaseClock, CaseClock.id == CaseWaiting.clock_id)
        .where(CaseWaiting.organisation_id == user.organisation_id, Case.number.in_(numbers))
    )
    waits = {number: (due_on, slug) for number, due_on, slug in session.execute(question)}
    lines = []
    for number in numbers:
        due_on, slug = waits.get(number, (None, None))
        if due_on is None:
            lines.append(Message(wording.news.id, number=number))
        elif slug is None or due_on == LAST_DAY:
            lines.append(Message(wording.to_see.id, number=number))
        else:
            lines.append(Message(wording.to_do.id, number=number, what=duty_kind(slug), day=due_on.isoformat()))
    return lines


@writes_lines_of(MANY)
def many_lines(_session: Session, _user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """How many cases were opened or changed together."""
    return [Message("%(count)s cases that concern you were opened or changed.", count=sum(one.count for one in rows))]
