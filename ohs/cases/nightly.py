"""What the night does with cases: hand-overs that nobody answers lapse, passed limits bring what they bring, and what is late rises up the ladder."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy.orm import Session

from ohs.cases.calendar import cases_to_catch_up, catch_up, escalate
from ohs.cases.handing_over import lapse
from ohs.cases.joint_meeting import put_late_on_list
from ohs.cases.meeting_queries import clocks_to_list
from ohs.cases.models import Case
from ohs.cases.queries import hold
from ohs.cases.transfer_queries import transfers_to_end
from ohs.cases.transfers_models import Transfer
from ohs.cases.visits import withdraw_not_needed
from ohs.kernel.errors import DomainError
from ohs.kernel.nightly import nightly

log = logging.getLogger(__name__)
#: So many cases are held in memory at once.
PORTION = 200


@nightly("transfers")
def lapse_transfers(session: Session, on: date) -> int:
    """End hand-overs whose last day has passed without an answer, and those of cases that are closed; how many."""
    ended = 0
    for transfer_id, case_id in session.execute(transfers_to_end(on)).all():
        hold(session, Case.id == case_id)  # whoever answers in this moment comes first, or reads that it is over
        session.get_one(Case, case_id, populate_existing=True)
        transfer = session.get_one(Transfer, transfer_id, populate_existing=True)
        if transfer.answer:
            continue
        try:
            with session.begin_nested():
                lapse(session, transfer, on)
            ended += 1
        except DomainError as refusal:
            log.warning("hand-over %s could not be ended on %s: %s", transfer_id, on, refusal.message.id)
    return ended


@nightly("cases")
def catch_up_cases(session: Session, on: date) -> int:
    """Bring every case to a day, then raise what is late; returns how many cases moved and clocks rose.

    A case of which a rule says no stays as it was and keeps nobody else waiting; the log names its number.
    """
    moved, refused, after_id = 0, 0, 0
    while portion := list(cases_to_catch_up(session, on, after_id=after_id, limit=PORTION)):
        after_id = portion[-1].id
        for case in portion:
            number = case.number
            try:
                with session.begin_nested():
                    moved += catch_up(session, case, on) > 0
            except DomainError as refusal:
                refused += 1
                log.warning("case %s could not be brought to %s: %s", number, on, refusal.message.id)
        session.flush()
    if refused:
        log.warning("%s cases could not be brought to %s", refused, on)
    return moved + escalate(session, on)


@nightly("visits")
def end_visits(session: Session, on: date) -> int:
    """Withdraw visits that nobody needs any more, whatever has moved their cases; how many."""
    return withdraw_not_needed(session, None, on)


@nightly("joint-meeting")
def list_for_joint_meeting(session: Session, on: date) -> int:
    """Put on the joint meeting's list what is late beyond every step of the ladder; how many cases came on it."""
    listed, after_id = 0, 0
    while portion := session.scalars(clocks_to_list(after_id).limit(PORTION)).all():
        after_id = portion[-1].id
        listed += put_late_on_list(session, portion, on)
    return listed
