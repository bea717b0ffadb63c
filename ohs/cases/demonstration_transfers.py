"""The demonstration's hand-overs: each answer once, some that wait, and a joint meeting that has met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import office
from ohs.cases.allocating import decide
from ohs.cases.asking import request_case
from ohs.cases.clocks import work_calendar
from ohs.cases.handing_over import accept, hand_over, lapse, refuse, revoke
from ohs.cases.joint_meeting import close_meeting, convene, list_item
from ohs.cases.meeting_models import CAMPAIGN
from ohs.cases.models import Case, CaseStep
from ohs.cases.notices_models import CaseNotice
from ohs.cases.transfer_rules import OPEN_KINDS
from ohs.cases.transfers_models import Transfer
from ohs.kernel.clock import LOCAL

REASON = "现场涉及粉尘涉爆和机械安全，按职责分工移送处理"
ASKING = "我局正在查处同一场所，请移交并案办理"
REFUSAL = "经核实主要为职业病危害，属卫生健康部门职责"
PLAN = "建议把打磨抛光企业列入明年粉尘危害专项整治"
MEMBERS = "市卫生健康委员会\n市人力资源和社会保障局\n市应急管理局\n市财政局\n市医疗保障局\n市总工会\n市经济和信息化局"
#: So long before the day the meeting was.
SINCE_MEETING = timedelta(days=3)


def make_transfers(session: Session, on: date) -> None:
    """Hand over some open cases, each from the day of its last step on."""
    city = session.scalars(
        select(User).join(User.organisation).where(Organisation.department == "health", Organisation.level == "city")
    ).first()
    if city is None:
        return
    first: dict[int, int] = {}
    for answer, case in zip(("refused", "accepted", "lapsed", "revoked", "refused", "asked", "", ""), _cases(session), strict=False):
        first[case.id] = len(case.steps)
        _hand_over(session, case, answer, on)
    _meet(session, city, on)
    for case_id, position in first.items():
        _date(session, session.get_one(Case, case_id), position)


def _cases(session: Session) -> Iterator[Case]:
    """Open cases that every department may hold, those that have rested longest first."""
    last = select(func.max(CaseStep.on)).where(CaseStep.case_id == Case.id).scalar_subquery()
    yield from (
        session.scalars(select(Case).where(Case.closed_on.is_(None), Case.kind.in_(OPEN_KINDS)).order_by(last, Case.id)).unique().all()
    )


def _hand_over(session: Session, case: Case, answer: str, on: date) -> None:
    sender, place = _somebody(session, case.owner), office(session, "safety", case.county_code)
    receiver = _somebody(session, place)
    if sender is None or receiver is None:
        return
    day = case.steps[-1].on
    if answer == "asked":
        request_case(session, case.number, ASKING, actor=receiver, on=max(day, on - timedelta(days=2)))
        return
    transfer = hand_over(session, case, place, REASON, actor=sender, on=day if answer else max(day, on - timedelta(days=1)))
    if answer:
        _answer(session, transfer, answer, sender, receiver, on)


def _answer(session: Session, transfer: Transfer, answer: str, sender: User, receiver: User, on: date) -> None:
    day = min(work_calendar(session).roll(transfer.asked_on + timedelta(days=2)), on)
    if answer == "accepted":
        accept(session, transfer, actor=receiver, on=day)
    elif answer == "refused":
        refuse(session, transfer, REFUSAL, actor=receiver, on=day)
    elif answer == "revoked":
        revoke(session, transfer, actor=sender, on=day)
    elif transfer.due_on < on:
        lapse(session, transfer, transfer.due_on + timedelta(days=1))


def _meet(session: Session, city: User, on: date) -> None:
    """A meeting that decided the first item and has its minutes; what came afterwards waits for the next one."""
    held = work_calendar(session).roll(on - SINCE_MEETING)
    meeting = convene(session, held, "市行政中心三号楼会议室", MEMBERS, "市卫生健康委员会主任", actor=city, on=held - timedelta(days=5))
    if meeting.items:
        item = meeting.items[0]
        owner = item.about[0].case.owner
        text = "由卫生健康部门牵头办理，应急管理部门配合现场核查。"
        decide(session, item, text, owner, held + timedelta(days=30), actor=city, on=held)
    close_meeting(session, meeting, "各成员单位通报了上季度职业病防治工作情况，对争议事项进行了会商。", actor=city, on=held)
    list_item(session, CAMPAIGN, PLAN, on=on, proposer=city.organisation, about=[], actor=city)


def _somebody(session: Session, place: Organisation) -> User | None:
    return session.scalars(select(User).where(User.organisation_id == place.id, User.is_enabled).order_by(User.id).limit(1)).first()


def _date(session: Session, case: Case, position: int) -> None:
    """Lines and notices of hand-overs are as old as the days on which they happened."""
    for step in case.steps[position:]:
        step.at = datetime.combine(step.on, time(9 + step.position % 8, case.id * 7 % 60), tzinfo=LOCAL).astimezone(UTC)
    for notice in session.scalars(select(CaseNotice).where(CaseNotice.case_id == case.id, CaseNotice.position > position)):
        notice.at = case.steps[notice.position - 1].at
    session.flush()
