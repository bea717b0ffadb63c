"""Random lives of cases: whatever people do and whatever time brings, no case loses its owner, its clocks or its timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ohs.cases.calendar import catch_up, escalate
from ohs.cases.clocks import extend_clock, pause_clock, resume_clock
from ohs.cases.evidence import missing_for_duty, missing_kinds
from ohs.cases.handling import take_case
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseEvidence, CaseLine, CaseStep, CaseTrack, CaseWaiting, ClockPause
from ohs.cases.waiting import settle
from ohs.kernel.database import is_sqlite
from ohs.kernel.errors import DomainError
from ohs.kernel.fields import LAST_DAY
from ohs.rulebook.tables import table
from tests.factories.cases import facts_for, make_case, make_people, prove

START = date(2026, 3, 2)
ACTORS = ("EMP", "CLIN", "DIAG", "TEST", "HLTH", "HRSS", "SAFE", "TOWN", "WKR", "APPR", "LCAC", "ARB", "UNION", "system")
# fmt: off
#: What runs in each status, by the articles that the specification of the cases names; “?” where it may have been answered
#: already, or begins only when another limit has passed; “|” where one of several runs.
RUNS: dict[str, dict[str, str]] = {
    "susp main": {
        "detected": "suspected-notify-worker", "notified": "diagnosis-arrange", "arranged": "diagnosis-register", "accepted": "diagnosis-material-letter",
        "material": "diagnosis-material diagnosis-urge?", "complete": "diagnosis-decision", "diagnosed_no": "suspected-close-negative?",
        "suspended": "diagnosis-determination|diagnosis-investigation-finish|arbitration-award diagnosis-investigation-start? diagnosis-material? diagnosis-urge?",
    },
    "susp appraisal": {
        "to_serve": "diagnosis-service", "served": "appraisal-first-apply", "appr1": "appraisal-first-check",
        "appr1_open": "appraisal-first-decision appraisal-first-files?", "appr1_done": "appraisal-second-apply", "appr2": "appraisal-second-decision",
    },
    "susp work_injury": {
        "wi_due": "work-injury-apply-employer work-injury-apply-worker", "wi_applied": "work-injury-accept?",
        "wi_accepted": "work-injury-decision|work-injury-decision-clear", "wi_yes": "work-injury-reconsideration work-injury-suit labour-capacity-apply",
        "wi_no": "work-injury-reconsideration work-injury-suit", "lc_applied": "labour-capacity-decision",
        "lc_done": "benefit-payment labour-capacity-reapply?", "lc_re": "labour-capacity-redecision",
    },
    "susp suit": {"suit_open": "arbitration-suit"},
    "contra main": {
        "detected": "contraindication-notify", "reopened": "contraindication-notify", "notified": "contraindication-remove|contraindication-not-assign",
        "review": "contraindication-review", "removed": "contraindication-evidence", "verify": "contraindication-verify",
    },
    "recheck main": {"due": "recheck-inform", "informed": "recheck-do recheck-remind?", "booked": "recheck-do", "reminded": "recheck-lead"},
    "overdue main": {
        "open": "overdue-notify", "notified": "overdue-commit overdue-order?", "committed": "overdue-exam overdue-order?",
        "contest": "overdue-contest-decision", "ordered": "rectification-order", "penalty": "penalty-decision",
    },
    "overlimit main": {
        "exceeded": "overlimit-control", "controlling": "overlimit-plan", "planned": "overlimit-retest", "ordered": "overlimit-retest",
        "verify": "overlimit-verify", "stop_required": "overlimit-stop overlimit-stop-confirm", "stopped": "overlimit-retest",
        "penalty": "penalty-decision overlimit-retest",
    },
    "cluster main": {}, "shortdust main": {}, "acute main": {"reported": "acute-event"},
    "complaint main": {"received": "complaint-answer", "handling": "complaint-answer"},
}
CLOSED = {
    "susp": {"declined", "closed_neg", "closed", "closed_withdrawn"}, "contra": {"closed", "closed_lifted", "closed_withdrawn"},
    "recheck": {"closed", "closed_undone", "closed_withdrawn"},
    "overdue": {"closed", "closed_na"},
}
#: Where an institution that was named acts in the clinic's place.
ASKED = {"contra": {"review"}, "overdue": {"committed", "examined", "ordered", "penalty"}}
#: What nobody does on the main way while the tracks beside it go on.
RESTING = {"diagnosed_yes", "diagnosed_no"}
#: Ends of a track out of which a dispute leads, as long as its limit runs.
ENDED = {"wi_no"}
# fmt: on
#: Duties of which the clock runs until they are done.
LIMITS = {row["event"]: row["deadline_slug"] for row in table("lifecycles") if row["track"] == "duty"}
#: What may happen on a day, and how often.
HAPPENINGS = {
    "somebody_does_what_is_next": 50, "anybody_does_anything": 14, "days_pass": 7, "a_limit_passes": 5, "night": 5, "it_rises_up_the_ladder": 1,
    "a_duty_is_done": 7, "somebody_turns_a_clock": 6, "evidence_is_added": 1, "lines_are_closed": 3, "it_is_taken_in_hand": 1,
}  # fmt: skip
#: So many lives on each engine; whoever hunts a fault raises them and lets it shrink.
LIVES = {"sqlite": 40, "postgresql": 8}
PARTS = (CaseTrack, CaseStep, CaseClock, CaseDuty, CaseLine, CaseEvidence, CaseWaiting)
OF_CASE = bindparam("case_id")
CLOCKS = select(CaseClock.__table__.c.id).where(CaseClock.__table__.c.case_id == OF_CASE)
#: Every row of a case.
ROWS = (
    select(Case.__table__).where(Case.__table__.c.id == OF_CASE),
    *(select(part.__table__).where(part.__table__.c.case_id == OF_CASE).order_by(part.__table__.c.id) for part in PARTS),
    select(ClockPause.__table__).where(ClockPause.__table__.c.clock_id.in_(CLOCKS)).order_by(ClockPause.__table__.c.id),
)


class LifeOfACase(RuleBasedStateMachine):
    """One case in the hands of people who do what they should, what they should not, and nothing at all."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.whole = session, session.begin_nested()
        self.people = make_people(session)
        self.on = START

    def teardown(self) -> None:
        self.whole.rollback()
        self.session.expire_all()

    # What happens.

    @initialize(chance=st.randoms(use_true_random=True))
    def it_begins(self, chance: Random) -> None:
        self.open(chance)

    @rule(chance=st.randoms(use_true_random=True))
    def something_happens(self, chance: Random) -> None:
        names, weights = zip(*HAPPENINGS.items(), strict=True)
        getattr(self, chance.choices(names, weights)[0])(chance)

    def open(self, chance: Random) -> None:
        code = chance.choice([*KINDS, "susp", "susp", "susp", "contra", "recheck", "overdue", "overlimit"])
        self.kind, self.on = KINDS[code], self.on + timedelta(days=1)
        subtype = chance.choice([*self.kind.subtypes] or [""])
        self.case = make_case(self.session, self.people, code, on=self.on, subtype=subtype)
        if code == "overdue":
            for _one in range(2):
                worker_id = make_case(self.session, self.people, "complaint").worker_id
                self.case.lines.append(CaseLine(worker_id=worker_id, due_on=self.on))
        self.session.flush()

    def somebody_does_what_is_next(self, chance: Random) -> None:
        case, follows = self.case, {(one.track, one.event) for one in self.kind.follows}
        ways = [
            (track, step)
            for track, lifecycle in self.kind.tracks.items()
            for step in lifecycle.steps
            if step.before and step.before == case.status_on(track) and (track, step.event) not in follows
        ]
        if not ways:
            return self.open(chance)
        track, step = chance.choice([*ways, *(way for way in ways if way[1].after not in self.kind.finals)])
        act = self.kind.act(track, step.event)
        assert act is not None
        if chance.random() < 0.9:
            prove(self.session, case, self.people.HLTH, *missing_kinds(case, act))
        facts = facts_for(act, self.people, self.on, chance.choice)
        by = self.people.by(chance.choice(sorted(step.actors)))
        note(f"{self.on} {by.code}: {track} {step.before} –{step.event}→ {step.after}")
        self.attempt(lambda: do(self.session, case, step.event, facts, by=by, on=self.on, track=track))

    def anybody_does_anything(self, chance: Random) -> None:
        track = chance.choice([*self.kind.tracks, "duty"])
        act = chance.choice([*self.kind.acts.get(track, self.kind.acts["main"]).values()])
        by = self.people.by(chance.choice([actor for actor in ACTORS if actor != "system"]))
        facts = facts_for(act, self.people, self.on + timedelta(days=chance.randint(-3, 3)), chance.choice)
        if facts and chance.random() < 0.5:
            del facts[chance.choice(sorted(facts))]
        self.attempt(lambda: do(self.session, self.case, act.event, facts, by=by, on=self.on, track=track))

    def days_pass(self, chance: Random) -> None:
        self.on += timedelta(days=chance.choice((0, 1, 3, 9, 20, 40, 370)))

    def a_limit_passes(self, chance: Random) -> None:
        if self.case.due_on is not None:
            self.on = max(self.on, self.case.due_on + timedelta(days=1))
        self.night(chance)

    def night(self, _chance: Random) -> None:
        self.attempt(lambda: catch_up(self.session, self.case, self.on))
        note(f"{self.on} night, now at {self.case.status}")
        held = self.snapshot()
        assert catch_up(self.session, self.case, self.on) == 0, "done twice it changes nothing"
        assert self.snapshot() == held

    def it_rises_up_the_ladder(self, _chance: Random) -> None:
        escalate(self.session, self.on)

    def a_duty_is_done(self, chance: Random) -> None:
        if not self.case.duties:
            return
        duty = chance.choice(self.case.duties)
        step = next(one.step for one in self.kind.duties if one.event == duty.event)
        by = self.people.by(chance.choice([*ACTORS[:-1], *sorted(step.actors) * 9]))
        note(f"{self.on} {by.code}: duty {duty.event}")
        if chance.random() < 0.9:
            prove(self.session, self.case, self.people.HLTH, *missing_for_duty(self.case, duty))
        self.attempt(lambda: fulfil(self.session, self.case, duty, {"done_on": self.on}, by=by, on=self.on))

    def somebody_turns_a_clock(self, chance: Random) -> None:
        if not self.case.clocks:
            return
        clock, deed = chance.choice(self.case.clocks), chance.choice(("pause", "resume", "extend"))
        note(f"{self.on} {deed} {clock.slug} of {clock.track}")

        def turn() -> None:
            match deed:
                case "pause":
                    pause_clock(clock, self.on, cause="等待", document_no="1")
                case "resume":
                    resume_clock(self.session, clock, self.on)
                case "extend":
                    extend_clock(clock, self.on + timedelta(days=30))
            settle(self.session, self.case)

        self.attempt(turn)

    def evidence_is_added(self, chance: Random) -> None:
        prove(self.session, self.case, self.people.HLTH, chance.choice(sorted(EVIDENCE)))

    def lines_are_closed(self, _chance: Random) -> None:
        for line in self.case.lines:
            line.outcome, line.closed_on = "examined", self.on

    def it_is_taken_in_hand(self, _chance: Random) -> None:
        self.case.owner_id = self.people.HLTH.organisation_id
        settle(self.session, self.case)
        self.attempt(lambda: take_case(self.session, self.case, actor=self.people.HLTH, on=self.on))

    def attempt(self, deed: Callable[[], Any]) -> None:
        """Do it; a refusal changes nothing."""
        held = self.snapshot()
        try:
            deed()
        except DomainError as refusal:
            note(f"refused: {refusal}")
            assert self.snapshot() == held, "a refusal changes nothing"

    def snapshot(self) -> list[Any]:
        """Every row of the case."""
        self.session.flush()
        connection = self.session.connection()
        return [connection.execute(rows, {"case_id": self.case.id}).all() for rows in ROWS]

    # What holds.

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "case"):
            return
        (case,), tracks, steps, clocks, duties, _lines, _evidence, waiting, pauses = self.snapshot()
        self.each_track_has_one_owner(case, tracks)
        self.the_timeline_is_unbroken(case, tracks, steps)
        self.what_runs_is_what_the_status_asks(case, tracks, clocks, pauses)
        self.a_duty_runs_until_it_is_done(duties, clocks)
        self.somebody_sees_it(case, tracks, clocks, waiting)

    def each_track_has_one_owner(self, case: Any, tracks: list[Any]) -> None:
        assert case.owner_id is not None
        assert len({one.track for one in tracks}) == len(tracks) and all(one.owner_id for one in tracks)
        assert all(one.kind == case.kind and one.track != "main" for one in tracks)

    def the_timeline_is_unbroken(self, case: Any, tracks: list[Any], steps: list[Any]) -> None:
        assert [one.position for one in steps] == list(range(1, len(steps) + 1))
        assert [one.on for one in steps] == sorted(one.on for one in steps) and all(one.at for one in steps)
        reached = dict.fromkeys([*self.kind.tracks], "")
        for one in steps:
            if one.track != "duty":
                assert one.before == reached[one.track], "each line begins where the one before has ended"
                reached[one.track] = one.after
            assert (one.actor == "system") == (one.user_id is None) == (one.organisation_id is None)
        assert reached == dict.fromkeys([*self.kind.tracks], "") | {"main": case.status} | {one.track: one.status for one in tracks}
        assert (case.closed_on is not None) == (case.status in CLOSED.get(case.kind, {"closed"}))
        if case.closed_on is not None:
            ended = [one.on for one in steps if one.track == "main" and one.before != one.after]
            assert case.closed_on == ended[-1], "it was closed on the day on which it ended"

    def what_runs_is_what_the_status_asks(self, case: Any, tracks: list[Any], clocks: list[Any], pauses: list[Any]) -> None:
        open_ones = [one for one in clocks if one.state in ("running", "paused") and one.track != "duty"]
        assert len({(one.track, one.slug) for one in open_ones}) == len(open_ones), "nothing runs twice"
        standing = {"main": case.status} | {one.track: one.status for one in tracks}
        for track, status in standing.items():
            held = {one.slug for one in open_ones if one.track == track}
            asked = RUNS[f"{case.kind} {track}"].get(status, "").split() if case.closed_on is None else []
            allowed = {slug for one in asked for slug in one.rstrip("?").split("|")}
            assert held <= allowed, f"{track} at {status} lets {held - allowed} run on"
            for one in asked:
                assert one.endswith("?") or len(held & set(one.split("|"))) == 1, f"{track} at {status} lacks {one}"
        assert {one.track for one in open_ones} <= set(standing)
        unfinished = {one.clock_id for one in pauses if one.to_on is None}
        assert unfinished == {one.id for one in clocks if one.state == "paused"}, "a clock stands still exactly while a pause lasts"
        assert all(one.cause for one in pauses)
        for one in clocks:
            assert one.started_on <= self.on and (one.ended_on is None or one.started_on <= one.ended_on <= self.on)
            assert one.state not in ("met", "late") or (one.state == "late") == (one.due_on < one.ended_on)

    def a_duty_runs_until_it_is_done(self, duties: list[Any], clocks: list[Any]) -> None:
        due = [one for one in duties if one.state == "due"]
        assert len({one.event for one in due}) == len(due), "no duty is asked for twice"
        running = {one.duty_id: one.slug for one in clocks if one.duty_id is not None and one.state in ("running", "paused")}
        assert running == {one.id: LIMITS[one.event] for one in due if LIMITS[one.event]}

    def clinic_of(self, case: Any) -> int:
        """Whoever was asked by name acts in the clinic's place."""
        is_asked = case.status in ASKED.get(case.kind, ()) and case.institution_id is not None
        return int(case.institution_id if is_asked else case.clinic_id)

    def somebody_sees_it(self, case: Any, tracks: list[Any], clocks: list[Any], waiting: list[Any]) -> None:
        running = [one for one in clocks if one.state == "running"]
        assert case.due_on == min((one.due_on for one in running), default=None)
        office = next((one.owner_id for one in tracks if one.track == "work_injury"), self.people.HRSS.organisation_id)
        who = {
            "EMP": self.people.EMP.organisation_id, "CLIN": self.clinic_of(case), "DIAG": case.institution_id, "TEST": case.institution_id,
            "HRSS": office, "LCAC": office, "UNION": office,
        }  # fmt: skip
        wanted: dict[int, date] = {}
        for one in running:
            for actor in [name for name in one.actors.split("; ") if name != "system"]:
                if (place := who.get(actor, case.owner_id)) is not None:
                    wanted[place] = min(one.due_on, wanted.get(place, one.due_on))
        if case.closed_on is None:
            assert waiting, "an open case waits for somebody"
        assert len({one.organisation_id for one in waiting}) == len(waiting)
        found = {one.organisation_id: one.due_on for one in waiting if one.clock_id is not None}
        assert found.items() >= wanted.items()
        assert {one.clock_id for one in waiting} - {None} <= {one.id for one in running}
        assert all((one.clock_id is None) == (one.due_on == LAST_DAY) for one in waiting)
        told = [what for one in waiting for what in one.what.split(";") if what]
        for track, status in [("main", case.status), *((one.track, one.status) for one in tracks)] if case.closed_on is None else ():
            if status not in RESTING | {step.after for step in self.kind.tracks[track].steps} - {
                step.before for step in self.kind.tracks[track].steps
            }:
                ticks = any(one.track == track for one in running)
                assert told.count(status) == (not ticks), f"{track} at {status} is in the inbox of nobody, or of several"
        assert case.closed_on is None or running or not waiting
        for one in tracks:
            ends = {step.after for step in self.kind.tracks[one.track].steps} - {step.before for step in self.kind.tracks[one.track].steps}
            assert case.closed_on is None or one.status in ends | ENDED, f"closed while {one.track} is at {one.status}"


def test_no_case_is_ever_lost(session: Session) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: LifeOfACase(session),
        settings=settings(
            max_examples=LIVES["sqlite" if is_sqlite(session) else "postgresql"], stateful_step_count=50, derandomize=True, database=None,
            deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,),
        ),
    )  # fmt: skip
