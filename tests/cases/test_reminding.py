"""Whoever waits reminds those who must act: a notice, a message, a line of the timeline, and not again on the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.administration import set_setting
from ohs.accounts.models import Organisation, User
from ohs.accounts.outbox import choose_contact
from ohs.accounts.outbox_models import Outgoing
from ohs.cases.models import Case
from ohs.cases.notices_models import CaseNotice, CaseReminder
from ohs.cases.reminding import remind
from ohs.cases.topics import REMINDER
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_people

FRIDAY = date(2026, 11, 6)


def owner_of(session: Session, case: Case) -> User:
    return make_user(session, "health", session.get_one(Organisation, case.owner_id))


def reminders(session: Session, user: User) -> list[CaseNotice]:
    question = select(CaseNotice).where(CaseNotice.organisation_id == user.organisation_id, CaseNotice.event == "reminded-by-hand")
    return list(session.scalars(question))


def test_a_reminder_is_a_notice_a_message_and_a_line_of_the_timeline(session: Session) -> None:
    people = make_people(session)
    choose_contact(session, people.CLIN, email="c@example.invalid", phone="", channel="mail", told="at-once")
    case = make_case(session, people, "contra", on=date(2026, 11, 2))
    officer = owner_of(session, case)
    assert remind(session, case, actor=officer, on=FRIDAY) == [people.CLIN.organisation.name]
    line = case.steps[-1]
    assert (line.event, line.told, line.before, line.after) == ("reminded-by-hand", ["CLIN"], case.status, case.status)
    assert line.facts["to"] == people.CLIN.organisation.name
    session.flush()
    assert len(reminders(session, people.CLIN)) == 1 and reminders(session, people.EMP) == []
    assert [one.subject for one in session.scalars(select(Outgoing).where(Outgoing.topic == REMINDER))] == [case.number]


def test_nobody_is_reminded_twice_on_one_working_day_nor_over_a_weekend(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=date(2026, 11, 2))
    officer = owner_of(session, case)
    remind(session, case, actor=officer, on=FRIDAY)
    steps = len(case.steps)
    for day in (FRIDAY, FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)):
        with pytest.raises(DomainError, match="Reminded already"):
            remind(session, case, actor=officer, on=day)
    assert len(case.steps) == steps, "a refusal leaves nothing behind"
    remind(session, case, actor=officer, on=FRIDAY + timedelta(days=3))
    assert len(case.steps) == steps + 1


def test_this_office_sets_how_often(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=date(2026, 11, 2))
    officer = owner_of(session, case)
    set_setting(session, "remind_working_days", 3, actor=make_user(session, "system-admin"))
    remind(session, case, actor=officer, on=date(2026, 11, 2))
    with pytest.raises(DomainError):
        remind(session, case, actor=officer, on=date(2026, 11, 4))
    remind(session, case, actor=officer, on=date(2026, 11, 5))


def test_whoever_must_act_alone_reminds_nobody(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint", on=date(2026, 11, 2))
    with pytest.raises(DomainError, match="Nobody but you"):
        remind(session, case, actor=owner_of(session, case), on=FRIDAY)


def test_the_database_knows_one_reminder_a_day(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=date(2026, 11, 2))
    twice = [CaseReminder(case_id=case.id, organisation_id=case.owner_id, on=FRIDAY, user_id=people.CLIN.id) for _ in range(2)]
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add_all(twice)
        session.flush()


def test_from_the_page_of_a_case_and_many_from_the_inbox(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    first, second, complaint = (make_case(session, people, kind) for kind in ("contra", "contra", "complaint"))
    officer = owner_of(session, first)
    client = as_user(officer)
    assert f"/cases/{first.number}/remind" in browse(f"/cases/{first.number}").get_data(as_text=True)
    assert client.post(f"/cases/{first.number}/remind").status_code == 302
    page = browse(f"/cases/{first.number}").get_data(as_text=True)
    assert people.CLIN.organisation.name in page and "已催办" in page
    assert client.post(f"/cases/{first.number}/remind").status_code == 409
    waiting = browse("/inbox/others").get_data(as_text=True)
    assert first.number in waiting and people.CLIN.organisation.name in waiting, "the list says who must act"
    assert first.number not in browse("/inbox/others?kind=complaint").get_data(as_text=True)
    assert first.number not in browse("/inbox/others?whose=mine").get_data(as_text=True)
    client.post("/inbox/remind", data={"number": [first.number, second.number, complaint.number, "YS-0"]})
    assert len(reminders(session, people.CLIN)) == 2
    said = browse("/inbox/others").get_data(as_text=True)
    assert "已就 1 件个案催办" in said and complaint.number in said
    as_user(people.SAFE)
    client.post("/inbox/remind", data={"number": [second.number]})
    assert len(reminders(session, people.CLIN)) == 2, "whoever may not see a case reminds nobody of it"


@pytest.mark.parametrize("deed", ["take", "remind"])
def test_where_nothing_was_chosen_nobody_is_told_of_a_success(session: Session, as_user: Callable[[User], FlaskClient], deed: str) -> None:
    people = make_people(session)
    session.commit()
    page = as_user(people.HLTH).post(f"/inbox/{deed}", follow_redirects=True).get_data(as_text=True)
    assert "请先勾选个案" in page and "0 件" not in page


def test_a_batch_comes_back_to_the_list_as_it_was(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    client = as_user(owner_of(session, case))
    assert 'action="/inbox/remind?kind=contra&amp;whose=nobody"' in browse("/inbox/others?kind=contra&whose=nobody").get_data(as_text=True)
    for page, deed in (("/inbox/others", "/inbox/remind"), ("/inbox/", "/inbox/take"), ("/inbox/told", "/inbox/told/read")):
        asked = "kind=contra&which=unread" if page.endswith("told") else "kind=contra&whose=nobody"
        answer = client.post(f"{deed}?{asked}", data={"number": [case.number]})
        assert answer.status_code == 302 and answer.location.endswith(f"{page}?{asked}")


def test_what_is_late_is_asked_for_beside_whose_hands_it_is_in(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    late, ahead = make_case(session, people, "contra", on=today() - timedelta(days=60)), make_case(session, people, "contra", on=today())
    as_user(people.CLIN)
    page = browse("/inbox/?standing=late&whose=nobody").get_data(as_text=True)
    assert late.number in page and ahead.number not in page
    hands = page.partition('name="whose"')[2].partition("</select>")[0]
    assert "已逾期" not in hands and "已逾期" in page.partition('name="standing"')[2].partition("</select>")[0]
    as_user(people.HLTH)
    page = browse("/inbox/others?standing=late").get_data(as_text=True)
    assert late.number in page and ahead.number not in page
