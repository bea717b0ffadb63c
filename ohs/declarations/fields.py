"""The form of 2019 and what the form of 2012 asks besides: every field in one table that pages, checks and differences read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imports.declarations import FIRST_YEAR as FIRST_YEAR
from ohs.kernel.message import Message
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_LABELS

STEPS = ("unit", "hazards", "care", "attachments", "answers")
STEP_LABELS = {
    "unit": Message("The employer"),
    "hazards": Message("Hazards and sites"),
    "care": Message("Tests, examinations, training"),
    "attachments": Message("Attachments"),
    "answers": Message("Check and submit"),
}
YES_NO: Mapping[str, Message] = {"yes": Message("Yes"), "no": Message("No")}
HAS: Mapping[str, Message] = {"yes": Message("There is one"), "no": Message("There is none")}
OWNERSHIP: Mapping[str, Message] = {"central": Message("Central"), "provincial": Message("Provincial"), "other": Message("Other ownership")}
SIZES: Mapping[str, Message] = {
    "large": Message("Large"),
    "medium": Message("Medium"),
    "small": Message("Small"),
    "micro": Message("Micro"),
}
RISKS: Mapping[str, Message] = {"serious": Message("Serious"), "general": Message("General")}
KIND_LABELS: Mapping[str, Message] = {
    "initial": Message("Initial declaration"),
    "change": Message("Declaration of a change"),
    "update": Message("Annual update"),
}
#: Reason of a change → slug of its deadline (O48 art. 8).
CHANGE_DEADLINES = {
    "process": "declaration-change",
    "identity": "declaration-change-identity",
    "result": "declaration-change-result",
    "size": "declaration-change-online",
    "project": "declaration-initial",
}
CHANGE_REASONS: Mapping[str, Message] = {
    "process": Message("Technology, process, equipment or material changed"),
    "identity": Message("Name, address, legal representative or principal changed"),
    "result": Message("A test or evaluation shows other content"),
    "size": Message("Size, economic type or industry changed"),
    "project": Message("A construction project was completed"),
}
CLASS_LABELS: Mapping[str, Message] = CATEGORY_LABELS


@dataclass(frozen=True)
class FormField:
    """One field: `kind` is text, int, code, day, phone, industry or economic-type."""

    key: str
    label: Message
    step: str
    kind: str = "text"
    length: int = 70
    choices: Mapping[str, Message] | None = None
    #: `yes`, `no`, or `field=value`: required when that field has that value.
    required: str = "yes"
    hint: Message | None = None
    group: Message | None = None


WHO = Message("Who declares")
PEOPLE = Message("People at the workplace")
MANAGEMENT = Message("Management of occupational health")
F = FormField
FIELDS: tuple[FormField, ...] = (
    F("year", Message("Year of the declaration"), "unit", "int"),
    F("change_reason", Message("Reason of the change"), "unit", "code", choices=CHANGE_REASONS, required="kind=change"),
    F("changed_on", Message("Day of the change"), "unit", "day", required="kind=change", hint=Message("The limit for declaring counts from this day")),
    F("completed_on", Message("Day of completion acceptance"), "unit", "day", required="no", hint=Message("Only for a new, rebuilt or extended project")),
    F("employer_name", Message("Name of the employer"), "unit", hint=Message("As on the licence"), group=WHO),
    F("registered_address", Message("Registered address"), "unit", length=120),
    F("ownership", Message("Ownership"), "unit", "code", choices=OWNERSHIP, hint=Message("With the place it decides which office accepts")),
    F("economic_type", Message("Economic type"), "unit", "economic-type"),
    F("industry", Message("Industry"), "unit", "industry", hint=Message("Code or official name, three digits at least")),
    F("size", Message("Size"), "unit", "code", choices=SIZES),
    F("solvents", Message("Glue, cleaner, ink or paint with benzene, n-hexane or the like"), "unit", "code", choices=YES_NO, required="no", hint=Message("Needed where the risk class of the industry depends on it")),
    F("risk_class", Message("Risk class"), "unit", "code", choices=RISKS, required="no", hint=Message("Left blank: as the catalogue of the industry says")),
    F("legal_representative", Message("Legal representative"), "unit", length=30),
    F("filler", Message("Filled in by"), "unit", length=30),
    F("filler_phone", Message("Phone of who filled it in"), "unit", "phone"),
    F("contact", Message("Contact for occupational health"), "unit", length=30),
    F("contact_phone", Message("Phone of the contact"), "unit", "phone"),
    F("employees", Message("Own employees"), "unit", "int", group=PEOPLE),
    F("outsourced", Message("Outsourced people"), "unit", "int"),
    F("exposed", Message("Exposed people, outsourced included"), "unit", "int", hint=Message("Everybody counts once, however many hazards they meet")),
    F("diseases_so_far", Message("Occupational diseases so far"), "unit", "int", hint=Message("Never falls")),
    F("has_organisation", Message("Organisation for occupational health"), "unit", "code", choices=HAS, group=MANAGEMENT),
    F("staff_full_time", Message("Full-time staff for it"), "unit", "int"),
    F("staff_part_time", Message("Part-time staff for it"), "unit", "int"),
    *(F(f"class_{name}", Message("Exposed to: %(name)s", name=CLASS_LABELS[name]), "hazards", "int", required=f"class={name}", group=Message("Exposed people by class") if name == CATEGORIES[0] else None) for name in CATEGORIES),
    F("tested", Message("Tested this year"), "care", "code", choices=YES_NO, group=Message("Workplace tests")),
    F("testing_institution", Message("Testing institution"), "care", required="tested=yes"),
    F("test_report_no", Message("Number of the test report"), "care", length=60, required="tested=yes"),
    F("examined", Message("Health examinations held"), "care", "code", choices=YES_NO, group=Message("Health examinations")),
    F("clinic", Message("Clinic"), "care", required="examined=yes"),
    F("exam_report_no", Message("Number of the summary report"), "care", length=60, required="no"),
    F("head_trained", Message("Principal trained"), "care", "code", choices=YES_NO, group=Message("Training")),
    F("managers_trained", Message("Managers of occupational health trained"), "care", "code", choices=YES_NO),
    F("workers_trained", Message("Exposed people trained this year"), "care", "int"),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}
#: A real change of one of these is filed as a change (guidance of the online system).
FORCING = ("size", "economic_type", "industry")
#: Kept sealed beside the form.
PHONES = tuple(field.key for field in FIELDS if field.kind == "phone")


@dataclass(frozen=True)
class RowField:
    """One column of a row editor."""

    key: str
    label: Message
    kind: str = "text"
    length: int = 70


UNIT = RowField("unit", Message("Unit"), length=20)
#: Row editors by the name of their relationship.
ROWS: dict[str, tuple[RowField, ...]] = {
    "hazards": (
        RowField("hazard", Message("Hazard factor"), "hazard", 120),
        RowField("exposed", Message("Exposed"), "int"),
        RowField("points_tested", Message("Points tested"), "int"),
        RowField("points_over", Message("Points over the limit"), "int"),
        RowField("due_for_exam", Message("Due for examination"), "int"),
        RowField("examined", Message("Examined"), "int"),
    ),
    "sites": (
        RowField("site", Message("Site")),
        RowField("hazard", Message("Hazard factor"), "hazard", 120),
        RowField("exposed_repeated", Message("Exposed, may repeat"), "int"),
        RowField("exposed_distinct", Message("Exposed, each once"), "int"),
    ),
    "products": (RowField("name", Message("Product")), RowField("yearly", Message("Yearly output"), "number"), UNIT),
    "materials": (RowField("name", Message("Raw or auxiliary material")), RowField("yearly", Message("Yearly use"), "number"), UNIT),
}
ROW_LABELS = {
    "hazards": Message("Hazard factors"),
    "sites": Message("Distribution over the sites"),
    "products": Message("Products"),
    "materials": Message("Raw and auxiliary materials"),
}
STEP_OF_ROWS = {"hazards": "hazards", "sites": "hazards", "products": "hazards", "materials": "hazards"}
#: Trade secrets: seen by who declared them and by the office that accepts.
SECRET_ROWS = ("products", "materials")

Row = Mapping[str, Any]
Rows = Mapping[str, list[dict[str, Any]]]


def step_of(field: str) -> str:
    """The step on which a field (`employees`, `hazards-0-exposed`) is edited."""
    name = field.split("-", 1)[0]
    if name == "attachments":
        return name
    return STEP_OF_ROWS.get(name) or (BY_KEY[name].step if name in BY_KEY else "answers")


def label_of(field: str, numbers: str = "") -> Message:
    """What a field is called; of a row with its number, or with the `numbers` of several of which the same is said."""
    name, _dash, rest = field.partition("-")
    if name in ROWS and rest:
        number, _dash, key = rest.partition("-")
        column = next((column.label for column in ROWS[name] if column.key == key), ROW_LABELS[name])
        return Message("%(rows)s, row %(number)s, %(column)s", rows=ROW_LABELS[name], number=numbers or int(number) + 1, column=column)
    if name == "attachments":
        return STEP_LABELS["attachments"]
    return BY_KEY[name].label if name in BY_KEY else ROW_LABELS.get(name, Message(name))


def is_place(field: str) -> bool:
    """Whether something can be said at this place of the form: a field, an editor, a cell of it, the attachments."""
    name, _dash, rest = field.partition("-")
    number, _dash, key = rest.partition("-")
    if not rest:
        return name in BY_KEY or name in ROWS or name == "attachments"
    return name in ROWS and number.isdigit() and any(column.key == key for column in ROWS[name])
