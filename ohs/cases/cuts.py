"""What one reader sees of a case: the sharing table applied to its tracks, timeline and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ohs.cases.actors import By
from ohs.cases.document_kinds import ISSUED, LETTERS, VOIDED
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.facts import FILE_JOINED, FILE_PARTED
from ohs.cases.kinds.proofs import EVIDENCE_EVENTS, PROOFS
from ohs.cases.kinds.suit import SUIT
from ohs.cases.kinds.vocabulary import DUTY, MAIN, Fact
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock, CaseStep
from ohs.cases.to_do import ToDo, to_do_without_limit
from ohs.cases.transfer_rules import TRANSFER
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed

#: Acts on the main track that conclude, or that only make sense once it has concluded.
CONCLUDING = frozenset(
    {
        "conclude-yes",
        "conclude-no",
        "appraisal-final-yes",
        "appraisal-final-no",
        "tracks-final",
        "tracks-final-negative",
        "lives-again-yes",
        "lives-again-no",
    }
)
#: Statuses that tell how the diagnosis has ended.
CONCLUDED = frozenset({"diagnosed_yes", "diagnosed_no", "closed_neg", "closed"})
#: The line that tells where a case has gone.
MOVED = "moved-on"
#: Of work injury, whoever only needs outcome and day is told these.
OUTCOMES = frozenset({"decide-yes", "decide-no", "resolved-yes", "resolved-no", "conclude", "conclude-final", "benefits-paid"})
#: Lines that tell what an insured roster says, and to whom a roster is closed (domain 1.4).
OF_ROSTER, WITHOUT_ROSTER = frozenset({"employment-ended", "dismissed-instead"}), frozenset({"SAFE", "CLIN", "TEST", "TOWN"})
#: Lines about a visit on the spot, and who reads them: until the town was there, nobody but health knows that it comes (domain 1.4).
OF_VISITS = {
    "visit-asked": frozenset({"HLTH"}), "visit-withdrawn": frozenset({"HLTH"}), "visit-answered": frozenset({"HLTH", "EMP"}),
}  # fmt: skip
#: Lines that name another case of the worker, perhaps at another employer.
OF_OTHER_CASES = {FILE_JOINED: frozenset({"HLTH", "HRSS"}), FILE_PARTED: frozenset({"HLTH", "HRSS"})}
#: Who reads lines that not everybody on the way does.
READERS = OF_VISITS | OF_OTHER_CASES
#: Tracks that tell how the diagnosis has ended.
OF_DIAGNOSIS = frozenset({APPRAISAL, SUIT})
DIAGNOSED = Message("With the diagnosis institution")


def part_of_duty(kind: str, event: str) -> str:
    """The track on whose part of the timeline a duty is told: of the status that opens it, for what is to be reported tells what was found."""
    duty = next((one for one in KINDS[kind].duties if one.event == event), None)
    return MAIN if duty is None else _part(kind, *duty.opened_by)


def part_of(kind: str, track: str, status: str, slug: str, duty: str | None) -> str:
    """The same of a clock: of what has started it, a duty where one is named."""
    return part_of_duty(kind, duty) if duty is not None else _part(kind, *KINDS[kind].starts_at.get(slug, (track, status)))


def part_of_clock(case: Case, clock: CaseClock) -> str:
    """The same of a clock of a record."""
    duty = next((one.event for one in case.duties if one.id == clock.duty_id), None)
    return part_of(case.kind, clock.track, clock.status, clock.slug, duty)


def part_of_to_do(case: Case, one: ToDo) -> str:
    """The same of something without a limit."""
    is_duty = any(duty.event == one.what for duty in KINDS[case.kind].duties)
    return part_of_duty(case.kind, one.what) if is_duty else _part(case.kind, one.track, one.what)


def _part(kind: str, track: str, status: str) -> str:
    """How the diagnosis has ended is told with the appraisal, by whatever it is told."""
    return APPRAISAL if (kind, track) == ("susp", MAIN) and status in CONCLUDED else track


@dataclass(frozen=True)
class Cut:
    """What of a case one reader sees."""

    has_way: bool
    has_diagnosis: bool
    has_work_injury: bool
    is_medical: bool
    #: Everything about work injury, not only outcome and day.
    is_full_on_injury: bool
    #: Kind of actor that the reader is; a worker who reads the own file, where nothing else is said.
    actor: str = "WKR"

    def steps(self, case: Case) -> list[CaseStep]:
        """The lines of the timeline, the latest first."""
        came = self.came(case)
        first = came.position if came is not None else 0
        if first and case.steps[first - 2].event in KINDS[case.kind].reopened_by:
            first -= 1  # what has brought it here
        known = [step for step in reversed(case.steps) if step.position >= first or not step.before]
        return [step for step in known if self.shows(step.track, step.event, case.kind) and self._may_tell(step)]

    def came(self, case: Case) -> CaseStep | None:
        """The line with which the case came to this employer from another, whose part it is not told; none for everybody else."""
        if self.actor != "EMP":
            return None
        return next(
            (step for step in reversed(case.steps) if step.event == MOVED and step.facts.get("from", "") != step.facts.get("to")), None
        )

    def sees(self, evidence: str) -> bool:
        """Whether evidence of a kind is open to this reader; of a kind that nobody has placed, to none."""
        proof = PROOFS.get(evidence)
        return proof is not None and self.actor in proof.readers and self.shows_track(proof.track)

    def tells(self, fact: Fact) -> bool:
        """Whether this reader is told a fact of a line that is shown."""
        if fact.is_unrelated:
            return self.is_medical and self.actor in ("DIAG", "WKR")
        return self.is_medical or not fact.is_medical or (fact.is_of_injury and self.is_full_on_injury)

    def _may_tell(self, step: CaseStep) -> bool:
        """Whether a line about evidence or a letter is about one that this reader may see."""
        if step.event in (ISSUED, VOIDED):
            letter = LETTERS.get(str(step.facts.get("document")))
            return letter is not None and letter.concerns(self.actor)
        return step.event not in EVIDENCE_EVENTS or self.sees(str(step.facts.get("evidence")))

    def shows(self, track: str, event: str, kind: str) -> bool:
        """Whether a line is shown."""
        if event in OF_ROSTER and self.actor in WITHOUT_ROSTER:
            return False
        if event in READERS and self.actor not in READERS[event]:
            return False
        if track == DUTY:
            return self.shows_duty(kind, event)
        if track == WORK_INJURY:
            return self.has_work_injury
        if track in OF_DIAGNOSIS or (kind == "susp" and track == MAIN and event in CONCLUDING):
            return self.has_diagnosis
        return self.has_way

    def is_whole(self, kind: str) -> bool:
        """Whether every part of a case of a kind is shown."""
        return all(self.shows_track(track) for track in KINDS[kind].tracks)

    def clocks(self, case: Case) -> list[CaseClock]:
        """The clocks of what is shown."""
        return [clock for clock in case.clocks if self.shows_track(part_of_clock(case, clock))]

    def without_limit(self, case: Case) -> list[ToDo]:
        """What is to be done without a limit, of what is shown."""
        return [one for one in to_do_without_limit(case) if self.shows_track(part_of_to_do(case, one))]

    def shows_duty(self, kind: str, event: str) -> bool:
        """Whether a duty beside the status is shown."""
        return self.shows_track(part_of_duty(kind, event))

    def shows_track(self, track: str) -> bool:
        """Whether a track is shown. That somebody must answer a hand-over tells nothing about anybody."""
        if track == TRANSFER:
            return True
        if track == WORK_INJURY:
            return self.has_work_injury
        return self.has_diagnosis if track in OF_DIAGNOSIS else self.has_way

    def status(self, case: Case) -> Message:
        """The status in this reader's words."""
        kind = KINDS[case.kind]
        if self.has_way and (self.has_diagnosis or case.kind != "susp" or case.status not in CONCLUDED):
            return kind.statuses[case.status]
        if self.has_diagnosis and self.has_work_injury:
            return kind.statuses[case.status_on(WORK_INJURY)]
        return DIAGNOSED

    def status_on(self, case: Case, track: str) -> Message:
        """The status of one track, of the case as a whole where that track is not shown or has not begun."""
        status = case.status_on(track)
        if track == MAIN or not status or not self.shows_track(track):
            return self.status(case)
        return KINDS[case.kind].statuses[status]

    def tracks(self, case: Case) -> list[tuple[str, str]]:
        """Tracks with their statuses, the main one first."""
        found = [(MAIN, case.status)] if self.has_way and (self.has_diagnosis or case.status not in CONCLUDED) else []
        return found + [(one.track, one.status) for one in case.tracks if self.shows_track(one.track)]


def cut_for(user: Any, case: Case) -> Cut:
    """What this person sees of this case."""
    return Cut(
        allowed(user, Permission.CASE_READ_WAY, case),
        allowed(user, Permission.CASE_READ_DIAGNOSIS, case),
        allowed(user, Permission.CASE_READ_WORK_INJURY, case),
        allowed(user, Permission.CASE_READ_MEDICAL, case),
        allowed(user, Permission.CASE_READ_WORK_INJURY_FULL, case),
        By(user).code,
    )
