"""Pages composed of what the areas offer: the desk, an employer's page, the search."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from ohs.desk.live import mark_of
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.masks import mask_phone
from ohs.kernel.message import Message
from ohs.kernel.panels import panels_of, search_sources
from ohs.kernel.policy import Permission, allowed, could, requires
from ohs.registry.labels import RISK_COLOURS, RISK_LABELS, SIZE_LABELS, county_name, economic_type_name, industry_name
from ohs.registry.models import Employer
from ohs.registry.queries import find_employer, merges_of, standing_ids, versions_of, workplaces_of
from ohs.registry.rules import derive
from ohs.registry.views import history_of
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
