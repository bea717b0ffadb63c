"""The ledger of declarations as rows for a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.declarations.fields import KIND_LABELS
from ohs.declarations.labels import STANDING_LABELS, STATUS_LABELS
from ohs.declarations.models import Declaration
from ohs.declarations.queries import for_list, limit_of
from ohs.declarations.shown import classes_in
from ohs.kernel.clock import local_day
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, allowed
from ohs.registry.labels import RISK_LABELS, SIZE_LABELS, county_name, industry_name
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.regions import region_name

DECLARATION_COLUMNS = (
    LedgerColumn("number", Message("Number"), 24),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("town", Message("Town"), 14),
    LedgerColumn("kind", Message("Kind"), 12),
    LedgerColumn("year", Message("Year"), 8, "number"),
    LedgerColumn("status", Message("Status"), 10),
    LedgerColumn("standing", Message("Standing of the filing"), 14),
    LedgerColumn("submitted_on", Message("Handed in on"), 12, "day"),
    LedgerColumn("accepted_on", Message("Accepted on"), 12, "day"),
    LedgerColumn("due_on", Message("Due on"), 12, "day"),
    LedgerColumn("sector", Message("Industry"), 26),
    LedgerColumn("size", Message("Size"), 8),
    LedgerColumn("risk_class", Message("Risk class"), 12),
    LedgerColumn("employees", Message("Own employees"), 10, "number"),
    LedgerColumn("exposed", Message("Exposed"), 10, "number"),
    LedgerColumn("hazards", Message("Hazard factors"), 50),
)
#: For those who see no more than the standing.
LIMITED = ("number", "employer", "uscc", "county", "town", "kind", "year", "status", "standing", "submitted_on", "accepted_on", "due_on")


def limited_columns() -> tuple[LedgerColumn, ...]:
    """The columns that tell no more than the standing."""
    return tuple(column for column in DECLARATION_COLUMNS if column.key in LIMITED)


def declaration_rows(
    session: Session, user: Any, question: Select[Declaration], keys: Sequence[Key], columns: Sequence[LedgerColumn]
) -> Iterator[list[Any]]:
    """One row a version, in the columns asked for; hazards by name for those who see all of it, else by class."""
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    wanted = [column.key for column in columns]
    question = for_list(question).order_by(*order).execution_options(yield_per=500)
    for declaration in session.scalars(question):
        cells = _cells(declaration, is_full=allowed(user, Permission.DECLARATION_READ_FULL, declaration))
        yield [cells[key] for key in wanted]


def _cells(declaration: Declaration, *, is_full: bool) -> dict[str, Any]:
    return {
        "number": declaration.number,
        "employer": declaration.employer.standing.name,
        "uscc": declaration.employer.standing.uscc,
        "county": county_name(declaration.county_code),
        "town": region_name(declaration.region_code),
        "kind": say(KIND_LABELS[declaration.kind]),
        "year": declaration.year,
        "status": say(STATUS_LABELS[declaration.status]),
        "standing": say(STANDING_LABELS[declaration.filing.status]),
        "submitted_on": local_day(declaration.submitted_at) if declaration.submitted_at else None,
        "accepted_on": declaration.accepted_on,
        "due_on": limit_of(declaration),
        "sector": industry_name(declaration.sector),
        "size": str(SIZE_LABELS[declaration.size]),
        "risk_class": str(RISK_LABELS[declaration.risk_class]),
        "employees": declaration.employees,
        "exposed": declaration.exposed,
        "hazards": "、".join([hazard_name(row.hazard_code) for row in declaration.hazards] if is_full else classes_in(declaration)),
    }
