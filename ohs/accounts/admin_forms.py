"""Forms of the administrators."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from ohs.accounts.event_labels import EVENT_GROUPS, EVENT_LABELS, event_name
from ohs.accounts.models import KINDS, ROLES
from ohs.accounts.queries import NO_ROLE
from ohs.kernel.editing import EditForm
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.rulebook.regions import regions

KIND_LABELS = {
    "department": _l("Department"),
    "town": _l("Town office"),
    "employer": _l("Employer"),
    "clinic": _l("Clinic"),
    "diagnosis": _l("Diagnosis institution"),
    "testing": _l("Testing institution"),
    "operator": _l("Operator of this system"),
}
ROLE_LABELS = {
    "employer": _l("Employer"),
    "clinic": _l("Clinic"),
    "testing": _l("Testing institution"),
    "diagnosis": _l("Diagnosis institution"),
    "health": _l("Health department"),
    "hr": _l("Human resources department"),
    "safety": _l("Safety department"),
    "town": _l("Town office"),
    "system-admin": _l("System administrator"),
    "security-admin": _l("Security administrator"),
    "auditor": _l("Auditor"),
}
#: What a login may be.
LOGIN = r"[A-Za-z0-9._-]{1,60}"
DEPARTMENT_LABELS = {"health": _l("Health department"), "hr": _l("Human resources department"), "safety": _l("Safety department")}
ALL = ("", _l("All"))


class UserFilterForm(FilterForm):
    """Which accounts are listed."""

    text = StringField(_l("Login or name"))
    role = SelectField(_l("Role"), choices=[ALL, *ROLE_LABELS.items(), (NO_ROLE, _l("no role"))])
    state = SelectField(_l("State"), choices=[ALL, ("on", _l("Active")), ("off", _l("Blocked")), ("new", _l("Never signed in"))])


class UserForm(EditForm):
    """One person's account."""

    login = StringField(
        _l("Login"),
        validators=[
            DataRequired(_l("Give a login.")),
            Length(max=60),
            Regexp(rf"{LOGIN}\Z", message=_l("Letters, digits, dot, hyphen and underscore only.")),
        ],
    )
    name = StringField(_l("Name"), validators=[DataRequired(_l("Write the name.")), Length(max=30)])
    organisation_name = StringField(
        _l("Organisation"), validators=[DataRequired(_l("Name the organisation.")), Length(max=70)],
        description=_l("Its name or credit code; a part of it brings suggestions."), filters=[lambda text: (text or "").strip()],
        render_kw={
            "list": "organisations-known", "autocomplete": "off", "hx-get": "", "hx-trigger": "input changed delay:250ms",
            "hx-target": "#organisations-known", "hx-select": "#organisations-known", "hx-swap": "outerHTML",
        },
    )  # fmt: skip
    is_enabled = BooleanField(_l("May sign in"), default=True)


class RolesForm(PageForm):
    """What a person may do."""

    roles = SelectMultipleField(
        _l("Roles"),
        choices=[(role, ROLE_LABELS[role]) for role in ROLES],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class OrganisationFilterForm(FilterForm):
    """Which organisations are listed."""

    text = StringField(_l("Name or credit code"))
    kind = SelectField(_l("Kind"), choices=[ALL, *KIND_LABELS.items()])


class OrganisationForm(EditForm):
    """An organisation whose people use the system."""

    kind = SelectField(_l("Kind"), choices=[(kind, KIND_LABELS[kind]) for kind in KINDS])
    department = SelectField(_l("Department"), choices=[("", "—"), *DEPARTMENT_LABELS.items()], description=_l("Only for departments"))
    region_code = SelectField(_l("Area"))
    name = StringField(_l("Name of the organisation"), validators=[DataRequired(_l("Write the name of the organisation.")), Length(max=70)])
    uscc = StringField(
        _l("Unified social credit code"),
        validators=[Optional(), Length(max=18)],
        description=_l("For an employer: of its entry in the base register"),
    )
    phone = StringField(_l("Phone"), validators=[Length(max=30)])
    document_sign = StringField(
        _l("Sign of its letters"),
        validators=[Optional(), Length(max=12)],
        description=_l("For example 海卫, which numbers them 海卫职告〔2026〕0001号; made from the name where it is left empty"),
    )
    is_active = BooleanField(_l("Active"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region_code.choices = [(region.code, region.name) for region in regions().values()]


class CalendarForm(PageForm):
    """A day that differs from the published calendar."""

    day = DayField(_l("Day"), validators=[DayRequired(_l("Give the day."))])
    is_working = RadioField(
        _l("That day is"), choices=[("yes", _l("a working day")), ("no", _l("a day of rest"))], validators=[DataRequired(_l("Choose one."))]
    )
    note = StringField(_l("Document"), validators=[Length(max=100)])


class SettingForm(EditForm):
    """A default of this office."""

    value = IntegerField(_l("Value"), validators=[InputRequired(_l("Give a whole number."))])

    def allow(self, low: int, high: int) -> SettingForm:
        """Take values between these only."""
        sentence = _l("Give a whole number between %(low)s and %(high)s.", low=low, high=high)
        self.value.validators = [*self.value.validators, NumberRange(low, high, sentence)]
        return self


class AuditFilterForm(FilterForm):
    """What is looked for in the audit trail."""

    event = SelectField(_l("Event"))
    actor = StringField(_l("Acting person"), description=_l("Login or name"))
    subject = StringField(_l("About"), description=_l("Number or code"))
    address = StringField(_l("Address of the browser"))
    from_on = DayField(_l("From"))
    to_on = DayField(_l("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event.choices = [
            ALL,
            *((name, say(label)) for name, (label, _events) in EVENT_GROUPS.items()),
            *((event, event_name(event)) for event in EVENT_LABELS),
        ]
