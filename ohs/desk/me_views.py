"""A worker's own page, by one-time code: own results, own cases, own rights, and who has read the file; nothing can be changed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import undefer

from ohs.cases.document_kinds import LETTERS
from ohs.cases.documents import content_of
from ohs.cases.labels import kind_name
from ohs.desk.forms import OwnFileForm
from ohs.desk.own_file import find_letter, own_cases, own_examinations
from ohs.desk.readings import readings_of
from ohs.desk.trends import column_label, drawn_trends
from ohs.kernel.audit import note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.downloads import attachment_header
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import current_locale, say
from ohs.kernel.message import Message
from ohs.kernel.policy import public
from ohs.registry.models import Worker
from ohs.registry.own_access import WRONG, find_reading, leave, open_own_file, own_event, own_worker
from ohs.registry.worker_codes import WorkerCode
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.norms import item_norm
from ohs.rulebook.rights import worker_rights
from ohs.surveillance.forms import CONCLUSION_COLOURS, CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.labels import item_label
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import get_for_page
from ohs.surveillance.records import show_to_worker

#: In the cookie, beside whatever an account has there.
TOKEN = "own_file"
#: What each conclusion means, as a worker is told.
MEANING = {
    "N": Message("Nothing abnormal was found."),
    "R": Message("Some items must be examined again. Your employer arranges it and pays for it."),
    "C": Message("There is something with which you should not do this work. Your employer must move you to other work."),
    "S": Message("There are signs of an occupational disease. This is not a diagnosis yet; your employer must arrange one."),
    "O": Message(
        "Something was found that has nothing to do with your work. This system does not tell your employer; please see a doctor."
    ),
    "P": Message("There is no conclusion yet."),
}
LABELS: dict[str, Any] = {
    "PHASE_LABELS": PHASE_LABELS, "CONCLUSION_LABELS": CONCLUSION_LABELS, "CONCLUSION_COLOURS": CONCLUSION_COLOURS, "MEANING": MEANING, "hazard_name": hazard_name,
    "item_label": item_label, "kind_name": kind_name, "LETTERS": LETTERS,
}  # fmt: skip


def _reading() -> WorkerCode | None:
    token = session.get(TOKEN)
    return find_reading(db.session(), token) if token else None


def own_file(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a page of the own file: hands over the worker whose session this browser holds, else leads to the door."""

    @wraps(view)
    def guarded(**kwargs: Any) -> Any:
        reading = _reading()
        if reading is None:
            if session.pop(TOKEN, None) is not None:
                flash(_("Your time for reading is over. For another time, ask the health department for a new code."), "warning")
            return redirect(url_for("me.enter"))
        return view(own_worker(db.session(), reading), reading, **kwargs)

    return public(guarded)


def _page(name: str, worker: Worker, reading: WorkerCode, **shown: Any) -> str:
    return render_template(f"me/{name}.html", worker=worker, reading=reading, **LABELS, **shown)


@public
def enter() -> Any:
    """The door: the code of the slip and the last characters of the own identity number."""
    form, status = OwnFileForm(), 200
    if form.validate_on_submit():
        try:
            opened = open_own_file(db.session(), form.code.data, form.last.data, address=request.remote_addr or "")
        except DomainError as throttled:
            db.session.rollback()
            form.form_errors.append(say(throttled.message))
            return render_template("me/enter.html", form=form), throttled.status
        db.session.commit()
        if opened is not None:
            session[TOKEN] = opened[1]
            return redirect(url_for("me.index"))
        form.form_errors.append(say(WRONG))
    if form.errors or form.form_errors:
        status = 400
    return render_template("me/enter.html", form=form), status


@own_file
def index(worker: Worker, reading: WorkerCode) -> Any:
    """The way to everything, with the latest result and what is open."""
    note_reading(db.session(), own_event("worker:own-read", worker))
    latest = db.session.scalars(own_examinations(db.session(), worker).limit(1)).first()
    cases = [one for one in own_cases(db.session(), worker) if one.case.closed_on is None]
    return _page("index", worker, reading, latest=latest, cases=cases)


@own_file
def results(worker: Worker, reading: WorkerCode) -> Any:
    """Every examination with its conclusion in plain words."""
    examinations = db.session.scalars(own_examinations(db.session(), worker).options(undefer(Examination.sealed))).all()
    note_reading(db.session(), own_event("worker:own-read", worker))
    trends = drawn_trends([(one, show_to_worker(one).items) for one in examinations], worker.sex)
    return _page("results", worker, reading, examinations=examinations, trends=trends, column_label=column_label)


@own_file
def result(worker: Worker, reading: WorkerCode, examination_id: int) -> Any:
    """One examination with every value."""
    examination = get_for_page(db.session(), examination_id)
    if examination is None or own_standing(examination.worker) != worker.id:
        abort(404)
    note_reading(db.session(), own_event("examination:own-read", examination))
    shown = show_to_worker(examination)
    norms = {key: norm for key in shown.items if (norm := item_norm(key, worker.sex, examination.examined_on)) is not None}
    return _page("result", worker, reading, shown=shown, examination=examination, norms=norms)


def own_standing(worker: Worker) -> int:
    """The key of the file that stands for a worker's."""
    return worker.merged_into_id or worker.id


@own_file
def cases(worker: Worker, reading: WorkerCode) -> Any:
    """Own cases: what has happened, who must act and by when."""
    note_reading(db.session(), own_event("case:own-read", worker))
    return _page("cases", worker, reading, cases=own_cases(db.session(), worker))


@own_file
def letter(worker: Worker, reading: WorkerCode, copy_id: int) -> Any:
    """A letter to the worker, as it was sent."""
    copy = find_letter(db.session(), worker, copy_id)
    if copy is None:
        abort(404)
    content = content_of(copy)
    note_reading(db.session(), own_event("case-document:own-read", copy))
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": attachment_header(f"{copy.number}.pdf")})


@own_file
def rights(worker: Worker, reading: WorkerCode) -> Any:
    """What the law gives, with the limits of the tables."""
    language = "zh" if current_locale().startswith("zh") else "en"
    return _page("rights", worker, reading, rights=worker_rights(today()), language=language)


@own_file
def readers(worker: Worker, reading: WorkerCode) -> Any:
    """Which organisation has read the file, on which day and what for."""
    note_reading(db.session(), own_event("worker:own-read", worker))
    return _page("readers", worker, reading, readings=readings_of(db.session(), worker))


@own_file
def go(worker: Worker, reading: WorkerCode) -> Any:
    """Leave the own file; the code is used up."""
    leave(db.session(), reading)
    db.session.commit()
    session.pop(TOKEN, None)
    flash(_("You have left your file."), "success")
    return redirect(url_for("me.enter"))
