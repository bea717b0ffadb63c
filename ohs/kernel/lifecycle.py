"""Lifecycles as tables: from, event, who, to, guard, deadline, source. A status is moved, never assigned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message


@dataclass(frozen=True)
class Step:
    """One move. `before` is empty for a creation; `deadline` is a slug of the deadline table."""

    before: str
    event: str
    actors: frozenset[str]
    after: str
    guard: str = ""
    deadline: str = ""
    source: str = ""
    verified: bool = False


class Moving(Protocol):
    """A record whose status a lifecycle moves."""

    status: str


class Lifecycle:
    """The moves of one kind of record, and the only thing that changes its status."""

    def __init__(self, name: str, steps: Iterable[Step]) -> None:
        self.name = name
        self.steps = tuple(steps)
        if len({(step.before, step.event, step.after) for step in self.steps}) != len(self.steps):
            raise ValueError(f"lifecycle {name}: a move stands there twice")

    @classmethod
    def from_rows(cls, name: str, rows: Iterable[Mapping[str, str]], track: str = "main") -> Lifecycle:
        """The lifecycle `name`, or a track beside its main one, out of rows with the columns of the table of lifecycles."""
        return cls(
            name,
            (
                Step(
                    row["from"], row["event"], frozenset(row["actor"].split("; ")), row["to"],
                    row["guard"], row["deadline_slug"], row["source"], row["verified"] == "yes",
                )
                for row in rows
                if row["lifecycle"] == name and row["track"] == track
            ),
        )  # fmt: skip

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status in the order in which the table names it."""
        return tuple(dict.fromkeys(status for step in self.steps for status in (step.before, step.after) if status))

    def find_step(self, before: str, event: str, to: str = "") -> Step | None:
        """The move that `event` makes from `before`; `to` names the end where it can lead to several, else there is none."""
        ways = [step for step in self.steps if step.before == before and step.event == event and to in ("", step.after)]
        return ways[0] if len(ways) == 1 else None

    def events_from(self, status: str, actor: str | None = None) -> tuple[Step, ...]:
        """What can happen next, to anyone or by one kind of actor."""
        return tuple(step for step in self.steps if step.before == status and (actor is None or actor in step.actors))

    def move(self, record: Moving, event: str, by: str, to: str = "") -> Step:
        """Move `record` by `event`, done by one of the table's kinds of actor (`EMP`, `HLTH`, `system`).

        Raises `DomainError` when the table knows no such move from here, or not by this actor; nothing is changed then.
        """
        step = self.find_step(record.status, event, to)
        if step is None:
            raise DomainError(
                Message(
                    "“%(event)s” cannot happen from the status “%(status)s”.",
                    event=Message(event),
                    status=Message(record.status),
                )
            )
        if by not in step.actors:
            raise DomainError(Message("“%(event)s” is not for you to do here.", event=Message(event)))
        record.status = step.after
        return step

    def start(self, event: str, by: str) -> str:
        """The first status of a record that `event` creates."""
        step = self.find_step("", event)
        if step is None or by not in step.actors:
            raise DomainError(Message("“%(event)s” is not for you to do here.", event=Message(event)))
        return step.after


def as_table(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    """The steps as plain rows for screens, diagrams and manuals."""
    return [
        {
            "from": step.before, "event": step.event, "actors": sorted(step.actors), "to": step.after,
            "guard": step.guard, "deadline": step.deadline, "source": step.source,
        }
        for step in lifecycle.steps
    ]  # fmt: skip
