"""Questions about uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

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


def qualities_visible_to(user: Any, format: str) -> Select[SenderQuality]:
    """How well senders hand in, month by month: a sender sees its own, the health department all that report to it."""
    question = select(SenderQuality).where(SenderQuality.format == format).order_by(SenderQuality.month.desc())
    if "health" in user.role_names:
        return question
    return question.where(SenderQuality.organisation_id == user.organisation_id)


def heading_maps_of(organisation_id: int, format: str) -> Select[HeadingMap]:
    """The headings that an organisation has mapped."""
    return select(HeadingMap).where(HeadingMap.organisation_id == organisation_id, HeadingMap.format == format).order_by(HeadingMap.heading)
