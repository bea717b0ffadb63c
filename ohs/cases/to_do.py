"""What is to be done on a case without a limit: open tracks on which no clock runs, and duties that have none."""

from __future__ import annotations

from typing import NamedTuple

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import Case, CaseClock, CaseDuty


class ToDo(NamedTuple):
    """One thing that somebody must do, and no clock says until when."""

    track: str
    #: The status of the track, or the event of the duty.
    what: str
    #: The actors of the tables, joined by `; ` as clocks name them; empty where the office that answers for the track must look.
    actors: str


def to_do_without_limit(case: Case) -> list[ToDo]:
    """Each open track and each open duty of which no clock runs, with those who must act. What a clock runs for, the clock tells.

    Of a closed case only the duties are left that go on beside it.
    """
    kind = KINDS[case.kind]
    asked_first = {kind.track_of_duty(duty.event) for duty in case.duties if duty.state == "due" and duty.event in kind.first}
    running, paused = ({clock.track for clock in case.clocks if clock.state == state} for state in ("running", "paused"))
    found = []
    for track in (MAIN, *(one.track for one in case.tracks)) if case.closed_on is None else ():
        status = case.status_on(track)
        if track not in running | asked_first and kind.waits_for_people(track, status):
            found.append(ToDo(track, status, "" if track in paused else kind.unlimited.get((track, status), "")))
    return found + [
        ToDo(kind.track_of_duty(duty.event), duty.event, _who(case, duty))
        for duty in case.duties
        if duty.state == "due" and "running" not in _states(case, duty) and (case.closed_on is None or duty.event in kind.lasting)
    ]


def track_of(case: Case, clock: CaseClock) -> str:
    """The track that a clock belongs to; a duty belongs to the track that has opened it."""
    return KINDS[case.kind].track_of_duty(clock.duty.event) if clock.duty is not None else clock.track


def _who(case: Case, duty: CaseDuty) -> str:
    """Whoever does the duty; the office where somebody has suspended its clock, or where the tables know the duty no more."""
    if _states(case, duty):
        return ""
    return next((min(one.step.actors) for one in KINDS[case.kind].duties if one.event == duty.event), "")


def _states(case: Case, duty: CaseDuty) -> set[str]:
    return {clock.state for clock in case.clocks if clock.duty is duty and clock.ended_on is None}
