"""A suit over an award: from when and for whom its limit runs, what ends it, and that no case closes while one is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import catch_up
from ohs.cases.machine import do
from ohs.cases.models import CaseWaiting
from ohs.kernel.errors import DomainError
from tests.cases.test_section_4_2 import AWARDED, MAY_SUE_TODAY, SERVED
from tests.cases.ways import DAY, arrive, go, running

FILED = {"filed_on": DAY, "court": "海宁市人民法院", "document_no": "（2026）浙0481民初1号"}


def test_the_diagnosis_goes_on_after_the_award_and_nobody_can_sue_before_it_has_ended(session: Session) -> None:
    people, case = arrive(session, "susp", AWARDED)
    assert case.status == "diagnosed_yes" and case.status_on("suit") == "" and "arbitration-suit" not in running(case, "suit")
    with pytest.raises(DomainError):
        do(session, case, "file-suit", FILED, by=people.by("EMP"), on=DAY, track="suit")
    catch_up(session, case, DAY + timedelta(days=35))
    assert case.status_on("appraisal") == "final_yes" and case.status_on("suit") == "suit_open"


def test_where_no_award_was_awaited_there_is_no_suit(session: Session) -> None:
    _people, case = arrive(session, "susp", f"{SERVED}, night+35")
    assert case.status_on("appraisal") == "final_yes" and case.status_on("suit") == ""


def test_it_is_the_employers_to_do_and_hr_reads_it(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case = arrive(session, "susp", MAY_SUE_TODAY)
    assert list(running(case, "suit")) == ["arbitration-suit"]
    clock = next(one for one in case.clocks if one.slug == "arbitration-suit")
    assert (clock.actors, clock.is_statutory, clock.started_on) == ("EMP", True, DAY)
    for user in (people.EMP, people.HRSS, people.HLTH):
        as_user(user)
        text = browse(f"/cases/{case.number}").get_data(as_text=True)
        assert "用人单位起诉" in text and "裁决后诉讼" in text, user.login
    as_user(people.CLIN)
    assert "用人单位起诉" not in browse(f"/cases/{case.number}").get_data(as_text=True), "it would tell how the diagnosis has ended"


def test_while_a_suit_is_open_the_case_does_not_close_and_somebody_follows_it(session: Session) -> None:
    people, case = arrive(session, "susp", MAY_SUE_TODAY)
    go(session, people, case, "EMP suit file-suit, EMP work_injury employer-applies, HRSS work_injury reject")
    assert (case.status_on("work_injury"), case.closed_on) == ("wi_not_accepted", None)
    lines = session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).all()
    assert [one.organisation_id for one in lines if "suit_filed" in one.what.split(";")] == [case.owner_id]
    go(session, people, case, "HRSS suit suit-ended")
    assert case.status == "closed"


def test_a_right_that_nobody_uses_ends_by_itself_and_is_no_missed_limit(session: Session) -> None:
    _people, case = arrive(session, "susp", f"{MAY_SUE_TODAY}, EMP work_injury employer-applies, HRSS work_injury reject")
    assert case.closed_on is None
    clock = next(one for one in case.clocks if one.slug == "arbitration-suit")
    catch_up(session, case, clock.due_on)
    assert case.status_on("suit") == "suit_open"
    catch_up(session, case, clock.due_on + timedelta(days=1))
    assert (case.status_on("suit"), clock.state, case.status) == ("suit_unused", "dropped", "closed")
