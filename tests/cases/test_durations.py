"""How long steps took: a row for each clock that ended, counts that agree with the rows, and both made anew without a difference."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ohs.cases.durations import END_TO_END, KEYS, NOBODY, CaseDuration, CaseFigure, rebuild_durations
from ohs.cases.figure_commands import count_what_ended
from ohs.cases.handing_over import accept, hand_over
from ohs.cases.models import Case, CaseStep
from ohs.cases.waiting import Addresses, settle
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, act, make_case, make_people

TOLD = {"told_worker_on": date(2026, 3, 4), "told_employer_on": date(2026, 3, 4), "how_told": "writing"}


def walked(session: Session, people: People) -> Case:
    """Told in time, arranged late, and a letter that the institution wrote in time."""
    case = make_case(session, people, "susp", on=date(2026, 3, 2))
    act(session, people, case, "CLIN", "notify", date(2026, 3, 4), **TOLD)
    arranged = {"institution_id": people.DIAG.organisation_id, "arranged_on": date(2026, 4, 20)}
    act(session, people, case, "EMP", "employer-arranges", date(2026, 4, 20), **arranged)
    act(session, people, case, "DIAG", "register", date(2026, 4, 20), registration_no="1", registered_on=date(2026, 4, 20))
    act(session, people, case, "DIAG", "letter-to-employer", date(2026, 4, 22), received_on=date(2026, 4, 22))
    session.flush()
    return case


def rows(session: Session) -> list[tuple[object, ...]]:
    columns = (
        CaseDuration.slug,
        CaseDuration.actor,
        CaseDuration.organisation_id,
        CaseDuration.days,
        CaseDuration.is_late,
        CaseDuration.month,
    )
    return [tuple(row) for row in session.execute(select(*columns).order_by(CaseDuration.slug))]


def counts(session: Session) -> dict[tuple[object, ...], tuple[int, int]]:
    return {tuple(getattr(one, key) for key in KEYS): (one.met, one.late) for one in session.scalars(select(CaseFigure))}


def counted_by_hand(session: Session) -> dict[tuple[object, ...], tuple[int, int]]:
    found: Counter[tuple[tuple[object, ...], bool]] = Counter(
        (tuple(getattr(one, key) for key in KEYS), one.is_late) for one in session.scalars(select(CaseDuration))
    )
    return {key: (found[key, False], found[key, True]) for key, _late in found}


def rebuilt(session: Session) -> int:
    return rebuild_durations(session, Addresses(session).of_clock)


def test_each_clock_that_ended_is_one_row_of_whoever_had_to_act(session: Session) -> None:
    people = make_people(session)
    walked(session, people)
    assert rows(session) == [
        ("diagnosis-arrange", "EMP", NOBODY, 47, True, "2026-04"),
        ("diagnosis-material-letter", "DIAG", people.DIAG.organisation_id, 2, False, "2026-04"),
        ("diagnosis-register", "DIAG", people.DIAG.organisation_id, 0, False, "2026-04"),
        ("suspected-notify-employer", "CLIN", people.CLIN.organisation_id, 2, False, "2026-03"),
        ("suspected-notify-worker", "CLIN", people.CLIN.organisation_id, 2, False, "2026-03"),
    ]
    assert counts(session) == counted_by_hand(session)


def test_settling_again_counts_nothing_twice(session: Session) -> None:
    case = walked(session, make_people(session))
    held, counted = rows(session), counts(session)
    settle(session, case)
    assert (rows(session), counts(session)) == (held, counted)


def test_days_that_stood_still_are_not_counted(session: Session) -> None:
    people = make_people(session)
    case = walked(session, people)
    act(session, people, case, "HLTH", "determination-asked", date(2026, 4, 24), cause="资料有争议", document_no="1")
    act(session, people, case, "DIAG", "resume", date(2026, 5, 4), outcome="以判定为准", document_no="2")
    act(session, people, case, "EMP", "material-supplied", date(2026, 5, 6), history=True, examinations=True, measurements=True)
    session.flush()
    assert ("diagnosis-material", "EMP", NOBODY, 4, False, "2026-05") in rows(session), "14 days, of which 10 stood still"


def test_the_whole_way_is_counted_once_from_the_finding_to_the_first_benefit(session: Session) -> None:
    case = walked(session, make_people(session))
    case.steps.append(
        CaseStep(position=len(case.steps) + 1, on=date(2026, 9, 20), track="work_injury", event="benefits-paid", before="lc_done", after="benefit", actor="HRSS",
                 facts={"first_paid_on": "2026-09-15", "document_no": "1"})
    )  # fmt: skip
    found = case.steps[0]
    found.facts = found.facts | {"found_on": "2026-02-26"}
    settle(session, case)
    settle(session, case)
    whole = [row for row in rows(session) if row[0] == END_TO_END]
    assert whole == [(END_TO_END, "", NOBODY, 201, False, "2026-09")], (
        "four days before it was entered, five before the entry of the payment"
    )
    assert counts(session) == counted_by_hand(session)


def test_made_anew_they_are_the_same_and_what_was_wrong_is_mended(session: Session) -> None:
    people = make_people(session)
    for _number in range(3):
        walked(session, people)
    held, counted = rows(session), counts(session)
    assert rebuilt(session) == 0 and (rows(session), counts(session)) == (held, counted)
    session.execute(update(CaseFigure).where(CaseFigure.slug == "diagnosis-arrange").values(late=9))
    assert rebuilt(session) == 1 and counts(session) == counted


def test_the_night_counts_what_nobody_has_settled(session: Session) -> None:
    walked(session, make_people(session))
    held, counted = rows(session), counts(session)
    session.execute(delete(CaseDuration))
    session.execute(delete(CaseFigure))
    session.expire_all()
    assert count_what_ended(session, date(2026, 5, 1)) == 1
    assert (rows(session), counts(session)) == (held, counted)
    assert count_what_ended(session, date(2026, 5, 1)) == 0


def test_the_night_leaves_hand_overs_to_their_own_scorecard(session: Session) -> None:
    people = make_people(session)
    case, far = make_case(session, people, "contra"), make_user(session, "health", make_organisation(session, region_code="330482"))
    sender = make_user(session, case.owner.department or "", case.owner)
    transfer = hand_over(session, case, far.organisation, "用人单位已迁往平湖", actor=sender, on=ON)
    accept(session, transfer, actor=far, on=ON)
    session.flush()
    assert transfer.clock.state == "met" and count_what_ended(session, date(2026, 5, 1)) == 0
