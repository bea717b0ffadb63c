"""What opens a case of each kind: the one place that says what a case is about, so that the same is never opened twice.

A case about a person is about the worker and the hazards (`worker:17:D01;P01`), one about a place about the employer and what was
found there. Each function takes the facts of the kind's first act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ohs.cases.actors import SYSTEM
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN, Act
from ohs.cases.machine import Opening
from ohs.kernel.lifecycle import Step
from ohs.registry.models import Employer, Worker
from ohs.rulebook.diseases import find_disease
from ohs.rulebook.hazards import find_by_any_name


@dataclass(frozen=True)
class About:
    """Whom and what place a case is about, and who acts on it."""

    county_code: str
    region_code: str = ""
    worker_id: int | None = None
    employer_id: int | None = None
    clinic_id: int | None = None
    institution_id: int | None = None


def about(worker: Worker | None, employer: Employer | None, *, clinic_id: int | None = None, institution_id: int | None = None) -> About:
    """The same of records; the employer says where it is, and the worker's file where there is none."""
    place = employer if employer is not None and employer.county_code else worker
    assert place is not None
    return About(
        place.county_code,
        place.region_code,
        worker.id if worker else None,
        employer.id if employer else None,
        clinic_id,
        institution_id,
    )


def first_step(kind: str) -> tuple[Step, Act]:
    """How a case of a kind begins by its table, where somebody begins it, and what that asks."""
    firsts = [one for one in KINDS[kind].tracks[MAIN].steps if not one.before]
    step = next((one for one in firsts if one.actors != {SYSTEM}), firsts[0])
    act = KINDS[kind].act(MAIN, step.event)
    assert act is not None
    return step, act


def subject_of(worker_id: int, hazard_codes: str) -> str:
    """What a case about a worker is about; hazards as codes joined by `;` in their order."""
    return f"worker:{worker_id}:{hazard_codes}"


def suspected(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A suspected disease, of an examination or by a treating physician's finding."""
    known = find_disease(str(facts.get("disease") or ""), facts["found_on"])
    return _of_worker("susp", who, facts, hazard_codes, subtype, known["code"] if known else None)


def contraindication(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A contraindication; the hazards not to be met are among its facts."""
    return _of_worker("contra", who, facts, hazard_codes or str(facts["hazards"]), subtype)


def re_examination(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A re-examination that a clinic asks for."""
    return _of_worker("recheck", who, facts, hazard_codes, subtype)


def short_service(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A dust disease after a short service."""
    return _of_worker("shortdust", who, facts, hazard_codes, subtype)


def over_limit(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A point above the limit of a factor."""
    factor = find_by_any_name(str(facts["factor"]))
    code = factor.code if factor is not None else ""
    subject = f"overlimit:{who.employer_id}:{facts['point']}:{code or facts['factor']}"
    return _opening("overlimit", subject, who, facts, hazard_codes or code, subtype)


def cluster(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """Several cases of one hazard at one employer."""
    codes = hazard_codes or str(facts["hazards"])
    return _opening("cluster", f"cluster:{who.employer_id}:{codes}", who, facts, codes, subtype)


def acute_event(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """An acute event at an employer, on one day."""
    codes = hazard_codes or str(facts["hazards"])
    return _opening("acute", f"acute:{who.employer_id}:{facts['happened_on']}:{codes}", who, facts, codes, subtype)


def complaint(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """A complaint; the same words about the same place on one day are the same complaint."""
    words = hashlib.sha256(str(facts["what"]).encode()).hexdigest()[:16]
    place = who.employer_id or who.region_code or who.county_code
    return _opening("complaint", f"complaint:{place}:{facts['received_on']}:{words}", who, facts, hazard_codes, subtype)


def overdue(who: About, facts: Mapping[str, Any], *, hazard_codes: str = "", subtype: str = "") -> Opening:
    """Examinations not done: one case for each employer, subtype and month."""
    subject = f"employer:{who.employer_id}:{subtype}:{facts['found_on']:%Y-%m}"
    return _opening("overdue", subject, who, facts, hazard_codes, subtype)


#: Kinds that people open by hand, in the order in which they are offered.
BY_HAND: dict[str, Callable[..., Opening]] = {
    "susp": suspected,
    "contra": contraindication,
    "recheck": re_examination,
    "overdue": overdue,
    "overlimit": over_limit,
    "acute": acute_event,
    "complaint": complaint,
    "cluster": cluster,
    "shortdust": short_service,
}
#: Of those, the kinds about one worker, those about an employer that is known, and those whose facts do not name the hazards.
ABOUT_WORKER = frozenset({"susp", "contra", "recheck", "shortdust"})
ABOUT_EMPLOYER = frozenset({"overlimit", "acute", "cluster", "overdue"})
#: The kind with a line for each worker.
ABOUT_MANY = "overdue"
WITHOUT_HAZARDS = frozenset({"susp", "recheck", "shortdust"})


def _of_worker(
    kind: str, who: About, facts: Mapping[str, Any], hazard_codes: str, subtype: str, disease_code: str | None = None
) -> Opening:
    assert who.worker_id is not None
    return _opening(kind, subject_of(who.worker_id, hazard_codes), who, facts, hazard_codes, subtype, disease_code)


def _opening(
    kind: str, subject: str, who: About, facts: Mapping[str, Any], hazard_codes: str, subtype: str, disease_code: str | None = None
) -> Opening:
    return Opening(
        kind, first_step(kind)[0].event, subject, who.county_code, who.region_code, subtype, who.worker_id, who.employer_id, who.clinic_id,
        who.institution_id, hazard_codes, disease_code, facts,
    )  # fmt: skip
