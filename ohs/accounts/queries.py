"""Questions about accounts and organisations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, or_, select

from ohs.accounts.models import Organisation, User, UserRole
from ohs.kernel.paging import Key

USER_ORDERS = {"login": (Key(User.login),), "new": (Key(User.id),)}
#: Asks for the accounts that hold no role at all.
NO_ROLE = "none"
ORGANISATION_ORDERS = {"name": (Key(Organisation.name), Key(Organisation.id)), "kind": (Key(Organisation.kind), Key(Organisation.id))}


def filtered_users(chosen: dict[str, Any]) -> Select[User]:
    """Accounts by login or name, role, and state (`on`, `off`, `new`)."""
    question = select(User)
    if text := chosen.get("text", "").strip():
        question = question.where(or_(User.login.contains(text.lower(), autoescape=True), User.name.contains(text, autoescape=True)))
    if chosen.get("role") == NO_ROLE:
        question = question.where(User.id.not_in(select(UserRole.user_id)))
    elif chosen.get("role"):
        question = question.where(User.id.in_(select(UserRole.user_id).where(UserRole.role == chosen["role"])))
    match chosen.get("state"):
        case "on":
            question = question.where(User.is_enabled)
        case "off":
            question = question.where(User.is_enabled.is_(False))
        case "new":
            question = question.where(User.last_sign_in_at.is_(None))
    return question


def filtered_organisations(chosen: dict[str, Any]) -> Select[Organisation]:
    """Organisations by name or credit code, and kind."""
    question = select(Organisation)
    if text := chosen.get("text", "").strip():
        question = question.where(or_(Organisation.name.contains(text, autoescape=True), Organisation.uscc == text.upper()))
    if chosen.get("kind"):
        question = question.where(Organisation.kind == chosen["kind"])
    return question


#: Organisations offered while somebody types.
SUGGESTED = 20


def organisations_called(text: str) -> Select[Organisation]:
    """Open organisations with exactly this name or credit code."""
    return select(Organisation).where(Organisation.is_active, or_(Organisation.name == text, Organisation.uscc == text.upper()))


def organisations_like(text: str) -> Select[Organisation]:
    """The first open organisations with this in the name, or with a credit code that begins so; none for nothing."""
    fits = or_(Organisation.name.contains(text, autoescape=True), Organisation.uscc.startswith(text.upper(), autoescape=True))
    question = select(Organisation).where(Organisation.is_active, fits if text else false())
    return question.order_by(Organisation.name, Organisation.id).limit(SUGGESTED)
