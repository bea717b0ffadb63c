"""What the worker does again and again beside the queue: errands that areas register, each with transactions of its own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

#: Does a portion of its work; returns how much, so that nothing is the sign to rest.
Errand = Callable[[Session], int]
_errands: dict[str, Errand] = {}


def errand(name: str) -> Callable[[Errand], Errand]:
    """Register an errand."""

    def register(deed: Errand) -> Errand:
        _errands[name] = deed
        return deed

    return register


def errands() -> dict[str, Errand]:
    """Every errand by name."""
    return dict(_errands)
