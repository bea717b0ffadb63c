"""Questions about cases and about what waits in the inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from ohs.accounts.models import Organisation
from ohs.cases.models import Case, CaseClock, CaseEvidence, CaseHandler, CaseWaiting
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import FEW, Unled, aside
from ohs.registry.models import Employer, Worker

INBOX_ORDER: Sequence[Key] = (Key(CaseWaiting.due_on), Key(CaseWaiting.id))


def cases_visible_to(user: Any) -> Select[Case]:
    """Cases of which this person may see something."""
    return select(Case).where(visible(user, Permission.CASE_READ, Case))


class BesideCase(Unled):
    """A case as policy reads it row by row, while the list's order leads."""

    def answered_by(self, organisation_id: int) -> ColumnElement[bool]:
        """Whether an office answers for it or a track of it."""
        return or_(*(aside(column) == organisation_id for column in Case.answering()))

    def owned_by_department(self, department: str) -> ColumnElement[bool]:
        """Whether any office of a department answers for the case itself."""
        return aside(Case.owner_id).in_(select(Organisation.id).where(Organisation.department == department))


def cases_beside(user: Any) -> Select[Case]:
    """The same cases, for a list that comes to them by its own index."""
    return select(Case).where(visible(user, Permission.CASE_READ, BesideCase(Case)))


def for_list(question: Select[Case]) -> Select[Case]:
    """With everything that a line of the list shows."""
    return question.options(*line_options())


def line_options() -> tuple[Any, ...]:
    """What a line about a case shows beside the case itself."""
    return (
        joinedload(Case.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(Case.worker).load_only(Worker.name, Worker.merged_into_id),
        selectinload(Case.tracks),
    )


def for_waiting_list(question: Select[Case]) -> Select[Case]:
    """The same, with what says who must act."""
    beside = (
        selectinload(Case.clocks).selectinload(CaseClock.pauses),
        selectinload(Case.duties),
        joinedload(Case.clinic),
        joinedload(Case.institution),
    )
    return question.options(*line_options(), *beside)


def find_case(session: Session, number: str) -> Case | None:
    """The case of that number."""
    return session.scalar(select(Case).where(Case.number == number.upper()))


def for_page(question: Select[Case]) -> Select[Case]:
    """With everything that the page of a case shows."""
    return question.options(
        joinedload(Case.employer), joinedload(Case.worker), joinedload(Case.assignee), joinedload(Case.clinic), joinedload(Case.institution),
        selectinload(Case.tracks), selectinload(Case.steps), selectinload(Case.clocks).selectinload(CaseClock.pauses),
        selectinload(Case.duties), selectinload(Case.handlers), selectinload(Case.evidence).joinedload(CaseEvidence.added_by), selectinload(Case.sources),
    )  # fmt: skip


def for_change(question: Select[Case]) -> Select[Case]:
    """With everything that the machine may change or ask, as it is now; `hold` comes first."""
    return for_page(question).execution_options(populate_existing=True)


def hold(session: Session, *which: ColumnElement[bool]) -> None:
    """Keep cases from everybody else until the end. Whoever comes second waits here, and reads only then.

    A question that locks what it joins would show the new row beside what was joined to the old one.
    """
    session.execute(select(Case.id).where(*which).order_by(Case.id).with_for_update())


def get_for_page(session: Session, number: str) -> Case | None:
    """The case of that number, whole."""
    return session.scalar(for_page(select(Case).where(Case.number == number.upper())))


def get_for_deed(session: Session, number: str) -> Case | None:
    """The same for somebody who acts on it: whoever comes second waits, and then reads what the first has done."""
    hold(session, Case.number == number.upper())
    return session.scalar(for_change(select(Case).where(Case.number == number.upper())))


def get_many_for_deed(session: Session, numbers: Sequence[str]) -> dict[str, Case]:
    """The same of several numbers."""
    hold(session, Case.number.in_(numbers))
    return {case.number: case for case in session.scalars(for_change(select(Case).where(Case.number.in_(numbers)))).unique()}


def waiting_for(user: Any) -> Select[CaseWaiting]:
    """What this person's organisation must do, and may see."""
    return _waiting(user, CaseWaiting.organisation_id == user.organisation_id)


def _waiting(user: Any, *which: ColumnElement[bool]) -> Select[CaseWaiting]:
    question = select(CaseWaiting).join(CaseWaiting.case).where(*which, visible(user, Permission.CASE_READ, BesideCase(Case)))
    return question.options(contains_eager(CaseWaiting.case).options(*line_options()), joinedload(CaseWaiting.clock))


@dataclass(frozen=True)
class InboxFilters:
    """What an inbox may be narrowed by; empty means everything."""

    kind: str = ""
    #: Who has it in hand: `mine`, `covered` or `nobody`.
    whose: str = ""
    #: `late` for what is past its last day.
    standing: str = ""
    until: date | None = None


def inbox_of(session: Session, user: Any, filters: InboxFilters, hands: Sequence[int], on: date) -> Select[CaseWaiting]:
    """The same, narrowed; `hands` are one's own, then those one stands in for."""
    some = {"mine": hands, "covered": hands[1:]}.get(filters.whose)
    question = waiting_for(user) if some is None else _in_hands(session, user, some)
    if filters.kind:
        question = question.where(CaseWaiting.kind == filters.kind)
    if filters.whose == "nobody":
        question = question.where(~in_hand_at(user.organisation_id, CaseWaiting.case_id))
    if filters.standing == "late":
        question = question.where(CaseWaiting.due_on < on)
    return question.where(CaseWaiting.due_on <= filters.until) if filters.until else question


def _in_hands(session: Session, user: Any, hands: Sequence[int]) -> Select[CaseWaiting]:
    """What waits in the cases that some people have in hand: by the cases while they are few."""
    taken = select(CaseHandler.case_id).where(CaseHandler.user_id.in_(hands))
    here = taken.join(CaseWaiting, CaseWaiting.case_id == CaseHandler.case_id).where(CaseWaiting.organisation_id == user.organisation_id)
    ids = session.scalars(here.limit(FEW)).all()
    if len(ids) < FEW:
        return _waiting(user, CaseWaiting.case_id.in_(ids), aside(CaseWaiting.organisation_id) == user.organisation_id)
    return waiting_for(user).where(aside(CaseWaiting.case_id).in_(taken))


def in_hand_at(organisation_id: int, case_id: Any) -> ColumnElement[bool]:
    """Whether somebody has a case in hand at an organisation."""
    return select(CaseHandler.id).where(CaseHandler.case_id == case_id, CaseHandler.organisation_id == organisation_id).exists()
