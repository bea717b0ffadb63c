"""Forms of declarations: the steps, made from the one table of fields, and the deeds of employers and offices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from imports.cells import parse_phone
from ohs.declarations.fields import FIELDS, KIND_LABELS, ROWS, STEP_OF_ROWS, RowField
from ohs.declarations.labels import STANDING_GROUPS, STANDING_LABELS, STATUS_LABELS
from ohs.declarations.numbers import AmountField, CountField
from ohs.declarations.queries import DeclarationFilters
from ohs.kernel.attached import is_attachable
from ohs.kernel.clock import today
from ohs.kernel.fields import DayField, DayRequired, read_day
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.registry.labels import (
    county_choices,
    economic_type_choices,
    economic_type_name,
    risk_choices,
    sector_choices,
    size_choices,
    town_choices,
)
from ohs.rulebook.hazards import find_by_any_name, find_hazard, hazard_name

ALL = ("", _l("All"))
#: Rows of one editor; a declaration with more comes as a workbook.
ROWS_AT_MOST = 500


class Said(str):
    """A label that is translated when it is shown."""

    message: Message

    def __new__(cls, message: Message) -> Said:
        made = super().__new__(cls, str(message))
        made.message = message
        return made

    def __str__(self) -> str:
        return say(self.message)

    def __html__(self) -> str:
        return say(self.message)


class RowList(FieldList):
    """The rows of an editor; where more were sent than one page takes, that is said and not passed over."""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the rows that were sent."""
        super().process(formdata, *args, **kwargs)
        sent = len(set(self._extract_indices(self.name, formdata))) if formdata else 0
        self.left_out = max(sent - ROWS_AT_MOST, 0)

    def drop(self, number: int) -> None:
        """Take one row away."""
        if number < len(self.entries):
            self.entries.pop(number)


class HazardField(StringField):
    """A hazard by name, shown by its official name when a code is kept; another name that means one factor becomes its code."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = (valuelist[0] if valuelist else "").strip()
        found = find_by_any_name(self.data) if self.data else None
        if found is not None:
            self.data = found.code

    def _value(self) -> str:
        return hazard_name(self.data) if self.data else ""


class PhoneField(StringField):
    """A phone number as the formats read it."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        """11 digits beginning with 1, or area code and number."""
        if self.data and self.data.strip():
            read = parse_phone(self.data)
            if not isinstance(read, str):
                raise ValidationError(say(read.message))
            self.data = read


class EconomicTypeField(SelectField):
    """A type of the list in force; one of an earlier list stays until another is chosen."""

    def iter_choices(self) -> Any:
        """The choices, and before them what is kept of another list."""
        kept = str(self.data or "")
        if kept and all(str(value) != kept for value, _label in economic_type_choices()):
            standard, _bar, code = kept.rpartition("|")
            yield (kept, f"{code} {economic_type_name(standard, code)}", True, {})
        yield from super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """A type that some list names."""
        standard, _bar, code = str(self.data or "").rpartition("|")
        if self.data and economic_type_name(standard, code) == code:
            raise ValidationError(say(Message("Choose an economic type of the list.")))


KINDS: Mapping[str, type[Any]] = {"int": CountField, "number": AmountField, "hazard": HazardField, "day": DayField, "phone": PhoneField}


def _made(kind: str, label: Message, length: int, hint: Message | None = None, choices: Mapping[str, Message] | None = None) -> Any:
    described = {"description": Said(hint)} if hint else {}
    if choices is not None:
        offered = [("", _l("Choose…")), *((value, Said(text)) for value, text in choices.items())]
        return SelectField(Said(label), choices=offered, validators=[Optional()], **described)
    if kind == "economic-type":
        return EconomicTypeField(Said(label), choices=economic_type_choices, validators=[Optional()], **described)
    if kind in KINDS:
        return KINDS[kind](Said(label), validators=[Optional()], **described)
    return StringField(Said(label), validators=[Optional(), Length(max=length)], **described)


@cache
def _row_form(name: str) -> type[Form]:
    return type(f"{name.title()}Row", (Form,), {column.key: _made(column.kind, column.label, column.length) for column in ROWS[name]})


@cache
def step_form(step: str) -> type[PageForm]:
    """The form of one step: lenient, for drafts may be incomplete; the checks of the whole form say what is missing."""
    fields: dict[str, Any] = {"version": HiddenField(), "base": HiddenField()}
    for field in FIELDS:
        if field.step == step:
            fields[field.key] = _made(field.kind, field.label, field.length, field.hint, field.choices)
    for name, place in STEP_OF_ROWS.items():
        if place == step:
            fields[name] = RowList(FormField(_row_form(name)), min_entries=1, max_entries=ROWS_AT_MOST)
    return type(f"{step.title()}StepForm", (PageForm,), fields)


def values_of(form: PageForm, step: str) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """What a step's form holds, as drafts keep it; fields that cannot be read are left out, blank rows dropped."""
    values: dict[str, Any] = {}
    for field in FIELDS:
        if field.step == step and not form[field.key].errors:
            data = form[field.key].data
            values[field.key] = data.isoformat() if isinstance(data, date) else (data.strip() if isinstance(data, str) else data)
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, place in STEP_OF_ROWS.items():
        if place == step:
            rows[name] = [row for entry in form[name] if any((row := _row(entry.form, ROWS[name])).values())]
    return values, rows


def _row(entry: Any, columns: tuple[RowField, ...]) -> dict[str, Any]:
    return {
        column.key: (entry[column.key].data.strip() or None if isinstance(entry[column.key].data, str) else entry[column.key].data)
        for column in columns
    }


def form_data(form: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]], step: str) -> dict[str, Any]:
    """A draft as the fields of a step's form want it."""
    kept: dict[str, Any] = {field.key: form.get(field.key) for field in FIELDS if field.step == step}
    for field in FIELDS:
        if field.kind == "day" and field.key in kept and kept[field.key]:
            kept[field.key] = read_day(kept[field.key])
    return kept | {name: rows[name] for name, place in STEP_OF_ROWS.items() if place == step}


class NewDeclarationForm(PageForm):
    """For which workplace, and which kind."""

    workplace = RadioField(_l("Workplace"), validators=[DataRequired(_l("Choose the workplace."))])
    kind = RadioField(
        _l("Kind of declaration"),
        choices=[(kind, Said(label)) for kind, label in KIND_LABELS.items()],
        validators=[DataRequired(_l("Choose the kind."))],
    )
    address = StringField(_l("Address of the new workplace"), validators=[Length(max=120)])
    region = SelectField(_l("Town of the new workplace"), validators=[Optional()])
    consent = TextAreaField(
        _l("How the employer has agreed"),
        validators=[Length(max=200)],
        description=_l("For instance: signed form of 12 March, kept at the town"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = [("", _l("Choose…")), *town_choices()]


class SignForm(PageForm):
    """The principal's commitment and signature."""

    commitment = BooleanField(
        _l("We commit ourselves: what is declared is true, exact and complete, and we answer for it in law."),
        validators=[DataRequired(_l("Tick the commitment before you hand in."))],
    )
    signed_by = StringField(
        _l("Signature of the principal"), validators=[DataRequired(_l("Write the name of the principal who signs.")), Length(max=30)]
    )


class AttachmentForm(PageForm):
    """A file that goes with the declaration."""

    file = FileField(
        _l("File"),
        validators=[FileRequired(_l("Choose a file.")), is_attachable],
        description=_l("PDF, picture, Word or Excel; at most 10 MB"),
    )


class ReturnForm(PageForm):
    """All defects at once, each at its field."""

    overall = TextAreaField(_l("To the whole declaration"), validators=[Length(max=500)])


class AcceptForm(PageForm):
    """Accepting needs no more than the button."""

    confirm = HiddenField(default="yes")


class UntrueForm(PageForm):
    """A spot check has found the declaration untrue."""

    record = StringField(
        _l("Number of the inspection record"), validators=[DataRequired(_l("Give the number of the inspection record.")), Length(max=60)]
    )
    due_on = DayField(
        _l("To be corrected until"),
        validators=[Optional()],
        description=_l("As the order says; left blank, the default of this office holds"),
    )

    def validate_due_on(self, field: Any) -> None:
        """Nobody can keep a day that has passed."""
        if field.data and field.data < today():
            raise ValidationError(say(Message("This day has passed; nothing can be corrected until then.")))


class ClosureForm(PageForm):
    """Production or business has ended."""

    ended_on = DayField(_l("Production ended on"), validators=[DayRequired(_l("Give the day on which production ended."))])
    note = TextAreaField(_l("What became of the workers and the archives"), validators=[Length(max=300)])

    def validate_ended_on(self, field: Any) -> None:
        """What has not ended yet is not reported."""
        if field.data and field.data > today():
            raise ValidationError(say(Message("The end of production lies in the future; report it when it has ended.")))


class ClosureDecisionForm(PageForm):
    """The office has looked."""

    decision = RadioField(
        _l("Decision"),
        choices=[("confirm", _l("Confirm: cancelled")), ("refuse", _l("Do not confirm"))],
        validators=[DataRequired(_l("Choose one."))],
    )
    site_seen = BooleanField(_l("The site was seen"))
    examinations_done = BooleanField(_l("Leaving examinations are done (Law, art. 60)"))
    archives_handed_over = BooleanField(_l("Archives are handed over (Order 49, art. 21)"))
    note = TextAreaField(
        _l("Reason or record"), validators=[DataRequired(_l("Write the reason or the number of the record.")), Length(max=300)]
    )


class DeclarationFilterForm(FilterForm):
    """What the ledger may be narrowed by; lives in the address."""

    text = StringField(_l("Employer or number"), description=_l("Name, pinyin initials, credit code or number"))
    county = SelectField(_l("County or zone"))
    town = SelectField(_l("Town"))
    status = SelectField(_l("Status"), choices=[ALL, *((status, Said(label)) for status, label in STATUS_LABELS.items())])
    standing = SelectField(
        _l("Standing of the filing"),
        choices=[
            ALL,
            *((group, Said(label)) for group, (label, _standings) in STANDING_GROUPS.items()),
            *((status, Said(label)) for status, label in STANDING_LABELS.items() if status != "none"),
        ],
    )
    kind = SelectField(_l("Kind"), choices=[ALL, *((kind, Said(label)) for kind, label in KIND_LABELS.items())])
    hazard = StringField(_l("Hazard factor"), description=_l("Name, code or alias"))
    sector = SelectField(_l("Industry"))
    size = SelectField(_l("Size"))
    risk_class = SelectField(_l("Risk class"))
    year = IntegerField(_l("Year"), validators=[Optional()])
    due_to = DayField(_l("Due not later than"), validators=[Optional()])
    accepted_from = DayField(_l("Accepted from"), validators=[Optional()])
    accepted_to = DayField(_l("Accepted to"), validators=[Optional()])
    mine = SelectField(_l("At whose desk"), choices=[ALL, ("yes", _l("At mine, to be accepted"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [ALL, *county_choices()]
        self.town.choices = [ALL, *town_choices(self.county.data or "")]
        self.sector.choices = [ALL, *sector_choices()]
        self.size.choices = [ALL, *size_choices()]
        self.risk_class.choices = [ALL, *risk_choices()]

    def filters(self) -> DeclarationFilters:
        """What was chosen; what cannot be read narrows nothing and shows its sentence at the field."""
        good = self.good()
        hazard = find_hazard(str(good["hazard"])) if good.get("hazard") else None
        if good.get("hazard") and hazard is None:
            self.hazard.errors = [*self.hazard.errors, _l("No hazard factor of that name; choose one of the catalogue.")]
        return DeclarationFilters(
            text=good.get("text", ""), county=good.get("county", ""), town=good.get("town", ""), status=good.get("status", ""),
            standing=good.get("standing", ""), kind=good.get("kind", ""), hazard=hazard.code if hazard else "", sector=good.get("sector", ""),
            size=good.get("size", ""), risk_class=good.get("risk_class", ""), year=good.get("year"),
            due_to=good["due_to"] if isinstance(good.get("due_to"), date) else None,
            **{name: good[name] for name in ("accepted_from", "accepted_to") if isinstance(good.get(name), date)}, is_mine_to_accept=good.get("mine") == "yes",
        )  # fmt: skip
