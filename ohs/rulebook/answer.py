"""What the rulebook answers: a value with its edition, source and standing, and the steps that led there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ohs.kernel.message import Message


@dataclass(frozen=True)
class Answer:
    """One answer. Without a value there is none, and `message` says why; nothing is ever guessed."""

    value: Any = None
    unit: str | None = None
    edition: str | None = None
    source: str | Message | None = None
    verified: bool = False
    steps: tuple[Message, ...] = field(default=())
    message: Message | None = None

    @property
    def is_answered(self) -> bool:
        return self.value is not None


def no_answer(message: Message, *steps: Message, edition: str | None = None, source: str | None = None) -> Answer:
    """The tables say nothing about this; `message` says what is missing."""
    return Answer(None, edition=edition, source=source, steps=steps, message=message)
