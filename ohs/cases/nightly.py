"""What the night does with cases: passed limits bring what they bring, and what is late rises up the ladder."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy.orm import Session

from ohs.cases.calendar import cases_to_catch_up, catch_up, escalate
from ohs.kernel.errors import DomainError
from ohs.kernel.nightly import nightly

log = logging.getLogger(__name__)
#: So many cases are held in memory at once.
PORTION = 200


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
