"""What the night does with declarations: windows open, limits pass."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ohs.declarations.models import Filing
from ohs.declarations.queries import overdue_at_offices
from ohs.declarations.services import bring_up_to_date, mark_overdue
from ohs.kernel.nightly import nightly


@nightly("declarations")
def let_time_pass(session: Session, on: date) -> int:
    """Open update windows, lapse what was not filed in time, mark what an office has not decided in time; returns how many moved."""
    question = select(Filing).where(
        or_(
            and_(Filing.status == "live", Filing.update_opens_on < on),
            and_(Filing.status == "update_due", Filing.update_closes_on < on),
            and_(Filing.status == "change_due", Filing.change_due_on < on),
        )
    )
    moved = sum(bool(bring_up_to_date(session, filing, on)) for filing in session.scalars(question).all())
    return moved + sum(mark_overdue(session, declaration, on) for declaration in session.scalars(overdue_at_offices(on)).all())
