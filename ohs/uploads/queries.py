"""Questions about uploads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.kernel.clock import LOCAL
from ohs.kernel.policy import Permission, visible
from ohs.uploads.models import HeadingMap, SenderQuality, Upload


@dataclass(frozen=True)
class UploadFilters:
    """What the list may be narrowed by."""

    format: str = ""
    state: str = ""
    text: str = ""
    received_from: date | None = None
    received_to: date | None = None


def uploads_visible_to(user: Any) -> Select[Upload]:
    """Uploads that this person's organisation has handed in."""
    return select(Upload).where(visible(user, Permission.UPLOAD_READ, Upload))


def filtered_uploads(user: Any, filters: UploadFilters) -> Select[Upload]:
    """The same, narrowed."""
    question = uploads_visible_to(user)
    if filters.format:
        question = question.where(Upload.format == filters.format)
    if filters.state:
        question = question.where(Upload.state == filters.state)
    if filters.text:
        like = f"%{filters.text.replace('%', '').replace('_', '')}%"
        question = question.where(Upload.number.ilike(like) | Upload.filename.ilike(like))
    if filters.received_from:
        question = question.where(Upload.received_at >= _midnight(filters.received_from))
    if filters.received_to:
        question = question.where(Upload.received_at < _midnight(filters.received_to + timedelta(days=1)))
    return question


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL)


def find_upload(session: Session, number: str) -> Upload | None:
    """The upload of that number, if there is one."""
    return session.scalar(select(Upload).where(Upload.number == number))


def month_of(day: date) -> str:
    """`2026-11`."""
    return f"{day.year:04d}-{day.month:02d}"


def qualities_visible_to(user: Any, format: str, on: date) -> Select[SenderQuality]:
    """How well senders hand in, month by month: a sender sees its own at once, the health department those of months that have ended."""
    question = select(SenderQuality).where(SenderQuality.format == format)
    if "health" in user.role_names:
        return question.where(SenderQuality.month < month_of(on))
    return question.where(SenderQuality.organisation_id == user.organisation_id)


#: What the ledger of senders may be ordered by, each the worst first.
QUALITY_ORDERS: dict[str, Callable[[SenderSum], float]] = {
    "right": lambda one: one.right_first_time / max(one.rows, 1),
    "late": lambda one: -one.late / max(one.committed, 1),
    "corrected": lambda one: -one.corrected / max(one.committed, 1),
    "rows": lambda one: -one.rows,
}


@dataclass(frozen=True)
class SenderSum:
    """One sender's figures, of one month or summed over some."""

    organisation_id: int
    name: str
    month: str
    uploads: int
    rows: int
    right_first_time: int
    committed: int
    corrected: int
    late: int


def _sums() -> list[Any]:
    return [func.sum(getattr(SenderQuality, name)) for name in ("uploads", "rows", "right_first_time", "committed", "corrected", "late")]


def senders_summed(session: Session, user: Any, format: str, first_month: str, on: date, order: str) -> list[SenderSum]:
    """Every sender that this person may see, its months from `first_month` on summed up, the worst first."""
    held = qualities_visible_to(user, format, on).where(SenderQuality.month >= first_month)
    question = (
        held.join(Organisation, Organisation.id == SenderQuality.organisation_id)
        .with_only_columns(Organisation.id, Organisation.name, *_sums())
        .group_by(Organisation.id, Organisation.name)
    )
    found = [SenderSum(id, name, "", *map(int, figures)) for id, name, *figures in session.execute(question)]
    return sorted(found, key=lambda one: (QUALITY_ORDERS.get(order, QUALITY_ORDERS["right"])(one), one.name))


def sender_by_month(session: Session, user: Any, format: str, on: date, organisation_id: int) -> list[SenderSum]:
    """The months of one sender, the latest first."""
    question = (
        qualities_visible_to(user, format, on)
        .where(SenderQuality.organisation_id == organisation_id)
        .join(Organisation, Organisation.id == SenderQuality.organisation_id)
        .with_only_columns(Organisation.id, Organisation.name, SenderQuality.month, *_sums())
        .group_by(Organisation.id, Organisation.name, SenderQuality.month)
        .order_by(SenderQuality.month.desc())
    )
    return [SenderSum(id, name, month, *map(int, figures)) for id, name, month, *figures in session.execute(question)]


def heading_maps_of(organisation_id: int, format: str) -> Select[HeadingMap]:
    """The headings that an organisation has mapped."""
    return select(HeadingMap).where(HeadingMap.organisation_id == organisation_id, HeadingMap.format == format).order_by(HeadingMap.heading)
