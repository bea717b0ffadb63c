"""The scorecard of hand-overs: what each office and institution sent and received, how long it let things wait, and what lapsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.clocks import work_calendar
from ohs.cases.transfers_models import ACCEPTED, ALIKE, LAPSED, REFUSED, UNANSWERED, Transfer
from ohs.rulebook.deadlines import WorkCalendar
from ohs.rulebook.time_left import working_days_between

#: Answers that the one who must answer has given.
GIVEN = (ACCEPTED, REFUSED)
SILENT = (LAPSED, UNANSWERED)


@dataclass
class Score:
    """One office or institution over a stretch of time, by the day of asking."""

    name: str
    sent: int = 0
    received: int = 0
    accepted: int = 0
    refused: int = 0
    lapsed: int = 0
    #: Not answered yet.
    waiting: int = 0
    #: Working days from the asking to the end, or to today.
    waits: list[int] = field(default_factory=list)
    in_time: int = 0

    @property
    def ended(self) -> int:
        """What it answered or let lapse."""
        return self.accepted + self.refused + self.lapsed

    @property
    def share(self) -> float | None:
        """The share that it answered in time."""
        return self.in_time / self.ended if self.ended else None

    @property
    def median(self) -> float | None:
        """The median waiting in working days."""
        return median(self.waits) if self.waits else None

    @property
    def longest(self) -> int | None:
        """The longest waiting in working days."""
        return max(self.waits, default=None)


def scorecard(session: Session, since: date, until: date, on: date) -> list[Score]:
    """The scores of everybody who sent or received something, those who received most first."""
    columns = [getattr(Transfer, name) for name in ALIKE]
    alike = select(*columns, func.count().label("many")).where(Transfer.asked_on >= since, Transfer.asked_on <= until).group_by(*columns)
    rows = session.execute(alike).all()
    places = {place for row in rows for place in (row.asker_id, row.answerer_id)}
    named = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(places)))
    scores, work = {id: Score(name) for id, name in named}, work_calendar(session)
    for row in rows:
        scores[row.asker_id].sent += row.many
        _add(scores[row.answerer_id], row, on, work)
    return sorted(scores.values(), key=lambda one: (-one.received, -one.sent, one.name))


def _add(score: Score, row: Any, on: date, work: WorkCalendar) -> None:
    """Count some alike that had to be answered; what was taken back or needed no answer was received, and waited for nobody."""
    score.received += row.many
    score.waiting += row.many * (row.answer == "")
    if row.answer and row.answer not in GIVEN + SILENT:
        return
    score.waits += [working_days_between(row.asked_on, row.answered_on or max(on, row.asked_on), work)] * row.many
    score.accepted += row.many * (row.answer == ACCEPTED)
    score.refused += row.many * (row.answer == REFUSED)
    score.lapsed += row.many * (row.answer in SILENT)
    score.in_time += row.many * (row.answer in GIVEN and row.answered_on <= row.due_on)
