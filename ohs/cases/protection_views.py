"""Pages about protected periods for HR: who is in one, and the question whether somebody may be dismissed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.cases.protection_queries import ORDERS, filtered_periods, standing_of, with_people, worker_ids_of
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of, read_ledger
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, requires
from ohs.registry.labels import county_choices, county_name

WHY = {
    "dismissal": _l("An employer wants to dismiss the worker"),
    "expiry": _l("A contract is about to end"),
    "complaint": _l("The worker complains of a dismissal"),
}
COLUMNS = (
    LedgerColumn("worker", Message("Worker"), 12),
    LedgerColumn("employer", Message("Employer"), 40),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("protected", Message("In the protected period"), 12),
    LedgerColumn("since", Message("Protected since"), 12, "day"),
)


class ProtectedFilterForm(FilterForm):
    """What the list of protected periods may be narrowed by."""

    text = StringField(_l("Employer or identity number"), description=_l("Employer, or whole identity number"))
    county = SelectField(_l("County or zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [("", _l("All")), *county_choices()]


class AskForm(PageForm):
    """Whose dismissal is asked about, and why."""

    id_number = StringField(
        _l("Identity number"), [InputRequired(_l("Fill in the whole identity number.")), Length(max=40)],
        description=_l("The whole number; names are not searched"), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    why = SelectField(
        _l("Why you ask"),
        [InputRequired(_l("Say why you ask."))],
        choices=[("", _l("Choose…")), *((key, name) for key, name in WHY.items())],
    )


@requires(Permission.PROTECTION_LIST)
def index() -> Any:
    """Workers in the protected period: name masked, employer, since when, and nothing of why."""
    form, session = ProtectedFilterForm(request.args), db.session()
    good = form.good()
    question = with_people(filtered_periods(session, current_user, str(good.get("text", "")), good.get("county", "")))
    ledger = read_ledger(session, question, ORDERS, "-since", counted=False)
    if good.get("text"):
        note_reading(session, audit("protection:searched", "", current_user, after={"found": len(ledger.rows)}))
    return render_template("cases/protected.html", form=form, ledger=ledger, today=today(), county_name=county_name)


@requires(Permission.PROTECTION_LIST)
def ask() -> Any:
    """May this person be dismissed? Each asking is kept on record; the number is in no address."""
    form, session, standing = AskForm(), db.session(), None
    if form.validate_on_submit():
        id_number = form.id_number.data or ""
        standing = standing_of(session, current_user, id_number)
        asked = worker_ids_of(session, id_number)
        event = audit("protection:asked", str(asked[0]) if asked else "", current_user, reason=say(WHY[str(form.why.data)]))
        note_reading(session, event)
    page = render_template("cases/ask_protection.html", form=form, standing=standing, today=today())
    return page, 400 if form.errors else 200


def _periods(session: Session, user: Any, form: ProtectedFilterForm, sort: str) -> Content:
    good = form.good()
    question = filtered_periods(session, user, str(good.get("text", "")), good.get("county", ""))

    def rows() -> Iterator[list[Any]]:
        ordered = in_order(with_people(question), keys_of(ORDERS, sort, "-since"))
        for period in session.scalars(ordered.execution_options(yield_per=1000)):
            yield [
                mask_name(period.worker.standing.name), period.employer.standing.name if period.employer else "", county_name(period.county_code),
                say(Message("Yes")), period.started_on,
            ]  # fmt: skip

    return Content(COLUMNS, question, rows)


REPORT = Report(
    "protected-periods", Message("Protected periods"), Permission.PROTECTION_LIST, "cases.protected", ProtectedFilterForm, _periods,
    "protection:exported", is_about_workers=True,
)  # fmt: skip
