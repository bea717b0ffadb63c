"""Emergency access: what it opens and for how long, that it never acts, and that somebody else looks at it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.cuts import cut_for
from ohs.cases.default_clocks import set_default_clock
from ohs.cases.emergency import EmergencyAccess
from ohs.cases.emergency_deeds import accesses_seen_by, give_back, open_in_emergency, readings_of, review
from ohs.cases.models import Case, CaseClock, CaseDuty
from ohs.cases.queries import cases_visible_to
from ohs.kernel.audit import AuditEvent
from ohs.kernel.conditions import Role, emergency_open
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import GRANTS, allowed, health, hr, safety, visible
from ohs.kernel.policy import Permission as P
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import make_case, make_people

#: Friday evening in Jiaxing.
AT = datetime(2026, 11, 6, 12, 0, tzinfo=UTC)
ON = date(2026, 11, 2)
NOTE = "夜间急性中毒，需确认接触物质"
#: Everything about one case; what a role alone decides is about none.
ABOUT = [
    one
    for one, lines in GRANTS.items()
    if one.value.startswith("case:") and not any(all(isinstance(each, Role) for each in line) for line in lines)
]


def officer(session: Session, role: str) -> User:
    """Somebody of a department to whom a suspected case of 海宁 is closed: of the same county, for health of another one."""
    return make_user(session, role, make_organisation(session, department=role, region_code="330482" if role == "health" else "330481"))


def reviewer(session: Session) -> User:
    return make_user(session, "health", make_organisation(session, level="city", region_code="330400"))


def opened(session: Session, reader: User, case: Case, at: datetime = AT) -> EmergencyAccess:
    return open_in_emergency(session, case.number, reason="rescue", note=NOTE, actor=reader, at=at)


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session, make_people(session), "susp")


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("health", {P.CASE_READ, P.CASE_READ_WAY, P.CASE_READ_DIAGNOSIS, P.CASE_READ_MEDICAL}),
        ("safety", {P.CASE_READ, P.CASE_READ_WAY}),
        ("hr", {P.CASE_READ, P.CASE_READ_WAY}),
    ],
)
def test_it_opens_these_and_nothing_else_and_ends_by_itself(session: Session, case: Case, role: str, opens: set[P]) -> None:
    reader, other = officer(session, role), make_case(session, make_people(session), "susp")
    with time_machine.travel(AT, tick=False):
        assert [one for one in ABOUT if allowed(reader, one, case)] == []
        access = opened(session, reader, case)
        assert {one for one in ABOUT if allowed(reader, one, case)} == opens, "the whole list: it never acts, takes or changes a clock"
        assert {one for one in ABOUT if session.scalar(select(Case.id).where(visible(reader, one, Case), Case.id == case.id))} == opens
        assert not any(allowed(reader, one, other) for one in ABOUT)
        assert list(session.scalars(cases_visible_to(reader)).unique()) == [case]
        assert not any(allowed(officer(session, role), one, case) for one in ABOUT), "nor to a colleague"
        cut = cut_for(reader, case)
        assert (cut.has_way, cut.is_medical, cut.has_work_injury) == (True, role == "health", False)
    assert (access.ends_at, access.review_due_on) == (AT + timedelta(hours=3), date(2026, 11, 9))  # Monday
    for moment, is_open in ((AT + timedelta(hours=3, seconds=-1), True), (AT + timedelta(hours=3), False)):
        with time_machine.travel(moment, tick=False):
            assert allowed(reader, P.CASE_READ, case) is is_open, "whatever was read of it before"
            session.info.clear()
            assert allowed(reader, P.CASE_READ, case) is is_open
            assert list(session.scalars(cases_visible_to(reader)).unique()) == ([case] if is_open else [])


def test_what_is_to_be_reported_tells_nobody_what_was_found(session: Session, case: Case) -> None:
    """A duty is shown as far as the status that opens it: after the conclusion only to whoever may know it."""
    for event in ("report-to-health", "report-confirmed"):
        duty = CaseDuty(case_id=case.id, event=event, opened_by=2, opened_on=ON)
        session.add(duty)
        session.flush()
        clock = CaseClock(
            case_id=case.id, track="duty", slug=event, actors="DIAG", started_on=ON, due_on=ON, is_statutory=False, duty_id=duty.id
        )
        session.add(clock)
    session.flush()
    session.expire(case)
    with time_machine.travel(AT, tick=False):
        for role, known in (("safety", False), ("health", True)):
            reader = officer(session, role)
            opened(session, reader, case)
            cut = cut_for(reader, case)
            assert cut.shows_duty("susp", "report-to-health") and cut.shows_duty("susp", "report-confirmed") is known
            assert ("report-confirmed" in {one.slug for one in cut.clocks(case)}) is known
            assert cut.shows("duty", "report-confirmed", "susp") is known


def test_no_other_permission_is_opened_by_it() -> None:
    held = {permission for permission, lines in GRANTS.items() if any(emergency_open in line for line in lines)}
    lines = {P.CASE_LINE_READ, P.CASE_LINE_COUNT, P.CASE_LINE_MONTHS}  # the list of an overdue case: each department its own part of it
    assert held == {P.CASE_READ, P.CASE_READ_WAY, P.CASE_READ_DIAGNOSIS, P.CASE_READ_MEDICAL} | lines
    departments = {permission: {line[0] for line in GRANTS[permission] if emergency_open in line} for permission in lines}
    assert departments == {P.CASE_LINE_READ: {health}, P.CASE_LINE_COUNT: {safety}, P.CASE_LINE_MONTHS: {hr}}


def test_it_lasts_as_long_as_the_office_has_set_but_never_longer_than_three_hours(session: Session, case: Case) -> None:
    admin = make_user(session, "system-admin")
    with pytest.raises(DomainError, match="between 1 and 3"):
        set_default_clock(session, "emergency-access", 4, from_on=date(2026, 11, 6), reason="x", actor=admin, on=date(2026, 11, 6))
    set_default_clock(session, "emergency-access", 1, from_on=date(2026, 11, 6), reason="x", actor=admin, on=date(2026, 11, 6))
    assert opened(session, officer(session, "safety"), case).ends_at == AT + timedelta(hours=1)


def test_it_needs_a_reason_a_case_and_a_door_that_is_closed(session: Session, case: Case) -> None:
    reader = officer(session, "safety")
    for given, match in (
        ({"reason": "curiosity", "note": NOTE, "number": case.number}, "Name the emergency"),
        ({"reason": "rescue", "note": " 急 ", "number": case.number}, "Name the emergency"),
        ({"reason": "rescue", "note": NOTE, "number": "YS-330481-2026-999999"}, "no case of the number"),
    ):
        with pytest.raises(DomainError, match=match):
            open_in_emergency(session, actor=reader, at=AT, **given)
    own = make_user(session, "health")
    with pytest.raises(DomainError, match="open to you already"):
        opened(session, own, case)
    with time_machine.travel(AT, tick=False):
        opened(session, reader, case)
        with pytest.raises(DomainError, match="open to you already"):
            opened(session, reader, case)


def test_given_back_it_is_closed_at_once(session: Session, case: Case) -> None:
    reader = officer(session, "hr")
    with time_machine.travel(AT, tick=False):
        access = opened(session, reader, case)
        give_back(session, access, actor=reader, at=AT)
        assert not allowed(reader, P.CASE_READ, case) and not allowed(reader, P.CASE_READ_WAY, case)
        with pytest.raises(DomainError, match="ended already"):
            give_back(session, access, actor=reader, at=AT)


def test_somebody_else_reviews_it_once_and_after_its_end(session: Session, case: Case) -> None:
    reader, judge, later = officer(session, "safety"), reviewer(session), AT + timedelta(hours=4)
    access = opened(session, reader, case)
    with pytest.raises(DomainError, match="still lasts"):
        review(session, access, outcome="accepted", note="", actor=judge, at=AT)
    with pytest.raises(DomainError, match="opened themselves"):
        review(session, access, outcome="accepted", note="", actor=reader, at=later)
    with pytest.raises(DomainError, match="has a reason"):
        review(session, access, outcome="objected", note=" ", actor=judge, at=later)
    with pytest.raises(DomainError, match="Accept it or"):
        review(session, access, outcome="", note="", actor=judge, at=later)
    review(session, access, outcome="objected", note="理由不充分", actor=judge, at=later)
    with pytest.raises(DomainError, match=f"{judge.name} has reviewed"):
        review(session, access, outcome="accepted", note="", actor=reviewer(session), at=later)
    session.flush()
    events = session.scalars(select(AuditEvent).where(AuditEvent.event.like("emergency:%")).order_by(AuditEvent.id)).all()
    assert [(event.event, event.actor, event.subject, event.reason) for event in events] == [
        ("emergency:opened", reader.login, case.number, NOTE), ("emergency:reviewed", judge.login, case.number, "理由不充分"),
    ]  # fmt: skip


def test_only_health_of_the_city_reviews_and_nobody_themselves(session: Session, case: Case) -> None:
    access = opened(session, officer(session, "safety"), case)
    judge = reviewer(session)
    own = EmergencyAccess(
        case_id=case.id,
        user_id=judge.id,
        reason="rescue",
        note=NOTE,
        opened_at=AT,
        ends_at=AT + timedelta(hours=1),
        review_due_on=AT.date(),
    )
    session.add(own)
    session.flush()
    may = {role: allowed(make_user(session, role), P.EMERGENCY_REVIEW, access) for role in ("health", "hr", "safety", "auditor")}
    assert not any(may.values()) and allowed(judge, P.EMERGENCY_REVIEW, access) and not allowed(judge, P.EMERGENCY_REVIEW, own)
    auditor = make_user(session, "auditor")
    for on, overdue in ((date(2026, 11, 9), []), (date(2026, 11, 10), [access])):
        found = session.scalars(accesses_seen_by(auditor, "overdue", on).where(EmergencyAccess.id == access.id)).unique().all()
        assert list(found) == overdue


def test_the_way_from_the_number_to_the_review_in_pages(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., object]
) -> None:
    case = make_case(session, make_people(session), "susp")
    reader, judge = officer(session, "safety"), reviewer(session)
    client, address = as_user(reader), f"/cases/{case.number}"
    assert client.get(address).status_code == 404
    browse("/emergency/")
    told = {"number": case.number, "reason": "rescue", "note": NOTE}
    for wrong in ({"note": ""}, {"reason": "x"}, {"number": "X"}):
        assert client.post("/emergency/", data=told | wrong).status_code == 400
    answer = client.post("/emergency/", data=told)
    assert answer.status_code == 302 and answer.location.endswith(address)
    page = browse(address).get_data(as_text=True)  # type: ignore[attr-defined]
    assert NOTE in page and "/act/" not in page and f"{address}/take" not in page and "/suspend" not in page
    assert client.get(f"{address}/act/main/notify").status_code in (403, 404)
    assert "/joint-meeting/new" not in page
    proposed = {"cause": "competence", "cases": case.number, "why": "两地均称有管辖权"}
    assert client.post("/joint-meeting/new", data=proposed).status_code == 400, "it is read, and brought before nobody"
    access = session.scalars(select(EmergencyAccess).where(EmergencyAccess.user_id == reader.id)).one()
    browse(address)
    assert readings_of(session, access) == 2, "every reading is on record"
    assert session.scalars(select(AuditEvent.reason).where(AuditEvent.event == "case:read-in-emergency")).all() == [NOTE, NOTE]
    assert client.post(f"/emergency/{access.id}/end").status_code == 302
    assert client.get(address).status_code == 404
    client = as_user(judge)
    assert case.number in browse("/emergency/reviews/").get_data(as_text=True)  # type: ignore[attr-defined]
    browse(f"/emergency/reviews/{access.id}")
    assert client.post(f"/emergency/reviews/{access.id}", data={"outcome": "objected", "note": ""}).status_code == 400
    assert client.post(f"/emergency/reviews/{access.id}", data={"outcome": "accepted"}).status_code == 302
    assert access.outcome == "accepted"
    browse("/emergency/reviews/?standing=all")
    browse(f"/emergency/reviews/{access.id}")
    as_user(make_user(session, "auditor"))
    assert case.number in browse("/emergency/reviews/?standing=all").get_data(as_text=True)  # type: ignore[attr-defined]
    browse("/")
