"""What the night does with accounts: tries to sign in and messages that have left are forgotten, long after anybody could ask for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ohs.accounts.models import SignInAttempt
from ohs.accounts.outbox import forget_ended
from ohs.accounts.settings import setting
from ohs.kernel.clock import LOCAL
from ohs.kernel.nightly import nightly


@nightly("sign-in-attempts")
def forget_old_attempts(session: Session, on: date) -> int:
    """Who tried from where is personal data, of no use for the throttle after a day; returns how many were forgotten."""
    since = datetime.combine(on - timedelta(days=setting(session, "attempt_days")), time(), tzinfo=LOCAL)
    return session.execute(delete(SignInAttempt).where(SignInAttempt.at < since)).rowcount  # type: ignore[attr-defined,no-any-return]


@nightly("messages")
def forget_old_messages(session: Session, on: date) -> int:
    """Messages that have left or were given up; returns how many were forgotten."""
    return forget_ended(session, datetime.combine(on - timedelta(days=setting(session, "message_days")), time(), tzinfo=LOCAL))
