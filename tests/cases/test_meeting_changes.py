"""A called meeting that is moved or called off: with a reason, everyone invited told, and nothing on its agenda lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.allocating import decide
from ohs.cases.joint_meeting import close_meeting, convene, fill_agenda
from ohs.cases.meeting_changes import call_off, move_meeting
from ohs.cases.meeting_models import Meeting, MeetingItem, MeetingNotice
from ohs.cases.meeting_queries import held_in
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.cases.test_joint_meeting import refused
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, make_people

DAY, OTHER = ON + timedelta(days=10), ON + timedelta(days=17)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def city(session: Session) -> User:
    place = make_organisation(session, level="city", region_code="330400", name="嘉兴市卫生健康委员会")
    return make_user(session, "health", place)


@pytest.fixture
def guest(session: Session) -> User:
    """Safety of the city, a member."""
    place = make_organisation(session, level="city", region_code="330400", department="safety", name="嘉兴市应急管理局")
    return make_user(session, "safety", place)


def called(session: Session, people: People, city: User) -> tuple[Meeting, MeetingItem]:
    """A meeting with one item, to which safety of the city and the city's finance office are invited."""
    _case, item, _sender, _safety = refused(session, people)
    return convene(session, DAY, "市政府", "市卫生健康委员会\n市应急管理局\n市财政局", actor=city, on=ON), item


def told(session: Session, meeting: Meeting) -> set[int]:
    """Who was told of the last change."""
    return {one.organisation_id for one in meeting.changes[-1].notices}


def test_everyone_invited_is_told_that_a_meeting_is_called(session: Session, people: People, city: User, guest: User) -> None:
    meeting, item = called(session, people, city)
    assert item.proposer_id is not None
    holder = item.about[0].case.owner_id
    assert told(session, meeting) == {guest.organisation_id, item.proposer_id, holder} - {city.organisation_id}
    assert meeting.changes[-1].untold == "市财政局", "who has no account is named, to be told otherwise"


def test_a_moved_meeting_keeps_its_agenda_and_everyone_is_told_why(session: Session, people: People, city: User, guest: User) -> None:
    meeting, item = called(session, people, city)
    move_meeting(session, meeting, OTHER, "市政府", "会场冲突", actor=city, on=ON)
    change = meeting.changes[-1]
    assert (meeting.held_on, item.meeting, change.before_on, change.held_on, change.reason) == (OTHER, meeting, DAY, OTHER, "会场冲突")
    assert guest.organisation_id in told(session, meeting)
    with pytest.raises(DomainError, match="cannot be closed before"):
        close_meeting(session, meeting, "纪要", actor=city, on=DAY)


def test_nobodys_name_stands_in_the_reason(session: Session, people: People, city: User) -> None:
    meeting, item = called(session, people, city)
    worker = item.about[0].case.worker
    assert worker is not None
    change = move_meeting(session, meeting, OTHER, "市政府", f"{worker.name}的材料未到", actor=city, on=ON)
    assert worker.name not in change.reason and "材料未到" in change.reason


def test_what_stood_on_the_agenda_of_a_meeting_called_off_is_on_the_list_again(
    session: Session, people: People, city: User, guest: User
) -> None:
    meeting, item = called(session, people, city)
    call_off(session, meeting, "议题由双方协商解决", actor=city, on=ON)
    assert (meeting.called_off_on, item.meeting, meeting.items) == (ON, None, [])
    assert guest.organisation_id in told(session, meeting) and held_in(session, DAY.year) == 0
    for deed in (
        lambda: fill_agenda(session, meeting, actor=city),
        lambda: close_meeting(session, meeting, "纪要", actor=city, on=DAY),
        lambda: move_meeting(session, meeting, OTHER, "市政府", "再议", actor=city, on=ON),
        lambda: call_off(session, meeting, "再取消", actor=city, on=ON),
    ):
        with pytest.raises(DomainError, match="was called off"):
            deed()
    assert convene(session, OTHER, "市政府", "市应急管理局", actor=city, on=ON).items == [item]


@pytest.mark.parametrize("deed", ["move", "call-off"])
def test_nothing_changes_without_a_reason_or_after_a_decision(session: Session, people: People, city: User, guest: User, deed: str) -> None:
    meeting, item = called(session, people, city)

    def change(reason: str) -> Any:
        if deed == "move":
            return move_meeting(session, meeting, OTHER, "市政府", reason, actor=city, on=ON)
        return call_off(session, meeting, reason, actor=city, on=ON)

    with pytest.raises(DomainError, match="Give the reason"):
        change("  ")
    decide(session, item, "由应急管理部门办理", guest.organisation, OTHER, actor=city, on=DAY)
    with pytest.raises(DomainError, match="has decided already"):
        change("改期")
    assert (meeting.held_on, meeting.called_off_on, len(meeting.changes)) == (DAY, None, 1)


def test_a_meeting_is_moved_to_no_day_that_is_over_and_to_no_same_day(session: Session, people: People, city: User) -> None:
    meeting, _item = called(session, people, city)
    with pytest.raises(DomainError, match="today or a later day"):
        move_meeting(session, meeting, ON - timedelta(days=1), "市政府", "改期", actor=city, on=ON)
    with pytest.raises(DomainError, match="already"):
        move_meeting(session, meeting, DAY, "市政府", "改期", actor=city, on=ON)


def test_the_database_refuses_a_meeting_both_held_and_called_off(session: Session, people: People, city: User) -> None:
    meeting, _item = called(session, people, city)
    meeting.closed_on, meeting.minutes, meeting.called_off_on = DAY, "纪要", DAY
    with pytest.raises(IntegrityError, match="held_or_called_off"):
        session.flush()


def test_pages_move_call_off_and_tell(
    session: Session, people: People, city: User, guest: User, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    refused(session, people)
    meeting = convene(session, today() + timedelta(days=5), "市政府", "市应急管理局\n市财政局", actor=city, on=today())
    session.commit()
    address = f"/joint-meeting/meetings/{meeting.number}"
    client = as_user(city)
    browse(f"{address}/move")
    day = (today() + timedelta(days=8)).isoformat()
    assert client.post(f"{address}/move", data={"held_on": day, "place": "市政府", "reason": ""}).status_code == 400
    assert client.post(f"{address}/move", data={"held_on": day, "place": "市政府", "reason": "会场冲突"}).status_code == 302
    text = browse(address).get_data(as_text=True)
    assert "会场冲突" in text and guest.organisation.name in text and "市财政局" in text
    as_user(guest)
    assert "会场冲突" in browse("/inbox/told").get_data(as_text=True)
    browse(address)
    assert "会场冲突" not in browse("/inbox/told").get_data(as_text=True), "who has opened the meeting has read it"
    client = as_user(city)
    browse(f"{address}/call-off")
    assert client.post(f"{address}/call-off", data={"reason": "议题已办结"}).status_code == 302
    assert client.get(f"{address}/move").status_code == 409
    assert "议题已办结" in browse(address).get_data(as_text=True)
    assert "取消" in browse("/joint-meeting/meetings/").get_data(as_text=True)
    client = as_user(guest)
    assert client.get(f"{address}/call-off").status_code == 403
    assert client.post("/inbox/told/read", data={"all": "1"}).status_code == 302
    assert (
        session.scalars(
            select(MeetingNotice).where(MeetingNotice.organisation_id == guest.organisation_id, MeetingNotice.read_at.is_(None))
        ).all()
        == []
    )
