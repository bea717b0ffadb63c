"""Forms of the register."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from imports.cells import parse_phone
from ohs.kernel.editing import EditForm
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.registry.labels import (
    county_choices,
    economic_type_choices,
    risk_choices,
    sector_choices,
    size_choices,
    town_choices,
)
from ohs.registry.queries import EmployerFilters
from ohs.rulebook.answer import Answer
from ohs.rulebook.hazards import CATEGORY_LABELS
from ohs.rulebook.industries import find_industry

YES_NO = [("", _l("Not said")), ("yes", _l("Yes")), ("no", _l("No"))]
ALL = ("", _l("All"))


class EmployerFilterForm(FilterForm):
    """What the ledger of employers may be narrowed by; lives in the address."""

    text = StringField(_l("Employer"), description=_l("Name, pinyin initials or credit code"))
    county = SelectField(_l("County or zone"))
    town = SelectField(_l("Town"))
    sector = SelectField(_l("Industry"))
    size = SelectField(_l("Size"))
    risk_class = SelectField(_l("Risk class"))
    explosive_dust = SelectField(_l("Explosive dust"), choices=[ALL, ("yes", _l("Yes")), ("no", _l("No"))])
    unregistered = SelectField(_l("Register"), choices=[ALL, ("yes", _l("Known only from examinations"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [ALL, *county_choices()]
        self.town.choices = [ALL, *town_choices(self.county.data or "")]
        self.sector.choices = [ALL, *sector_choices()]
        self.size.choices = [ALL, *size_choices()]
        self.risk_class.choices = [ALL, *risk_choices()]

    def filters(self) -> EmployerFilters:
        """What was chosen; a choice that does not exist narrows nothing."""
        good = self.good()
        return EmployerFilters(
            text=good.get("text", ""), county=good.get("county", ""), town=good.get("town", ""), sector=good.get("sector", ""),
            size=good.get("size", ""), risk_class=good.get("risk_class", ""), explosive_dust=good.get("explosive_dust", ""),
            is_unregistered=good.get("unregistered") == "yes",
        )  # fmt: skip


class EmployerForm(EditForm):
    """An employer's entry."""

    name = StringField(_l("Name of the employer"), validators=[DataRequired(_l("Write the name as on the licence.")), Length(max=70)])
    registered_address = StringField(
        _l("Registered address"), validators=[DataRequired(_l("Write the registered address.")), Length(max=120)]
    )
    work_address = StringField(_l("Address of the workplace"), validators=[DataRequired(_l("Write where people work.")), Length(max=120)])
    region_code = SelectField(
        _l("Town"), validators=[DataRequired(_l("Choose the town."))], description=_l("Decides the county that accepts declarations")
    )
    industry_code = StringField(
        _l("Industry"), validators=[DataRequired(_l("Give the industry."))], description=_l("Code or official name, three digits at least")
    )
    economic_type = SelectField(_l("Economic type"), validators=[DataRequired(_l("Choose the economic type."))])
    employees = IntegerField(_l("Employees"), validators=[InputRequired(_l("Give a whole number.")), NumberRange(0, 1_000_000)])
    revenue_10k_cny = DecimalField(
        _l("Revenue (10,000 yuan)"), validators=[Optional()], description=_l("With the employees it decides the size")
    )
    legal_representative = StringField(_l("Legal representative"), validators=[DataRequired(_l("Write the name.")), Length(max=30)])
    contact = StringField(_l("Contact for occupational health"), validators=[DataRequired(_l("Write the name.")), Length(max=30)])
    contact_phone = StringField(_l("Phone"), validators=[DataRequired(_l("Give a phone number."))])
    is_above_size = SelectField(_l("Above designated size"), choices=YES_NO)
    has_explosive_dust = SelectField(_l("Explosive dust"), choices=YES_NO, description=_l("The safety department’s flag"))

    risk_answer = SelectField(_l("What the risk class depends on"))

    def __init__(self, *args: Any, asked: Answer | None = None, **kwargs: Any) -> None:
        """`asked`: what the catalogue asks about the industry before it tells a class; the field is left out where it asks nothing."""
        super().__init__(*args, **kwargs)
        self.asked = asked.value["ask"] if asked is not None and isinstance(asked.value, dict) else ""
        if asked is None or self.asked not in ("solvents", "scope"):
            del self.risk_answer
        else:
            words = {"yes": _l("Yes"), "no": _l("No")}
            self.risk_answer.description = say(asked.message) if asked.message else ""
            self.risk_answer.choices = [("", _l("Not said")), *((choice, words.get(choice, choice)) for choice in asked.value["choices"])]
        self.region_code.choices = [("", _l("Choose…")), *town_choices()]
        self.economic_type.choices = economic_type_choices()

    def validate_industry_code(self, field: Any) -> None:
        """The code of the industry takes the place of its name."""
        found = find_industry(field.data or "")
        if found is None or len(found["code"]) < 3:
            raise ValidationError(_l("No industry of that code or name with three digits at least; look it up in GB/T 4754."))
        field.data = found["code"]

    def validate_contact_phone(self, field: Any) -> None:
        """11 digits, or area code and number."""
        read = parse_phone(field.data or "")
        if not isinstance(read, str):
            raise ValidationError(say(read.message))
        field.data = read

    def answers(self) -> dict[str, str]:
        """What was answered to the catalogue's question."""
        return {self.asked: self.risk_answer.data} if "risk_answer" in self and self.risk_answer.data else {}

    def given(self) -> dict[str, Any]:
        """The fields as the register keeps them."""
        flag = {"yes": True, "no": False}
        standard, _bar, code = (self.economic_type.data or "").rpartition("|")
        plain = (
            "name",
            "registered_address",
            "work_address",
            "region_code",
            "industry_code",
            "employees",
            "legal_representative",
            "contact",
            "contact_phone",
        )
        return {name: self[name].data for name in plain} | {
            "economic_type_standard": standard,
            "economic_type": code,
            "revenue_10k_cny": None if self.revenue_10k_cny.data is None else float(self.revenue_10k_cny.data),
            "is_above_size": flag.get(self.is_above_size.data),
            "has_explosive_dust": flag.get(self.has_explosive_dust.data),
        }


class WorkerFilterForm(FilterForm):
    """How a worker is looked for: exactly, never by part of a number."""

    text = StringField(_l("Name or identity number"), description=_l("Whole name or whole number"))
    county = SelectField(_l("County or zone"))
    employer = StringField(_l("Employer"), description=_l("Name, pinyin initials or credit code"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [ALL, *county_choices()]


class MergeForm(PageForm):
    """Which of two records stays, and what it takes from the other."""

    kept = RadioField(_l("Stays"), validators=[DataRequired(_l("Choose which of the two stays."))], coerce=int)
    taken = SelectMultipleField(_l("Taken from the other"), validate_choice=False)
    reason = TextAreaField(_l("Why they are one"), validators=[DataRequired(_l("Say in a few words why.")), Length(max=200)])


class ScopeForm(PageForm):
    """What an institution has on file."""

    categories = SelectMultipleField(_l("Categories on file"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    on = DayField(_l("From this day on"), validators=[DayRequired(_l("Give the day of filing."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories.choices = [(name, say(label)) for name, label in CATEGORY_LABELS.items()]


class InstitutionFilterForm(FilterForm):
    """Which institutions are listed."""

    text = StringField(_l("Name of the institution"))
    kind = SelectField(
        _l("Kind"),
        choices=[ALL, ("clinic", _l("Clinic")), ("diagnosis", _l("Diagnosis institution")), ("testing", _l("Testing institution"))],
    )
    only_active = BooleanField(_l("Only active ones"))
