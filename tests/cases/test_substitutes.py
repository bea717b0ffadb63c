"""Substitutes: whose cases a colleague sees and acts on while somebody is away, from when until when, and in whose name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.administration import set_setting
from ohs.accounts.models import User
from ohs.accounts.substitutes import Substitution, covered_by, covers_for, end_substitution, hands_of, name_substitute
from ohs.cases.actors import By
from ohs.cases.case_lists import CaseFilters, filtered_cases
from ohs.cases.clock_deeds import resume_by_hand, suspend_by_hand
from ohs.cases.handling import take_case
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseWaiting
from ohs.cases.queries import InboxFilters
from ohs.cases.queries import inbox_of as narrowed_inbox
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_people

ON = date(2026, 11, 2)
LAST = date(2026, 11, 6)


def colleagues(session: Session) -> tuple[Case, User, User]:
    """A case in the hands of somebody, and a colleague of theirs."""
    people = make_people(session)
    case, absent = make_case(session, people, "complaint", on=ON), people.HLTH
    absent.name = "沈佳"
    take_case(session, case, actor=absent, on=ON)
    return case, absent, make_user(session, "health", absent.organisation, name="陆平")


def named(session: Session, absent: User, colleague: User, **given: Any) -> Substitution:
    return name_substitute(session, colleague, **({"from_on": ON, "to_on": LAST, "actor": absent, "on": ON} | given))


def inbox_of(session: Session, user: User, whose: str, on: date) -> list[int]:
    question = narrowed_inbox(session, user, InboxFilters(whose=whose), hands_of(session, user, on), on)
    return [row.case_id for row in session.scalars(question.order_by(CaseWaiting.id)).unique()]


@pytest.mark.parametrize(
    ("day", "stands_in"), [(ON - timedelta(days=1), False), (ON, True), (LAST, True), (LAST + timedelta(days=1), False)]
)
def test_from_the_first_to_the_last_day_what_is_in_their_hands_is_in_mine(session: Session, day: date, stands_in: bool) -> None:
    case, absent, colleague = colleagues(session)
    assert inbox_of(session, colleague, "mine", day) == inbox_of(session, colleague, "covered", day) == []
    held = named(session, absent, colleague)
    assert inbox_of(session, colleague, "mine", day) == inbox_of(session, colleague, "covered", day) == ([case.id] if stands_in else [])
    assert covered_by(session, colleague, day) == ([held] if stands_in else [])
    assert covers_for(session, absent, day) == (held if stands_in else None)
    mine = session.scalars(filtered_cases(session, colleague, CaseFilters(owner="mine"), day)).unique().all()
    assert list(mine) == ([case] if stands_in else [])
    assert inbox_of(session, absent, "mine", day) == [case.id] and inbox_of(session, absent, "covered", day) == []


def test_a_substitute_acts_in_their_own_name_with_a_word_for_whom(session: Session) -> None:
    case, absent, colleague = colleagues(session)
    named(session, absent, colleague)
    do(session, case, "handle", {"steps": "已联系"}, by=By(colleague), on=ON)
    clock = next(one for one in case.clocks if one.slug == "complaint-answer")
    suspend_by_hand(session, case, clock, cause="x", document_no="1", actor=colleague, on=ON)
    assert [(step.user_id, step.facts.get("for")) for step in case.steps[-2:]] == [(colleague.id, "沈佳")] * 2
    other = make_user(session, "health", absent.organisation)
    resume_by_hand(session, case, clock, document_no="", actor=other, on=ON)
    assert "for" not in case.steps[-1].facts, "another colleague stands in for nobody"


def test_afterwards_and_ended_early_they_act_for_nobody(session: Session) -> None:
    case, absent, colleague = colleagues(session)
    held = named(session, absent, colleague)
    end_substitution(session, held, actor=absent, on=ON)
    assert inbox_of(session, colleague, "mine", ON) == []
    do(session, case, "handle", {"steps": "已联系"}, by=By(colleague), on=ON)
    assert "for" not in case.steps[-1].facts
    with pytest.raises(DomainError, match="ended already"):
        end_substitution(session, held, actor=absent, on=ON)
    later = named(session, absent, colleague)
    with pytest.raises(DomainError, match="ended already"):
        end_substitution(session, later, actor=absent, on=LAST + timedelta(days=1))
    events = session.scalars(select(AuditEvent).where(AuditEvent.event.like("substitute:%")).order_by(AuditEvent.id)).all()
    assert [(event.event, event.actor) for event in events] == [
        ("substitute:named", absent.login), ("substitute:ended", absent.login), ("substitute:named", absent.login),
    ]  # fmt: skip


def test_it_brings_no_right_beyond_the_organisation(session: Session) -> None:
    case, absent, colleague = colleagues(session)
    with pytest.raises(DomainError, match="own organisation"):
        named(session, absent, make_user(session, "health"))
    held = named(session, absent, colleague)
    assert allowed(colleague, Permission.CASE_TAKE, case)
    elsewhere = make_user(session, "safety").organisation
    colleague.organisation = elsewhere
    session.flush()
    assert not allowed(colleague, Permission.CASE_TAKE, case)
    assert covered_by(session, colleague, ON) == [] and hands_of(session, colleague, ON) == [colleague.id]
    colleague.organisation, colleague.is_enabled = absent.organisation, False
    session.flush()
    assert covers_for(session, absent, ON) is None, "who is blocked stands in for nobody"
    assert held.ended_at is None


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"from_on": ON - timedelta(days=1)}, "today or later"),
        ({"to_on": ON - timedelta(days=1)}, "today or later"),
        ({"to_on": ON + timedelta(days=90)}, "At most 90 days"),
    ],
)
def test_it_is_for_days_to_come_and_not_for_ever(session: Session, given: dict[str, date], match: str) -> None:
    _case, absent, colleague = colleagues(session)
    with pytest.raises(DomainError, match=match):
        named(session, absent, colleague, **given)
    named(session, absent, colleague, to_on=ON + timedelta(days=89))


def test_how_long_is_a_setting(session: Session) -> None:
    _case, absent, colleague = colleagues(session)
    set_setting(session, "substitute_days", 3, actor=make_user(session, "system-admin"))
    with pytest.raises(DomainError, match="At most 3 days"):
        named(session, absent, colleague)


def test_nobody_stands_in_for_themselves_twice_or_while_away(session: Session) -> None:
    _case, absent, colleague = colleagues(session)
    third = make_user(session, "health", absent.organisation)
    with pytest.raises(DomainError, match="themselves"):
        named(session, absent, absent)
    named(session, absent, colleague)
    with pytest.raises(DomainError, match="陆平 stands in for you from 2026-11-02 to 2026-11-06 already"):
        named(session, absent, third, from_on=LAST, to_on=LAST + timedelta(days=3))
    with pytest.raises(DomainError, match="沈佳 is away"):
        named(session, third, absent, from_on=LAST, to_on=LAST)
    named(session, absent, third, from_on=LAST + timedelta(days=1), to_on=LAST + timedelta(days=3))


def test_the_pages_name_and_end_and_the_inbox_says_so(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case, absent, colleague = colleagues(session)
    client, day = as_user(absent), today()
    browse("/account/sessions")
    browse("/account/substitutes")
    told = {
        "substitute_id": str(colleague.id),
        "from_on": day.isoformat(),
        "to_on": (day + timedelta(days=3)).isoformat(),
        "note": "年休假",
    }
    for wrong in ({"to_on": "x"}, {"to_on": "2026-01-01"}, {"substitute_id": str(make_user(session, "health").id)}):
        assert client.post("/account/substitutes", data=told | wrong).status_code == 400
    assert client.post("/account/substitutes", data=told).status_code == 302
    held = session.scalars(select(Substitution)).one()
    assert "陆平" in browse("/account/substitutes").get_data(as_text=True)
    assert "陆平" in browse("/inbox/").get_data(as_text=True)
    as_user(colleague)
    page = browse("/inbox/?whose=covered").get_data(as_text=True)
    assert "沈佳" in page and case.number in page
    assert client.post(f"/account/substitutes/{held.id}/end").status_code == 404, "only whoever named it ends it"
    as_user(absent)
    assert client.post(f"/account/substitutes/{held.id}/end").status_code == 302
    as_user(colleague)
    assert case.number not in browse("/inbox/?whose=covered").get_data(as_text=True)
