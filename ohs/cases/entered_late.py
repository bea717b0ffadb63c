"""What is dated within a limit and entered after the night took that for missed: it was kept, and what followed from the miss falls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from ohs.cases.actors import SYSTEM, By
from ohs.cases.durations import forget_duration
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import beside, drop_duties, write_step
from ohs.kernel.lifecycle import Step

#: The line of the timeline.
DATED_IN_TIME = "dated-in-time"


def mend(session: Session, case: Case, track: str, step: Step, done_on: date, on: date) -> None:
    """Let the limits that a move keeps be kept on the day on which it was done, and tell everybody who was told otherwise.

    A decision that was made meanwhile stays, and so does an inspection that was held.
    """
    kind = KINDS[case.kind]
    kept = _passed_over(case, track, step, kind.kept_by(track, step.event), done_on)
    released = _passed_over(case, track, step, kind.releases.get(step.event, ()), done_on)
    changed = [clock for clock in (*kept, *released) if clock in kept or clock.state != "dropped"]
    fallen = {what for clock in (*kept, *released) for what in kind.falls_with.get(clock.slug, ())}
    withdrawn = [duty.event for duty in case.duties if duty.state == "due" and duty.event in fallen]
    if not changed and not withdrawn:
        return
    first = min(kept or released, key=lambda clock: clock.due_on)
    since = [one for one in case.steps[:-1] if one.on > first.due_on]
    for clock in changed:
        forget_duration(session, clock)
        clock.state, clock.ended_on = "met" if clock in kept else "dropped", max(done_on, clock.started_on)
    for clock in case.clocks:
        if clock.slug in fallen and clock.status == step.before and clock.state != "dropped":
            clock.state, clock.ended_on = "dropped", on
    drop_duties(case, set(withdrawn), on)
    facts = {"clock": first.slug, "done_on": done_on, "until_on": first.due_on, "withdrawn": withdrawn or None}
    told = {actor for one in since for actor in one.told}
    write_step(case, track, beside(case, DATED_IN_TIME, SYSTEM, track), SYSTEM, By(), facts, frozenset(told), on)


def _passed_over(case: Case, track: str, step: Step, slugs: Iterable[str], done_on: date) -> list[CaseClock]:
    """The latest clocks of some names that ended once their last day had passed, where that was none too early for what was done.

    A limit that begins anew with what the miss has brought stands for the one that was missed.
    """
    kind, found = KINDS[case.kind], []
    came = next((one for one in reversed(case.steps[:-1]) if (one.track, one.after) == (track, step.before) != (track, one.before)), None)
    for slug in sorted(slugs):
        named = [clock for clock in case.clocks if clock.track == track and kind.swapped.get(clock.slug, clock.slug) == slug]
        before = [clock for clock in named if came is not None and clock.status == came.before]
        found += (before if named and named[-1].status == step.before and before else named)[-1:]
    return [
        clock
        for clock in found
        if clock.state in ("late", "dropped") and clock.ended_on is not None and done_on <= clock.due_on < clock.ended_on
    ]


def revive_duties(case: Case) -> None:
    """Let duties be due again that ended because the case did."""
    for duty in case.duties:
        if duty.state != "dropped" or case.closed_on is None or duty.done_on != max(case.closed_on, duty.opened_on):
            continue
        duty.state, duty.done_on = "due", None
        for clock in [one for one in case.clocks if one.duty is duty][-1:]:
            clock.state, clock.ended_on = "running", None
