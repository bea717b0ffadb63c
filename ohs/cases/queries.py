"""Questions about cases and about what waits in the inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from ohs.accounts.substitutes import hands_of
from ohs.cases.models import Case, CaseClock, CaseEvidence, CaseTrack, CaseWaiting
from ohs.kernel.fields import LAST_DAY
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employer_ids_like, indexes_of

ORDERS: dict[str, Sequence[Key]] = {
    "new": (Key(Case.opened_on), Key(Case.id)),
    "due": (Key(func.coalesce(Case.due_on, LAST_DAY)), Key(Case.id)),
    "number": (Key(Case.number),),
}
INBOX_ORDER: Sequence[Key] = (Key(CaseWaiting.due_on), Key(CaseWaiting.id))


@dataclass(frozen=True)
class CaseFilters:
    """What a list of cases may be narrowed by; empty means everything."""

    kind: str = ""
    status: str = ""
    standing: str = "open"
    county: str = ""
    text: str = ""
    owner: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    due_to: date | None = None


def cases_visible_to(user: Any) -> Select[Case]:
    """Cases of which this person may see something."""
    return select(Case).where(visible(user, Permission.CASE_READ, Case))


def filtered_cases(session: Session, user: Any, filters: CaseFilters, on: date) -> Select[Case]:
    """The same, narrowed."""
    question = cases_visible_to(user)
    if filters.standing == "open":
        question = question.where(Case.closed_on.is_(None))
    elif filters.standing == "late":
        question = question.where(Case.closed_on.is_(None), Case.due_on < on)
    elif filters.standing == "closed":
        question = question.where(Case.closed_on.is_not(None))
    if filters.kind:
        question = question.where(Case.kind == filters.kind)
    if filters.status:
        track = select(CaseTrack.id).where(CaseTrack.case_id == Case.id, CaseTrack.status == filters.status)
        question = question.where(or_(Case.status == filters.status, track.exists()), visible(user, Permission.CASE_READ_DIAGNOSIS, Case))
    if filters.county:
        question = question.where(Case.county_code == filters.county)
    if filters.owner == "mine":
        question = question.where(Case.assignee_id.in_(hands_of(session, user, on)))
    elif filters.owner == "office":
        question = question.where(Case.owner_id == user.organisation_id)
    elif filters.owner == "nobody":
        question = question.where(Case.owner_id == user.organisation_id, Case.assignee_id.is_(None))
    for column, first, last in ((Case.opened_on, filters.opened_from, filters.opened_to), (Case.due_on, None, filters.due_to)):
        question = question.where(column >= first) if first else question
        question = question.where(column <= last) if last else question
    text = filters.text.strip()
    return question.where(_matches(session, text)) if text else question


def _matches(session: Session, text: str) -> Any:
    """By number, by an employer's name, or by a whole identity number."""
    found = [Case.number == text.upper(), Case.employer_id.in_(employer_ids_like(session, text))]
    if any(character.isdigit() for character in text):
        found.append(Case.worker_id.in_(select(Worker.id).where(Worker.id_index.in_(indexes_of(text)))))
    return or_(*found)


def for_list(question: Select[Case]) -> Select[Case]:
    """With everything that a line of the list shows."""
    return question.options(
        joinedload(Case.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(Case.worker).load_only(Worker.name, Worker.merged_into_id),
        joinedload(Case.assignee),
        selectinload(Case.tracks),
    )


def find_case(session: Session, number: str) -> Case | None:
    """The case of that number."""
    return session.scalar(select(Case).where(Case.number == number.upper()))


def for_page(question: Select[Case]) -> Select[Case]:
    """With everything that the page of a case shows."""
    return question.options(
        joinedload(Case.employer), joinedload(Case.worker), joinedload(Case.assignee), joinedload(Case.clinic), joinedload(Case.institution),
        selectinload(Case.tracks), selectinload(Case.steps), selectinload(Case.clocks).selectinload(CaseClock.pauses),
        selectinload(Case.duties), selectinload(Case.evidence).joinedload(CaseEvidence.added_by), selectinload(Case.sources),
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
    return (
        select(CaseWaiting)
        .join(CaseWaiting.case)
        .where(CaseWaiting.organisation_id == user.organisation_id, visible(user, Permission.CASE_READ, Case))
        .options(
            contains_eager(CaseWaiting.case).options(
                joinedload(Case.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
                joinedload(Case.worker).load_only(Worker.name, Worker.merged_into_id),
                joinedload(Case.assignee),
                selectinload(Case.tracks),
            ),
            joinedload(CaseWaiting.clock),
        )
    )


def waiting_for_others(user: Any) -> Select[Case]:
    """Open cases in which this person's organisation has a part and somebody else must act."""
    own = select(CaseWaiting.id).where(CaseWaiting.case_id == Case.id, CaseWaiting.organisation_id == user.organisation_id)
    return cases_visible_to(user).where(Case.closed_on.is_(None), ~own.exists())


def narrowed_inbox(
    question: Select[CaseWaiting], kind: str, whose: str, hands: Sequence[int], on: date, until: date | None
) -> Select[CaseWaiting]:  # fmt: skip
    """What waits, narrowed by kind, by who has taken it, and by the last day; `hands` are one's own, then those one stands in for."""
    if kind:
        question = question.where(Case.kind == kind)
    if whose == "mine":
        question = question.where(Case.assignee_id.in_(hands))
    elif whose == "covered":
        question = question.where(Case.assignee_id.in_(hands[1:]))
    elif whose == "nobody":
        question = question.where(Case.assignee_id.is_(None))
    elif whose == "late":
        question = question.where(CaseWaiting.due_on < on)
    return question.where(CaseWaiting.due_on <= until) if until else question


def related_cases(user: Any, case: Case) -> Select[Case]:
    """Other cases of the same worker, and open ones of the same employer, that this person may see."""
    same = [Case.worker_id == case.worker_id] if case.worker_id else []
    if case.employer_id:
        same.append((Case.employer_id == case.employer_id) & Case.closed_on.is_(None))
    return cases_visible_to(user).where(or_(*same) if same else Case.id == 0, Case.id != case.id).order_by(Case.id.desc()).limit(12)
