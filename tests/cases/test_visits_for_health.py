"""What health sees of the visits that it has asked of towns, and what nobody else reads of them before a town was there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.cuts import cut_for
from ohs.cases.models import Case
from ohs.cases.visit_queries import VisitFilters, filtered_visits
from ohs.cases.visits import answer_visit, ask_visit, withdraw_visit
from ohs.kernel.clock import today
from tests.cases.test_visits import at_verify, visit_of
from tests.cases.test_visits import people as people
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, make_case

LINES = {"visit-asked", "visit-answered", "visit-withdrawn"}
YES = {"at-post": "yes", "employed": "yes", "wage": "yes"}


def lines(user: User, case: Case) -> set[str]:
    return {step.event for step in cut_for(user, case).steps(case)} & LINES


def test_until_the_town_was_there_nobody_but_health_knows_that_it_comes(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = at_verify(session, people, today())
    visit = visit_of(session, case)
    assert {name: lines(user, case) for name, user in vars(people).items() if lines(user, case)} == {"HLTH": {"visit-asked"}}
    session.commit()
    for user in (people.EMP, people.CLIN):
        as_user(user)
        page = browse(f"/cases/{case.number}").get_data(as_text=True)
        assert visit.number not in page and "现场核实" not in page
    answer_visit(session, visit, YES, visited_on=today(), actor=people.TOWN, on=today(), found="工资未变")
    session.commit()
    assert {name: lines(user, case) for name, user in vars(people).items() if lines(user, case)} == {
        "HLTH": {"visit-asked", "visit-answered"}, "EMP": {"visit-answered"},
    }  # fmt: skip
    as_user(people.EMP)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "现场核实" in page and f"/inbox/visits/{visit.number}" not in page


def test_a_visit_that_was_withdrawn_was_never_there(session: Session, people: People) -> None:
    case = at_verify(session, people)
    withdraw_visit(session, visit_of(session, case), actor=people.HLTH, on=ON)
    assert lines(people.EMP, case) == set() and lines(people.HLTH, case) == {"visit-asked", "visit-withdrawn"}


def test_who_complained_is_no_wiser_nor_is_the_town_that_reads_the_complaint(session: Session, people: People) -> None:
    case = make_case(session, people, "complaint")
    visit = ask_visit(session, case, ["exists"], actor=people.HLTH, on=ON)
    answer_visit(session, visit, {"exists": "yes"}, visited_on=ON, actor=people.TOWN, on=ON)
    assert lines(people.TOWN, case) == set() and lines(people.HLTH, case) == {"visit-asked", "visit-answered"}


@pytest.mark.parametrize("standing", ["open", "answered"])
def test_health_lists_what_it_has_asked_of_whom_by_when_and_with_what_answer(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any], standing: str
) -> None:
    case = at_verify(session, people, today())
    visit = visit_of(session, case)
    by_hand = ask_visit(session, make_case(session, people, "complaint"), ["exists"], actor=people.HLTH, on=today())
    if standing == "answered":
        answer_visit(session, visit, YES, visited_on=today(), actor=people.TOWN, on=today())
    session.commit()
    client = as_user(people.HLTH)
    page = browse(f"/inbox/visits?standing={standing}").get_data(as_text=True)
    assert visit.number in page and case.number in page and people.TOWN.organisation.name in page and "个案自动发起" in page
    assert (by_hand.number in page) == (standing == "open") and "受托镇街道" in page
    shown = browse(f"/inbox/visits/{visit.number}").get_data(as_text=True)
    assert case.number in shown and people.TOWN.organisation.name in shown and "/answer" not in shown
    assert client.post(f"/inbox/visits/{visit.number}/answer", data={}).status_code in (403, 404)
    assert client.get("/reports/visits.xlsx").status_code == 200


def test_a_visit_is_found_by_its_number_by_whom_it_concerns(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    visit = visit_of(session, at_verify(session, people, today()))
    far = make_user(session, "health", make_organisation(session, region_code="330482"))
    session.commit()
    for user, is_found in ((people.HLTH, True), (people.TOWN, True), (far, False), (people.EMP, False)):
        as_user(user)
        page = browse(f"/search?q={visit.number.lower()}").get_data(as_text=True)
        assert (f'href="/inbox/visits/{visit.number}"' in page) == is_found, user.organisation.name


def test_the_visits_of_a_case_go_with_it_to_the_office_that_takes_it(session: Session, people: People) -> None:
    case = at_verify(session, people)
    far = make_user(session, "health", make_organisation(session, region_code="330482"))
    over = make_user(session, "health", make_organisation(session, level="city", region_code="330400"))

    def listed(user: User) -> int:
        session.expire_all()
        return len(session.scalars(filtered_visits(user, VisitFilters(), ON + timedelta(days=1))).all())

    assert (listed(people.HLTH), listed(far), listed(over)) == (1, 0, 1)
    case.owner = far.organisation
    session.flush()
    assert (listed(people.HLTH), listed(far), listed(over)) == (0, 1, 1)
