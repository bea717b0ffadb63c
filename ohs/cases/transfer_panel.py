"""The part of a case's page about its hand-overs and what the joint meeting has about it; for departments."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.meeting_queries import items_about
from ohs.cases.models import Case
from ohs.cases.standing import transfer_left
from ohs.cases.transfer_labels import ANSWER_COLOURS, ANSWER_LABELS, CAUSE_LABELS, PART_LABELS
from ohs.cases.transfer_queries import tracks_held, transfers_about
from ohs.kernel.policy import Permission, allowed


def transfers_on_page(session: Session, user: Any, case: Case) -> dict[str, Any]:
    """Hand-overs, items, and what this person may do about them."""
    transfers = transfers_about(session, case)
    waiting = {one.track for one in transfers if not one.answer}
    can_send = case.closed_on is None and any(track not in waiting for track in tracks_held(case, user.organisation_id))
    return {
        "transfers": transfers, "items": items_about(session, case), "left": transfer_left(session),
        "may_send": can_send and allowed(user, Permission.CASE_HAND_OVER, case),
        "may_propose": case.closed_on is None and case.id not in user.emergency_case_ids and allowed(user, Permission.JOINT_MEETING_PROPOSE),
        "may_open": lambda one: allowed(user, Permission.TRANSFER_READ, one),
        "ANSWER_LABELS": ANSWER_LABELS, "ANSWER_COLOURS": ANSWER_COLOURS, "PART_LABELS": PART_LABELS, "CAUSE_LABELS": CAUSE_LABELS,
    }  # fmt: skip
