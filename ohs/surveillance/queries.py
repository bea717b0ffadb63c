"""Questions about examinations and findings; each list starts from what its reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, false, func, literal_column, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ohs.accounts.models import Organisation
from ohs.kernel import steering
from ohs.kernel.ledger import in_order
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import Narrowing, Unled, narrow
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employer_ids_like
from ohs.surveillance.models import Examination, ExaminationRevision, Finding, HazardSetMember
from ohs.surveillance.records import OF_NO_CONCERN, UNCONCERNED, conclusions_for
from ohs.surveillance.rules import OBLIGING

#: The letter of examinations without an individual conclusion yet.
PENDING = "P"


@dataclass(frozen=True)
class ExaminationFilters:
    """What the list may be narrowed by; empty fields narrow nothing."""

    county: str = ""
    town: str = ""
    clinic_id: int | None = None
    #: Part of an employer's name, its initials, or the beginning of its credit code.
    employer: str = ""
    sector: str = ""
    size: str = ""
    phase: str = ""
    #: Letter of a conclusion.
    conclusion: str = ""
    hazard: str = ""
    examined_from: date | None = None
    examined_to: date | None = None
    upload_id: int | None = None
    worker_id: int | None = None
    is_ascending: bool = False

    def without(self, name: str) -> ExaminationFilters:
        """The same without one of them."""
        default: Any = ExaminationFilters.__dataclass_fields__[name].default
        return replace(self, **{name: default})


@dataclass(frozen=True)
class Listing:
    """A question with the order in which it is paged."""

    question: Select[Examination]
    keys: Sequence[Key]


def examinations_visible_to(user: Any) -> Select[Examination]:
    """Examinations of which this person may see the list line."""
    return select(Examination).where(visible(user, Permission.EXAMINATION_READ_CONCLUSION, Examination))


def list_examinations(session: Session, user: Any, filters: ExaminationFilters) -> Listing:
    """The list in the order of days, newest first unless asked otherwise, by the index that fits the filters."""
    is_small = user.organisation.employer_id is not None  # one employer's own records: what policy leaves is few, and leads
    seen = visible(user, Permission.EXAMINATION_READ_CONCLUSION, Examination if is_small else Unled(Examination))
    question = select(Examination).where(seen)
    told = conclusions_for(user, filters.conclusion)
    if filters.conclusion == "O" and told == UNCONCERNED:  # nobody finds by a filter what no page tells
        question = question.where(false())
    day: Any = Examination.examined_on
    last: Any = Examination.id
    narrowings = _narrowings(session, user, filters)
    if is_small or filters.conclusion == PENDING:
        question = question.where(*(one.condition(leads=False) for one in narrowings))
    elif filters.conclusion and filters.conclusion in OBLIGING and _goes_by_findings(session, narrowings):
        day, last = Finding.examined_on, Finding.examination_id
        question = question.join(Finding, Finding.examination_id == Examination.id).where(
            Finding.kind == filters.conclusion, Finding.is_withdrawn.is_(False)
        )
        for condition in _of_findings(user, filters):
            question = question.where(condition)
        question = question.where(*(one.condition(leads=False) for one in narrowings))
    else:
        question = narrow(session, question, narrowings)
    if filters.conclusion and day is not Finding.examined_on:
        question = question.where(Examination.conclusions.in_(OF_NO_CONCERN) if told == UNCONCERNED else _of_letter(filters.conclusion))
    if filters.worker_id:
        question = question.where(Examination.worker_id == filters.worker_id)
    if filters.examined_from:
        question = question.where(day >= filters.examined_from)
    if filters.examined_to:
        question = question.where(day <= filters.examined_to)
    descending = not filters.is_ascending
    return Listing(question, (Key(day, descending), Key(last, descending)))


def _narrowings(session: Session, user: Any, filters: ExaminationFilters) -> list[Narrowing]:
    """Every filter that has an index, those first that usually let fewer rows pass; the reader's own part of the city is one of them."""
    place = user.organisation
    county = filters.county or (place.region_code if place.level in ("county", "zone") else "")
    town = filters.town or (place.region_code if place.level == "town" else "")
    clinic_id = filters.clinic_id or (place.id if place.kind == "clinic" else None)
    found: list[tuple[Any, Any]] = [
        (Examination.upload_id, filters.upload_id), (Examination.clinic_id, clinic_id), (Examination.region_code, town),
        (Examination.sector, filters.sector), (Examination.county_code, county), (Examination.phase, filters.phase), (Examination.size, filters.size),
    ]  # fmt: skip
    narrowings = [Narrowing((column,), (value,)) for column, value in found if value]
    both = (Examination.employer_id, Examination.host_employer_id)
    if filters.employer:
        narrowings.append(Narrowing(both, employer_ids_like(session, filters.employer)))
    if filters.hazard:
        narrowings.append(Narrowing((Examination.examined_set_id,), hazard_sets_of(session, filters.hazard)))
    return narrowings


def _goes_by_findings(session: Session, narrowings: Sequence[Narrowing]) -> bool:
    """Whether the list of a rare conclusion is read from the findings: unless another filter leaves fewer rows still."""
    return all(one.count(session) >= steering.FEW for one in narrowings)


def _of_findings(user: Any, filters: ExaminationFilters) -> list[ColumnElement[bool]]:
    """What a finding itself knows: its index leads by the clinic, or by the county, or by the day alone."""
    place = user.organisation
    if place.kind == "clinic" or filters.clinic_id:
        return [Finding.clinic_id == (filters.clinic_id or place.id)]
    county = filters.county or (place.region_code if place.level in ("county", "zone") else "")
    return [Finding.county_code == county] if county else []


def _of_letter(letter: str) -> ColumnElement[bool]:
    if letter == PENDING:  # written as the partial index has it
        return Examination.conclusions.like(literal_column(f"'%{PENDING}%'"))
    return Examination.conclusions.contains(letter)


def hazard_sets_of(session: Session, code: str) -> list[int]:
    """The combinations in which a hazard occurs."""
    return list(session.scalars(select(HazardSetMember.set_id).where(HazardSetMember.hazard_code == code)))


def for_list(question: Select[Examination]) -> Select[Examination]:
    """With everything that a line of the list shows, and nothing sealed."""
    return question.options(
        joinedload(Examination.worker).load_only(Worker.name, Worker.sex, Worker.merged_into_id), joinedload(Examination.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(Examination.host_employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
        joinedload(Examination.clinic).load_only(Organisation.name), joinedload(Examination.examined_set),
    )  # fmt: skip


def latest_examinations(session: Session, user: Any, employer_ids: Collection[int], most: int) -> Sequence[Examination]:
    """The newest of an employer's own and dispatched people, each read from the index of its employer."""
    seen = visible(user, Permission.EXAMINATION_READ_CONCLUSION, Unled(Examination))
    newest = (Examination.examined_on.desc(), Examination.id.desc())
    ids: list[int] = []
    for column in (Examination.employer_id, Examination.host_employer_id):
        for employer_id in employer_ids:
            ids += session.scalars(select(Examination.id).where(seen, column == employer_id).order_by(*newest).limit(most))
    return session.scalars(for_list(select(Examination).where(Examination.id.in_(ids))).order_by(*newest).limit(most)).all()


def get_for_page(session: Session, examination_id: int) -> Examination | None:
    """One examination with everything that its page shows."""
    shown = (
        Examination.worker, Examination.employer, Examination.host_employer, Examination.clinic, Examination.examined_set, Examination.exposed_set,
    )  # fmt: skip
    return session.scalar(select(Examination).where(Examination.id == examination_id).options(*map(joinedload, shown)))


def revisions_of(examination: Examination) -> Select[ExaminationRevision]:
    """Earlier versions, the latest first."""
    return (
        select(ExaminationRevision)
        .where(ExaminationRevision.examination_id == examination.id)
        .order_by(ExaminationRevision.revision.desc())
    )


def findings_of(examination_ids: Sequence[int]) -> Select[Finding]:
    """What examinations oblige to, withdrawn ones too."""
    return select(Finding).where(Finding.examination_id.in_(examination_ids)).order_by(Finding.examination_id, Finding.kind)


@dataclass(frozen=True)
class FindingFilters:
    """Which findings are listed on a day."""

    on: date
    kind: str = ""
    county: str = ""
    #: `open` (a day is still ahead), `passed` (every day has passed), `withdrawn` (by a correction), or `all`.
    standing: str = "all"


def finding_order(standing: str, on: date) -> tuple[Key, ...]:
    """The nearest day ahead first where there is one, then the newest report."""
    newest = (Key(Finding.reported_on, descending=True), Key(Finding.id, descending=True))
    return (Key(_next_ahead(on)), *newest) if standing == "open" else newest


def _next_ahead(on: date) -> ColumnElement[str]:
    """The nearest day of a finding that has not passed, as ISO text; the middle one of three stands in the list of duties alone."""
    today, middle = on.isoformat(), Finding.due["recheck-window"].as_string()
    first, last = cast(Finding.next_due_on, String), cast(Finding.last_due_on, String)
    return func.coalesce(case((first >= today, first), (middle >= today, middle), else_=last), "", type_=String())


def findings_visible_to(user: Any, filters: FindingFilters) -> Select[Finding]:
    """Conclusions that oblige somebody, for the health department: by kind, county, and how their days stand."""
    question = select(Finding).where(visible(user, Permission.EXAMINATION_READ_CONCLUSION, Finding))
    question = question.where(Finding.kind == filters.kind if filters.kind else Finding.kind.in_(tuple(OBLIGING)))
    if filters.county:
        question = question.where(Finding.county_code == filters.county)
    match filters.standing:
        case "open":
            question = question.where(Finding.is_withdrawn.is_(False), Finding.last_due_on >= filters.on)
        case "passed":
            question = question.where(Finding.is_withdrawn.is_(False), Finding.last_due_on < filters.on)
        case "withdrawn":
            question = question.where(Finding.is_withdrawn.is_(True))
    return question


def for_findings_list(question: Select[Finding]) -> Select[Finding]:
    """With everything that a line of their list shows, and nothing sealed."""
    standing = contains_eager(Finding.examination)
    firms = (Employer.name, Employer.uscc, Employer.merged_into_id)
    return question.join(Finding.examination).options(
        standing.joinedload(Examination.worker).load_only(Worker.name, Worker.merged_into_id),
        standing.joinedload(Examination.employer).load_only(*firms),
        standing.joinedload(Examination.host_employer).load_only(*firms),
        standing.joinedload(Examination.clinic).load_only(Organisation.name),
        standing.joinedload(Examination.examined_set),
    )


def nearest_suspected(session: Session, user: Any, on: date, most: int) -> Sequence[Finding]:
    """The first suspected diseases of their list, in its order, however many are open: a few are read from the index of each day."""
    seen = visible(user, Permission.EXAMINATION_READ_CONCLUSION, Unled(Finding))
    standing = select(Finding.id).where(seen, Finding.kind == "S", Finding.is_withdrawn.is_(False))
    newest = (Finding.reported_on.desc(), Finding.id.desc())
    ahead = standing.where(Finding.next_due_on >= on).order_by(Finding.next_due_on, *newest)
    begun = standing.where(Finding.last_due_on >= on, cast(Finding.next_due_on, String) < on.isoformat()).order_by(
        Finding.last_due_on, *newest
    )
    ids = [*session.scalars(ahead.limit(most)), *session.scalars(begun.limit(most))]
    shown = for_findings_list(select(Finding).where(Finding.id.in_(ids)))
    return session.scalars(in_order(shown, finding_order("open", on)).limit(most)).all()
