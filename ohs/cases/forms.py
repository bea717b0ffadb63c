"""Forms about cases: the filters of lists, and one form for each act, made of the facts that it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, DecimalField, FileField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ohs.accounts.models import Organisation
from ohs.cases.case_lists import CaseFilters
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.kinds.vocabulary import Fact
from ohs.cases.machine import is_ahead
from ohs.cases.queries import InboxFilters
from ohs.kernel.attached import Attached, attached_from, is_attachable
from ohs.kernel.clock import today
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.filtering import LARGEST, FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.registry.labels import county_choices
from ohs.rulebook.diseases import find_disease, nearest_diseases
from ohs.rulebook.hazards import find_by_any_name, split_hazards, unclear

TEXT_LENGTH = 2_000
#: Which organisations a fact of a kind may name.
INSTITUTIONS = {"institution": ("diagnosis", "clinic"), "clinic": ("clinic",), "diagnosis": ("diagnosis",)}
FILE_HINT = _l("PDF, picture, Word or Excel; at most 10 MB")
STANDINGS = {"open": _l("Open"), "late": _l("Past the last day"), "closed": _l("Closed"), "all": _l("All")}


def kind_choices() -> list[tuple[str, Any]]:
    """Every kind of case by name."""
    return [(code, say(kind.name)) for code, kind in KINDS.items()]


class CaseFilterForm(FilterForm):
    """What the list of cases may be narrowed by; lives in the address."""

    text = StringField(_l("Number, employer or identity number"), description=_l("Number, employer or whole identity number"))
    kind = SelectField(_l("Kind of case"))
    status = SelectField(_l("Status"))
    standing = SelectField(_l("Open or closed"), choices=list(STANDINGS.items()), default="open")
    county = SelectField(_l("County or zone"))
    owner = SelectField(
        _l("In whose hands"),
        choices=[
            ("", _l("All")),
            ("mine", _l("In my hands")),
            ("office", _l("My office’s")),
            ("nobody", _l("My office’s, taken by nobody")),
        ],
    )
    opened_from = DayField(_l("Opened from"))
    opened_to = DayField(_l("Opened to"))
    due_to = DayField(_l("Next day until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _l("All"))
        self.kind.choices = [everything, *kind_choices()]
        statuses = KINDS[self.kind.data].statuses if self.kind.data in KINDS else {}
        self.status.choices = [everything, *((status, say(name)) for status, name in statuses.items())]
        self.county.choices = [everything, *county_choices()]

    def filters(self) -> CaseFilters:
        """What was chosen; what cannot be read narrows nothing."""
        good = self.good()
        day = lambda name: good[name] if isinstance(good.get(name), date) else None  # noqa: E731
        return CaseFilters(
            kind=good.get("kind", ""), status=good.get("status", ""), standing=good.get("standing", "open"), county=good.get("county", ""),
            text=str(good.get("text", "")), owner=good.get("owner", ""), opened_from=day("opened_from"), opened_to=day("opened_to"), due_to=day("due_to"),
        )  # fmt: skip


class InboxForm(FilterForm):
    """What an inbox may be narrowed by."""

    kind = SelectField(_l("Kind of case"))
    whose = SelectField(
        _l("In whose hands"),
        choices=[
            ("", _l("All")),
            ("mine", _l("In my hands")),
            ("covered", _l("Of those I stand in for")),
            ("nobody", _l("Taken by nobody")),
        ],
    )
    standing = SelectField(_l("In time or late"), choices=[("", _l("All")), ("late", STANDINGS["late"])])
    until = DayField(_l("Last day until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", _l("All")), *kind_choices()]

    def filters(self) -> InboxFilters:
        """What was chosen; what cannot be read narrows nothing."""
        return InboxFilters(**self.good())


class NoticeForm(FilterForm):
    """What notices may be narrowed by."""

    kind = SelectField(_l("Kind of case"))
    which = SelectField(
        _l("Which"),
        choices=[
            ("", _l("All")),
            ("unread", _l("Unread")),
            ("nothing-to-do", _l("Nothing to do for us")),
            ("reminders", _l("Reminders")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", _l("All")), *kind_choices()]


class AssignForm(PageForm):
    """Which colleague takes a case."""

    assignee_id = SelectField(_l("Colleague"), coerce=int, validators=[InputRequired(_l("Choose a colleague."))])
    note = StringField(_l("Note"), validators=[Optional(), Length(max=200)])
    seen = HiddenField()
    #: Who had it in hand when the form was opened.
    held = HiddenField()


class EvidenceForm(PageForm):
    """A file that is put on a case, and what it proves."""

    kind = SelectField(_l("What it proves"), validators=[InputRequired(_l("Choose what the file proves."))])
    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file.")), is_attachable], description=FILE_HINT)


class ActForm(PageForm):
    """What an act asks of whoever does it; its fields are the act's facts, and a file for each piece of evidence that is missing."""

    seen = HiddenField()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[str, ...] = ()
    #: The names of the fields of files that are not called after what they prove.
    file_fields: Mapping[str, str] = {}

    def told(self) -> dict[str, Any]:
        """The facts as the machine takes them."""
        return {fact.key: _told(fact, self[fact.key].data) for fact in self.facts}

    def files(self) -> list[tuple[str, Attached]]:
        """The files that came with it, each with what it proves."""
        chosen = ((kind, self[self.file_fields.get(kind, file_field(kind))].data) for kind in self.evidence)
        return [(kind, attached_from(file)) for kind, file in chosen if file]


def document_field() -> Any:
    """A field for a document that nobody must have."""
    return FileField(_("Document, if there is one"), [Optional(), is_attachable], description=FILE_HINT)


def file_field(kind: str) -> str:
    """The name of the field for a piece of evidence."""
    return f"file-{kind}"


def _told(fact: Fact, value: Any) -> Any:
    if fact.kind == "hazards":
        return hazard_codes(value or "")
    if fact.kind in INSTITUTIONS:
        return int(value) if value else None
    if fact.kind == "number":
        return None if value is None else int(value) if value == value.to_integral_value() else float(value)
    return value.strip() if isinstance(value, str) else value


class VoidForm(PageForm):
    """Why a letter is void."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(_l("Say why the letter is void.")), Length(max=TEXT_LENGTH)])


def hazard_codes(text: str) -> str:
    """The hazards that were named, as codes joined by `;` in their order."""
    found = [find_by_any_name(part) for part in split_hazards(text)]
    return ";".join(sorted({one.code for one in found if one is not None}))


def act_form(session: Session, facts: tuple[Fact, ...], evidence: Sequence[str] = (), *, near: str = "", **more: Any) -> ActForm:
    """The form of an act, filled from the request where it was sent; `near` is the county whose institutions are offered first, `more` are fields that tell no fact."""
    files = {file_field(kind): _file(kind) for kind in evidence}
    fields = {fact.key: fact_field(session, fact, near) for fact in facts} | files | more
    form: type[ActForm] = type("FactsForm", (ActForm,), {**fields, "facts": facts, "evidence": tuple(evidence)})
    return form()


def _file(kind: str) -> Any:
    label = say(EVIDENCE[kind])
    return FileField(label, [FileRequired(_("Choose the file: %(label)s.", label=label)), is_attachable], description=FILE_HINT)


def fact_field(session: Session, fact: Fact, near: str = "") -> Any:
    """The field that asks for a fact; `near` is the county whose institutions are offered first."""
    label = say(fact.label)
    needed: list[Any] = [DataRequired(_("Fill in “%(label)s”.", label=label))] if fact.is_required else [Optional()]
    match fact.kind:
        case "day":
            days: list[Any] = [DayRequired(_("Name the day."))] if fact.is_required else [Optional()]
            return DayField(label, days if is_ahead(fact) else [*days, not_ahead], description=_("For example 2026-11-24"))
        case "yes":
            return BooleanField(label)
        case "number":
            needed = [InputRequired(_("Fill in “%(label)s”.", label=label))] if fact.is_required else [Optional()]
            return DecimalField(label, [*needed, NumberRange(0, LARGEST)])
        case "choice":
            return SelectField(label, needed, choices=[("", _("Choose…")), *((key, say(name)) for key, name in fact.choices.items())])
        case "choices":
            choices = [(key, say(name)) for key, name in fact.choices.items() if key not in fact.by_record]
            left_out = "、".join(say(name) for key, name in fact.choices.items() if key in fact.by_record)
            hint = _("%(what)s: hand in the record; its case is opened from it.", what=left_out) if left_out else ""
            return Several(label, needed, choices=choices, description=hint)
        case "institution" | "clinic" | "diagnosis":
            return SelectField(label, needed, choices=[("", _("Choose…")), *_institutions(session, INSTITUTIONS[fact.kind], near)])
        case "hazards":
            return StringField(label, [*needed, known_hazards], description=_("Names or codes, separated by commas"))
        case "disease":
            return StringField(label, [*needed, _known_disease], description=_("Name as in the list of occupational diseases"))
    return TextAreaField(label, [*needed, Length(max=TEXT_LENGTH)])


class Several(SelectMultipleField):
    """One or several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "RadioField"  # drawn as one: a legend, and a label beside each box


def _institutions(session: Session, kinds: Sequence[str], near: str) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind.in_(kinds), Organisation.is_active)
        .order_by(Organisation.kind.desc(), Organisation.region_code != near, Organisation.name)
    )
    return [(str(id), name) for id, name in rows]


def not_ahead(_form: Any, field: Any) -> None:
    """Refuse a day to come."""
    if isinstance(field.data, date) and field.data > today():
        raise ValidationError(_("This day lies in the future."))


def known_hazards(_form: Any, field: Any) -> None:
    """Refuse names that no hazard has."""
    for part in split_hazards(field.data or ""):
        if find_by_any_name(part) is None:
            raise ValidationError(say(unclear(part)))


def _known_disease(_form: Any, field: Any) -> None:
    if field.data and find_disease(field.data, today()) is None:
        nearest = "、".join(nearest_diseases(field.data, today()))
        raise ValidationError(_("This is not in the list of occupational diseases; nearest: %(names)s.", names=nearest or "—"))
