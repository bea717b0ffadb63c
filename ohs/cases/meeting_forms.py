"""Forms of the joint meeting: what is brought before it, what it decides, what came of it, and the meeting itself."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from ohs.cases.meeting_models import CAMPAIGN, CAUSES
from ohs.cases.meeting_queries import ItemFilters
from ohs.cases.transfer_labels import CAUSE_LABELS
from ohs.cases.transfer_queries import offices
from ohs.kernel.database import db
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm

TEXT_LENGTH = 4_000
#: So many cases are about one thing at most.
CASES_AT_MOST = 50


class ItemFilterForm(FilterForm):
    """What the list of the joint meeting may be narrowed by."""

    case_number = StringField(_l("Number of the case"), [Length(max=40)])
    cause = SelectField(_l("Cause"))
    standing = SelectField(
        _l("Standing"),
        choices=[
            ("", _l("All")),
            ("open", _l("Not decided yet")),
            ("decided", _l("Decided")),
            ("late", _l("Past the last day")),
            ("done", _l("Carried out")),
        ],
    )
    owner_id = SelectField(_l("Owner"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cause.choices = [("", _("All")), *((cause, CAUSE_LABELS[cause]) for cause in CAUSES)]
        self.owner_id.choices = [(0, _("All")), *((place.id, place.name) for place in offices(db.session()))]

    def filters(self) -> ItemFilters:
        """What was chosen."""
        good = self.good()
        return ItemFilters(good.get("cause", ""), good.get("standing", ""), good.get("owner_id", 0), good.get("case_number", ""))


class ProposeForm(PageForm):
    """What is brought before the joint meeting."""

    cause = SelectField(_l("Cause"), [InputRequired()])
    cases = StringField(
        _l("Numbers of cases"), [Length(max=1_500)], description=_l("Separated by commas; a plan of a campaign may stand without")
    )
    why = TextAreaField(
        _l("What is to be decided"), [DataRequired(_l("Write what is to be decided.")), Length(max=TEXT_LENGTH)],
        description=_l("Every member reads it: no names of people, nothing medical."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cause.choices = [(cause, CAUSE_LABELS[cause]) for cause in CAUSES]

    @property
    def numbers(self) -> list[str]:
        """The numbers that were typed, each once."""
        return list(dict.fromkeys(part.upper() for part in re.split(r"[\s,，、;；]+", self.cases.data or "") if part))

    def validate_cases(self, _field: Any) -> None:
        """All but plans are about a case."""
        if not self.numbers and self.cause.data != CAMPAIGN:
            raise ValidationError(_("Name the case that it is about."))
        if len(self.numbers) > CASES_AT_MOST:
            raise ValidationError(_("At most %(count)s cases at once.", count=CASES_AT_MOST))


class DecideForm(PageForm):
    """What was decided, who owns it, and until when."""

    decision = TextAreaField(_l("Decision"), [DataRequired(_l("Write what was decided.")), Length(max=TEXT_LENGTH)])
    owner_id = SelectField(
        _l("Owner"), [InputRequired(_l("Choose an office.")), NumberRange(1, message=_l("Choose an office."))], coerce=int
    )
    due_on = DayField(_l("To be done by"), [DayRequired(_l("Name the day."))], description=_l("For example 2026-11-24"))


class ResultForm(PageForm):
    """What came of it."""

    result = TextAreaField(_l("Result"), [DataRequired(_l("Say what came of it.")), Length(max=TEXT_LENGTH)])


class ConveneForm(PageForm):
    """When and where the meeting is, and who comes."""

    held_on = DayField(_l("Day of the meeting"), [DayRequired(_l("Name the day."))], description=_l("For example 2026-11-24"))
    place = StringField(_l("Place"), [DataRequired(_l("Name the place.")), Length(max=100)])
    chair = StringField(_l("In the chair"), [Optional(), Length(max=100)])
    members = TextAreaField(
        _l("Members"), [DataRequired(_l("Name the members.")), Length(max=TEXT_LENGTH)], description=_l("One to a line")
    )


class MoveForm(PageForm):
    """Where a called meeting goes, and why."""

    held_on = DayField(_l("New day of the meeting"), [DayRequired(_l("Name the day."))], description=_l("For example 2026-11-24"))
    place = StringField(_l("Place"), [DataRequired(_l("Name the place.")), Length(max=100)])
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Give the reason.")), Length(max=TEXT_LENGTH)], description=_l("Everyone invited reads it.")
    )


class CallOffForm(PageForm):
    """Why a called meeting does not take place."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Give the reason.")), Length(max=TEXT_LENGTH)], description=_l("Everyone invited reads it.")
    )


class CloseForm(PageForm):
    """The minutes."""

    minutes = TextAreaField(
        _l("Minutes"), [DataRequired(_l("Write the minutes first.")), Length(max=20_000)],
        description=_l("What was said besides the decisions, which stand in the document by themselves. No names of workers, nothing medical."),
    )  # fmt: skip
