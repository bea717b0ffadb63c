"""The workers of a case of examinations not done: who closes a line with what, singly and many at once, and the case that closes itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.lines import Examined, accept, close_examined, deeds_for, hand_in_off_hazard, not_accept, prove, reopen
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseLine, CaseWaiting
from ohs.cases.moving import write_beside
from ohs.cases.notices_models import CaseNotice
from ohs.kernel.attached import Attached, attached
from ohs.kernel.errors import DomainError
from tests.cases.ways import DAY, arrive, go, last_day, running
from tests.factories.cases import People, add_lines

LISTED = "HLTH main send-list"
COMMITTED = f"{LISTED}, EMP main commit"
STATUSES = {"open": "", "notified": LISTED, "committed": COMMITTED, "contest": f"{LISTED}, EMP main contest"}
EARLIER = DAY - timedelta(days=30)


def paper(name: str = "证明") -> Attached:
    return attached(f"{name}.pdf", f"%PDF-1.4 {name}".encode())


def listed(session: Session, subtype: str, way: str = LISTED, count: int = 2) -> tuple[People, Case, list[CaseLine]]:
    people, case = arrive(session, f"overdue:{subtype}", way)
    return people, case, add_lines(session, people, case, count, EARLIER)


def seen(line: CaseLine, on: date = DAY) -> Examined:
    return Examined(line, f"K{line.id}", on)


def told(session: Session, case: Case, event: str) -> set[int]:
    return set(session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id, CaseNotice.event == event)))


def test_who_may_do_what(session: Session) -> None:
    people, case, _lines = listed(session, "PRE")
    may = {account: set(deeds_for(case, people.by(account))) for account in ("EMP", "CLIN", "HLTH", "HRSS", "SAFE", "DIAG", "TEST", "TOWN")}
    assert may == {
        "EMP": {"off-hazard", "prove"}, "CLIN": {"examined", "off-hazard"}, "HLTH": {"examined", "off-hazard", "prove", "accept", "not-accept"},
        "HRSS": set(), "SAFE": set(), "DIAG": set(), "TEST": set(), "TOWN": set(),
    }  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_the_case_closes_itself_with_the_last_line(session: Session, status: str) -> None:
    people, case, (first, second) = listed(session, "PERIODIC", STATUSES[status])
    assert close_examined(session, case, [seen(first)], by=people.by("CLIN"), on=DAY) == 1
    assert (case.status, case.closed_on) == (status, None) and (first.outcome, first.record) == ("examined", f"K{first.id}")
    with pytest.raises(DomainError, match="Closed already"):
        close_examined(session, case, [seen(first)], by=people.by("HLTH"), on=DAY)
    close_examined(session, case, [seen(second)], by=people.by("HLTH"), on=DAY)
    assert (case.status, case.closed_on, case.steps[-1].event, case.steps[-1].actor) == ("closed", DAY, "all-lines-closed", "system")
    assert running(case) == {} and session.scalars(select(CaseWaiting).where(CaseWaiting.case_id == case.id)).all() == []
    with pytest.raises(DomainError, match="is closed"):
        close_examined(session, case, [seen(second)], by=people.by("CLIN"), on=DAY)


def test_the_clock_that_it_answers_is_met(session: Session) -> None:
    people, case, lines = listed(session, "PERIODIC", COMMITTED)
    close_examined(session, case, [seen(line) for line in lines], by=people.by("CLIN"), on=DAY)
    assert [(one.slug, one.state) for one in case.clocks][-1] == ("overdue-exam", "met")


def test_a_penalty_is_decided_before_the_case_is_closed(session: Session) -> None:
    people, case, lines = listed(session, "PERIODIC")
    late = last_day(DAY, "10c") + timedelta(days=1)
    go(session, people, case, "HLTH main date-passed, HLTH main order-date-passed?why=never-examined", late)
    close_examined(session, case, [seen(line, late) for line in lines], by=people.by("HLTH"), on=late)
    assert case.status == "penalty"
    go(session, people, case, "HLTH main all-examined", late)
    assert case.status == "closed"


def test_before_placement_an_examination_needs_proof_of_being_off_the_hazard(session: Session) -> None:
    people, case, (first, second, third) = listed(session, "PRE", count=3)
    assert close_examined(session, case, [seen(first), seen(second)], by=people.by("CLIN"), on=DAY) == 0
    assert (first.record, first.outcome, case.status) == (f"K{first.id}", "", "notified"), "the record is kept, and waits"
    assert hand_in_off_hazard(session, case, [first], paper(), by=people.by("EMP"), on=DAY) == 1
    assert (first.outcome, second.outcome) == ("examined", "")
    assert hand_in_off_hazard(session, case, [second, third], paper("两人"), by=people.by("EMP"), on=DAY) == 1
    assert close_examined(session, case, [seen(third)], by=people.by("CLIN"), on=DAY) == 1, "proof was there before the examination"
    assert case.status == "closed"


def test_the_proof_can_come_with_the_examination(session: Session) -> None:
    people, case, lines = listed(session, "PRE")
    assert close_examined(session, case, [seen(line) for line in lines], by=people.by("CLIN"), on=DAY, off_hazard=paper()) == 2
    assert case.status == "closed" and [one.kind for one in case.evidence if one.filename == "证明.pdf"] == ["off-hazard"]


def test_who_was_examined_before_the_first_day_needs_no_proof(session: Session) -> None:
    people, case, (first, _second) = listed(session, "PRE")
    assert close_examined(session, case, [seen(first, EARLIER - timedelta(days=1))], by=people.by("CLIN"), on=DAY) == 1
    with pytest.raises(DomainError, match="not for you"):
        hand_in_off_hazard(session, listed(session, "PERIODIC")[1], [], paper(), by=people.by("EMP"), on=DAY)


def test_an_employers_proof_waits_for_the_health_department(session: Session) -> None:
    people, case, (first, second) = listed(session, "PERIODIC")
    assert prove(session, case, [first, second], "no-exposure", paper(), by=people.by("EMP"), on=DAY) == 0
    (duty,) = [one for one in case.duties if one.event == "decide-proofs"]
    (clock,) = [one for one in case.clocks if one.duty is duty]
    assert (clock.due_on, clock.state) == (last_day(DAY, "10w"), "running")
    health = people.HLTH.organisation_id
    assert health in set(session.scalars(select(CaseWaiting.organisation_id).where(CaseWaiting.case_id == case.id)))
    assert told(session, case, "lines-claimed") == {health}
    with pytest.raises(DomainError, match="Proof of 2 workers waits"):
        fulfil(session, case, duty, {"done_on": DAY}, by=people.by("HLTH"), on=DAY)
    with pytest.raises(DomainError, match="Give the reason"):
        not_accept(session, case, [second], " ", by=people.by("HLTH"), on=DAY)
    not_accept(session, case, [second], "车间布局图与申报不符", by=people.by("HLTH"), on=DAY)
    assert (second.claim, second.proof_id, duty.state) == ("", None, "due")
    assert people.EMP.organisation_id in told(session, case, "lines-not-proven")
    assert accept(session, case, [first], by=people.by("HLTH"), on=DAY) == 1
    assert (first.outcome, duty.state, clock.state, case.status) == ("no-exposure", "done", "met", "notified")
    with pytest.raises(DomainError, match="No proof waits"):
        accept(session, case, [second], by=people.by("HLTH"), on=DAY)
    assert prove(session, case, [second], "left", paper("离职"), by=people.by("HLTH"), on=DAY) == 1, "health decides by itself"
    assert case.status == "closed_na", "no examination was due of anybody"


@pytest.mark.parametrize(
    ("subtype", "why", "sentence"),
    [
        ("PRE", "refused", "only"), ("PERIODIC", "refused", "only"), ("EMERG", "refused", "only"), ("LEAVE", "left", "still owed"), ("EMERG", "left", "still owed"),
        ("PRE", "left", ""), ("PERIODIC", "no-exposure", ""), ("LEAVE", "no-exposure", ""), ("EMERG", "no-exposure", ""),
    ],
)  # fmt: skip
def test_what_is_proof_in_which_case(session: Session, subtype: str, why: str, sentence: str) -> None:
    people, case, lines = listed(session, subtype)
    if not sentence:
        assert prove(session, case, lines, why, paper(), by=people.by("HLTH"), on=DAY) == 2
        return
    with pytest.raises(DomainError, match=f"(?i){sentence}"):
        prove(session, case, lines, why, paper(), by=people.by("EMP"), on=DAY)
    assert [line.claim for line in lines] == ["", ""]


def test_a_written_refusal_counts_after_two_notices(session: Session) -> None:
    people, case, lines = listed(session, "LEAVE")
    with pytest.raises(DomainError, match="two notices"):
        prove(session, case, lines, "refused", paper(), by=people.by("EMP"), on=DAY)
    write_beside(case, "reminded-by-hand", {}, by=people.by("HLTH"), on=DAY)
    prove(session, case, lines, "refused", paper(), by=people.by("EMP"), on=DAY)
    accept(session, case, lines, by=people.by("HLTH"), on=DAY)
    assert {line.outcome for line in lines} == {"refused"} and lines[0].proof is not None and lines[0].proof.kind == "refusal"


def test_a_contest_of_the_whole_case_closes_every_line(session: Session) -> None:
    people, case, (first, second) = listed(session, "PERIODIC")
    close_examined(session, case, [seen(first)], by=people.by("CLIN"), on=DAY)
    prove(session, case, [second], "left", paper(), by=people.by("EMP"), on=DAY)
    go(session, people, case, "EMP main contest?why=no-exposure, HLTH main upheld")
    assert [line.outcome for line in (first, second)] == ["examined", "no-exposure"] and case.status == "closed_na"
    assert [one.state for one in case.duties] == ["done"] and not [one for one in case.clocks if one.state == "running"]


def test_a_corrected_record_opens_the_line_again(session: Session) -> None:
    people, case, (first, second) = listed(session, "PERIODIC")
    close_examined(session, case, [seen(first)], by=people.by("CLIN"), on=DAY)
    reopen(session, case, [first], "K1", by=people.by("CLIN"), on=DAY)
    assert (first.outcome, first.record, first.closed_on) == ("", "", None)
    close_examined(session, case, [seen(first), seen(second)], by=people.by("CLIN"), on=DAY)
    reopen(session, case, [first], "K1", by=people.by("CLIN"), on=DAY)
    assert (case.status, first.outcome, case.steps[-1].event) == ("closed", "examined", "record-corrected"), (
        "what is closed stays so, and health is told"
    )


def test_the_clinic_that_the_employer_named_closes_the_lines(session: Session) -> None:
    people, case, lines = listed(session, "PERIODIC", LISTED)
    case.clinic_id = None
    do(
        session,
        case,
        "commit",
        {"institution_id": people.CLIN.organisation_id, "until_on": DAY + timedelta(days=20)},
        by=people.by("EMP"),
        on=DAY,
    )
    assert people.CLIN.organisation_id in set(session.scalars(select(CaseWaiting.organisation_id).where(CaseWaiting.case_id == case.id)))
    close_examined(session, case, [seen(line) for line in lines], by=people.by("CLIN"), on=DAY)
    assert case.status == "closed"
