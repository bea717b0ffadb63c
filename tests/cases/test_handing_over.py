"""Hand-overs: who answers what, what silence brings, who may hold what, and that a case never has two owners or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.calendar import JOINT_MEETING
from ohs.cases.cuts import cut_for
from ohs.cases.document_models import CaseDocument
from ohs.cases.handing_over import accept, ask_for, hand_over, refuse, revoke
from ohs.cases.machine import possible
from ohs.cases.meeting_models import MeetingItem
from ohs.cases.models import Case, CaseTrack, CaseWaiting
from ohs.cases.nightly import catch_up_cases, lapse_transfers, list_for_joint_meeting
from ohs.cases.preview import preview_of, without_names
from ohs.cases.transfers_models import Transfer
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, make_case, make_people

#: Five working days after Monday 2 November 2026.
LAST_DAY = date(2026, 11, 9)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def far(session: Session) -> User:
    """Somebody of the health office of another county."""
    return make_user(session, "health", make_organisation(session, region_code="330482"))


def owner(session: Session, case: Case) -> User:
    """Somebody of the office that answers for a case."""
    return make_user(session, case.owner.department or "", case.owner)


def tell(transfer: Transfer) -> tuple[Any, ...]:
    return transfer.answer, transfer.case.owner_id, transfer.clock.state


def test_it_stays_with_the_sender_until_the_receiver_has_answered(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    sender = owner(session, case)
    transfer = hand_over(session, case, far.organisation, "用人单位已迁往平湖", actor=sender, on=ON)
    assert (transfer.due_on, case.owner_id) == (LAST_DAY, sender.organisation_id)
    assert allowed(far, Permission.TRANSFER_ANSWER, transfer) and not allowed(far, Permission.CASE_READ, case)
    waiting = set(session.scalars(select(CaseWaiting.organisation_id).where(CaseWaiting.case_id == case.id)))
    assert far.organisation_id not in waiting, "who may not see the case yet has it in no list that names people"
    accept(session, transfer, actor=far, on=ON + timedelta(days=2))
    assert tell(transfer) == ("accepted", far.organisation_id, "met") and case.assignee_id is None
    assert [step.event for step in case.steps][-2:] == ["handed-over", "hand-over-accepted"]
    for permission in (
        Permission.CASE_READ,
        Permission.CASE_READ_MEDICAL,
        Permission.CASE_ACT,
        Permission.CASE_TAKE,
        Permission.CASE_REMIND,
        Permission.CASE_SET_PAYER,
    ):
        assert allowed(far, permission, case), permission


def test_a_numbered_letter_goes_with_it_and_names_nobody(
    session: Session, people: People, far: User, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    case = make_case(session, people, "contra")
    worker, employer = case.worker, case.employer
    assert worker is not None and employer is not None
    worker.name, sender = "欧阳长安", owner(session, case)
    reason = f"{employer.name}已迁往平湖，{worker.name}随迁"
    form = {"track": "main", "to_id": str(far.organisation_id), "reason": reason}
    answer = as_user(sender).post(f"/cases/{case.number}/hand-over", data=form)
    transfer = session.scalars(select(Transfer).where(Transfer.case_id == case.id)).one()
    assert answer.status_code == 302 and transfer.document is not None
    number, (copy,) = transfer.document.number, transfer.document.copies
    assert "职移〔" in number and (transfer.document.organisation_id, transfer.document.issued_on) == (
        sender.organisation_id,
        transfer.asked_on,
    )
    assert case.number in copy.said and far.organisation.name in copy.said and "…已迁往平湖" in copy.said
    assert worker.name not in copy.said and employer.name not in copy.said
    for reader in (sender, far):
        client = as_user(reader)
        assert number in browse(f"/inbox/transfers/{transfer.id}").get_data(as_text=True)
        assert client.get(f"/inbox/transfers/{transfer.id}/letter").data[:4] == b"%PDF"
    assert as_user(people.EMP).get(f"/inbox/transfers/{transfer.id}/letter").status_code == 403
    stranger = make_user(session, "health", make_organisation(session, region_code="330483"))
    assert as_user(stranger).get(f"/inbox/transfers/{transfer.id}/letter").status_code == 404


def test_the_letter_of_what_is_taken_back_is_void(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    sender = owner(session, case)
    taken_back = hand_over(session, case, far.organisation, "移送", actor=sender, on=ON)
    revoke(session, taken_back, actor=sender, on=ON)
    refused = hand_over(session, case, far.organisation, "移送", actor=sender, on=ON)
    refuse(session, refused, "不属本地", actor=far, on=ON)
    letters = [one.document for one in (taken_back, refused) if one.document is not None]
    assert [(letter.voided_on, letter.void_reason) for letter in letters] == [(ON, "答复前已撤回"), (None, "")]


def test_what_is_refused_uses_up_no_number(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    sender = owner(session, case)
    hand_over(session, case, far.organisation, "用人单位已迁往平湖", actor=sender, on=ON)
    with pytest.raises(DomainError, match="waits already"):
        hand_over(session, case, far.organisation, "用人单位已迁往平湖", actor=sender, on=ON)
    assert len(session.scalars(select(CaseDocument).where(CaseDocument.case_id == case.id)).all()) == 1


ANSWERS = [
    # Who, what they do, and whether it is theirs to do.
    ("receiver", "accept", True), ("receiver", "refuse", True), ("receiver", "revoke", False),
    ("sender", "accept", False), ("sender", "refuse", False), ("sender", "revoke", True),
    ("stranger", "accept", False), ("stranger", "refuse", False), ("stranger", "revoke", False),
]  # fmt: skip


@pytest.mark.parametrize(("who", "what", "may"), ANSWERS)
def test_who_may_answer_what_was_sent(session: Session, people: People, far: User, who: str, what: str, may: bool) -> None:
    case = make_case(session, people, "complaint")
    transfer = hand_over(session, case, far.organisation, "属地管理", actor=owner(session, case), on=ON)
    users = {"receiver": far, "sender": owner(session, case), "stranger": make_user(session, "hr")}
    permission = Permission.TRANSFER_REVOKE if what == "revoke" else Permission.TRANSFER_ANSWER
    assert allowed(users[who], permission, transfer) == may


@pytest.mark.parametrize("second", ["accept", "refuse", "revoke"])
@pytest.mark.parametrize("first", ["accept", "refuse", "revoke"])
def test_of_two_answers_the_second_reads_who_gave_the_first(session: Session, people: People, far: User, first: str, second: str) -> None:
    case = make_case(session, people, "complaint")
    sender = owner(session, case)
    transfer = hand_over(session, case, far.organisation, "属地管理", actor=sender, on=ON)

    def do(what: str) -> None:
        if what == "accept":
            accept(session, transfer, actor=far, on=ON)
        elif what == "refuse":
            refuse(session, transfer, "不属本地", actor=far, on=ON)
        else:
            revoke(session, transfer, actor=sender, on=ON)

    do(first)
    held = (transfer.answer, case.owner_id, len(case.steps))
    with pytest.raises(DomainError) as refused:
        do(second)
    named = sender if first == "revoke" else far
    assert named.organisation.name in str(refused.value)
    session.expire_all()
    assert (transfer.answer, case.owner_id, len(case.steps)) == held, "a refusal changes nothing"
    assert case.owner_id == (far.organisation_id if first == "accept" else sender.organisation_id)


def test_a_refusal_names_its_reason_and_comes_before_the_joint_meeting(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "complaint")
    sender = owner(session, case)
    transfer = hand_over(session, case, far.organisation, "属地管理", actor=sender, on=ON)
    with pytest.raises(DomainError):
        refuse(session, transfer, "  ", actor=far, on=ON)
    session.expire_all()
    assert transfer.answer == ""
    refuse(session, transfer, "不属本地", actor=far, on=ON)
    item = session.scalars(select(MeetingItem)).unique().one()
    assert (item.cause, item.proposer_id, [one.case_id for one in item.about]) == ("transfer-refused", sender.organisation_id, [case.id])
    assert "属地管理" in item.why and "不属本地" in item.why and case.owner_id == sender.organisation_id
    again = hand_over(session, case, far.organisation, "再次移送", actor=sender, on=ON)
    refuse(session, again, "仍不属本地", actor=far, on=ON)
    assert len(session.scalars(select(MeetingItem)).unique().all()) == 1, "what stands undecided is not listed twice"


def test_what_nobody_answers_belongs_to_the_receiver_from_the_night_after_its_last_day(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "complaint")
    transfer = hand_over(session, case, far.organisation, "属地管理", actor=owner(session, case), on=ON)
    assert lapse_transfers(session, LAST_DAY) == 0 and transfer.answer == ""
    assert lapse_transfers(session, LAST_DAY + timedelta(days=1)) == 1
    assert tell(transfer) == ("lapsed", far.organisation_id, "late")
    assert (case.steps[-1].event, case.steps[-1].actor) == ("hand-over-lapsed", "system")
    assert lapse_transfers(session, LAST_DAY + timedelta(days=1)) == 0
    with pytest.raises(DomainError, match=far.organisation.name):
        revoke(session, transfer, actor=owner(session, case), on=LAST_DAY + timedelta(days=2))


def test_silence_never_opens_a_case_to_who_merely_asked(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    holder = case.owner_id
    transfer = ask_for(session, case.number.lower(), "我局正在查处同一单位", actor=far, on=ON)
    assert transfer is not None and transfer.answerer_id == holder
    assert not allowed(far, Permission.TRANSFER_READ, transfer) and not allowed(far, Permission.TRANSFER_ANSWER, transfer)
    lapse_transfers(session, LAST_DAY + timedelta(days=1))
    assert (transfer.answer, case.owner_id) == ("unanswered", holder) and not allowed(far, Permission.CASE_READ, case)
    assert session.scalars(select(MeetingItem.cause)).all() == ["competence"]


@pytest.mark.parametrize(("answer", "cause"), [("accept", []), ("refuse", ["competence"])])
def test_the_office_that_is_asked_gives_the_case_or_refuses(
    session: Session, people: People, far: User, answer: str, cause: list[str]
) -> None:
    case = make_case(session, people, "complaint")
    holder = owner(session, case)
    transfer = ask_for(session, case.number, "我局正在查处", actor=far, on=ON)
    assert transfer is not None
    if answer == "accept":
        accept(session, transfer, actor=holder, on=ON)
    else:
        refuse(session, transfer, "本局继续办理", actor=holder, on=ON)
    assert case.owner_id == (far if answer == "accept" else holder).organisation_id
    assert session.scalars(select(MeetingItem.cause)).all() == cause


def test_a_refusal_tells_names_only_to_who_may_read_the_case(
    session: Session, people: People, far: User, as_user: Callable[[User], FlaskClient]
) -> None:
    case, on = make_case(session, people, "contra"), today()
    assert case.worker is not None and case.employer is not None
    transfer = ask_for(session, case.number, "我局正在查处同一单位", actor=far, on=on)
    assert transfer is not None
    holder, names = owner(session, case), (case.worker.name, case.employer.name)
    refuse(session, transfer, f"{'、'.join(names)}由本局继续办理", actor=holder, on=on)
    session.commit()
    address = "/inbox/transfers?standing=answered"
    told, known = (as_user(who).get(address).get_data(as_text=True).partition("<main")[2] for who in (far, holder))
    assert "由本局继续办理" in told and [name for name in names if name in told] == []
    assert all(name in known for name in names)


def test_who_asks_learns_nothing_from_a_number_without_a_case(session: Session, people: People, far: User) -> None:
    closed = make_case(session, people, "complaint")
    closed.closed_on = ON
    mine = make_case(session, people, "complaint")
    mine.owner = far.organisation
    waiting = make_case(session, people, "complaint")
    hand_over(session, waiting, make_organisation(session, region_code="330483"), "属地", actor=owner(session, waiting), on=ON)
    medical = make_case(session, people, "susp")
    session.flush()
    safety = make_user(session, "safety")
    for number in ("YS-330481-2026-999999", closed.number, mine.number, waiting.number):
        assert ask_for(session, number, "想了解", actor=far, on=ON) is None
    assert ask_for(session, medical.number, "想了解", actor=safety, on=ON) is None
    asked = session.scalars(select(AuditEvent.subject).where(AuditEvent.event == "case:asked-for")).all()
    assert len(asked) == 5, "every number that somebody tries is on record"


HOLDERS = [
    # Kind, track, and the departments that may hold it.
    ("susp", "main", {"health"}), ("contra", "main", {"health"}), ("recheck", "main", {"health"}), ("overdue", "main", {"health"}),
    ("shortdust", "main", {"health"}), ("overlimit", "main", {"health", "hr", "safety"}), ("complaint", "main", {"health", "hr", "safety"}),
    ("acute", "main", {"health", "hr", "safety"}), ("cluster", "main", {"health", "hr", "safety"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "track", "departments"), HOLDERS)
def test_the_sharing_table_says_which_department_may_hold_what(
    session: Session, people: People, kind: str, track: str, departments: set[str]
) -> None:
    case = make_case(session, people, kind)
    sender = owner(session, case)
    for department in ("health", "hr", "safety"):
        place = make_organisation(session, department=department, region_code="330482")
        if department not in departments:
            with pytest.raises(DomainError, match="cannot hold"):
                hand_over(session, case, place, "移送", actor=sender, on=ON, track=track)
            continue
        revoke(session, hand_over(session, case, place, "移送", actor=sender, on=ON, track=track), actor=sender, on=ON)


def test_another_department_works_on_what_it_was_given_and_on_nothing_medical(session: Session, people: People) -> None:
    case = make_case(session, people, "complaint")
    safety = people.SAFE
    assert not allowed(safety, Permission.CASE_READ, case) and possible(case, people.by("SAFE")) == []
    accept(session, hand_over(session, case, safety.organisation, "粉尘防爆", actor=owner(session, case), on=ON), actor=safety, on=ON)
    events = {step.event for _track, step, _act in possible(case, people.by("SAFE"))}
    assert events and allowed(safety, Permission.CASE_ACT, case) and not allowed(safety, Permission.CASE_READ_MEDICAL, case)


@pytest.mark.parametrize("department", ["hr", "safety"])
@pytest.mark.parametrize("kind", ["susp", "contra", "recheck"])
def test_by_owning_a_case_nobody_but_health_learns_how_somebody_is(session: Session, people: People, kind: str, department: str) -> None:
    case = make_case(session, people, kind)
    officer = make_user(session, department)
    case.owner = officer.organisation
    session.flush()
    cut = cut_for(officer, case)
    assert allowed(officer, Permission.CASE_READ, case)
    assert not (cut.has_way or cut.has_diagnosis or cut.is_medical or cut.has_work_injury) and cut.steps(case) == []


def test_a_track_goes_its_own_way(session: Session, people: People) -> None:
    case = make_case(session, people, "susp")
    case.status = "complete"
    session.flush()
    case.tracks.append(CaseTrack(kind="susp", track="work_injury", status="wi_due", owner=people.HRSS.organisation))
    session.flush()
    health, there = case.owner_id, make_user(session, "hr", make_organisation(session, department="hr", region_code="330482"))
    with pytest.raises(DomainError, match="cannot hold"):
        hand_over(session, case, people.SAFE.organisation, "移送", actor=people.HRSS, on=ON, track="work_injury")
    assert not allowed(there, Permission.CASE_READ, case)
    accept(
        session,
        hand_over(session, case, there.organisation, "参保地在平湖", actor=people.HRSS, on=ON, track="work_injury"),
        actor=there,
        on=ON,
    )
    assert (case.owner_id, case.tracks[0].owner_id) == (health, there.organisation_id)
    assert allowed(there, Permission.CASE_ACT, case) and allowed(there, Permission.CASE_READ_WORK_INJURY_FULL, case)
    assert not allowed(there, Permission.CASE_READ_WAY, case) and not allowed(there, Permission.CASE_READ_MEDICAL, case)
    assert case.steps[-1].track == "work_injury"


def test_an_institution_takes_the_work_and_the_office_goes_on_answering_for_it(session: Session, people: People) -> None:
    case = make_case(session, people, "susp")
    sender = owner(session, case)
    transfer = hand_over(session, case, people.DIAG.organisation, "请诊断", actor=sender, on=ON)
    assert not allowed(people.DIAG, Permission.CASE_READ, case) and allowed(people.DIAG, Permission.TRANSFER_READ, transfer)
    accept(session, transfer, actor=people.DIAG, on=ON)
    assert (case.owner_id, case.institution_id) == (sender.organisation_id, people.DIAG.organisation_id)
    assert allowed(people.DIAG, Permission.CASE_READ_MEDICAL, case)


def test_only_the_owner_hands_over_only_once_and_nothing_of_a_closed_case(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "complaint")
    sender, other = owner(session, case), make_organisation(session, region_code="330483")
    with pytest.raises(DomainError, match="office that answers"):
        hand_over(session, case, other, "移送", actor=far, on=ON)
    with pytest.raises(DomainError):
        hand_over(session, case, other, " ", actor=sender, on=ON)
    transfer = hand_over(session, case, far.organisation, "移送", actor=sender, on=ON)
    with pytest.raises(DomainError, match=far.organisation.name):
        hand_over(session, case, other, "移送", actor=sender, on=ON)
    case.closed_on = ON
    session.flush()
    with pytest.raises(DomainError, match="closed"):
        accept(session, transfer, actor=far, on=ON)
    assert lapse_transfers(session, ON) == 1 and transfer.answer == "dropped"
    assert case.owner_id == sender.organisation_id


def test_the_preview_names_nobody(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "contra")
    worker, employer = case.worker, case.employer
    assert worker is not None and employer is not None
    worker.birth_on, case.hazard_codes = date(1980, 11, 3), "P01"
    secrets = (
        worker.name,
        employer.name,
        employer.uscc,
        "330402198011031234",
        "330402 19801103 123X",
        "13812345678",
        "138-1234-5678",
        "91330481MA2B1C3D4E",
    )
    reason = f"{'、'.join(secrets)}，个案YS-330411-2026-000001"
    transfer = hand_over(session, case, far.organisation, reason, actor=owner(session, case), on=ON)
    seen = preview_of(session, transfer, ON)
    told = repr(seen)
    assert [secret for secret in secrets if secret in told] == [] and "个案YS-330411-2026-000001" in told
    assert (seen.ages, seen.county, [message.id for message in seen.categories]) == ((40, 49), "海宁市", ["Physical"])
    refuse(session, transfer, f"不认识{worker.name}", actor=far, on=ON)
    item = session.scalars(select(MeetingItem)).unique().one()
    assert worker.name not in item.why and employer.name not in item.why
    assert without_names("无", case) == "无"


def test_what_is_late_beyond_every_step_comes_on_the_list_once(session: Session, people: People) -> None:
    case = make_case(session, people, "complaint", on=date(2026, 3, 2))
    due_on = min(clock.due_on for clock in case.clocks)
    on = due_on + timedelta(days=45)
    catch_up_cases(session, on)
    late = [clock for clock in case.clocks if clock.state == "running" and clock.escalation == JOINT_MEETING]
    assert late
    assert list_for_joint_meeting(session, on) == 1
    item = session.scalars(select(MeetingItem)).unique().one()
    assert (item.cause, item.proposer_id, item.about[0].case_id) == ("late", None, case.id)
    assert due_on.isoformat() in item.why and case.steps[-1].event == "before-joint-meeting"
    assert list_for_joint_meeting(session, on) == 0


def test_the_database_refuses_a_second_open_hand_over(session: Session, people: People, far: User) -> None:
    case = make_case(session, people, "complaint")
    first = hand_over(session, case, far.organisation, "移送", actor=owner(session, case), on=ON)
    values = {column.key: getattr(first, column.key) for column in Transfer.__table__.columns if column.key not in ("id", "clock_id")}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Transfer(**values, clock_id=case.clocks[0].id))
