"""Questions about protected periods: who is in one, and whether one person may be dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from ohs.cases.models import Case
from ohs.cases.protection import ProtectedEnding, ProtectedPeriod
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import Way, aside, leader
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employer_ids_like, indexes_of

ORDERS: dict[str, Sequence[Key]] = {"since": (Key(ProtectedPeriod.started_on), Key(ProtectedPeriod.id))}
#: Main statuses of a disease that was confirmed.
CONFIRMED = ("diagnosed_yes", "closed")


@dataclass(frozen=True)
class Standing:
    """Whether somebody may be dismissed: nothing of why, beyond the law that says so."""

    is_protected: bool
    #: The disease is confirmed, which HR is told of: other rules hold then.
    is_confirmed: bool = False
    since: date | None = None


def protected_visible_to(user: Any) -> Select[ProtectedPeriod]:
    """Periods that run, one for each worker."""
    other = aliased(ProtectedPeriod)
    earlier = select(other.id).where(
        other.worker_id == ProtectedPeriod.worker_id, other.ended_on.is_(None), other.id < ProtectedPeriod.id,
        visible(user, Permission.PROTECTION_READ, other),
    )  # fmt: skip
    # PostgreSQL then looks row by row on the way through the list's order, instead of joining all of both first.
    earlier = earlier.offset(0)
    return select(ProtectedPeriod).where(
        ProtectedPeriod.ended_on.is_(None), visible(user, Permission.PROTECTION_READ, ProtectedPeriod), ~earlier.exists()
    )


def filtered_periods(session: Session, user: Any, text: str, county: str = "") -> Select[ProtectedPeriod]:
    """The same, by a whole identity number (a text with a digit) or by employer, and by county."""
    question, text = protected_visible_to(user), text.strip()
    if county:
        question = question.where(ProtectedPeriod.county_code == county)
    if not text:
        return question
    found: list[tuple[Any, Sequence[int]]] = [(ProtectedPeriod.employer_id, employer_ids_like(session, text))]
    if any(character.isdigit() for character in text):
        found.append((ProtectedPeriod.worker_id, worker_ids_of(session, text)))
    named = [(column, ids) for column, ids in found if ids]
    way = Way(or_(false(), *(column.in_(ids) for column, ids in named)), or_(false(), *(aside(column).in_(ids) for column, ids in named)))
    return question.where(way.leading if leader(session, [way]) else way.beside)


def with_people(question: Select[ProtectedPeriod]) -> Select[ProtectedPeriod]:
    """With what a line of the list shows."""
    return question.options(
        joinedload(ProtectedPeriod.worker).load_only(Worker.name, Worker.merged_into_id),
        joinedload(ProtectedPeriod.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(ProtectedPeriod.ending).joinedload(ProtectedEnding.lead).load_only(Case.number),
    )


def find_period(session: Session, period_id: int) -> ProtectedPeriod | None:
    """One period, with what its page shows."""
    return session.scalar(with_people(select(ProtectedPeriod).where(ProtectedPeriod.id == period_id)))


def worker_ids_of(session: Session, id_number: str) -> list[int]:
    """Everybody whom a whole identity number names, through merges."""
    named = session.execute(select(Worker.id, Worker.merged_into_id).where(Worker.id_index.in_(indexes_of(id_number)))).all()
    kept = {merged_into or id for id, merged_into in named}
    return sorted(kept | set(session.scalars(select(Worker.id).where(Worker.merged_into_id.in_(kept)))))


def standing_of(session: Session, user: Any, id_number: str) -> Standing:
    """May this person be dismissed? As far as this reader's area goes."""
    workers = worker_ids_of(session, id_number)
    if not workers:
        return Standing(False)
    since = session.scalar(
        select(ProtectedPeriod.started_on)
        .where(ProtectedPeriod.worker_id.in_(workers), ProtectedPeriod.ended_on.is_(None), visible(user, Permission.PROTECTION_READ, ProtectedPeriod))
        .order_by(ProtectedPeriod.started_on)
        .limit(1)
    )  # fmt: skip
    confirmed = select(Case.id).where(
        Case.worker_id.in_(workers), Case.kind == "susp", Case.status.in_(CONFIRMED), visible(user, Permission.CASE_READ_WORK_INJURY, Case)
    )
    return Standing(since is not None, session.scalar(confirmed.limit(1)) is not None, since)
