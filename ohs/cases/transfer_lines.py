"""What organisations are told of hand-overs: a notice beside the deed, and a message that names the case's number and the last day."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox import send_later, writes_lines_of
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.models import Case, CaseStep
from ohs.cases.notices_models import CaseNotice
from ohs.cases.topics import HAND_OVER
from ohs.cases.transfers_models import Transfer
from ohs.kernel.message import Message


def tell_of_transfer(session: Session, transfer: Transfer, step: CaseStep, organisation_id: int) -> None:
    """Tell one of the two what the other, or time, has done."""
    session.add(
        CaseNotice(
            organisation_id=organisation_id, case_id=transfer.case_id, position=step.position, cases=1, kind=transfer.case.kind, track=step.track,
            event=step.event, by_id=step.organisation_id, at=step.at,
        )
    )  # fmt: skip
    send_later(session, {organisation_id: 1}, HAND_OVER, transfer.case.number, at=step.at)


@writes_lines_of(HAND_OVER)
def transfer_lines(session: Session, user: User, rows: Sequence[Outgoing]) -> list[Message]:
    """Of each case whether its hand-over waits for this person's organisation as it stands now, or that there is news."""
    numbers = list(dict.fromkeys(one.subject for one in rows))
    question = (
        select(Case.number, Transfer.due_on)
        .join(Transfer.case)
        .where(Transfer.answerer_id == user.organisation_id, Transfer.answer == "", Case.number.in_(numbers))
    )
    waits = {row.number: row.due_on for row in session.execute(question)}
    return [
        Message("%(number)s: a hand-over waits for your answer, until %(day)s.", number=number, day=waits[number].isoformat())
        if number in waits
        else Message("%(number)s: there is news of a hand-over.", number=number)
        for number in numbers
    ]
