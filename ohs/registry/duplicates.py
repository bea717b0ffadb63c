"""Looking for employers and workers that stand in the register twice, with the evidence for each pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from ohs.kernel.masks import mask_id_number, mask_name, mask_phone
from ohs.registry.models import DuplicatePair, Employer, Worker
from ohs.registry.rules import LIKE_NAMES, differing_places, plain_name

#: Evidence and what it weighs, out of 100; a pair below `ENOUGH` is no suggestion.
WEIGHTS = {
    "same-name": 55, "like-name": 35, "near-code": 40, "same-phone": 20, "same-address": 20, "same-representative": 15, "same-birth": 30,
    "near-number": 40,
}  # fmt: skip
ENOUGH = 55
#: Credit codes and identity numbers that differ in so few places may be slips of the pen.
NEAR = 2
#: A group larger than this is a common name, not a duplicate.
GROUP_AT_MOST = 8

Evidence = list[list[str]]


def find_duplicates(session: Session) -> int:
    """Enter every new possible pair into the queue; what was settled is not asked again. Returns how many are new."""
    fresh = 0
    known = {
        (kind, left, right)
        for kind, left, right in session.execute(select(DuplicatePair.kind, DuplicatePair.left_id, DuplicatePair.right_id))
    }
    for kind, left, right, evidence in (*_employer_pairs(session), *_worker_pairs(session)):
        score = min(100, sum(WEIGHTS[reason] for reason, *_values in evidence))
        key = (kind, min(left.id, right.id), max(left.id, right.id))
        if score < ENOUGH or key in known:
            continue
        known.add(key)
        if left.id > right.id:
            evidence = [[reason, second, first] for reason, first, second in evidence]
        session.add(
            DuplicatePair(
                kind=kind, left_id=key[1], right_id=key[2], evidence=evidence, score=score, county_code=_common(left.county_code, right.county_code),
                region_code=_common(left.region_code, right.region_code),
            )
        )  # fmt: skip
        fresh += 1
    return fresh


def _common(left: str, right: str) -> str:
    """The place of both; of two places none, so that only who oversees both may decide."""
    return (left or right) if not left or not right or left == right else ""


Pair = tuple[str, Any, Any, Evidence]


def _employer_pairs(session: Session) -> Iterator[Pair]:
    columns = (
        Employer.id, Employer.uscc, Employer.name, Employer.contact_phone, Employer.work_address, Employer.legal_representative,
        Employer.county_code, Employer.region_code,
    )  # fmt: skip
    entries = session.execute(select(*columns).where(Employer.merged_into_id.is_(None))).all()
    for left, right in _candidates(entries):
        evidence: Evidence = []
        if plain_name(left.name) == plain_name(right.name):
            evidence.append(["same-name", left.name, right.name])
        elif fuzz.ratio(plain_name(left.name), plain_name(right.name)) >= LIKE_NAMES * 100:
            evidence.append(["like-name", left.name, right.name])
        if differing_places(left.uscc, right.uscc) <= NEAR:
            evidence.append(["near-code", left.uscc, right.uscc])
        if left.contact_phone and left.contact_phone == right.contact_phone:
            evidence.append(["same-phone", mask_phone(left.contact_phone), mask_phone(right.contact_phone)])
        if left.work_address and left.work_address == right.work_address:
            evidence.append(["same-address", left.work_address, right.work_address])
        if left.legal_representative and left.legal_representative == right.legal_representative:
            evidence.append(["same-representative", left.legal_representative, right.legal_representative])
        yield "employer", left, right, evidence


def _candidates(entries: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs worth a look: alike names, or nearly the same credit code."""
    seen: set[tuple[int, int]] = set()
    by_name: dict[str, list[Any]] = defaultdict(list)
    by_half: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        by_name[plain_name(entry.name)].append(entry)
        for half in (entry.uscc[:9], entry.uscc[9:]):
            by_half[half].append(entry)
    names = list(by_name)
    groups: list[Iterable[Any]] = [*by_name.values(), *(group for group in by_half.values() if len(group) <= GROUP_AT_MOST)]
    for name in names:
        if len(name) < 4:
            continue
        like = process.extract(name, names, scorer=fuzz.ratio, score_cutoff=LIKE_NAMES * 100, limit=5)
        groups += [[*by_name[name], *by_name[other]] for other, _score, _place in like if other != name]
    for group in groups:
        for left, right in combinations(list(group)[:GROUP_AT_MOST], 2):
            key = (min(left.id, right.id), max(left.id, right.id))
            if left.id != right.id and key not in seen:
                seen.add(key)
                yield left, right


def _worker_pairs(session: Session) -> Iterator[Pair]:
    """Workers of one name and one birthday, or one name and one phone at one employer."""
    standing = Worker.merged_into_id.is_(None)
    twice = (
        select(Worker.name, Worker.birth_on)
        .where(standing, Worker.birth_on.is_not(None))
        .group_by(Worker.name, Worker.birth_on)
        .having(func.count().between(2, GROUP_AT_MOST))
    )
    question = (
        select(Worker).where(standing, tuple_(Worker.name, Worker.birth_on).in_(twice)).order_by(Worker.name, Worker.birth_on, Worker.id)
    )
    groups: dict[Any, list[Worker]] = defaultdict(list)
    for worker in session.scalars(question):
        groups[worker.name, worker.birth_on].append(worker)
    for group in groups.values():
        for left, right in combinations(group, 2):
            evidence: Evidence = [["same-birth", f"{mask_name(left.name)} {left.birth_on}", f"{mask_name(right.name)} {right.birth_on}"]]
            if left.id_type != right.id_type or differing_places(left.id_number, right.id_number) <= NEAR:
                evidence.append(["near-number", mask_id_number(left.id_number), mask_id_number(right.id_number)])
            if left.phone and left.phone == right.phone:
                evidence.append(["same-phone", mask_phone(left.phone), mask_phone(right.phone)])
            yield "worker", left, right, evidence
