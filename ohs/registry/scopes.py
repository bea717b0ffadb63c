"""What an institution has on file."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohs.registry.models import InstitutionScope


def scope_on(session: Session, organisation_id: int, on: date) -> frozenset[str]:
    """Categories of hazards that the institution had on file that day."""
    question = select(InstitutionScope.category).where(
        InstitutionScope.organisation_id == organisation_id,
        InstitutionScope.filed_on <= on,
        or_(InstitutionScope.ends_on.is_(None), InstitutionScope.ends_on >= on),
    )
    return frozenset(session.scalars(question))
