"""Two files of a worker that became one, or were parted again: what the night says of it on the timelines of their cases.

A merge is a pointer and can be undone, so no case is closed by it. Where two cases stand for one episode, each names the other, and
whoever answers for the younger closes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.episodes import aliases_of, codes_of
from ohs.cases.kinds.facts import FILE_JOINED, FILE_PARTED
from ohs.cases.kinds.short import COMPLAINT, LABOUR
from ohs.cases.models import Case, CaseStep
from ohs.cases.moving import write_beside
from ohs.cases.queries import for_change, hold
from ohs.kernel.nightly import nightly
from ohs.kernel.touched import take_touched
from ohs.registry.models import Employer, Worker
from ohs.registry.recognition import canonical_ids

#: Kinds of which one is enough for a worker and a hazard.
ABOUT_HAZARDS = frozenset({"susp", "contra", "recheck", "shortdust"})


@nightly("joined-files")
def tell_of_files(session: Session, on: date) -> int:
    """Say on the timelines of cases that their workers are one, or two again; how many lines."""
    touched = take_touched(session, "worker")
    if not touched:
        return 0
    standing = canonical_ids(session, Worker, touched)
    people = aliases_of(session, {standing.get(id, id) for id in touched})
    which = Case.worker_id.in_(sorted(people))
    hold(session, which)
    cases = session.scalars(for_change(select(Case).where(which).order_by(Case.id))).unique().all()
    by_number = {case.number: case for case in cases}
    said = 0
    for case in cases:
        for number in _named(case):
            other = by_number.get(number) or session.scalar(select(Case).where(Case.number == number))
            if other is not None and people.get(case.worker_id or 0) != people.get(other.worker_id or 0):
                said += _say(case, FILE_PARTED, other, on)
    for older, younger in _twins(session, cases, people):
        if younger.number not in _named(older):
            said += _say(older, FILE_JOINED, younger, on) + _say(younger, FILE_JOINED, older, on, is_younger=True)
    session.flush()
    return said


def _named(case: Case) -> list[str]:
    """The cases that this one was said to be one with, and that it is still one with."""
    joined: dict[str, bool] = {}
    for step in case.steps:
        if step.event in (FILE_JOINED, FILE_PARTED):
            joined[str(step.facts.get("case"))] = step.event == FILE_JOINED
    return [number for number, is_one in joined.items() if is_one]


def _say(case: Case, event: str, other: Case, on: date, *, is_younger: bool = False) -> int:
    facts: dict[str, object] = {"case": other.number} | ({"is_younger": True} if is_younger else {})
    write_beside(case, event, facts, by=By(), on=on, tells=frozenset({"HRSS" if case.kind == COMPLAINT.code else "HLTH"}))
    return 1


def _twins(session: Session, cases: Iterable[Case], people: dict[int, int]) -> Iterator[tuple[Case, Case]]:
    """Open cases of one worker in two files that stand for the same, the older first."""
    found: dict[tuple[int, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.closed_on is None and (case.kind in ABOUT_HAZARDS or (case.kind, case.subtype) == (COMPLAINT.code, LABOUR)):
            found[people[case.worker_id or 0], case.kind].append(case)
    for same in found.values():
        for place, older in enumerate(same):
            yield from ((older, younger) for younger in same[place + 1 :] if _is_one(session, older, younger))


def _is_one(session: Session, older: Case, younger: Case) -> bool:
    if older.worker_id == younger.worker_id:
        return False
    if older.kind in ABOUT_HAZARDS:
        return bool(codes_of(older.hazard_codes) & codes_of(younger.hazard_codes))
    ids = {one.employer_id for one in (older, younger) if one.employer_id is not None}
    kept = canonical_ids(session, Employer, ids)
    ended = {_ended(one) for one in (older, younger)}
    return len({kept.get(id, id) for id in ids}) == 1 and len(ended) == 1


def _ended(case: Case) -> object:
    first: CaseStep = case.steps[0]
    return first.facts.get("ended_on")
