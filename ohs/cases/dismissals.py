"""Ends of employment where the law forbids them: the alarm that a roster, or HR by hand, raises. No reason is asked and nothing medical told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.clocks import RED, open_clocks
from ohs.cases.kinds.contra import CONTRA, PRE_PLACEMENT
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.machine import do, open_lead
from ohs.cases.models import Case
from ohs.cases.moving import write_beside
from ohs.cases.protection import ProtectedEnding, ProtectedPeriod
from ohs.cases.queries import hold
from ohs.cases.waiting import settle
from ohs.kernel.audit import audit
from ohs.registry.models import Employer, Worker

#: The line of the timeline, and the event by which a contraindication tells of it.
ENDED, INSTEAD = "employment-ended", "dismissed-instead"
#: Where a contraindication stands while its worker is still to be moved.
TO_BE_MOVED = tuple(step.before for step in CONTRA.tracks[MAIN].steps if step.event == INSTEAD)


@dataclass(frozen=True)
class EmploymentEnd:
    """What an insured roster says: that somebody no longer works for an employer since a day. It knows no reasons."""

    worker_id: int
    employer_id: int
    ended_on: date
    #: The roster and its row, or the paper that HR has before it.
    document_no: str


def record_ends(session: Session, ends: Sequence[EmploymentEnd], *, by: By, on: date) -> list[Case]:
    """Raise the alarm for each end inside a protected period, and for who is dismissed instead of moved; the leads that follow.

    The employer and the health department are told, labour inspection gets a lead. What is recorded already, or concerns nobody
    protected, changes nothing: a whole roster may be handed in again and again.
    """
    leads: dict[int, Case] = {}
    for end in ends:
        workers, employers = _same(session, Worker, end.worker_id), _same(session, Employer, end.employer_id)
        periods = session.scalars(
            select(ProtectedPeriod)
            .where(
                ProtectedPeriod.worker_id.in_(workers), ProtectedPeriod.employer_id.in_(employers), ProtectedPeriod.started_on <= end.ended_on,
                or_(ProtectedPeriod.ended_on.is_(None), ProtectedPeriod.ended_on >= end.ended_on),
                ProtectedPeriod.id.not_in(select(ProtectedEnding.period_id)),
            )
            .order_by(ProtectedPeriod.id)
        ).all()  # fmt: skip
        contra = [
            Case.kind == CONTRA.code, Case.worker_id.in_(workers), Case.employer_id.in_(employers), Case.closed_on.is_(None),
            Case.status.in_(TO_BE_MOVED), Case.subtype != PRE_PLACEMENT,
        ]  # fmt: skip
        found: list[Case | None] = [_alarm(session, period, end, by, on) for period in periods]
        hold(session, *contra)
        found += [_instead(session, case, end, on) for case in session.scalars(select(Case).where(*contra).order_by(Case.id)).all()]
        leads |= {lead.id: lead for lead in found if lead is not None}
    return list(leads.values())


def _same(session: Session, model: type[Worker] | type[Employer], id: int) -> list[int]:
    """Every file of the same worker, or every entry of the same employer, through merges."""
    kept = select(func.coalesce(model.merged_into_id, model.id)).where(model.id == id).scalar_subquery()
    return list(session.scalars(select(model.id).where(func.coalesce(model.merged_into_id, model.id) == kept)))


def _alarm(session: Session, period: ProtectedPeriod, end: EmploymentEnd, by: By, on: date) -> Case:
    hold(session, Case.id == period.case_id)
    case = session.get_one(Case, period.case_id, populate_existing=True)
    lead = open_lead(session, case, end.ended_on, end.document_no, on=on)
    for clock in open_clocks(lead):  # the county leader sees it at once
        clock.escalation = max(clock.escalation, RED)
    facts = {"ended_on": end.ended_on, "document_no": end.document_no}
    write_beside(case, ENDED, facts, by=by, on=on, tells=frozenset({"EMP", "HLTH"}))
    settle(session, case)
    session.add(ProtectedEnding(period_id=period.id, ended_on=end.ended_on, document_no=end.document_no, found_on=on, lead_id=lead.id))
    session.add(audit("protection:alarmed", lead, by.user, after={"ended_on": end.ended_on}))
    session.flush()
    return lead


def _instead(session: Session, case: Case, end: EmploymentEnd, on: date) -> Case | None:
    if any(step.event == INSTEAD and step.facts.get("ended_on") == end.ended_on.isoformat() for step in case.steps):
        return None
    do(session, case, INSTEAD, {"ended_on": end.ended_on, "document_no": end.document_no}, by=By(), on=on)
    return open_lead(session, case, end.ended_on, end.document_no, on=on)
