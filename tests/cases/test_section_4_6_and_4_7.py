"""Workplaces above a limit and the short kinds, row by row of the specification."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil, open_case
from ohs.kernel.errors import DomainError
from tests.cases.ways import ACCOUNTS, DAY, Row, arrive, go, hold, last_day, running
from tests.factories.cases import facts_for, make_opening, make_people, prove

# fmt: off
CONTROLLING = "EMP main acknowledge"
PLANNED = f"{CONTROLLING}, EMP main plan"
ORDERED = f"{CONTROLLING}, HLTH main order"
RETEST = f"{PLANNED}, EMP main works-done"
ABOVE, WITHIN = {"result": 88.0}, {"result": 85.0}

ROWS = [
    Row("4.6 EXCEEDED employer acknowledges, immediate measures EMP 3c", "overlimit", "", "exceeded", "acknowledge", "EMP", "controlling", "3c", "overlimit-control", "HLTH"),
    Row("4.6 CONTROLLING rectification plan EMP 15c", "overlimit", CONTROLLING, "controlling", "plan", "EMP", "planned", "15c", "overlimit-plan", "HLTH"),
    Row("4.6 CONTROLLING order to rectify HLTH", "overlimit", CONTROLLING, "controlling", "order", "HLTH", "ordered", told="EMP"),
    Row("4.6 PLANNED order to rectify HLTH", "overlimit", PLANNED, "planned", "order", "HLTH", "ordered", told="EMP"),
    Row("4.6 PLANNED works done, re-test commissioned EMP", "overlimit", PLANNED, "planned", "works-done", "EMP", "retest", told="HLTH TEST"),
    Row("4.6 ORDERED works done, re-test commissioned EMP", "overlimit", ORDERED, "ordered", "works-done", "EMP", "retest", told="HLTH TEST"),
    Row("4.6 RETEST result within the limit TEST VERIFY", "overlimit", RETEST, "retest", "within-limit", "TEST", "verify", told="EMP HLTH", later=30, facts=WITHIN),
    Row("4.6 RETEST still above TEST STOP_REQUIRED", "overlimit", RETEST, "retest", "still-above", "TEST", "stop_required", told="EMP HLTH", later=30, facts=ABOVE),
    Row("4.6 ORDERED date passed HLTH PENALTY", "overlimit", ORDERED, "ordered", "order-date-passed", "HLTH", "penalty", told="EMP", later=40),

    Row("4.7 CLUSTER joint visit HLTH", "cluster", "", "found", "visit", "HLTH", "visited", told="EMP HRSS SAFE"),
    Row("4.7 CLUSTER concluded HLTH CLOSED", "cluster", "HLTH main visit", "visited", "conclude", "HLTH", "closed", told="EMP"),
    Row("4.7 SHORTDUST cause review HLTH CLOSED", "shortdust", "", "found", "review", "HLTH", "closed"),
    Row("4.7 ACUTE at once measures EMP 0c", "acute", "", "reported", "measures-taken", "EMP", "controlled", "0c", "acute-event", "HLTH"),
    Row("4.7 ACUTE investigated HLTH CLOSED", "acute", "EMP main measures-taken", "controlled", "investigated", "HLTH", "closed", told="EMP"),
    Row("4.7 COMPLAINT handled HLTH 30c", "complaint", "", "received", "answer", "HLTH", "closed", "30c", "complaint-answer"),
    Row("4.7 COMPLAINT taken up, then answered HLTH 30c", "complaint", "HLTH main handle", "handling", "answer", "HLTH", "closed", "30c", "complaint-answer"),
]
OPENINGS = [
    ("overlimit", "4.6 – report above limit TEST EXCEEDED", "TEST", "exceeded"), ("cluster", "4.7 CLUSTER found system, HLTH by hand", "system HLTH", "found"),
    ("shortdust", "4.7 SHORTDUST found system, HLTH by hand", "system HLTH", "found"), ("acute", "4.7 ACUTE event reported EMP HLTH CLIN", "EMP HLTH CLIN", "reported"),
    ("complaint", "4.7 COMPLAINT received HLTH TOWN", "HLTH TOWN", "received"),
]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(session: Session, row: Row) -> None:
    hold(session, row)


@pytest.mark.parametrize(("kind", "name", "actors", "status"), OPENINGS, ids=[one[1] for one in OPENINGS])
def test_opening(session: Session, kind: str, name: str, actors: str, status: str) -> None:
    people = make_people(session)
    for account in (*ACCOUNTS, "system"):
        opening, _actor = make_opening(session, people, kind, on=DAY)
        if account not in actors.split():
            with pytest.raises(DomainError, match="not for you"):
                open_case(session, opening, by=people.by(account), on=DAY)
            continue
        case = open_case(session, opening, by=people.by(account), on=DAY)
        assert case.status == status and "HLTH" in case.steps[0].told


@pytest.mark.parametrize("undeclared", [True, False])
def test_change_declaration(session: Session, undeclared: bool) -> None:
    """4.6 EXCEEDED change declaration if declared content differs EMP 15c"""
    people = make_people(session)
    opening, actor = make_opening(session, people, "overlimit", on=DAY, facts={"is_undeclared": undeclared})
    case = open_case(session, opening, by=people.by(actor), on=DAY)
    assert [one.event for one in case.duties] == (["change-declaration"] if undeclared else [])
    if undeclared:
        assert running(case, "duty") == {"declaration-change-result": last_day(DAY, "15c")}
        with pytest.raises(DomainError, match="not for you"):
            fulfil(session, case, case.duties[0], {"done_on": DAY}, by=people.by("HLTH"), on=DAY)
        fulfil(session, case, case.duties[0], {"done_on": DAY}, by=people.by("EMP"), on=DAY)


def test_the_date_in_the_order_governs(session: Session) -> None:
    """4.6 PLANNED / ORDERED works done: date in the order, [60c] where none is set"""
    people, case = arrive(session, "overlimit", CONTROLLING)
    go(session, people, case, "EMP main plan", until_on=DAY + timedelta(days=50))
    assert running(case) == {"overlimit-retest": DAY + timedelta(days=50)}
    go(session, people, case, "HLTH main order", until_on=DAY + timedelta(days=30))
    assert running(case) == {"overlimit-retest": DAY + timedelta(days=30)}
    with pytest.raises(DomainError, match="has not passed"):
        go(session, people, case, "HLTH main order-date-passed", DAY + timedelta(days=30))
    late = DAY + timedelta(days=31)
    go(session, people, case, "HLTH main order-date-passed", late)
    assert running(case) == {"penalty-decision": last_day(late, "90c"), "overlimit-retest": last_day(late, "60c")}


def test_stop(session: Session) -> None:
    """4.6 STOP_REQUIRED same day EMP; stop confirmed HLTH 1w STOPPED; treated, re-test within TEST VERIFY"""
    people, case = arrive(session, "overlimit", RETEST)
    above = DAY + timedelta(days=10)
    go(session, people, case, "TEST main still-above", above, **ABOVE)
    assert running(case) == {"overlimit-stop": above, "overlimit-stop-confirm": last_day(above, "1w")}
    for account in set(ACCOUNTS) - {"HLTH"}:
        with pytest.raises(DomainError, match="not for you"):
            go(session, people, case, f"{account} main stop-confirmed", above)
    go(session, people, case, "HLTH main stop-confirmed", above)
    later = above + timedelta(days=9)
    with pytest.raises(DomainError, match="not for you"):
        go(session, people, case, "EMP main treated-within-limit", later, **WITHIN)
    go(session, people, case, "TEST main treated-within-limit", later, **WITHIN)
    assert case.status == "verify" and {"EMP", "HLTH"} <= set(case.steps[-1].told)


def test_verify(session: Session) -> None:
    """4.6 VERIFY desk or field check HLTH 15c CLOSED"""
    people, case = arrive(session, "overlimit", RETEST)
    day = DAY + timedelta(days=10)
    go(session, people, case, "TEST main within-limit", day, **WITHIN)
    assert running(case) == {"overlimit-verify": last_day(day, "15c")}
    for account in set(ACCOUNTS) - {"HLTH"}:
        with pytest.raises(DomainError, match="not for you"):
            go(session, people, case, f"{account} main verified", day)
    go(session, people, case, "HLTH main verified", day)
    assert (case.status, case.closed_on) == ("closed", day)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"point": "2"}, "another point or factor"), ({"factor": "D01"}, "another point or factor"), ({"is_same_shift": False}, "same conditions"), ({"sampled_on": DAY}, "no later than"), ({"result": 85.1}, "says otherwise")],
)  # fmt: skip
def test_the_re_test(session: Session, wrong: dict[str, object], sentence: str) -> None:
    """4.6 closing evidence: re-test at the same point, same shift conditions, same factor, within the limit"""
    people, case = arrive(session, "overlimit", RETEST)
    told = facts_for(KINDS["overlimit"].acts["main"]["within-limit"], people, DAY + timedelta(days=9)) | WITHIN
    with pytest.raises(DomainError, match=sentence):
        do(session, case, "within-limit", told | wrong, by=people.by("TEST"), on=DAY + timedelta(days=9))


@pytest.mark.parametrize(("event", "way", "who"), [("works-done", PLANNED, "EMP"), ("verified", "", "HLTH")])
def test_records_of_the_works(session: Session, event: str, way: str, who: str) -> None:
    """4.6 closing evidence: photos of works; protection records"""
    people, case = arrive(session, "overlimit", way or RETEST)
    day = DAY + timedelta(days=9)
    if not way:
        go(session, people, case, "TEST main within-limit", day, **WITHIN)
    case.evidence.clear()
    told = facts_for(KINDS["overlimit"].acts["main"][event], people, day)
    with pytest.raises(DomainError, match="Evidence is missing"):
        do(session, case, event, told, by=people.by(who), on=day)
    prove(session, case, people.HLTH, "works", "protection")
    if event == "verified":
        with pytest.raises(DomainError, match="rotection records"):
            do(session, case, event, told | {"is_protected": False}, by=people.by(who), on=day)
    do(session, case, event, told, by=people.by(who), on=day)
