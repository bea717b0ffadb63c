"""Decisions about a file before it is opened."""

from __future__ import annotations

from imports.container import Limits, Refused, too_large, unreadable
from ohs.kernel.message import Message


def refusal_of_size(size: int, largest: int) -> Refused | None:
    """Why a file of so many bytes is not even stored, if so: it is empty, or larger than this system is set to take."""
    if size == 0:
        return unreadable(Message("The file is empty. Choose the workbook again and hand it in once more."))
    return too_large(Limits(size=largest)) if size > largest else None
