"""Answers of the form in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ohs.declarations.fields import BY_KEY, ROWS, FormField, RowField
from ohs.declarations.models import Declaration
from ohs.kernel.i18n import say
from ohs.kernel.masks import mask_phone
from ohs.registry.labels import economic_type_name, industry_name
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_NAMES, category_of, hazard_name, hazards


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
    return f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


#: What names a row of an editor.
NAMING = ("site", "hazard", "name")


def row_title(name: str, row: Mapping[str, Any]) -> str:
    """What a row is about: 喷涂车间 · 苯."""
    return " · ".join(show_row_value(column, row.get(column.key)) for column in ROWS[name] if column.key in NAMING)


def show_key(key: str, value: Any) -> str:
    """One answer by the key of its field."""
    return show_value(BY_KEY[key], value)


def classes_in(declaration: Declaration) -> list[str]:
    """The hazard classes of a version, for those who see no more of it."""
    present = {category_of(row.hazard_code) for row in declaration.hazards if row.hazard_code in hazards()}
    return [CATEGORY_NAMES[name] for name in CATEGORIES if name in present]
