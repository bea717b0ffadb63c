"""Questions about hand-overs: what waits, for whom, and what may be handed to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import Organisation
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import Case
from ohs.cases.transfer_rules import INSTITUTIONS, departments_for
from ohs.cases.transfers_models import PULLED, Transfer
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, could, visible

ORDERS: dict[str, Sequence[Key]] = {
    "new": (Key(Transfer.asked_on), Key(Transfer.id)),
    "due": (Key(Transfer.due_on), Key(Transfer.id)),
}
#: So many stand at the head of the inbox.
NEAREST = 5


@dataclass(frozen=True)
class TransferFilters:
    """What the list of hand-overs may be narrowed by."""

    #: `received`, `sent`, or both when empty.
    direction: str = ""
    #: `open`, `answered`, or both when empty.
    standing: str = "open"


def transfers_of(user: Any, filters: TransferFilters) -> Select[Transfer]:
    """Hand-overs that this person's organisation answers or has sent. What it asked for stands here once it is answered."""
    place = user.organisation_id
    received: ColumnElement[bool] = visible(user, Permission.TRANSFER_ANSWER, Transfer)
    sent: ColumnElement[bool] = (Transfer.asker_id == place) & ((Transfer.kind != PULLED) | (Transfer.answer != ""))
    which = {"received": received, "sent": sent}.get(filters.direction, or_(received, sent))
    question = select(Transfer).where(which).options(joinedload(Transfer.case).joinedload(Case.owner))
    if filters.standing == "open":
        return question.where(Transfer.answer == "")
    return question.where(Transfer.answer != "") if filters.standing == "answered" else question


def handed_to(session: Session, user: Any) -> Sequence[Transfer]:
    """The nearest of what this person's organisation must answer; none for whoever is handed nothing."""
    if not could(user, Permission.TRANSFER_LIST):
        return ()
    question = transfers_of(user, TransferFilters("received", "open")).order_by(Transfer.due_on, Transfer.id)
    return session.scalars(question.limit(NEAREST)).all()


def find_transfer(session: Session, transfer_id: int) -> Transfer | None:
    """The hand-over with that key."""
    return session.get(Transfer, transfer_id)


def open_transfer(session: Session, case: Case, track: str) -> Transfer | None:
    """The one that waits, of a track of a case."""
    return session.scalar(select(Transfer).where(Transfer.case_id == case.id, Transfer.track == track, Transfer.answer == ""))


def transfers_about(session: Session, case: Case) -> Sequence[Transfer]:
    """Every hand-over of a case, the newest first."""
    return session.scalars(select(Transfer).where(Transfer.case_id == case.id).order_by(Transfer.id.desc())).all()


def holder_id(case: Case, track: str) -> int | None:
    """The office that answers for a track; none where the case has no such track."""
    return case.owner_id if track == MAIN else next((one.owner_id for one in case.tracks if one.track == track), None)


def tracks_held(case: Case, organisation_id: int) -> list[str]:
    """What of a case an office can hand over: the case itself, tracks of it."""
    return [track for track in (MAIN, *(one.track for one in case.tracks)) if holder_id(case, track) == organisation_id]


def receivers(session: Session, case: Case, track: str) -> Sequence[Organisation]:
    """Who may be given a track: offices of the departments that may hold it, and for the case itself the institutions that act in it."""
    fits = (Organisation.kind == "department") & Organisation.department.in_(departments_for(case.kind, track))
    if track == MAIN and case.kind in INSTITUTIONS:
        fits |= (Organisation.kind == INSTITUTIONS[case.kind]) & (Organisation.id != func.coalesce(case.institution_id, 0))
    question = select(Organisation).where(fits, Organisation.is_active, Organisation.id != holder_id(case, track))
    return session.scalars(question.order_by(Organisation.kind, Organisation.department, Organisation.name)).all()


def offices(session: Session) -> Sequence[Organisation]:
    """Every office of the three departments."""
    question = select(Organisation).where(Organisation.kind == "department", Organisation.is_active)
    return session.scalars(question.order_by(Organisation.department, Organisation.name)).all()


def transfers_to_end(on: date) -> Select[int, int]:
    """Keys of the hand-overs that the night ends, and of their cases: their last day has passed, or their case is closed."""
    over = or_(Transfer.due_on < on, Case.closed_on.is_not(None))
    return select(Transfer.id, Transfer.case_id).join(Transfer.case).where(Transfer.answer == "", over).order_by(Transfer.id)
