"""The desks of the three administrators: accounts and the machine, roles and sign-ins, the audit trail."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohs.accounts.admin_forms import ROLE_LABELS
from ohs.accounts.audit_words import about
from ohs.accounts.event_labels import event_name, events_named
from ohs.accounts.models import ADMINISTRATORS, Organisation, SignInAttempt, User, UserRole
from ohs.accounts.queries import NO_ROLE
from ohs.cases.clocks import work_calendar
from ohs.cases.emergency_deeds import accesses_seen_by
from ohs.desk.figures import Tile
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import LOCAL, today
from ohs.kernel.jobs import Job, State

SHOWN = 8
#: How far back a desk of administrators looks.
DAYS = 7


def _count(session: Session, question: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(question.subquery())) or 0


def _since() -> datetime:
    return datetime.combine(today() - timedelta(days=DAYS - 1), time(), tzinfo=LOCAL)


def system_tiles(session: Session, _user: Any, _subject: Any) -> dict[str, Any]:
    """Accounts, organisations, work in the background, and how far the calendar of working days reaches."""
    waiting = _count(session, select(Job.id).where(Job.state.in_((State.WAITING, State.RUNNING))))
    failed = _count(session, select(Job.id).where(Job.state == State.FAILED, Job.finished_at >= _since()))
    next_year = today().replace(year=today().year + 1, month=1, day=1)
    is_published = work_calendar(session).is_published(next_year)
    return {
        "tiles": [
            Tile(_("Accounts"), f"{_count(session, select(User.id)):,}", _("of all organisations"), url_for("admin.users")),
            Tile(_("Never signed in"), f"{_count(session, select(User.id).where(User.last_sign_in_at.is_(None))):,}", _("accounts"), url_for("admin.users", state="new")),
            Tile(_("Blocked"), f"{_count(session, select(User.id).where(User.is_enabled.is_(False))):,}", _("accounts"), url_for("admin.users", state="off")),
            Tile(_("Organisations"), f"{_count(session, select(Organisation.id)):,}", _("departments, employers, institutions"), url_for("admin.organisations")),
            Tile(_("Work in the background"), f"{waiting:,}", _("%(count)s failed in %(days)s days", count=failed, days=DAYS), tone="late" if failed else ""),
            Tile(
                _("Working days of %(year)s", year=next_year.year), _("published") if is_published else _("not yet published"),
                _("certain") if is_published else _("deadlines that reach into it are provisional"), url_for("admin.calendar"),
            ),
        ]
    }  # fmt: skip


def security_tiles(session: Session, _user: Any, _subject: Any) -> dict[str, Any]:
    """Roles held and sign-ins that failed."""
    failed = _count(session, select(SignInAttempt.id).where(SignInAttempt.is_success.is_(False), SignInAttempt.at >= _since()))
    without = _count(session, select(User.id).where(~User.id.in_(select(UserRole.user_id))))
    tiles = [
        Tile(_("Accounts without a role"), f"{without:,}", _("they see nothing"), url_for("admin.users", role=NO_ROLE)),
        Tile(_("Sign-ins refused"), f"{failed:,}", _("in %(days)s days", days=DAYS), tone="late" if failed else ""),
    ]
    for role in ADMINISTRATORS:
        holders = _count(session, select(UserRole.id).where(UserRole.role == role))
        tiles.append(Tile(str(ROLE_LABELS[role]), f"{holders:,}", _("hold this role"), url_for("admin.users", role=role)))
    return {"tiles": tiles}


def latest_accounts(session: Session, _user: Any, _subject: Any) -> dict[str, Any]:
    """The accounts entered last, for who keeps accounts or roles."""
    return {"users": session.scalars(select(User).order_by(User.id.desc()).limit(SHOWN)).all(), "ROLE_LABELS": ROLE_LABELS}


def refused_sign_ins(session: Session, _user: Any, _subject: Any) -> dict[str, Any]:
    """Where somebody tried a wrong password lately."""
    question = (
        select(SignInAttempt.login, func.count(), func.max(SignInAttempt.at))
        .where(SignInAttempt.is_success.is_(False), SignInAttempt.at >= _since())
        .group_by(SignInAttempt.login)
        .order_by(func.count().desc(), SignInAttempt.login)
        .limit(SHOWN)
    )
    refused = [(_name_of(login), count, last) for login, count, last in session.execute(question)]
    return {"refused": refused, "days": DAYS}


def _name_of(login: str) -> str:
    """A login as it was typed; a worker's code has none, only the beginning of its digest."""
    digest = login.removeprefix("worker-code:")
    return login if digest == login else _("One-time code of a worker (%(digest)s)", digest=digest[:4])


def _overdue_reviews(session: Session, user: Any) -> Tile:
    """Emergency accesses that nobody has reviewed in time."""
    overdue, pending = (_count(session, accesses_seen_by(user, standing, today())) for standing in ("overdue", "pending"))
    note = _("%(count)s still to be reviewed", count=pending)
    return Tile(
        _("Emergency reviews overdue"), f"{overdue:,}", note, url_for("emergency.reviews", standing="overdue"), "late" if overdue else ""
    )


def audit_tiles(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """How much was done and read, and how far the chain is linked."""
    since, first = _since(), (today() - timedelta(days=DAYS - 1)).isoformat()
    recent = select(AuditEvent.id).where(AuditEvent.at >= since)
    unlinked = _count(session, select(AuditEvent.id).where(AuditEvent.sequence.is_(None)))
    linked = session.scalar(select(func.max(AuditEvent.sequence))) or 0
    note = _("in %(days)s days", days=DAYS)

    def told(label: str, choice: str) -> Tile:
        count = _count(session, recent.where(AuditEvent.event.in_(events_named(choice))))
        return Tile(label, f"{count:,}", note, url_for("admin.audit", event=choice, from_on=first))

    return {
        "tiles": [
            Tile(_("Events"), f"{_count(session, recent):,}", note, url_for("admin.audit", from_on=first)),
            told(_("Files of workers read"), "workers-read"),
            told(_("Examinations read"), "examinations-read"),
            told(_("Sign-ins refused"), "sign-in:failed"),
            _overdue_reviews(session, user),
            told(_("Roles assigned"), "roles:assigned"),
            Tile(_("Linked into the chain"), f"{linked:,}", _("%(count)s wait for their link", count=unlinked), url_for("admin.audit")),
        ]
    }  # fmt: skip


def latest_events(session: Session, _user: Any, _subject: Any) -> dict[str, Any]:
    """The trail's latest events."""
    return {
        "events": session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2 * SHOWN)).all(),
        "event_name": event_name,
        "about": about,
    }
