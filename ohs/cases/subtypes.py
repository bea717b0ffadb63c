"""A case that turns out to be of another subtype: what hangs on that begins, and what hung on the other one ends."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ohs.cases.clocks import end_clock, open_clocks, start_clock
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Kind, Situation
from ohs.cases.models import Case, CaseStep
from ohs.cases.moving import awaited, drop_duties, ends_before, open_duty, situation_of
from ohs.kernel.lifecycle import Step


def change_subtype(session: Session, case: Case, subtype: str, because_of: CaseStep, *, on: date) -> None:
    """Let a case be of another subtype since a line of its timeline; the caller settles it."""
    if case.subtype == subtype:
        return
    kind, before = KINDS[case.kind], situation_of(case, on)
    case.subtype = subtype
    after = situation_of(case, on)
    _change_duties(session, kind, case, before, after, because_of, on)
    _change_clocks(session, kind, case, before, after, on)


def _change_duties(session: Session, kind: Kind, case: Case, before: Situation, after: Situation, because_of: CaseStep, on: date) -> None:
    """What must be done at once counts from the day on which it is known, what takes its place from the day of the finding."""
    reached = {(step.track, step.after) for step in case.steps}
    for duty in kind.duties:
        if duty.opened_by not in reached or duty.condition(after) == duty.condition(before):
            continue
        if not duty.condition(after):
            drop_duties(case, {duty.event}, on)
        elif not _is_answered(kind, case, duty.event):
            other = next((at_once for at_once, later in kind.instead.items() if later == duty.event), "")
            since = next((one.opened_on for one in case.duties if one.event == other), on)
            open_duty(session, case, duty, because_of, min(since, on), on)


def _is_answered(kind: Kind, case: Case, event: str) -> bool:
    """Whether a duty is due or done, or another that makes it needless is done."""
    at_once = {one for one, later in kind.instead.items() if later == event}
    return any((one.event == event and one.state != "dropped") or (one.event in at_once and one.state == "done") for one in case.duties)


def _change_clocks(session: Session, kind: Kind, case: Case, before: Situation, after: Situation, on: date) -> None:
    """The limits of where the case stands, by what it is now; they count from where those of the other subtype have begun."""
    for track in kind.tracks:
        status = case.status_on(track)
        came = next((one for one in reversed(case.steps) if (one.track, one.after) == (track, status) and one.before != status), None)
        step = came and kind.tracks[track].find_step(came.before, came.event)
        if not step:
            continue
        changing = {one.deadline: one for one in kind.clocks_started(track, status, step.event) if _changes(kind, one, before, after)}
        ended = [clock for clock in open_clocks(case) if kind.swapped.get(clock.slug, clock.slug) in changing and clock.track == track]
        for clock in ended:
            end_clock(clock, on, is_met=False)
        start = min((clock.started_on for clock in ended), default=on)
        for slug, waited in changing.items():
            if kind.runs_if[slug](after):
                named, last = ends_before(kind, slug, after)
                actors = awaited(waited, step, start)
                start_clock(session, case, track=track, status=status, slug=named, actors=actors, on=start, set_due_on=last)


def _changes(kind: Kind, waited: Step, before: Situation, after: Situation) -> bool:
    condition = kind.runs_if.get(waited.deadline)
    return condition is not None and condition(before) != condition(after)
