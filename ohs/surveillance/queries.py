"""Questions about examinations and findings; each list starts from what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ohs.accounts.models import Organisation
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Employer, Worker
from ohs.surveillance.models import Examination, ExaminationRevision, Finding, HazardSet, HazardSetMember
from ohs.surveillance.rules import OBLIGING

#: A hazard with fewer examinations than this is found by its sets; a commoner one is met soon enough on the way by day.
RARE = 5_000
#: Employers of one name search whose examinations are listed.
EMPLOYERS_AT_MOST = 200


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
    if filters.conclusion and filters.conclusion in OBLIGING:
        day: Any = Finding.examined_on
        last: Any = Finding.examination_id
        question = (
            select(Examination)
            .join(Finding, Finding.examination_id == Examination.id)
            .where(
                Finding.kind == filters.conclusion,
                Finding.is_withdrawn.is_(False),
                visible(user, Permission.EXAMINATION_READ_CONCLUSION, Finding),
            )
        )
        if filters.county:
            question = question.where(Finding.county_code == filters.county)
    else:
        day, last = Examination.examined_on, Examination.id
        question = examinations_visible_to(user)
        if filters.county:
            question = question.where(Examination.county_code == filters.county)
        if filters.conclusion:
            question = question.where(Examination.conclusions.contains(filters.conclusion))
    for condition in _conditions(session, filters, day):
        question = question.where(condition)
    descending = not filters.is_ascending
    return Listing(question, (Key(day, descending), Key(last, descending)))


def _conditions(session: Session, filters: ExaminationFilters, day: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    equal = {
        Examination.region_code: filters.town,
        Examination.clinic_id: filters.clinic_id,
        Examination.sector: filters.sector,
        Examination.size: filters.size,
        Examination.phase: filters.phase,
        Examination.upload_id: filters.upload_id,
        Examination.worker_id: filters.worker_id,
    }
    found += [column == value for column, value in equal.items() if value]
    if filters.examined_from:
        found.append(day >= filters.examined_from)
    if filters.examined_to:
        found.append(day <= filters.examined_to)
    if filters.employer:
        ids = employer_ids_like(session, filters.employer)
        found.append(or_(Examination.employer_id.in_(ids), Examination.host_employer_id.in_(ids)))
    if filters.hazard:
        found.append(_of_hazard(session, filters.hazard))
    return found


def _of_hazard(session: Session, code: str) -> ColumnElement[bool]:
    """Examinations for a hazard. A common hazard must not tempt the database to collect all of them before it sorts."""
    sets = session.execute(
        select(HazardSet.id, HazardSet.examinations)
        .join(HazardSetMember, HazardSetMember.set_id == HazardSet.id)
        .where(HazardSetMember.hazard_code == code)
    ).all()
    ids = [row.id for row in sets]
    if sum(row.examinations for row in sets) < RARE:
        return Examination.examined_set_id.in_(ids)
    by_day: ColumnElement[int] = literal_column("+examination.examined_set_id")
    return by_day.in_(ids)


def employer_ids_like(session: Session, text: str) -> list[int]:
    """Employers whose name holds the text, whose initials begin with it, or whose credit code does."""
    plain = text.strip().replace("%", "").replace("_", "")
    if not plain:
        return []
    question = select(Employer.id).where(
        or_(
            Employer.name.contains(plain),
            Employer.initials.startswith(plain.lower()),
            Employer.uscc.startswith(plain.upper()),
        )
    )
    return list(session.scalars(question.order_by(Employer.id).limit(EMPLOYERS_AT_MOST)))


def for_list(question: Select[Examination]) -> Select[Examination]:
    """With everything that a line of the list shows, and nothing sealed."""
    return question.options(
        joinedload(Examination.worker).load_only(Worker.name, Worker.sex), joinedload(Examination.employer).load_only(Employer.name, Employer.uscc),
        joinedload(Examination.host_employer).load_only(Employer.name, Employer.uscc),
        joinedload(Examination.clinic).load_only(Organisation.name), joinedload(Examination.examined_set),
    )  # fmt: skip


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


def findings_visible_to(user: Any, kind: str = "", county: str = "", overdue_on: date | None = None) -> Select[Finding]:
    """Conclusions that oblige somebody, for the health department: by kind, county, and whether a day has passed."""
    question = (
        select(Finding)
        .join(Finding.examination)
        .where(
            visible(user, Permission.EXAMINATION_READ_CONCLUSION, Finding),
            Finding.is_withdrawn.is_(False),
            Finding.next_due_on.is_not(None),
        )
        .options(
            contains_eager(Finding.examination).joinedload(Examination.worker).load_only(Worker.name),
            contains_eager(Finding.examination).joinedload(Examination.employer).load_only(Employer.name, Employer.uscc),
            contains_eager(Finding.examination).joinedload(Examination.host_employer).load_only(Employer.name, Employer.uscc),
            contains_eager(Finding.examination).joinedload(Examination.clinic).load_only(Organisation.name),
            contains_eager(Finding.examination).joinedload(Examination.examined_set),
        )
    )
    if kind:
        question = question.where(Finding.kind == kind)
    if county:
        question = question.where(Finding.county_code == county)
    if overdue_on:
        question = question.where(Finding.next_due_on < overdue_on)
    return question
