"""The ledger of employers as rows for a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.kernel.masks import mask_phone
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.registry.labels import RISK_LABELS, SIZE_LABELS, county_name, industry_name
from ohs.registry.models import Employer
from ohs.rulebook.regions import region_name

EMPLOYER_COLUMNS = (
    LedgerColumn("name", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("town", Message("Town"), 14),
    LedgerColumn("work_address", Message("Address of the workplace"), 40),
    LedgerColumn("industry", Message("Industry"), 28),
    LedgerColumn("employees", Message("Employees"), 10, "number"),
    LedgerColumn("size", Message("Size"), 8),
    LedgerColumn("risk_class", Message("Risk class"), 14),
    LedgerColumn("contact", Message("Contact for occupational health"), 12),
    LedgerColumn("contact_phone", Message("Phone"), 16),
)


#: What who serves an employer does not see of it.
WITHHELD = ("work_address",)


def minimum_columns() -> tuple[LedgerColumn, ...]:
    """The columns for who sees the minimum fields only."""
    return tuple(column for column in EMPLOYER_COLUMNS if column.key not in WITHHELD)


def employer_rows(
    session: Session, question: Select[Employer], keys: Sequence[Key], columns: Sequence[LedgerColumn]
) -> Iterator[list[Any]]:
    """One row an employer, in the columns asked for; phones masked."""
    wanted = {column.key for column in columns}
    places = [place for place, column in enumerate(EMPLOYER_COLUMNS) if column.key in wanted]
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    for employer in session.scalars(question.order_by(*order).execution_options(yield_per=1000)):
        cells = [
            employer.name, employer.uscc, county_name(employer.county_code), region_name(employer.region_code) if employer.region_code else "—",
            employer.work_address, industry_name(employer.industry_code), employer.employees, str(SIZE_LABELS[employer.size]),
            str(RISK_LABELS[employer.risk_class]), employer.contact, mask_phone(employer.contact_phone or ""),
        ]  # fmt: skip
        yield [cells[place] for place in places]
