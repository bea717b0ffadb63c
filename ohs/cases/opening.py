"""Opening many cases at once: the machine makes the first case of each shape, the loader writes the others like it.

Thousands of cases that one upload opens differ in who and where, hardly in what happens to them: kind, days and first events are
few. Each of those shapes goes once through the machine, outside the session; its steps, clocks and duties are then the pattern of
every case of that shape.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.kinds import KINDS
from ohs.cases.machine import Opening, act_on, begin_case, series_of
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseSource, CaseStep, CaseWaiting
from ohs.cases.moving import told_apart, write_beside
from ohs.cases.notices import receivers_of, tell_of_openings
from ohs.cases.open_counts import count_change, counted
from ohs.cases.waiting import Addresses, Place, nearest_day, waits
from ohs.kernel.audit import audit
from ohs.kernel.bulk import insert_rows, moment_for, reserve_ids
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.numbering import next_numbers

#: Facts that differ from case to case and decide neither a status nor a clock.
VARYING = frozenset({"card_no", "previous_card_no", "hazards", "disease", "items", "record"})
#: Events that leave the status as it is.
BESIDE = frozenset({"found-again"})


@dataclass(frozen=True)
class Source:
    """A record that a case rests on."""

    record_id: int
    number: str
    revision: int = 1
    role: str = "finding"
    what: str = "examination"


@dataclass(frozen=True)
class Happening:
    """What happens to a case in the same breath in which it is opened."""

    event: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_of_itself: bool = False


@dataclass
class Wanted:
    """A case to be opened, what happens to it at once, and the records it rests on."""

    opening: Opening
    sources: list[Source]
    then: list[Happening] = field(default_factory=list)

    @property
    def shape(self) -> tuple[Any, ...]:
        """What decides about statuses, clocks and duties."""
        first = self.opening
        return first.kind, first.event, first.subtype, _deciding(first.facts), tuple((one.event, _deciding(one.facts)) for one in self.then)


def _deciding(facts: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((key, value) for key, value in facts.items() if key not in VARYING and value is not None))


@dataclass(frozen=True)
class Pattern:
    """A case as the machine makes it, and which of its steps carry the facts of the opening and of each happening."""

    case: Case
    told_at: tuple[int, ...]


def open_many(session: Session, wanted: Sequence[Wanted], *, by: By, on: date, because_of: Any) -> list[str]:
    """Open cases, in one transaction with the record that is the reason for it; returns their numbers in the same order.

    Whoever calls has seen to it that no case is open for the same.
    """
    if not wanted:
        return []
    addresses = Addresses(session)
    addresses.expect({one.opening.employer_id for one in wanted})
    patterns: dict[tuple[Any, ...], Pattern] = {}
    for one in wanted:
        if one.shape not in patterns:
            patterns[one.shape] = _pattern(session, one, addresses, by, on)
    numbers = _numbers(session, wanted, on)
    _write(session, wanted, [patterns[one.shape] for one in wanted], numbers, addresses, by, on)
    for kind, count in sorted(Counter(one.opening.kind for one in wanted).items()):
        own = sorted(number for number, one in zip(numbers, wanted, strict=True) if one.opening.kind == kind)
        session.add(audit("case:opened-many", because_of, by.user, after={"kind": kind, "rows": count, "first": own[0], "last": own[-1]}))
    return numbers


def _pattern(session: Session, one: Wanted, addresses: Addresses, by: By, on: date) -> Pattern:
    case = begin_case(session, one.opening, owner_id=_owner_id(addresses, one), by=by, on=on)
    case.sources = [_source(source, on) for source in one.sources]
    told_at = [0]
    for happening in one.then:
        told_at.append(len(case.steps))
        whoever = By() if happening.is_of_itself else by
        if happening.event in BESIDE:
            write_beside(case, happening.event, happening.facts, by=whoever, on=on)
        else:
            act_on(session, case, happening.event, happening.facts, by=whoever, on=on)
    case.due_on = nearest_day(case)
    return Pattern(case, tuple(told_at))


def _source(source: Source, on: date) -> CaseSource:
    return CaseSource(
        what=source.what, record_id=source.record_id, number=source.number, role=source.role, revision=source.revision, added_on=on
    )


def _owner_id(addresses: Addresses, one: Wanted) -> int:
    return addresses.office(KINDS[one.opening.kind].department(one.opening.subtype), one.opening.county_code)


def _numbers(session: Session, wanted: Sequence[Wanted], on: date) -> list[str]:
    counted = Counter(series_of(one.opening, on) for one in wanted)
    series = {name: iter(next_numbers(session, name, count)) for name, count in sorted(counted.items())}
    return [f"{name}-{next(series[name]):06d}" for name in (series_of(one.opening, on) for one in wanted)]


def _write(
    session: Session, wanted: Sequence[Wanted], patterns: Sequence[Pattern], numbers: Sequence[str], addresses: Addresses, by: By, on: date
) -> None:
    """The rows of every table, in the order in which they depend on one another."""
    at = now()
    moment = moment_for(session, at)
    user_id = by.user.id if by.user else None
    case_ids = reserve_ids(session, _table(Case), len(wanted))
    duty_ids = iter(reserve_ids(session, _table(CaseDuty), sum(len(one.case.duties) for one in patterns)))
    clock_ids = iter(reserve_ids(session, _table(CaseClock), sum(len(one.case.clocks) for one in patterns)))
    rows: dict[type[Any], list[tuple[Any, ...]]] = {kind: [] for kind in COLUMNS}
    medical: list[str | None] = []
    told: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for id, one, pattern, number in zip(case_ids, wanted, patterns, numbers, strict=True):
        like, opening, owner_id = pattern.case, one.opening, _owner_id(addresses, one)
        rows[Case].append(
            (
                id, number, opening.kind, opening.subtype, like.status, opening.subject, opening.worker_id, opening.employer_id, opening.clinic_id,
                opening.institution_id, opening.county_code, opening.region_code, opening.hazard_codes, opening.disease_code, on, user_id,
                like.closed_on, owner_id, like.due_on, like.came_from, like.round, moment, 1,
            )
        )  # fmt: skip
        facts = dict(zip(pattern.told_at, (opening.facts, *(then.facts for then in one.then)), strict=True))
        for place, step in enumerate(like.steps):
            plain, secret = _told(like.kind, step, facts.get(place, {}))
            medical.append(secret)
            rows[CaseStep].append(
                (id, step.position, moment, step.on, step.track, step.event, step.before, step.after, step.actor, step.user_id, step.organisation_id, plain, json.dumps(step.told))
            )  # fmt: skip
        duties = {id_of(duty): next(duty_ids) for duty in like.duties}
        rows[CaseDuty].extend(
            (duties[id_of(duty)], id, duty.event, duty.opened_by, duty.state, duty.opened_on, duty.done_on) for duty in like.duties
        )
        clocks = {id_of(clock): next(clock_ids) for clock in like.clocks}
        rows[CaseClock].extend(
            (
                clocks[id_of(clock)], id, clock.track, clock.status, None if clock.duty is None else duties[id_of(clock.duty)], clock.slug, clock.actors,
                clock.started_on, clock.due_on, clock.is_statutory, clock.is_provisional, clock.is_set, clock.state, clock.ended_on, clock.escalation,
                clock.amount,
            )
            for clock in like.clocks
        )  # fmt: skip
        place_ = Place(owner_id, opening.county_code, opening.region_code, opening.employer_id, opening.clinic_id, opening.institution_id)
        rows[CaseWaiting].extend(
            (
                id,
                organisation_id,
                opening.kind,
                opening.county_code,
                wait.due_on,
                None if wait.clock is None else clocks[id_of(wait.clock)],
                wait.what,
            )
            for organisation_id, wait in waits(like, place_, addresses).items()
        )
        for organisation_id in receivers_of(like.steps[0].told, place_, addresses):
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


#: The columns in the order in which the rows above have them.
COLUMNS: Mapping[type[Any], tuple[str, ...]] = {
    Case: (
        "id", "number", "kind", "subtype", "status", "subject", "worker_id", "employer_id", "clinic_id", "institution_id", "county_code", "region_code",
        "hazard_codes", "disease_code", "opened_on", "opened_by_id", "closed_on", "owner_id", "due_on", "came_from", "round", "created_at", "version",
    ),
    CaseStep: (
        "case_id", "position", "at", "on", "track", "event", "before", "after", "actor", "user_id", "organisation_id", "facts", "told", "medical",
    ),
    CaseDuty: ("id", "case_id", "event", "opened_by", "state", "opened_on", "done_on"),
    CaseClock: (
        "id", "case_id", "track", "status", "duty_id", "slug", "actors", "started_on", "due_on", "is_statutory", "is_provisional", "is_set", "state",
        "ended_on", "escalation", "amount",
    ),
    CaseWaiting: ("case_id", "organisation_id", "kind", "county_code", "due_on", "clock_id", "what"),
    CaseSource: ("case_id", "what", "record_id", "number", "role", "revision", "added_on"),
}  # fmt: skip
id_of: Callable[[Any], int] = id


def _told(kind: str, step: CaseStep, facts: Mapping[str, Any]) -> tuple[str, str | None]:
    plain, medical = told_apart(KINDS[kind].act(step.track, step.event), facts)
    return json.dumps(plain), medical


def _table(model: Any) -> Any:
    return model.__table__
