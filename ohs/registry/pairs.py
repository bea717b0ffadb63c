"""A possible duplicate as its page shows it: both records side by side, field by field, with what speaks for their being one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.kernel.masks import mask_id_number, mask_name, mask_phone
from ohs.kernel.screens import show_number
from ohs.registry.labels import RISK_LABELS, SIZE_LABELS, county_name, economic_type_name, industry_name
from ohs.registry.merging import MERGED_FIELDS, MODELS, result_of
from ohs.registry.models import DuplicatePair, Employer, Worker, Workplace
from ohs.registry.queries import standing_ids
from ohs.rulebook.regions import region_name

FIELD_LABELS = {
    "uscc": _l("Unified social credit code"),
    "name": _l("Name of the employer"),
    "registered_address": _l("Registered address"),
    "work_address": _l("Address of the workplace"),
    "region_code": _l("Town"),
    "county_code": _l("County or zone"),
    "industry_code": _l("Industry"),
    "economic_type_standard": _l("List of economic types"),
    "economic_type": _l("Economic type"),
    "employees": _l("Employees"),
    "revenue_10k_cny": _l("Revenue (10,000 yuan)"),
    "size": _l("Size"),
    "risk_class": _l("Risk class"),
    "legal_representative": _l("Legal representative"),
    "contact": _l("Contact for occupational health"),
    "contact_phone": _l("Phone"),
    "is_above_size": _l("Above designated size"),
    "has_explosive_dust": _l("Explosive dust"),
    "is_registered": _l("In the base register"),
    "sector": _l("Division of industry"),
    "initials": _l("Pinyin initials"),
    "id_type": _l("Kind of document"),
    "id_number": _l("Identity number"),
    "sex": _l("Sex"),
    "birth_on": _l("Born on"),
    "phone": _l("Phone"),
    "employer_id": _l("Employer"),
}
EVIDENCE_LABELS = {
    "same-name": _l("The same name"),
    "like-name": _l("A name much alike"),
    "near-code": _l("Credit codes that differ in one or two places"),
    "same-phone": _l("The same phone"),
    "same-address": _l("The same address"),
    "same-representative": _l("The same legal representative"),
    "same-birth": _l("The same name and birthday"),
    "near-number": _l("Another kind of document, or a number that differs in one or two places"),
}
SHOWN = {"employer": ("uscc", *MERGED_FIELDS["employer"]), "worker": ("id_type", "id_number", *MERGED_FIELDS["worker"])}


@dataclass(frozen=True)
class ComparedField:
    """One field of both records, fit to be shown."""

    name: str
    label: Any
    left: str
    right: str
    may_be_taken: bool

    @property
    def differs(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True)
class Compared:
    """A pair with both records and its evidence."""

    pair: DuplicatePair
    left: Any
    right: Any
    fields: list[ComparedField]


def show_field(name: str, value: Any, record: Any = None) -> str:
    """A stored value in words; personal numbers masked."""
    if value in (None, ""):
        return "—"
    match name:
        case "region_code":
            return region_name(value)
        case "county_code":
            return county_name(value)
        case "industry_code":
            return f"{value} {industry_name(value)}"
        case "economic_type":
            return economic_type_name(getattr(record, "economic_type_standard", ""), value)
        case "contact_phone" | "phone":
            return mask_phone(value)
        case "id_number":
            return mask_id_number(value)
        case "size":
            return str(SIZE_LABELS[value])
        case "risk_class":
            return str(RISK_LABELS[value])
    if isinstance(value, bool):
        return str(_l("Yes")) if value else str(_l("No"))
    return show_number(value) if isinstance(value, int | float) else str(value)


def pair_of(session: Session, pair: DuplicatePair) -> tuple[Any, Any]:
    """Both records of a pair."""
    model = MODELS[pair.kind]
    return session.get_one(model, pair.left_id), session.get_one(model, pair.right_id)


def compared(session: Session, pair: DuplicatePair) -> Compared:
    """Both records of a pair, field by field."""
    left, right = pair_of(session, pair)
    fields = [
        ComparedField(
            name, _label(pair.kind, name), _shown(session, name, left), _shown(session, name, right), name in MERGED_FIELDS[pair.kind]
        )
        for name in SHOWN[pair.kind]
        if name != "economic_type_standard"
    ]
    return Compared(pair, left, right, fields)


def _label(kind: str, name: str) -> Any:
    return _l("Name") if (kind, name) == ("worker", "name") else FIELD_LABELS[name]


def _shown(session: Session, name: str, record: Any) -> str:
    value = getattr(record, name)
    if name == "employer_id":
        employer = session.get(Employer, value) if value else None
        return employer.name if employer else "—"
    if name == "name" and isinstance(record, Worker):
        return mask_name(value)
    return show_field(name, value, record)


#: What follows from other fields; shown in a preview, never chosen.
FOLLOWING = ("county_code", "size", "risk_class")


@dataclass(frozen=True)
class Outcome:
    """One field of the record that would stand, and whether the merge changes it."""

    label: Any
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Preview:
    """What would stand after a merge, field by field, and how much goes along with the other record."""

    kept: Any
    other: Any
    outcomes: list[Outcome]
    workplaces: int
    workers: int


def previewed(session: Session, compared: Compared, kept_id: int, taken: set[str], on: date) -> Preview:
    """The record that would stand for both."""
    kind = compared.pair.kind
    kept, other = (compared.left, compared.right) if kept_id == compared.left.id else (compared.right, compared.left)
    changes = result_of(kind, kept, other, taken, on)
    names = [field.name for field in compared.fields] + (list(FOLLOWING) if kind == "employer" else [])
    outcomes = []
    for name in names:
        source = other if name in changes and name not in FOLLOWING else kept
        text = show_field(name, changes[name]) if name in FOLLOWING and name in changes else _shown(session, name, source)
        outcomes.append(Outcome(_label(kind, name), text, name in changes))
    ids = standing_ids(session, MODELS[kind], other.id)
    if kind == "worker":
        return Preview(kept, other, outcomes, 0, 0)
    count = lambda model, column: session.scalar(select(func.count()).select_from(model).where(column.in_(ids))) or 0  # noqa: E731
    return Preview(kept, other, outcomes, count(Workplace, Workplace.employer_id), count(Worker, Worker.employer_id))
