"""Examinations that close the lines of cases of examinations not done: which ones count, found by an upload or looked for by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import polars as pl
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.lines import Examined, close_examined, record_examined, reopen
from ohs.cases.models import Case, CaseLine
from ohs.cases.queries import for_change, hold
from ohs.kernel.attached import Attached
from ohs.kernel.bulk import found_among
from ohs.registry.models import Employer, Worker
from ohs.registry.recognition import canonical_ids
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.intervals import strictest_months
from ohs.surveillance.loading import Batch
from ohs.surveillance.models import Examination, HazardSet

KIND = "overdue"
#: The window before leaving in which an examination in service counts as one, and the time after an acute event.
LEAVING_WINDOW, EMERGENCY_WINDOW = "exam-leaving-substitute", "overdue-emergency-exam"
HOURS_A_DAY = 24


@dataclass(frozen=True)
class Done:
    """An examination, as far as it may close a line."""

    id: int
    card_no: str
    worker_id: int
    employer_id: int
    phase: str
    examined_on: date
    hazards: frozenset[str]
    conclusions: str
    is_recheck: bool


def counts_for(done: Done, subtype: str, due_on: date | None, opened_on: date, hazard_codes: str) -> bool:
    """Whether an examination is the one that a line waits for: its phase, its hazards, its time, and a conclusion for the worker."""
    asked = frozenset(filter(None, hazard_codes.split(";")))
    if done.is_recheck or not done.conclusions or "P" in done.conclusions or (asked and not asked & done.hazards):
        return False
    since = due_on or opened_on
    match subtype, done.phase:
        case ("PRE", "pre-placement"):
            return True
        case ("PERIODIC", "in-service"):
            return done.examined_on >= since or _lasts_beyond(done, since, asked)
        case ("LEAVE", "leaving"):
            return done.examined_on >= since - timedelta(days=_amount(LEAVING_WINDOW, since))
        case ("LEAVE", "in-service"):
            return since - timedelta(days=_amount(LEAVING_WINDOW, since)) <= done.examined_on <= since
        case ("EMERG", "emergency"):
            return done.examined_on >= since - timedelta(days=ceil(_amount(EMERGENCY_WINDOW, since) / HOURS_A_DAY))
    return False


def _lasts_beyond(done: Done, day: date, asked: frozenset[str]) -> bool:
    """Whether the next one after this would be due only later: it was made in time and merely came late."""
    known = (strictest_months(code, done.examined_on) for code in sorted(done.hazards & asked or done.hazards))
    months = [one for one in known if one is not None]
    return bool(months) and _months_later(done.examined_on, min(months)) > day


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_after - timedelta(days=1))


def _amount(slug: str, on: date) -> int:
    row = find_deadline(slug, on)
    return int(row["amount"]) if row else 0


def close_by_upload(batch: Batch, user: User) -> int:
    """Close the lines that wait for what a batch has brought, and open again those whose record does not count any more; how many closed."""
    session = batch.session
    corrected = [row.id for row in batch.before.values()]
    rested = session.scalars(select(CaseLine).where(CaseLine.record_id.in_(corrected))).all() if corrected else []
    ids = batch.records["worker_id"].unique().to_list()
    if not rested and session.scalar(select(CaseLine.id).where(CaseLine.outcome == "").limit(1)) is None:
        return 0
    lines = _waiting(session, ids)
    concerned = {worker for worker, _line in lines} | {line.worker_id for line in rested}
    if not concerned:
        return 0
    done = {one.id: one for one in _done_in(batch, concerned | {row.worker_id for row in batch.before.values()})}
    _reopen_corrected(session, rested, done, By(user), batch.on)
    found: dict[int, list[Done]] = defaultdict(list)
    for one in done.values():
        found[one.worker_id].append(one)
    return _close(session, lines, found, By(user), batch.on)


def close_by_records(session: Session, case: Case, lines: Sequence[CaseLine], *, by: By, on: date, off_hazard: Attached | None = None) -> tuple[int, list[CaseLine]]:  # fmt: skip
    """Close lines by what clinics have handed in already: how many closed, and those for whom nothing counts."""
    kept = canonical_ids(session, Worker, {line.worker_id for line in lines})
    found: dict[int, list[Done]] = defaultdict(list)
    for one in _on_file(session, {kept.get(line.worker_id, line.worker_id) for line in lines}):
        found[one.worker_id].append(one)
    employers = _standing(session, [case.employer_id or 0, *(one.employer_id for some in found.values() for one in some)])
    examined = [_examined(line, case, found[kept.get(line.worker_id, line.worker_id)], employers) for line in lines]
    there = [one for one in examined if one is not None]
    closed = close_examined(session, case, there, by=by, on=on, off_hazard=off_hazard) if there else 0
    return closed, [line for line, one in zip(lines, examined, strict=True) if one is None]


def find_record(session: Session, line: CaseLine, card_no: str) -> Done | None:
    """The examination of that card, where it is of the worker of a line."""
    kept = canonical_ids(session, Worker, {line.worker_id})
    return next((one for one in _on_file(session, {kept.get(line.worker_id, line.worker_id)}) if one.card_no == card_no), None)


def _waiting(session: Session, worker_ids: Sequence[int]) -> list[tuple[int, CaseLine]]:
    """Open lines of some workers and of whoever was merged into them, each with the worker who stands."""
    merged = found_among(session, (Worker.id, Worker.merged_into_id), Worker.merged_into_id, worker_ids)
    stands = {worker: worker for worker in worker_ids} | {row.id: row.merged_into_id for row in merged}
    columns = (CaseLine.id, CaseLine.worker_id)
    rows = found_among(session, columns, CaseLine.worker_id, sorted(stands), CaseLine.outcome == "")
    lines = {line.id: line for line in session.scalars(select(CaseLine).where(CaseLine.id.in_([row.id for row in rows])))}
    return [(stands[row.worker_id], lines[row.id]) for row in sorted(rows, key=lambda row: row.id)]


def _close(session: Session, lines: list[tuple[int, CaseLine]], found: Mapping[int, list[Done]], by: By, on: date) -> int:
    by_case: dict[int, list[tuple[int, CaseLine]]] = defaultdict(list)
    for worker, line in lines:
        if found.get(worker):
            by_case[line.case_id].append((worker, line))
    if not by_case:
        return 0
    which = Case.id.in_(sorted(by_case)), Case.kind == KIND, Case.closed_on.is_(None)
    hold(session, *which)
    cases = session.scalars(for_change(select(Case).where(*which))).unique().all()
    employers = _standing(session, [one.employer_id or 0 for one in cases] + [one.employer_id for some in found.values() for one in some])
    closed = 0
    for case in cases:
        examined = [_examined(line, case, found[worker], employers) for worker, line in by_case[case.id] if not line.outcome]
        there = [one for one in examined if one is not None]
        if there:
            closed += record_examined(session, case, there, by=by, on=on)
    return closed


def _examined(line: CaseLine, case: Case, done: Iterable[Done], employers: Mapping[int, int]) -> Examined | None:
    """The latest examination that counts for a line: one for the employer of the case."""
    own = employers.get(case.employer_id or 0, case.employer_id)
    good = [
        one
        for one in done
        if employers.get(one.employer_id, one.employer_id) == own
        and counts_for(one, case.subtype, line.due_on, case.opened_on, case.hazard_codes)
    ]
    best = max(good, key=lambda one: (one.examined_on, one.id), default=None)
    return Examined(line, best.card_no, best.examined_on, best.id) if best is not None else None


def _reopen_corrected(session: Session, rested: Sequence[CaseLine], done: Mapping[int, Done], by: By, on: date) -> None:
    """Lines that rest on a record which was corrected and is of another worker, or does not count any more."""
    kept = canonical_ids(session, Worker, {line.worker_id for line in rested})
    gone: dict[int, list[CaseLine]] = defaultdict(list)
    for line in rested:
        one, case = done.get(line.record_id or 0), session.get_one(Case, line.case_id)
        is_of_worker = one is not None and one.worker_id == kept.get(line.worker_id, line.worker_id)
        if one is None or not is_of_worker or not counts_for(one, case.subtype, line.due_on, case.opened_on, case.hazard_codes):
            gone[line.case_id].append(line)
    for case_id, lines in sorted(gone.items()):
        hold(session, Case.id == case_id)
        case = session.scalars(for_change(select(Case).where(Case.id == case_id))).unique().one()
        reopen(session, case, lines, lines[0].record, by=by, on=on)


def _done_in(batch: Batch, workers: set[int]) -> Iterable[Done]:
    """The examinations of a batch, of some workers or of records that are corrected."""
    corrected = {row.id for row in batch.before.values()}
    rows = batch.records.filter(pl.col("worker_id").is_in(list(workers)) | pl.col("id").is_in(list(corrected)))
    columns = ("id", "card_no", "worker_id", "duty_id", "phase", "examined_on", "examined_hazards", "conclusions", "is_recheck")
    for id, card_no, worker_id, duty_id, phase, examined_on, hazards, conclusions, is_recheck in rows.select(columns).iter_rows():
        yield Done(id, card_no, worker_id, duty_id, phase, examined_on, frozenset(hazards.split(";")), conclusions, bool(is_recheck))


def _on_file(session: Session, workers: set[int]) -> Iterable[Done]:
    """What is on file of some workers, and of whoever was merged into them."""
    worker = aliased(Worker)
    question = (
        select(
            Examination.id, Examination.card_no, worker.id.label("worker"), worker.merged_into_id, Examination.employer_id, Examination.host_employer_id,
            Examination.phase, Examination.examined_on, HazardSet.codes, Examination.conclusions, Examination.is_recheck,
        )
        .join(worker, Examination.worker_id == worker.id)
        .join(HazardSet, Examination.examined_set_id == HazardSet.id)
        .where(or_(worker.id.in_(workers), worker.merged_into_id.in_(workers)))
    )  # fmt: skip
    for row in session.execute(question):
        yield Done(
            row.id, row.card_no, row.merged_into_id or row.worker, row.host_employer_id or row.employer_id, row.phase, row.examined_on,
            frozenset(row.codes.split(";")), row.conclusions, row.is_recheck,
        )  # fmt: skip


def _standing(session: Session, employer_ids: Iterable[int]) -> dict[int, int]:
    return canonical_ids(session, Employer, set(employer_ids))
