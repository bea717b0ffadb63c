"""Defaults of this office around signing in: one table of names, values and units; a record in `Setting` overrides a value."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Setting

DEFAULTS: dict[str, int] = {
    "idle_minutes": 30,
    "absolute_hours": 10,
    "failures_per_account": 5,
    "failures_per_address": 30,
    "throttle_minutes": 15,
    "password_link_hours": 72,
    "password_length": 10,
    "export_rows_alone": 100,
    "export_consent_hours": 24,
}


def setting(session: Session, name: str) -> int:
    """The value in force."""
    stored = session.scalar(select(Setting.value).where(Setting.name == name))
    return DEFAULTS[name] if stored is None else int(stored)
