"""The office that has handed a case over reads on what its region gives it, and does nothing on it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.handing_over import accept, hand_over
from ohs.cases.machine import do, fulfil, possible
from ohs.cases.models import Case, CaseDuty, CaseTrack
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed, visible
from tests.cases.test_handing_over import owner
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people, prove

ON = date(2026, 11, 2)
READING = (Permission.CASE_READ, Permission.CASE_READ_WAY, Permission.CASE_READ_MEDICAL)
ACTING = (Permission.CASE_ACT, Permission.CASE_REMIND, Permission.CASE_DOCUMENT_ISSUE, Permission.CASE_SET_PAYER)
MOVED = {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


def taken_over(session: Session, people: People, kind: str, department: str = "health", track: str = "main") -> tuple[Case, User, User]:
    """A case of which an office of another county has taken a part, with somebody of the former office and of the new one."""
    case = make_case(session, people, kind)
    former = owner(session, case)
    if track != "main":
        former = people.HRSS if track == "work_injury" else former
        case.status = "diagnosed_yes"
        session.flush()
        case.tracks.append(CaseTrack(kind=kind, track=track, status={"work_injury": "wi_due", "appraisal": "appr1"}[track], owner=former.organisation))  # fmt: skip
        case.give_track(track, former.organisation)
        session.flush()
    new = make_user(session, department, make_organisation(session, department=department, region_code="330482"))
    sent = hand_over(session, case, new.organisation, "已迁往平湖", actor=former, on=ON, track=track)
    assert all(allowed(former, one, case) for one in ACTING[:1]), "until it is answered it acts on"
    accept(session, sent, actor=new, on=ON)
    session.commit()
    return case, former, new


@pytest.mark.parametrize("kind", ["contra", "susp", "recheck", "overdue"])
def test_the_former_office_reads_and_does_not_act(session: Session, people: People, kind: str) -> None:
    case, former, new = taken_over(session, people, kind)
    assert [allowed(former, one, case) for one in READING] == [True] * 3
    assert [allowed(former, one, case) for one in ACTING] == [False] * 4
    assert all(allowed(new, one, case) for one in (*READING, *ACTING))
    for one in ACTING[:2]:
        assert session.query(Case).filter(visible(former, one, Case), Case.id == case.id).first() is None
        assert session.query(Case).filter(visible(new, one, Case), Case.id == case.id).first() is not None
    assert possible(case, By(former)) == []


def test_its_acts_are_refused_in_words_and_its_page_offers_none(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case, former, new = taken_over(session, people, "contra")
    do(session, case, "notify", MOVED, by=By(people.CLIN), on=ON)
    case.status = "verify"
    session.commit()
    with pytest.raises(DomainError, match="not for you"):
        do(session, case, "not-verified", {"reason": "没有证据"}, by=By(former), on=ON)
    as_user(former)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert f"/cases/{case.number}/act/" not in page and new.organisation.name in page
    client = as_user(former)
    answer = client.post(f"/cases/{case.number}/act/main/not-verified", data={"reason": "没有证据", "seen": str(case.version)})
    session.refresh(case)
    assert answer.status_code == 403 or answer.status_code == 404
    assert case.status == "verify"
    do(session, case, "not-verified", {"reason": "没有证据"}, by=By(new), on=ON)


def test_what_it_did_not_hand_over_it_still_does(session: Session, people: People) -> None:
    """The appraisal went to another county's office, the case itself stays"""
    case, former, new = taken_over(session, people, "susp", track="appraisal")
    assert allowed(former, Permission.CASE_ACT, case) and allowed(new, Permission.CASE_ACT, case)
    assert {track for track, _step, _act in possible(case, By(former))} <= {"main"}
    assert "appraisal" in {track for track, _step, _act in possible(case, By(new))}
    with pytest.raises(DomainError, match="not for you"):
        do(session, case, "document-check", {}, by=By(former), on=ON, track="appraisal")
    duty = CaseDuty(event="report-appraisal", opened_by=1, opened_on=ON, state="due")
    case.duties.append(duty)
    session.flush()
    with pytest.raises(DomainError, match="not for you"):
        fulfil(session, case, duty, {"done_on": ON}, by=By(former), on=ON)
    fulfil(session, case, duty, {"done_on": ON}, by=By(new), on=ON)


def test_the_former_office_of_human_resources_neither(session: Session, people: People) -> None:
    case, former, new = taken_over(session, people, "susp", "hr", "work_injury")
    assert allowed(former, Permission.CASE_READ, case) and not allowed(former, Permission.CASE_ACT, case)
    assert possible(case, By(former)) == [] and "worker-applies" in {step.event for _track, step, _act in possible(case, By(new))}
    health = owner(session, case)
    assert allowed(health, Permission.CASE_ACT, case)


def test_the_office_of_the_city_acts_everywhere(session: Session, people: People) -> None:
    case, _former, _new = taken_over(session, people, "contra")
    over = make_user(session, "health", make_organisation(session, level="city", region_code="330400"))
    prove(session, case, over, "post-change")
    assert allowed(over, Permission.CASE_ACT, case)
    do(session, case, "notify", MOVED, by=By(people.CLIN), on=ON)
    case.status = "verify"
    session.flush()
    do(session, case, "not-verified", {"reason": "没有证据"}, by=By(over), on=ON + timedelta(days=1))
