"""The next day of cases as far as a reader may know it: of the limits that its part of each shows, never of the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session

from ohs.cases.cuts import CONCLUDED, OF_DIAGNOSIS, cut_for, part_of
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock, CaseDuty
from ohs.cases.queries import BesideCase
from ohs.cases.transfer_rules import TRANSFER
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import aside

#: Kinds that have a part which not everybody on the way is shown.
IN_PARTS = frozenset(kind.code for kind in KINDS.values() if len(kind.tracks) > 1)
#: Of the few limits of a case, which leads: those that run are very many.
RUNNING = aside(CaseClock.state) == "running"


def next_days(session: Session, user: Any, cases: Iterable[Case]) -> dict[int, date | None]:
    """By the key of each case; one question for those of which this reader is not shown the whole."""
    cuts = {one.id: (one, cut_for(user, one)) for one in cases}
    found = {id: one.due_on if cut.is_whole(one.kind) else None for id, (one, cut) in cuts.items()}
    cut_short = [id for id, (one, cut) in cuts.items() if not cut.is_whole(one.kind)]
    if not cut_short:
        return found
    columns = (CaseClock.case_id, CaseClock.due_on, CaseClock.track, CaseClock.status, CaseClock.slug, CaseDuty.event)
    question = select(*columns).outerjoin(CaseDuty, CaseDuty.id == CaseClock.duty_id).where(CaseClock.case_id.in_(cut_short), RUNNING)
    for row in session.execute(question.order_by(CaseClock.due_on.desc())):
        one, cut = cuts[row.case_id]
        if cut.shows_track(part_of(one.kind, row.track, row.status, row.slug, row.event)):
            found[row.case_id] = row.due_on
    return found


def has_shown_day(user: Any, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """A filter of cases: a limit runs that this reader is shown, and `which` holds of its last day.

    Cases of which the reader is shown the whole are left to the filter by their own next day.
    """
    way, diagnosis, injury = (
        visible(user, permission, BesideCase(Case))
        for permission in (Permission.CASE_READ_WAY, Permission.CASE_READ_DIAGNOSIS, Permission.CASE_READ_WORK_INJURY)
    )
    part = _part()
    shown = or_(CaseClock.track == TRANSFER, and_(part == MAIN, way), and_(part == APPRAISAL, diagnosis), and_(part == WORK_INJURY, injury))
    clocks = select(CaseClock.id).outerjoin(CaseDuty, CaseDuty.id == CaseClock.duty_id).where(CaseClock.case_id == Case.id, RUNNING, which)
    is_whole = and_(way, or_(Case.kind.not_in(IN_PARTS), and_(diagnosis, injury)))
    return or_(is_whole, clocks.where(shown).correlate(Case).exists())


def _part() -> ColumnElement[str]:
    """`part_of` as a column, of cases in parts; others are all way."""
    duties = {duty.event: part_of(code, "", "", "", duty.event) for code in IN_PARTS for duty in KINDS[code].duties}
    slugs = {slug: part_of(code, *place, slug, None) for code in IN_PARTS for slug, place in KINDS[code].starts_at.items()}
    here = Case.kind.in_(IN_PARTS)
    return case(
        (~here, MAIN),
        *((CaseDuty.event == event, part) for event, part in duties.items() if part != MAIN),
        (CaseDuty.event.is_not(None), MAIN),
        *((CaseClock.slug == slug, APPRAISAL if part in OF_DIAGNOSIS else part) for slug, part in slugs.items()),
        (or_(CaseClock.track.in_(OF_DIAGNOSIS), and_(CaseClock.track == MAIN, CaseClock.status.in_(CONCLUDED))), APPRAISAL),
        (CaseClock.track == WORK_INJURY, WORK_INJURY),
        else_=MAIN,
    )
