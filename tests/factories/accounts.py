"""Organisations and users for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ohs.accounts.demonstration import QUICK
from ohs.accounts.models import ADMINISTRATORS, Organisation, User, UserRole

_number = count(1)
PASSWORD = "right-horse-7"
#: An organisation fit for each role.
PLACES: dict[str, dict[str, Any]] = {
    "health": {"kind": "department", "department": "health", "level": "county", "region_code": "330481"},
    "hr": {"kind": "department", "department": "hr", "level": "county", "region_code": "330481"},
    "safety": {"kind": "department", "department": "safety", "level": "county", "region_code": "330481"},
    "town": {"kind": "town", "level": "town", "region_code": "330481101"},
    "clinic": {"kind": "clinic", "region_code": "330481"},
    "testing": {"kind": "testing", "region_code": "330481"},
    "diagnosis": {"kind": "diagnosis", "region_code": "330481"},
} | {role: {"kind": "operator", "region_code": "330400"} for role in ADMINISTRATORS}


def make_organisation(session: Session, **given: Any) -> Organisation:
    """A county's health department unless something else is said."""
    organisation = Organisation(**({"name": f"单位{next(_number)}"} | (PLACES["health"] | given if "kind" not in given else given)))
    session.add(organisation)
    session.flush()
    return organisation


def make_user(session: Session, role: str = "health", organisation: Organisation | None = None, **given: Any) -> User:
    """A person of a role who can sign in with `PASSWORD`, in an organisation that fits it."""
    organisation = organisation or make_organisation(session, **PLACES[role])
    user = User(
        **(
            {"login": f"user{next(_number)}", "name": "张敏", "organisation_id": organisation.id, "password_hash": QUICK.hash(PASSWORD)}
            | given
        )
    )
    user.roles = [UserRole(role=role, is_administrator=role in ADMINISTRATORS)]
    session.add(user)
    session.flush()
    session.refresh(user)
    return user
