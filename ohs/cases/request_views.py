"""Pages of requests for a case: asking by its number, the list of what was asked for, and taking one back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField

from ohs.cases.asking import (
    ORDERS,
    STANDING_COLOURS,
    STANDING_LABELS,
    WAITS,
    RequestFilters,
    find_request,
    request_case,
    requests_of,
    standing_of,
    withdraw_request,
)
from ohs.cases.clocks import work_calendar
from ohs.cases.inbox_tabs import tabs_of_inbox
from ohs.cases.preview import without_names
from ohs.cases.requests_models import CaseRequest
from ohs.cases.transfer_forms import AskForm
from ohs.cases.transfer_labels import PART_LABELS
from ohs.cases.transfer_rules import REFUSE_WITHIN
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.filtering import FilterForm
from ohs.kernel.ledger import read_ledger
from ohs.kernel.policy import Permission, allowed, requires
from ohs.rulebook.time_left import Left, left_until


class RequestFilterForm(FilterForm):
    """What the list of requests may be narrowed by."""

    standing = SelectField(_l("Standing"), choices=[("open", _l("Waiting")), ("ended", _l("Ended")), ("all", _l("All"))], default="open")

    def filters(self) -> RequestFilters:
        """What was chosen."""
        return RequestFilters(self.good().get("standing", "open"))


def find(request_id: int) -> CaseRequest | None:
    """The request of an address."""
    return find_request(db.session(), request_id)


@requires(Permission.CASE_ASK)
def ask() -> Any:
    """Ask for a case of which one knows the number."""
    form, session = AskForm(number=request.args.get("number", "")), db.session()
    if form.validate_on_submit():
        with form.attempt(session):
            request_case(session, form.number.data or "", form.reason.data or "", actor=current_user, on=today(), track=form.track.data)
        if not form.errors:
            session.commit()
            flash(
                _("If there is an open case of that number which your department may hold and nobody hands over already, its office is asked now. What it answers will stand here."),
                "success",
            )  # fmt: skip
            return redirect(url_for("cases.requests"))
    return render_template("cases/ask.html", form=form), form.status


@requires(Permission.CASE_ASK)
def index() -> Any:
    """What this person's office has asked for, and how it stands."""
    form, on, work = RequestFilterForm(request.args), today(), work_calendar(db.session())
    ledger = read_ledger(db.session(), requests_of(current_user, form.filters(), on), ORDERS, "-new")

    def left(one: CaseRequest) -> Left | None:
        return left_until(one.due_on, REFUSE_WITHIN, on, work, since=one.asked_on) if standing_of(one, on) == WAITS else None

    return render_template(
        "cases/requests.html", form=form, ledger=ledger, tabs=tabs_of_inbox("cases.requests"), left=left, standing=lambda one: standing_of(one, on),
        may_withdraw=lambda one: standing_of(one, on) == WAITS and allowed(current_user, Permission.REQUEST_WITHDRAW, one), answer_of=_answer_of,
        may_read=lambda one: one.transfer is not None and allowed(current_user, Permission.CASE_READ, one.transfer.case),
        STANDING_LABELS=STANDING_LABELS, STANDING_COLOURS=STANDING_COLOURS, PART_LABELS=PART_LABELS,
    )  # fmt: skip


def _answer_of(one: CaseRequest) -> str:
    """Why it was answered so, without names for who may not read the case."""
    if one.transfer is None or standing_of(one, today()) not in ("accepted", "refused"):
        return ""
    reason, case = one.transfer.answer_reason, one.transfer.case
    return reason if allowed(current_user, Permission.CASE_READ, case) else without_names(reason, case)


@requires(Permission.REQUEST_WITHDRAW, find)
def withdraw(asked: CaseRequest) -> Any:
    """Take a request back."""
    withdraw_request(db.session(), asked, actor=current_user, on=today())
    db.session.commit()
    flash(_("Taken back: %(number)s is not asked for any more.", number=asked.number), "success")
    return redirect(url_for("cases.requests"))
