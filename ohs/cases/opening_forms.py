"""The form that opens a case by hand: whom it is about, and the facts that the kind's first act asks for."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from ohs.accounts.models import Organisation
from ohs.cases.forms import ActForm, document_field, fact_field, known_hazards
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import FREE_EVIDENCE, FREE_MEDICAL_EVIDENCE
from ohs.cases.openings import ABOUT_EMPLOYER, ABOUT_MANY, ABOUT_WORKER, WITHOUT_HAZARDS, first_step
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.i18n import say
from ohs.registry.labels import town_choices
from ohs.registry.models import Employer

#: Names of the fields that no act asks for, in their order; a form has those of its kind.
BEFORE = ("id_number", "name", "uscc", "place", "clinic", "subtype", "hazard_names", "due_on", "workers")
LONGEST = 60
#: So many workers are entered at once.
LINES_AT_MOST = 500


class AlwaysChosen:
    """Marks a choice as required of which one answer always stands; which answers there are, the field itself checks."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Nothing is left to refuse."""


class OpeningForm(ActForm):
    """Whom and what a new case is about; its other fields are the facts of the first act."""

    kind = ""

    def refuse(self, name: str, sentence: str) -> None:
        """Put a sentence at a field that the register speaks against."""
        self[name].errors = [*self[name].errors, sentence]

    @property
    def before(self) -> list[Any]:
        """The fields above the facts."""
        return [self[name] for name in BEFORE if name in self]

    def given(self, name: str) -> str:
        """What was typed into a field; nothing where this kind has none."""
        return str(self[name].data or "").strip() if name in self else ""


def opening_form(session: Session, kind: str, user: Any) -> OpeningForm:
    """The form for a kind and a person, filled from the request where it was sent."""
    facts = first_step(kind)[1].facts
    fields: dict[str, Any] = {fact.key: fact_field(session, fact) for fact in facts} | _who(session, kind, user) | _what(kind)
    evidence = FREE_MEDICAL_EVIDENCE if kind in ABOUT_WORKER else FREE_EVIDENCE
    fields["document"] = document_field()
    form: type[OpeningForm] = type(
        "KindForm", (OpeningForm,), {**fields, "facts": facts, "evidence": (evidence,), "kind": kind, "file_fields": {evidence: "document"}}
    )
    made = form()
    if not made.is_submitted() and user.organisation.employer_id is not None:
        made["uscc"].data = session.get_one(Employer, user.organisation.employer_id).standing.uscc
    return made


def _who(session: Session, kind: str, user: Any) -> dict[str, Any]:
    place, fields = user.organisation, {}
    if kind in ABOUT_WORKER:
        fields["id_number"] = StringField(
            _("Identity number"), [DataRequired(_("Fill in the whole identity number.")), Length(max=LONGEST)]
        )
        fields["name"] = StringField(_("Name of the worker"), [DataRequired(_("Fill in the worker’s name.")), Length(max=LONGEST)])
    needed: list[Any] = [DataRequired(_("Fill in the employer’s credit code."))] if kind in ABOUT_EMPLOYER else [Optional()]
    hint = _("Left empty: the employer in the worker’s file") if kind in ABOUT_WORKER else ""
    fields["uscc"] = StringField(_("Unified social credit code of the employer"), [*needed, Length(max=LONGEST)], description=hint)
    if kind == "complaint" and place.level != "town":
        county = "" if place.level == "city" else place.region_code
        fields["place"] = SelectField(
            _("Town"), default="", choices=[("", _("Choose…")), *town_choices(county)], description=_("Where no employer is named")
        )
    if kind in ABOUT_WORKER and kind != "shortdust" and place.kind != "clinic":
        fields["clinic"] = SelectField(
            _("Clinic that tells the worker"),
            [InputRequired(_("Choose the clinic that tells the worker."))],
            choices=[("", _("Choose…")), *_clinics(session)],
        )
    return fields


def _what(kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    subtypes = KINDS[kind].subtypes
    if len(subtypes) > 1:
        choices = [(code, say(name)) for code, name in subtypes.items()]
        needed: list[Any] = [AlwaysChosen()] if "" in subtypes else [InputRequired(_("Choose the kind."))]
        fields["subtype"] = SelectField(
            _("Kind"), needed, default="", choices=choices if "" in subtypes else [("", _("Choose…")), *choices]
        )
    if kind in WITHOUT_HAZARDS:
        fields["hazard_names"] = StringField(
            _("Hazard factors"),
            [DataRequired(_("Name the hazard factors.")), known_hazards],
            description=_("Names or codes, separated by commas"),
        )
    if kind == ABOUT_MANY:
        fields["due_on"] = DayField(_("Examinations were due on"), [DayRequired(_("Fill in the day."))])
        fields["workers"] = TextAreaField(
            _("Workers"),
            [DataRequired(_("Enter the workers by their identity numbers.")), Length(max=LINES_AT_MOST * LONGEST)],
            description=_("One identity number a line; a day behind it where the examination was due on another"),
            render_kw={"rows": 8},
        )
    return fields


def _clinics(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.kind == "clinic", Organisation.is_active).order_by(Organisation.name)
    )
    return [(str(id), name) for id, name in rows]
