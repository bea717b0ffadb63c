"""What is known of a case by whoever decides about its acts: no more than it has been told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

MAIN = "main"
#: Facts of one event by key; days as `date`, yes or no as `bool`.
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Situation:
    """What a guard may know of a case: never more than the case itself has been told."""

    on: date
    subtype: str
    #: Track → status; empty where the track has not begun.
    statuses: Mapping[str, str]
    #: `track.event` → the facts that it brought the last time it happened, the latest event last.
    said: dict[str, Facts]
    #: Slugs of the clocks whose last day lies behind `on`, open or not.
    passed: frozenset[str] = frozenset()
    #: Slug of a clock → its last day, of several of one name the latest's; what stands still has none yet.
    last_days: Mapping[str, date] = field(default_factory=dict)
    #: Kinds of evidence on file.
    evidence: frozenset[str] = frozenset()
    #: Where the main track was when it was suspended.
    came_from: str = ""
    round: int = 1
    #: Lines of a case of many workers: all of them, those not closed yet, those closed by an examination, those whose proof waits for a decision.
    lines: int = 0
    open_lines: int = 0
    lines_examined: int = 0
    claims: int = 0
    #: The day on which the last line was done: examined, or closed by its proof.
    lines_done_on: date | None = None
    #: Some of the workers who are still open, masked; asked only where a refusal names them.
    name_open: Callable[[], Sequence[str]] = tuple
    #: Numbers of the records on which the case rests.
    records: frozenset[str] = frozenset()
    #: The clinic that has found it, where one has.
    clinic_id: int | None = None

    def told(self, event: str, key: str, track: str = MAIN) -> Any:
        """A fact that an earlier event brought; `None` where it did not happen or did not say."""
        return self.said.get(f"{track}.{event}", {}).get(key)

    def last(self, track: str, events: Iterable[str]) -> str:
        """Which of several events of a track happened last; empty where none did."""
        return next((one.removeprefix(f"{track}.") for one in reversed(self.said) if one in {f"{track}.{name}" for name in events}), "")

    def has_happened(self, event: str, track: str = MAIN) -> bool:
        """Whether the event happened at least once."""
        return f"{track}.{event}" in self.said
