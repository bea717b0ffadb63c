"""Answers of the form in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imports.declarations import FORMAT, HAZARDS, MATERIALS, PRODUCTS, SITES
from imports.problems import row_ranges
from ohs.declarations.fields import ROWS, FormField, RowField, label_of, step_of
from ohs.declarations.models import Declaration
from ohs.declarations.numbers import show_amount
from ohs.kernel.i18n import say
from ohs.kernel.masks import mask_phone
from ohs.registry.labels import economic_type_name, industry_name
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_LABELS, category_of, hazard_name, hazards


def show_value(field: FormField, value: Any, *, masked: bool = False) -> str:
    """One answer."""
    if value in (None, ""):
        return "—"
    if field.choices is not None:
        return say(field.choices[value]) if value in field.choices else str(value)
    match field.kind:
        case "industry":
            return f"{value} {industry_name(value)}" if industry_name(value) != value else str(value)
        case "economic-type":
            standard, _bar, code = str(value).rpartition("|")
            return economic_type_name(standard, code)
        case "phone":
            return mask_phone(value) if masked else str(value)
        case "int":
            return str(value) if field.key == "year" else f"{value:,}"
    return str(value)


def show_row_value(column: RowField, value: Any) -> str:
    """One cell of a row editor."""
    if value in (None, ""):
        return "—"
    if column.kind == "hazard":
        return hazard_name(str(value))
    return show_amount(value, ",") if isinstance(value, float | int) else str(value)


#: The sheet of the workbook that holds the rows of an editor.
SHEETS = {"hazards": HAZARDS, "sites": SITES, "products": PRODUCTS, "materials": MATERIALS}
#: What names a row of an editor.
NAMING = ("site", "hazard", "name")


def row_title(name: str, row: Mapping[str, Any]) -> str:
    """What a row is about: 喷涂车间 · 苯."""
    return " · ".join(show_row_value(column, row.get(column.key)) for column in ROWS[name] if column.key in NAMING)


@dataclass(frozen=True)
class Told:
    """One sentence about a place of the form, or about the same column of several rows; `field` is the first of them."""

    field: str
    label: str
    sentence: str

    @property
    def step(self) -> str:
        """The step on which it is put right."""
        return step_of(self.field)


def gathered(pairs: Iterable[tuple[str, str]]) -> list[Told]:
    """Sentences by field for a summary: what is said alike of many rows of an editor is said once, with their numbers."""
    alike: dict[tuple[str, str, str], list[int]] = {}
    for field, sentence in pairs:
        name, _dash, rest = field.partition("-")
        number, _dash, column = rest.partition("-")
        is_cell = name in ROWS and number.isdigit()
        alike.setdefault((name if is_cell else field, column if is_cell else "", sentence), []).append(int(number) if is_cell else -1)
    found = []
    for (name, column, sentence), numbers in alike.items():
        field = f"{name}-{numbers[0]}-{column}" if column else name
        found.append(Told(field, say(label_of(field, row_ranges(number + 1 for number in numbers) if column else "")), sentence))
    return found


def headings_of(name: str, key: str) -> tuple[str, ...]:
    """What a column of a row editor may be called in a block that is pasted: its label, and what the workbook calls it."""
    label = next(say(column.label) for column in ROWS[name] if column.key == key)
    column = FORMAT.sheet(SHEETS[name]).by_key[key]
    return tuple(dict.fromkeys((label, column.heading, *column.aliases)))


def classes_in(declaration: Declaration) -> list[str]:
    """The hazard classes of a version, for those who see no more of it."""
    present = {category_of(row.hazard_code) for row in declaration.hazards if row.hazard_code in hazards()}
    return [say(CATEGORY_LABELS[name]) for name in CATEGORIES if name in present]
