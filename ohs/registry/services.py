"""What people do with the register: change an entry, keep a workplace, file an institution's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.kernel.audit import audit
from ohs.kernel.bulk import lock_for_loading
from ohs.kernel.masks import mask_phone
from ohs.kernel.touched import touch
from ohs.registry.labels import jurisdiction_of
from ohs.registry.models import Employer, EmployerVersion, InstitutionScope, Workplace
from ohs.registry.recognition import initials_of
from ohs.registry.rules import derive

#: Fields that a person or a file gives; the rest is derived.
GIVEN = (
    "name", "registered_address", "work_address", "region_code", "industry_code", "economic_type_standard", "economic_type", "employees",
    "revenue_10k_cny", "legal_representative", "contact", "contact_phone", "is_above_size", "has_explosive_dust",
)  # fmt: skip

#: Classes of risk that leave no question open: once a declaration has answered it, the same industry is not asked again.
ANSWERED = ("serious", "general")


def derived_fields(given: Mapping[str, Any], on: date, answers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What follows from the given fields: jurisdiction, initials, division, size, risk class.

    `answers` are those to what the catalogue makes the class depend on: `solvents`, `scope`.
    """
    found = derive(given["industry_code"], given["employees"], given["revenue_10k_cny"], on, **(answers or {}))
    return {
        "county_code": jurisdiction_of(given["region_code"]),
        "initials": initials_of(given["name"]),
        "sector": given["industry_code"][:2],
        "size": found.size,
        "risk_class": found.risk_class,
    }


def change_employer(
    session: Session,
    employer: Employer,
    given: Mapping[str, Any],
    *,
    actor: User | None,
    on: date,
    answers: Mapping[str, str] | None = None,
    upload_id: int | None = None,
    row: int | None = None,
) -> dict[str, Any]:
    """Take over what was given, derive the rest, and keep what it was before; returns the changes."""
    wanted = {name: given[name] for name in GIVEN}
    wanted |= derived_fields(wanted, on, answers) | {"is_registered": True}
    if wanted["risk_class"] == "ask" and wanted["industry_code"] == employer.industry_code and employer.risk_class in ANSWERED:
        wanted["risk_class"] = employer.risk_class
    changes = {name: [getattr(employer, name), value] for name, value in wanted.items() if getattr(employer, name) != value}
    for name, (_before, value) in changes.items():
        setattr(employer, name, value)
    if changes:
        keep_version(session, employer, changes, actor=actor, upload_id=upload_id, row=row)
        session.add(audit("employer:changed", employer, actor, after={"fields": sorted(changes)}))
        if changes.keys() & {"county_code", "region_code", "sector", "size"}:
            touch(session, "employer", [employer.id])
    keep_workplace(session, employer)
    return changes


def keep_version(
    session: Session,
    employer: Employer,
    changes: Mapping[str, Sequence[Any]],
    *,
    actor: User | None,
    upload_id: int | None = None,
    row: int | None = None,
) -> None:
    """Keep what a change replaced: name → before and after; phones masked."""
    told = {name: [_told(name, value) for value in values] for name, values in changes.items()}
    session.add(EmployerVersion(employer_id=employer.id, user_id=actor.id if actor else None, upload_id=upload_id, row=row, changes=told))


def _told(name: str, value: Any) -> Any:
    return mask_phone(value) if name == "contact_phone" and value else value


def keep_workplace(session: Session, employer: Employer) -> Workplace | None:
    """The workplace at the employer's work address, entered where it is new."""
    if not employer.work_address or not employer.region_code:
        return None
    return workplace_at(session, employer, employer.work_address, employer.region_code)


def workplace_at(session: Session, employer: Employer, address: str, region_code: str) -> Workplace:
    """The employer's workplace at an address; a new address makes a new workplace."""
    question = select(Workplace).where(
        Workplace.employer_id == employer.id, Workplace.region_code == region_code, Workplace.address == address
    )
    found = session.scalar(question)
    if found is None:
        lock_for_loading(session, "workplaces")
        found = session.scalar(question)
    if found is None:
        found = Workplace(employer=employer, address=address, region_code=region_code, county_code=jurisdiction_of(region_code))
        session.add(found)
        session.flush()
    return found


def file_scope(session: Session, organisation: Organisation, categories: set[str], *, on: date, actor: User) -> None:
    """File what an institution may do from this day on; what is no longer named ends the day before."""
    standing = {
        scope.category: scope
        for scope in session.scalars(
            select(InstitutionScope).where(
                InstitutionScope.organisation_id == organisation.id, or_(InstitutionScope.ends_on.is_(None), InstitutionScope.ends_on >= on)
            )
        )
    }
    for category in categories - standing.keys():
        session.add(InstitutionScope(organisation_id=organisation.id, category=category, filed_on=on))
    for category in standing.keys() - categories:
        standing[category].ends_on = date.fromordinal(max(on.toordinal() - 1, standing[category].filed_on.toordinal()))
    session.add(
        audit(
            "institution:scope-filed",
            organisation,
            actor,
            before={"categories": sorted(standing)},
            after={"categories": sorted(categories)},
        )
    )
