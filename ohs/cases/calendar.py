"""What the calendar brings to cases: limits that pass, clocks that start then, and who is told of what is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from ohs.accounts.settings import DEFAULTS, setting
from ohs.cases.actors import By
from ohs.cases.clocks import AMBER, CITY, JOINT_MEETING, RED, end_clock, passed_slugs, start_clock, work_calendar
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Kind, names_by_limit
from ohs.cases.machine import do, follow
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import situation_of
from ohs.cases.queries import hold
from ohs.cases.waiting import settle
from ohs.rulebook.deadlines import WorkCalendar, deadline

#: Slugs of clocks whose end brings something by itself.
BRINGING = frozenset(
    slug
    for kind in KINDS.values()
    for slug in (
        *(slug for _track, _status, slug in kind.on_limit),
        *(slug for slugs in kind.after_limit.values() for slug in slugs),
        *kind.rights,
    )
)
#: The steps of the ladder after the last day, from above, with the limit after which each is reached.
LADDER = ((JOINT_MEETING, "escalation-joint-meeting"), (CITY, "escalation-city"), (RED, "escalation-county"))
#: Clocks that rise before their last day: slug → the earlier limit, and where that brings them (domain.md 4.2, escalate on).
EARLY = {
    "work-injury-apply-employer": ("work-injury-prewarn", AMBER),
    "work-injury-apply-worker": ("work-injury-worker-alarm", JOINT_MEETING),
}
#: Clocks that can still rise.
RAISABLE = and_(CaseClock.state == "running", CaseClock.escalation < JOINT_MEETING)
DAYS_AT_ONCE = 500


def catch_up(session: Session, case: Case, on: date) -> int:
    """Bring a case to a day: whatever its limits have brought by then, in order. Doing it twice changes nothing."""
    kind, done = KINDS[case.kind], 0
    for _round in range(len(kind.on_limit) + len(kind.after_limit) + 1):
        started = _start_after_limits(session, kind, case, on)
        event = _passed_event(kind, case, on)
        if event is not None:
            track, name = event
            do(session, case, name, {}, by=By(), on=on, track=track)
        elif follow(session, case, on):
            settle(session, case)
        elif not started:
            break
        done += 1
    _end_rights(session, kind, case, on)
    return done


def _end_rights(session: Session, kind: Kind, case: Case, on: date) -> None:
    """Whoever may do something and has not done it in time is not late: the clock ends, and nobody is asked any more."""
    over = [clock for clock in case.clocks if clock.state == "running" and clock.slug in kind.rights and clock.due_on < on]
    for clock in over:
        end_clock(clock, on, is_met=False)
    if over:
        settle(session, case)


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
        for name in names_by_limit(event):
            act = kind.act(track, name)
            if act is not None and act.refuses(situation_of(case, on), {}) is None:
                return track, name
    return None


def cases_to_catch_up(session: Session, on: date, *, after_id: int = 0, limit: int | None = None) -> Iterable[Case]:
    """Open cases with a passed limit that may bring something, by id; `after_id` and `limit` take them in portions."""
    question = (
        select(CaseClock.case_id)
        .where(CaseClock.state == "running", CaseClock.due_on < on, CaseClock.slug.in_(BRINGING), CaseClock.case_id > after_id)
        .distinct()
        .order_by(CaseClock.case_id)
        .limit(limit)
    )
    for case_id in session.scalars(question).all():
        hold(session, Case.id == case_id)
        yield session.get_one(Case, case_id, populate_existing=True)


def escalate(session: Session, on: date) -> int:
    """Raise what is late a step up the ladder: amber, county leader, city, joint meeting; how many were raised.

    Clocks are raised as sets, by their last day, however many there are; no record is loaded.
    """
    session.flush()
    work, amber = work_calendar(session), amber_of(session)
    late: dict[int, list[date]] = {}
    for due_on in session.scalars(select(CaseClock.due_on).where(RAISABLE, CaseClock.due_on < on).distinct()):
        late.setdefault(_late_level(due_on, on, work), []).append(due_on)
    raised = 0
    for level, days in sorted(late.items()):
        for first in range(0, len(days), DAYS_AT_ONCE):
            raised += _raise(session, level, CaseClock.due_on.in_(days[first : first + DAYS_AT_ONCE]))
    ahead = CaseClock.due_on >= on, CaseClock.started_on < CaseClock.due_on
    raised += _raise(session, AMBER, *ahead, CaseClock.due_on <= on + timedelta(days=amber.days))
    for due_on in session.scalars(select(CaseClock.due_on).where(RAISABLE, CaseClock.due_on > on + timedelta(days=amber.days)).distinct()):
        raised += _raise(session, AMBER, CaseClock.due_on == due_on, CaseClock.started_on <= amber.latest_start(due_on, on))
    for slug, (_earlier, level) in EARLY.items():
        is_below = CaseClock.slug == slug, CaseClock.escalation < level
        for started_on in session.scalars(select(CaseClock.started_on).where(RAISABLE, *is_below).distinct()):
            if _is_early(slug, started_on, on, work):
                raised += _raise(session, level, *is_below, CaseClock.started_on == started_on)
    session.expire_all()
    return raised


def _raise(session: Session, level: int, *which: ColumnElement[bool]) -> int:
    raising = update(CaseClock).where(CaseClock.state == "running", CaseClock.escalation < level, *which).values(escalation=level)
    return session.execute(raising.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined,no-any-return]


@dataclass(frozen=True)
class Amber:
    """From when a clock is amber: a share of its limit in per cent, or so many days before its end. Defaults of this office."""

    percent: int = DEFAULTS["amber_percent"]
    days: int = DEFAULTS["amber_days"]

    def holds(self, started_on: date, due_on: date, on: date) -> bool:
        """Whether a clock whose last day has not passed is amber."""
        if started_on >= due_on:  # a duty of the same day is never soon due: it is due
            return False
        return due_on - on <= timedelta(days=self.days) or started_on <= self.latest_start(due_on, on)

    def latest_start(self, due_on: date, on: date) -> date:
        """The latest day on which a clock may have started that has used up its share by now."""
        ordinal = (100 * on.toordinal() - self.percent * due_on.toordinal()) // (100 - self.percent)
        return date.fromordinal(max(ordinal, 1))


def amber_of(session: Session) -> Amber:
    """As this office has set it."""
    return Amber(setting(session, "amber_percent"), setting(session, "amber_days"))


def level_of(clock: CaseClock, on: date, work: WorkCalendar | None = None, amber: Amber | None = None) -> int:
    """How far up the ladder a clock stands on a day."""
    early = EARLY[clock.slug][1] if _is_early(clock.slug, clock.started_on, on, work) else 0
    if on <= clock.due_on:
        return max(early, AMBER if (amber or Amber()).holds(clock.started_on, clock.due_on, on) else 0)
    return max(early, _late_level(clock.due_on, on, work))


def level_shown(clock: CaseClock, on: date, work: WorkCalendar, amber: Amber) -> int:
    """The step as a page tells it on a day, whether or not the night has been there: what is past its last day is late and not soon due."""
    if clock.state != "running":
        return 0
    level = max(level_of(clock, on, work, amber), clock.escalation if clock.escalation >= RED else 0)
    return 0 if level == AMBER and clock.due_on < on else level


def _is_early(slug: str, started_on: date, on: date, work: WorkCalendar | None) -> bool:
    answer = deadline(EARLY[slug][0], started_on, work=work) if slug in EARLY else None
    return answer is not None and answer.is_answered and on >= answer.value["due"]


def _late_level(due_on: date, on: date, work: WorkCalendar | None) -> int:
    for level, slug in LADDER:
        answer = deadline(slug, due_on, work=work)
        if answer.is_answered and on >= answer.value["due"]:
            return level
    return AMBER
