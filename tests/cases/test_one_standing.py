"""A clock is soon due or past its last day, never both and never what it was before the last night: on the page, in the inbox, in lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import AMBER, CITY, RED, amber_of, escalate, level_shown
from ohs.cases.clocks import work_calendar
from ohs.cases.waiting import settle
from ohs.kernel.clock import today
from tests.factories.cases import make_case, make_people

SOON, LATE = "即将到期", "已超期"
#: Days that the last day is away, days ago on which the night was there last, and which of the two is told.
STANDINGS = [
    (9, None, ""), (4, None, SOON), (4, 1, SOON), (0, None, SOON), (0, 0, SOON), (-1, None, LATE), (-1, 1, LATE), (-1, 2, LATE), (-3, 3, LATE), (-20, 20, LATE),
]  # fmt: skip


@pytest.mark.parametrize(("away", "night", "told"), STANDINGS)
def test_exactly_one_is_told_and_the_true_one(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any], away: int, night: int | None, told: str
) -> None:
    people, on = make_people(session), today()
    case = make_case(session, people, "complaint", on=on - timedelta(days=20))
    (clock,) = case.clocks
    clock.started_on, clock.due_on, clock.is_set = on - timedelta(days=20 if away < 9 else 1), on + timedelta(days=away), True
    settle(session, case)
    if night is not None:
        escalate(session, on - timedelta(days=night))
    as_user(people.HLTH)
    for page in (f"/cases/{case.number}", "/inbox/", "/cases/"):
        text = browse(page).get_data(as_text=True)
        assert not (SOON in text and LATE in text), page
        if page.endswith(case.number):
            assert [one for one in (SOON, LATE) if one in text] == ([told] if told else [])
    assert (case.number in browse("/cases/?standing=late").get_data(as_text=True)) is (told == LATE)
    assert (case.number in browse("/inbox/?standing=late").get_data(as_text=True)) is (told == LATE)


def test_what_was_raised_stays_raised_and_what_is_late_is_raised_without_the_night(session: Session) -> None:
    people, on = make_people(session), today()
    clock = make_case(session, people, "complaint", on=on).clocks[0]
    work, amber = work_calendar(session), amber_of(session)
    clock.escalation = RED
    assert level_shown(clock, on, work, amber) == RED, "raised at once, though its day has not come"
    clock.due_on, clock.started_on, clock.escalation = date(2026, 3, 6), date(2026, 3, 2), AMBER
    assert [level_shown(clock, date(2026, 3, day), work, amber) for day in (6, 7, 8, 9)] == [AMBER, 0, 0, RED], "late over the weekend"
    assert level_shown(clock, clock.due_on + timedelta(days=22), work, amber) == CITY
