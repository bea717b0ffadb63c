"""Pages of emergency access: open a case, give it back, and review what others have opened."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from ohs.cases.emergency import EmergencyAccess
from ohs.cases.emergency_deeds import (
    REASONS,
    SHORTEST_NOTE,
    accesses_seen_by,
    give_back,
    hours_of,
    open_access,
    open_in_emergency,
    own_accesses,
    readings_of,
    review,
)
from ohs.cases.labels import kind_name
from ohs.cases.models import Case
from ohs.kernel.clock import now, today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import View, read_ledger
from ohs.kernel.message import Message
from ohs.kernel.paging import Key, capped_count
from ohs.kernel.panels import Panel
from ohs.kernel.policy import Permission, could, requires

NOTE_LENGTH = 500
ORDERS = {"new": (Key(EmergencyAccess.id),), "due": (Key(EmergencyAccess.review_due_on), Key(EmergencyAccess.id))}
OUTCOMES = {"accepted": _l("Found justified"), "objected": _l("Objected")}


class EmergencyForm(PageForm):
    """Which case is opened, and why."""

    number = StringField(_l("Number of the case"), validators=[DataRequired(_l("Type the number of the case.")), Length(max=40)])
    reason = SelectField(_l("Kind of emergency"))
    note = TextAreaField(
        _l("What has happened, and why this case must be read now"),
        validators=[
            DataRequired(_l("Say what has happened.")),
            Length(min=SHORTEST_NOTE, max=NOTE_LENGTH, message=_l("Say what has happened.")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(key, say(label)) for key, label in REASONS.items()]


class ReviewForm(PageForm):
    """Whether it was right."""

    outcome = RadioField(
        _l("Was it right to open this case?"), choices=[("accepted", _l("Accept it")), ("objected", _l("Object to it"))],
        validators=[DataRequired(_l("Choose one."))],
    )  # fmt: skip
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=NOTE_LENGTH)], description=_l("An objection has a reason."))


def banner(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """What the page of a case says to whoever reads it in an emergency."""
    access = open_access(session, user, case)
    return None if access is None else {"access": access, "REASONS": REASONS}


PANEL = Panel("case", Message("You read this case in an emergency"), Permission.EMERGENCY_OPEN, banner, "cases/emergency_banner.html", 1)


@requires(Permission.EMERGENCY_OPEN)
def index() -> Any:
    """Open a case in an emergency; below, what one has opened."""
    form, session = EmergencyForm(), db.session()
    if request.method == "GET":
        form.number.data = request.args.get("number", "")[:40]
    if form.validate_on_submit():
        try:
            access = open_in_emergency(
                session, form.number.data, reason=form.reason.data, note=form.note.data, actor=current_user, at=now()
            )  # fmt: skip
        except DomainError as refusal:
            session.rollback()
            form.form_errors.append(say(refusal.message))
        else:
            session.commit()
            return redirect(url_for("desk.case", number=access.case.number))
    ledger = read_ledger(session, own_accesses(current_user), ORDERS, "-new")
    page = render_template(
        "cases/emergency.html",
        form=form,
        ledger=ledger,
        hours=hours_of(session, today()),
        REASONS=REASONS,
        OUTCOMES=OUTCOMES,
        now=now(),
        today=today(),
    )
    return page, 400 if form.errors or form.form_errors else 200


def find(access_id: int) -> EmergencyAccess | None:
    """The access of an address."""
    return db.session.get(EmergencyAccess, access_id)


@requires(Permission.EMERGENCY_END, find)
def end(access: EmergencyAccess) -> Any:
    """Give one's own access back."""
    give_back(db.session(), access, actor=current_user, at=now())
    db.session.commit()
    flash(_("The case is closed to you again."), "success")
    return redirect(url_for("emergency.index"))


@requires(Permission.EMERGENCY_READ)
def reviews() -> Any:
    """What was opened in emergencies: to be reviewed, overdue, and all of it."""
    session, on = db.session(), today()
    standing = request.args.get("standing", "pending")
    ledger = read_ledger(session, accesses_seen_by(current_user, standing, on), ORDERS, "due" if standing != "all" else "-new")
    views = [
        View(label, "" if name == "pending" else f"standing={name}", capped_count(session, accesses_seen_by(current_user, name, on)))
        for name, label in (
            ("pending", _("To be reviewed")),
            ("overdue", _("Review overdue")),
            ("objected", _("Objected")),
            ("all", _("All")),
        )
    ]
    return render_template(
        "cases/emergency_reviews.html", ledger=ledger, views=views, REASONS=REASONS, OUTCOMES=OUTCOMES, now=now(), today=on,
        readings={one.id: readings_of(session, one) for one in ledger.rows}, may_review=could(current_user, Permission.EMERGENCY_REVIEW),
        kind_name=kind_name,
    )  # fmt: skip


@requires(Permission.EMERGENCY_REVIEW, find)
def decide(access: EmergencyAccess) -> Any:
    """Accept what somebody else has opened, or object to it."""
    form = ReviewForm()
    if form.validate_on_submit():
        review(db.session(), access, outcome=form.outcome.data, note=form.note.data or "", actor=current_user, at=now())
        db.session.commit()
        flash(_("Your review is on record."), "success")
        return redirect(url_for("emergency.reviews"))
    page = render_template(
        "cases/emergency_review.html", access=access, form=form, REASONS=REASONS, OUTCOMES=OUTCOMES, readings=readings_of(db.session(), access),
        now=now(), today=today(), kind_name=kind_name,
    )  # fmt: skip
    return page, 400 if form.errors else 200


def waiting_reviews(user: Any) -> int:
    """How many reviews wait for a person, for the badge of the menu."""
    return capped_count(db.session(), accesses_seen_by(user, "pending", today())) if could(user, Permission.EMERGENCY_REVIEW) else 0
