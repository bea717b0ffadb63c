"""Opening many cases at once: the machine makes the first case of each pattern, the loader writes the others like it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.kinds import KINDS
from ohs.cases.machine import Opening, series_of
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseSource, CaseStep, CaseWaiting
from ohs.cases.moving import told_apart
from ohs.cases.notices import receivers_of, tell_of_openings
from ohs.cases.open_counts import count_change, counted
from ohs.cases.patterns import Pattern, Patterns, StepLine, Wanted
from ohs.cases.waiting import Addresses, Place, waits
from ohs.kernel.audit import audit
from ohs.kernel.bulk import insert_rows, moment_for, reserve_ids
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.numbering import next_numbers


def open_many(session: Session, wanted: Sequence[Wanted], *, by: By, on: date, because_of: Any) -> list[str]:
    """Open cases, in one transaction with the record that is the reason for it; returns their numbers in the same order.

    Whoever calls has seen to it that no case is open for the same.
    """
    if not wanted:
        return []
    addresses = Addresses(session)
    addresses.expect({one.opening.employer_id for one in wanted})
    patterns = Patterns(session, lambda opening: _owner_id(addresses, opening), by, on)
    followed = [patterns.of(one) for one in wanted]
    numbers = _numbers(session, wanted, on)
    _write(session, wanted, followed, numbers, addresses, by, on)
    for kind, count in sorted(Counter(one.opening.kind for one in wanted).items()):
        own = sorted(number for number, one in zip(numbers, wanted, strict=True) if one.opening.kind == kind)
        session.add(audit("case:opened-many", because_of, by.user, after={"kind": kind, "rows": count, "first": own[0], "last": own[-1]}))
    return numbers


def _owner_id(addresses: Addresses, opening: Opening) -> int:
    return addresses.office(KINDS[opening.kind].department(opening.subtype), opening.county_code)


def _numbers(session: Session, wanted: Sequence[Wanted], on: date) -> list[str]:
    named = [series_of(one.opening, on) for one in wanted]
    series = {name: iter(next_numbers(session, name, count)) for name, count in sorted(Counter(named).items())}
    return [f"{name}-{next(series[name]):06d}" for name in named]


def _write(
    session: Session, wanted: Sequence[Wanted], patterns: Sequence[Pattern], numbers: Sequence[str], addresses: Addresses, by: By, on: date
) -> None:
    """The rows of every table, in the order in which they depend on one another."""
    at = now()
    moment = moment_for(session, at)
    user_id = by.user.id if by.user else None
    case_ids = reserve_ids(session, _table(Case), len(wanted))
    duty_ids = iter(reserve_ids(session, _table(CaseDuty), sum(len(one.duties) for one in patterns)))
    clock_ids = iter(reserve_ids(session, _table(CaseClock), sum(len(one.clocks) for one in patterns)))
    rows: dict[type[Any], list[tuple[Any, ...]]] = {kind: [] for kind in COLUMNS}
    medical: list[str | None] = []
    told: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for id, one, like, number in zip(case_ids, wanted, patterns, numbers, strict=True):
        opening, facts, owner_id = one.opening, one.facts, _owner_id(addresses, one.opening)
        rows[Case].append(
            (
                id, number, opening.kind, opening.subtype, like.status, opening.subject, opening.worker_id, opening.employer_id, opening.clinic_id,
                opening.institution_id, opening.county_code, opening.region_code, opening.hazard_codes, opening.disease_code, on, user_id,
                like.closed_on, owner_id, like.due_on, like.came_from, like.round, moment, 1,
            )
        )  # fmt: skip
        for step in like.steps:
            plain, secret = _told(step, facts)
            medical.append(secret)
            rows[CaseStep].append((id, moment, plain, json.dumps(step.told), *step[:STORED]))
        duties = [next(duty_ids) for _duty in like.duties]
        rows[CaseDuty].extend((duty_id, id, *duty) for duty_id, duty in zip(duties, like.duties, strict=True))
        clocks = [next(clock_ids) for _clock in like.clocks]
        rows[CaseClock].extend(
            (clock_id, id, None if clock.duty is None else duties[clock.duty], clock.track, clock.status, *clock[AFTER_DUTY:])
            for clock_id, clock in zip(clocks, like.clocks, strict=True)
        )
        place = Place(owner_id, opening.county_code, opening.region_code, opening.employer_id, opening.clinic_id, opening.institution_id)
        rows[CaseWaiting].extend(
            (id, to, opening.kind, opening.county_code, wait.due_on, None if wait.clock is None else clocks[wait.clock], wait.what)
            for to, wait in waits(like.asking, place, addresses).items()
        )
        for organisation_id in receivers_of(like.steps[0].told, place, addresses):
            told[organisation_id, opening.kind, opening.event].append(id)
        rows[CaseSource].extend(
            (id, source.what, source.record_id, source.number, source.role, source.revision, on) for source in one.sources
        )
    sealed = keyring().seal_all("case_step.medical", medical)
    rows[CaseStep] = [(*row, secret) for row, secret in zip(rows[CaseStep], sealed, strict=True)]
    for kind, columns in COLUMNS.items():
        insert_rows(session, _table(kind), columns, rows[kind])
    count_change(session, Counter(), counted(session, CaseWaiting.case_id.between(case_ids[0], case_ids[-1])))
    tell_of_openings(session, told, at=at, by_id=by.user.organisation_id if by.user else None)


#: So many values of a line of the timeline are stored as they are.
STORED = StepLine._fields.index("told")
#: The values of a clock behind its duty.
AFTER_DUTY = 3
#: The columns in the order in which the rows above have them.
COLUMNS: Mapping[type[Any], tuple[str, ...]] = {
    Case: (
        "id", "number", "kind", "subtype", "status", "subject", "worker_id", "employer_id", "clinic_id", "institution_id", "county_code", "region_code",
        "hazard_codes", "disease_code", "opened_on", "opened_by_id", "closed_on", "owner_id", "due_on", "came_from", "round", "created_at", "version",
    ),
    CaseStep: ("case_id", "at", "facts", "told", *StepLine._fields[:STORED], "medical"),
    CaseDuty: ("id", "case_id", "event", "opened_by", "state", "opened_on", "done_on"),
    CaseClock: (
        "id", "case_id", "duty_id", "track", "status", "slug", "actors", "started_on", "due_on", "is_statutory", "is_provisional", "is_set", "state",
        "ended_on", "escalation", "amount",
    ),
    CaseWaiting: ("case_id", "organisation_id", "kind", "county_code", "due_on", "clock_id", "what"),
    CaseSource: ("case_id", "what", "record_id", "number", "role", "revision", "added_on"),
}  # fmt: skip


def _told(step: StepLine, facts: Sequence[Mapping[str, Any]]) -> tuple[str, str | None]:
    plain, medical = told_apart(step.act, facts[step.tells] if step.tells is not None else {})
    return json.dumps(plain), medical


def _table(model: Any) -> Any:
    return model.__table__
