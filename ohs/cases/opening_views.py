"""Pages that open a case by hand: the choice of its kind, then its form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.episodes import same_episode
from ohs.cases.evidence import add_all
from ohs.cases.forms import hazard_codes
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Kind
from ohs.cases.labels import basis_of, kind_name, names_article
from ohs.cases.listing import list_overdue
from ohs.cases.machine import Opening, open_case, standing_case
from ohs.cases.models import Case
from ohs.cases.opening_forms import OpeningForm, opening_form
from ohs.cases.opening_lines import workers_entered
from ohs.cases.openings import ABOUT_MANY, ABOUT_WORKER, BY_HAND, About, about, first_step
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.labels import jurisdiction_of
from ohs.registry.models import Employer, Worker
from ohs.registry.queries import find_employer, indexes_of


def kinds_for(user: Any) -> list[Kind]:
    """What this person may open by hand, by the tables' actors."""
    return [KINDS[code] for code in BY_HAND if By(user).stands_for(first_step(code)[0].actors)]


@requires(Permission.CASE_OPEN)
def new() -> Any:
    """Open a case by hand."""
    kinds = {kind.code: kind for kind in kinds_for(current_user)}
    kind = kinds.get(request.args.get("kind", ""))
    if kind is None:
        return render_template(
            "cases/choose_kind.html",
            kinds=[(one, *first_step(one.code)) for one in kinds.values()],
            basis_of=basis_of,
            names_article=names_article,
        )
    session = db.session()
    form = opening_form(session, kind.code, current_user)
    standing: Case | None = None
    status = 200
    if form.validate_on_submit() and (who := _about(form)) is not None:
        case = None
        with form.attempt(session):
            case, standing = (_listed if kind.code == ABOUT_MANY else _opened)(session, form, _opening(form, who))
            if case is not None:
                add_all(session, case, form.files(), actor=current_user, on=today())
        if case is not None and not form.errors:
            session.commit()
            said = (
                _("Case %(number)s is opened.", number=case.number)
                if len(case.steps) == 1
                else _("Entered in case %(number)s.", number=case.number)
            )
            flash(said, "success")
            return redirect(url_for("desk.case", number=case.number))
        status = 409 if standing is not None else form.refused_with or 400
    elif form.errors:
        status = 400
    may_read = standing is not None and allowed(current_user, Permission.CASE_READ, standing)
    step, act = first_step(kind.code)
    page = render_template(
        "cases/new.html",
        form=form,
        kind=kind,
        step=step,
        act=act,
        standing=standing,
        may_read=may_read,
        kind_name=kind_name,
        basis_of=basis_of,
        names_article=names_article,
    )
    return page, status


def _opened(session: Session, _form: OpeningForm, opening: Opening) -> tuple[Case | None, Case | None]:
    """The new case, or the one that stands for the same."""
    standing = standing_case(session, opening.kind, opening.subject) or _same_episode(session, opening)
    return (None, standing) if standing is not None else (open_case(session, opening, by=By(current_user), on=today()), None)


def _listed(session: Session, form: OpeningForm, opening: Opening) -> tuple[Case | None, Case | None]:
    """The case of the month with the workers on it, or nothing where a line is wrong."""
    due_on = workers_entered(session, form, opening, current_user, today())
    return (None if form["workers"].errors else list_overdue(session, opening, due_on, by=By(current_user), on=today())), None


def _same_episode(session: Session, opening: Opening) -> Case | None:
    if opening.worker_id is None or not opening.hazard_codes:
        return None
    return same_episode(session, opening.kind, opening.worker_id, opening.hazard_codes)


def _opening(form: OpeningForm, who: About) -> Opening:
    return BY_HAND[form.kind](who, form.told(), hazard_codes=hazard_codes(form.given("hazard_names")), subtype=form.given("subtype"))


def _about(form: OpeningForm) -> About | None:
    """Whom the case is about, out of the register and within what this person may read; else a sentence at the field."""
    place = current_user.organisation
    worker = _worker(form) if form.kind in ABOUT_WORKER else None
    employer = _employer(form, worker)
    if any(field.errors for field in form):
        return None
    clinic_id = place.id if place.kind == "clinic" else int(form.given("clinic") or 0) or None
    if worker is None and employer is None:
        region = place.region_code if place.level == "town" else form.given("place")
        if not region:
            form["place"].errors = [_("Name the employer, or choose the town.")]
            return None
        return About(jurisdiction_of(region), region)
    return about(worker, employer, clinic_id=clinic_id, institution_id=place.id if place.kind == "testing" else None)


def _worker(form: OpeningForm) -> Worker | None:
    found = db.session.scalars(select(Worker).where(Worker.id_index.in_(indexes_of(form.given("id_number"))))).first()
    worker = found.standing if found is not None else None
    if worker is None or not allowed(current_user, Permission.WORKER_READ, worker):
        form["id_number"].errors = [_("No worker with this number is in your register.")]
        return None
    if worker.name != form.given("name"):
        form["name"].errors = [_("The register knows this number under another name.")]
    return worker


def _employer(form: OpeningForm, worker: Worker | None) -> Employer | None:
    if not (code := form.given("uscc")):
        own = db.session.get(Employer, worker.employer_id) if worker is not None and worker.employer_id else None
        return own.standing if own is not None else None
    employer = find_employer(db.session(), code)
    if employer is None or not allowed(current_user, Permission.EMPLOYER_READ, employer):
        form["uscc"].errors = [_("No employer with this code is in your register.")]
        return None
    return employer
