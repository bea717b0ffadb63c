"""What people do with the register: change an entry, merge and un-merge, settle a pair, file an institution's scope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.masks import mask_phone
from ohs.kernel.message import Message
from ohs.kernel.touched import touch
from ohs.registry.labels import jurisdiction_of
from ohs.registry.models import DuplicatePair, Employer, EmployerVersion, InstitutionScope, Merge, Worker, Workplace
from ohs.registry.recognition import initials_of
from ohs.registry.rules import derive

#: Fields that a person or a file gives; the rest is derived.
GIVEN = (
    "name", "registered_address", "work_address", "region_code", "industry_code", "economic_type_standard", "economic_type", "employees",
    "revenue_10k_cny", "legal_representative", "contact", "contact_phone", "is_above_size", "has_explosive_dust",
)  # fmt: skip
#: Fields of a kept entry that a merge may take from the other one.
MERGED_FIELDS = {"employer": ("name", *GIVEN[1:]), "worker": ("name", "sex", "birth_on", "phone", "employer_id")}
MODELS: dict[str, type[Employer] | type[Worker]] = {"employer": Employer, "worker": Worker}


def derived_fields(given: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What follows from the given fields: jurisdiction, initials, division, size, risk class."""
    found = derive(given["industry_code"], given["employees"], given["revenue_10k_cny"], on)
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
    upload_id: int | None = None,
    row: int | None = None,
) -> dict[str, Any]:
    """Take over what was given, derive the rest, and keep what it was before; returns the changes."""
    wanted = {name: given[name] for name in GIVEN}
    wanted |= derived_fields(wanted, on) | {"is_registered": True}
    changes = {}
    for name, value in wanted.items():
        before = getattr(employer, name)
        if before != value:
            shown = (lambda text: mask_phone(text) if text else text) if name == "contact_phone" else (lambda text: text)
            changes[name] = [shown(before), shown(value)]
            setattr(employer, name, value)
    if changes:
        session.add(
            EmployerVersion(employer_id=employer.id, user_id=actor.id if actor else None, upload_id=upload_id, row=row, changes=changes)
        )
        session.add(audit("employer:changed", employer, actor, after={"fields": sorted(changes)}))
        if changes.keys() & {"county_code", "region_code", "sector", "size"}:
            touch(session, "employer", [employer.id])
    keep_workplace(session, employer)
    return changes


def keep_workplace(session: Session, employer: Employer) -> Workplace | None:
    """The workplace at the employer's work address, entered where it is new."""
    if not employer.work_address or not employer.region_code:
        return None
    return workplace_at(session, employer, employer.work_address, employer.region_code)


def workplace_at(session: Session, employer: Employer, address: str, region_code: str) -> Workplace:
    """The employer's workplace at an address; a new address makes a new workplace."""
    found = session.scalar(
        select(Workplace).where(Workplace.employer_id == employer.id, Workplace.region_code == region_code, Workplace.address == address)
    )
    if found is None:
        found = Workplace(employer=employer, address=address, region_code=region_code, county_code=jurisdiction_of(region_code))
        session.add(found)
        session.flush()
    return found


def merge_records(session: Session, pair: DuplicatePair, kept_id: int, taken: set[str], *, reason: str, actor: User) -> Merge:
    """Let one record of a pair stand for both. `taken` names the fields that the kept one takes from the other.

    Nothing is moved: the other becomes a pointer, so that undoing is one act.
    """
    if pair.state != "open":
        raise DomainError(Message("This pair was settled meanwhile."))
    if kept_id not in (pair.left_id, pair.right_id):
        raise DomainError(Message("Choose which of the two stays."), status=400)
    other_id = pair.left_id if kept_id == pair.right_id else pair.right_id
    model = MODELS[pair.kind]
    kept, other = _both(session, model, kept_id, other_id)
    if kept.merged_into_id is not None or other.merged_into_id is not None:
        raise DomainError(Message("One of the two was merged elsewhere meanwhile."))
    changed: dict[str, Any] = {}
    for name in MERGED_FIELDS[pair.kind]:
        if name in taken and getattr(kept, name) != getattr(other, name):
            changed[name] = [_plain(getattr(kept, name)), _plain(getattr(other, name))]
            setattr(kept, name, getattr(other, name))
    other.merged_into_id = kept.id
    merge = Merge(
        kind=pair.kind, kept_id=kept.id, merged_id=other.id, pair_id=pair.id, fields=json.dumps(changed, ensure_ascii=False), reason=reason,
        merged_by_id=actor.id,
    )  # fmt: skip
    pair.state, pair.decided_at, pair.decided_by_id = "merged", now(), actor.id
    session.add(merge)
    session.flush()
    _rederive(kept)
    touch(session, pair.kind, [kept.id, other.id])
    session.add(audit(f"{pair.kind}:merged", kept, actor, after={"merged": other.id, "fields": sorted(changed)}, reason=reason))
    return merge


def undo_merge(session: Session, merge: Merge, *, actor: User) -> None:
    """Make two records of one again, with the fields as they were, unless somebody has changed them since."""
    if merge.undone_at is not None:
        raise DomainError(Message("This merge was undone already."))
    model = MODELS[merge.kind]
    kept, other = _both(session, model, merge.kept_id, merge.merged_id)
    for name, (before, after) in json.loads(merge.fields or "{}").items():
        if _plain(getattr(kept, name)) == after:
            setattr(kept, name, _typed(model, name, before))
    other.merged_into_id = None
    merge.undone_at, merge.undone_by_id = now(), actor.id
    if merge.pair_id is not None and (pair := session.get(DuplicatePair, merge.pair_id)):
        pair.state, pair.decided_at, pair.decided_by_id = "open", None, None
    _rederive(kept)
    touch(session, merge.kind, [kept.id, other.id])
    session.add(audit(f"{merge.kind}:unmerged", kept, actor, after={"merged": other.id}))


def _both(session: Session, model: type[Employer] | type[Worker], kept_id: int, other_id: int) -> tuple[Any, Any]:
    return session.get_one(model, kept_id), session.get_one(model, other_id)


def _rederive(record: Employer | Worker) -> None:
    if isinstance(record, Employer):
        record.initials, record.county_code = initials_of(record.name), jurisdiction_of(record.region_code)
        record.sector = record.industry_code[:2]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(model: type[Employer] | type[Worker], name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "birth_on" and value else value


def keep_apart(session: Session, pair: DuplicatePair, *, actor: User) -> None:
    """Remember that the two are not one; the pair will not be asked again."""
    if pair.state != "open":
        raise DomainError(Message("This pair was settled meanwhile."))
    pair.state, pair.decided_at, pair.decided_by_id = "distinct", now(), actor.id
    session.add(audit(f"{pair.kind}:kept-apart", f"{pair.left_id}/{pair.right_id}", actor))


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
