"""What changes who pays for a disease, beside the status of its case: no insurance, no employer any more, several employers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.models import Case
from ohs.cases.moving import write_beside
from ohs.kernel.audit import audit
from ohs.kernel.database import Base
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.registry.models import Employer

UNINSURED, EMPLOYER_GONE, CONCURRENT = "uninsured", "employer-gone", "concurrent"
BRANCHES = {
    UNINSURED: Message("No work-injury insurance on the days of exposure"),
    EMPLOYER_GONE: Message("No employer any more, or no relation that can be proved"),
    CONCURRENT: Message("Several employers at the same time"),
}


class CaseBranch(Base):
    """One fact about a case that changes who pays; withdrawn, never deleted."""

    __table_args__ = (
        CheckConstraint(f"branch IN {tuple(BRANCHES)!r}", name="branch_known"),
        CheckConstraint("(branch = 'concurrent') = (employer_id IS NOT NULL)", name="concurrent_iff_liable"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= found_on", name="withdrawn_after_found"),
        Index("uq_case_branch_one_standing", "case_id", "branch", unique=True, sqlite_where=text("withdrawn_on IS NULL"), postgresql_where=text("withdrawn_on IS NULL")),
    )  # fmt: skip
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    branch: Mapped[str]
    found_on: Mapped[date]
    #: What proves it.
    document_no: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    #: Of several employers the one where the harm arose.
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    found_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    withdrawn_on: Mapped[date | None]

    employer: Mapped[Employer | None] = relationship(lazy="joined")


def standing_branches(session: Session, case: Case) -> list[CaseBranch]:
    """What stands of a case."""
    return list(
        session.scalars(select(CaseBranch).where(CaseBranch.case_id == case.id, CaseBranch.withdrawn_on.is_(None)).order_by(CaseBranch.id))
    )


def find_branch(
    session: Session, case: Case, branch: str, *, actor: User, on: date, document_no: str, note: str = "", employer: Employer | None = None
) -> CaseBranch:
    """Put on the case what changes who pays. Raises `DomainError` where it stands there already or does not belong there."""
    if case.kind != "susp":
        raise DomainError(Message("Only a case of a disease has somebody who pays for it."))
    if any(one.branch == branch for one in standing_branches(session, case)):
        raise DomainError(Message("“%(what)s” stands on the case already.", what=BRANCHES[branch]))
    if (branch == CONCURRENT) != (employer is not None):
        raise DomainError(Message("Of several employers, name the one where the harm arose."), status=400)
    found = CaseBranch(
        case_id=case.id, branch=branch, found_on=on, document_no=document_no, note=note, employer=employer, found_by_id=actor.id
    )
    session.add(found)
    session.flush()
    _told(case, "payer-found", found, actor, on)
    session.add(audit("case:payer-found", case, actor, after={"what": branch}, reason=note or None))
    return found


def withdraw_branch(session: Session, case: Case, branch: str, *, actor: User, on: date, reason: str) -> None:
    """Take it off again, with a reason; the timeline keeps both."""
    found = next((one for one in standing_branches(session, case) if one.branch == branch), None)
    if found is None:
        raise DomainError(Message("“%(what)s” does not stand on the case.", what=BRANCHES[branch]))
    found.withdrawn_on = max(on, found.found_on)
    _told(case, "payer-withdrawn", found, actor, on, reason)
    session.add(audit("case:payer-withdrawn", case, actor, before={"what": branch}, reason=reason))


def _told(case: Case, event: str, found: CaseBranch, actor: User, on: date, reason: str = "") -> None:
    told = {"branch": found.branch, "document_no": found.document_no, "note": found.note, "reason": reason}
    write_beside(case, event, told, by=By(actor), on=on, tells=frozenset({"EMP", "HRSS", "HLTH"}))
