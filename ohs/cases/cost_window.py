"""The cost window: what an employer bears because it let its limit for the work-injury application pass (WII art. 17, ZWII art. 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import facts_of
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Employer, Worker
from ohs.rulebook.deadlines import WorkCalendar, deadline

APPLY, PREWARN, ALARM, YEAR = "work-injury-apply-employer", "work-injury-prewarn", "work-injury-worker-alarm", "work-injury-apply-worker"
APPLICATIONS = ("employer-applies", "worker-applies")
#: Oldest limit first: the most days on top.
ORDERS: dict[str, Sequence[Key]] = {"due": (Key(CaseClock.due_on), Key(CaseClock.id))}


@dataclass(frozen=True)
class CostWindow:
    """How it stands with the application for one confirmed disease."""

    due_on: date
    #: Days after the last day on which nobody had applied; 0 while it has not passed.
    days: int
    #: The day of the application; empty while nobody has applied.
    applied_on: date | None
    #: Days left until the last day.
    left: int
    #: Pre-warning and highest alarm of the table, once their day has come.
    warnings: tuple[Message, ...] = ()

    @property
    def is_growing(self) -> bool:
        """Whether every day adds one."""
        return self.days > 0 and self.applied_on is None


def cost_window(case: Case, on: date, work: WorkCalendar | None = None) -> CostWindow | None:
    """The window of a case; none where no disease is confirmed, or where the claim fell away before anybody had to apply."""
    clock = next((one for one in reversed(case.clocks) if one.slug == APPLY), None)
    if clock is None:
        return None
    applied = next((step for step in reversed(case.steps) if step.track == WORK_INJURY and step.event in APPLICATIONS), None)
    if applied is None and clock.ended_on is not None and case.status_on(WORK_INJURY) != "wi_due":
        return None
    applied_on = None
    if applied is not None:
        told = facts_of(applied).get("applied_on")
        applied_on = told if isinstance(told, date) else applied.on
    return window_of(clock, on, applied_on, work)


def window_of(clock: CaseClock, on: date, applied_on: date | None = None, work: WorkCalendar | None = None) -> CostWindow:
    """The window by the employer's clock."""
    until = applied_on or on
    warnings = () if applied_on is not None else _warnings(clock, on, work)
    return CostWindow(clock.due_on, max(0, (until - clock.due_on).days), applied_on, max(0, (clock.due_on - on).days), warnings)


def _warnings(clock: CaseClock, on: date, work: WorkCalendar | None) -> tuple[Message, ...]:
    found = []
    for slug, warning in ((ALARM, Message("The worker’s year is about to end")), (PREWARN, Message("Nobody has applied yet"))):
        answer = deadline(slug, clock.started_on, work=work)
        if answer.is_answered and on >= answer.value["due"]:
            found.append(warning)
    return tuple(found)


def waiting_applications(user: Any, standing: str, on: date, county: str = "") -> Select[CaseClock]:
    """Employers’ clocks for an application that nobody has made, of cases that this person sees: `late`, `running`, or both."""
    question = (
        select(CaseClock)
        .join(CaseClock.case)
        .where(CaseClock.slug == APPLY, CaseClock.state == "running", visible(user, Permission.CASE_READ_WORK_INJURY, Case))
    )
    if standing == "late":
        question = question.where(CaseClock.due_on < on)
    elif standing == "running":
        question = question.where(CaseClock.due_on >= on)
    return question.where(Case.county_code == county) if county else question


def with_case(question: Select[CaseClock]) -> Select[CaseClock]:
    """With what a line of the list shows."""
    return question.options(
        contains_eager(CaseClock.case).options(
            joinedload(Case.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
            joinedload(Case.worker).load_only(Worker.name, Worker.merged_into_id),
        )
    )
