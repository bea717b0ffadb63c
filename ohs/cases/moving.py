"""One move of a case: the status, the clocks that end, pause and start with it, the duties it opens, and its line of the timeline."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session

from ohs.accounts.models import User
from ohs.accounts.substitutes import standing_in
from ohs.cases.actors import SYSTEM, By, office
from ohs.cases.clocks import end_clock, open_clocks, passed_slugs, pause_clock, resume_clock, start_clock
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import WITHDRAWING
from ohs.cases.kinds.vocabulary import DUTY, MAIN, Act, Duty, Kind, Situation
from ohs.cases.kinds.work_injury import ARRIVED, AWAIT
from ohs.cases.line_records import close_rest, is_claimed, names_of_open
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseStep, CaseTrack
from ohs.cases.notices import tell
from ohs.cases.topics import STEP
from ohs.kernel.clock import now
from ohs.kernel.lifecycle import Step
from ohs.rulebook.deadlines import find_deadline

#: Institutions whose records end what somebody else was bound to have done.
BRING_RECORDS = frozenset({"CLIN", "TEST"})


def situation_of(case: Case, on: date) -> Situation:
    """What guards may know."""
    said: dict[str, Mapping[str, Any]] = {}
    for step in case.steps:
        said.pop(f"{step.track}.{step.event}", None)  # the latest stands last
        said[f"{step.track}.{step.event}"] = facts_of(step)
    statuses = {MAIN: case.status} | {one.track: one.status for one in case.tracks}
    latest = {clock.slug: clock for clock in case.clocks}
    return Situation(
        on=on, subtype=case.subtype, statuses=statuses, said=said, passed=passed_slugs(case, on), evidence=frozenset(one.kind for one in case.evidence),
        came_from=case.came_from, round=case.round, lines=len(case.lines), open_lines=sum(not line.outcome for line in case.lines), lines_examined=sum(line.outcome == "examined" for line in case.lines),
        last_days={slug: clock.due_on for slug, clock in latest.items() if clock.state != "paused"},
        lines_done_on=max((line.examined_on or line.closed_on for line in case.lines if line.closed_on), default=None),
        claims=sum(is_claimed(line) for line in case.lines), name_open=lambda: names_of_open(case),
        records=frozenset(one.number for one in case.sources if one.withdrawn_on is None), clinic_id=case.clinic_id,
    )  # fmt: skip


def facts_of(step: CaseStep) -> dict[str, Any]:
    """What a step told, medical facts included; days as `date`."""
    told = dict(step.facts) | (json.loads(step.medical) if step.medical else {})
    return {
        key: date.fromisoformat(value) if key.endswith("_on") and isinstance(value, str) and value else value for key, value in told.items()
    }


def move(
    session: Session, kind: Kind, case: Case, track: str, step: Step, act: Act, facts: Mapping[str, Any], by: By, on: date, *, since: date | None = None, done_on: date | None = None,
) -> None:  # fmt: skip
    """Make a move; `since` is the day from which its limits count, `done_on` that by which a limit was kept, where no fact of its own says it."""
    actor = by.stands_for(step.actors) or SYSTEM  # what follows by itself is nobody's deed
    start = facts.get(act.begins_by(facts)) if act.counts_from else since
    start = start if isinstance(start, date) and start <= on else on
    owed = facts.get(act.owes_from) if act.owes_from else start
    _stop_clocks(session, kind, case, track, step, facts, on, done_on or act.done_on(facts, on))
    record = _record(session, kind, case, track, step)
    if record is not None:
        kind.tracks[track].move(record, step.event, actor if actor in step.actors else min(step.actors), to=step.after)
    if track == MAIN and step.before != step.after:
        case.came_from = step.before if step.after in kind.pausing else ""
        case.round += step.event == "conclusion-r"
    if facts.get("institution_id"):
        case.institution_id = facts["institution_id"]
        if inspect(case).persistent:
            session.expire(case, ["institution"])  # who is named is asked anew
    written = write_step(case, track, step, actor, by, facts, act.tells, on, act)
    _start_clocks(session, kind, case, track, step, act, facts, start, on)
    _do_duties(case, act, start)
    if step.before != step.after:
        drop_duties(case, {event for event in kind.first if kind.track_of_duty(event) == track}, on)
    if act.closes_lines is not None:
        close_rest(case, str(situation_of(case, on).told(*act.closes_lines)), on)
    _open_duties(session, kind, case, track, step, written, owed if isinstance(owed, date) and owed <= on else on, on)


def _record(session: Session, kind: Kind, case: Case, track: str, step: Step) -> Any:
    """The record whose status moves; none where this step has created it."""
    if track == MAIN:
        return case if step.before else None
    found = next((one for one in case.tracks if one.track == track), None)
    if found is None:
        owner = office(session, kind.departments[track], case.county_code)
        case.tracks.append(CaseTrack(kind=kind.code, track=track, status=step.after, owner=owner))
        case.give_track(track, owner)
        return None
    return found


def _stop_clocks(
    session: Session, kind: Kind, case: Case, track: str, step: Step, facts: Mapping[str, Any], on: date, done_on: date
) -> None:
    """What the event answers is met or late; what belonged to the status that is left is dropped, or stands still with it."""
    pauses = track == MAIN and step.after in kind.pausing and step.before != step.after
    for clock in open_clocks(case):
        if kind.starts_at.get(clock.slug) == (track, step.before) and step.before != step.after and track != clock.track:
            end_clock(clock, on, is_met=False)  # what it waited for is open again
        if clock.track != track:
            continue
        slug = kind.swapped.get(clock.slug, clock.slug)
        is_early = slug in kind.starts_at  # begun by a status that may lie behind
        if is_early and any(one.deadline == slug for one in kind.steps_from(track, step.after)):
            continue
        if slug == step.deadline and step.before != step.after and (is_early or clock.status == step.before):
            is_met = step.actors != {SYSTEM} or step.event in kind.done_by_itself
            end_clock(clock, done_on, is_met=is_met or is_missed(kind, clock, slug, step, on))  # a right that nobody used is not missed
        elif slug == step.deadline and step.before == step.after:
            end_clock(clock, done_on)
        elif pauses and clock.status == step.before:
            if clock.state == "running":  # one that somebody suspended alone stands still already
                pause_clock(clock, on, cause=str(facts.get("cause") or step.event), document_no=str(facts.get("document_no") or ""))
        elif step.before in kind.pausing and clock.state == "paused" and clock.status == step.after:
            if not clock.pauses[-1].is_by_hand:
                resume_clock(session, clock, on)
        elif clock.status == step.before and step.before != step.after:
            answers = _answers(kind, track, slug, step)
            end_clock(clock, done_on if answers else on, is_met=answers or is_missed(kind, clock, slug, step, done_on))
    for clock in open_clocks(case) if step.event in (AWAIT, ARRIVED) else ():
        if clock.track == track and clock.status == step.before and clock.state == "running" and step.event == AWAIT:
            pause_clock(clock, on, cause=str(facts.get("cause") or ""), document_no=str(facts.get("document_no") or ""))
        elif clock.track == track and clock.status == step.before and clock.state == "paused" and step.event == ARRIVED:
            resume_clock(session, clock, on)


def is_missed(kind: Kind, clock: CaseClock, slug: str, step: Step, on: date) -> bool:
    """Whether somebody was bound by a limit that ends unanswered, and let its last day pass: late, however the case goes on."""
    is_owed = slug not in kind.optional and clock.actors != SYSTEM
    is_never_so = step.event in WITHDRAWING or (step.actors == {SYSTEM} and step.event not in kind.brought_by_limits)
    return clock.state == "running" and clock.due_on < on and is_owed and not is_never_so


def _answers(kind: Kind, track: str, slug: str, step: Step) -> bool:
    """Whether the event is one that the clock waits for, under whichever of its names."""
    awaiting = [one for one in kind.tracks[track].steps if one.deadline == slug]
    if any(one.event == step.event for one in awaiting):
        return True
    return slug in kind.during and all(one.before != step.before for one in awaiting)  # any end of its status is one


def _start_clocks(
    session: Session, kind: Kind, case: Case, track: str, step: Step, act: Act, facts: Mapping[str, Any], start: date, on: date
) -> None:
    if step.before == step.after and not act.is_repeated:
        return
    held = {(clock.track, clock.slug) for clock in open_clocks(case) if clock.state != "dropped"}
    situation = situation_of(case, on)
    for waited in kind.clocks_started(track, step.after, step.event):
        slug, condition = waited.deadline, kind.runs_if.get(waited.deadline)
        if condition is not None and not condition(situation):
            continue
        if slug in act.swaps and facts.get(act.swaps[slug][0]):
            slug = act.swaps[slug][1]
        slug, last = ends_before(kind, slug, situation)
        of = next(name for name, lifecycle in kind.tracks.items() if waited in lifecycle.steps)
        if (of, slug) in held:
            continue
        due = facts.get(act.sets_due[slug]) if slug in act.sets_due else None
        status = kind.starts_at.get(slug, (track, step.after))[1] if of == track else case.status_on(of)
        begun = facts.get(act.begins.get(slug, ""))
        begun = min(begun, on) if isinstance(begun, date) else start
        start_clock(
            session, case, track=of, status=status, slug=slug, actors=awaited(waited, step, begun), on=begun,
            set_due_on=due if isinstance(due, date) else last,
        )  # fmt: skip


def ends_before(kind: Kind, slug: str, situation: Situation) -> tuple[str, date | None]:
    """The slug of a clock and the last day that is set for it: the one before a day that the case knows; none where the table counts it."""
    other, day_of = kind.ends_before.get(slug, (slug, lambda _situation: None))
    day = day_of(situation)
    return (slug, None) if day is None else (other, day - timedelta(days=1))


def awaited(waited: Step, step: Step, on: date) -> str:
    """Who must act: whoever the table names for what comes next; where the event itself has begun the limit, whom the limit binds.

    Where an institution's record ends the limit, whom it binds must see to that record, and acts beside the institution.
    """
    bound = find_deadline(waited.deadline, on)
    if bound is not None and (waited.event, waited.after) == (step.event, step.after):
        return str(bound["actor"])
    also = {bound["actor"]} if bound is not None and waited.actors <= BRING_RECORDS else set()
    return "; ".join(sorted(waited.actors | also))


def renew_clock(session: Session, case: Case, duty: CaseDuty, start: Any, on: date) -> None:
    """Let the clocks begin, or begin anew, that wait for a duty, from the day on which it was done."""
    kind = KINDS[case.kind]
    track, slugs = kind.track_of_duty(duty.event), kind.renews.get(duty.event, ())
    running = {clock.slug for clock in open_clocks(case) if clock.track == track}
    for waited in kind.steps_from(track, case.status_on(track)):
        if waited.deadline in slugs and waited.deadline not in running:
            running.add(waited.deadline)
            actors, day = "; ".join(sorted(waited.actors)), min(start, on) if isinstance(start, date) else on
            start_clock(session, case, track=track, status=waited.before, slug=waited.deadline, actors=actors, on=day)


def drop_duties(case: Case, events: Container[str], on: date) -> None:
    """End duties that nobody needs to do any more."""
    for duty in case.duties:
        if duty.state == "due" and duty.event in events:
            duty.state, duty.done_on = "dropped", max(on, duty.opened_on)
            for clock in open_clocks(case):
                if clock.duty is duty:
                    end_clock(clock, on, is_met=False)


def _do_duties(case: Case, act: Act, on: date) -> None:
    """The duties that an act does as well: whoever notes on which day the employer was told has notified it."""
    for duty in case.duties:
        if duty.event in act.does and duty.state == "due":
            duty.state, duty.done_on = "done", max(on, duty.opened_on)
            for clock in open_clocks(case):
                if clock.duty is duty:
                    end_clock(clock, on)


def _open_duties(session: Session, kind: Kind, case: Case, track: str, step: Step, written: CaseStep, start: date, on: date) -> None:
    situation = situation_of(case, on)
    for duty in kind.duties:
        if step.event in kind.reviving or not kind.opens(duty, track, step) or not duty.condition(situation):
            continue
        if any(one.event == duty.event and one.state == "due" for one in case.duties):
            continue
        open_duty(session, case, duty, written, start, on)


def open_duty(session: Session, case: Case, duty: Duty, written: CaseStep, start: date, on: date) -> None:
    """Oblige somebody to a duty because of a line of the timeline; its limit counts from `start`."""
    opened = CaseDuty(event=duty.event, opened_by=written.position, opened_on=start, state="due")
    case.duties.append(opened)
    if duty.step.actors == {SYSTEM}:
        opened.state, opened.done_on = "done", on
    elif duty.step.deadline:
        actors = "; ".join(sorted(duty.step.actors))
        start_clock(session, case, track=DUTY, status="", slug=duty.step.deadline, actors=actors, on=start, duty=opened)


def write_step(
    case: Case,
    track: str,
    step: Step,
    actor: str,
    by: By,
    facts: Mapping[str, Any],
    tells: frozenset[str],
    on: date,
    act: Act | None = None,
    topic: str = STEP,
) -> CaseStep:
    """Write a line of the timeline, and tell the organisations behind the actors that it tells; of a case outside the session nobody yet."""
    plain, medical = told_apart(act, facts)
    if (absent := _absent(case, by, on)) is not None:
        plain["for"] = absent.name
    written = CaseStep(
        position=len(case.steps) + 1, at=now(), on=on, track=track, event=step.event, before=step.before, after=step.after, actor=actor,
        user_id=by.user.id if by.user else None, organisation_id=by.user.organisation_id if by.user else None,
        facts=plain, medical=medical, told=sorted(tells),
    )  # fmt: skip
    case.steps.append(written)
    if tells and (session := object_session(case)) is not None:
        tell(session, case, written, topic=topic)
    return written


def _absent(case: Case, by: By, on: date) -> User | None:
    """Whoever has the case in hand at the organisation of whoever acts, and is away, where a substitute acts for them."""
    session = object_session(case)
    if session is None or by.user is None or (handler := case.handler_at(by.user.organisation_id)) is None or handler.id == by.user.id:
        return None
    held = standing_in(session, by.user, handler.id, on)
    return held.user if held is not None else None


def write_beside(
    case: Case, event: str, facts: Mapping[str, Any], *, by: By, on: date, tells: frozenset[str] = frozenset(), topic: str = STEP,
    track: str = MAIN,
) -> CaseStep:  # fmt: skip
    """A line of the timeline that leaves the status as it is, about something that no table of lifecycles names."""
    return write_step(case, track, beside(case, event, by.code, track), by.code, by, facts, tells, on, topic=topic)


def beside(case: Case, event: str, actor: str, track: str = MAIN) -> Step:
    """The step of such a line."""
    status = case.status_on(track)
    return Step(status, event, frozenset({actor}), status)


def told_apart(act: Act | None, facts: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The facts of a step as they are stored: those in plain, and the medical ones as JSON that will be sealed."""
    medical = {fact.key for fact in act.facts if fact.is_medical} if act else set()
    plain = {key: _plain(value) for key, value in facts.items() if value not in (None, "")}
    sealed = {key: value for key, value in plain.items() if key in medical}
    return {key: value for key, value in plain.items() if key not in medical}, json.dumps(sealed, ensure_ascii=False) if sealed else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
