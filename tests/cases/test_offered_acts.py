"""What the page of a case offers: only what can be done today, and the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.kernel.clock import today
from tests.cases.test_section_4_2 import APPLIED, LC_DONE, MATERIAL, NO, SERVED_NO, WI_ACCEPTED, WI_YES
from tests.cases.ways import go
from tests.factories.cases import People, make_case, make_people

LISTED = f"{APPLIED}, HRSS work_injury missing-items-listed"
AWAITING = f"{WI_ACCEPTED}, HRSS work_injury await-other-authority"
NOTIFIED = "CLIN main notify"
#: Kind, way, days ago, reader → what is offered, in its order; `track:event` where the track is another than the main one.
OFFERED = [
    ("susp", APPLIED, 0, "HRSS", "work_injury:accept work_injury:missing-items-listed work_injury:reject"),
    ("susp", LISTED, 0, "HRSS", "work_injury:accept work_injury:reject"),
    ("susp", WI_ACCEPTED, 0, "HRSS", "work_injury:decide-yes work_injury:decide-no work_injury:await-other-authority"),
    ("susp", AWAITING, 0, "HRSS", "work_injury:conclusion-arrived"),
    ("susp", WI_YES, 0, "EMP", "work_injury:apply-labour-capacity work_injury:reconsideration work_injury:suit"),
    ("susp", LC_DONE, 0, "HRSS", "work_injury:benefits-paid work_injury:re-appraisal"),
    ("susp", MATERIAL, 0, "DIAG", ""),
    ("susp", MATERIAL, 30, "DIAG", "main:employer-silent"),
    ("susp", NOTIFIED, 0, "HLTH", "main:worker-applies main:worker-refuses"),
    ("susp", SERVED_NO, 0, "DIAG", "appraisal:objection"),
    ("contra", NOTIFIED, 0, "EMP", "main:remove main:dispute"),
    ("overdue", "HLTH main send-list", 0, "HLTH", ""),
]


def offered(page: str) -> list[str]:
    """The acts on a page, in their order."""
    return [":".join(found) for found in re.findall(r'/act/([a-z_]+)/([a-z-]+)"', page)]


def at(session: Session, kind: str, way: str, days: int) -> tuple[People, Case]:
    """A case that came so far so many days ago."""
    people, on = make_people(session), today() - timedelta(days=days)
    case = make_case(session, people, kind, on=on)
    go(session, people, case, way, on=on)
    session.commit()
    return people, case


@pytest.mark.parametrize(("kind", "way", "days", "reader", "acts"), OFFERED, ids=[f"{one[3]} {one[4]}" for one in OFFERED])
def test_only_what_can_be_done_today_is_offered_and_the_likeliest_first(
    session: Session, as_user: Callable[[User], FlaskClient], kind: str, way: str, days: int, reader: str, acts: str
) -> None:
    people, case = at(session, kind, way, days)
    page = as_user(getattr(people, reader)).get(f"/cases/{case.number}").get_data(as_text=True)
    assert offered(page) == acts.split()


def test_the_first_button_is_an_act_that_can_be_done(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = at(session, "susp", LISTED, 0)
    page = as_user(people.HRSS).get(f"/cases/{case.number}").get_data(as_text=True)
    assert re.findall(r'btn-primary" href="[^"]*/act/([^"]*)"', page) == ["work_injury/accept"]


def test_who_comes_by_an_old_link_is_told_why_it_cannot_be_done(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = at(session, "susp", LISTED, 0)
    answer = as_user(people.HRSS).get(f"/cases/{case.number}/act/work_injury/missing-items-listed")
    assert answer.status_code == 409 and "一次性告知" in answer.get_data(as_text=True)


def test_every_act_is_ranked(session: Session) -> None:
    assert all(step.event in kind.acts[track] for kind in KINDS.values() for track, table in kind.tracks.items() for step in table.steps)


def test_no_conclusion_closes_before_it_is_final(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = at(session, "susp", NO, 0)
    page = as_user(people.DIAG).get(f"/cases/{case.number}").get_data(as_text=True)
    assert "main:appraisal-final-no" not in offered(page) and "appraisal:serve-certificate" in offered(page)
