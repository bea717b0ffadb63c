"""Forms about the clocks of a case: suspend, resume, extend, each with what it rests on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from ohs.kernel.clock import today
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.forms import PageForm

CAUSE_LENGTH, DOCUMENT_LENGTH = 500, 100


class ResumeForm(PageForm):
    """A clock runs again."""

    seen = HiddenField()
    document_no = StringField(_l("Number of the document"), validators=[Optional(), Length(max=DOCUMENT_LENGTH)])


class SuspendForm(PageForm):
    """A clock stands still."""

    seen = HiddenField()
    cause = TextAreaField(_l("Cause"), validators=[DataRequired(_l("Name the cause.")), Length(max=CAUSE_LENGTH)])
    document_no = StringField(
        _l("Number of the document"), validators=[DataRequired(_l("Name the document that it rests on.")), Length(max=DOCUMENT_LENGTH)]
    )


class ExtendForm(SuspendForm):
    """A later last day."""

    until_on = DayField(_l("New last day"), validators=[DayRequired(_l("Name the day."))], description=_l("For example 2026-11-24"))

    def validate_until_on(self, field: Any) -> None:
        """A day to come."""
        if isinstance(field.data, date) and field.data < today():
            raise ValidationError(_("This day lies in the past."))


class DefaultClockForm(PageForm):
    """How long a default limit is, from which day on, and why."""

    seen = HiddenField()
    rehearsed = HiddenField()
    amount = IntegerField(_l("How long"), validators=[InputRequired(_l("Give a whole number."))])
    from_on = DayField(
        _l("For what happens from this day on"), validators=[DayRequired(_l("Name the day."))], description=_l("Today or a later day")
    )
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(_l("Say why the limit is changed.")), Length(max=CAUSE_LENGTH)])

    def allow(self, low: int, high: int) -> DefaultClockForm:
        """Take values between these only."""
        sentence = _l("Give a whole number between %(low)s and %(high)s.", low=low, high=high)
        self.amount.validators = [*self.amount.validators, NumberRange(low, high, sentence)]
        return self

    def validate_from_on(self, field: Any) -> None:
        """What has happened is judged by the limit of its day."""
        if isinstance(field.data, date) and field.data < today():
            raise ValidationError(_("This day lies in the past."))
