"""Whom a case is about: name and number after a reason, for HR that decides on work injury, and for an office whose worker has moved away."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user

from ohs.accounts.services import give_purpose
from ohs.cases.models import Case
from ohs.cases.queries import get_for_page
from ohs.desk.forms import PersonForm
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, requires


def _find(number: str) -> Case | None:
    case = get_for_page(db.session(), number)
    return case if case is not None and case.worker is not None else None


@requires(Permission.CASE_PERSON, _find)
def person(case: Case) -> Any:
    """The reason first; then name, number and birth date, nothing else of the worker's file."""
    session, form = db.session(), PersonForm()
    assert case.worker is not None
    worker = case.worker.standing
    is_open = current_user.has_purpose_for(worker)
    if not is_open and form.validate_on_submit():
        give_purpose(session, current_user, worker.id, f"{form.reason.data}: {form.note.data.strip()}")
        session.commit()
        return redirect(url_for("desk.person", number=case.number))
    if is_open:
        note_reading(session, audit("worker:revealed", worker, current_user))
    return render_template("desk/person.html", case=case, worker=worker, is_open=is_open, form=form), 400 if form.errors else 200
