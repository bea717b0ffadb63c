"""What the conclusions of some examinations bring to cases: which are opened, which go on, which were rested on what is corrected.

The plan is made from the rows alone and asks the database only which cases stand; a preview counts it, a commit carries it out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.episodes import Resting, Standing, cases_resting_on, codes_of, moved_since, re_examinations_asked, standing_cases
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.models import Case, CaseSource
from ohs.registry.models import Employer
from ohs.registry.recognition import canonical_ids
from ohs.registry.scopes import scopes_of
from ohs.rulebook.hazards import category_of
from ohs.surveillance.rules import is_exposure

#: Kind of case of each obliging letter.
KIND_OF = {"S": "susp", "C": "contra", "R": "recheck"}
LETTER_OF = {kind: letter for letter, kind in KIND_OF.items()}


@dataclass(frozen=True)
class Concluded:
    """One examination, as far as cases are concerned with it."""

    row: int
    #: Empty while it is not committed yet.
    id: int
    card_no: str
    #: Whoever has no file yet is given a number below zero that serves for one plan.
    worker_id: int
    letters: str
    examined: str
    exposed: str
    phase: str
    examined_on: date
    reported_on: date
    is_recheck: bool
    previous_card_no: str | None
    #: The employer that carries the duties; 0 while nobody has registered it.
    employer_id: int = 0
    revision: int = 1
    #: What a corrected one said before: letters, and who it was about.
    letters_before: str = ""
    worker_before: int | None = None

    @property
    def hazards(self) -> frozenset[str]:
        return codes_of(self.examined)

    @property
    def is_correction(self) -> bool:
        return self.worker_before is not None


@dataclass
class Fresh:
    """A case to be opened from an examination, and what happens to it in the same commit."""

    kind: str
    by: Concluded
    #: Event, and the examination that brings it.
    then: list[tuple[str, Concluded]] = field(default_factory=list)
    is_open: bool = True


@dataclass(frozen=True)
class Step:
    """Something that happens to a case that stands already: an event, or a line beside its status."""

    event: str
    by: Concluded
    #: The record does not say any more what the case rested on.
    withdraws: bool = False
    #: The only record that the case rests on: the case goes where the record is now.
    leads: bool = False
    #: It says the same of the same worker; whether anything else is different only the case can tell.
    is_same: bool = False
    #: The card that a re-examination follows, where its record names none of the case's; another clinic than the one that asked made it.
    follows: str = ""


@dataclass
class Plan:
    """Everything that some examinations bring."""

    fresh: list[Fresh] = field(default_factory=list)
    #: By the number of the record of a standing case, in the order in which they happen.
    steps: dict[int, list[Step]] = field(default_factory=lambda: defaultdict(list))

    def figures(self) -> dict[str, int]:
        """For the preview."""
        events = Counter(step.event for steps in self.steps.values() for step in steps if not step.is_same)
        events.update(event for fresh in self.fresh for event, _by in fresh.then)
        return {
            "cases_opened": len(self.fresh),
            "cases_joined": events["found-again"] + events["next-suspected-found"],
            "cases_answered": events["record-uploaded"],
            "cases_reopened": events["exposed-again"],
            "cases_reviewed": events["finding-corrected"] + events["record-corrected"],
        }


def plan_of(session: Session, examinations: Iterable[Concluded], clinic_id: int) -> Plan:
    """What some examinations of a clinic bring."""
    rows = sorted(examinations, key=lambda one: (one.examined_on, one.row))
    return _Planning(session, rows, clinic_id).plan


class _Planning:
    def __init__(self, session: Session, rows: list[Concluded], clinic_id: int) -> None:
        self.plan = Plan()
        known = [row.worker_id for row in rows if row.worker_id > 0]
        self.standing = standing_cases(session, known) if known else {}
        moved = [case for (_worker, kind), cases in self.standing.items() if kind == "contra" for case in cases if not case.is_open]
        self.moved_since = moved_since(session, (case.id for case in moved))
        self.fresh: dict[tuple[int, str], list[Fresh]] = defaultdict(list)
        #: Cases of re-examinations that wait, by the card that a record may name as the one that it follows.
        self.waiting: dict[str, Standing | Fresh] = {}
        previous = {row.previous_card_no for row in rows if row.is_recheck and row.previous_card_no}
        own = (Case.kind == "recheck", Case.clinic_id == clinic_id, Case.closed_on.is_(None), CaseSource.what == "examination")
        for resting in cases_resting_on(session, CaseSource.number, sorted(previous), *own):
            self.waiting[resting.number] = self._same(resting)
        open_now = [case for (_worker, kind), cases in self.standing.items() if kind == "recheck" for case in cases if case.is_open]
        self.clinic_id, self.asked = clinic_id, re_examinations_asked(session, (case.id for case in open_now))
        self.employers = canonical_ids(session, Employer, {case.employer_id for case in open_now if case.employer_id is not None})
        self.on_file = scopes_of(session, clinic_id) if self.asked else None
        self._wait_by_hand(open_now, previous)
        #: Record and kind for which a case stands that needs no other.
        self.covered: set[tuple[int, str]] = set()
        #: Record and kind of which a case does not rest on it any more.
        self.withdrawn: set[tuple[int, str]] = set()
        self._review(session, {row.id: row for row in rows if row.is_correction})
        for row in rows:
            self._follow(row)

    def _wait_by_hand(self, open_now: Iterable[Standing], previous: set[str]) -> None:
        """Re-examinations that were opened by hand rest on no record: they name the card."""
        for case in open_now:
            card = self.asked[case.id].card_no
            if card in previous and case.clinic_id == self.clinic_id:
                self.waiting.setdefault(card, case)

    def _same(self, resting: Resting) -> Standing:
        """The one object that stands for a case in this plan."""
        mine = self.standing.get((resting.worker_id or 0, resting.standing.kind), ())
        return next((one for one in mine if one.id == resting.standing.id), resting.standing)

    def _review(self, session: Session, corrected: Mapping[int, Concluded]) -> None:
        """What rested on an earlier version: it still says so, or it does not any more."""
        withdrawn: Counter[int] = Counter()
        for resting in cases_resting_on(session, CaseSource.record_id, sorted(corrected), CaseSource.what == "examination"):
            row, case = corrected[resting.record_id], self._same(resting)
            is_other = set(row.letters) != set(row.letters_before) or row.worker_id != row.worker_before
            if resting.role == "answer":
                if is_other and case.is_open and _can(case, "record-uploaded") and self._waiting_for(row) is case:
                    continue  # it answers once more
                self.covered.add((row.id, "answer"))
                if is_other:
                    self._step(case, "record-corrected", row)
            elif row.worker_id == row.worker_before and LETTER_OF[case.kind] in row.letters and case.hazards & row.hazards:
                self.covered.add((row.id, case.kind))
                if is_other or not resting.others:
                    self._step(case, "record-corrected", row, leads=not resting.others, is_same=not is_other)
            else:
                self.withdrawn.add((row.id, case.kind))
                withdrawn[case.id] += 1
                is_last = resting.others < withdrawn[case.id]
                self._step(case, "finding-corrected" if is_last else "record-corrected", row, withdraws=True)
                if is_last and _can(case, "finding-corrected"):
                    case.is_open, case.status = False, "closed_withdrawn"

    def _follow(self, row: Concluded) -> None:
        letters = self._answer(row)
        if is_exposure(row.phase, row.letters) and not row.is_recheck:
            self._expose(row)
        for letter in letters:
            kind = KIND_OF.get(letter)
            if kind is not None and (row.id, kind) not in self.covered and not self._stood_before(row, kind, letter):
                self._want(kind, row)

    def _answer(self, row: Concluded) -> str:
        """A re-examination answers the case that waits for it; returns the letters from which other cases may open."""
        case = self._waiting_for(row)
        if case is None or not case.is_open or (row.id, "answer") in self.covered:
            return row.letters
        if isinstance(case, Standing) and not _can(case, "record-uploaded"):
            return row.letters
        conclusion = conclusion_event(row.letters)
        is_named = self.waiting.get(row.previous_card_no or "") is case
        self._step(case, "record-uploaded", row, follows=self.asked[case.id].card_no if isinstance(case, Standing) and not is_named else "")
        if conclusion == "conclusion-r":  # the others follow by themselves
            self._step(case, conclusion, row)
        case.is_open = conclusion in ("", "conclusion-r")
        if isinstance(case, Standing):
            case.status = {"conclusion-r": "due", "": "done"}.get(conclusion, "closed")
        self.waiting[row.card_no] = case
        return row.letters.replace("R", "") if conclusion == "conclusion-r" else row.letters

    def _waiting_for(self, row: Concluded) -> Standing | Fresh | None:
        """The case that a record answers: by the card that it names, else of the same worker, hazards and employer.

        A clinic names its own cards only. What another clinic asked for is answered by a re-examination of a common hazard, and by an
        examination in service of all its hazards, since the clinic cannot say otherwise that it follows a card that is not its own.
        """
        named = self.waiting.get(row.previous_card_no or "") if row.is_recheck else None
        if named is not None:
            return named
        mine = self.standing.get((row.worker_id, "recheck"), ())
        return next((case for case in mine if case.is_open and self._is_asked_by(case, row)), None)

    def _is_asked_by(self, case: Standing, row: Concluded) -> bool:
        asked, is_own = self.asked.get(case.id), case.clinic_id == self.clinic_id
        if asked is None or row.examined_on < asked.since or not _can(case, "record-uploaded"):
            return False
        if self.employers.get(case.employer_id or 0, case.employer_id) != row.employer_id:
            return False
        is_whole = row.phase == "in-service" and not is_own and case.hazards <= row.hazards
        return bool(case.hazards & row.hazards) and (row.is_recheck or is_whole) and (is_own or self._is_on_file(case, row))

    def _is_on_file(self, case: Standing, row: Concluded) -> bool:
        """Whether this clinic may examine for the hazards of a case: the same clinic, or one with the same category on file."""
        assert self.on_file is not None
        return {category_of(code) for code in case.hazards} <= self.on_file(row.examined_on)

    def _expose(self, row: Concluded) -> None:
        """Check C09: somebody with a contraindication is exposed to the hazard again."""
        exposed = codes_of(row.exposed)
        for case in self.standing.get((row.worker_id, "contra"), ()):
            since = self.moved_since.get(case.id, case.closed_on)
            if case.status == "closed" and since is not None and row.examined_on > since and case.hazards & exposed:
                self._step(case, "exposed-again", row)
                case.status, case.is_open = "reopened", True

    def _want(self, kind: str, row: Concluded) -> None:
        fresh = next((one for one in self.fresh[row.worker_id, kind] if one.is_open and one.by.hazards & row.hazards), None)
        if fresh is not None:
            fresh.then.append(("found-again", row))
            self._wait(kind, row, fresh)
            return
        for case in self.standing.get((row.worker_id, kind), ()):
            if not case.hazards & row.hazards:
                continue
            if case.is_open:
                self._step(case, "found-again", row)
            elif (case.kind, case.status) == ("susp", "declined"):
                self._step(case, "next-suspected-found", row)
                case.status, case.is_open = "detected", True
            else:
                continue
            self._wait(kind, row, case)
            return
        opened = Fresh(kind, row)
        self.plan.fresh.append(opened)
        self.fresh[row.worker_id, kind].append(opened)
        self._wait(kind, row, opened)

    def _wait(self, kind: str, row: Concluded, case: Standing | Fresh) -> None:
        if kind == "recheck":
            self.waiting[row.card_no] = case

    def _stood_before(self, row: Concluded, kind: str, letter: str) -> bool:
        """A correction that says once more what was said of the same worker opens nothing: it was no news, unless it names other hazards."""
        is_again = row.is_correction and row.worker_id == row.worker_before and letter in row.letters_before
        return is_again and (row.id, kind) not in self.withdrawn

    def _step(self, case: Standing | Fresh, event: str, row: Concluded, **how: Any) -> None:
        if isinstance(case, Fresh):
            case.then.append((event, row))
        else:
            self.plan.steps[case.id].append(Step(event, row, **how))


def conclusion_event(letters: str) -> str:
    """What the result of a re-examination brings to its case; nothing while there is no individual conclusion."""
    if set(letters) & set("SC"):
        return "conclusion-s-or-c"
    if "R" in letters:
        return "conclusion-r"
    return "" if "P" in letters or not letters else "conclusion-n-or-o"


def _can(case: Standing, event: str) -> bool:
    return any(step.event == event for step in KINDS[case.kind].steps_from(MAIN, case.status))
