"""Whether anything has happened that an open desk could show: cheap enough to be asked every few seconds by everybody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.jobs import Job
from ohs.kernel.policy import Permission, could
from ohs.uploads.models import Upload
from ohs.uploads.queries import uploads_visible_to

#: Events that change nothing but the trail itself: beginnings and ends of their names.
READING_BEGINS = ("sign-in:", "purpose:", "audit:")
READING_ENDS = (":read", ":read-conclusion", ":revealed", ":searched", ":exported")
#: So many of the latest uploads are watched while they are checked.
UPLOADS_WATCHED = 8


def mark_of(session: Session, user: Any, before: str = "") -> str:
    """A word that stays the same while nothing happens: the day, the last deed on record, and the stage of one's own uploads.

    `before` is an earlier mark; only what is on record since then is looked at.
    """
    last = _last_deed(session, user, _number(before))
    return f"{today().isoformat()}.{last}.{_uploads(session, user)}"


def _number(mark: str) -> int:
    parts = mark.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 16 else 0


def _last_deed(session: Session, user: Any, seen: int) -> int:
    """The number of the last deed; for an administrator, whose desk shows the trail and the sign-ins, of the last event of any kind."""
    question = select(func.max(AuditEvent.id))
    if not any(could(user, permission) for permission in (Permission.AUDIT_SEARCH, Permission.USER_LIST)):
        reading = [AuditEvent.event.startswith(begin) for begin in READING_BEGINS]
        reading += [AuditEvent.event.endswith(end) for end in READING_ENDS]
        newest = session.scalar(question) or 0
        if newest <= seen:
            return seen
        question = question.where(AuditEvent.id > seen, and_(*map(not_, reading))) if seen else question
    return session.scalar(question) or seen


def _uploads(session: Session, user: Any) -> str:
    """Stages of one's latest uploads: a check ends without a deed on record."""
    if not could(user, Permission.UPLOAD_LIST):
        return ""
    question = (
        uploads_visible_to(user)
        .outerjoin(Job, Job.id == Upload.job_id)
        .with_only_columns(Upload.id, Upload.state, Job.state)
        .order_by(Upload.received_at.desc(), Upload.id.desc())
        .limit(UPLOADS_WATCHED)
    )
    return "-".join(f"{id}{state[:3]}{(job or '')[:1]}" for id, state, job in session.execute(question))
