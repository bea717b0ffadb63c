"""The joint meeting from the list to the result: who is on the agenda, what a decision moves, and the papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.allocating import decide
from ohs.cases.handing_over import accept, hand_over, lapse, refuse
from ohs.cases.joint_meeting import close_meeting, convene, fill_agenda, list_item, report_result
from ohs.cases.meeting_models import MeetingItem
from ohs.cases.meeting_papers import agenda_of, minutes_of
from ohs.cases.models import Case
from ohs.cases.notices_models import CaseNotice
from ohs.cases.transfer_scorecard import scorecard
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, make_case, make_people

LATER = ON + timedelta(days=10)
UNTIL = ON + timedelta(days=30)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def city(session: Session) -> User:
    """Who calls the meeting: health of the city."""
    return make_user(session, "health", make_organisation(session, level="city", region_code="330400"))


def owner(session: Session, case: Case) -> User:
    return make_user(session, "health", case.owner)


def refused(session: Session, people: People) -> tuple[Case, MeetingItem, User, User]:
    """A complaint that safety has refused to take."""
    case = make_case(session, people, "complaint")
    sender = owner(session, case)
    refuse(
        session, hand_over(session, case, people.SAFE.organisation, "涉爆粉尘", actor=sender, on=ON), "属职业卫生", actor=people.SAFE, on=ON
    )
    item = session.scalars(select(MeetingItem)).unique().one()
    return case, item, sender, people.SAFE


def test_what_is_decided_moves_the_case_and_names_owner_and_day(session: Session, people: People, city: User) -> None:
    case, item, sender, safety = refused(session, people)
    meeting = convene(session, LATER, "市政府", "市卫生健康委员会\n市应急管理局", actor=city, on=ON)
    assert item.meeting is meeting and meeting.number == "2026-01"
    with pytest.raises(DomainError, match="held"):
        decide(session, item, "由应急管理部门办理", safety.organisation, UNTIL, actor=city, on=ON)
    decide(session, item, "由应急管理部门办理", safety.organisation, UNTIL, actor=city, on=LATER)
    assert (case.owner_id, item.owner_id, item.due_on, item.decided_on) == (safety.organisation_id, safety.organisation_id, UNTIL, LATER)
    assert case.steps[-1].event == "allocated" and case.steps[-1].facts["document_no"] == item.number
    with pytest.raises(DomainError, match="decided already"):
        decide(session, item, "另议", sender.organisation, UNTIL, actor=city, on=LATER)
    close_meeting(session, meeting, "会议听取了双方意见。", actor=city, on=LATER)
    report_result(session, item, "已办结", actor=safety, on=UNTIL)
    with pytest.raises(DomainError, match="already"):
        report_result(session, item, "再报", actor=safety, on=UNTIL)


def test_nobodys_name_stands_on_the_list_in_a_decision_a_result_or_the_minutes(session: Session, people: People, city: User) -> None:
    case = make_case(session, people, "contra")
    assert case.worker is not None and case.employer is not None
    named = f"{case.worker.name}，{case.employer.name}，{case.employer.uscc}"
    item = list_item(session, "campaign", named, on=ON, proposer=city.organisation, about=[(case, "main")], actor=city)
    meeting = convene(session, LATER, "市政府", "", actor=city, on=ON)
    decide(session, item, named, case.owner, UNTIL, actor=city, on=LATER)
    close_meeting(session, meeting, named, actor=city, on=LATER)
    report_result(session, item, named, actor=city, on=UNTIL)
    told = (item.why, item.decision, item.result, meeting.minutes)
    assert [text for text in told if case.worker.name in text or case.employer.name in text or case.employer.uscc in text] == []


def test_the_meeting_gives_nothing_to_whom_the_sharing_table_closes_it(session: Session, people: People, city: User) -> None:
    case = make_case(session, people, "contra")
    list_item(session, "competence", "两地均称有管辖权", on=ON, proposer=case.owner, about=[(case, "main")], actor=owner(session, case))
    item = session.scalars(select(MeetingItem)).unique().one()
    convene(session, ON, "市政府", "市卫生健康委员会", actor=city, on=ON)
    with pytest.raises(DomainError, match="cannot hold"):
        decide(session, item, "由人社办理", people.HRSS.organisation, UNTIL, actor=city, on=ON)


def test_no_meeting_is_called_for_a_day_that_is_over(session: Session, people: People, city: User) -> None:
    refused(session, people)
    with pytest.raises(DomainError, match="today or a later day"):
        convene(session, ON - timedelta(days=1), "市政府", "市卫生健康委员会", actor=city, on=ON)
    assert session.scalars(select(MeetingItem)).unique().one().meeting is None


def test_a_decision_ends_what_still_waits_for_an_answer(session: Session, people: People, city: User) -> None:
    case, item, sender, _safety = refused(session, people)
    again = hand_over(session, case, make_organisation(session, region_code="330482"), "迁址", actor=sender, on=ON)
    convene(session, ON, "市政府", "市卫生健康委员会", actor=city, on=ON)
    decide(session, item, "仍由原单位办理", sender.organisation, UNTIL, actor=city, on=ON)
    assert (again.answer, case.owner_id) == ("dropped", sender.organisation_id)


def test_what_is_not_decided_goes_back_to_the_list(session: Session, people: People, city: User) -> None:
    _case, item, sender, _safety = refused(session, people)
    meeting = convene(session, ON, "市政府", "市卫生健康委员会", actor=city, on=ON)
    late = list_item(session, "campaign", "粉尘专项方案", on=ON, proposer=sender.organisation, about=[], actor=sender)
    assert late.meeting is None and fill_agenda(session, meeting, actor=city) == 1 and late.meeting is meeting
    with pytest.raises(DomainError, match="minutes"):
        close_meeting(session, meeting, " ", actor=city, on=ON)
    close_meeting(session, meeting, "未及讨论。", actor=city, on=ON)
    session.flush()
    assert item.meeting_id is None and late.meeting_id is None
    for deed in (lambda: close_meeting(session, meeting, "再记", actor=city, on=ON), lambda: fill_agenda(session, meeting, actor=city)):
        with pytest.raises(DomainError, match="closed"):
            deed()


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [({"decision": "办理"}, "decided_iff_dated"), ({"result": "已办"}, "done_iff_dated"), ({"cause": "other"}, "cause_known")],
)
def test_the_database_refuses_impossible_items(session: Session, changed: dict[str, Any], constraint: str) -> None:
    given = {"number": "LX-1", "cause": "campaign", "why": "方案", "proposed_on": ON} | changed
    with pytest.raises(IntegrityError, match=constraint), session.begin_nested():
        session.add(MeetingItem(**given))


def test_the_papers_name_items_decisions_and_nobody(session: Session, people: People, city: User) -> None:
    case, item, _sender, safety = refused(session, people)
    meeting = convene(session, ON, "市政府三楼", "市卫生健康委员会\n市应急管理局", "王主任", actor=city, on=ON)
    decide(session, item, "由应急管理部门办理 *不是标记* #x", safety.organisation, UNTIL, actor=city, on=ON)
    agenda = agenda_of(meeting)
    assert (agenda.members, agenda.items[0].cases) == (("市卫生健康委员会", "市应急管理局"), (case.number,))
    close_meeting(session, meeting, "会议情况。", actor=city, on=ON)
    minutes = minutes_of(meeting)
    assert (minutes.decided[0].owner, minutes.decided[0].due_on, minutes.text) == (safety.organisation.name, UNTIL, "会议情况。")
    assert case.employer is not None and case.employer.name not in repr((agenda, minutes))


def test_both_papers_are_drawn(session: Session, people: People, city: User, as_user: Callable[[User], FlaskClient]) -> None:
    _case, item, _sender, safety = refused(session, people)
    meeting = convene(session, ON, "市政府三楼", "市卫生健康委员会", actor=city, on=ON)
    client = as_user(safety)
    assert client.get(f"/joint-meeting/meetings/{meeting.number}/minutes.pdf").status_code == 404
    decide(session, item, "由应急管理部门办理 #x", safety.organisation, UNTIL, actor=city, on=ON)
    close_meeting(session, meeting, "会议情况。", actor=city, on=ON)
    session.commit()
    for paper in ("agenda", "minutes"):
        answer = client.get(f"/joint-meeting/meetings/{meeting.number}/{paper}.pdf")
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF"), paper


def test_the_scorecard_counts_who_let_what_wait(session: Session, people: People) -> None:
    other = make_user(session, "health", make_organisation(session, region_code="330482"))
    cases = [make_case(session, people, "complaint") for _ in range(4)]
    sender = owner(session, cases[0])
    sent = [hand_over(session, case, other.organisation, "属地", actor=sender, on=ON) for case in cases]
    accept(session, sent[0], actor=other, on=date(2026, 11, 3))
    refuse(session, sent[1], "不属本地", actor=other, on=date(2026, 11, 6))
    lapse(session, sent[2], date(2026, 11, 10))
    rows = {row.name: row for row in scorecard(session, ON, ON, date(2026, 11, 4))}
    assert (rows[sender.organisation.name].sent, rows[sender.organisation.name].received) == (4, 0)
    one = rows[other.organisation.name]
    assert (one.received, one.accepted, one.refused, one.lapsed, one.waiting) == (4, 1, 1, 1, 1)
    # Working days: 1, 4, 6 and, still waiting, 2.
    assert (sorted(one.waits), one.median, one.longest, one.in_time, one.ended) == ([1, 2, 4, 6], 3, 6, 2, 3)
    assert scorecard(session, ON + timedelta(days=1), UNTIL, UNTIL) == []


def test_both_sides_are_told(session: Session, people: People) -> None:
    case = make_case(session, people, "complaint")
    sender, receiver = owner(session, case), people.SAFE
    transfer = hand_over(session, case, receiver.organisation, "涉爆粉尘", actor=sender, on=ON)

    def told(event: str) -> set[int]:
        return set(session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.event == event)))

    assert told("handed-over") == {receiver.organisation_id}
    lapse(session, transfer, LATER)
    assert told("hand-over-lapsed") == {receiver.organisation_id, sender.organisation_id}


def test_pages_take_a_hand_over_from_form_to_answer(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = make_case(session, people, "complaint")
    sender, receiver = owner(session, case), people.SAFE
    client = as_user(sender)
    browse(f"/cases/{case.number}/hand-over")
    form = {"track": "main", "to_id": receiver.organisation_id, "reason": "涉爆粉尘"}
    assert client.post(f"/cases/{case.number}/hand-over", data=form | {"reason": ""}).status_code == 400
    assert client.post(f"/cases/{case.number}/hand-over", data=form).status_code == 302
    assert "答复移送" in browse(f"/cases/{case.number}").get_data(as_text=True)
    browse("/inbox/transfers")
    client = as_user(receiver)
    inbox = browse("/inbox/").get_data(as_text=True)
    assert case.number in inbox and case.employer is not None and case.employer.name not in inbox
    page = browse("/inbox/transfers").get_data(as_text=True)
    address = page.split('href="/inbox/transfers/')[-1].split('"')[0]
    preview = browse(f"/inbox/transfers/{address}").get_data(as_text=True)
    assert "涉爆粉尘" in preview and case.employer.name not in preview
    assert client.post(f"/inbox/transfers/{address}/answer", data={"answer": "refuse", "reason": ""}).status_code == 400
    assert client.post(f"/inbox/transfers/{address}/answer", data={"answer": "accept"}).status_code == 302
    assert (
        client.post(f"/inbox/transfers/{address}/answer", data={"answer": "accept"}).status_code == 409
        or case.owner_id == receiver.organisation_id
    )
    browse(f"/cases/{case.number}")
    for address in (
        "/joint-meeting/",
        "/joint-meeting/new",
        "/joint-meeting/meetings/",
        "/inbox/transfers/figures",
        "/inbox/transfers/ask",
    ):
        browse(address)


def test_the_form_of_a_decision_opens_only_where_something_is_to_be_decided(
    session: Session, people: People, city: User, as_user: Callable[[User], FlaskClient]
) -> None:
    case, item, _sender, safety = refused(session, people)
    address = f"/joint-meeting/items/{item.number}"
    client = as_user(city)
    waiting = client.get(f"{address}/decision")
    assert waiting.status_code == 409 and "列入议程" in waiting.get_data(as_text=True)
    assert client.get(f"{address}/result").status_code == 409
    convene(session, today(), "市政府", "市卫生健康委员会", actor=city, on=today())
    assert client.get(f"{address}/decision").status_code == 200
    decide(session, item, "由应急管理部门办理", safety.organisation, today() + timedelta(days=9), actor=city, on=today())
    session.commit()
    decided = client.get(f"{address}/decision")
    assert decided.status_code == 409 and today().isoformat() in decided.get_data(as_text=True)
    assert client.post(f"{address}/decision", data={"decision": "另议"}).status_code == 409
    assert client.get(f"{address}/result").status_code == 200 and case.owner_id == safety.organisation_id
