"""When messages leave: quiet hours, the hour of the daily digest, and the pauses between tries. Nothing here asks what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ohs.kernel.clock import LOCAL

LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Quiet:
    """Hours of the local day in which nothing leaves; over midnight where they begin later than they end, none where both are the same."""

    from_hour: int
    to_hour: int

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in them."""
        hour = moment.astimezone(LOCAL).hour
        if self.from_hour <= self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour

    def after(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours in which it lies."""
        if not self.holds(moment):
            return moment
        return next_at(moment, self.to_hour)


def next_at(moment: datetime, hour: int) -> datetime:
    """The next time that it is so many hours of the local day, later than `moment`."""
    local = moment.astimezone(LOCAL)
    found = datetime.combine(local.date(), time(hour), tzinfo=LOCAL)
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), time(hour), tzinfo=LOCAL)
    return found


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries: a minute, then twice as long each time, six hours at most."""
    return min(timedelta(minutes=2 ** min(max(tries, 1) - 1, 12)), LONGEST_PAUSE)
