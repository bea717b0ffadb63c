"""Forms about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, EqualTo, Length, Optional, Regexp

from ohs.kernel.editing import EditForm
from ohs.kernel.forms import PageForm

NEW = {"autocomplete": "new-password"}


class SignInForm(PageForm):
    """Login, password, and the code of the second factor."""

    login = StringField(_l("Login"), validators=[DataRequired(_l("Type your login.")), Length(max=80)])
    password = PasswordField(_l("Password"), validators=[DataRequired(_l("Type your password.")), Length(max=200)])
    code = StringField(
        _l("Code"), validators=[Optional(), Length(max=10)], description=_l("Six digits from your authenticator; only where it was set up.")
    )
    next = HiddenField()


class PasswordForm(PageForm):
    """A password, twice."""

    password = PasswordField(_l("New password"), validators=[DataRequired(_l("Type a password.")), Length(max=200)])
    again = PasswordField(
        _l("The same again"), validators=[DataRequired(_l("Type it a second time.")), EqualTo("password", _l("The two differ."))]
    )
    code = StringField(
        _l("Code"), validators=[Optional(), Length(max=10)], description=_l("The six digits that your authenticator shows after scanning")
    )


class CodeForm(PageForm):
    """The code of a second factor that is being set up."""

    code = StringField(
        _l("Code"), validators=[DataRequired(_l("Type the six digits.")), Length(max=10)],
        description=_l("The six digits that your authenticator shows after scanning"), render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )  # fmt: skip


class ChangePasswordForm(PageForm):
    """The password that one has, and the new one twice."""

    old = PasswordField(
        _l("Password until now"),
        validators=[DataRequired(_l("Type your password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(_l("New password"), validators=[DataRequired(_l("Type a password.")), Length(max=200)], render_kw=NEW)
    again = PasswordField(
        _l("The same again"),
        validators=[DataRequired(_l("Type it a second time.")), EqualTo("password", _l("The two differ."))],
        render_kw=NEW,
    )


CHANNEL_LABELS = {"mail": _l("E-mail"), "sms": _l("SMS"), "government": _l("Government messaging")}
WHEN_LABELS = {"at-once": _l("At once"), "daily": _l("Once a day, all together"), "none": _l("Not at all")}


class ContactForm(EditForm):
    """Where and when one wants to be told outside of the system."""

    email = StringField(
        _l("E-mail address"),
        validators=[Optional(), Length(max=120), Regexp(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+\Z", message=_l("This is no e-mail address."))],
        filters=[lambda text: (text or "").strip()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    phone = StringField(
        _l("Telephone"),
        validators=[Optional(), Length(max=20), Regexp(r"\+?[0-9 -]{5,19}\Z", message=_l("Digits, spaces and hyphens only."))],
        filters=[lambda text: (text or "").strip()],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    channel = SelectField(_l("By"), choices=list(CHANNEL_LABELS.items()))
    told = SelectField(_l("When"), choices=list(WHEN_LABELS.items()))


class AskForm(PageForm):
    """Why many workers' data are to leave the system."""

    reason = TextAreaField(
        _l("What the export is for"), validators=[DataRequired(_l("Say what the export is for.")), Length(max=200)],
        description=_l("Your colleague decides on it, and it stands in every row of the workbook."),
    )  # fmt: skip
