"""Pages of default limits: all of them beside those of the law, and the change of one, rehearsed first."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ohs.cases.clock_forms import DefaultClockForm
from ohs.cases.clocks import work_calendar
from ohs.cases.default_clocks import Rehearsal, coming_changes, entries_of, rehearse, set_default_clock
from ohs.cases.labels import ACTOR_LABELS, duty_name
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, requires
from ohs.rulebook.default_limits import bounds_of, find_default, limits_in_force
from ohs.rulebook.documents import cited
from ohs.rulebook.tables import Row

UNITS = {
    "calendar_day": _l("calendar days"), "working_day": _l("working days"), "month": _l("months"), "year": _l("years"), "hour": _l("hours"),
}  # fmt: skip
LABELS: dict[str, Any] = {
    "UNITS": UNITS,
    "ACTOR_LABELS": ACTOR_LABELS | {"JM": _l("Joint meeting")},
    "cited": cited,
    "duty_name": duty_name,
}


def find(slug: str) -> Row | None:
    """The default of an address, as it ships."""
    return find_default(slug, today())


@requires(Permission.SETTING_EDIT)
def index() -> Any:
    """Every default with the value in force; below them the limits of the law, which nobody changes here."""
    on, session = today(), db.session()
    work = work_calendar(session)
    defaults = [
        (row, work.with_own_amount(row, on)["amount"], row["slug"] in work.own_amounts) for row in limits_in_force(on, statutory=False)
    ]
    return render_template(
        "cases/default_clocks.html",
        defaults=defaults,
        coming=coming_changes(session, on),
        statutory=limits_in_force(on, statutory=True),
        on=on,
        **LABELS,
    )


@requires(Permission.SETTING_EDIT, find)
def edit(row: Row) -> Any:
    """Change one default: rehearsed first, then said a second time."""
    session, on, slug = db.session(), today(), row["slug"]
    entries, bounds = entries_of(session, slug), bounds_of(row, on)
    in_force = work_calendar(session).with_own_amount(row, on)["amount"]
    form = DefaultClockForm(data={"amount": int(in_force), "from_on": on}).allow(bounds.lowest, bounds.highest)
    if request.method == "GET":
        form.seen.data = str(len(entries))
    rehearsal: Rehearsal | None = None
    if form.validate_on_submit():
        amount, from_on = form.amount.data, form.from_on.data
        if form.rehearsed.data == _said(amount, from_on):
            seen = int(form.seen.data) if str(form.seen.data or "").isdigit() else None
            set_default_clock(session, slug, amount, from_on=from_on, reason=form.reason.data, actor=current_user, on=on, seen=seen)
            session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for("default_clocks.index"))
        try:
            rehearsal = rehearse(session, slug, amount, from_on, on)
            form.rehearsed.data = _said(amount, from_on)
        except DomainError as refusal:
            form.form_errors.append(say(refusal.message))
    page = render_template(
        "cases/default_clock.html",
        form=form,
        row=row,
        in_force=in_force,
        bounds=bounds,
        entries=entries,
        rehearsal=rehearsal,
        on=on,
        **LABELS,
    )
    return page, 400 if form.errors or form.form_errors else 200


def _said(amount: int, from_on: date) -> str:
    """What was rehearsed; anything else is rehearsed anew."""
    return f"{amount}@{from_on.isoformat()}"
