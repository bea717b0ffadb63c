"""The words in which a kind of case is declared: tracks, acts with the facts they bring, clocks, duties and guards.

Which event leads from which status to which other, who may do it, and the limit it must keep stand in the table of lifecycles;
a kind adds what the table cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ohs.cases.kinds.situation import MAIN, Facts, Situation
from ohs.kernel.lifecycle import Lifecycle, Step
from ohs.kernel.message import Message
from ohs.rulebook.tables import table

#: What the table of lifecycles calls the steps beside the status.
DUTY = "duty"


@dataclass(frozen=True)
class Fact:
    """One thing that an act tells: `text`, `day`, `number`, `yes`, `choice`, `institution`, `clinic`, `diagnosis`, `disease`, `hazards` or `worker`."""

    key: str
    label: Message
    kind: str = "text"
    is_required: bool = True
    choices: Mapping[str, Message] = field(default_factory=dict)
    #: Medical, or about a person's body: kept sealed and shown to those who may read the case in full.
    is_medical: bool = False
    #: Medical, and still what HR needs for work injury: name of a confirmed disease, word of an appraisal, grade (domain 1.4).
    is_of_injury: bool = False
    #: About a disease that has nothing to do with work: for the worker and the institution that found it, for nobody else.
    is_unrelated: bool = False
    #: The only subtype of cases in which it is asked.
    only_in: str = ""
    #: Answers that a record alone brings, because more follows from them than somebody who enters them by hand can do.
    by_record: frozenset[str] = frozenset()


#: Says why an act cannot be done now, or nothing: by how the case stands and what is told, or by how it stands alone.
Guard = Callable[[Situation, Facts], Message | None]
Bar = Callable[[Situation], Message | None]


@dataclass(frozen=True)
class Passed:
    """A bar of the calendar: only once the last day of a clock lies behind."""

    slug: str
    sentence: Message

    def __call__(self, situation: Situation) -> Message | None:
        return None if self.slug in situation.passed else self.sentence


@dataclass(frozen=True)
class Act:
    """What an event of the table asks of whoever does it."""

    event: str
    name: Message
    facts: tuple[Fact, ...] = ()
    #: Kinds of evidence that must be on file.
    evidence: tuple[str, ...] = ()
    #: Kinds of evidence besides, by subtype of the case.
    evidence_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Earlier events of its track that it answers: of its evidence only what came on file since the last of them counts.
    answers: tuple[str, ...] = ()
    guard: Guard | None = None
    #: What keeps it from being done today whatever is told: while it says something, there is no button for the act.
    bar: Bar | None = None
    #: Kinds of actor that are told of it.
    tells: frozenset[str] = frozenset()
    #: The fact whose day starts the clocks of the status that follows; the day of the act where none is named.
    counts_from: str = ""
    #: A fact whose day, where it is told, takes the place of that one: what was found was known only since then.
    counts_instead: str = ""
    #: Of those, the fact whose day starts a clock in place of that one, by the clock's slug.
    begins: Mapping[str, str] = field(default_factory=dict)
    #: The fact whose day starts the duties that it opens, where that is another.
    owes_from: str = ""
    #: The facts whose latest day is the one on which the limit was kept, where that is not the day from which the next ones count.
    kept_on: tuple[str, ...] = ()
    #: The fact that sets the last day of a clock by itself, by the clock's slug: the date in an order, the date that a clinic named.
    sets_due: Mapping[str, str] = field(default_factory=dict)
    #: Another clock in place of a slug's, where a fact says yes: slug → (key of the fact, slug of the other).
    swaps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Duties beside the status that are done with it, because its facts tell that they are.
    does: tuple[str, ...] = ()
    #: Whether the clock that it answers begins anew where the status stays.
    is_repeated: bool = False
    #: The earlier event and its fact that say how every line still open is closed with it.
    closes_lines: tuple[str, str] | None = None
    #: Whether labour inspection has to look into it: a lead of its own opens at the HR department, which sees nothing of this case.
    opens_lead: bool = False

    def done_on(self, facts: Facts, on: date) -> date:
        """The day on which it was done, by its own facts: by this day a limit is kept, however much later it is entered."""
        told = [facts.get(key) for key in self.kept_on or (self.counts_from,)]
        return min(max((day for day in told if isinstance(day, date)), default=on), on)

    def refuses(self, situation: Situation, facts: Facts) -> Message | None:
        """Why it cannot be done now."""
        if self.bar is not None and (barred := self.bar(situation)) is not None:
            return barred
        return self.guard(situation, facts) if self.guard is not None else None

    def begins_by(self, facts: Facts) -> str:
        """The fact whose day starts the clocks that follow."""
        return self.counts_instead if facts.get(self.counts_instead) else self.counts_from

    def too_early(self, situation: Situation) -> Message | None:
        """Why the calendar keeps it from being done yet, whatever it would tell."""
        return self.bar(situation) if isinstance(self.bar, Passed) else None

    def is_out_of_place(self, situation: Situation) -> bool:
        """Whether something other than the calendar keeps it from being done, whatever it would tell."""
        return not isinstance(self.bar, Passed) and self.bar is not None and self.bar(situation) is not None

    def asks(self, subtype: str) -> tuple[str, ...]:
        """The evidence that a case of a subtype must have on file."""
        return self.evidence + self.evidence_of.get(subtype, ())


@dataclass(frozen=True)
class Follow:
    """An event that the system does by itself as soon as something holds."""

    track: str
    event: str
    holds: Callable[[Situation], bool]
    #: The day from which its limits count: of the certificate that brings it, however much later that is entered.
    since: Callable[[Situation], date | None] = lambda _situation: None
    #: The day on which what it answers was done, where that is not the day on which it follows.
    done_on: Callable[[Situation], date | None] = lambda _situation: None


@dataclass(frozen=True)
class Duty:
    """Something to be done beside the status: opened when a status is reached, done by an event of its own."""

    event: str
    name: Message
    #: Track and status that open it.
    opened_by: tuple[str, str]
    step: Step
    condition: Callable[[Situation], bool] = lambda _situation: True


class Kind:
    """One kind of case, whole."""

    def __init__(
        self,
        code: str,
        name: Message,
        *,
        prefix: str,
        acts: Mapping[str, Iterable[Act]],
        finals: Iterable[str],
        statuses: Mapping[str, Message],
        departments: Mapping[str, str] | None = None,
        departments_of: Mapping[str, str] | None = None,
        subtypes: Mapping[str, Message] | None = None,
        duties: Iterable[tuple[str, Message, tuple[str, str], Callable[[Situation], bool] | None]] = (),
        follows: Iterable[Follow] = (),
        on_limit: Mapping[tuple[str, str, str], str] | None = None,
        after_limit: Mapping[str, tuple[str, ...]] | None = None,
        rights: Iterable[str] = (),
        breaches: Iterable[str] = (),
        during: Mapping[str, str] | None = None,
        starts_at: Mapping[str, tuple[str, str]] | None = None,
        started_by: Mapping[str, str] | None = None,
        runs_if: Mapping[str, Callable[[Situation], bool]] | None = None,
        pausing: Iterable[str] = (),
        asked: Iterable[str] = (),
        done_by_itself: Iterable[str] = (),
        duty_guards: Mapping[str, Callable[[Situation], Message | None]] | None = None,
        steps: Iterable[Mapping[str, str]] | None = None,
        reopened_by: Iterable[str] = (),
        unlimited: Mapping[tuple[str, str], str] | None = None,
        wanted: Mapping[str, Message] | None = None,
        resting: Iterable[str] = (),
        overturned: Mapping[str, tuple[str, str]] | None = None,
        visited: Mapping[str, tuple[str, ...]] | None = None,
        asked_by: Mapping[str, str] | None = None,
        first: Iterable[str] = (),
        lasting: Iterable[str] = (),
        renews: Mapping[str, tuple[str, ...]] | None = None,
        duty_evidence: Mapping[str, tuple[str, ...]] | None = None,
        instead: Mapping[str, str] | None = None,
        ends_before: Mapping[str, tuple[str, Callable[[Situation], date | None]]] | None = None,
        late_entries: Iterable[str] = (),
        reviving: Iterable[str] = (),
        keeps: Mapping[str, tuple[str, ...]] | None = None,
        releases: Mapping[str, tuple[str, ...]] | None = None,
        falls_with: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        rows = list(table("lifecycles") if steps is None else steps)
        self.code, self.name, self.prefix = code, name, prefix
        names = dict.fromkeys(row["track"] for row in rows if row["lifecycle"] == code and row["track"] != DUTY)
        #: Track → its lifecycle, the main one first.
        self.tracks = {track: Lifecycle.from_rows(code, rows, track) for track in names}
        #: Track → event → act, of those that can be done next the likeliest first.
        self.acts = {track: {act.event: act for act in given} for track, given in acts.items()}
        #: Main statuses in which the case is closed.
        self.finals = frozenset(finals)
        #: Name of every status of every track.
        self.statuses = dict(statuses)
        #: Track → the department that answers for it; health where none is named.
        self.departments = {track: (departments or {}).get(track, "health") for track in self.tracks}
        #: Subtype → the department that answers for such a case, where it is another.
        self.departments_of = dict(departments_of or {})
        self.subtypes = dict(subtypes or {})
        beside = Lifecycle.from_rows(code, rows, DUTY)
        self.duties = tuple(
            Duty(event, name, opened_by, _duty_step(beside, event), condition or (lambda _situation: True))
            for event, name, opened_by, condition in duties
        )
        self.follows = tuple(follows)
        #: (track, status, slug of a clock) → the event that happens by itself when its last day has passed.
        self.on_limit = dict(on_limit or {})
        #: Slug of a clock → the slugs of the clocks whose last day starts it.
        self.after_limit = dict(after_limit or {})
        #: Slugs of clocks within which somebody may do something and need not: when they have passed nobody is late.
        self.rights = frozenset(rights)
        #: Slugs of clocks that bring an event by themselves and need not be kept: those of `on_limit`, except where passing them is a breach.
        self.optional = self.rights | {slug for _track, _status, slug in self.on_limit} - set(breaches)
        #: The events that passed limits bring, under every name that they have.
        self.brought_by_limits = frozenset(name for event in self.on_limit.values() for name in names_by_limit(event))
        #: Slug of a clock → the only status in which it runs: one that its own event leads to, or one of several that it leads from.
        self.during = dict(during or {})
        #: Slug of a clock → the track and status that start it, where that is on another track.
        self.starts_at = dict(starts_at or {})
        #: Slug of a clock → the only event that starts it, where a status is reached by several.
        self.started_by = dict(started_by or {})
        #: Slug of a clock that took another's place → that other's.
        self.swapped = {new: old for given in self.acts.values() for act in given.values() for old, (_key, new) in act.swaps.items()}
        #: Slug of a clock → the slug that takes its place where the case knows the day before which it must be kept, and that day.
        self.ends_before = dict(ends_before or {})
        self.swapped |= {new: old for old, (new, _day) in self.ends_before.items()}
        #: Slug of a clock → whether this case has it at all.
        self.runs_if = dict(runs_if or {})
        #: Statuses in which the clocks of the status before stand still.
        self.pausing = frozenset(pausing)
        #: Main statuses in which the institution that an act has named acts, in place of the clinic that has found it.
        self.asked = frozenset(asked)
        #: Events of the system that answer a clock: what was to be done is done.
        self.done_by_itself = frozenset(done_by_itself)
        #: Event of a duty → what keeps it from being done.
        self.duty_guards = dict(duty_guards or {})
        #: Events that lead out of a final status.
        self.reopened_by = frozenset(reopened_by)
        #: (track, status) without a limit → the actors who must act, joined by `; `; where none is named, the office that answers for the track.
        self.unlimited = dict(unlimited or {})
        #: Status without a limit → what is to be done, where neither its name nor a single act says it.
        self.wanted = dict(wanted or {})
        #: Main statuses in which nobody acts on the main way: what is to be done is on the tracks beside it.
        self.resting = frozenset(resting)
        #: Final status → the track and status whose duties it makes void: what they were to report turned out not to be so.
        self.overturned = dict(overturned or {})
        #: Main status → what the town is asked to look at on the spot as soon as the case comes there.
        self.visited = dict(visited or {})
        #: Event of a duty → the act that opens it, where no status does.
        self.asked_by = dict(asked_by or {})
        #: Duties that come before everything else on their track: while one is open, the track waits for nobody else; who goes on drops it.
        self.first = frozenset(first)
        #: Duties without a limit that outlast the case: they go on beside it, however it ends.
        self.lasting = frozenset(lasting)
        #: Event of a duty → the clock that begins anew on its track as soon as it is done.
        self.renews = dict(renews or {})
        #: Event of a duty → the kinds of evidence that must have come on file since it was opened.
        self.duty_evidence = dict(duty_evidence or {})
        #: Event of a duty that is to be done at once → the duty in whose place it stands, and which is needless once it is done.
        self.instead = dict(instead or {})
        #: Events that an office may enter although the case is closed, because they are dated within their limit; and those of the system
        #: with which it lives again.
        self.late_entries, self.reviving = frozenset(late_entries), frozenset(reviving)
        #: Event → limits that it keeps besides those of its rows, and limits that bind nobody any more since its day.
        self.keeps, self.releases = dict(keeps or {}), dict(releases or {})
        #: Slug of a limit that was taken for missed → the duties and clocks that fall where it turns out to be kept.
        self.falls_with = dict(falls_with or {})

    def lifecycle(self, track: str) -> Lifecycle:
        """The table of one track."""
        return self.tracks[track]

    def act(self, track: str, event: str) -> Act | None:
        """What an event asks."""
        return self.acts.get(track, {}).get(event)

    def steps_from(self, track: str, status: str) -> tuple[Step, ...]:
        """What can happen next on a track."""
        return self.tracks[track].events_from(status)

    def clocks_started(self, track: str, status: str, event: str) -> tuple[Step, ...]:
        """The steps whose limits begin to run when `event` brings a track to a status, one for each clock."""
        found: dict[str, Step] = {}
        for name, lifecycle in self.tracks.items():
            for step in lifecycle.steps:
                if step.deadline and self._starts(name, step, track, status, event):
                    found.setdefault(step.deadline, step)
        return tuple(found.values())

    def _starts(self, of: str, step: Step, track: str, status: str, event: str) -> bool:
        slug = step.deadline
        if slug in self.after_limit or self.started_by.get(slug, event) != event:
            return False
        if slug in self.starts_at:
            return self.starts_at[slug] == (track, status)
        if of != track:
            return False
        if slug in self.during:
            return self.during[slug] == status and (step.before == status or (step.event, step.after) == (event, status))
        return step.before == status

    def kept_by(self, track: str, event: str) -> frozenset[str]:
        """The limits that an event keeps, from whatever status."""
        rows = {step.deadline for step in self.tracks[track].steps if step.event == event and step.deadline}
        return frozenset(rows.union(self.keeps.get(event, ())))

    def waits_for_people(self, track: str, status: str) -> bool:
        """Whether somebody must act for a track to leave its status; the main way always waits, unless it rests on the tracks."""
        if track == MAIN:
            return status not in self.finals | self.resting
        late = self.late_entries  # may be entered once the limit has passed, and need not
        return any(step.actors != {"system"} and (step.deadline or step.event not in late) for step in self.steps_from(track, status))

    def track_of_duty(self, event: str) -> str:
        """The track that opens a duty."""
        return next((duty.opened_by[0] for duty in self.duties if duty.event == event), MAIN)

    def opens(self, duty: Duty, track: str, step: Step) -> bool:
        """Whether a step opens a duty, if its condition agrees."""
        if duty.event in self.asked_by:
            return (duty.opened_by[0], self.asked_by[duty.event]) == (track, step.event)
        return duty.opened_by == (track, step.after) and step.before != step.after

    def department(self, subtype: str) -> str:
        """The department that answers for a case of a subtype."""
        return self.departments_of.get(subtype, self.departments[MAIN])

    def is_closed(self, status: str) -> bool:
        """Whether a main status ends the case."""
        return status in self.finals


def names_by_limit(event: str) -> tuple[str, ...]:
    """The names of what a passed limit brings: by itself, and by what the last certificate says."""
    return event, f"{event}-yes", f"{event}-no"


def _duty_step(steps: Lifecycle, event: str) -> Step:
    step = steps.find_step("due", event)
    if step is None:
        raise ValueError(f"lifecycle {steps.name}: no duty is done by {event}")
    return step
