"""Pages of one's own substitutes: name one while away, see for whom one stands in, end it early."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from ohs.accounts.models import User
from ohs.accounts.settings import setting
from ohs.accounts.substitutes import USUAL, Substitution, end_substitution, name_substitute, possible_substitutes, substitutions_of
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import read_ledger
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, requires

ORDERS = {"new": (Key(Substitution.id),)}


class SubstituteForm(PageForm):
    """Who stands in, and from when until when."""

    substitute_id = SelectField(_l("Colleague"), coerce=int, validators=[InputRequired(_l("Choose a colleague."))])
    from_on = DayField(_l("First day away"), validators=[DayRequired(_l("Name the day."))])
    to_on = DayField(_l("Last day away"), validators=[DayRequired(_l("Name the day."))])
    note = StringField(_l("Note"), validators=[Optional(), Length(max=200)])


@requires(Permission.SUBSTITUTE_NAME)
def substitutes() -> Any:
    """Name a substitute; below, what was named and for whom one stands in."""
    session, on = db.session(), today()
    form = SubstituteForm(data={"from_on": on, "to_on": on + USUAL})
    form.substitute_id.choices = [
        (one.id, f"{one.name}（{one.login}）") for one in session.scalars(possible_substitutes(current_user)).unique()
    ]
    if form.validate_on_submit():
        colleague = session.get_one(User, form.substitute_id.data)
        try:
            name_substitute(
                session, colleague, from_on=form.from_on.data, to_on=form.to_on.data, note=form.note.data or "", actor=current_user, on=on
            )
        except DomainError as refusal:
            session.rollback()
            form.form_errors.append(say(refusal.message))
        else:
            session.commit()
            flash(
                _(
                    "%(name)s stands in for you from %(first)s to %(last)s.",
                    name=colleague.name,
                    first=form.from_on.data,
                    last=form.to_on.data,
                ),
                "success",
            )
            return redirect(url_for("accounts.substitutes"))
    ledger = read_ledger(session, substitutions_of(current_user), ORDERS, "-new")
    page = render_template(
        "accounts/substitutes.html",
        form=form,
        ledger=ledger,
        today=on,
        longest=setting(session, "substitute_days"),
        is_sent=request.method == "POST",
    )
    return page, 400 if form.errors or form.form_errors else 200


def find(substitution_id: int) -> Substitution | None:
    """The substitution of an address."""
    return db.session.get(Substitution, substitution_id)


@requires(Permission.SUBSTITUTE_END, find)
def end_substitute(substitution: Substitution) -> Any:
    """Be back before the last day."""
    end_substitution(db.session(), substitution, actor=current_user, on=today())
    db.session.commit()
    flash(_("You are back; nobody stands in for you any more."), "success")
    return redirect(url_for("accounts.substitutes"))
