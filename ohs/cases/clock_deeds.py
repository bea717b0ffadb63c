"""Clocks by hand: the office that answers for a track suspends, resumes and extends, with cause and document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.clock_records import ClockExtension
from ohs.cases.clocks import extend_clock, pause_clock, resume_clock, suspensions, work_calendar
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.machine import refuse_stale
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import write_step
from ohs.cases.to_do import track_of
from ohs.cases.transfer_rules import TRANSFER
from ohs.cases.waiting import settle
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.lifecycle import Step
from ohs.kernel.message import Message
from ohs.rulebook.deadlines import Extension, extension_of, find_deadline
from ohs.rulebook.documents import cited

#: What suspends or extends a limit is told to whoever must keep it, and to the office itself.
ALWAYS_TOLD = frozenset({"HLTH"})


def suspend_by_hand(
    session: Session, case: Case, clock: CaseClock, *, cause: str, document_no: str, actor: User, on: date, seen: int | None = None
) -> None:
    """Suspend one clock of a case: the days from the next one on do not count."""
    _check(case, clock, actor, seen)
    _need(cause, document_no)
    pause_clock(clock, on, cause=cause, document_no=document_no, is_by_hand=True)
    _record(session, case, clock, "clock:suspended", {"cause": cause, "document_no": document_no}, actor, on)


def resume_by_hand(
    session: Session, case: Case, clock: CaseClock, *, document_no: str, actor: User, on: date, seen: int | None = None
) -> None:
    """Let a clock run again; one that stands still with its case runs again with it."""
    _check(case, clock, actor, seen)
    if (refusal := why_not_resumed(case, clock)) is not None:
        raise DomainError(refusal)
    resume_clock(session, clock, on)
    _record(session, case, clock, "clock:resumed", {"document_no": document_no, "until_on": clock.due_on}, actor, on)


def extend_by_hand(
    session: Session, case: Case, clock: CaseClock, until_on: date, *, cause: str, document_no: str, actor: User, on: date, seen: int | None = None
) -> None:  # fmt: skip
    """Give more time; of a limit of the law only as much as the law names."""
    _check(case, clock, actor, seen)
    _need(cause, document_no)
    if (refusal := why_not_extended(session, clock)) is not None:
        raise DomainError(refusal)
    if until_on < on:
        raise DomainError(Message("The new day lies in the past."), status=400)
    extension = extension_for(session, clock)
    if extension.until_on is not None and until_on > extension.until_on:
        latest = extension.until_on.isoformat()
        raise DomainError(
            Message("%(article)s lets it be extended until %(day)s at most.", article=cited(extension.article), day=latest), status=400
        )
    before_on = clock.due_on
    extend_clock(clock, until_on)
    session.add(
        ClockExtension(
            clock_id=clock.id, on=on, before_on=before_on, until_on=until_on, cause=cause.strip(), document_no=document_no.strip()
        )
    )
    facts = {"cause": cause, "document_no": document_no, "before_on": before_on, "until_on": until_on}
    _record(session, case, clock, "clock:extended", facts, actor, on)


def extension_for(session: Session, clock: CaseClock) -> Extension:
    """What the table of deadlines says about more time for this clock."""
    return extension_of(clock.slug, clock.started_on, work=work_calendar(session), suspended=suspensions(clock))


def extensions_of(session: Session, case: Case) -> Mapping[int, list[ClockExtension]]:
    """The extensions of a case's clocks, the latest first."""
    found: dict[int, list[ClockExtension]] = {}
    question = select(ClockExtension).join(CaseClock, CaseClock.id == ClockExtension.clock_id).where(CaseClock.case_id == case.id)
    for one in session.scalars(question.order_by(ClockExtension.id.desc())):
        found.setdefault(one.clock_id, []).append(one)
    return found


def why_not_resumed(case: Case, clock: CaseClock) -> Message | None:
    """Why a suspended clock is not to be resumed by itself; none where it is."""
    is_with_case = clock.track == MAIN and case.status in KINDS[case.kind].pausing and clock.status == case.came_from
    if clock.state == "paused" and is_with_case and not clock.pauses[-1].is_by_hand:
        return Message("This clock stands still with the case; it runs again when whoever suspended the case resumes it.")
    if clock.state == "paused" and clock.track == WORK_INJURY and not clock.pauses[-1].is_by_hand:
        return Message("This clock waits for another authority's conclusion; it runs again when that is entered.")
    return None


def why_not_extended(session: Session, clock: CaseClock) -> Message | None:
    """Why nobody may give more time, and what can be done instead; none where it may be given."""
    extension = extension_for(session, clock)
    if not extension.is_allowed:
        return Message(
            "This limit is law and the law names no extension (%(article)s): no office can lengthen it. "
            "Where a cause that the law knows stops the work, suspend it with its document.",
            article=cited(extension.article) or Message("article not on file"),
        )
    has_one = session.scalar(select(ClockExtension.id).where(ClockExtension.clock_id == clock.id).limit(1)) is not None
    if extension.is_once and has_one:
        return Message("It was extended once already, and may be extended only once.")
    return None


def may_change(case: Case, clock: CaseClock, actor: Any) -> bool:
    """Whether this person's office answers for the track of the clock, or for the one that opened its duty; the time to answer a hand-over is nobody's to change."""
    return clock.track != TRANSFER and bool(case.office_of(track_of(case, clock)) == actor.organisation_id)


def _check(case: Case, clock: CaseClock, actor: User, seen: int | None) -> None:
    refuse_stale(case, seen, actor)
    if clock.case_id != case.id:
        raise DomainError(Message("This clock is of another case."), status=400)
    if not may_change(case, clock, actor):
        name = next((one.owner.name for one in case.tracks if one.track == track_of(case, clock)), case.owner.name)
        raise DomainError(Message("Only %(name)s, which answers for it, can change this clock.", name=name))
    if case.closed_on is not None and clock.duty_id is None:
        raise DomainError(Message("The case is closed; its clocks have ended."))


def _need(cause: str, document_no: str) -> None:
    if not cause.strip():
        raise DomainError(Message("Name the cause."), status=400)
    if not document_no.strip():
        raise DomainError(Message("Name the document that it rests on."), status=400)


def _record(session: Session, case: Case, clock: CaseClock, event: str, facts: dict[str, Any], actor: User, on: date) -> None:
    by = By(actor)
    track = track_of(case, clock)
    row = find_deadline(clock.slug, clock.started_on)
    told = frozenset(clock.actors.split("; ")) | ALWAYS_TOLD
    status = case.status_on(track)
    step = Step(status, event.replace(":", "-"), frozenset({by.code}), status)
    write_step(case, track, step, by.code, by, {"clock": clock.slug} | facts, told, on)
    flag_modified(case, "due_on")  # a change of a clock is a change of the case: whoever has the old page open is told
    settle(session, case)
    details = {"clock": row["name_zh"] if row else clock.slug, "until_on": clock.due_on, "state": clock.state}
    session.add(audit(event, case, actor, after=details, reason=str(facts.get("cause") or "") or None))
