"""Questions about declarations and filings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, defaultload, defer, joinedload, selectinload

from ohs.declarations.models import Attachment, Declaration, DeclarationEvent, DeclaredHazard, Filing, Receipt
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Employer
from ohs.registry.queries import matches_employer

ORDERS: dict[str, Sequence[Key]] = {
    "new": (Key(Declaration.changed_at), Key(Declaration.id)),
    "number": (Key(Declaration.number),),
    "exposed": (Key(Declaration.exposed), Key(Declaration.id)),
    "due": (Key(func.coalesce(Declaration.due_on, date(9999, 12, 31))), Key(Declaration.id)),
    "county": (Key(Declaration.county_code), Key(Declaration.id)),
    "employer": (Key(Employer.name), Key(Declaration.id)),
}


@dataclass(frozen=True)
class DeclarationFilters:
    """What the ledger may be narrowed by."""

    text: str = ""
    county: str = ""
    town: str = ""
    status: str = ""
    standing: str = ""
    kind: str = ""
    hazard: str = ""
    sector: str = ""
    size: str = ""
    risk_class: str = ""
    year: int | None = None
    due_to: date | None = None
    is_mine_to_accept: bool = False


def declarations_visible_to(user: Any) -> Select[Declaration]:
    """Versions of which this person may see at least the standing; a draft only by those who write it."""
    permission = Permission.DECLARATION_READ_STATUS
    question = select(Declaration).where(visible(user, permission, Declaration))
    if not user.role_names & {"employer", "town"}:
        question = question.where(or_(Declaration.status != "draft", Declaration.submitted_at.is_not(None)))
    return question


def filtered_declarations(user: Any, filters: DeclarationFilters) -> Select[Declaration]:
    """The ledger: the newest version of each filing unless a status is asked for, with employer and filing."""
    question = (
        declarations_visible_to(user)
        .join(Declaration.employer)
        .join(Declaration.filing)
        .options(contains_eager(Declaration.employer), contains_eager(Declaration.filing))
    )
    equal: dict[Any, Any] = {
        Declaration.county_code: filters.county,
        Declaration.region_code: filters.town,
        Declaration.status: filters.status,
        Filing.status: filters.standing,
        Declaration.kind: filters.kind,
        Declaration.sector: filters.sector,
        Declaration.size: filters.size,
        Declaration.risk_class: filters.risk_class,
        Declaration.year: filters.year,
    }
    for column, value in equal.items():
        if value:
            question = question.where(column == value)
    if not filters.status:
        question = question.where(Declaration.status != "superseded")
    if filters.standing:
        question = question.where(Declaration.status == "accepted")
    if filters.due_to:
        question = question.where(Declaration.due_on <= filters.due_to)
    if filters.is_mine_to_accept:
        question = question.where(visible(user, Permission.DECLARATION_ACCEPT, Declaration), Declaration.status == "submitted")
    if filters.hazard:
        named = select(DeclaredHazard.id).where(
            DeclaredHazard.declaration_id == Declaration.id, DeclaredHazard.hazard_code == filters.hazard
        )
        question = question.where(exists(named))
    if text := filters.text.strip():
        question = question.where(or_(matches_employer(text), Declaration.number == text.upper()))
    return question


def for_list(question: Select[Declaration]) -> Select[Declaration]:
    """With everything that a line of the ledger shows: the hazards, and of a version not the whole form."""
    return question.options(
        selectinload(Declaration.hazards), defer(Declaration.form), defer(Declaration.phones),
        defaultload(Declaration.filing).lazyload(Filing.workplace), defaultload(Declaration.employer).load_only(Employer.name, Employer.uscc),
    )  # fmt: skip


def find_declaration(session: Session, number: str) -> Declaration | None:
    """The version of that number."""
    return session.scalar(select(Declaration).where(Declaration.number == number))


def find_filing(session: Session, filing_id: int) -> Filing | None:
    """One filing."""
    return session.get(Filing, filing_id)


def versions_of(filing: Filing) -> Select[Declaration]:
    """Every version of a filing, the latest first."""
    return select(Declaration).where(Declaration.filing_id == filing.id).order_by(Declaration.id.desc())


def filings_of(employer_ids: Sequence[int]) -> Select[Filing]:
    """The filings of an employer's workplaces."""
    return select(Filing).where(Filing.employer_id.in_(employer_ids)).order_by(Filing.id)


def story_of(filing: Filing) -> Select[DeclarationEvent]:
    """What happened to a filing and its versions, the latest first."""
    return select(DeclarationEvent).where(DeclarationEvent.filing_id == filing.id).order_by(DeclarationEvent.id.desc())


def last_return(declaration: Declaration) -> Select[DeclarationEvent]:
    """The latest return of a version, with its defects."""
    return (
        select(DeclarationEvent)
        .where(DeclarationEvent.declaration_id == declaration.id, DeclarationEvent.event == "return")
        .order_by(DeclarationEvent.id.desc())
        .limit(1)
    )


def find_receipt(session: Session, code: str) -> Receipt | None:
    """The receipt of a verification code, however it was typed."""
    plain = "".join(code.upper().split()).replace("-", "")
    return session.scalar(select(Receipt).where(Receipt.code == plain).options(joinedload(Receipt.declaration)))


def attachments_of(declaration: Declaration) -> Select[Attachment]:
    """Files handed in with a version, without their bytes."""
    return select(Attachment).where(Attachment.declaration_id == declaration.id).order_by(Attachment.id)


def waiting_for(user: Any) -> Select[Declaration]:
    """Versions that wait for this person's office, or for this employer to correct them."""
    question = select(Declaration).options(joinedload(Declaration.employer))
    if user.role_names & {"health", "safety"}:
        return question.where(Declaration.status == "submitted", visible(user, Permission.DECLARATION_ACCEPT, Declaration))
    return question.where(Declaration.status.in_(("returned", "draft")), visible(user, Permission.DECLARATION_EDIT, Declaration))


def filings_due(user: Any) -> Select[Filing]:
    """Filings for which this employer or town must do something: update, change, correct, file late."""
    return select(Filing).where(
        Filing.status.in_(("update_due", "change_due", "lapsed", "untrue")), visible(user, Permission.DECLARATION_CREATE, Filing)
    )
