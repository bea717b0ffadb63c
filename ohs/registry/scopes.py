"""What an institution has on file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.registry.models import InstitutionScope


def scopes_of(session: Session, organisation_id: int) -> Callable[[date], frozenset[str]]:
    """Categories of hazards that the institution had on file on any day, asked of the database once."""
    columns = (InstitutionScope.category, InstitutionScope.filed_on, InstitutionScope.ends_on)
    rows = session.execute(select(*columns).where(InstitutionScope.organisation_id == organisation_id)).all()

    @cache
    def on_file(on: date) -> frozenset[str]:
        return frozenset(row.category for row in rows if row.filed_on <= on and (row.ends_on is None or row.ends_on >= on))

    return on_file


def scope_on(session: Session, organisation_id: int, on: date) -> frozenset[str]:
    """Categories of hazards that the institution had on file that day."""
    return scopes_of(session, organisation_id)(on)
