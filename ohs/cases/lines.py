"""Closing the lines of a case about many workers: by an examination, or by the proof that none is due; the case then closes itself.

An employer hands in proof and the health department decides on it; a clinic names the examination. With the last line the case closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.clocks import start_clock
from ohs.cases.evidence import add_evidence
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.overdue import DECIDE_PROOFS, NEEDS_OFF_HAZARD, PROVABLE, refusal_of
from ohs.cases.kinds.vocabulary import DUTY, MAIN
from ohs.cases.line_records import close_line, is_claimed, reopen_line, settle_claims
from ohs.cases.machine import follow, in_place
from ohs.cases.models import Case, CaseDuty, CaseEvidence, CaseLine, CaseStep
from ohs.cases.moving import situation_of, write_beside
from ohs.cases.waiting import settle
from ohs.kernel.attached import Attached
from ohs.kernel.audit import audit
from ohs.kernel.errors import DomainError
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message

#: What may be done with lines, and the actors who may.
DEEDS = {
    "examined": frozenset({"CLIN", "HLTH"}),
    "off-hazard": frozenset({"EMP", "CLIN", "HLTH"}),
    "prove": frozenset({"EMP", "HLTH"}),
    "accept": frozenset({"HLTH"}),
    "not-accept": frozenset({"HLTH"}),
}
#: So many are named by a refusal.
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Examined:
    """The examination of the worker of one line."""

    line: CaseLine
    record: str
    examined_on: date
    #: Its key in the table of the area that keeps examinations.
    record_id: int | None = None


def deeds_for(case: Case, by: By) -> list[str]:
    """What this person may do with the lines of a case."""
    return [name for name in DEEDS if _stands_for(case, name, by)]


def is_waiting_for_proof(line: CaseLine) -> bool:
    """Whether an examination is on record, and only the proof is missing that the worker was off the hazard until then."""
    return bool(line.record) and not line.outcome


def close_examined(
    session: Session, case: Case, found: Sequence[Examined], *, by: By, on: date, off_hazard: Attached | None = None
) -> int:  # fmt: skip
    """Close lines by their examinations; how many closed. Where proof is missing that somebody was off the hazard, the record is kept and waits for it."""
    _refuse(case, "examined", by)
    _refuse_closed(one.line for one in found)
    return record_examined(session, case, found, by=by, on=on, off_hazard=off_hazard)


def record_examined(
    session: Session, case: Case, found: Sequence[Examined], *, by: By, on: date, off_hazard: Attached | None = None
) -> int:  # fmt: skip
    """The same for records that a clinic has handed in, whichever clinic: an upload asks nobody."""
    for one in found:
        if one.examined_on > on:
            raise DomainError(Message("An examination cannot lie in the future."), status=400)
    proof = _filed(session, case, "off-hazard", off_hazard, by, on) if off_hazard is not None else None
    for one in found:
        line = one.line
        line.record, line.examined_on, line.record_id = one.record, one.examined_on, one.record_id
        if proof is not None:
            _prove(line, proof)
    closed = _close_proven(case, [one.line for one in found], on)
    facts = {"lines": len(found), "record": found[0].record if len(found) == 1 else ""}
    _done(session, case, "lines-examined", facts, by, on, {"EMP", "HLTH"}, [one.line for one in found])
    return closed


def hand_in_off_hazard(session: Session, case: Case, lines: Sequence[CaseLine], file: Attached, *, by: By, on: date) -> int:
    """Prove that workers were off the hazard until they were examined; how many lines closed with it."""
    _refuse(case, "off-hazard", by)
    _refuse_closed(lines)
    proof = _filed(session, case, "off-hazard", file, by, on)
    for line in lines:
        _prove(line, proof)
    closed = _close_proven(case, lines, on)
    _done(session, case, "lines-off-hazard", {"lines": len(lines)}, by, on, {"HLTH", "EMP"}, lines)
    return closed


def prove(session: Session, case: Case, lines: Sequence[CaseLine], why: str, file: Attached, *, by: By, on: date, reason: str = "") -> int:
    """Prove that no examination is due: an employer's proof waits for the health department, whose own closes; how many closed."""
    _refuse(case, "prove", by)
    _refuse_closed(lines)
    if (refusal := refusal_of(situation_of(case, on), why)) is not None:
        raise DomainError(refusal)
    proof = _filed(session, case, "refusal" if why == "refused" else "proof", file, by, on)
    decides = _stands_for(case, "accept", by)
    for line in lines:
        line.proof, line.claim, line.claimed_on = proof, why, on
        if decides:
            close_line(line, why, on)
    facts = {"lines": len(lines), "line_outcome": why, "reason": reason.strip()}
    if decides:
        _done(session, case, "lines-proven", facts, by, on, {"EMP"}, lines)
        return len(lines)
    step = _written(session, case, "lines-claimed", facts, by, on, {"HLTH"})
    _ask_for_decision(session, case, step, on)
    _settled(session, case, step, by, on, lines)
    return 0


def accept(session: Session, case: Case, lines: Sequence[CaseLine], *, by: By, on: date) -> int:
    """Accept the proof that was handed in; how many closed."""
    _refuse(case, "accept", by)
    _refuse_unclaimed(lines)
    for line in lines:
        close_line(line, line.claim, on)
    _done(session, case, "lines-proven", {"lines": len(lines)}, by, on, {"EMP"}, lines)
    return len(lines)


def not_accept(session: Session, case: Case, lines: Sequence[CaseLine], reason: str, *, by: By, on: date) -> None:
    """Leave lines open although proof was handed in, with the reason."""
    _refuse(case, "not-accept", by)
    _refuse_unclaimed(lines)
    if not reason.strip():
        raise DomainError(Message("Give the reason."), status=400)
    for line in lines:
        line.claim, line.claimed_on, line.proof = "", None, None
    _done(session, case, "lines-not-proven", {"lines": len(lines), "reason": reason.strip()}, by, on, {"EMP"}, lines)


def reopen(session: Session, case: Case, lines: Sequence[CaseLine], record: str, *, by: By, on: date) -> None:
    """Open lines again whose examination was corrected and does not count any more; a case that has closed stays closed, and health is told."""
    if case.closed_on is None:
        for line in lines:
            reopen_line(line)
    facts = {"lines": len(lines), "record": record}
    _done(session, case, "lines-reopened" if case.closed_on is None else "record-corrected", facts, by, on, {"HLTH", "EMP"}, lines)


def choices_of(case: Case) -> tuple[str, ...]:
    """What can be proven in a case of its subtype."""
    return PROVABLE.get(case.subtype, ())


def _stands_for(case: Case, deed: str, by: By) -> bool:
    if case.closed_on is not None or not case.lines or (deed == "off-hazard" and case.subtype != NEEDS_OFF_HAZARD):
        return False
    return bool(in_place(case, MAIN, by).stands_for(DEEDS[deed]))


def _refuse(case: Case, deed: str, by: By) -> None:
    if case.closed_on is not None:
        raise DomainError(Message("Case %(number)s is closed; nothing more is done on it.", number=case.number))
    if not _stands_for(case, deed, by):
        raise DomainError(Message("This is not for you to do with the workers of this case."))


def _refuse_closed(lines: Iterable[CaseLine]) -> None:
    closed = [line for line in lines if line.outcome]
    if closed:
        raise DomainError(Message("Closed already: %(names)s. Look at the list again.", names=_named(closed)))


def _refuse_unclaimed(lines: Sequence[CaseLine]) -> None:
    others = [line for line in lines if not is_claimed(line)]
    if others:
        raise DomainError(Message("No proof waits for a decision: %(names)s. Look at the list again.", names=_named(others)))


def _named(lines: Sequence[CaseLine]) -> list[str]:
    names = [mask_name(line.worker.standing.name) for line in lines[:NAMED_AT_MOST]]
    return [*names, "…"] if len(lines) > NAMED_AT_MOST else names


def _filed(session: Session, case: Case, kind: str, file: Attached, by: By, on: date) -> CaseEvidence:
    """The file on the case; the same one may prove several lines, one after another."""
    held = next((one for one in case.evidence if (one.kind, one.sha256) == (kind, file.sha256)), None)
    if held is not None:
        return held
    assert by.user is not None
    return add_evidence(session, case, kind, file, actor=by.user, on=on)


def _prove(line: CaseLine, proof: CaseEvidence) -> None:
    line.proof, line.proof_id, line.claim, line.claimed_on = proof, proof.id, "", None


def _close_proven(case: Case, lines: Iterable[CaseLine], on: date) -> int:
    """Close those whose examination is on record and that lack nothing else."""
    closed = 0
    for line in lines:
        if line.record and not line.outcome and not _lacks_proof(case, line):
            close_line(line, "examined", on)
            closed += 1
    return closed


def _lacks_proof(case: Case, line: CaseLine) -> bool:
    """Whoever was examined before the first day was never at the hazard without it."""
    if case.subtype != NEEDS_OFF_HAZARD or (line.due_on and line.examined_on and line.examined_on < line.due_on):
        return False
    return line.proof_id is None or bool(line.claim)


def _ask_for_decision(session: Session, case: Case, step: CaseStep, on: date) -> None:
    if any((one.event, one.state) == (DECIDE_PROOFS, "due") for one in case.duties):
        return
    asked = next(one.step for one in KINDS[case.kind].duties if one.event == DECIDE_PROOFS)
    duty = CaseDuty(event=DECIDE_PROOFS, opened_by=step.position, opened_on=on, state="due")
    case.duties.append(duty)
    actors = "; ".join(sorted(asked.actors))
    start_clock(session, case, track=DUTY, status="", slug=asked.deadline, actors=actors, on=on, duty=duty)


def _done(
    session: Session, case: Case, event: str, facts: dict[str, Any], by: By, on: date, tells: set[str], lines: Sequence[CaseLine]
) -> None:  # fmt: skip
    _settled(session, case, _written(session, case, event, facts, by, on, tells), by, on, lines)


def _written(session: Session, case: Case, event: str, facts: dict[str, Any], by: By, on: date, tells: set[str]) -> CaseStep:
    left = sum(not line.outcome for line in case.lines)
    return write_beside(case, event, facts | {"lines_left": left}, by=by, on=on, tells=frozenset(tells - {by.code}))


def _settled(session: Session, case: Case, step: CaseStep, by: By, on: date, lines: Sequence[CaseLine]) -> None:
    """What follows: the duty to decide, the closing of the case, the inboxes, and the trail."""
    settle_claims(case, on)
    if case.closed_on is None:
        follow(session, case, on)
    settle(session, case)
    after = {"event": step.event, "lines": [line.id for line in lines], "status": case.status}
    session.add(audit("case:lines", case, by.user, after=after))
