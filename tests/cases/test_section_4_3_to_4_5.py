"""Contraindication, re-examination and examination not done, row by row of the specification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.calendar import catch_up
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil, open_case
from ohs.kernel.errors import DomainError
from tests.cases.ways import ACCOUNTS, DAY, Row, arrive, go, hold, last_day, offered, running
from tests.factories.cases import add_lines, facts_for, make_case, make_opening, make_people, prove

# fmt: off
TOLD = "CLIN main notify"
REMOVED = f"{TOLD}, EMP main remove"
VERIFY = f"{REMOVED}, EMP main evidence-filed"
REVIEW = f"{TOLD}, WKR main dispute"
BEFORE, TOLD_UNDATED = "contra:pre-placement", "CLIN main notify?starts_planned_on="

INFORMED = "CLIN main inform"
BOOKED = f"{INFORMED}, EMP main book"
DONE = f"{INFORMED}, CLIN main record-uploaded"

LISTED = "HLTH main send-list"
COMMITTED = f"{LISTED}, EMP main commit"
CONTEST = f"{LISTED}, EMP main contest"
ORDERED = f"{LISTED}, night+11"

ROWS = [
    Row("4.3 DETECTED told worker and employer CLIN 5w", "contra", "", "detected", "notify", "CLIN", "notified", "5w", "contraindication-notify", "EMP HLTH"),
    Row("4.3 NOTIFIED pre-placement: not assigned EMP before day 1, which nobody knows: 5w", BEFORE, TOLD_UNDATED, "notified", "not-assigned", "EMP", "not_assigned", "5w", "contraindication-not-assign-undated", "HLTH"),
    Row("4.3 NOTIFIED pre-placement: limit passed system BREACH, inspection task", BEFORE, TOLD_UNDATED, "notified", "limit-passed", "system", "breach", "5w", "contraindication-not-assign-undated", "HLTH", by_night=True, is_breach=True),
    Row("4.3 BREACH pre-placement: not assigned late EMP", BEFORE, f"{TOLD_UNDATED}, night+9", "breach", "not-assigned", "EMP", "not_assigned", told="HLTH", later=9),
    Row("4.3 NOT_ASSIGNED evidence EMP VERIFY", BEFORE, f"{TOLD}, EMP main not-assigned", "not_assigned", "evidence-filed", "EMP", "verify", told="HLTH"),
    Row("4.3 NOTIFIED in-service: removal EMP 10c", "contra", TOLD, "notified", "remove", "EMP", "removed", "10c", "contraindication-remove", "HLTH"),
    Row("4.3 NOTIFIED dispute WKR EMP REVIEW", "contra", TOLD, "notified", "dispute", "WKR EMP", "review", told="CLIN HLTH"),
    Row("4.3 REVIEW confirmed by DIAG, who was asked, 30c", "contra", REVIEW, "review", "confirmed", "DIAG", "notified", "30c", "contraindication-review", "EMP HLTH"),
    Row("4.3 REVIEW lifted by DIAG, who was asked, 30c", "contra", REVIEW, "review", "lifted", "DIAG", "closed_lifted", "30c", "contraindication-review", "EMP HLTH"),
    Row("4.3 REMOVED evidence filed EMP 15c", "contra", REMOVED, "removed", "evidence-filed", "EMP", "verify", "15c", "contraindication-evidence", "HLTH"),
    Row("4.3 VERIFY check HLTH 30c CLOSED", "contra", VERIFY, "verify", "verified", "HLTH", "closed", "30c", "contraindication-verify", "EMP"),
    Row("4.3 NOTIFIED limit passed system BREACH, inspection task", "contra", TOLD, "notified", "limit-passed", "system", "breach", "10c", "contraindication-remove", "HLTH", by_night=True, is_breach=True),

    Row("4.4 DUE employer and worker told CLIN EMP 5w", "recheck", "", "due", "inform", "CLIN EMP", "informed", "5w", "recheck-inform", "EMP HLTH"),
    Row("4.4 INFORMED booked EMP 30c where no date is set", "recheck", "CLIN main inform?until_on=", "informed", "book", "EMP", "booked", "30c", "recheck-do", "CLIN"),
    Row("4.4 INFORMED record uploaded CLIN DONE", "recheck", INFORMED, "informed", "record-uploaded", "CLIN", "done", told="EMP HLTH", facts={"conclusions": "R"}),
    Row("4.4 BOOKED record uploaded CLIN DONE", "recheck", BOOKED, "booked", "record-uploaded", "CLIN", "done", told="EMP HLTH", facts={"conclusions": "R"}),
    Row("4.4 BOOKED refuses in writing or left EMP WKR CLOSED_UNDONE", "recheck", BOOKED, "booked", "refused-or-left", "EMP WKR", "closed_undone", told="CLIN HLTH"),
    Row("4.4 DONE R again CLIN DUE round + 1", "recheck", f"{DONE}?conclusions=R", "done", "conclusion-r", "CLIN", "due", told="EMP HLTH"),
    Row("4.4 INFORMED refuses in writing or left EMP WKR CLOSED_UNDONE", "recheck", INFORMED, "informed", "refused-or-left", "EMP WKR", "closed_undone", told="CLIN HLTH"),

    Row("4.5 NOTIFIED employer commits a date and clinic EMP 10c", "overdue", LISTED, "notified", "commit", "EMP", "committed", "10c", "overdue-commit", "HLTH CLIN"),
    Row("4.5 NOTIFIED no exposure or left, with proof EMP CONTEST", "overdue", LISTED, "notified", "contest", "EMP", "contest", told="HLTH"),
    Row("4.5 CONTEST upheld HLTH 10w CLOSED_NA", "overdue", CONTEST, "contest", "upheld", "HLTH", "closed_na", "10w", "overdue-contest-decision", "EMP"),
    Row("4.5 CONTEST not upheld HLTH 10w NOTIFIED", "overdue", CONTEST, "contest", "not-upheld", "HLTH", "notified", "10w", "overdue-contest-decision", "EMP"),
    Row("4.5 NOTIFIED date passed HLTH ORDERED", "overdue", LISTED, "notified", "date-passed", "HLTH", "ordered", told="EMP", later=11),
    Row("4.5 COMMITTED date passed HLTH ORDERED", "overdue", COMMITTED, "committed", "date-passed", "HLTH", "ordered", told="EMP", later=40),
]
# fmt: on


#: First day on the post, counted from the telling, and the last day to say that nobody is assigned: the day before, whatever day that is.
BEFORE_DAY_ONE = [(1, 0), (2, 1), (13, 12), (20, 19), (0, -1), (-5, -6)]


@pytest.mark.parametrize(("first", "last"), BEFORE_DAY_ONE)
@pytest.mark.parametrize("way", ["", "WKR main dispute, DIAG main confirmed"], ids=["told", "confirmed by another"])
def test_who_is_to_begin_on_a_known_day_is_not_assigned_before_it(session: Session, first: int, last: int, way: str) -> None:
    """4.3 NOTIFIED pre-placement: not assigned EMP before day 1"""
    people, case = arrive(session, BEFORE, "")
    go(session, people, case, TOLD, starts_planned_on=DAY + timedelta(days=first))
    go(session, people, case, way)
    assert running(case) == {"contraindication-not-assign": DAY + timedelta(days=last)}
    catch_up(session, case, DAY + timedelta(days=max(last, 0)))
    assert case.status == ("notified" if last >= 0 else "breach")
    catch_up(session, case, DAY + timedelta(days=max(last, 0) + 1))
    clock = [one for one in case.clocks if one.slug == "contraindication-not-assign"][-1]
    assert (case.status, clock.state) == ("breach", "late")


def test_the_first_day_is_asked_only_of_who_has_not_begun(
    session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    as_user(people.CLIN)
    pages = [browse(f"/cases/{make_case(session, people, 'contra', subtype=one).number}/act/main/notify") for one in ("", "pre-placement")]
    assert ["到岗日期" in page.get_data(as_text=True) for page in pages] == [False, True]


#: Subtype, and what the employer and the health department are offered once everybody was told.
OFFERED = [
    ("contra", "EMP", "dispute remove"),
    ("contra", "HLTH", "dismissed-instead dispute"),
    (BEFORE, "EMP", "dispute not-assigned"),
    (BEFORE, "HLTH", "dispute"),
]


@pytest.mark.parametrize(("kind", "account", "acts"), OFFERED)
def test_who_works_there_is_moved_and_who_has_not_begun_is_not_assigned(session: Session, kind: str, account: str, acts: str) -> None:
    """4.3 NOTIFIED pre-placement: not assigned; in-service: removal. What cannot be done is not offered, and refused all the same"""
    people, case = arrive(session, kind, TOLD)
    assert offered(case, people.by(account)) == acts.split()
    for event in {"remove", "not-assigned"} - set(acts.split()) if account == "EMP" else ():
        with pytest.raises(DomainError, match="not assigned"):
            go(session, people, case, f"EMP main {event}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(session: Session, row: Row) -> None:
    hold(session, row)


OPENINGS = [("contra", "4.3 – conclusion C CLIN DETECTED", "detected"), ("recheck", "4.4 – conclusion R CLIN DUE", "due"), ("overdue", "4.5 – a rule fires system OPEN", "open")]  # fmt: skip


@pytest.mark.parametrize("account", [*ACCOUNTS, "system"])
@pytest.mark.parametrize(("kind", "name", "status"), OPENINGS, ids=[one[1] for one in OPENINGS])
def test_opening(session: Session, kind: str, name: str, status: str, account: str) -> None:
    people = make_people(session)
    opening, actor = make_opening(session, people, kind, on=DAY)
    if account != actor and (account, actor) != ("HLTH", "CLIN"):  # health records what a clinic without an account has found
        with pytest.raises(DomainError, match="not for you"):
            open_case(session, opening, by=people.by(account), on=DAY)
        return
    case = open_case(session, opening, by=people.by(account), on=DAY)
    assert case.status == status and "HLTH" in case.steps[0].told


def test_pre_placement_and_in_service_are_told_apart(session: Session) -> None:
    """4.3 NOTIFIED: who has not begun yet is not assigned, who works there is moved"""
    people, case = arrive(session, BEFORE, TOLD)
    assert running(case) == {"contraindication-not-assign": DAY + timedelta(days=19)}
    with pytest.raises(DomainError, match="nobody to move"):
        go(session, people, case, "EMP main remove")
    people, case = arrive(session, "contra", TOLD)
    assert running(case) == {"contraindication-remove": last_day(DAY, "10c")}
    with pytest.raises(DomainError, match="who works there is moved"):
        go(session, people, case, "EMP main not-assigned")


def test_a_dispute_answers_nothing(session: Session) -> None:
    """4.3 NOTIFIED dispute: the employer's limit is dropped, not met, and begins anew when the finding is confirmed"""
    people, case = arrive(session, "contra", REVIEW)
    assert [one.state for one in case.clocks if one.slug == "contraindication-remove"] == ["dropped"]
    go(session, people, case, "DIAG main confirmed", DAY + timedelta(days=20))
    assert running(case)["contraindication-remove"] == last_day(DAY + timedelta(days=20), "10c")


def test_late_removal(session: Session) -> None:
    """4.3 BREACH: the late removal is taken, and its evidence is due"""
    people, case = arrive(session, "contra", f"{TOLD}, night+15")
    assert (case.status, case.steps[-1].actor) == ("breach", "system")
    day = DAY + timedelta(days=20)
    go(session, people, case, "EMP main remove", day)
    assert (case.status, running(case)) == ("removed", {"contraindication-evidence": last_day(day, "15c")})


def test_reopened(session: Session) -> None:
    """4.3 CLOSED later record exposes the worker to h system REOPENED"""
    people, case = arrive(session, "contra", f"{VERIFY}, HLTH main verified")
    assert (case.status, case.closed_on) == ("closed", DAY)
    day = DAY + timedelta(days=200)
    seen = {"seen_on": day, "record": "K9"}
    for account in ACCOUNTS:
        with pytest.raises(DomainError, match="not for you"):
            do(session, case, "exposed-again", seen, by=people.by(account), on=day)
    do(session, case, "exposed-again", seen, by=By(), on=day)
    assert (case.status, case.closed_on) == ("reopened", None) and "HLTH" in case.steps[-1].told
    assert running(case) == {"contraindication-notify": last_day(day, "5w")}
    go(session, people, case, "HLTH main notify", day)
    assert case.status == "notified"


@pytest.mark.parametrize("lacking", ["is_post_free", "is_wage_kept", "is_still_employed"])
def test_verified(session: Session, lacking: str) -> None:
    """4.3 VERIFY: no h in the new post; wage terms kept; still employed. “Dismissed instead of moved” is not a closure"""
    people, case = arrive(session, "contra", VERIFY)
    checked = facts_for(KINDS["contra"].acts["main"]["verified"], people, DAY)
    with pytest.raises(DomainError, match="Not verified"):
        do(session, case, "verified", checked | {lacking: False}, by=people.by("HLTH"), on=DAY)


def test_the_evidence_of_a_removal(session: Session) -> None:
    """4.3 closing evidence: post-change form, worker's signature, the new post's hazards without h"""
    people, case = arrive(session, "contra", REMOVED)
    filed = facts_for(KINDS["contra"].acts["main"]["evidence-filed"], people, DAY)
    for wrong, sentence in (({"is_signed": False}, "signs"), ({"new_hazards": "C001;P01"}, "still has the hazard"), ({"effective_on": None}, "Still missing"), ({"new_post": ""}, "Still missing")):  # fmt: skip
        with pytest.raises(DomainError, match=sentence):
            do(session, case, "evidence-filed", filed | wrong, by=people.by("EMP"), on=DAY)
    case.evidence.clear()
    with pytest.raises(DomainError, match="Evidence is missing"):
        do(session, case, "evidence-filed", filed, by=people.by("EMP"), on=DAY)
    prove(session, case, people.EMP, "post-change")
    do(session, case, "evidence-filed", filed, by=people.by("EMP"), on=DAY)


@pytest.mark.parametrize(("letters", "event"), [("N", "conclusion-n-or-o"), ("S", "conclusion-s-or-c"), ("C", "conclusion-s-or-c"), ("RS", "conclusion-s-or-c")])  # fmt: skip
def test_done(session: Session, letters: str, event: str) -> None:
    """4.4 DONE N or O: CLOSED; S / C: CLOSED, and the other case is opened the same day"""
    _people, case = arrive(session, "recheck", f"{DONE}?conclusions={letters}")
    assert (case.status, case.closed_on) == ("closed", DAY)
    assert (case.steps[-1].event, case.steps[-1].actor) == (event, "system")


@pytest.mark.parametrize("letters", ["R", "P"])
def test_not_settled(session: Session, letters: str) -> None:
    """4.4 DONE: asked for again, or without an individual conclusion, it stays open; nobody says otherwise"""
    people, case = arrive(session, "recheck", f"{DONE}?conclusions={letters}")
    assert case.status == "done"
    for event in ("conclusion-n-or-o", "conclusion-s-or-c"):
        for account in ACCOUNTS:
            with pytest.raises(DomainError, match="not for you"):
                do(session, case, event, {}, by=people.by(account), on=DAY)
        with pytest.raises(DomainError, match="says otherwise"):
            do(session, case, event, {}, by=By(), on=DAY)


def test_rounds(session: Session) -> None:
    """4.4 DONE R again: round + 1, told anew within 5w, a re-examination follows the one before it"""
    people, case = arrive(session, "recheck", f"{DONE}?conclusions=R, CLIN main conclusion-r")
    assert (case.status, case.round, running(case)) == ("due", 2, {"recheck-inform": last_day(DAY, "5w")})
    go(session, people, case, f"{DONE}?conclusions=R", card_no="K3", previous_card_no="K2")
    assert case.status == "done"


def test_chief_physician(session: Session) -> None:
    """4.4 DONE R again: round 3 → chief-physician review"""
    again = f"{DONE}?conclusions=R, CLIN main conclusion-r"
    people, case = arrive(session, "recheck", again)
    assert (case.round, case.duties) == (2, [])
    go(session, people, case, again, previous_card_no="K2")
    (duty,) = case.duties
    assert (case.round, duty.event, duty.state) == (3, "chief-physician-review", "due")
    for account in set(ACCOUNTS) - {"CLIN"}:
        with pytest.raises(DomainError, match="not for you"):
            fulfil(session, case, duty, {"done_on": DAY}, by=people.by(account), on=DAY)
    fulfil(session, case, duty, {"done_on": DAY}, by=people.by("CLIN"), on=DAY)
    assert duty.state == "done"


@pytest.mark.parametrize(
    ("way", "day"), [("CLIN main inform?until_on=", last_day(DAY, "30c")), (BOOKED, DAY + timedelta(days=20))], ids=["informed", "booked"]
)
def test_reminded(session: Session, way: str, day: date) -> None:
    """4.4 INFORMED date passed + 15c system REMINDED, + 15c more LEAD → inspection; an appointment that passed likewise"""
    _people, case = arrive(session, "recheck", way)
    before, due = case.status, running(case)["recheck-do"]
    assert due == day
    catch_up(session, case, due + timedelta(days=1))
    remind = running(case)["recheck-remind"]
    assert (case.status, remind) == (before, last_day(due, "15c"))
    catch_up(session, case, remind)
    assert case.status == before
    catch_up(session, case, remind + timedelta(days=1))
    assert (case.status, case.steps[-1].actor) == ("reminded", "system") and {"EMP", "CLIN"} <= set(case.steps[-1].told)
    lead = running(case)["recheck-lead"]
    assert lead == last_day(remind + timedelta(days=1), "15c")
    catch_up(session, case, lead + timedelta(days=1))
    assert case.status == "lead" and "HLTH" in case.steps[-1].told


@pytest.mark.parametrize("status", ["reminded", "lead"])
def test_late_recheck(session: Session, status: str) -> None:
    """4.4 REMINDED worker refuses in writing, or has left: CLOSED_UNDONE; a late record is taken"""
    people, case = arrive(session, "recheck", INFORMED)
    for night in (21, 60, 100)[: 2 if status == "reminded" else 3]:
        catch_up(session, case, DAY + timedelta(days=night))
    assert case.status == status
    day = DAY + timedelta(days=200)
    tried = session.begin_nested()
    go(session, people, case, "WKR main refused-or-left", day)
    assert case.status == "closed_undone"
    tried.rollback()
    session.expire_all()
    go(session, people, case, "CLIN main record-uploaded", day)
    assert case.status == "closed"


def test_the_card_that_it_follows(session: Session) -> None:
    """4.4 BOOKED / INFORMED: a record that names its `previous_card`; the date that the clinic sets is the limit"""
    people, case = arrive(session, "recheck", BOOKED)
    assert running(case) == {"recheck-do": DAY + timedelta(days=20)}
    with pytest.raises(DomainError, match="does not name card K1"):
        go(session, people, case, "CLIN main record-uploaded?previous_card_no=K7")


@pytest.mark.parametrize("sender", ["system", "HLTH"])
def test_list_sent(session: Session, sender: str) -> None:
    """4.5 OPEN list sent to the employer system / HLTH 5w NOTIFIED"""
    people, case = arrive(session, "overdue:PERIODIC", "")
    assert running(case) == {"overdue-notify": last_day(DAY, "5w")}
    for account in set(ACCOUNTS) - {"HLTH"}:
        with pytest.raises(DomainError, match="not for you"):
            do(session, case, "send-list", {}, by=people.by(account), on=DAY)
    do(session, case, "send-list", {}, by=people.by(sender), on=DAY)
    assert case.status == "notified" and case.steps[-1].told == ["EMP"]


def test_committed(session: Session) -> None:
    """4.5 COMMITTED qualifying record CLIN EXAMINED → CLOSED; the committed date, at most [60c]"""
    people, case = arrive(session, "overdue", COMMITTED)
    assert running(case) == {"overdue-exam": DAY + timedelta(days=20)}
    for account in set(ACCOUNTS) - {"CLIN"}:
        with pytest.raises(DomainError, match="not for you"):
            go(session, people, case, f"{account} main record-uploaded")
    go(session, people, case, "CLIN main record-uploaded")
    assert [(one.before, one.after, one.actor) for one in case.steps[-2:]] == [
        ("committed", "examined", "CLIN"),
        ("examined", "closed", "system"),
    ]


def test_committed_no_later_than_the_sixtieth_day(session: Session) -> None:
    """4.5 COMMITTED the committed date, at most [60c]"""
    people, case = arrive(session, "overdue", LISTED)
    with pytest.raises(DomainError, match="2026-05-06"):  # the sixtieth day is a holiday
        go(session, people, case, "EMP main commit", until_on=DAY + timedelta(days=66))
    go(session, people, case, "EMP main commit", until_on=DAY + timedelta(days=65))


def test_order_starts_when_the_date_has_passed(session: Session) -> None:
    """4.5 NOTIFIED / COMMITTED date passed HLTH 5w ORDERED"""
    people, case = arrive(session, "overdue", LISTED)
    due = running(case)["overdue-commit"]
    with pytest.raises(DomainError, match="has not passed"):
        go(session, people, case, "HLTH main date-passed", due)
    catch_up(session, case, due + timedelta(days=1))
    assert running(case)["overdue-order"] == last_day(due, "5w")
    go(session, people, case, "HLTH main date-passed", due + timedelta(days=1))
    assert (case.status, running(case)) == ("ordered", {"rectification-order": due + timedelta(days=21)}), "the date in the order"


def test_ordered(session: Session) -> None:
    """4.5 ORDERED all listed workers examined CLIN CLOSED; date passed HLTH PENALTY APL 90c"""
    people, case = arrive(session, "overdue", LISTED)
    day = last_day(DAY, "10c") + timedelta(days=1)
    go(session, people, case, "HLTH main date-passed", day)
    tried = session.begin_nested()
    go(session, people, case, "CLIN main all-examined", day)
    assert case.status == "closed"
    tried.rollback()
    session.expire_all()
    with pytest.raises(DomainError, match="has not passed"):
        go(session, people, case, "HLTH main order-date-passed?why=date", day)
    tried = session.begin_nested()
    go(session, people, case, "HLTH main order-date-passed?why=never-examined", day)
    assert case.status == "penalty", "exposure of never-examined workers needs no date"
    tried.rollback()
    session.expire_all()
    late = day + timedelta(days=21)
    go(session, people, case, "HLTH main order-date-passed?why=date", late)
    assert (case.status, running(case)) == ("penalty", {"penalty-decision": last_day(late, "90c")})


def test_every_line(session: Session) -> None:
    """4.5 one case groups all workers; it closes when every line is closed, and is refused with their names before"""
    people, case = arrive(session, "overdue", COMMITTED)
    add_lines(session, people, case, 7)
    with pytest.raises(DomainError, match=r"7 workers are still open: .*…"):
        go(session, people, case, "CLIN main record-uploaded")


def test_the_proof_of_a_contest(session: Session) -> None:
    """4.5 closing evidence: per-line proof"""
    people, case = arrive(session, "overdue", LISTED)
    case.evidence.clear()
    told = facts_for(KINDS["overdue"].acts["main"]["contest"], people, DAY)
    with pytest.raises(DomainError, match="Evidence is missing"):
        do(session, case, "contest", told, by=people.by("EMP"), on=DAY)


def test_4_5_the_employer_is_bound_to_what_a_clinic_s_record_ends(session: Session) -> None:
    people, case = arrive(session, "overdue", COMMITTED)
    bound = next(one for one in case.clocks if one.slug == "overdue-exam")
    assert set(bound.actors.split("; ")) == {"CLIN", "EMP"}
    catch_up(session, case, bound.due_on + timedelta(days=1))
    go(session, people, case, "HLTH main date-passed", bound.due_on + timedelta(days=1))
    assert {actor for one in case.clocks if one.state == "running" for actor in one.actors.split("; ")} == {"CLIN", "EMP"}


def test_4_4_a_booked_re_examination_waits_for_employer_and_clinic(session: Session) -> None:
    _people, case = arrive(session, "recheck", BOOKED)
    assert {actor for one in case.clocks if one.state == "running" for actor in one.actors.split("; ")} == {"CLIN", "EMP"}
