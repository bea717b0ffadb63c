"""Forms about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Optional


class SignInForm(FlaskForm):
    """Login, password, and the code of the second factor."""

    login = StringField(_l("Login"), validators=[DataRequired(_l("Type your login.")), Length(max=80)])
    password = PasswordField(_l("Password"), validators=[DataRequired(_l("Type your password.")), Length(max=200)])
    code = StringField(
        _l("Code"), validators=[Optional(), Length(max=10)], description=_l("Six digits from your authenticator; only where it was set up.")
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A password, twice."""

    password = PasswordField(_l("New password"), validators=[DataRequired(_l("Type a password.")), Length(max=200)])
    again = PasswordField(
        _l("The same again"), validators=[DataRequired(_l("Type it a second time.")), EqualTo("password", _l("The two differ."))]
    )
    code = StringField(
        _l("Code"), validators=[Optional(), Length(max=10)], description=_l("The six digits that your authenticator shows after scanning")
    )


class DeedForm(FlaskForm):
    """A deed that needs no more than its button."""
