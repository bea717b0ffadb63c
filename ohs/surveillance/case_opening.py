"""Carrying out what examinations bring to cases, in the transaction that commits them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import KNOWN_ON
from ohs.cases.kinds.recheck import RESULTS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.machine import Opening, act_on
from ohs.cases.models import Case, CaseSource
from ohs.cases.moving import write_beside
from ohs.cases.opening import open_many
from ohs.cases.openings import subject_of
from ohs.cases.patterns import Happening, Source, Wanted
from ohs.cases.placing import place_case
from ohs.cases.queries import for_change, hold
from ohs.cases.subtypes import change_subtype
from ohs.cases.visits import withdraw_not_needed
from ohs.cases.waiting import settle_all
from ohs.kernel.audit import audit
from ohs.kernel.bulk import found_among
from ohs.registry.models import Employer
from ohs.rulebook.regions import CITY
from ohs.surveillance.consequences import KIND_OF, Concluded, Fresh, Plan, Step
from ohs.surveillance.rules import is_acute
from ohs.uploads.models import Upload

#: Cases that are held as records at once.
PORTION = 200
#: The event that opens a case, by kind.
OPENED_BY = {"susp": "suspected-found", "contra": "contraindication-found", "recheck": "recheck-required"}
#: Events that nobody does: what follows from a record by itself.
OF_ITSELF = frozenset({"conclusion-n-or-o", "conclusion-s-or-c", "exposed-again", "finding-corrected"})
#: Events after which a case rests on the record as on the one in which it was found.
FOUND_IN = frozenset({"found-again", "next-suspected-found", "conclusion-r"})
#: Events whose record answers what the case asked.
ANSWERED_IN = frozenset({"record-uploaded", "exposed-again"})


@dataclass(frozen=True)
class Details:
    """What a case is told of an examination, besides what decides."""

    #: The entry of the very identity number, however it was merged.
    worker_id: int
    employer_id: int
    county_code: str
    region_code: str
    disease: str | None
    disease_code: str | None
    contraindication: str | None
    items: str | None


def carry_out(session: Session, plan: Plan, details: Mapping[int, Details], upload: Upload, *, by: By, on: date) -> None:
    """Open what is to be opened, and let everything else happen to the cases that stand; `details` by row."""
    clinic_id = upload.organisation_id
    ids = _to_be_told(session, plan, details)
    for first in range(0, len(ids), PORTION):
        which = Case.id.in_(ids[first : first + PORTION])
        hold(session, which)
        cases = session.scalars(for_change(select(Case).where(which))).unique().all()
        for case in cases:
            for step in plan.steps[case.id]:
                _happen(session, case, step, details[step.by.row], by=by, on=on)
        settle_all(session, cases)
        withdraw_not_needed(session, cases, on)
        session.flush()
    open_many(session, [_wanted(fresh, details, clinic_id, on) for fresh in plan.fresh], by=by, on=on, because_of=upload)


def _to_be_told(session: Session, plan: Plan, details: Mapping[int, Details]) -> list[int]:
    """The cases that something happens to: a record that is handed in again unchanged tells its case nothing."""
    same = {id for id, steps in plan.steps.items() if all(step.is_same for step in steps)}
    columns = (Case.id, Case.kind, Case.subtype, Case.employer_id, Case.disease_code)
    for id, kind, subtype, employer_id, disease_code in found_among(session, columns, Case.id, sorted(same)):
        row, of = plan.steps[id][-1].by, details[plan.steps[id][-1].by.row]
        says = (
            _subtype(kind, row, of),
            of.employer_id,
            of.disease_code if kind == "susp" else disease_code,
        )
        if says != (subtype, employer_id, disease_code):
            same.discard(id)
    return sorted(plan.steps.keys() - same)


def _happen(session: Session, case: Case, step: Step, of: Details, *, by: By, on: date) -> None:
    row, before = step.by, case.status
    facts, whoever = _facts(step.event, row, on), By() if step.event in OF_ITSELF else by
    if step.follows:
        facts["previous_card_no"] = step.follows
    if step.event == "record-uploaded" and by.user is not None and by.user.organisation_id != case.clinic_id:
        case.institution_id = by.user.organisation_id
    _rest(case, step, on)
    is_moved, subtype = step.leads and _lead(session, case, of, by=by, on=on), _subtype_after(case, step, of)
    if step.is_same and not is_moved and subtype == case.subtype:
        return
    facts |= _turned(case, subtype)
    if case.closed_on is not None:
        case.subtype = subtype  # what begins anew with it is of what it is now
    if any(way.event == step.event for way in KINDS[case.kind].steps_from(MAIN, case.status)):
        act_on(session, case, step.event, facts, by=whoever, on=on)
    else:
        write_beside(case, step.event, facts, by=whoever, on=on, tells=frozenset({"HLTH"}))
    if step.event in FOUND_IN and of.disease_code and case.kind == "susp":
        case.disease_code = of.disease_code
    change_subtype(session, case, subtype, case.steps[-1], on=on)
    if step.event == "exposed-again":
        place_case(session, case, session.get_one(Employer, of.employer_id), county_code=of.county_code or CITY, by=whoever, on=on)
    session.add(audit("case:acted", case, by.user, before={"status": before}, after={"event": step.event, "status": case.status}))


def _subtype_after(case: Case, step: Step, of: Details) -> str:
    """What a case is by an examination: its only record says it; of several the acute one. A certificate has the last word."""
    said, row = _subtype(case.kind, step.by, of), step.by
    if case.kind == "contra":  # whoever works with the hazard is moved, not “not assigned”
        is_told = step.event == "exposed-again" or row.phase == "in-service" or (step.leads and case.status not in ("verify", "closed"))
        return said if is_told else case.subtype
    if case.kind != "susp" or case.tracks or step.withdraws:
        return case.subtype
    return said if step.leads else said or case.subtype


def _turned(case: Case, subtype: str) -> dict[str, str]:
    """What the timeline tells of a case that was taken for something else."""
    plain = {"susp": "chronic", "contra": "in-service"}.get(case.kind, "")
    return {} if subtype == case.subtype else {"subtype_was": case.subtype or plain, "subtype_now": subtype or plain}


def _lead(session: Session, case: Case, of: Details, *, by: By, on: date) -> bool:
    """Let a case follow the only record that it rests on, to its employer and by what it says; whether anything was different.

    Whoever was exposed elsewhere since has another employer than the record.
    """
    before = case.employer_id, case.disease_code
    if case.kind == "susp" and of.disease_code:
        case.disease_code = of.disease_code
    employer = session.get_one(Employer, of.employer_id)
    has_moved = any(one.event == "exposed-again" for one in case.steps)
    if not has_moved and (case.employer is None or case.employer.standing.id != employer.standing.id):
        place_case(session, case, employer, county_code=of.county_code or CITY, by=by, on=on)
    return (case.employer_id, case.disease_code) != before


def _rest(case: Case, step: Step, on: date) -> None:
    """Keep on which records the case rests, in which version."""
    row = step.by
    for source in case.sources:
        if (source.what, source.record_id) == ("examination", row.id):
            source.revision = row.revision
            if step.withdraws and source.role == "finding":
                source.withdrawn_on = on
    role = "finding" if step.event in FOUND_IN else "answer" if step.event in ANSWERED_IN else ""
    if role and not any((one.what, one.record_id, one.role) == ("examination", row.id, role) for one in case.sources):
        case.sources.append(
            CaseSource(what="examination", record_id=row.id, number=row.card_no, role=role, revision=row.revision, added_on=on)
        )


def _facts(event: str, row: Concluded, on: date) -> dict[str, Any]:
    """What an event tells of the examination that brings it."""
    match event:
        case "found-again" | "next-suspected-found":
            return _found(row, on) | {"record": row.card_no}
        case "record-uploaded":
            return {
                "examined_on": row.examined_on, "card_no": row.card_no, "previous_card_no": row.previous_card_no, "conclusions": _result(row.letters),
            }  # fmt: skip
        case "exposed-again":
            return {"seen_on": row.examined_on, "record": row.card_no}
        case "finding-corrected" | "record-corrected":
            told = {"record": row.card_no, "revision": row.revision, "was": _told(row.letters_before), "now": _told(row.letters)}
            return told | ({"is_of_another": True} if row.worker_id != row.worker_before else {})
    return {}


def _result(letters: str) -> str:
    """What a re-examination says, as its case is told it."""
    return "".join(letter for letter in letters if letter in RESULTS) or "N"


def _told(letters: str) -> list[str]:
    """The letters that oblige somebody; what has nothing to do with work is nobody's business here."""
    return [letter for letter in letters if letter in KIND_OF] or ["none"]


def _found(row: Concluded, on: date) -> dict[str, Any]:
    """The day of the report; what only its correction says was known no earlier than that was handed in."""
    return {"found_on": row.reported_on} | ({KNOWN_ON: on} if row.is_correction else {})


def _wanted(fresh: Fresh, details: Mapping[int, Details], clinic_id: int, on: date) -> Wanted:
    row, of = fresh.by, details[fresh.by.row]
    latest = details[next((by for event, by in reversed(fresh.then) if event == "found-again"), row).row]
    opening = Opening(
        kind=fresh.kind, event=OPENED_BY[fresh.kind], subject=subject_of(of.worker_id, row.examined), county_code=of.county_code or CITY,
        region_code=of.region_code, subtype=_subtype_of(fresh, details), worker_id=of.worker_id, employer_id=of.employer_id, clinic_id=clinic_id,
        hazard_codes=row.examined, disease_code=latest.disease_code or of.disease_code if fresh.kind == "susp" else None,
        facts=_opening_facts(fresh.kind, row, of, on),
    )  # fmt: skip
    then = [Happening(event, _facts(event, by, on), event in OF_ITSELF) for event, by in fresh.then]
    return Wanted(opening, list(_sources(fresh)), then)


def _subtype_of(fresh: Fresh, details: Mapping[int, Details]) -> str:
    """What a case to be opened is: acute where any of its records says so."""
    found = [fresh.by, *(by for event, by in fresh.then if event == "found-again" and fresh.kind == "susp")]
    return next(filter(None, (_subtype(fresh.kind, by, details[by.row]) for by in found)), "")


def _subtype(kind: str, row: Concluded, of: Details) -> str:
    if kind == "susp":
        return "acute" if is_acute(row.phase, of.disease) else ""
    return "pre-placement" if (kind, row.phase) == ("contra", "pre-placement") else ""


def _opening_facts(kind: str, row: Concluded, of: Details, on: date) -> dict[str, Any]:
    match kind:
        case "susp":
            return _found(row, on) | {"disease": of.disease}
        case "contra":
            return _found(row, on) | {"hazards": row.examined, "disease": of.contraindication}
    return _found(row, on) | {"card_no": row.card_no, "items": of.items}


def _sources(fresh: Fresh) -> Iterator[Source]:
    yield Source(fresh.by.id, fresh.by.card_no, fresh.by.revision)
    seen = {(fresh.by.id, "finding")}
    for event, by in fresh.then:
        role = "finding" if event in FOUND_IN else "answer"
        if event not in OF_ITSELF and event in FOUND_IN | ANSWERED_IN and (by.id, role) not in seen:
            seen.add((by.id, role))
            yield Source(by.id, by.card_no, by.revision, role)
