"""Cases and diagnoses on the page of a worker, each cut for its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, selectinload

from ohs.cases.cuts import Cut, cut_for
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.labels import KIND_COLOURS, event_name, kind_name
from ohs.cases.models import Case, CaseStep
from ohs.cases.queries import cases_visible_to, for_list
from ohs.cases.told import told_in
from ohs.kernel.message import Message
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids

SHOWN = 30
#: Acts that say whether it is an occupational disease.
DIAGNOSING = frozenset(
    [
        *((MAIN, event) for event in ("conclude-yes", "conclude-no", "appraisal-final-yes", "appraisal-final-no")),
        *((APPRAISAL, event) for event in ("conclude", "conclude-yes", "conclude-no")),
    ]
)


@dataclass(frozen=True)
class Diagnosis:
    """One conclusion about a suspected disease, with what its act has told this reader."""

    case: Case
    step: CaseStep
    name: Message
    told: list[tuple[str, str]]


def cases_of_person(session: Session, user: Any, worker: Worker) -> list[tuple[Case, Cut]]:
    """A worker's cases that this reader sees, open ones first."""
    ids = standing_ids(session, Worker, worker.id)
    question = for_list(cases_visible_to(user).where(Case.worker_id.in_(ids))).options(selectinload(Case.steps))
    ordered = question.order_by(Case.closed_on.is_not(None), Case.opened_on.desc(), Case.id.desc()).limit(SHOWN)
    return [(case, cut_for(user, case)) for case in session.scalars(ordered).unique()]


def diagnoses_in(session: Session, cases: list[tuple[Case, Cut]]) -> list[Diagnosis]:
    """Conclusions of diagnosis and appraisal in these cases, the latest first."""
    found = [
        Diagnosis(case, step, event_name(KINDS[case.kind], step.track, step.event), told_in(session, case, step, cut))
        for case, cut in cases
        if case.kind == "susp" and cut.has_diagnosis
        for step in case.steps
        if (step.track, step.event) in DIAGNOSING and cut.shows(step.track, step.event, case.kind)
    ]
    return sorted(found, key=lambda one: (one.step.on, one.step.id), reverse=True)


def cases_panel(session: Session, user: Any, worker: Worker) -> dict[str, Any] | None:
    """A worker's cases with their conclusions; nothing where this reader sees none."""
    cases = cases_of_person(session, user, worker)
    if not cases:
        return None
    return {"cases": cases, "diagnoses": diagnoses_in(session, cases), "kind_name": kind_name, "KIND_COLOURS": KIND_COLOURS}
