"""Pages composed of what the areas offer: the desk, an employer's and a worker's page, the search."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from ohs.accounts.services import give_purpose
from ohs.desk.forms import RevealForm
from ohs.desk.live import mark_of
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.masks import mask_id_number, mask_name, mask_phone
from ohs.kernel.message import Message
from ohs.kernel.panels import panels_of, search_sources
from ohs.kernel.policy import Permission, allowed, could, requires
from ohs.registry.labels import RISK_COLOURS, RISK_LABELS, SIZE_LABELS, county_name, economic_type_name, industry_name
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import employments_of, exposures_of, find_employer, merges_of, standing_ids, versions_of, workplaces_of
from ohs.registry.rules import derive
from ohs.registry.views import history_of
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.regions import region_name

SEARCH_LONGEST = 80


@dataclass(frozen=True)
class Drawn:
    """A panel as the page shows it."""

    title: Message
    body: Markup
    is_half: bool


def draw(page: str, subject: Any = None) -> list[Drawn]:
    """The panels of a page that this reader may see and that have something to say."""
    drawn = []
    for panel in panels_of(page):
        if not could(current_user, panel.permission):
            continue
        given = panel.query(db.session(), current_user, subject)
        if given is not None:
            drawn.append(Drawn(panel.title, Markup(render_template(panel.template, subject=subject, **given)), panel.is_half))
    return drawn


def stacked(drawn: list[Drawn]) -> list[tuple[list[Drawn], list[Drawn]]]:
    """Panels from above, as stacks beside one another: a whole one alone, halves where there is more room."""
    stacks: list[tuple[list[Drawn], list[Drawn]]] = []
    is_open = False
    for panel in drawn:
        if not is_open or not panel.is_half:
            stacks.append(([], []))
        is_open = panel.is_half
        left, right = stacks[-1]
        (right if _length(right) < _length(left) else left).append(panel)
    return stacks


def _length(stack: list[Drawn]) -> int:
    """About how tall a stack is, in lines of text."""
    return sum(4 + 2 * panel.body.count("<li>") + panel.body.count("<tr>") + 10 * panel.body.count('class="chart"') for panel in stack)


def _panels(drawn: list[Drawn]) -> tuple[str, str]:
    """The panels' markup and what tells it from another state of the same desk."""
    body = render_template("desk/panels.html", stacks=stacked(drawn))
    return body, hashlib.sha256(body.encode()).hexdigest()[:16]


@requires(Permission.DESK_READ)
def index() -> Any:
    """What waits for me, what I last handed in, the figures of my area."""
    mark = mark_of(db.session(), current_user)
    body, digest = _panels(draw("desk"))
    area = region_name(current_user.organisation.region_code)
    return render_template("desk/index.html", body=Markup(body), area=area, mark=mark, digest=digest)


@requires(Permission.DESK_READ)
def live() -> Any:
    """What has changed on an open desk: nothing at all (204), nothing that it shows, or the panels anew; asked for every few seconds."""
    mark = mark_of(db.session(), current_user, request.args.get("mark", ""))
    if mark == request.args.get("mark"):
        return "", 204
    body, digest = _panels(draw("desk"))
    is_new = digest != request.args.get("digest")
    return render_template("desk/live.html", body=Markup(body) if is_new else None, mark=mark, digest=digest)


def _employer(uscc: str) -> Employer | None:
    return find_employer(db.session(), uscc)


@requires(Permission.EMPLOYER_READ, _employer)
def employer(employer: Employer) -> Any:
    """One employer, one file (一企一档)."""
    if employer.uscc != (request.view_args or {})["uscc"]:
        return redirect(url_for("desk.employer", uscc=employer.uscc))
    ids = standing_ids(db.session(), Employer, employer.id)
    is_full = allowed(current_user, Permission.EMPLOYER_READ_FULL, employer)
    derived = derive(employer.industry_code, employer.employees, employer.revenue_10k_cny, today()) if employer.industry_code else None
    return render_template(
        "desk/employer.html", employer=employer, is_full=is_full, derived=derived, workplaces=db.session.scalars(workplaces_of(ids)).all(),
        history=history_of(list(db.session.scalars(versions_of(ids)))) if is_full else [], merges=db.session.scalars(merges_of("employer", ids)).all(),
        panels=draw("employer", employer), SIZE_LABELS=SIZE_LABELS, RISK_LABELS=RISK_LABELS, RISK_COLOURS=RISK_COLOURS, county_name=county_name,
        region_name=region_name, industry_name=industry_name, economic_type_name=economic_type_name, mask_phone=mask_phone,
    )  # fmt: skip


def _worker(worker_id: int) -> Worker | None:
    worker = db.session.get(Worker, worker_id)
    while worker is not None and worker.merged_into_id is not None:
        worker = db.session.get(Worker, worker.merged_into_id)
    return worker


@requires(Permission.WORKER_READ, _worker)
def worker(worker: Worker) -> Any:
    """One worker, one file (一人一档): masked until a reason is given, and every reading on record."""
    return _worker_page(worker, RevealForm())


def _worker_page(worker: Worker, form: RevealForm) -> Any:
    is_own = bool(current_user.role_names & {"employer", "clinic"})
    is_open = is_own or current_user.has_purpose_for(worker)
    note_reading(db.session(), audit("worker:revealed" if is_open else "worker:read", worker, current_user))
    ids = standing_ids(db.session(), Worker, worker.id)
    employments = db.session.scalars(employments_of(ids)).all()
    employers = {id: db.session.get(Employer, id) for one in employments for id in (one.employer_id, one.host_employer_id) if id}
    exposures = db.session.scalars(exposures_of(ids)).all()
    if "employer" in current_user.role_names:  # a host employer sees what its dispatched workers meet at its own posts
        own = current_user.organisation.employer_ids
        employments = [one for one in employments if own & {one.employer_id, one.host_employer_id}]
        posts = {(one.employer_id, one.post) for one in employments}
        exposures = [one for one in exposures if one.employer_id in own or (one.employer_id, one.post) in posts]
    return render_template(
        "desk/worker.html", worker=worker, is_open=is_open, may_reveal=allowed(current_user, Permission.WORKER_REVEAL, worker), form=form,
        name=worker.name if is_open else mask_name(worker.name), number=worker.id_number if is_open and not is_own else mask_id_number(worker.id_number),
        phone=(worker.phone if is_open and not is_own else mask_phone(worker.phone)) if worker.phone else "", employments=employments, exposures=exposures,
        employers=employers, hazard_name=hazard_name, county_name=county_name, panels=draw("worker", worker),
    ), 400 if form.errors else 200  # fmt: skip


@requires(Permission.WORKER_REVEAL, _worker)
def reveal(worker: Worker) -> Any:
    """Name a reason; the file is open to this person for a while."""
    form = RevealForm()
    if form.validate_on_submit():
        give_purpose(db.session(), current_user, worker.id, f"{form.reason.data}: {form.note.data.strip()}")
        db.session.commit()
        return redirect(url_for("desk.worker", worker_id=worker.id))
    return _worker_page(worker, form)


@requires(Permission.SEARCH)
def search() -> Any:
    """Everything that this reader may find by a name, a code or a number."""
    text = request.args.get("q", "").strip()[:SEARCH_LONGEST]
    groups = []
    if text:
        for source in search_sources():
            if could(current_user, source.permission):
                groups.append((source.title, source.find(db.session(), current_user, text)))
    return render_template("desk/search.html", text=text, groups=groups, found=sum(len(found) for _title, found in groups))
