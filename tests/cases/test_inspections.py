"""A move or a re-examination that is not made in time: whom the law binds still must act, and health inspects beside the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.evidence import add_evidence
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseDuty
from ohs.kernel.attached import attached
from ohs.kernel.errors import DomainError
from tests.cases.test_to_do import rows_of
from tests.cases.ways import ACCOUNTS, DAY, arrive, go
from tests.factories.cases import People, prove

LATE = DAY + timedelta(days=120)
PDF = attached("现场笔录.pdf", b"%PDF-1.4\n%%EOF\n")


def breach(session: Session) -> tuple[People, Case, CaseDuty]:
    """A contraindication whose employer has let the limit pass."""
    people, case = arrive(session, "contra", "CLIN main notify, night+30")
    assert case.status == "breach"
    return people, case, case.duties[-1]


def lead(session: Session) -> tuple[People, Case, CaseDuty]:
    """A re-examination that nobody has made."""
    people, case = arrive(session, "recheck", "CLIN main inform, night+60, night+100")
    assert case.status == "lead"
    return people, case, case.duties[-1]


def test_after_a_breach_the_employer_must_still_move_and_health_inspects(session: Session) -> None:
    people, case, duty = breach(session)
    rows = rows_of(session, case)
    assert {one: row.what for one, row in rows.items()} == {people.EMP.organisation_id: "breach", case.owner_id: "inspect-breach"}
    assert "EMP" in case.steps[-1].told and "HLTH" in case.steps[-1].told
    assert duty.opened_on == case.steps[-1].on


def test_at_a_lead_employer_and_clinic_must_still_act_and_health_inspects(session: Session) -> None:
    people, case, _duty = lead(session)
    rows = {one: row.what for one, row in rows_of(session, case).items()}
    assert rows == {people.EMP.organisation_id: "lead", people.CLIN.organisation_id: "lead", case.owner_id: "inspect-lead"}
    assert {"EMP", "CLIN", "HLTH"} <= set(case.steps[-1].told)


@pytest.mark.parametrize("opened", [breach, lead])
def test_only_health_inspects_and_its_record_is_on_file(
    session: Session, opened: Callable[[Session], tuple[People, Case, CaseDuty]]
) -> None:
    people, case, duty = opened(session)
    for account in set(ACCOUNTS) - {"HLTH"}:
        with pytest.raises(DomainError, match="not for you"):
            fulfil(session, case, duty, {"done_on": LATE}, by=people.by(account), on=LATE)
    with pytest.raises(DomainError, match="Evidence is missing"):
        fulfil(session, case, duty, {"done_on": LATE}, by=people.by("HLTH"), on=LATE)
    prove(session, case, people.HLTH, "record")
    fulfil(session, case, duty, {"done_on": LATE}, by=people.by("HLTH"), on=LATE)
    assert duty.state == "done" and case.owner_id not in rows_of(session, case)


def test_the_inspection_goes_on_when_the_case_is_closed(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people, case, duty = lead(session)
    go(session, people, case, "CLIN main record-uploaded?conclusions=N", LATE)
    assert case.closed_on is not None and duty.state == "due"
    assert {one: row.what for one, row in rows_of(session, case).items()} == {case.owner_id: "inspect-lead"}
    as_user(people.HLTH)
    assert "对逾期未复查的用人单位开展监督检查" in browse("/inbox/").get_data(as_text=True)
    add_evidence(session, case, "record", PDF, actor=people.HLTH, on=LATE)
    with pytest.raises(DomainError, match="closed"):
        add_evidence(session, case, "proof", PDF, actor=people.HLTH, on=LATE)
    fulfil(session, case, duty, {"done_on": LATE}, by=people.by("HLTH"), on=LATE)
    assert not rows_of(session, case)


def test_a_late_move_leaves_the_inspection_open(session: Session) -> None:
    people, case, duty = breach(session)
    facts = {"moved_on": LATE, "new_post": "仓库", "is_temporary": False}
    do(session, case, "remove", facts, by=people.by("EMP"), on=LATE)
    assert (case.status, duty.state) == ("removed", "due")
    assert rows_of(session, case)[case.owner_id].what == "inspect-breach"


def test_the_page_says_who_must_act(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case, _duty = breach(session)
    as_user(people.EMP)
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert f"<b>{people.EMP.organisation.name}</b> — 使劳动者脱离禁忌作业" in text
    assert "对逾期未调离的用人单位开展监督检查" in text
