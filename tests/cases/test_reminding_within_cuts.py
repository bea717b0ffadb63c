"""Whoever reminds others is told of no limit and no duty that its part of the case hides, and reminds nobody of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.clocks import end_clock
from ohs.cases.cuts import cut_for
from ohs.cases.models import Case
from ohs.cases.moving import drop_duties
from ohs.cases.reminding import addressees_of, remind
from ohs.kernel.errors import DomainError
from tests.cases.test_section_4_2 import APPLIED, MATERIAL, SERVED_NO
from tests.cases.ways import DAY, arrive
from tests.factories.cases import People

#: Who is to be reminded by whom, where a suspected disease stands: actor → part of the timeline on which it is told.
REMINDED_BY: dict[str, dict[str, dict[str, str]]] = {
    MATERIAL: {
        "EMP": {"CLIN": "main"}, "CLIN": {"EMP": "main"}, "DIAG": {"EMP": "main", "CLIN": "main"},
        "HLTH": {"EMP": "main", "CLIN": "main"}, "HRSS": {}, "SAFE": {}, "TEST": {}, "TOWN": {},
    },
    APPLIED: {
        "EMP": {"HRSS": "work_injury", "CLIN": "main", "DIAG": "appraisal"}, "CLIN": {"EMP": "main"}, "DIAG": {"EMP": "main", "CLIN": "main"},
        "HLTH": {"HRSS": "work_injury", "EMP": "main", "CLIN": "main", "DIAG": "appraisal"}, "HRSS": {"DIAG": "appraisal"},
        "SAFE": {}, "TEST": {}, "TOWN": {},
    },
    SERVED_NO: {
        "EMP": {"CLIN": "main", "HLTH": "appraisal"}, "CLIN": {"EMP": "main"}, "DIAG": {"EMP": "main", "CLIN": "main", "HLTH": "appraisal"},
        "HLTH": {"EMP": "main", "CLIN": "main"}, "HRSS": {}, "SAFE": {}, "TEST": {}, "TOWN": {},
    },
}  # fmt: skip


def told(session: Session, people: People, case: Case, reader: str) -> dict[str, str]:
    """Whom a reader may remind, and where it is told; the office that owns the case is health's."""
    actors = {getattr(people, actor).organisation_id: actor for actor in vars(people)} | {case.owner_id: "HLTH"}
    found = {actors[one.organisation.id]: one.track for one in addressees_of(session, case, getattr(people, reader))}
    return {actor: track for actor, track in found.items() if actor != reader}


@pytest.mark.parametrize("way", list(REMINDED_BY))
def test_each_reader_reminds_of_what_it_sees_alone(session: Session, way: str) -> None:
    people, case = arrive(session, "susp", way)
    assert {reader: told(session, people, case, reader) for reader in vars(people)} == REMINDED_BY[way]


@pytest.mark.parametrize("reader", ["EMP", "CLIN", "DIAG", "HLTH", "HRSS"])
def test_no_day_is_named_that_runs_for_something_else(session: Session, reader: str) -> None:
    people, case = arrive(session, "susp", APPLIED)
    for clock in case.clocks:  # each has a day of its own
        clock.due_on = DAY + timedelta(days=100 + clock.id)
    session.flush()
    user = getattr(people, reader)
    shown = {clock.due_on for clock in cut_for(user, case).clocks(case) if clock.state == "running"}
    named = {one.due_on for one in addressees_of(session, case, user)}
    assert named <= shown and len(shown) < len([one for one in case.clocks if one.state == "running"]) + (reader in ("EMP", "HLTH"))


def test_hr_is_not_told_on_the_page_that_the_clinic_is_late(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = arrive(session, "susp", APPLIED)
    page = as_user(people.HRSS).get(f"/cases/{case.number}").get_data(as_text=True)
    assert people.CLIN.organisation.name not in page and people.DIAG.organisation.name in page
    assert people.CLIN.organisation.name in as_user(people.HLTH).get(f"/cases/{case.number}").get_data(as_text=True)


def test_what_hr_reminds_of_no_clinic_reads(session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]) -> None:
    people, case = arrive(session, "susp", APPLIED)
    as_user(people.HLTH).post(f"/cases/{case.number}/remind")
    session.expire_all()
    lines = {step.track: step.facts["to"] for step in case.steps if step.event == "reminded-by-hand"}
    assert lines["work_injury"] == people.HRSS.organisation.name and people.HRSS.organisation.name not in lines["main"]
    as_user(people.CLIN)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "催办" in page and people.HRSS.organisation.name not in page
    as_user(people.HRSS)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert people.HRSS.organisation.name in page and people.CLIN.organisation.name not in page


def test_a_reminder_that_hr_may_not_know_leaves_its_addressee_in_peace_and_no_trace(session: Session) -> None:
    people, case = arrive(session, "susp", APPLIED)
    for clock in case.clocks:
        if clock.slug == "diagnosis-service":
            clock.state, clock.ended_on = "met", DAY
    session.flush()
    remind(session, case, actor=people.CLIN, on=DAY)
    employer = people.EMP.organisation
    (seen,) = [one for one in addressees_of(session, case, people.DIAG) if one.organisation == employer]
    assert seen.last_on == DAY
    assert all(one.last_on is None for one in addressees_of(session, case, people.HRSS))


def test_where_nothing_that_is_seen_runs_nobody_is_reminded(session: Session) -> None:
    people, case = arrive(session, "susp", APPLIED)
    drop_duties(case, {"report-confirmed"}, DAY)
    session.flush()
    assert addressees_of(session, case, people.CLIN) and addressees_of(session, case, people.HRSS)
    case.tracks[0].status = "final_yes"
    end_clock(next(one for one in case.clocks if one.slug == "diagnosis-service"), DAY)
    session.flush()
    assert addressees_of(session, case, people.HRSS) == []
    with pytest.raises(DomainError, match="Nobody but you"):
        remind(session, case, actor=people.HRSS, on=DAY)
