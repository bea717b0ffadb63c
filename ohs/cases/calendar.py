"""What the calendar brings to cases: limits that pass, clocks that start then, and who is told of what is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.clocks import passed_slugs, start_clock, work_calendar
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Kind
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import situation_of
from ohs.cases.waiting import settle
from ohs.rulebook.deadlines import deadline

#: Slugs of clocks whose end brings something by itself.
BRINGING = frozenset(
    slug
    for kind in KINDS.values()
    for slug in (*(slug for _track, _status, slug in kind.on_limit), *(slug for slugs in kind.after_limit.values() for slug in slugs))
)
AMBER, RED, CITY, JOINT_MEETING = 1, 2, 3, 4
#: Share of the limit, and days before its end, from which a clock is amber (a default of this office).
AMBER_SHARE, AMBER_DAYS = 0.7, 5


def catch_up(session: Session, case: Case, on: date) -> int:
    """Bring a case to a day: whatever its limits have brought by then, in order. Doing it twice changes nothing."""
    kind, done = KINDS[case.kind], 0
    for _round in range(len(kind.on_limit) + len(kind.after_limit) + 1):
        started = _start_after_limits(session, kind, case, on)
        event = _passed_event(kind, case, on)
        if event is not None:
            track, name = event
            do(session, case, name, {}, by=By(), on=on, track=track)
        if not started and event is None:
            break
        done += 1
    return done


def _start_after_limits(session: Session, kind: Kind, case: Case, on: date) -> bool:
    has_started = False
    for slug, waited in kind.after_limit.items():
        for track, lifecycle in kind.tracks.items():
            step = next((one for one in lifecycle.events_from(case.status_on(track)) if one.deadline == slug), None)
            if step is None:
                continue
            ended = [clock for clock in case.clocks if clock.slug in waited and clock.state == "running" and clock.due_on < on]
            if ended and not any(clock.slug == slug and clock.started_on >= ended[-1].due_on for clock in case.clocks):
                start_clock(
                    session, case, track=track, status=step.before, slug=slug, actors="; ".join(sorted(step.actors)), on=ended[-1].due_on
                )
                has_started = True
    if has_started:
        settle(session, case)
    return has_started


def _passed_event(kind: Kind, case: Case, on: date) -> tuple[str, str] | None:
    """Track and event that a passed limit brings now, if its guard agrees."""
    passed = passed_slugs(case, on)
    for (track, status, slug), event in kind.on_limit.items():
        if case.status_on(track) != status or slug not in passed:
            continue
        for name in (event, f"{event}-yes", f"{event}-no"):
            act = kind.act(track, name)
            if act is not None and (act.guard is None or act.guard(situation_of(case, on), {}) is None):
                return track, name
    return None


def cases_to_catch_up(session: Session, on: date) -> Iterable[Case]:
    """Open cases with a passed limit that may bring something."""
    question = select(CaseClock.case_id).where(CaseClock.state == "running", CaseClock.due_on < on, CaseClock.slug.in_(BRINGING)).distinct()
    for case_id in session.scalars(question).all():
        yield session.get_one(Case, case_id)


def escalate(session: Session, on: date) -> int:
    """Raise what is late a step up the ladder: amber, county leader, city, joint meeting; how many were raised."""
    work = work_calendar(session)
    raised = 0
    question = select(CaseClock).where(CaseClock.state == "running", or_(CaseClock.escalation < JOINT_MEETING))
    for clock in session.scalars(question):
        level = max(clock.escalation, level_of(clock, on, work))
        raised += level != clock.escalation
        clock.escalation = level
    return raised


def level_of(clock: CaseClock, on: date, work: object = None) -> int:
    """How far up the ladder a clock stands on a day."""
    if on <= clock.due_on:
        length = (clock.due_on - clock.started_on).days
        share = (on - clock.started_on).days / length if length else 1.0
        return AMBER if length and (share >= AMBER_SHARE or clock.due_on - on <= timedelta(days=AMBER_DAYS)) else 0
    ladder = ((JOINT_MEETING, "escalation-joint-meeting"), (CITY, "escalation-city"), (RED, "escalation-county"))
    for level, slug in ladder:
        answer = deadline(slug, clock.due_on, work=work)  # type: ignore[arg-type]
        if answer.is_answered and on >= answer.value["due"]:
            return level
    return AMBER
