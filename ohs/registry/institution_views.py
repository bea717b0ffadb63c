"""Pages of institutions: the list and what each has on file."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.models import Organisation
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.i18n import say
from ohs.kernel.ledger import read_ledger
from ohs.kernel.policy import Permission, requires
from ohs.registry.forms import InstitutionFilterForm, ScopeForm
from ohs.registry.labels import county_name
from ohs.registry.queries import INSTITUTION_ORDERS, filtered_institutions, scopes_of
from ohs.registry.scopes import scope_on
from ohs.registry.services import file_scope
from ohs.rulebook.hazards import CATEGORY_LABELS


def _find(organisation_id: int) -> Organisation | None:
    found = db.session.get(Organisation, organisation_id)
    return found if found is not None and found.kind in ("clinic", "diagnosis", "testing") else None


@requires(Permission.INSTITUTION_LIST)
def index() -> Any:
    """Institutions and what they have on file today."""
    form = InstitutionFilterForm(request.args)
    question = filtered_institutions(form.text.data or "", form.kind.data or "", is_active_only=bool(form.only_active.data))
    ledger = read_ledger(db.session(), question, INSTITUTION_ORDERS, "name")
    day, scopes = today(), defaultdict(list)
    for scope in db.session.scalars(scopes_of([row.id for row in ledger.rows])):
        if scope.filed_on <= day and (scope.ends_on is None or scope.ends_on >= day):
            scopes[scope.organisation_id].append(say(CATEGORY_LABELS[scope.category]))
    kinds = dict(InstitutionFilterForm.kind.kwargs["choices"])
    return render_template("registry/institutions.html", form=form, ledger=ledger, scopes=scopes, county_name=county_name, kinds=kinds)


@requires(Permission.INSTITUTION_EDIT, _find)
def scope(organisation: Organisation) -> Any:
    """File what an institution may do, from a day on; the history stays."""
    form = ScopeForm()
    if form.validate_on_submit():
        file_scope(db.session(), organisation, set(form.categories.data or ()), on=form.on.data, actor=current_user)
        db.session.commit()
        flash(_("Filed for %(name)s from %(day)s on.", name=organisation.name, day=form.on.data.isoformat()), "success")
        return redirect(url_for("institutions.index"))
    if request.method == "GET":
        form.categories.data, form.on.data = sorted(scope_on(db.session(), organisation.id, today())), today()
    history = db.session.scalars(scopes_of([organisation.id])).all()
    page = render_template(
        "registry/scope.html",
        form=form,
        organisation=organisation,
        history=history,
        names={name: say(label) for name, label in CATEGORY_LABELS.items()},
    )
    return page, 400 if form.errors else 200
