"""The page of a worker: one worker, one file (一人一档), over every employer and clinic, cut for its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select

from ohs.accounts.services import give_purpose
from ohs.desk.forms import RevealForm
from ohs.desk.views import draw
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.database import db
from ohs.kernel.masks import mask_id_number, mask_name, mask_phone
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.labels import county_name
from ohs.registry.models import Employer, Employment, Exposure, Worker
from ohs.registry.queries import employments_of, exposures_of, standing_ids
from ohs.registry.work_history import Dose, Stay, doses, stays
from ohs.rulebook.hazards import hazard_name


def find_worker(worker_id: int) -> Worker | None:
    """The file of that number, or the one that stands for it."""
    worker = db.session.get(Worker, worker_id)
    while worker is not None and worker.merged_into_id is not None:
        worker = db.session.get(Worker, worker.merged_into_id)
    return worker


@dataclass(frozen=True)
class History:
    """A working life as far as its reader may know it, with the employers by key."""

    stays: list[Stay]
    doses: list[Dose]
    employers: dict[int, Employer]


def history_for(user: Any, worker: Worker) -> History:
    """Every stay and exposure; for an employer those at its own posts, and what its dispatched workers meet there."""
    session, ids = db.session(), standing_ids(db.session(), Worker, worker.id)
    employments: list[Employment] = list(session.scalars(employments_of(ids)))
    exposures: list[Exposure] = list(session.scalars(exposures_of(ids)))
    if "employer" in user.role_names:
        own = user.organisation.employer_ids
        employments = [one for one in employments if own & {one.employer_id, one.host_employer_id}]
        posts = {(one.employer_id, one.post) for one in employments}
        exposures = [one for one in exposures if one.employer_id in own or (one.employer_id, one.post) in posts]
    found = stays(employments, exposures)
    wanted = {id for stay in found for id in (stay.employer_id, stay.host_employer_id) if id}
    employers = {one.id: one.standing for one in session.scalars(select(Employer).where(Employer.id.in_(wanted)))}
    return History(found, doses(exposures), employers)


def is_open_to(user: Any, worker: Worker) -> bool:
    """Whether the person stands there unmasked: to its own employer and clinic, and to an officer who has named a reason."""
    return bool(user.role_names & {"employer", "clinic"}) or user.has_purpose_for(worker)


@requires(Permission.WORKER_READ, find_worker)
def worker(worker: Worker) -> Any:
    """One worker, one file: masked until a reason is given, and every reading on record."""
    return _page(worker, RevealForm())


def _page(worker: Worker, form: RevealForm) -> Any:
    is_own, is_open = bool(current_user.role_names & {"employer", "clinic"}), is_open_to(current_user, worker)
    note_reading(db.session(), audit("worker:revealed" if is_open else "worker:read", worker, current_user))
    return render_template(
        "desk/worker.html", worker=worker, is_open=is_open, may_reveal=allowed(current_user, Permission.WORKER_REVEAL, worker), form=form,
        may_copy=allowed(current_user, Permission.WORKER_COPY, worker),
        name=worker.name if is_open else mask_name(worker.name), number=worker.id_number if is_open and not is_own else mask_id_number(worker.id_number),
        phone=(worker.phone if is_open and not is_own else mask_phone(worker.phone)) if worker.phone else "", history=history_for(current_user, worker),
        hazard_name=hazard_name, county_name=county_name, panels=draw("worker", worker),
    ), 400 if form.errors else 200  # fmt: skip


@requires(Permission.WORKER_REVEAL, find_worker)
def reveal(worker: Worker) -> Any:
    """Name a reason; the file is open to this person for a while."""
    form = RevealForm()
    if form.validate_on_submit():
        give_purpose(db.session(), current_user, worker.id, f"{form.reason.data}: {form.note.data.strip()}")
        db.session.commit()
        return redirect(url_for("desk.worker", worker_id=worker.id))
    return _page(worker, form)
