"""Forms about examinations."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from ohs.kernel.fields import DayField
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.registry.labels import county_choices, sector_choices, size_choices, town_choices
from ohs.rulebook.hazards import find_hazard
from ohs.surveillance.models import PHASES
from ohs.surveillance.queries import ExaminationFilters, FindingFilters
from ohs.surveillance.records import conclusions_for
from ohs.surveillance.rules import ORDER

PHASE_LABELS = {
    "pre-placement": _l("Pre-placement"),
    "in-service": _l("In service"),
    "leaving": _l("Leaving"),
    "emergency": _l("Emergency"),
    "follow-up": _l("Follow-up after leaving"),
}
CONCLUSION_LABELS = {
    "N": _l("No abnormality found"),
    "R": _l("Re-examination"),
    "C": _l("Contraindication"),
    "S": _l("Suspected occupational disease"),
    "O": _l("Other disease or abnormality"),
    "P": _l("No individual conclusion yet"),
    "U": _l("Nothing related to the work"),
}
CONCLUSION_COLOURS = {"N": "green", "R": "blue", "C": "orange", "S": "red", "O": "", "P": "", "U": "green"}
#: What an employer is not told: it has nothing to do with the work.
UNRELATED = "O"


class ExaminationFilterForm(FilterForm):
    """What the list may be narrowed by; lives in the address."""

    employer = StringField(_l("Employer"), validators=[Optional()], description=_l("Name, pinyin initials or credit code"))
    county = SelectField(_l("County or zone"), validators=[Optional()])
    town = SelectField(_l("Town"), validators=[Optional()])
    sector = SelectField(_l("Industry"), validators=[Optional()])
    size = SelectField(_l("Size"), validators=[Optional()])
    phase = SelectField(_l("Kind of examination"), validators=[Optional()])
    conclusion = SelectField(_l("Conclusion"), validators=[Optional()])
    hazard = StringField(_l("Hazard factor"), validators=[Optional()], description=_l("Name, code or alias"))
    examined_from = DayField(_l("Examined from"), validators=[Optional()])
    examined_to = DayField(_l("Examined to"), validators=[Optional()])
    clinic_id = IntegerField(_l("Clinic"), validators=[Optional()])
    upload_id = IntegerField(_l("Upload"), validators=[Optional()])
    jump = DayField(_l("Go to the day"), validators=[Optional()])
    order = SelectField(_l("Order"), choices=[("", _l("Newest first")), ("oldest", _l("Oldest first"))], validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _l("All"))
        self.county.choices = [everything, *county_choices()]
        self.town.choices = [everything, *town_choices(self.county.data or "")]
        self.sector.choices = [everything, *sector_choices()]
        self.size.choices = [everything, *size_choices()]
        self.phase.choices = [everything, *((phase, PHASE_LABELS[phase]) for phase in PHASES)]
        self.conclusion.choices = [everything, *((letter, CONCLUSION_LABELS[letter]) for letter in ORDER)]

    def offer_to(self, user: Any) -> None:
        """Offer the conclusions that this reader is told, in the words in which they are told; nothing unrelated to work by its name."""
        told = {letter: conclusions_for(user, letter) for letter in ORDER}
        offered = [(letter, CONCLUSION_LABELS[name]) for letter, name in told.items() if letter != UNRELATED or name == UNRELATED]
        self.conclusion.choices = [("", _l("All")), *offered]

    def filters(self) -> ExaminationFilters:
        """What was chosen; what cannot be read narrows nothing and shows its sentence at the field."""
        good = self.good()
        hazard = find_hazard(str(good.get("hazard", ""))) if good.get("hazard") else None
        if good.get("hazard") and hazard is None:
            self.hazard.errors = [*self.hazard.errors, _l("No hazard factor of that name; choose one of the catalogue.")]
        is_day = lambda value: value if isinstance(value, date) else None  # noqa: E731
        return ExaminationFilters(
            county=good.get("county", ""),
            town=good.get("town", ""),
            clinic_id=good.get("clinic_id"),
            employer=str(good.get("employer", "")).strip(),
            sector=good.get("sector", ""),
            size=good.get("size", ""),
            phase=good.get("phase", ""),
            conclusion=good.get("conclusion", ""),
            hazard=hazard.code if hazard else "",
            examined_from=is_day(good.get("examined_from")),
            examined_to=is_day(good.get("examined_to")),
            upload_id=good.get("upload_id"),
            is_ascending=good.get("order") == "oldest",
        )

    def jump_day(self) -> date | None:
        """The day to which the reader wants to jump."""
        return self.jump.data if isinstance(self.jump.data, date) and not self.jump.errors else None


class PurposeForm(PageForm):
    """Why a worker's file is opened."""

    reason = SelectField(
        _l("Purpose"),
        choices=[
            ("", _l("Choose…")),
            ("supervision", _l("Supervision of an employer or clinic")),
            ("suspected", _l("Follow-up of a suspected occupational disease")),
            ("complaint", _l("Complaint or report")),
            ("quality", _l("Review of data quality")),
            ("other", _l("Another purpose, named below")),
        ],
        validators=[DataRequired(_l("Choose why you open this file."))],
    )
    note = TextAreaField(
        _l("In your words"),
        validators=[DataRequired(_l("Say in a few words why you open this file.")), Length(min=4, max=200)],
        description=_l("Kept on record with your name; the worker may ask who has read the file."),
    )


#: How the days of a finding stand; the first is what is listed unless asked otherwise.
FINDING_STANDINGS = {
    "open": _l("A day is still ahead"),
    "passed": _l("Every day has passed"),
    "withdrawn": _l("Withdrawn by a correction"),
    "all": _l("All"),
}


class FindingFilterForm(FilterForm):
    """Which conclusions are listed."""

    kind = SelectField(_l("Conclusion"), validators=[Optional()])
    county = SelectField(_l("County or zone"), validators=[Optional()])
    standing = SelectField(_l("Days"), choices=list(FINDING_STANDINGS.items()), default="open", validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _l("All"))
        self.kind.choices = [everything, *((letter, CONCLUSION_LABELS[letter]) for letter in "SCR")]
        self.county.choices = [everything, *county_choices()]

    def filters(self, on: date, standing: str = "") -> FindingFilters:
        """What was chosen; what cannot be read narrows nothing. `standing` takes the place of the chosen one."""
        good = self.good()
        return FindingFilters(on, good.get("kind", ""), good.get("county", ""), standing or good.get("standing", "open"))
