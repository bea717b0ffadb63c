"""Today and now: the only places where the application asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Jiaxing, or the day that the setting `TODAY` (a date) pins for rehearsals and tests."""
    pinned: date | None = current_app.config.get("TODAY") if has_app_context() else None
    return pinned or datetime.now(LOCAL).date()


def local_day(moment: datetime) -> date:
    """The day in Jiaxing of an aware moment."""
    return moment.astimezone(LOCAL).date()
