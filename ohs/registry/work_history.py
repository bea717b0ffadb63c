"""A working life as one list: every stay at an employer's post with its hazards, and how long each hazard has acted in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ohs.registry.models import Employment, Exposure

#: The mean length of a month, for telling days as months.
DAYS_OF_A_MONTH = 365.2425 / 12


@dataclass
class Stay:
    """One post at one employer, with the hazards met there; known from employments, from exposures, or from both."""

    employer_id: int
    host_employer_id: int | None
    workshop: str
    post: str
    starts_on: date
    #: Set where a record says that the worker left.
    ends_on: date | None
    seen_on: date
    exposures: list[Exposure] = field(default_factory=list)

    @property
    def until(self) -> date:
        """The last day that is known."""
        return self.ends_on or self.seen_on


@dataclass(frozen=True)
class Dose:
    """How long one hazard has acted, over every employer; days that overlap count once."""

    hazard_code: str
    first_on: date
    last_on: date
    days: int
    employers: int

    @property
    def years_and_months(self) -> tuple[int, int]:
        """Whole years and months."""
        return divmod(round(self.days / DAYS_OF_A_MONTH), 12)


def stays(employments: Sequence[Employment], exposures: Sequence[Exposure]) -> list[Stay]:
    """Every stay, the latest first; an exposure belongs to the employment of its post that begins nearest."""
    found = [
        Stay(one.employer_id, one.host_employer_id, one.workshop, one.post, one.starts_on, one.ends_on, one.seen_on) for one in employments
    ]
    at: dict[tuple[int, str], list[Stay]] = defaultdict(list)
    for stay in found:
        at[stay.employer_id, stay.post].append(stay)
    for exposure in exposures:
        known = at[exposure.employer_id, exposure.post]
        if not known:
            known.append(Stay(exposure.employer_id, None, "", exposure.post, exposure.starts_on, exposure.ends_on, exposure.seen_on))
            found.append(known[0])
        min(known, key=lambda stay: abs(stay.starts_on - exposure.starts_on)).exposures.append(exposure)
    return sorted(found, key=lambda stay: (stay.until, stay.starts_on), reverse=True)


def doses(exposures: Iterable[Exposure]) -> list[Dose]:
    """How long each hazard has acted, the longest first."""
    by_hazard: dict[str, list[Exposure]] = defaultdict(list)
    for one in exposures:
        by_hazard[one.hazard_code].append(one)
    found = [_dose(code, same) for code, same in by_hazard.items()]
    return sorted(found, key=lambda dose: (-dose.days, dose.hazard_code))


def _dose(code: str, same: list[Exposure]) -> Dose:
    intervals = sorted((one.starts_on, one.ends_on or one.seen_on) for one in same)
    days, covered_to = 0, intervals[0][0] - timedelta(days=1)
    for first, last in intervals:
        first = max(first, covered_to + timedelta(days=1))
        if last >= first:
            days += (last - first).days + 1
            covered_to = last
    return Dose(code, intervals[0][0], max(last for _first, last in intervals), days, len({one.employer_id for one in same}))
