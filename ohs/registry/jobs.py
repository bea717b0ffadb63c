"""What the queue does for the register."""

from __future__ import annotations

from ohs.kernel.jobs import Running, job
from ohs.registry.duplicates import find_duplicates

FIND_DUPLICATES = "registry:find-duplicates"


@job(FIND_DUPLICATES)
def look_for_duplicates(running: Running) -> None:
    """Fill the queue of possible duplicates."""
    running.begin_writing("search")
    find_duplicates(running.session)
