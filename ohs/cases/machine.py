"""The machine of every case: nothing else moves a status, starts a clock or writes the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import ACTORS, SYSTEM, By, office
from ohs.cases.clocks import end_clock, open_clocks
from ohs.cases.cuts import cut_for
from ohs.cases.entered_late import mend, revive_duties
from ohs.cases.episodes import aliases_of
from ohs.cases.evidence import missing_for_duty, missing_kinds
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import CLOSED_WITHDRAWN, DONE_ON, TOLD_EMPLOYER_ON
from ohs.cases.kinds.guards import missing_facts
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.kinds.short import COMPLAINT, LABOUR, LEAD_FOUND, PROTECTED
from ohs.cases.kinds.vocabulary import DUTY, MAIN, Act, Fact, Kind
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.labels import event_name
from ohs.cases.models import Case, CaseDuty, CaseStep
from ohs.cases.moving import drop_duties, move, renew_clock, situation_of, write_step
from ohs.cases.notices import tell
from ohs.cases.visits import keep_visits
from ohs.cases.waiting import asked_in, settle
from ohs.kernel.audit import audit
from ohs.kernel.clock import LOCAL
from ohs.kernel.errors import DomainError
from ohs.kernel.lifecycle import Step
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number

#: Actors of whom one is asked by name.
ASKED = frozenset({"CLIN", "DIAG"})
#: Offices that record for bodies and people without an account.
RECORDERS = frozenset({"HLTH", "HRSS"})
#: More rounds of events that follow by themselves than any table has.
MOST_FOLLOWING = 20


@dataclass(frozen=True)
class Opening:
    """What opens a case."""

    kind: str
    event: str
    #: What the case is about, so that the same is not opened twice.
    subject: str
    county_code: str
    region_code: str = ""
    subtype: str = ""
    worker_id: int | None = None
    employer_id: int | None = None
    clinic_id: int | None = None
    institution_id: int | None = None
    hazard_codes: str = ""
    disease_code: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def open_case(session: Session, opening: Opening, *, by: By, on: date) -> Case:
    """Open a case, or refuse where the same is open already: the refusal names it."""
    kind = KINDS[opening.kind]
    _refuse_twin(session, kind, opening.subject)
    case = begin_case(session, opening, owner_id=office(session, kind.department(opening.subtype), opening.county_code).id, by=by, on=on)
    case.number = next_number(session, series_of(opening, on))
    session.add(case)
    settle(session, case)
    for written in case.steps:
        tell(session, case, written)
    session.add(audit("case:opened", case, by.user, after={"kind": kind.code, "status": case.status}))
    return case


def standing_case(session: Session, kind: str, subject: str) -> Case | None:
    """The case of a kind that is open for the same already."""
    return session.scalar(select(Case).where(Case.kind == kind, Case.subject == subject, Case.closed_on.is_(None)))


def series_of(opening: Opening, on: date) -> str:
    """The series of which a case takes its number: `YS-330402-2026`."""
    return f"{KINDS[opening.kind].prefix}-{opening.county_code}-{on.year}"


def begin_case(session: Session, opening: Opening, *, owner_id: int, by: By, on: date) -> Case:
    """A case as its first step leaves it, outside the session and without a number."""
    kind = KINDS[opening.kind]
    step, act = _checked(kind, MAIN, "", opening.event, "", by)
    _refuse_missing(act, opening.facts)
    _refuse_future(act, opening.facts, on)
    case = Case(
        kind=kind.code, subtype=opening.subtype, status=step.after, subject=opening.subject, worker_id=opening.worker_id, employer_id=opening.employer_id, clinic_id=opening.clinic_id,
        institution_id=opening.institution_id, county_code=opening.county_code, region_code=opening.region_code, hazard_codes=opening.hazard_codes,
        disease_code=opening.disease_code, opened_on=on, opened_by_id=by.user.id if by.user else None,
        owner_id=owner_id, came_from="", round=1,
    )  # fmt: skip
    _done(session, kind, case, MAIN, step, act, opening.facts, by, on)
    return case


def do(
    session: Session, case: Case, event: str, facts: Mapping[str, Any], *, by: By, on: date, track: str = MAIN, seen: int | None = None
) -> Step:
    """Do what an event of the kind's table says, with everything that follows from it.

    `seen` is the version of the case that the person had before them; where somebody has acted since, the refusal says who and what.
    Nothing is changed by a refusal.
    """
    refuse_stale(case, seen, by.user)
    before = case.status
    step = act_on(session, case, event, facts, by=by, on=on, track=track)
    settle(session, case)
    if case.status != before:
        keep_visits(session, case, on)
    session.add(audit("case:acted", case, by.user, before={"status": step.before}, after={"event": event, "status": step.after}))
    act = KINDS[case.kind].act(track, event)
    if act is not None and act.opens_lead:
        open_lead(session, case, facts["ended_on"], str(facts["document_no"]), on=on)
    return step


def open_lead(session: Session, case: Case, ended_on: date, document_no: str, *, on: date) -> Case:
    """The lead by which labour inspection looks into an employment that ended although the law protects it; opened where there is none.

    It says who, where and when, and nothing of the case that it comes from: HR is told nothing medical.
    """
    who = case.worker.standing.id if case.worker is not None else 0
    subjects = {id: f"{LABOUR}:{id}:{case.employer_id}:{ended_on.isoformat()}" for id in aliases_of(session, [who])}
    subject = subjects.get(case.worker_id or 0, subjects[who])
    known = select(Case).where(Case.kind == COMPLAINT.code, Case.subject.in_(subjects.values())).order_by(Case.id.desc()).limit(1)
    facts = {"found_on": on, "ended_on": ended_on, "document_no": document_no, "ground": PROTECTED}
    opening = Opening(
        COMPLAINT.code, LEAD_FOUND, subject, case.county_code, subtype=LABOUR, worker_id=case.worker_id, employer_id=case.employer_id, facts=facts,
    )  # fmt: skip
    return session.scalar(known) or open_case(session, opening, by=By(), on=on)


def act_on(session: Session, case: Case, event: str, facts: Mapping[str, Any], *, by: By, on: date, track: str = MAIN) -> Step:
    """The same on the record alone: whoever calls it settles the case, perhaps with many others."""
    kind, by = KINDS[case.kind], in_place(case, track, by)
    step, act = _checked(kind, track, case.status_on(track), event, case.came_from, by)
    if case.closed_on is not None:
        if event not in kind.reopened_by and not _is_late_entry(kind, event, by):
            raise DomainError(Message("Case %(number)s is closed; nothing more is done on it.", number=case.number))
        _refuse_twin(session, kind, case.subject)
    _refuse_missing(act, facts)
    _refuse_future(act, facts, on)
    _refuse_before(case, track, act, facts)
    _refuse_unproven(missing_kinds(case, act))
    if (refusal := act.refuses(situation_of(case, on), facts)) is not None:
        raise DomainError(refusal)
    _done(session, kind, case, track, step, act, facts, by, on)
    return step


def fulfil(session: Session, case: Case, duty: CaseDuty, facts: Mapping[str, Any], *, by: By, on: date) -> None:
    """Do a duty that stands beside the status."""
    kind = KINDS[case.kind]
    step, by = next(one.step for one in kind.duties if one.event == duty.event), in_place(case, kind.track_of_duty(duty.event), by)
    actor = by.stands_for(step.actors)
    refuse_done(case, duty, by.user)
    if not actor:
        raise DomainError(Message("“%(event)s” is not for you to do here.", event=Message(duty.event)))
    guard = kind.duty_guards.get(duty.event)
    if guard is not None and (refusal := guard(situation_of(case, on))) is not None:
        raise DomainError(refusal)
    _refuse_other_day(duty, facts.get(DONE_ON.key), on)
    _refuse_unproven(missing_for_duty(case, duty))
    told_on = facts.get(DONE_ON.key)
    done_on = min(told_on, on) if isinstance(told_on, date) else on
    duty.state, duty.done_on = "done", max(done_on, duty.opened_on)
    for clock in open_clocks(case):
        if clock.duty_id == duty.id:
            end_clock(clock, done_on)
    told = {"HLTH", ACTORS[kind.departments[kind.track_of_duty(duty.event)]]} - {by.code}
    write_step(case, DUTY, step, actor, by, facts, frozenset(told or {"HLTH"}), on)
    renew_clock(session, case, duty, facts.get(DONE_ON.key), on)
    settle(session, case)
    session.add(audit("case:duty-done", case, by.user, after={"event": duty.event}))


def possible(case: Case, by: By) -> list[tuple[str, Step, Act]]:
    """Track, step and act of everything this person may do next, whether or not something keeps it from being done today."""
    kind, found = KINDS[case.kind], []
    for track in kind.tracks:
        here = in_place(case, track, by)
        for step in kind.steps_from(track, case.status_on(track)):
            act = kind.act(track, step.event)
            is_way = case.closed_on is None or step.event in kind.reopened_by or _is_late_entry(kind, step.event, here)
            is_way_back = step.event != "resume" or step.after == case.came_from
            if act and is_way and is_way_back and step.before and step.actors != {SYSTEM} and here.stands_for(step.actors):
                found.append((track, step, act))
    return found


def _is_late_entry(kind: Kind, event: str, by: By) -> bool:
    """Whether somebody may enter something on a closed case because it happened before: an office that records it."""
    return event in kind.late_entries and by.code in RECORDERS


def in_place(case: Case, track: str, by: By) -> By:
    """Whoever answers for a track does what its table leaves to the department: with the case its acts have passed to that office.

    Where an institution was asked by name, no other institution acts in its place; nor does an office where it has handed over. The
    city's offices act in every county.
    """
    asked = asked_in(case) if track == MAIN else None
    if asked is not None and by.code in ASKED and by.user is not None and by.user.organisation_id != asked:
        return replace(by, is_passed_over=True)
    held = case.owner_id if track == MAIN else next((one.owner_id for one in case.tracks if one.track == track), None)
    if by.user is None or held != by.user.organisation_id:
        return replace(by, has_no_part=True) if _is_anothers(case, track, by) else by
    return replace(by, also=ACTORS[KINDS[case.kind].departments[track]])


def _is_anothers(case: Case, track: str, by: By) -> bool:
    """Whether what the tables leave to the person's department is another office's in this case."""
    if by.user is None or by.user.organisation.level == "city":
        return False
    match by.code:
        case "HLTH":
            answering = case.owner_id if track == WORK_INJURY else case.office_of(track)
        case "HRSS" if case.is_at_work_injury:
            answering = case.office_of(WORK_INJURY)
        case _:
            return False
    return answering != by.user.organisation_id


def _checked(kind: Kind, track: str, status: str, event: str, came_from: str, by: By) -> tuple[Step, Act]:
    """The step and what it asks, for this actor."""
    step, act = _found(kind, track, status, event, came_from)
    if not by.stands_for(step.actors):
        raise DomainError(Message("“%(event)s” is not for you to do here.", event=act.name))
    return step, act


def _found(kind: Kind, track: str, status: str, event: str, came_from: str) -> tuple[Step, Act]:
    """The step that an event makes from a status, and what it asks."""
    if track not in kind.tracks:
        raise DomainError(Message("This case has no such track."), status=400)
    ways = [step for step in kind.tracks[track].steps if (step.before, step.event) == (status, event)]
    step = ways[0] if len(ways) == 1 else next((way for way in ways if way.after == came_from), None)
    act = kind.act(track, event)
    if step is None or act is None:
        raise DomainError(
            Message(
                "“%(event)s” cannot happen from the status “%(status)s”.",
                event=act.name if act else event,
                status=kind.statuses.get(status, status),
            )
        )
    return step, act


def _refuse_twin(session: Session, kind: Kind, subject: str) -> None:
    standing = standing_case(session, kind.code, subject)
    if standing is not None:
        raise DomainError(Message("Case %(number)s is open for the same; add to it instead.", number=standing.number))


def refuse_stale(case: Case, seen: int | None, reader: User | None) -> None:
    """Refuse whoever saw the case as it was before somebody else has acted; the refusal says who did what, and when."""
    if seen is not None and seen != case.version:
        raise _acted(case, case.steps[-1], reader)


def refuse_done(case: Case, duty: CaseDuty, reader: User | None) -> None:
    """Refuse a duty that somebody has done already, in the same words."""
    if duty.state == "due":
        return
    done = next((one for one in reversed(case.steps) if (one.track, one.event) == (DUTY, duty.event)), None)
    raise _acted(case, done, reader) if done is not None else DomainError(Message("This is done already."))


def _acted(case: Case, step: CaseStep, reader: User | None) -> DomainError:
    if reader is not None and not cut_for(reader, case).shows(step.track, step.event, case.kind):
        return DomainError(Message("Somebody has acted on this case meanwhile. Look at it again before you act."))
    return DomainError(
        Message(
            "At %(when)s %(who)s has acted on this case: %(what)s. Look at it again before you act.",
            when=f"{step.at.astimezone(LOCAL):%Y-%m-%d %H:%M}", who=step.organisation.name if step.organisation else Message("the system"),
            what=event_name(KINDS[case.kind], step.track, step.event),
        )
    )  # fmt: skip


def _refuse_missing(act: Act, facts: Mapping[str, Any]) -> None:
    missing = missing_facts(act, facts)
    if missing:
        raise DomainError(Message("Still missing: %(what)s.", what=[fact.label for fact in missing]), status=400)


def _refuse_future(act: Act, facts: Mapping[str, Any], on: date) -> None:
    for fact in act.facts:
        value = facts.get(fact.key)
        if fact.kind == "day" and isinstance(value, date) and value > on and not is_ahead(fact):
            raise DomainError(Message("“%(label)s” lies in the future.", label=fact.label), status=400)


def _refuse_before(case: Case, track: str, act: Act, facts: Mapping[str, Any]) -> None:
    """Limits count from no day before the first one on the track; only a telling may have come before the report."""
    value, begun = facts.get(act.counts_from), [clock.started_on for clock in case.clocks if clock.track == track]
    if begun and isinstance(value, date) and value < min(begun) and act.counts_from != TOLD_EMPLOYER_ON.key:
        raise _too_early(next(fact for fact in act.facts if fact.key == act.counts_from), min(begun))


def _refuse_other_day(duty: CaseDuty, done_on: Any, on: date) -> None:
    """A duty is done on no day before it began, and on none to come."""
    if isinstance(done_on, date) and done_on < duty.opened_on:
        raise _too_early(DONE_ON, duty.opened_on)
    if isinstance(done_on, date) and done_on > on:
        raise DomainError(Message("“%(label)s” lies in the future.", label=DONE_ON.label), status=400)


def _too_early(fact: Fact, begun: date) -> DomainError:
    return DomainError(Message("“%(label)s” lies before %(day)s, when this began.", label=fact.label, day=begun.isoformat()), status=400)


def is_ahead(fact: Fact) -> bool:
    """Whether a day is one to come: a limit that is set, something planned."""
    return fact.key.endswith(("until_on", "planned_on"))


def _refuse_unproven(missing: Sequence[str]) -> None:
    if missing:
        raise DomainError(Message("Evidence is missing: %(what)s.", what=[EVIDENCE[kind] for kind in missing]))


def _done(session: Session, kind: Kind, case: Case, track: str, step: Step, act: Act, facts: Mapping[str, Any], by: By, on: date) -> None:
    """The move with everything that it brings, then what follows by itself."""
    move(session, kind, case, track, step, act, facts, by, on)
    mend(session, case, track, step, act.done_on(facts, on), on)
    if not follow(session, case, on):
        _conclude(session, kind, case, on)


def follow(session: Session, case: Case, on: date) -> int:
    """Do what follows by itself from how things stand on a day; how many moves that were."""
    kind, moved = KINDS[case.kind], 0
    while moved < MOST_FOLLOWING:
        situation = situation_of(case, on)
        found = next((one for one in kind.follows if one.holds(situation) and _can(kind, case, one.track, one.event)), None)
        if found is None:
            break
        step, act = _found(kind, found.track, case.status_on(found.track), found.event, case.came_from)
        done_on = found.done_on(situation) or on
        if step.event in kind.reviving:
            revive_duties(case)
        move(session, kind, case, found.track, step, act, {}, By(), on, since=found.since(situation), done_on=done_on)
        mend(session, case, found.track, step, done_on, on)
        moved += 1
    if moved:
        _conclude(session, kind, case, on)
    return moved


def _conclude(session: Session, kind: Kind, case: Case, on: date) -> None:
    """Close the case where its status ends it."""
    case.closed_on = on if kind.is_closed(case.status) else None
    if case.closed_on is not None:
        for clock in open_clocks(case):
            if clock.track != DUTY:
                end_clock(clock, on, is_met=False)
    if case.status in CLOSED_WITHDRAWN:
        drop_duties(case, {duty.event for duty in kind.duties}, on)
    elif case.status in kind.overturned:
        drop_duties(case, {duty.event for duty in kind.duties if duty.opened_by == kind.overturned[case.status]}, on)


def _can(kind: Kind, case: Case, track: str, event: str) -> bool:
    return any(step.event == event for step in kind.steps_from(track, case.status_on(track)))
