"""Default limits as settings: what holds, what a change would do, and the change itself. Limits of the law are not among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.administration import CHANGED_MEANWHILE
from ohs.accounts.models import User
from ohs.cases.clocks import work_calendar
from ohs.cases.labels import duty_name
from ohs.cases.models import OPEN_CLOCKS, CaseClock
from ohs.kernel.audit import audit
from ohs.kernel.default_clocks import DefaultClock
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.workdays import forget_calendar
from ohs.rulebook.deadlines import WorkCalendar, deadline
from ohs.rulebook.default_limits import bounds_of, disorder, find_default


@dataclass(frozen=True)
class Rehearsal:
    """What a change would do."""

    #: Clocks of cases that run or stand still by this limit, and keep their day.
    running: int
    #: Those of them whose last day lies ahead.
    ahead: int
    #: Of something that happens on the first day: the last day as it is counted now, and as it would be.
    due_before: date | None
    due_after: date | None


def entries_of(session: Session, slug: str) -> list[tuple[DefaultClock, str]]:
    """What was set for a limit and by whom, the latest entry first."""
    question = select(DefaultClock, User.name).join(User, User.id == DefaultClock.set_by_id).where(DefaultClock.slug == slug)
    return [(entry, name) for entry, name in session.execute(question.order_by(DefaultClock.id.desc()))]


def coming_changes(session: Session, on: date) -> Mapping[str, tuple[date, int]]:
    """The next change of each default that does not hold yet: from which day, and how much."""
    rows = session.execute(
        select(DefaultClock.slug, DefaultClock.from_on, DefaultClock.amount)
        .where(DefaultClock.from_on > on)
        .order_by(DefaultClock.from_on.desc(), DefaultClock.id)
    )
    return {slug: (from_on, amount) for slug, from_on, amount in rows}


def rehearse(session: Session, slug: str, amount: int, from_on: date, on: date) -> Rehearsal:
    """What setting a default would do, with nothing changed. Raises `DomainError` for what cannot be set."""
    work = work_calendar(session)
    changed = _with_change(work, slug, amount, from_on)
    _check(slug, amount, from_on, on, changed)
    own = select(func.count()).select_from(CaseClock).where(CaseClock.slug == slug, CaseClock.state.in_(OPEN_CLOCKS))
    before, after = (deadline(slug, from_on, work=each) for each in (work, changed))
    return Rehearsal(
        session.scalar(own) or 0,
        session.scalar(own.where(CaseClock.due_on >= on)) or 0,
        before.value["due"] if before.is_answered else None,
        after.value["due"] if after.is_answered else None,
    )


def set_default_clock(
    session: Session, slug: str, amount: int, *, from_on: date, reason: str, actor: User, on: date, seen: int | None = None
) -> DefaultClock:
    """Set how long a default limit is for what happens from a day on; what runs already keeps its day.

    `seen` is the number of entries that the person had before them.
    """
    if seen is not None and seen != len(entries_of(session, slug)):
        raise DomainError(CHANGED_MEANWHILE)
    if not reason.strip():
        raise DomainError(Message("Say why the limit is changed."), status=400)
    work = work_calendar(session)
    _check(slug, amount, from_on, on, _with_change(work, slug, amount, from_on))
    row = find_default(slug, from_on)
    before = work.with_own_amount(row, from_on)["amount"] if row is not None else None
    entry = DefaultClock(slug=slug, amount=amount, from_on=from_on, reason=reason.strip(), set_by_id=actor.id)
    after = {"value": amount, "from_on": from_on}
    session.add_all([entry, audit("default-clock:set", slug, actor, before={"value": before}, after=after, reason=reason.strip())])
    session.flush()
    forget_calendar(session)
    return entry


def _with_change(work: WorkCalendar, slug: str, amount: int, from_on: date) -> WorkCalendar:
    days = dict(work.own_amounts.get(slug, ())) | {from_on: amount}
    return replace(work, own_amounts={**work.own_amounts, slug: tuple(sorted(days.items()))})


def _check(slug: str, amount: int, from_on: date, on: date, changed: WorkCalendar) -> None:
    row = find_default(slug, from_on)
    if row is None:
        raise DomainError(Message("This limit is law: no office can change it."))
    if from_on < on:
        raise DomainError(Message("What has happened is judged by the limit of its day; choose today or a later day."), status=400)
    bounds = bounds_of(row, from_on)
    if not bounds.lowest <= amount <= bounds.highest:
        raise DomainError(Message("Give a whole number between %(low)s and %(high)s.", low=bounds.lowest, high=bounds.highest), status=400)
    if (turned := disorder(slug, from_on, changed)) is not None:
        first, later = (duty_name(name, from_on) for name in turned)
        raise DomainError(Message("“%(first)s” must come before “%(later)s”.", first=first, later=later), status=400)
