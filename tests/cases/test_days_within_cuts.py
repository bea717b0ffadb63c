"""Lists, exports and the employer's page name the next day of what a reader is shown of a case, and are narrowed by no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.case_lists import CaseFilters, filtered_cases, listed_others
from ohs.cases.handing_over import hand_over
from ohs.cases.handling import take_case
from ohs.cases.models import Case
from ohs.cases.next_days import next_days
from ohs.cases.preview import preview_of
from ohs.cases.queries import InboxFilters
from ohs.desk.parts import cases_of
from tests.accounts.test_reports import rows_in
from tests.cases.test_section_4_2 import APPLIED
from tests.cases.ways import DAY, arrive
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People

#: On which day after the way what runs on each part ends → which day each reader knows.
KNOWN: list[tuple[dict[str, int], dict[str, int]]] = [
    ({"main": 1, "appraisal": 2, "work_injury": 3}, {"HLTH": 1, "EMP": 1, "CLIN": 1, "DIAG": 1, "HRSS": 2}),
    ({"main": 3, "appraisal": 2, "work_injury": 1}, {"HLTH": 1, "EMP": 1, "CLIN": 3, "DIAG": 2, "HRSS": 1}),
    ({"main": 2, "appraisal": 3, "work_injury": 1}, {"HLTH": 1, "EMP": 1, "CLIN": 2, "DIAG": 2, "HRSS": 1}),
]


def in_parts(session: Session, days: dict[str, int]) -> tuple[People, Case]:
    """A case in which what runs on each part ends on a day of its own."""
    people, case = arrive(session, "susp", APPLIED)
    duties = {duty.id: duty.event for duty in case.duties}
    for clock in case.clocks:
        is_confirmed = duties.get(clock.duty_id or 0, "").startswith("report-confirmed")
        part = "appraisal" if is_confirmed else "main" if clock.track == "duty" else clock.track
        clock.due_on = DAY + timedelta(days=days[part])
    case.due_on = DAY + timedelta(days=min(days.values()))
    session.flush()
    return people, case


@pytest.mark.parametrize(("days", "known"), KNOWN)
def test_each_reader_is_named_the_next_day_of_what_it_is_shown(session: Session, days: dict[str, int], known: dict[str, int]) -> None:
    people, case = in_parts(session, days)
    named = {actor: next_days(session, getattr(people, actor), [case])[case.id] for actor in known}
    assert named == {actor: DAY + timedelta(days=day) for actor, day in known.items()}


@pytest.mark.parametrize(("days", "known"), KNOWN)
def test_no_filter_finds_a_case_by_a_day_that_is_hidden(session: Session, days: dict[str, int], known: dict[str, int]) -> None:
    people, case = in_parts(session, days)
    for actor, day in known.items():
        user, last = getattr(people, actor), DAY + timedelta(days=day)
        for on in (DAY + timedelta(days=one) for one in range(6)):
            late = session.scalars(filtered_cases(session, user, CaseFilters(standing="late"), on)).all()
            until = session.scalars(filtered_cases(session, user, CaseFilters(due_to=on), DAY)).all()
            assert (case in late, case in until) == (last < on, last <= on), (actor, on)
    others = listed_others(session, people.CLIN, InboxFilters(until=DAY + timedelta(days=known["CLIN"] - 1)), (), DAY)
    assert case not in session.scalars(others.whole()).unique().all()


def test_nobody_is_filtered_to_a_status_of_work_injury_that_may_not_know_it(session: Session) -> None:
    people, _case = arrive(session, "susp", APPLIED)
    found = {
        actor: session.scalars(filtered_cases(session, getattr(people, actor), CaseFilters(status="wi_applied"), DAY)).all()
        for actor in vars(people)
    }
    assert {actor for actor, cases in found.items() if cases} == {"HLTH", "HRSS", "EMP"}


def test_lists_and_exports_name_the_same_day_and_who_has_it_in_hand_with_the_reader(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    people, case = in_parts(session, KNOWN[1][0])
    owner = make_user(session, "health", case.owner, name="吴刚")
    for user, name in ((owner, "吴刚"), (people.CLIN, "孙丽"), (people.HRSS, "钱敏")):
        user.name = name
        take_case(session, case, actor=user, on=DAY)
    session.commit()
    for actor, user in {"CLIN": people.CLIN, "HRSS": people.HRSS, "HLTH": owner, "DIAG": people.DIAG}.items():
        day = (DAY + timedelta(days=KNOWN[1][1][actor])).isoformat()
        client = as_user(user)
        page = client.get(f"/cases/?text={case.number}").get_data(as_text=True)
        headings, row = rows_in(client.get(f"/reports/cases.xlsx?text={case.number}&purpose=核对").data)[-2:]
        told = dict(zip(headings, row, strict=True))
        hand = "" if actor == "DIAG" else user.name
        assert (str(told["下一截止日"])[:10], told["经办人"] or "") == (day, hand), (actor, told)
        assert day in page and {name for name in ("吴刚", "孙丽", "钱敏") if name in page.partition("<tbody>")[2]} == ({hand} - {""}), actor


def test_a_hand_over_names_the_limits_of_the_part_that_is_handed_over(session: Session) -> None:
    people, case = in_parts(session, KNOWN[0][0])
    far = make_organisation(session, department="hr", region_code="330482")
    sent = hand_over(session, case, far, "参保地在平湖", actor=people.HRSS, on=DAY, track="work_injury")
    assert [clock.slug for _name, _left, clock in preview_of(session, sent, DAY).clocks] == ["work-injury-accept"]


def test_the_employers_page_names_no_hidden_day(session: Session) -> None:
    people, case = in_parts(session, KNOWN[1][0])
    assert case.employer is not None
    shown = cases_of(session, people.HRSS, case.employer), cases_of(session, people.CLIN, case.employer)
    assert [one["days"][case.id] for one in shown] == [DAY + timedelta(days=1), DAY + timedelta(days=3)]
