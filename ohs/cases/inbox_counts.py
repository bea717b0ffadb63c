"""How much waits for a person, for the badge of the menu."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ohs.cases.meeting_telling import unread_meeting_count
from ohs.cases.models import CaseWaiting
from ohs.cases.notices import unread_count
from ohs.cases.transfers_models import Transfer
from ohs.cases.visit_queries import visits_due
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, could

#: Nobody counts further for a badge.
BADGE_CAP = 1_000


def waiting_count(user: Any) -> int:
    """What this person's organisation must do, hand-overs and visits included, up to a cap."""
    return min(to_do_count(user) + answers_due(user) + visits_due(user), BADGE_CAP)


def unread_total(user: Any) -> int:
    """What this person's organisation was told of cases and of joint meetings and nobody there has read, up to a cap."""
    return min(unread_count(user) + unread_meeting_count(user), BADGE_CAP)


def to_do_count(user: Any) -> int:
    """What this person's organisation must do on cases, up to a cap."""
    some = select(CaseWaiting.id).where(CaseWaiting.organisation_id == user.organisation_id).limit(BADGE_CAP).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def answers_due(user: Any) -> int:
    """Hand-overs that this person's organisation must answer."""
    if not could(user, Permission.TRANSFER_LIST):
        return 0
    return db.session.scalar(select(func.count()).where(Transfer.answerer_id == user.organisation_id, Transfer.answer == "")) or 0
