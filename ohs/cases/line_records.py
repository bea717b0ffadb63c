"""The lines of a case about many workers as records: which are open, which are claimed, and how one is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from ohs.cases.clocks import end_clock, open_clocks
from ohs.cases.kinds.overdue import DECIDE_PROOFS
from ohs.cases.models import Case, CaseEvidence, CaseLine
from ohs.kernel.masks import mask_name
from ohs.registry.models import Worker

#: So many of those who are still open are named by a refusal.
NAMED_AT_MOST = 5


def is_claimed(line: CaseLine) -> bool:
    """Whether proof waits for a decision."""
    return bool(line.claim) and not line.outcome


def names_of_open(case: Case) -> list[str]:
    """The first of the workers who are still open, masked."""
    session = object_session(case)
    if session is None:
        return []
    question = (
        select(Worker.name).join(CaseLine, CaseLine.worker_id == Worker.id).where(CaseLine.case_id == case.id, CaseLine.outcome == "")
    )
    names = [mask_name(name) for name in session.scalars(question.order_by(CaseLine.id).limit(NAMED_AT_MOST + 1))]
    return [*names[:NAMED_AT_MOST], "…"] if len(names) > NAMED_AT_MOST else names


def close_line(line: CaseLine, outcome: str, on: date) -> None:
    """Close one line; what was claimed of it is settled with it."""
    line.outcome, line.closed_on = outcome, on
    line.claim, line.claimed_on = "", None


def reopen_line(line: CaseLine) -> None:
    """Open one again, whose record does not say any more what it was closed by."""
    line.outcome, line.closed_on = "", None
    line.record, line.record_id, line.examined_on = "", None, None


def close_rest(case: Case, outcome: str, on: date) -> None:
    """Close every line that is still open, by the proof that the case itself was contested with."""
    proof = latest(case.evidence, "proof")
    for line in case.lines:
        if not line.outcome:
            close_line(line, outcome, on)
            line.proof = proof
    settle_claims(case, on)


def latest(evidence: Iterable[CaseEvidence], kind: str) -> CaseEvidence | None:
    """The latest file of a kind."""
    return next((one for one in reversed(list(evidence)) if one.kind == kind), None)


def settle_claims(case: Case, on: date) -> None:
    """End the duty to decide as soon as no proof waits any more."""
    if any(is_claimed(line) for line in case.lines):
        return
    for duty in case.duties:
        if duty.event == DECIDE_PROOFS and duty.state == "due":
            duty.state, duty.done_on = "done", max(on, duty.opened_on)
            for clock in open_clocks(case):
                if clock.duty is duty:
                    end_clock(clock, on)
