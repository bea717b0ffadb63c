"""Who must act on a case, and until when: kept with every change, so that an inbox is read straight off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.accounts.outbox import send_later
from ohs.cases.actors import ACTORS, RECORDED_BY, SYSTEM, office
from ohs.cases.clocks import nearest_day
from ohs.cases.durations import keep_durations
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.open_counts import count_change, counted
from ohs.cases.protection import keep_protection
from ohs.cases.to_do import ToDo, to_do_without_limit, track_of
from ohs.cases.topics import MANY, STEP
from ohs.cases.transfer_rules import TRANSFER
from ohs.kernel.bulk import found_among
from ohs.kernel.clock import now
from ohs.kernel.fields import LAST_DAY

#: The department of each actor that is an office.
DEPARTMENTS = {"HLTH": "health", "HRSS": "hr", "SAFE": "safety"}
#: Whoever has no account acts through the office that records for them.
RECORDER = {actor: recorders[0] for actor, recorders in RECORDED_BY.items()}


class Place(NamedTuple):
    """What of a case decides who its actors are."""

    owner_id: int
    county_code: str
    region_code: str = ""
    employer_id: int | None = None
    clinic_id: int | None = None
    institution_id: int | None = None
    #: Tracks beside the main one, each with the office that answers for it.
    held: tuple[tuple[str, int], ...] = ()
    #: The institution that was asked by name to act in place of the clinic.
    asked_id: int | None = None

    def office_of(self, track: str) -> int:
        """The office that answers for a track; the case's owner for the main one and before a track has begun."""
        return dict(self.held).get(track, self.owner_id)


def asked_in(case: Case) -> int | None:
    """The institution that was asked by name and acts while the case stands where it does; none otherwise."""
    return case.institution_id if case.status in KINDS[case.kind].asked else None


def place_of(case: Case) -> Place:
    """The same of a record."""
    held = tuple((one.track, one.owner_id) for one in case.tracks)
    return Place(
        case.owner_id, case.county_code, case.region_code, case.employer_id, case.clinic_id, case.institution_id, held, asked_in(case)
    )


class Addresses:
    """Which organisation is which actor of the tables in a case, asked of the database once for each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._offices: dict[tuple[str, str], int] = {}
        self._employers: dict[int, int | None] = {}
        self._towns: dict[str, int | None] = {}

    def expect(self, employer_ids: Iterable[int | None]) -> None:
        """Ask for the accounts of many employers at once."""
        wanted = {one for one in employer_ids if one is not None} - self._employers.keys()
        columns = (Organisation.employer_id, Organisation.id)
        rows = found_among(self.session, columns, Organisation.employer_id, sorted(wanted), *_active("employer"))
        self._employers |= dict.fromkeys(wanted) | {row.employer_id: row.id for row in sorted(rows, key=lambda row: -row.id)}

    def of(self, place: Place, actor: str, track: str = MAIN) -> int | None:
        """The organisation that is an actor on a track; none where it has no account. What was handed over is its receiver's."""
        actor = RECORDER.get(actor, actor)
        match actor:
            case "CLIN":
                return place.asked_id or place.clinic_id
            case "DIAG" | "TEST":
                return place.institution_id
            case "HLTH":
                return place.owner_id if track == WORK_INJURY else place.office_of(track)
            case "HRSS" if WORK_INJURY in dict(place.held):
                return place.office_of(WORK_INJURY)
            case "EMP" if place.employer_id is not None:
                if place.employer_id not in self._employers:
                    self.expect([place.employer_id])
                return self._employers[place.employer_id]
            case "TOWN" if place.region_code:
                return self._town(place.region_code)
        return self.office(DEPARTMENTS[actor], place.county_code) if actor in DEPARTMENTS else None

    def of_clock(self, case: Case, clock: CaseClock, actor: str) -> int | None:
        """The organisation that is an actor where a clock of a case runs."""
        return self.of(place_of(case), actor, track_of(case, clock))

    def office(self, department: str, county_code: str) -> int:
        """The office of a department that answers for a place."""
        key = department, county_code
        if key not in self._offices:
            self._offices[key] = office(self.session, department, county_code).id
        return self._offices[key]

    def _town(self, region_code: str) -> int | None:
        if region_code not in self._towns:
            question = select(Organisation.id).where(*_active("town"), Organisation.region_code == region_code)
            self._towns[region_code] = self.session.scalar(question.order_by(Organisation.id).limit(1))
        return self._towns[region_code]


def _active(kind: str) -> tuple[Any, ...]:
    return Organisation.is_active, Organisation.kind == kind


class Asked(NamedTuple):
    """A clock that runs, and which actors it asks on which track."""

    due_on: date
    #: The clock itself, or its place among those of a pattern.
    clock: Any
    actors: tuple[str, ...]
    track: str


class Asking(NamedTuple):
    """What a case asks, whoever its actors are."""

    clocks: tuple[Asked, ...]
    #: What is to be done without a limit, each with the actors who do it themselves.
    to_do: tuple[tuple[ToDo, tuple[str, ...]], ...]
    #: Whether its owner must look where nobody else is asked.
    is_owners: bool


class Wait(NamedTuple):
    """What an organisation must do on a case, and until when."""

    due_on: date
    #: The clock that runs; none where there is no limit.
    clock: Any
    #: What is to be done without a limit besides: statuses of tracks and events of duties, joined by `;`.
    what: str = ""


def asking_of(case: Case) -> Asking:
    """The running clocks of a case and what is to be done without one.

    Whoever must answer a hand-over may not see the case yet: hand-overs have a list of their own.
    """
    is_handed = any(clock.state == "running" and clock.track == TRANSFER for clock in case.clocks)
    return Asking(*_asked(case, case.clocks, to_do_without_limit(case)), case.closed_on is None and not is_handed)


def waits_among(session: Session, case: Case, clocks: Sequence[CaseClock], without_limit: Sequence[ToDo]) -> dict[int, Wait]:
    """Who must act on a part of a case: its clocks and what is to be done there without a limit.

    Where that is all, the owner must look if nobody else is asked; of a part nobody can say that nothing else is to be done.
    """
    whole, (asked, to_do) = asking_of(case), _asked(case, clocks, without_limit)
    is_all = len(asked) == len(whole.clocks) and len(to_do) == len(whole.to_do)
    return waits(Asking(asked, to_do, whole.is_owners and is_all), place_of(case), Addresses(session))


def _asked(case: Case, clocks: Iterable[CaseClock], without_limit: Iterable[ToDo]) -> tuple[tuple[Asked, ...], tuple[Any, ...]]:
    asked = tuple(
        Asked(clock.due_on, clock, tuple(actor for actor in clock.actors.split("; ") if actor != SYSTEM), track_of(case, clock))
        for clock in clocks
        if clock.state == "running" and clock.track != TRANSFER
    )
    return asked, tuple((one, _doing(case, one)) for one in without_limit)


def _doing(case: Case, one: ToDo) -> tuple[str, ...]:
    """Those who do it themselves; for whoever has no account the office that answers for the track does, where it may record for them."""
    records = ACTORS[KINDS[case.kind].departments[one.track]]
    return tuple(actor for actor in one.actors.split("; ") if actor and records not in RECORDED_BY.get(actor, ()))


def waits(asking: Asking, place: Place, addresses: Addresses) -> dict[int, Wait]:
    """Each organisation that must act, at its nearest running clock, with what it must do without a limit.

    An open case always waits for somebody: where nothing else does, its owner must look.
    """
    found: dict[int, Wait] = {}
    for due_on, clock, actors, track in asking.clocks:
        named = {addresses.of(place, actor, track) for actor in actors} - {None}
        for organisation_id in named or {place.office_of(track)}:
            assert organisation_id is not None
            if organisation_id not in found or due_on < found[organisation_id].due_on:
                found[organisation_id] = Wait(due_on, clock)
    for one, actors in asking.to_do:
        doing = {addresses.of(place, actor, one.track) for actor in actors} - {None}
        for organisation_id in doing or {place.office_of(one.track)}:
            assert organisation_id is not None
            held = found.get(organisation_id, Wait(LAST_DAY, None))
            found[organisation_id] = held._replace(what=f"{held.what};{one.what}" if held.what else one.what)
    if not found and asking.is_owners:
        found[place.owner_id] = Wait(LAST_DAY, None)
    return found


def settle(session: Session, case: Case) -> None:
    """Bring the case's next day and its place in the inboxes up to what its clocks say."""
    settle_all(session, [case])


def settle_all(session: Session, cases: Sequence[Case]) -> None:
    """The same for many cases at once."""
    for case in cases:
        case.due_on = nearest_day(case)
    session.flush()
    addresses = Addresses(session)
    addresses.expect(case.employer_id for case in cases)
    keep_durations(session, cases, addresses.of_clock)
    keep_protection(session, cases)
    rows = [
        {
            "case_id": case.id,
            "organisation_id": organisation_id,
            "kind": case.kind,
            "county_code": case.county_code,
            "due_on": wait.due_on,
            "clock_id": wait.clock.id if wait.clock else None,
            "what": wait.what,
        }
        for case in cases
        for organisation_id, wait in waits(asking_of(case), place_of(case), addresses).items()
    ]
    of_these = CaseWaiting.case_id.in_([case.id for case in cases])
    held = {tuple(row) for row in session.execute(select(CaseWaiting.case_id, CaseWaiting.organisation_id).where(of_these))}
    before = counted(session, of_these)
    session.execute(delete(CaseWaiting).where(of_these))
    if rows:
        session.execute(insert(CaseWaiting), rows)
    count_change(session, before, counted(session, of_these))
    places = [row["organisation_id"] for row in rows if (row["case_id"], row["organisation_id"]) not in held]
    _announce(session, cases, Counter(one for one in places if isinstance(one, int)))


def _announce(session: Session, cases: Sequence[Case], fresh: Mapping[int, int]) -> None:
    """Send word to organisations that must act now and did not have to before: of one case by its number, of many by how many."""
    if len(cases) != 1:
        send_later(session, fresh, MANY, "", at=now())
        return
    last = cases[0].steps[-1] if cases[0].steps else None
    others = {one: count for one, count in fresh.items() if last is None or one != last.organisation_id}
    send_later(session, others, STEP, cases[0].number, at=now())


def organisation_of(session: Session, case: Case, actor: str, track: str = MAIN) -> int | None:
    """The organisation that is an actor of the tables in this case; none where it has no account."""
    return Addresses(session).of(place_of(case), actor, track)
