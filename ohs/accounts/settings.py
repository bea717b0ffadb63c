"""Defaults of this office: one table of names, values and units; a record in `Setting` overrides a value."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Setting
from ohs.kernel.message import Message

DEFAULTS: dict[str, int] = {
    "idle_minutes": 30,
    "absolute_hours": 10,
    "failures_per_account": 5,
    "failures_per_address": 30,
    "throttle_minutes": 15,
    "password_link_hours": 72,
    "password_length": 10,
    "export_rows_alone": 100,
    "export_consent_hours": 24,
    "upload_copy_days": 7,
    "attempt_days": 30,
    "substitute_days": 90,
    "amber_percent": 70,
    "amber_days": 5,
    "worker_code_days": 14,
    "worker_code_tries": 5,
    "worker_reading_minutes": 20,
    "remind_working_days": 1,
    "quiet_from_hour": 20,
    "quiet_to_hour": 7,
    "digest_hour": 8,
    "message_tries": 12,
    "message_days": 30,
    "joint_meetings_a_year": 2,
}
#: Between which values each may be set: nobody switches a protection off by a large number.
LIMITS: dict[str, tuple[int, int]] = {
    "idle_minutes": (5, 240),
    "absolute_hours": (1, 24),
    "failures_per_account": (3, 20),
    "failures_per_address": (5, 1000),
    "throttle_minutes": (1, 1440),
    "password_link_hours": (1, 168),
    "password_length": (8, 64),
    "export_rows_alone": (1, 1000),
    "export_consent_hours": (1, 168),
    "upload_copy_days": (1, 90),
    "attempt_days": (2, 365),
    "substitute_days": (1, 366),
    "amber_percent": (10, 95),
    "amber_days": (0, 60),
    "worker_code_days": (1, 30),
    "worker_code_tries": (3, 10),
    "worker_reading_minutes": (5, 60),
    "remind_working_days": (1, 30),
    "quiet_from_hour": (0, 23),
    "quiet_to_hour": (0, 23),
    "digest_hour": (0, 23),
    "message_tries": (1, 50),
    "message_days": (1, 365),
    "joint_meetings_a_year": (1, 12),
}

#: What each is called, with its unit.
LABELS = {
    "idle_minutes": Message("A session ends when nobody uses it for so many minutes"),
    "absolute_hours": Message("A session ends after so many hours in any case"),
    "failures_per_account": Message("Failed tries after which an account must wait"),
    "failures_per_address": Message("Failed tries after which an address must wait"),
    "throttle_minutes": Message("Minutes that it must wait"),
    "password_link_hours": Message("A one-time link works for so many hours"),
    "password_length": Message("Shortest password, in characters"),
    "export_rows_alone": Message("Rows about workers that one person may export alone"),
    "export_consent_hours": Message("Hours for which a consent to an export holds"),
    "upload_copy_days": Message("Days for which workbooks made of an upload are kept"),
    "attempt_days": Message("Days for which tries to sign in are kept, besides the audit trail"),
    "substitute_days": Message("Days for which somebody may name a substitute at once"),
    "amber_percent": Message("A limit counts as soon due when so many per cent of it are used up"),
    "amber_days": Message("A limit counts as soon due so many days before its last day"),
    "worker_code_days": Message("Days for which a worker’s one-time code works"),
    "worker_code_tries": Message("Wrong digits after which a worker’s code is spent"),
    "worker_reading_minutes": Message("Minutes for which a worker may read with a code"),
    "remind_working_days": Message("Working days between two reminders of one organisation about one case"),
    "quiet_from_hour": Message("From this hour of the day no message leaves the system"),
    "quiet_to_hour": Message("Until this hour of the day no message leaves; none are quiet where both hours are the same"),
    "digest_hour": Message("Hour at which daily messages leave"),
    "message_tries": Message("Tries after which a message is given up"),
    "message_days": Message("Days for which messages that have left or were given up are kept"),
    "joint_meetings_a_year": Message("The joint meeting is called at least so many times a year"),
}


def setting(session: Session, name: str) -> int:
    """The value in force."""
    stored = session.scalar(select(Setting.value).where(Setting.name == name))
    return DEFAULTS[name] if stored is None else int(stored)
