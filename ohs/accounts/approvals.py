"""Exports of many workers' data: they leave the system only when a second person of the same organisation agrees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ohs.accounts.models import ExportApproval, User, UserRole
from ohs.accounts.settings import setting
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, could, visible


def needs_second_person(session: Session, user: User, rows: int) -> bool:
    """Whether an export of so many rows about workers needs a second person; an organisation's own records never do."""
    return not could(user, Permission.EXPORT_ALONE) and rows > setting(session, "export_rows_alone")


def approved_for(session: Session, user: User, report: str, query: str) -> ExportApproval | None:
    """The consent given to this person for exactly this export, while it holds."""
    since = now() - timedelta(hours=setting(session, "export_consent_hours"))
    return session.scalar(
        select(ExportApproval)
        .where(
            ExportApproval.asked_by_id == user.id, ExportApproval.report == report, ExportApproval.query == query,
            ExportApproval.state == "approved", ExportApproval.decided_at >= since,
        )
        .order_by(ExportApproval.id.desc())
        .limit(1)
    )  # fmt: skip


def ask_approval(session: Session, user: User, report: str, query: str, rows: int, reason: str) -> ExportApproval:
    """Ask a colleague; asking twice for the same is one request. The reason is what the colleague decides on."""
    if not reason.strip():
        raise DomainError(Message("Say what the export is for."), status=400)
    question = select(ExportApproval).where(
        ExportApproval.asked_by_id == user.id,
        ExportApproval.report == report,
        ExportApproval.query == query,
        ExportApproval.state == "waiting",
    )
    if (held := session.scalar(question)) is not None:
        return held
    asked = ExportApproval(
        organisation_id=user.organisation_id, asked_by_id=user.id, report=report, query=query, row_count=rows, reason=reason.strip()
    )
    session.add_all([asked, audit("export:asked", report, user, after={"query": query, "rows": rows}, reason=reason.strip())])
    return asked


def decide_approval(session: Session, approval: ExportApproval, *, is_approved: bool, actor: User) -> None:
    """Agree or refuse; never one's own request."""
    if approval.asked_by_id == actor.id:
        raise DomainError(Message("A second person decides: ask a colleague of your organisation."))
    session.refresh(approval, with_for_update=True)
    if approval.state != "waiting":
        raise DomainError(Message("This request was decided already."))
    approval.state, approval.decided_by_id, approval.decided_at = ("approved" if is_approved else "refused"), actor.id, now()
    session.add(
        audit(
            f"export:{approval.state}",
            approval.report,
            actor,
            after={"query": approval.query, "rows": approval.row_count, "request": approval.id},
        )
    )


def approvals_of(user: Any) -> Select[ExportApproval]:
    """Requests of one's organisation, the latest first."""
    return select(ExportApproval).where(ExportApproval.organisation_id == user.organisation_id).order_by(ExportApproval.id.desc())


def requests_for(user: Any) -> Select[ExportApproval]:
    """Requests of colleagues that wait for this person."""
    return approvals_of(user).where(
        ExportApproval.state == "waiting", ExportApproval.asked_by_id != user.id, visible(user, Permission.EXPORT_APPROVE, ExportApproval)
    )


def consent_ends(session: Session, approval: ExportApproval) -> datetime | None:
    """Until when a consent holds; nothing for a request that was not agreed to."""
    if approval.state != "approved" or approval.decided_at is None:
        return None
    return approval.decided_at + timedelta(hours=setting(session, "export_consent_hours"))


def colleagues_who_decide(user: Any) -> Select[User]:
    """Who of one's organisation could decide: whoever holds a role and can sign in, but oneself."""
    return (
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.organisation_id == user.organisation_id, User.id != user.id, User.is_enabled, UserRole.role.in_(user.role_names))
        .order_by(User.name)
    )
