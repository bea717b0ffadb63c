"""The duties that findings start, as a page tells them: what, by whom, until when, and whether law or this office says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.clocks import work_calendar
from ohs.cases.labels import ACTOR_LABELS, duty_name
from ohs.kernel.clock import today
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.time_left import Left, left_until
from ohs.surveillance.models import Finding
from ohs.surveillance.rules import day_of_clock


@dataclass(frozen=True)
class Duty:
    """One thing that a finding obliges somebody to do."""

    name: str
    actor: str
    left: Left | None

    @property
    def actor_label(self) -> Any:
        return ACTOR_LABELS.get(self.actor, self.actor)


Tell = Callable[[Finding], list[Duty]]


def duty_teller(session: Session) -> Tell:
    """Tells the duties of findings, the nearest day first, by this office's calendar."""
    work, on = work_calendar(session), today()

    @cache
    def actor_of(slug: str, start: date) -> str:
        row = find_deadline(slug, start)
        return row["actor"] if row else ""

    def tell(finding: Finding) -> list[Duty]:
        duties = []
        for slug, day in sorted(finding.due.items(), key=lambda item: item[1]):
            start = day_of_clock(slug, finding.examined_on, finding.reported_on)
            left = left_until(date.fromisoformat(day), slug, on, work, since=start)
            duties.append(Duty(duty_name(slug, start), actor_of(slug, start), left))
        return duties

    return tell


def next_duties(tell: Tell, finding: Finding) -> list[Duty]:
    """Those with the nearest day still ahead; where every day has passed, those of the last one; none where all is done."""
    if finding.next_due_on is None:
        return []
    duties = tell(finding)
    days = [duty.left.due_on for duty in duties if duty.left is not None]
    ahead = [duty.left.due_on for duty in duties if duty.left is not None and duty.left.days >= 0]
    nearest = ahead[0] if ahead else days[-1]
    return [duty for duty in duties if duty.left is not None and duty.left.due_on == nearest]
