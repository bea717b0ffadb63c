"""Figures of performance kept whole: what the night finds uncounted, and the command that makes every row and count anew."""

from __future__ import annotations

from datetime import date

import click
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from ohs.cases.durations import CaseDuration, PlaceOf, keep_durations, rebuild_durations
from ohs.cases.models import Case, CaseClock
from ohs.cases.open_counts import rebuild_open
from ohs.cases.transfer_rules import TRANSFER
from ohs.cases.waiting import Addresses
from ohs.kernel.database import db, writing
from ohs.kernel.nightly import nightly

#: So many cases are held in memory at once.
PORTION = 500


def places(session: Session) -> PlaceOf:
    """Which organisation is an actor in a case, asked once for each."""
    return Addresses(session).of_clock


@nightly("case-figures")
def count_what_ended(session: Session, _on: date) -> int:
    """Count limits that ended where nobody settled the case, as in cases opened and closed by one upload; returns how many cases."""
    found, after_id, who = 0, 0, places(session)
    is_counted = exists().where(CaseDuration.clock_id == CaseClock.id)
    is_over = CaseClock.state.in_(("met", "late")) & (CaseClock.track != TRANSFER)
    question = select(CaseClock.case_id).where(is_over, ~is_counted).distinct().order_by(CaseClock.case_id)
    while ids := session.scalars(question.where(CaseClock.case_id > after_id).limit(PORTION)).all():
        cases = session.scalars(
            select(Case)
            .where(Case.id.in_(ids))
            .options(selectinload(Case.clocks).selectinload(CaseClock.pauses), selectinload(Case.steps), selectinload(Case.tracks))
        ).all()
        keep_durations(session, cases, who)
        session.flush()
        after_id, found = ids[-1], found + len(ids)
    return found


@click.command("case-figures")
def case_figures() -> None:
    """Make the figures of performance anew out of the clocks of all cases, and say how many counts were wrong."""
    session = db.session()
    with writing():
        wrong = rebuild_durations(session, places(session)) + rebuild_open(session)
        session.commit()
    click.echo(f"{wrong} counts were wrong")
