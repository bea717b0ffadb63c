"""Questions about employers, workers and institutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, defer, joinedload

from ohs.accounts.models import Organisation
from ohs.kernel.crypto import blind
from ohs.kernel.identity import fold
from ohs.kernel.paging import COUNT_CAP, Key, capped_count
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import Narrowing, Unled, narrow
from ohs.registry.models import (
    DuplicatePair,
    Employer,
    EmployerVersion,
    Employment,
    Exposure,
    InstitutionScope,
    Merge,
    Worker,
    WorkerClinic,
    Workplace,
)

EMPLOYER_ORDERS: dict[str, Sequence[Key]] = {
    "name": (Key(Employer.name), Key(Employer.id)),
    "uscc": (Key(Employer.uscc),),
    "county": (Key(Employer.county_code), Key(Employer.region_code), Key(Employer.id)),
    "industry": (Key(Employer.industry_code), Key(Employer.id)),
    "employees": (Key(Employer.employees), Key(Employer.id)),
    "new": (Key(Employer.id),),
}
#: Employers of one name search whose workers or examinations are listed.
EMPLOYERS_AT_MOST = 200
#: Kinds of identity document, as the formats name them.
ID_TYPES = ("居民身份证", "港澳台居民居住证", "护照", "外国人永久居留证", "其他")
INSTITUTION_ORDERS = {"name": (Key(Organisation.name), Key(Organisation.id)), "kind": (Key(Organisation.kind), Key(Organisation.id))}
PAIR_ORDERS: dict[str, Sequence[Key]] = {"score": (Key(DuplicatePair.score), Key(DuplicatePair.id))}
WORKER_ORDERS: dict[str, Sequence[Key]] = {"new": (Key(Worker.id),), "name": (Key(Worker.name), Key(Worker.id))}


@dataclass(frozen=True)
class EmployerFilters:
    """What the ledger of employers may be narrowed by."""

    text: str = ""
    county: str = ""
    town: str = ""
    sector: str = ""
    size: str = ""
    risk_class: str = ""
    explosive_dust: str = ""
    is_unregistered: bool = False


def _is_called(employer: Any, plain: str) -> ColumnElement[bool]:
    found = [employer.name.contains(plain), employer.uscc.startswith(plain.upper())]
    if len(plain) > 1 and plain.isascii():
        found.append(employer.initials.contains(plain.lower()))
    return or_(*found)


def matches_employer(text: str) -> ColumnElement[bool]:
    """Employers whose name holds the text, whose initials do, or whose credit code begins with it, and all merged with such a one."""
    plain = text.strip().replace("%", "").replace("_", "")
    other, pointing = aliased(Employer), aliased(Employer)
    standing = lambda employer: func.coalesce(employer.merged_into_id, employer.id)  # noqa: E731
    is_merged = or_(
        other.merged_into_id.is_not(None), other.id.in_(select(pointing.merged_into_id).where(pointing.merged_into_id.is_not(None)))
    )
    return or_(_is_called(Employer, plain), standing(Employer).in_(select(standing(other)).where(is_merged, _is_called(other, plain))))


def employers_visible_to(user: Any) -> Select[Employer]:
    """Employers whose minimum fields this person may see; merged entries are seen through the kept one."""
    return select(Employer).where(visible(user, Permission.EMPLOYER_READ, Employer), Employer.merged_into_id.is_(None))


def filtered_employers(user: Any, filters: EmployerFilters) -> Select[Employer]:
    """The same, narrowed."""
    question = employers_visible_to(user)
    equal: dict[Any, str] = {
        Employer.county_code: filters.county,
        Employer.region_code: filters.town,
        Employer.sector: filters.sector,
        Employer.size: filters.size,
        Employer.risk_class: filters.risk_class,
    }
    for column, value in equal.items():
        if value:
            question = question.where(column == value)
    if filters.explosive_dust:
        question = question.where(Employer.has_explosive_dust.is_(filters.explosive_dust == "yes"))
    if filters.is_unregistered:
        question = question.where(Employer.is_registered.is_(False))
    return question.where(matches_employer(filters.text)) if filters.text.strip() else question


def find_employer(session: Session, uscc: str) -> Employer | None:
    """The employer of that credit code; of a merged entry the one that stands for it."""
    employer = session.scalar(select(Employer).where(Employer.uscc == fold(uscc)))
    return employer.standing if employer is not None else None


def standing_ids(session: Session, model: type[Employer] | type[Worker], id: int) -> list[int]:
    """The record and every one that was merged into it."""
    return [id, *session.scalars(select(model.id).where(model.merged_into_id == id).order_by(model.id))]


def versions_of(employer_ids: Sequence[int]) -> Select[EmployerVersion]:
    """Changes of an entry, the latest first."""
    return select(EmployerVersion).where(EmployerVersion.employer_id.in_(employer_ids)).order_by(EmployerVersion.id.desc())


def workplaces_of(employer_ids: Sequence[int]) -> Select[Workplace]:
    """Where an employer works."""
    return select(Workplace).where(Workplace.employer_id.in_(employer_ids)).order_by(Workplace.id)


def workers_visible_to(user: Any) -> Select[Worker]:
    """Workers of whom this person may see the masked line."""
    return select(Worker).where(visible(user, Permission.WORKER_READ, Worker), Worker.merged_into_id.is_(None))


def count_workers(session: Session, user: Any) -> int:
    """How many of them, capped as any count; where a clinic has noted more than that, its notes are counted and no worker is read."""
    place = user.organisation
    if place.kind == "clinic":
        notes = select(WorkerClinic).where(WorkerClinic.organisation_id == place.id)
        merged = select(Worker).where(Worker.merged_into_id.is_not(None))  # of all clinics: few, and read from their index
        if capped_count(session, notes, 2 * COUNT_CAP) - capped_count(session, merged) >= COUNT_CAP:
            return COUNT_CAP
    return capped_count(session, workers_visible_to(user))


def filtered_workers(session: Session, user: Any, text: str, county: str = "", employer: str = "") -> Select[Worker]:
    """Workers by exact identity number (a text with a digit), by whole name, or by employer."""
    place, text = user.organisation, text.strip()
    is_small = place.employer_id is not None  # one employer's own people: what policy leaves is few, and leads
    seen = visible(user, Permission.WORKER_READ, Worker if is_small else Unled(Worker))
    question = select(Worker).where(seen, Worker.merged_into_id.is_(None))
    if any(character.isdigit() for character in text):
        return question.where(Worker.id_index.in_(indexes_of(text)))
    narrowings = [Narrowing((Worker.name,), (text,))] if text else []
    if employer:
        narrowings.append(Narrowing((Worker.employer_id,), employer_ids_like(session, employer)))
    if county or place.level in ("county", "zone"):
        narrowings.append(Narrowing((Worker.county_code,), (county or place.region_code,)))
    if is_small:
        return question.where(*(one.condition(leads=False) for one in narrowings))
    return narrow(session, question, narrowings)


def employer_ids_like(session: Session, text: str) -> list[int]:
    """The employers whose workers or examinations are listed for a name, initials or a credit code; of many the first."""
    if not text.strip(" %_"):
        return []
    return list(session.scalars(select(Employer.id).where(matches_employer(text)).order_by(Employer.id).limit(EMPLOYERS_AT_MOST)))


def indexes_of(number: str) -> list[bytes]:
    """Blind indexes under which an identity number may be known: exact search only, whatever kind of document it is."""
    folded = fold(number)
    return [blind("worker", f"{kind}:{folded}") for kind in ID_TYPES] if folded else []


def employments_of(worker_ids: Sequence[int]) -> Select[Employment]:
    """Where a worker worked, the latest first."""
    return select(Employment).where(Employment.worker_id.in_(worker_ids)).order_by(Employment.starts_on.desc(), Employment.id.desc())


def exposures_of(worker_ids: Sequence[int]) -> Select[Exposure]:
    """What a worker was exposed to, the latest first."""
    return select(Exposure).where(Exposure.worker_id.in_(worker_ids)).order_by(Exposure.starts_on.desc(), Exposure.id.desc())


def find_standing_merge(session: Session, pair: DuplicatePair) -> Merge | None:
    """The merge of a pair that nobody has undone."""
    return session.scalar(select(Merge).where(Merge.pair_id == pair.id, Merge.undone_at.is_(None)))


def open_pairs(user: Any, kind: str) -> Select[DuplicatePair]:
    """Possible duplicates that wait for a decision; one whose entry was merged elsewhere meanwhile is no question any more."""
    permission = Permission.EMPLOYER_MERGE if kind == "employer" else Permission.WORKER_MERGE
    model: Any = Employer if kind == "employer" else Worker
    merged = select(model.id).where(model.merged_into_id.is_not(None))
    return select(DuplicatePair).where(
        DuplicatePair.kind == kind, DuplicatePair.state == "open", DuplicatePair.left_id.not_in(merged), DuplicatePair.right_id.not_in(merged),
        visible(user, permission, DuplicatePair),
    )  # fmt: skip


def merges_of(kind: str, kept_ids: Sequence[int]) -> Select[Merge]:
    """Merges into a record that have not been undone."""
    return select(Merge).where(Merge.kind == kind, Merge.kept_id.in_(kept_ids), Merge.undone_at.is_(None)).order_by(Merge.id)


def institutions() -> Select[Organisation]:
    """Clinics, diagnosis and testing institutions."""
    return select(Organisation).where(Organisation.kind.in_(("clinic", "diagnosis", "testing")))


def filtered_institutions(text: str, kind: str, *, is_active_only: bool) -> Select[Organisation]:
    """The same, narrowed by a part of the name, the kind, and whether they are still at work."""
    question = institutions()
    if text.strip():
        question = question.where(Organisation.name.contains(text.strip()))
    if kind in ("clinic", "diagnosis", "testing"):
        question = question.where(Organisation.kind == kind)
    return question.where(Organisation.is_active) if is_active_only else question


def scopes_of(organisation_ids: Sequence[int]) -> Select[InstitutionScope]:
    """What institutions have and had on file."""
    return select(InstitutionScope).where(InstitutionScope.organisation_id.in_(organisation_ids)).order_by(InstitutionScope.filed_on)


def with_employer(question: Select[Worker]) -> Select[Worker]:
    """With what a line of the list shows."""
    return question.options(
        joinedload(Worker.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id), defer(Worker.phone)
    )
