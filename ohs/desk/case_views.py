"""The page of a case: who must act by when, what has happened, what may be done next, and the panels of every area."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import render_template, request
from flask_login import current_user

from ohs.cases.case_lists import related_cases
from ohs.cases.cuts import cut_for
from ohs.cases.diagram import diagram_of
from ohs.cases.emergency_deeds import READING, open_access
from ohs.cases.evidence import seen_by
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.labels import ACTOR_LABELS, KIND_COLOURS, TRACK_LABELS, event_name, kind_name, status_name
from ohs.cases.models import Case
from ohs.cases.notices import note_seen
from ohs.cases.queries import find_case, for_list, get_for_page
from ohs.cases.standing import awaited
from ohs.cases.told import told_in
from ohs.cases.views import acts_for, may_do
from ohs.desk.views import draw
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, allowed, could, requires, wants_fragment
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import hazard_name


def _find(number: str) -> Case | None:
    return get_for_page(db.session(), number)


#: So many signs tell two states apart.
MARK_LENGTH = 16


def _light(number: str) -> Case | None:
    return find_case(db.session(), number)


def mark_of(case: Case) -> str:
    """What tells one state of a case from the next, for this reader: it stays as it is when something happens that the reader is not shown."""
    cut, own = cut_for(current_user, case), current_user.organisation_id
    shown = (
        cut.status(case).id, case.closed_on, [step.position for step in cut.steps(case)], [one.id for one in seen_by(current_user, case)],
        [(one.id, one.state, one.due_on) for one in cut.clocks(case)], [(one.id, one.state) for one in case.duties if cut.shows_duty(case.kind, one.event)],
        case.owner_id, case.assignee_id, [one.user_id for one in case.handlers if one.organisation_id == own],
    )  # fmt: skip
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:MARK_LENGTH]


@requires(Permission.CASE_READ, _light)
def live(case: Case) -> Any:
    """What has changed on an open page of a case: nothing (204), or the page anew; asked for every few seconds."""
    if mark_of(case) == request.args.get("mark"):
        return "", 204
    found = _find(case.number)
    assert found is not None
    _note_emergency(found)
    return _page(found)


@requires(Permission.CASE_READ, _find)
def case(case: Case) -> Any:
    """One case, as much of it as this reader may see; the reading is kept on record."""
    if not _note_emergency(case) and case.worker_id is not None and not wants_fragment():
        note_reading(db.session(), audit("case:read", case, current_user))
    if not wants_fragment():
        note_seen(db.session(), current_user, case)
    return _page(case)


def _note_emergency(case: Case) -> bool:
    """Put a reading on record that only an emergency access allows, with its reason, whatever the case is about."""
    access = open_access(db.session(), current_user, case)
    if access is None:
        return False
    note_reading(db.session(), audit(READING, case, current_user, reason=access.note))
    return True


def _moved_to(case: Case) -> str:
    """Where the file of a case's worker is, for an office of health that has it no more; empty for everybody else."""
    if (
        case.worker is None
        or not could(current_user, Permission.WORKER_REVEAL)
        or allowed(current_user, Permission.WORKER_REVEAL, case.worker.standing)
    ):
        return ""
    code = case.worker.standing.county_code
    return county_name(code) if code else ""


def _page(case: Case) -> str:
    session, kind, cut = db.session(), KINDS[case.kind], cut_for(current_user, case)
    is_hazardous = cut.has_way
    return render_template(
        "desk/case.html", case=case, kind=kind, cut=cut, hand=case.handler_at(current_user.organisation_id), waits=awaited(session, case, cut.clocks(case), cut.without_limit(case)), acts=acts_for(case),
        duties=[(duty, event_name(kind, "duty", duty.event), may_do(case, duty)) for duty in case.duties if cut.shows_duty(case.kind, duty.event)],
        story=[(step, event_name(kind, step.track, step.event), told_in(session, case, step, cut)) for step in cut.steps(case)],
        diagrams=[(TRACK_LABELS[track], diagram_of(kind, track, case), status_name(kind, status)) for track, status in cut.tracks(case)],
        related=session.scalars(for_list(related_cases(session, current_user, case))).unique().all(), panels=draw("case", case),
        hazards=[hazard_name(code) for code in case.hazard_codes.split(";") if code] if is_hazardous else [], mark=mark_of(case), today=today(),
        may_see_worker=case.worker is not None and allowed(current_user, Permission.WORKER_READ, case.worker), moved_to=_moved_to(case),
        kind_name=kind_name, KIND_COLOURS=KIND_COLOURS, ACTOR_LABELS=ACTOR_LABELS, TRACK_LABELS=TRACK_LABELS, status_name=status_name, MAIN=MAIN,
        county_name=county_name, cut_for=lambda other: cut_for(current_user, other),
    )  # fmt: skip
