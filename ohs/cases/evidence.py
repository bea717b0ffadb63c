"""Evidence of cases: what is on file, what an act still lacks, who may see it, and the deeds of adding and taking back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.cuts import cut_for
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import ADDED, EVIDENCE, FREE_EVIDENCE, FREE_OF_PERSON, PROOFS, TAKEN_BACK
from ohs.cases.kinds.vocabulary import DUTY, Act
from ohs.cases.labels import event_name
from ohs.cases.models import Case, CaseDuty, CaseEvidence, CaseStep
from ohs.cases.moving import write_step
from ohs.kernel.attached import Attached
from ohs.kernel.audit import audit
from ohs.kernel.crypto import keyring
from ohs.kernel.errors import DomainError
from ohs.kernel.lifecycle import Step
from ohs.kernel.message import Message

PURPOSE = "case_evidence.content"
#: So many files go with one case.
MOST_FILES = 100
#: And so many more for each worker of a case about many.
MOST_FILES_OF_LINE = 2


def may_see(user: Any, case: Case, kind: str) -> bool:
    """Whether this person may read evidence of a kind in this case."""
    return cut_for(user, case).sees(kind)


def seen_by(user: Any, case: Case) -> list[CaseEvidence]:
    """What is on file, as far as this person may know of it."""
    cut = cut_for(user, case)
    came = cut.came(case)
    return [one for one in case.evidence if cut.sees(one.kind) and (came is None or one.added_at >= came.at)]


def missing_kinds(case: Case, act: Act) -> list[str]:
    """What an act asks for and is not on file; what it answers, no older file answers."""
    answered = {f"{track}.{event}" for track, acts in KINDS[case.kind].acts.items() if acts.get(act.event) is act for event in act.answers}
    held = held_kinds(case, next((step.at for step in reversed(case.steps) if f"{step.track}.{step.event}" in answered), None))
    return [kind for kind in act.asks(case.subtype) if kind not in held]


def missing_for_duty(case: Case, duty: CaseDuty) -> list[str]:
    """What a duty asks for and has not come on file since it was opened."""
    held = held_kinds(case, case.steps[duty.opened_by - 1].at)
    return [kind for kind in KINDS[case.kind].duty_evidence.get(duty.event, ()) if kind not in held]


def held_kinds(case: Case, since: datetime | None = None) -> set[str]:
    """Kinds of evidence on file since a moment; of a case that was reopened only what was added since: the rest has proved what was before."""
    again = next((step.at for step in reversed(case.steps) if step.event in KINDS[case.kind].reopened_by), None)
    after = max((moment for moment in (again, since) if moment is not None), default=None)
    return {one.kind for one in case.evidence if after is None or one.added_at >= after}


def kinds_for(user: Any, case: Case) -> list[str]:
    """What this person may add by hand: what the acts of such a case ask for and they may see, and other documents."""
    asked = {kind for acts in KINDS[case.kind].acts.values() for act in acts.values() for kind in act.asks(case.subtype)}
    asked |= {kind for duty in case.duties if duty.state == "due" for kind in KINDS[case.kind].duty_evidence.get(duty.event, ())}
    asked |= {FREE_EVIDENCE} | (FREE_OF_PERSON if case.worker_id is not None else set())
    cut = cut_for(user, case)
    return [kind for kind in EVIDENCE if kind in asked and cut.sees(kind)]


def add_evidence(session: Session, case: Case, kind: str, file: Attached, *, actor: User, on: date) -> CaseEvidence:
    """Put a file on the case: sealed, with its digest, and as a line of the timeline. Of a closed case only what a duty beside it asks for."""
    if kind not in _asked_beside(case):
        _refuse_closed(case)
    if kind not in EVIDENCE:
        raise DomainError(Message("No such evidence is known."), status=400)
    if any((one.kind, one.sha256) == (kind, file.sha256) for one in case.evidence):
        raise DomainError(Message("This file is on the case already as “%(kind)s”.", kind=EVIDENCE[kind]))
    most = MOST_FILES + MOST_FILES_OF_LINE * len(case.lines)
    if len(case.evidence) >= most:
        raise DomainError(Message("At most %(count)s files go with one case.", count=most))
    made = CaseEvidence(
        kind=kind, filename=file.name, content_type=file.content_type, size=len(file.content), sha256=file.sha256,
        content=keyring().seal(PURPOSE, file.content), added_by_id=actor.id,
    )  # fmt: skip
    case.evidence.append(made)
    _tell(case, ADDED, made, actor, on)
    session.flush()
    session.add(audit("case:evidence-added", case, actor, after={"evidence": kind, "file": file.sha256}))
    return made


def add_all(session: Session, case: Case, files: Iterable[tuple[str, Attached]], *, actor: User, on: date) -> None:
    """Put several on file, with the act that asks for them."""
    for kind, file in files:
        add_evidence(session, case, kind, file, actor=actor, on=on)


def take_back(session: Session, case: Case, evidence: CaseEvidence, *, actor: User, on: date) -> None:
    """Take back what one has added oneself, as long as no act rests on it."""
    _refuse_closed(case)
    if evidence.added_by_id != actor.id:
        raise DomainError(Message("Only whoever added a file can take it back: %(name)s.", name=evidence.added_by.name))
    if any(line.proof_id == evidence.id for line in case.lines):
        raise DomainError(Message("The line of a worker rests on this file; it stays."))
    resting = _resting_on(case, evidence)
    if resting is not None:
        raise DomainError(Message("“%(act)s” rests on this file; it stays.", act=resting))
    _tell(case, TAKEN_BACK, evidence, actor, on)
    session.add(audit("case:evidence-taken-back", case, actor, before={"evidence": evidence.kind, "file": evidence.sha256}))
    case.evidence.remove(evidence)
    session.flush()


def may_take_back(user: Any, case: Case, evidence: CaseEvidence) -> bool:
    """Whether this person could take it back today."""
    if any(line.proof_id == evidence.id for line in case.lines):
        return False
    return evidence.added_by_id == user.id and case.closed_on is None and _resting_on(case, evidence) is None


def content_of(session: Session, evidence_id: int) -> bytes:
    """The file itself, opened."""
    sealed = session.scalars(select(CaseEvidence.content).where(CaseEvidence.id == evidence_id)).one()
    return keyring().unseal(PURPOSE, bytes(sealed))


def _asked_beside(case: Case) -> set[str]:
    """What duties ask for that outlast the case."""
    kind = KINDS[case.kind]
    due = [duty for duty in case.duties if duty.state == "due" and duty.event in kind.lasting]
    return {evidence for duty in due for evidence in kind.duty_evidence.get(duty.event, ())}


def _refuse_closed(case: Case) -> None:
    if case.closed_on is not None:
        raise DomainError(Message("The case is closed; its evidence stays as it is."))


def _tell(case: Case, event: str, evidence: CaseEvidence, actor: User, on: date) -> None:
    by, track = By(actor), PROOFS[evidence.kind].track
    here = case.status_on(track)
    facts = {"evidence": evidence.kind, "sha256": evidence.sha256}
    write_step(case, track, Step(here, event, frozenset({by.code}), here), by.code, by, facts, frozenset(), on)


def _is_about(step: CaseStep, evidence: CaseEvidence) -> bool:
    return step.event == ADDED and (step.facts.get("evidence"), step.facts.get("sha256")) == (evidence.kind, evidence.sha256)


def _resting_on(case: Case, evidence: CaseEvidence) -> Message | None:
    """The first act or duty since it was added that asks for evidence of its kind, by name."""
    kind = KINDS[case.kind]
    since = max((step.position for step in case.steps if _is_about(step, evidence)), default=0)
    for step in case.steps[since:]:
        act = kind.act(step.track, step.event)
        asked = act.asks(case.subtype) if act is not None else kind.duty_evidence.get(step.event, ()) if step.track == DUTY else ()
        if evidence.kind in asked:
            return event_name(kind, step.track, step.event)
    return None
