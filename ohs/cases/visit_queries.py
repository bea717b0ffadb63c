"""Questions about visits on the spot: what a town must look at, what was found for a case, and what nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import Organisation
from ohs.cases.models import Case
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.database import db
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, could, visible
from ohs.registry.models import Employer
from ohs.registry.queries import matches_employer

ORDERS: dict[str, Sequence[Key]] = {
    "due": (Key(SiteVisit.due_on), Key(SiteVisit.id)),
    "new": (Key(SiteVisit.asked_on), Key(SiteVisit.id)),
}
#: Nobody counts further for a badge.
BADGE_CAP = 1_000


@dataclass(frozen=True)
class VisitFilters:
    """What the list of visits may be narrowed by; empty means everything."""

    text: str = ""
    #: `open`, `late`, `answered`, `withdrawn`, or all when empty.
    standing: str = ""
    due_to: date | None = None


def visits_visible_to(user: Any) -> Select[SiteVisit]:
    """The visits that this person's organisation was asked for, or has asked of towns, with everything that a line of the list shows."""
    return (
        select(SiteVisit)
        .where(visible(user, Permission.VISIT_READ, SiteVisit))
        .options(
            joinedload(SiteVisit.employer).joinedload(Employer.merged_into),
            joinedload(SiteVisit.answered_by),
            joinedload(SiteVisit.asked_by),
            joinedload(SiteVisit.organisation),
            joinedload(SiteVisit.case),
        )
    )


def filtered_visits(user: Any, filters: VisitFilters, on: date) -> Select[SiteVisit]:
    """The same, narrowed."""
    question = visits_visible_to(user)
    if filters.standing in ("open", "late"):
        question = question.where(is_open())
    if filters.standing == "late":
        question = question.where(SiteVisit.due_on < on)
    elif filters.standing == "answered":
        question = question.where(SiteVisit.answered_on.is_not(None))
    elif filters.standing == "withdrawn":
        question = question.where(SiteVisit.withdrawn_on.is_not(None))
    if filters.due_to:
        question = question.where(SiteVisit.due_on <= filters.due_to)
    if text := filters.text.strip():
        named = select(Employer.id).where(matches_employer(text))
        question = question.where(or_(SiteVisit.number == text.upper(), SiteVisit.employer_id.in_(named)))
    return question


def is_open() -> Any:
    """What still waits for its town, as a filter."""
    return and_(SiteVisit.answered_on.is_(None), SiteVisit.withdrawn_on.is_(None))


def visits_due(user: Any) -> int:
    """How many wait for this person's organisation, up to a cap; none for whoever is never asked."""
    if not could(user, Permission.VISIT_LIST):
        return 0
    some = select(SiteVisit.id).where(SiteVisit.organisation_id == user.organisation_id, is_open()).limit(BADGE_CAP).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def find_visit(session: Session, number: str) -> SiteVisit | None:
    """The visit of that number."""
    question = select(SiteVisit).where(SiteVisit.number == number.upper())
    return session.scalar(
        question.options(joinedload(SiteVisit.employer), joinedload(SiteVisit.answered_by), joinedload(SiteVisit.organisation))
    )


def visits_about(session: Session, case: Case) -> Sequence[SiteVisit]:
    """Every visit of a case, the newest first."""
    question = select(SiteVisit).where(SiteVisit.case_id == case.id).order_by(SiteVisit.id.desc())
    beside = joinedload(SiteVisit.organisation), joinedload(SiteVisit.answered_by), joinedload(SiteVisit.withdrawn_by)
    return session.scalars(question.options(*beside)).all()


def answered_about(session: Session, case: Case) -> Sequence[SiteVisit]:
    """What towns have found for a case, the newest first."""
    return [one for one in visits_about(session, case) if one.answered_on]


def open_visit(session: Session, case: Case) -> SiteVisit | None:
    """The one that waits."""
    return session.scalar(select(SiteVisit).where(SiteVisit.case_id == case.id, is_open()))


def not_needed(case_ids: Iterable[int] | None = None) -> Select[SiteVisit]:
    """Visits whose case is closed, or has left the status for which they were asked; of these cases, or of all."""
    is_over = or_(Case.closed_on.is_not(None), and_(SiteVisit.while_status != "", SiteVisit.while_status != Case.status))
    question = select(SiteVisit).join(SiteVisit.case).where(is_open(), is_over).order_by(SiteVisit.id)
    return question if case_ids is None else question.where(SiteVisit.case_id.in_(list(case_ids)))


def town_of(session: Session, case: Case) -> Organisation | None:
    """The town where the employer of a case works, where it has an account."""
    code = case.employer.standing.region_code if case.employer else ""
    if not code:
        return None
    question = select(Organisation).where(Organisation.kind == "town", Organisation.is_active, Organisation.region_code == code)
    return session.scalar(question.order_by(Organisation.id).limit(1))
