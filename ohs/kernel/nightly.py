"""What the calendar brings by itself: deeds that areas register and one command does for a day; doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

#: Does its part for a day and says how many records it changed.
Nightly = Callable[[Session, date], int]
_deeds: dict[str, Nightly] = {}


def nightly(name: str) -> Callable[[Nightly], Nightly]:
    """Register a deed of the night."""

    def register(deed: Nightly) -> Nightly:
        _deeds[name] = deed
        return deed

    return register


def nightly_deeds() -> dict[str, Nightly]:
    """Every deed by name, in the order of the floors."""
    return dict(_deeds)
