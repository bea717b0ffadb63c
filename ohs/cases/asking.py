"""Asking for a case of which one knows the number: the requests of an office, how they stand, and taking one back.

Who asks learns from its own list nothing that an office has not answered: a number without a case waits, and ends, like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import User
from ohs.cases.clocks import work_calendar
from ohs.cases.handing_over import already, ask_for, revoke
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.requests_models import CaseRequest
from ohs.cases.transfer_rules import REFUSE_WITHIN
from ohs.cases.transfers_models import ACCEPTED, REFUSED, Transfer
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.rulebook.deadlines import deadline

ORDERS: dict[str, Sequence[Key]] = {
    "new": (Key(CaseRequest.asked_on), Key(CaseRequest.id)),
    "due": (Key(CaseRequest.due_on), Key(CaseRequest.id)),
}
#: How a request stands, as far as who has asked may know it.
WAITS, SILENT, WITHDRAWN = "waits", "silent", "withdrawn"
STANDING_LABELS = {
    WAITS: _l("waits for an answer"), ACCEPTED: _l("taken over"), REFUSED: _l("refused"), WITHDRAWN: _l("taken back"),
    SILENT: _l("not answered: there is no such case to be had, or the joint meeting decides"),
}  # fmt: skip
STANDING_COLOURS = {WAITS: "blue", ACCEPTED: "green", REFUSED: "red", WITHDRAWN: "", SILENT: "orange"}
#: Answers of the office that has the case; everything else is told as silence.
ANSWERED = (ACCEPTED, REFUSED)


@dataclass(frozen=True)
class RequestFilters:
    """What the list of requests may be narrowed by."""

    #: `open`, `ended`, or both when empty.
    standing: str = "open"


def requests_of(user: Any, filters: RequestFilters, on: date) -> Select[CaseRequest]:
    """What this person's office has asked for."""
    beside = joinedload(CaseRequest.transfer)
    question = select(CaseRequest).where(visible(user, Permission.REQUEST_WITHDRAW, CaseRequest))
    question = question.options(beside, joinedload(CaseRequest.asked_by))
    ended = or_(
        CaseRequest.withdrawn_on.is_not(None), CaseRequest.due_on < on,
        CaseRequest.transfer_id.in_(select(Transfer.id).where(Transfer.answer.in_(ANSWERED), Transfer.asker_id == user.organisation_id)),
    )  # fmt: skip
    return question.where({"open": ~ended, "ended": ended}[filters.standing]) if filters.standing in ("open", "ended") else question


def standing_of(request: CaseRequest, on: date) -> str:
    """How it stands on a day."""
    if request.transfer is not None and request.transfer.answer in ANSWERED:
        return request.transfer.answer
    if request.withdrawn_on is not None:
        return WITHDRAWN
    return SILENT if request.due_on < on else WAITS


def find_request(session: Session, request_id: int) -> CaseRequest | None:
    """The request with that key."""
    return session.get(CaseRequest, request_id)


def request_case(session: Session, number: str, reason: str, *, actor: User, on: date, track: str = MAIN) -> CaseRequest:
    """Ask the office that has a case for it, and keep that one has; what one's office has asked for is not asked for twice."""
    number = number.strip().upper()
    same = select(CaseRequest).where(
        CaseRequest.organisation_id == actor.organisation_id, CaseRequest.number == number, CaseRequest.track == track
    )
    waiting = next((one for one in session.scalars(same) if standing_of(one, on) == WAITS), None)
    if waiting is not None:
        raise DomainError(
            Message("Your office has asked for it on %(day)s already; the answer will stand here.", day=waiting.asked_on.isoformat())
        )
    answer = deadline(REFUSE_WITHIN, on, work=work_calendar(session))
    if not answer.is_answered:
        raise DomainError(Message("No limit for answering a hand-over holds on that day."))
    asked = ask_for(session, number, reason, actor=actor, on=on, track=track)
    request = CaseRequest(
        organisation_id=actor.organisation_id, asked_by_id=actor.id, number=number, track=track, reason=reason.strip(), asked_on=on,
        due_on=answer.value["due"], transfer=asked,
    )  # fmt: skip
    session.add(request)
    session.flush()
    return request


def withdraw_request(session: Session, request: CaseRequest, *, actor: User, on: date) -> None:
    """Take back what one's office has asked for, while nobody has answered."""
    session.refresh(request)
    match standing_of(request, on):
        case "withdrawn":
            raise DomainError(Message("This request is taken back already."))
        case "silent":
            raise DomainError(Message("The time for an answer has passed; there is nothing left to take back."))
        case "accepted" | "refused" if request.transfer is not None:
            raise DomainError(already(request.transfer))
    if request.transfer is not None and not request.transfer.answer:
        revoke(session, request.transfer, actor=actor, on=on)
    request.withdrawn_on, request.withdrawn_by_id = on, actor.id
    session.add(audit("case:request-withdrawn", request.number, actor, after={"track": request.track}))
