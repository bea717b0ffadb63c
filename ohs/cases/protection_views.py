"""Pages about protected periods for HR: who is in one, and the question whether somebody may be dismissed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import FileField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.cases.actors import By
from ohs.cases.dismissals import EmploymentEnd, record_ends
from ohs.cases.evidence import add_evidence
from ohs.cases.forms import FILE_HINT, not_ahead
from ohs.cases.kinds.proofs import FREE_EVIDENCE
from ohs.cases.protection import ProtectedPeriod
from ohs.cases.protection_queries import ORDERS, filtered_periods, find_period, standing_of, with_people, worker_ids_of
from ohs.kernel.attached import attached_from, is_attachable
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.fields import DayField, DayRequired
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
    LedgerColumn("ended_on", Message("Employment ended on"), 12, "day"),
)


class ProtectedFilterForm(FilterForm):
    """What the list of protected periods may be narrowed by."""

    text = StringField(_l("Employer or identity number"), description=_l("Employer, or whole identity number"))
    county = SelectField(_l("County or zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [("", _l("All")), *county_choices()]


class EndingForm(PageForm):
    """When an employment has ended, and what says so. Never why: the roster knows no reasons."""

    ended_on = DayField(_l("Employment ended on"), [DayRequired(_l("Name the day.")), not_ahead], description=_l("For example 2026-11-24"))
    document_no = StringField(
        _l("Number of the document"), [InputRequired(_l("Name the document that it rests on.")), Length(max=200)],
        description=_l("Roster entry, notice of dismissal or record of the visit"), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    document = FileField(_l("Document, if there is one"), [Optional(), is_attachable], description=FILE_HINT)


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


def _period(period_id: int) -> ProtectedPeriod | None:
    return find_period(db.session(), period_id)


@requires(Permission.PROTECTION_ALARM, _period)
def end(period: ProtectedPeriod) -> Any:
    """Enter that an employment has ended inside a protected period: employer and health are told, labour inspection gets a lead."""
    form, session = EndingForm(), db.session()
    if form.validate_on_submit() and period.employer_id is not None:
        said = EmploymentEnd(period.worker_id, period.employer_id, form.ended_on.data, str(form.document_no.data))
        leads = record_ends(session, [said], by=By(current_user), on=today())
        if leads:
            if form.document.data:
                add_evidence(session, leads[0], FREE_EVIDENCE, attached_from(form.document.data), actor=current_user, on=today())
            session.commit()
            flash(_("Employer and health department are told; lead %(number)s is opened.", number=leads[0].number), "success")
            return redirect(url_for("desk.case", number=leads[0].number))
        form.form_errors.append(_("Nothing follows from it: it lies outside the protected period, or it is entered already."))
    page = render_template("cases/end_employment.html", form=form, period=period, county_name=county_name)
    return page, 400 if form.errors else 200


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
                say(Message("Yes")), period.started_on, period.ending.ended_on if period.ending else None,
            ]  # fmt: skip

    return Content(COLUMNS, question, rows, keys_of_workers(question, ProtectedPeriod.worker_id))


REPORT = Report(
    "protected-periods", Message("Protected periods"), Permission.PROTECTION_LIST, "cases.protected", ProtectedFilterForm, _periods,
    "protection:exported", is_about_workers=True,
)  # fmt: skip
