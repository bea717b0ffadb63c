"""The demonstration's visits on the spot: answered with photographs, waiting, late, and taken back."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.clocks import work_calendar
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.cases.notices_models import CaseNotice
from ohs.cases.visit_queries import is_open, open_visit, town_of
from ohs.cases.visit_questions import NO, UNKNOWN, YES
from ohs.cases.visits import answer_visit, ask_visit, keep_visits, withdraw_visit
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.attached import attached
from ohs.kernel.clock import LOCAL

#: Of the visits that cases have asked for, so many in a row are answered before one waits.
ANSWERED_IN_A_ROW = 2
#: So many cases at a status that asks for a visit have one.
MOST = 30
#: What was found: an answer to the first question, and what was seen.
FOUND = (
    (YES, "已到包装车间，本人在岗，新岗位牌已更换"), (YES, "车间主任陪同，考勤表上为新岗位"), (NO, "当日仍在原工位操作，单位称下周调整"),
    (UNKNOWN, "当日轮休，未见到本人，已约定再去"),
)  # fmt: skip
#: Asked by hand: kinds of case, questions, note, and how many days before.
BY_HAND = (
    (("recheck", "susp", "complaint", "overlimit"), ("exists",), "联系电话无人接听，请看厂房是否仍在生产", 24), (("overdue", "recheck"), ("exists", "delivered"), "请一并看门卫是否签收", 2),
    (("susp",), ("exists",), "", 1),
)  # fmt: skip
#: A photograph of nothing: so wide and high, in greys.
WIDTH, HEIGHT = 320, 240


def make_visits(session: Session, on: date) -> None:
    """Ask where a case's status asks, answer most, and ask for some by hand; the same for the same cases."""
    first = {case.id: len(case.steps) for case in _asking(session)}
    for case in _asking(session):
        keep_visits(session, case, case.steps[-1].on)
    waiting = session.scalars(select(SiteVisit).where(is_open()).order_by(SiteVisit.id)).all()
    for number, visit in enumerate(waiting):
        if number % (ANSWERED_IN_A_ROW + 1) < ANSWERED_IN_A_ROW:
            first.setdefault(visit.case_id, len(visit.case.steps))
            _answer(session, visit, number, on)
    for kinds, questions, note, ago in BY_HAND:
        first |= _ask(session, kinds, questions, note, on - timedelta(days=ago))
    session.flush()
    for case_id, position in first.items():
        _date(session, session.get_one(Case, case_id), position)


def _asking(session: Session) -> Sequence[Case]:
    """Cases at a status that asks for a visit."""
    found: list[Case] = []
    for kind in KINDS.values():
        asks = select(Case).where(Case.kind == kind.code, Case.status.in_(kind.visited), Case.closed_on.is_(None))
        found += session.scalars(asks.order_by(Case.id).limit(MOST)).unique() if kind.visited else ()
    return found


def _answer(session: Session, visit: SiteVisit, number: int, on: date) -> None:
    user = _somebody(session, visit.organisation_id)
    day = min(work_calendar(session).roll(visit.asked_on + timedelta(days=2 + number % 5)), on)
    if user is None or visit.case.steps[-1].on > day:
        return
    at_post, seen = FOUND[number % len(FOUND)]
    others = UNKNOWN if at_post == UNKNOWN else YES
    pictures = [attached(f"现场{one}.png", _picture(visit.id * 10 + one)) for one in range(1, 3)]
    answers = {one.code: at_post if one.names_post else others for one in visit.asks}
    answer_visit(session, visit, answers, visited_on=day, actor=user, on=day, found=seen, photographs=pictures)


def _ask(session: Session, kinds: Sequence[str], questions: Sequence[str], note: str, day: date) -> dict[int, int]:
    """Ask for two cases that have rested since; take the second back."""
    asked: dict[int, int] = {}
    for case in session.scalars(select(Case).where(Case.kind.in_(kinds), Case.closed_on.is_(None)).order_by(Case.id)).unique():
        if len(asked) == 2:
            break
        user = _somebody(session, case.owner_id) if case.owner.department == "health" else None
        if user is None or case.steps[-1].on > day or town_of(session, case) is None or open_visit(session, case) is not None:
            continue
        asked[case.id] = len(case.steps)
        visit = ask_visit(session, case, questions, actor=user, on=day, note=note)
        if len(asked) == 2:
            withdraw_visit(session, visit, actor=user, on=day)
    return asked


def _somebody(session: Session, organisation_id: int) -> User | None:
    return session.scalar(
        select(User).join(Organisation).where(Organisation.id == organisation_id, User.is_enabled).order_by(User.id).limit(1)
    )


def _picture(shade: int) -> bytes:
    """A small picture, each another."""
    rows = b"".join(b"\0" + bytes((x + y + shade * 37) % 256 for x in range(WIDTH)) for y in range(HEIGHT))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content)) for name, content in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _date(session: Session, case: Case, position: int) -> None:
    """Lines, files and notices of visits are as old as the days on which they happened, one after the other."""
    last = case.steps[position - 1].at
    for step in case.steps[position:]:
        hour = datetime.combine(step.on, time(9 + step.position % 8, case.id * 7 % 60), tzinfo=LOCAL).astimezone(UTC)
        step.at = last = max(hour, last + timedelta(minutes=5))
    added = {step.facts["sha256"]: step.at for step in case.steps[position:] if step.event == "evidence-added"}
    for one in case.evidence:
        one.added_at = added.get(one.sha256, one.added_at)
    for notice in session.scalars(select(CaseNotice).where(CaseNotice.case_id == case.id, CaseNotice.position > position)):
        notice.at = case.steps[notice.position - 1].at
    for visit in session.scalars(select(SiteVisit).where(SiteVisit.case_id == case.id)):
        visit.created_at = datetime.combine(visit.asked_on, time(9), tzinfo=LOCAL).astimezone(UTC)
        if visit.answered_on is not None:
            visit.answered_at = datetime.combine(visit.answered_on, time(16), tzinfo=LOCAL).astimezone(UTC)
    session.flush()
