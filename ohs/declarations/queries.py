"""Questions about declarations and filings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, defaultload, defer, joinedload, selectinload

from ohs.declarations.labels import STANDING_GROUPS
from ohs.declarations.models import WRITTEN_STATUSES, Attachment, Declaration, DeclarationEvent, DeclaredHazard, Filing, Receipt
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, could, visible
from ohs.kernel.steering import unled
from ohs.registry.models import Employer
from ohs.registry.queries import matches_employer

#: Stand-ins of a day that is not there: such rows come last, whichever way the others are sorted.
NEVER, ALWAYS = date(9999, 12, 31), date(1, 1, 1)
#: Which day of the filing counts, by its standing, once the version itself waits for nobody.
FILING_LIMITS: dict[str, Any] = {
    "change_due": Filing.change_due_on,
    "untrue": Filing.correction_due_on,
    "update_due": Filing.update_closes_on,
    "lapsed": Filing.update_closes_on,
}
LIMIT: Any = func.coalesce(
    Declaration.due_on, case((Declaration.status == "accepted", case(FILING_LIMITS, value=Filing.status, else_=None)), else_=None)
)


def limit_of(declaration: Declaration) -> date | None:
    """Until when whoever a version or its filing waits for must act: `LIMIT` for one record."""
    if declaration.due_on or declaration.status != "accepted":
        return declaration.due_on
    column = FILING_LIMITS.get(declaration.filing.status)
    return getattr(declaration.filing, column.key) if column is not None else None


def orders_for(user: Any) -> dict[str, Sequence[Key]]:
    """How the ledger can be sorted; `waiting` puts first what waits for this reader, the earliest limit before the others."""
    rank = case((_waits_for(user), 0), (LIMIT.is_not(None), 1), else_=2)
    return {
        "waiting": (Key(rank), Key(func.coalesce(LIMIT, NEVER)), Key(Declaration.id)),
        "new": (Key(Declaration.changed_at), Key(Declaration.id)),
        "number": (Key(Declaration.number),),
        "exposed": (Key(Declaration.exposed), Key(Declaration.id)),
        "due": (Key(func.coalesce(LIMIT, NEVER)), Key(Declaration.id)),
        "-due": (Key(func.coalesce(LIMIT, ALWAYS), descending=True), Key(Declaration.id, descending=True)),
        "county": (Key(Declaration.county_code), Key(Declaration.region_code), Key(Declaration.id)),
        "employer": (Key(Employer.name), Key(Declaration.id)),
    }


def _waits_for(user: Any) -> Any:
    """Versions that this reader accepts or, for an employer or a town, goes on writing."""
    accepting = and_(Declaration.status == "submitted", visible(user, Permission.DECLARATION_ACCEPT, Declaration))
    writing = and_(
        Declaration.status.in_(WRITTEN_STATUSES), Filing.status != "cancelled", visible(user, Permission.DECLARATION_EDIT, Declaration)
    )
    return or_(accepting, writing)


def first_order(user: Any) -> str:
    """For whoever acts: what waits, the earliest limit first; for whoever only reads: the latest."""
    acts = could(user, Permission.DECLARATION_ACCEPT_LIST) or could(user, Permission.DECLARATION_EDIT)
    return "waiting" if acts else "-new"


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
    accepted_from: date | None = None
    accepted_to: date | None = None
    is_mine_to_accept: bool = False


def declarations_visible_to(user: Any) -> Select[Declaration]:
    """Versions of which this person may see at least the standing; a draft only by those who write it."""
    return select(Declaration).where(visible(user, Permission.DECLARATION_READ_STATUS, Declaration))


def filtered_declarations(user: Any, filters: DeclarationFilters) -> Select[Declaration]:
    """The ledger: the newest version of each filing unless a status or days of acceptance are asked for, with employer and filing."""
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
        Declaration.kind: filters.kind,
        Declaration.sector: filters.sector,
        Declaration.size: filters.size,
        Declaration.risk_class: filters.risk_class,
        Declaration.year: filters.year,
    }
    for column, value in equal.items():
        if value:
            question = question.where(column == value)
    if filters.accepted_from:
        question = question.where(Declaration.accepted_on >= filters.accepted_from)
    if filters.accepted_to:
        question = question.where(Declaration.accepted_on <= filters.accepted_to)
    if filters.standing:
        _label, standings = STANDING_GROUPS.get(filters.standing, ("", (filters.standing,)))
        # One standing have few filings, an accepted version nearly all: the filing leads. A group has most of them.
        status = Declaration.status if filters.standing in STANDING_GROUPS else unled(Declaration.status)
        question = question.where(status == "accepted", Filing.status.in_(standings))
    elif not filters.status and not filters.accepted_from and not filters.accepted_to:
        question = question.where(Declaration.status != "superseded")
    if filters.due_to:
        question = question.where(filters.due_to >= LIMIT)
    if filters.is_mine_to_accept:
        question = question.where(visible(user, Permission.DECLARATION_ACCEPT, Declaration), Declaration.status == "submitted")
    if filters.hazard:
        named = select(DeclaredHazard.id).where(
            DeclaredHazard.declaration_id == Declaration.id, DeclaredHazard.hazard_code == filters.hazard
        )
        question = question.where(exists(named), visible(user, Permission.DECLARATION_READ_FULL, Declaration))
    if text := filters.text.strip():
        receipted = select(Receipt.id).where(Receipt.declaration_id == Declaration.id, Receipt.number == text)
        question = question.where(or_(matches_employer(text), Declaration.number == text.upper(), exists(receipted)))
    return question


def for_list(question: Select[Declaration]) -> Select[Declaration]:
    """With everything that a line of the ledger shows: the hazards, and of a version not the whole form."""
    return question.options(
        selectinload(Declaration.hazards), defer(Declaration.form), defer(Declaration.phones),
        defaultload(Declaration.filing).lazyload(Filing.workplace), defaultload(Declaration.employer).load_only(Employer.name, Employer.uscc, Employer.merged_into_id),
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


def closure_due_on(session: Session, filing: Filing) -> date | None:
    """Until when the office confirms or refuses the closure reported last."""
    reported = DeclarationEvent.filing_id == filing.id, DeclarationEvent.event == "closure-reported"
    return session.scalar(select(DeclarationEvent.due_on).where(*reported).order_by(DeclarationEvent.id.desc()).limit(1))


def overdue_at_offices(on: date) -> Select[Declaration]:
    """Versions that an office has neither accepted nor returned in time, as long as nobody has said so."""
    said = select(DeclarationEvent.id).where(
        DeclarationEvent.declaration_id == Declaration.id,
        DeclarationEvent.event == "no-action",
        DeclarationEvent.due_on == Declaration.due_on,
    )
    return select(Declaration).where(Declaration.status == "submitted", Declaration.due_on < on, ~exists(said))


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
    return question.join(Declaration.filing).where(
        Declaration.status.in_(WRITTEN_STATUSES), Filing.status != "cancelled", visible(user, Permission.DECLARATION_EDIT, Declaration)
    )


def filings_due(user: Any) -> Select[Filing]:
    """Filings for which this employer or town must do something: update, change, correct, file late."""
    return select(Filing).where(
        Filing.status.in_(("update_due", "change_due", "lapsed", "untrue")), visible(user, Permission.DECLARATION_CREATE, Filing)
    )
