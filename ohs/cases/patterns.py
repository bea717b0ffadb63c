"""The pattern of cases that are opened alike: made once by the machine, outside the session, and counted anew for each day.

Thousands of cases that one upload opens differ in who and where, hardly in what happens to them: kind and first events are few, and
of the days only the one matters from which the limits count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.clocks import nearest_day, reckon
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN, Act
from ohs.cases.machine import Opening, act_on, begin_case
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseSource, CaseStep
from ohs.cases.moving import write_beside
from ohs.cases.waiting import Asking, asking_of
from ohs.rulebook.deadlines import stretch_of

#: Facts that differ from case to case and decide neither a status nor a clock.
VARYING = frozenset({"card_no", "previous_card_no", "hazards", "disease", "items", "record"})
#: Events that leave the status as it is.
BESIDE = frozenset({"found-again"})


@dataclass(frozen=True)
class Source:
    """A record that a case rests on."""

    record_id: int
    number: str
    revision: int = 1
    role: str = "finding"
    what: str = "examination"


@dataclass(frozen=True)
class Happening:
    """What happens to a case in the same breath in which it is opened."""

    event: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_of_itself: bool = False


@dataclass
class Wanted:
    """A case to be opened, what happens to it at once, and the records it rests on."""

    opening: Opening
    sources: list[Source]
    then: list[Happening] = field(default_factory=list)

    @property
    def facts(self) -> tuple[Mapping[str, Any], ...]:
        """What the opening and each happening tell."""
        return self.opening.facts, *(one.facts for one in self.then)


class StepLine(NamedTuple):
    """A line of the timeline, without what the case's own facts tell."""

    position: int
    on: date
    track: str
    event: str
    before: str
    after: str
    actor: str
    user_id: int | None
    organisation_id: int | None
    told: list[str]
    act: Act | None
    #: Which of the facts it tells, if any.
    tells: int | None


class DutyLine(NamedTuple):
    """Something to be done beside the status."""

    event: str
    opened_by: int
    state: str
    opened_on: date
    done_on: date | None


class ClockLine(NamedTuple):
    """A clock; `duty` is the place of its duty."""

    track: str
    status: str
    duty: int | None
    slug: str
    actors: str
    started_on: date
    due_on: date
    is_statutory: bool
    is_provisional: bool
    is_set: bool
    state: str
    ended_on: date | None
    escalation: int
    amount: int | None


@dataclass(frozen=True)
class Pattern:
    """A case as the machine makes it."""

    status: str
    closed_on: date | None
    came_from: str
    round: int
    steps: tuple[StepLine, ...]
    duties: tuple[DutyLine, ...]
    clocks: tuple[ClockLine, ...]
    #: What it asks; clocks by their place above.
    asking: Asking
    due_on: date | None

    def on_day(self, before: date, day: date, reckoned: Callable[[str, date], Any]) -> Pattern:
        """The same where all that began on one day began on another."""
        clocks = tuple(_begun_on(day, clock, reckoned(clock.slug, day)) if clock.started_on == before else clock for clock in self.clocks)
        duties = tuple(duty._replace(opened_on=day) if duty.opened_on == before else duty for duty in self.duties)
        asked = tuple(one._replace(due_on=clocks[one.clock].due_on) for one in self.asking.clocks)
        due_on = min((clock.due_on for clock in clocks if clock.state == "running"), default=None)
        return replace(self, clocks=clocks, duties=duties, asking=self.asking._replace(clocks=asked), due_on=due_on)

    @property
    def is_only_running(self) -> bool:
        """Whether every clock runs to a day that the table of deadlines gives."""
        return all(clock.state == "running" and not clock.is_set for clock in self.clocks)


def _begun_on(day: date, clock: ClockLine, limit: Any) -> ClockLine:
    return clock._replace(
        started_on=day, due_on=limit.due_on, amount=limit.amount, is_statutory=limit.is_statutory, is_provisional=limit.is_provisional
    )


class Patterns:
    """The patterns of one loading: what was made once is not made again."""

    def __init__(self, session: Session, owner_id: Callable[[Opening], int], by: By, on: date) -> None:
        self.session, self.owner_id, self.by, self.on = session, owner_id, by, on
        self._held: dict[tuple[Any, ...], Pattern] = {}
        #: The first pattern of each way, and the day from which its limits count.
        self._ways: dict[tuple[Any, ...], tuple[Pattern, date]] = {}
        self._limits: dict[tuple[str, date], Any] = {}

    def of(self, one: Wanted) -> Pattern:
        """The pattern that a case follows."""
        opening, key = one.opening, _counts_from(one.opening)
        first = dict(_deciding(opening.facts))
        day = first.pop(key, None)
        way = (
            opening.kind,
            opening.event,
            opening.subtype,
            tuple(first.items()),
            tuple((then.event, _deciding(then.facts)) for then in one.then),
        )
        shape = (*way, day)
        if shape not in self._held:
            is_of_days_alone = isinstance(day, date) and day < self.on and not one.then
            self._held[shape] = self._of_day(one, way, day) if is_of_days_alone else self._made(one)
        return self._held[shape]

    def _of_day(self, one: Wanted, way: tuple[Any, ...], day: date) -> Pattern:
        """The pattern of the way, counted for a day; made anew where another row of the tables held on that day."""
        way = (*way, stretch_of(day))
        if way not in self._ways:
            made = self._made(one)
            if not made.is_only_running:
                return made
            self._ways[way] = made, day
        like, before = self._ways[way]
        return like.on_day(before, day, self._reckoned)

    def _reckoned(self, slug: str, day: date) -> Any:
        if (slug, day) not in self._limits:
            self._limits[slug, day] = reckon(self.session, slug, day)
        return self._limits[slug, day]

    def _made(self, one: Wanted) -> Pattern:
        """As the machine makes it, which does not know that the case is written elsewhere."""
        case = begin_case(self.session, one.opening, owner_id=self.owner_id(one.opening), by=self.by, on=self.on)
        case.sources = [_as_record(source, self.on) for source in one.sources]
        told_at = {0: 0}
        for place, happening in enumerate(one.then, 1):
            told_at[len(case.steps)] = place
            whoever = By() if happening.is_of_itself else self.by
            if happening.event in BESIDE:
                write_beside(case, happening.event, happening.facts, by=whoever, on=self.on)
            else:
                act_on(self.session, case, happening.event, happening.facts, by=whoever, on=self.on)
        return _pattern(case, told_at)


def _counts_from(opening: Opening) -> str:
    act = KINDS[opening.kind].act(MAIN, opening.event)
    return act.begins_by(opening.facts) if act is not None else ""


def _deciding(facts: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The facts that decide about statuses, clocks and duties."""
    return tuple(sorted((key, value) for key, value in facts.items() if key not in VARYING and value is not None))


def _as_record(source: Source, on: date) -> CaseSource:
    """The line of a case that says on what it rests."""
    return CaseSource(
        what=source.what, record_id=source.record_id, number=source.number, role=source.role, revision=source.revision, added_on=on
    )


def _pattern(case: Case, told_at: Mapping[int, int]) -> Pattern:
    kind, duties, clocks = KINDS[case.kind], list(case.duties), list(case.clocks)
    asking = asking_of(case)
    asked = tuple(one._replace(clock=clocks.index(one.clock)) for one in asking.clocks)
    return Pattern(
        case.status, case.closed_on, case.came_from, case.round,
        steps=tuple(_step(kind.act(step.track, step.event), step, told_at.get(place)) for place, step in enumerate(case.steps)),
        duties=tuple(DutyLine(duty.event, duty.opened_by, duty.state, duty.opened_on, duty.done_on) for duty in duties),
        clocks=tuple(_clock(clock, duties) for clock in clocks), asking=asking._replace(clocks=asked), due_on=nearest_day(case),
    )  # fmt: skip


def _step(act: Act | None, step: CaseStep, tells: int | None) -> StepLine:
    return StepLine(
        step.position, step.on, step.track, step.event, step.before, step.after, step.actor, step.user_id, step.organisation_id, step.told, act, tells
    )  # fmt: skip


def _clock(clock: CaseClock, duties: list[CaseDuty]) -> ClockLine:
    duty = None if clock.duty is None else duties.index(clock.duty)
    return ClockLine(
        clock.track, clock.status, duty, clock.slug, clock.actors, clock.started_on, clock.due_on, clock.is_statutory, clock.is_provisional, clock.is_set,
        clock.state, clock.ended_on, clock.escalation, clock.amount,
    )  # fmt: skip
