"""Quiet hours over midnight, the daily hour, and pauses that grow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ohs.accounts.sending_times import LONGEST_PAUSE, Quiet, next_at, pause_after
from ohs.kernel.clock import LOCAL


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("quiet", "moment", "leaves"),
    [
        (Quiet(20, 7), "04T19:59", "04T19:59"),
        (Quiet(20, 7), "04T20:00", "05T07:00"),
        (Quiet(20, 7), "04T23:59", "05T07:00"),
        (Quiet(20, 7), "05T00:00", "05T07:00"),
        (Quiet(20, 7), "05T06:59", "05T07:00"),
        (Quiet(20, 7), "05T07:00", "05T07:00"),
        (Quiet(12, 14), "05T13:30", "05T14:00"),
        (Quiet(12, 14), "05T14:00", "05T14:00"),
        (Quiet(0, 0), "05T03:00", "05T03:00"),
        (Quiet(8, 8), "05T08:00", "05T08:00"),
        (Quiet(20, 0), "05T23:30", "06T00:00"),
        (Quiet(20, 0), "06T00:30", "06T00:30"),
    ],
)
def test_nothing_leaves_in_quiet_hours(quiet: Quiet, moment: str, leaves: str) -> None:
    assert quiet.after(at(moment)) == at(leaves)
    assert not quiet.holds(quiet.after(at(moment)))


def test_the_daily_hour_is_always_ahead() -> None:
    assert next_at(at("04T07:59"), 8) == at("04T08:00")
    assert next_at(at("04T08:00"), 8) == at("05T08:00")
    assert next_at(at("30T12:00"), 8) == datetime(2026, 12, 1, 8, tzinfo=LOCAL)


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [pause_after(tries) for tries in range(1, 30)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses == sorted(pauses) and pauses[-1] == LONGEST_PAUSE
