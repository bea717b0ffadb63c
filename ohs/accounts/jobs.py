"""What the night does with accounts: tries to sign in are forgotten, long after any of them could still make somebody wait."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ohs.accounts.models import SignInAttempt
from ohs.accounts.settings import setting
from ohs.kernel.clock import LOCAL
from ohs.kernel.nightly import nightly


@nightly("sign-in-attempts")
def forget_old_attempts(session: Session, on: date) -> int:
    """Who tried from where is personal data, of no use for the throttle after a day; returns how many were forgotten."""
    since = datetime.combine(on - timedelta(days=setting(session, "attempt_days")), time(), tzinfo=LOCAL)
    return session.execute(delete(SignInAttempt).where(SignInAttempt.at < since)).rowcount  # type: ignore[attr-defined,no-any-return]
