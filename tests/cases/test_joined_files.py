"""Files of workers that were made one and parted again, with cases: each case stays its person's, and the timelines say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.cuts import cut_for
from ohs.cases.joined_files import tell_of_files
from ohs.cases.machine import do, open_lead
from ohs.cases.models import Case
from ohs.kernel.errors import DomainError
from ohs.registry.merging import merge_records, undo_merge
from ohs.registry.models import DuplicatePair, Merge, Worker
from ohs.surveillance.models import Examination
from tests.factories.accounts import make_user
from tests.surveillance.test_case_review import LATER, OTHER, N, S, cases, nurse, officer, story
from tests.uploads.test_road import ON, committed, rows

__all__ = ["nurse", "officer"]
NEXT = ON + timedelta(days=1)


def merged(session: Session, actor: User) -> tuple[Merge, Worker, Worker]:
    """The two workers on file as one: the first stands."""
    kept, other = session.scalars(select(Worker).order_by(Worker.id)).all()
    pair = DuplicatePair(kind="worker", left_id=kept.id, right_id=other.id, score=90, evidence=[])
    session.add(pair)
    session.flush()
    merge = merge_records(session, pair, kept.id, set(), reason="同一人", actor=actor, on=ON)
    session.commit()
    return merge, kept, other


def test_what_was_found_while_two_files_were_one_follows_the_right_person(session: Session, nurse: User, officer: User) -> None:
    committed(session, rows(N, OTHER | N), nurse)
    merge, kept, other = merged(session, officer)
    committed(session, rows(S | OTHER | LATER | {"card_no": "K3"}), nurse)
    (case,) = cases(session)
    assert case.worker is not None and case.worker.standing.id == kept.id, "on the page of the one who stands"
    undo_merge(session, merge, actor=officer)
    session.commit()
    (case,) = cases(session)
    records = dict(session.execute(select(Examination.card_no, Examination.worker_id)).all())
    assert case.worker_id == other.id and records == {"TJ1": kept.id, "TJ2": other.id, "K3": other.id}
    committed(session, rows(S | LATER | {"card_no": "K4"}, S | OTHER | LATER | {"card_no": "K5"}), nurse)
    assert [(one.worker_id, story(one)) for one in cases(session)] == [
        (other.id, ["suspected-found", "found-again"]), (kept.id, ["suspected-found"]),
    ]  # fmt: skip


def test_two_cases_of_one_episode_name_each_other_until_the_files_are_parted(
    session: Session, nurse: User, officer: User, as_user: Callable[[User], FlaskClient]
) -> None:
    committed(session, rows(S, S | OTHER), nurse)
    merge, _kept, _other = merged(session, officer)
    assert tell_of_files(session, NEXT) == 2 and tell_of_files(session, NEXT) == 0
    session.commit()
    older, younger = cases(session)
    assert [one.steps[-1].event for one in (older, younger)] == ["file-joined"] * 2
    assert (older.steps[-1].facts, younger.steps[-1].facts) == ({"case": younger.number}, {"case": older.number, "is_younger": True})
    page = as_user(officer).get(f"/cases/{younger.number}").get_data(as_text=True)
    assert "劳动者档案已合并" in page and "请办结本案" in page and older.number in page
    clinic = cut_for(nurse, younger)
    assert "file-joined" not in {one.event for one in clinic.steps(younger)}, "another case is nobody else's business"
    do(session, younger, "notify", {"told_worker_on": NEXT, "told_employer_on": NEXT, "how_told": "writing"}, by=By(nurse), on=NEXT)
    do(session, older, "notify", {"told_worker_on": NEXT, "told_employer_on": NEXT, "how_told": "writing"}, by=By(nurse), on=NEXT)
    with pytest.raises(DomainError, match="stands"):
        do(session, older, "withdraw-finding", {"reason": "重复"}, by=By(officer), on=NEXT)
    do(session, younger, "withdraw-finding", {"reason": "重复"}, by=By(officer), on=NEXT)
    assert (older.status, younger.status) == ("notified", "closed_withdrawn")
    undo_merge(session, merge, actor=officer)
    assert tell_of_files(session, NEXT) == 2 and tell_of_files(session, NEXT) == 0
    assert [one.steps[-1].event for one in (older, younger)] == ["file-parted"] * 2


def test_what_is_found_again_joins_the_one_case_of_both_files(session: Session, nurse: User, officer: User) -> None:
    committed(session, rows(S, OTHER | N), nurse)
    merged(session, officer)
    committed(session, rows(S | OTHER | LATER | {"card_no": "K3"}), nurse)
    assert [story(one) for one in cases(session)] == [["suspected-found", "found-again"]]
    assert tell_of_files(session, NEXT) == 0


def test_one_dismissal_of_both_files_is_one_lead(session: Session, nurse: User, officer: User) -> None:
    make_user(session, "hr")
    committed(session, rows(S, S | OTHER), nurse)
    first, second = cases(session)
    lead = open_lead(session, first, ON, "1", on=ON)
    merge, _kept, _other = merged(session, officer)
    assert open_lead(session, second, ON, "1", on=ON) is lead
    undo_merge(session, merge, actor=officer)
    session.expire_all()
    assert open_lead(session, second, ON, "1", on=ON) is not lead
    merge.undone_at = None
    assert session.scalars(select(Case).where(Case.kind == "complaint")).all()
