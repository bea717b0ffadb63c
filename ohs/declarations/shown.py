"""Answers of the form in words."""

from __future__ import annotations

from typing import Any

from ohs.declarations.fields import BY_KEY, FormField, RowField
from ohs.kernel.i18n import say
from ohs.kernel.masks import mask_phone
from ohs.registry.labels import economic_type_name, industry_name
from ohs.rulebook.hazards import hazard_name


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
            return f"{value:,}"
    return str(value)


def show_row_value(column: RowField, value: Any) -> str:
    """One cell of a row editor."""
    if value in (None, ""):
        return "—"
    if column.kind == "hazard":
        return hazard_name(str(value))
    return f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def show_key(key: str, value: Any) -> str:
    """One answer by the key of its field."""
    return show_value(BY_KEY[key], value)
