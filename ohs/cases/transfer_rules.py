"""Which organisations may hold which part of a case: the sharing table (domain 1.4), applied to hand-overs."""

from __future__ import annotations

from ohs.accounts.models import Organisation
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY

#: The track of the clock that runs while a hand-over waits.
TRANSFER = "transfer"
#: The deadline within which it is answered.
REFUSE_WITHIN = "transfer-refuse"
#: Kinds without a worker's health in them: every department may hold them.
OPEN_KINDS = ("overlimit", "cluster", "acute", "complaint")
#: The institution that can act in a kind of case.
INSTITUTIONS = {"susp": "diagnosis", "overlimit": "testing"}


def departments_for(kind: str, track: str) -> tuple[str, ...]:
    """The departments that may answer for a track of a case of this kind."""
    if track == WORK_INJURY:
        return ("hr",)
    return ("health", "hr", "safety") if track == MAIN and kind in OPEN_KINDS else ("health",)


def may_hold(place: Organisation, kind: str, track: str) -> bool:
    """Whether an organisation may be given this part of a case."""
    if place.kind == "department":
        return place.department in departments_for(kind, track)
    return track == MAIN and INSTITUTIONS.get(kind) == place.kind
