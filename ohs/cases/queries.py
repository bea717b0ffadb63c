"""Questions about cases and about what waits in the inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from ohs.accounts.substitutes import hands_of
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import NEXT_DAY, Case, CaseClock, CaseEvidence, CaseTrack, CaseWaiting
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import Unled, Way, aside, lead
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employer_ids_like, indexes_of

ORDERS: dict[str, Sequence[Key]] = {
    "new": (Key(Case.opened_on), Key(Case.id)),
    "due": (Key(NEXT_DAY), Key(Case.id)),
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


class _Beside(Unled):
    """A case as policy reads it row by row, while the list's order leads."""

    def answered_by(self, organisation_id: int) -> ColumnElement[bool]:
        """Whether an office answers for it or a track of it, asked of each row instead of collected."""
        track = select(CaseTrack.id).where(CaseTrack.case_id == Case.id, CaseTrack.owner_id == organisation_id)
        return or_(aside(Case.owner_id) == organisation_id, track.exists())


def filtered_cases(session: Session, user: Any, filters: CaseFilters, on: date) -> Select[Case]:
    """The same, narrowed, by the index that fits: the list's order leads unless a filter leaves few rows."""
    question = select(Case).where(visible(user, Permission.CASE_READ, _Beside(Case)))
    if filters.standing in ("open", "late"):
        question = question.where(Case.closed_on.is_(None))
    elif filters.standing == "closed":
        question = question.where(Case.closed_on.is_not(None))
    if filters.status:
        question = question.where(visible(user, Permission.CASE_READ_DIAGNOSIS, _Beside(Case)))
    if filters.owner == "nobody":
        question = question.where(Case.assignee_id.is_(None))
    if filters.opened_from:
        question = question.where(Case.opened_on >= filters.opened_from)
    if filters.opened_to:
        question = question.where(Case.opened_on <= filters.opened_to)
    return lead(session, question, [*_own_part(user), *_chosen(session, user, filters, on)])


def _own_part(user: Any) -> list[Way]:
    """What the reader's place leaves, where that alone decides and may be few."""
    place = user.organisation
    own: dict[str, ColumnElement[bool]] = {
        "clinic": or_(Case.clinic_id == place.id, Case.institution_id == place.id), "diagnosis": Case.institution_id == place.id, "testing": Case.institution_id == place.id,
        "employer": Case.employer_id.in_(sorted(place.employer_ids)),
    }  # fmt: skip
    return [Way(own[place.kind], true())] if place.kind in own else []


def _chosen(session: Session, user: Any, filters: CaseFilters, on: date) -> list[Way]:
    """Every filter that has an index of its own."""
    equal: list[tuple[Any, Any]] = [
        (Case.kind, filters.kind), (Case.county_code, filters.county),
        (Case.owner_id, user.organisation_id if filters.owner in ("office", "nobody") else None),
    ]  # fmt: skip
    ways = [Way(column == value, aside(column) == value) for column, value in equal if value]
    if filters.owner == "mine":
        hands = hands_of(session, user, on)
        ways.append(Way(Case.assignee_id.in_(hands), aside(Case.assignee_id).in_(hands)))
    if filters.status:
        ways.append(_at_status(filters.status))
    days = [(on > NEXT_DAY, aside(NEXT_DAY) < on)] if filters.standing == "late" else []
    if filters.due_to:
        days.append((filters.due_to >= NEXT_DAY, aside(NEXT_DAY) <= filters.due_to))
    ways += [Way(leading, beside) for leading, beside in days]
    text = filters.text.strip()
    return [*ways, _matches(session, text)] if text else ways


def _at_status(status: str) -> Way:
    """At a status of the main way, or on a track beside it: a status belongs to one of them."""
    if any(status in kind.tracks[MAIN].statuses for kind in KINDS.values()):
        return Way(Case.status == status, aside(Case.status) == status)
    tracks = select(CaseTrack.case_id).where(CaseTrack.status == status)
    return Way(Case.id.in_(tracks), tracks.where(CaseTrack.case_id == Case.id).exists())


def _matches(session: Session, text: str) -> Way:
    """By number, by an employer's name, or by a whole identity number."""
    employer_ids = employer_ids_like(session, text)
    found: list[tuple[Any, Any]] = [(Case.number, [text.upper()]), (Case.employer_id, employer_ids)]
    if any(character.isdigit() for character in text):
        found.append((Case.worker_id, session.scalars(select(Worker.id).where(Worker.id_index.in_(indexes_of(text)))).all()))
    found = [(column, values) for column, values in found if values]
    return Way(or_(*(column.in_(values) for column, values in found)), or_(*(aside(column).in_(values) for column, values in found)))


def for_list(question: Select[Case]) -> Select[Case]:
    """With everything that a line of the list shows."""
    return question.options(*line_options())


def line_options() -> tuple[Any, ...]:
    """What a line about a case shows beside the case itself."""
    return (
        joinedload(Case.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(Case.worker).load_only(Worker.name, Worker.merged_into_id),
        joinedload(Case.assignee),
        selectinload(Case.tracks),
    )


def for_waiting_list(question: Select[Case]) -> Select[Case]:
    """The same, with what says who must act."""
    beside = selectinload(Case.clocks), selectinload(Case.duties), joinedload(Case.clinic), joinedload(Case.institution)
    return question.options(*line_options(), *beside)


def narrowed_others(question: Select[Case], kind: str, whose: str, hands: Sequence[int], on: date, until: date | None) -> Select[Case]:
    """What waits for others, narrowed as an inbox is."""
    if kind:
        question = question.where(Case.kind == kind)
    if whose in ("mine", "covered"):
        question = question.where(Case.assignee_id.in_(hands if whose == "mine" else hands[1:]))
    elif whose == "nobody":
        question = question.where(Case.assignee_id.is_(None))
    elif whose == "late":
        question = question.where(on > NEXT_DAY)
    return question.where(until >= NEXT_DAY) if until else question


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
        .where(CaseWaiting.organisation_id == user.organisation_id, visible(user, Permission.CASE_READ, _Beside(Case)))
        .options(
            contains_eager(CaseWaiting.case).options(*line_options()),
            joinedload(CaseWaiting.clock),
        )
    )


def waiting_for_others(user: Any) -> Select[Case]:
    """Open cases in which this person's organisation has a part and somebody else must act."""
    own = select(CaseWaiting.id).where(CaseWaiting.case_id == Case.id, CaseWaiting.organisation_id == user.organisation_id)
    return select(Case).where(visible(user, Permission.CASE_READ, _Beside(Case)), Case.closed_on.is_(None), ~own.exists())


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
