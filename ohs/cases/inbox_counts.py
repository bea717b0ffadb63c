"""How much waits for a person, for the badge of the menu."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ohs.cases.models import CaseWaiting
from ohs.kernel.database import db

#: Nobody counts further for a badge.
BADGE_CAP = 1_000


def waiting_count(user: Any) -> int:
    """What this person's organisation must do, up to a cap."""
    some = select(CaseWaiting.id).where(CaseWaiting.organisation_id == user.organisation_id).limit(BADGE_CAP).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
