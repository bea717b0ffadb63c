"""What was done within its limit and entered after the miss had brought something: the limit is kept, and what followed falls with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import catch_up
from ohs.cases.kinds import KINDS
from ohs.cases.lines import Examined, record_examined
from ohs.cases.machine import fulfil
from ohs.cases.models import Case
from tests.cases.test_section_4_3_to_4_5 import BEFORE, TOLD, TOLD_UNDATED
from tests.cases.test_to_do import rows_of
from tests.cases.ways import DAY, arrive, go, last_day, running
from tests.factories.cases import add_lines, make_case, make_people, prove

UNSET = "CLIN main inform?until_on="
REMINDED, LEAD = f"{UNSET}, night+55", f"{UNSET}, night+55, night+90"
PENALTY = "EMP main acknowledge, EMP main plan, HLTH main order"
DO, REMIND = last_day(DAY, "30c"), last_day(last_day(DAY, "30c"), "15c")

#: The row of section 4, kind, the way past the miss, the status there, the act, the fact that dates it, the limit missed with its last day, the
#: duty that the miss opened, and where the case goes.
MISSED = [
    ("4.3 NOTIFIED in-service: removal EMP 10c, BREACH", "contra", f"{TOLD}, night+15", "breach", "EMP main remove", "moved_on", "contraindication-remove", last_day(DAY, "10c"), "inspect-breach", "removed"),
    ("4.3 NOTIFIED pre-placement: not assigned, BREACH", BEFORE, f"{TOLD}, night+30", "breach", "EMP main not-assigned", "decided_on", "contraindication-not-assign", DAY + timedelta(days=19), "inspect-breach", "not_assigned"),
    ("4.3 NOTIFIED pre-placement, day unknown: not assigned, BREACH", BEFORE, f"{TOLD_UNDATED}, night+30", "breach", "EMP main not-assigned", "decided_on", "contraindication-not-assign-undated", last_day(DAY, "5w"), "inspect-breach", "not_assigned"),
    ("4.4 INFORMED record uploaded, REMINDED", "recheck", REMINDED, "reminded", "CLIN main record-uploaded?conclusions=N", "examined_on", "recheck-do", DO, "", "closed"),
    ("4.4 INFORMED record uploaded, LEAD", "recheck", LEAD, "lead", "CLIN main record-uploaded?conclusions=N", "examined_on", "recheck-do", DO, "inspect-lead", "closed"),
    ("4.4 INFORMED refuses in writing, REMINDED", "recheck", REMINDED, "reminded", "EMP main refused-or-left", "since_on", "recheck-do", DO, "", "closed_undone"),
    ("4.4 INFORMED refuses in writing, LEAD", "recheck", LEAD, "lead", "EMP main refused-or-left", "since_on", "recheck-do", DO, "inspect-lead", "closed_undone"),
    ("4.6 ORDERED works done, PENALTY", "overlimit", PENALTY, "ordered", "EMP main works-done", "done_on", "overlimit-retest", DAY + timedelta(days=20), "", "retest"),
]  # fmt: skip
#: What ends a limit otherwise than it was meant: nobody is bound by it since that day.
RELEASED = "refused-or-left"
ON = DAY + timedelta(days=100)


def brought(session: Session, kind: str, way: str) -> tuple[Any, Case]:
    people, case = arrive(session, kind, way)
    if kind == "overlimit":
        go(session, people, case, "HLTH main order-date-passed", DAY + timedelta(days=30))
        assert case.status == "penalty"
    return people, case


@pytest.mark.parametrize(
    ("name", "kind", "way", "status", "act", "fact", "slug", "last", "duty", "then"), MISSED, ids=[one[0] for one in MISSED]
)
@pytest.mark.parametrize("late", [0, 1], ids=["the last day", "a day too late"])
def test_what_is_dated_in_time_was_not_missed(
    session: Session,
    name: str,
    kind: str,
    way: str,
    status: str,
    act: str,
    fact: str,
    slug: str,
    last: Any,
    duty: str,
    then: str,
    late: int,
) -> None:
    people, case = brought(session, kind, way)
    assert case.status in (status, "penalty")
    missed = [one for one in case.clocks if one.slug == slug and one.state == "late"][-1]
    told = {actor for step in case.steps if step.on > last for actor in step.told}
    held, is_released = len(case.steps), RELEASED in act
    go(session, people, case, act, ON, **{fact: last + timedelta(days=late)})
    assert case.status == then
    lines = [step for step in case.steps[held:] if step.event == "dated-in-time"]
    inspections = [one.state for one in case.duties if one.event == duty]
    is_only_inspection = late and duty == "inspect-lead"  # made before the inspection was asked for, if after its day
    if late and not is_only_inspection:
        assert (missed.state, lines, inspections) == ("late", [], ["due"] if duty else [])
        return
    assert (missed.state, missed.ended_on if missed.state != "late" else last) == (
        "late" if late else "dropped" if is_released else "met",
        last,
    )
    (line,) = lines
    assert told <= set(line.told) and line.facts["done_on"] == (last + timedelta(days=late)).isoformat()
    assert inspections == (["dropped"] if duty else []) and line.facts.get("withdrawn", []) == ([duty] if duty else [])
    assert "penalty-decision" not in running(case) and all(one.state == "dropped" for one in case.clocks if one.slug == "penalty-decision")


def test_a_re_examination_made_after_the_inspection_was_asked_for_leaves_it(session: Session) -> None:
    people, case = arrive(session, "recheck", LEAD)
    lead = [one for one in case.clocks if one.slug == "recheck-lead"][-1]
    go(session, people, case, "CLIN main record-uploaded?conclusions=N", ON, examined_on=lead.due_on + timedelta(days=1))
    assert (case.status, [one.state for one in case.duties if one.event == "inspect-lead"]) == ("closed", ["due"])


def test_an_inspection_that_was_held_stays(session: Session) -> None:
    people, case = arrive(session, "contra", f"{TOLD}, night+15")
    duty = case.duties[-1]
    prove(session, case, people.HLTH, "record")
    fulfil(session, case, duty, {"done_on": ON}, by=people.by("HLTH"), on=ON)
    go(session, people, case, "EMP main remove", ON, moved_on=DAY)
    assert (case.status, duty.state) == ("removed", "done")
    assert [step.facts.get("withdrawn") for step in case.steps if step.event == "dated-in-time"] == [None]


def test_nobody_waits_for_an_inspection_that_fell(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case = arrive(session, "contra", f"{TOLD}, night+15")
    go(session, people, case, "EMP main remove", ON, moved_on=DAY + timedelta(days=3))
    assert case.owner_id not in rows_of(session, case)
    as_user(people.HLTH)
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "在期限内办理、事后补录" in text and "随之撤回：对逾期未调离的用人单位开展监督检查" in text


#: Where the case stood when they were handed in, days after the rest at which the last of two workers was examined, and what its limits turn out to be.
LINES = [
    ("committed", 20, {"overdue-exam": "met"}), ("committed", 21, {"overdue-exam": "late"}),
    ("ordered", 20, {"overdue-exam": "met", "rectification-order": "met"}), ("ordered", 21, {"overdue-exam": "late", "rectification-order": "met"}),
    ("penalty", 20, {"overdue-exam": "met", "rectification-order": "met", "penalty-decision": "dropped"}),
    ("penalty", 42, {"overdue-exam": "late", "rectification-order": "met", "penalty-decision": "dropped"}),
    ("penalty", 43, {"overdue-exam": "late", "rectification-order": "late", "penalty-decision": "met"}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "days", "states"), LINES)
def test_workers_examined_in_time_and_handed_in_later(session: Session, status: str, days: int, states: dict[str, str]) -> None:
    """4.5 COMMITTED record uploaded, committed date; ORDERED all listed workers examined, date in the order"""
    people = make_people(session)
    case = make_case(session, people, "overdue", on=DAY, subtype="PERIODIC")
    lines = add_lines(session, people, case)
    go(session, people, case, "HLTH main send-list")
    go(session, people, case, "EMP main commit", until_on=DAY + timedelta(days=20))
    if status != "committed":
        go(session, people, case, "HLTH main date-passed", DAY + timedelta(days=22), until_on=DAY + timedelta(days=42))
    if status == "penalty":
        go(session, people, case, "HLTH main order-date-passed?why=date", DAY + timedelta(days=44))
    assert case.status == status
    by, on = people.by("CLIN"), DAY + timedelta(days=60)
    case.institution_id = people.CLIN.organisation_id
    seen = [Examined(line, f"K{line.id}", DAY + timedelta(days=days - place)) for place, line in enumerate(lines)]
    record_examined(session, case, seen, by=by, on=on)
    if status == "penalty":
        go(session, people, case, "HLTH main all-examined", on, examined_on=DAY + timedelta(days=days))
    assert case.status == "closed"
    assert {one.slug: one.state for one in case.clocks if one.slug in states} == states
    kept = {one.ended_on for one in case.clocks if one.slug == "overdue-exam" and one.state == "met"}
    assert kept <= {DAY + timedelta(days=days)}
    assert ("dated-in-time" in {step.event for step in case.steps}) is (
        (status == "penalty" and days < 43) or (status == "ordered" and days < 21)
    )
    assert catch_up(session, case, on + timedelta(days=1)) == 0 and KINDS["overdue"].is_closed(case.status)
