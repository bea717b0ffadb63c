"""Forms of hand-overs: to whom and why, the answer, and the filters of the lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.transfer_labels import PART_LABELS
from ohs.cases.transfer_queries import TransferFilters
from ohs.kernel.fields import DayField
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm

REASON_LENGTH = 1_000
#: What another office can ask for.
ASKABLE = (MAIN, "appraisal", WORK_INJURY)


class HandOverForm(PageForm):
    """What is handed to whom, and why."""

    track = RadioField(_l("What is handed over"), validators=[InputRequired(_l("Choose what is handed over."))])
    to_id = SelectField(
        _l("Receiver"), [InputRequired(_l("Choose who receives it.")), NumberRange(1, message=_l("Choose who receives it."))], coerce=int
    )
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Give the reason.")), Length(max=REASON_LENGTH)],
        description=_l("The receiver reads it before it accepts: no names of people or employers, nothing medical."),
    )  # fmt: skip


class AskForm(PageForm):
    """Which case is asked for, and why."""

    number = StringField(_l("Number of the case"), [DataRequired(_l("Give the number of the case.")), Length(max=40)])
    track = SelectField(_l("What is asked for"), choices=[(track, PART_LABELS[track]) for track in ASKABLE])
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Give the reason.")), Length(max=REASON_LENGTH)])


class AnswerForm(PageForm):
    """Yes, or no with a reason."""

    answer = RadioField(
        _l("Reply"),
        choices=[("accept", _l("Take it over")), ("refuse", _l("Refuse it"))],
        validators=[InputRequired(_l("Choose an answer."))],
    )
    reason = TextAreaField(_l("Reason"), [Length(max=REASON_LENGTH)], description=_l("Needed for a refusal: the joint meeting reads it."))

    def validate_reason(self, field: Any) -> None:
        """A refusal names its reason."""
        if self.answer.data == "refuse" and not (field.data or "").strip():
            raise ValidationError(_("A refusal names its reason."))


class TransferFilterForm(FilterForm):
    """What the list of hand-overs may be narrowed by."""

    direction = SelectField(_l("Direction"), choices=[("", _l("All")), ("received", _l("To be answered by us")), ("sent", _l("From us"))])
    standing = SelectField(_l("Standing"), choices=[("open", _l("Waiting")), ("answered", _l("Ended")), ("all", _l("All"))], default="open")

    def filters(self) -> TransferFilters:
        """What was chosen."""
        good = self.good()
        return TransferFilters(good.get("direction", ""), good.get("standing", "open"))


class ScorecardForm(FilterForm):
    """The stretch of time of a scorecard, by the day of asking; this year where nothing is said."""

    since = DayField(_l("From"), [Optional()])
    until = DayField(_l("To"), [Optional()])

    def span(self, today: date) -> tuple[date, date]:
        """The first and the last day."""
        good = self.good()
        since, until = good.get("since"), good.get("until")
        return since if isinstance(since, date) else date(today.year, 1, 1), until if isinstance(until, date) else today
