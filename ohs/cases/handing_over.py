"""Handing over: a case or a track of it is sent or asked for, accepted, refused or taken back; silence gives it to the receiver.

While a hand-over waits, whoever has the case keeps it: there is one owner at any time.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import SYSTEM, By, actor_of
from ohs.cases.clocks import end_clock, start_clock
from ohs.cases.document_kinds import HAND_OVER_LETTER
from ohs.cases.documents import issue_with_deed, void_with_deed
from ohs.cases.handling import leave_hands
from ohs.cases.joint_meeting import list_item
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.meeting_models import COMPETENCE, TRANSFER_REFUSED
from ohs.cases.models import Case
from ohs.cases.moving import beside, write_step
from ohs.cases.preview import without_names
from ohs.cases.queries import find_case
from ohs.cases.transfer_labels import PART_LABELS
from ohs.cases.transfer_lines import tell_of_transfer
from ohs.cases.transfer_queries import holder_id, open_transfer
from ohs.cases.transfer_rules import REFUSE_WITHIN, TRANSFER, may_hold
from ohs.cases.transfers_models import ACCEPTED, DROPPED, LAPSED, PULLED, REFUSED, REVOKED, SENT, UNANSWERED, Transfer
from ohs.cases.waiting import settle
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

#: What an answer is called among the events of timeline and trail.
EVENTS = {
    ACCEPTED: "hand-over-accepted", REFUSED: "hand-over-refused", REVOKED: "hand-over-revoked", LAPSED: "hand-over-lapsed",
    UNANSWERED: "hand-over-unanswered", DROPPED: "hand-over-dropped",
}  # fmt: skip


def hand_over(session: Session, case: Case, to: Organisation, reason: str, *, actor: User, on: date, track: str = MAIN) -> Transfer:
    """Send a case or one of its tracks to another office or institution, with its numbered letter; it stays here until that has answered."""
    if holder_id(case, track) != actor.organisation_id:
        raise DomainError(Message("Only the office that answers for it can hand it over."))
    _refuse_impossible(case, track, to)
    waiting = open_transfer(session, case, track)
    if waiting is not None:
        raise _is_waiting(waiting)
    told = {"office_id": to.id, "reason": without_names(_needed(reason), case).rstrip("。；; "), "part": PART_LABELS[track]}
    letter = issue_with_deed(session, case, HAND_OVER_LETTER, told, actor=actor, on=on)
    sent = _ask(session, case, track, SENT, to, reason, actor, on)
    sent.document = letter
    return sent


def ask_for(session: Session, number: str, reason: str, *, actor: User, on: date, track: str = MAIN) -> Transfer | None:
    """Ask the office that has a case for it. Who asks learns nothing: a number without a case is asked for like any other."""
    session.add(audit("case:asked-for", number.strip().upper(), actor, after={"track": track}, reason=_needed(reason)))
    case = find_case(session, number.strip())
    holder = holder_id(case, track) if case else None
    if case is None or case.closed_on is not None or holder in (None, actor.organisation_id):
        return None
    if not may_hold(actor.organisation, case.kind, track) or open_transfer(session, case, track) is not None:
        return None
    return _ask(session, case, track, PULLED, session.get_one(Organisation, holder), reason, actor, on)


def accept(session: Session, transfer: Transfer, *, actor: User, on: date, note: str = "") -> None:
    """Take what was sent, or give what was asked for."""
    case = transfer.case
    if transfer.answer:
        raise DomainError(already(transfer))
    _refuse_impossible(case, transfer.track, transfer.taker)
    _answer(session, transfer, ACCEPTED, actor, on, note)
    pass_to(session, case, transfer.track, transfer.taker)
    _tell(session, transfer, By(actor), on)


def refuse(session: Session, transfer: Transfer, reason: str, *, actor: User, on: date) -> None:
    """Refuse with a reason: the matter goes on the joint meeting's list."""
    _answer(session, transfer, REFUSED, actor, on, _needed(reason))
    _tell(session, transfer, By(actor), on)
    why = without_names(f"{transfer.asker.name}：{transfer.reason}\n{transfer.answerer.name}：{transfer.answer_reason}", transfer.case)
    cause = TRANSFER_REFUSED if transfer.kind == SENT else COMPETENCE
    list_item(session, cause, why, on=on, proposer=transfer.asker, about=[(transfer.case, transfer.track)], actor=actor)


def revoke(session: Session, transfer: Transfer, *, actor: User, on: date) -> None:
    """Take back what one's office has sent, while it is unanswered; the letter that went with it is void."""
    _answer(session, transfer, REVOKED, actor, on)
    void_with_deed(session, transfer.document, Message("Taken back before it was answered"), actor=actor, on=on)
    _tell(session, transfer, By(actor), on)


def lapse(session: Session, transfer: Transfer, on: date) -> None:
    """Its last day has passed: what was sent belongs to the receiver; what was asked for stays, and the joint meeting decides.

    Silence never opens a case to somebody who merely asked.
    """
    case = transfer.case
    if case.closed_on is not None:
        drop(session, transfer, By(), on)
    elif transfer.kind == SENT:
        _answer(session, transfer, LAPSED, None, on)
        pass_to(session, case, transfer.track, transfer.taker)
        _tell(session, transfer, By(), on)
    else:
        _answer(session, transfer, UNANSWERED, None, on)
        _tell(session, transfer, By(), on)
        why = without_names(f"{transfer.asker.name}：{transfer.reason}", case)
        list_item(session, COMPETENCE, why, on=on, proposer=transfer.asker, about=[(case, transfer.track)], actor=None)


def drop(session: Session, transfer: Transfer, by: By, on: date) -> None:
    """Nobody needs to answer any more: the case was closed, or the joint meeting has given it to somebody."""
    _answer(session, transfer, DROPPED, by.user, on)
    _tell(session, transfer, by, on)


def pass_to(session: Session, case: Case, track: str, taker: Organisation) -> None:
    """Move what is handed over: the case or a track to an office; to an institution the acting, while the office goes on answering for it."""
    if taker.kind != "department":
        case.institution = taker
    elif track == MAIN:
        former, case.owner, case.owner_id = case.owner_id, taker, taker.id
        leave_hands(case, former)
    else:
        former = case.office_of(track)
        case.give_track(track, taker)
        session.flush()
        leave_hands(case, former)
    session.flush()


def _ask(session: Session, case: Case, track: str, kind: str, answerer: Organisation, reason: str, actor: User, on: date) -> Transfer:
    reason = _needed(reason)
    clock = start_clock(session, case, track=TRANSFER, status="", slug=REFUSE_WITHIN, actors=actor_of(answerer), on=on)
    if clock is None:
        raise DomainError(Message("No limit for answering a hand-over holds on that day."))
    transfer = Transfer(
        case=case, track=track, kind=kind, asker_id=actor.organisation_id, answerer_id=answerer.id, asked_by_id=actor.id, reason=reason, asked_on=on,
        due_on=clock.due_on, clock=clock, answer="", answer_reason="",
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(transfer)
    except IntegrityError as clash:
        raise DomainError(Message("Somebody has handed this over at the same moment. Look at it again.")) from clash
    by, event = By(actor), "handed-over" if kind == SENT else "asked-for"
    step = write_step(case, track, beside(case, event, by.code, track), by.code, by, {"to": transfer.taker.name}, frozenset(), on)
    settle(session, case)
    tell_of_transfer(session, transfer, step, answerer.id)
    if kind == SENT:
        session.add(audit("case:handed-over", case, actor, after={"track": track, "to": answerer.name}, reason=reason))
    return transfer


def _answer(session: Session, transfer: Transfer, answer: str, actor: User | None, on: date, reason: str = "") -> None:
    """Note the answer; of two who answer at once the second reads what the first has done."""
    values = {"answer": answer, "answered_on": on, "answered_by_id": actor.id if actor else None, "answer_reason": reason.strip()}
    noted = session.execute(
        update(Transfer)
        .where(Transfer.id == transfer.id, Transfer.answer == "")
        .values(values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(transfer)
    if not noted.rowcount:  # type: ignore[attr-defined]
        raise DomainError(already(transfer))
    if transfer.clock.ended_on is None:
        end_clock(transfer.clock, on, is_met=answer in (ACCEPTED, REFUSED, LAPSED, UNANSWERED))


def already(transfer: Transfer) -> Message:
    """Who has ended a hand-over, how and when."""
    day = transfer.answered_on.isoformat() if transfer.answered_on else ""
    match transfer.answer:
        case "accepted":
            return Message("%(who)s has accepted this hand-over on %(day)s.", who=transfer.answerer.name, day=day)
        case "refused":
            return Message("%(who)s has refused this hand-over on %(day)s.", who=transfer.answerer.name, day=day)
        case "revoked":
            return Message("%(who)s has taken this hand-over back on %(day)s.", who=transfer.asker.name, day=day)
        case "lapsed":
            return Message(
                "Nobody has answered this hand-over in time; since %(day)s it belongs to %(who)s.", who=transfer.taker.name, day=day
            )
    return Message("This hand-over has ended on %(day)s without an answer.", day=day)


def _tell(session: Session, transfer: Transfer, by: By, on: date) -> None:
    """The line of the timeline, a word to whoever has not done it, and the trail."""
    case, code, event = transfer.case, by.code if by.user else SYSTEM, EVENTS[transfer.answer]
    step = write_step(
        case, transfer.track, beside(case, event, code, transfer.track), code, by, {"to": transfer.taker.name}, frozenset(), on
    )
    settle(session, case)
    for place in sorted({transfer.asker_id, transfer.answerer_id} - {step.organisation_id}):
        tell_of_transfer(session, transfer, step, place)
    after = {"track": transfer.track, "to": transfer.taker.name}
    session.add(audit(f"case:{event}", case, by.user, after=after, reason=transfer.answer_reason or None))


def _refuse_impossible(case: Case, track: str, to: Organisation) -> None:
    if case.closed_on is not None:
        raise DomainError(Message("The case is closed; nothing of it can be handed over."))
    held = holder_id(case, track)
    if held is None:
        raise DomainError(Message("This case has no such track."), status=400)
    if to.id == held or not to.is_active or not may_hold(to, case.kind, track):
        raise DomainError(
            Message("%(name)s cannot hold this: the sharing table of the departments leaves it to others.", name=to.name), status=400
        )


def _is_waiting(waiting: Transfer) -> DomainError:
    return DomainError(
        Message("It waits already for the answer of %(who)s, until %(day)s.", who=waiting.answerer.name, day=waiting.due_on.isoformat())
    )


def _needed(reason: str) -> str:
    if not reason.strip():
        raise DomainError(Message("Give the reason."), status=400)
    return reason.strip()
