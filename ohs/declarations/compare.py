"""A readable difference between two versions: fields old and new, rows added, removed and changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ohs.declarations.drafts import form_of, rows_of
from ohs.declarations.fields import FIELDS, ROW_LABELS, ROWS, SECRET_ROWS
from ohs.declarations.models import Declaration
from ohs.declarations.shown import show_row_value, show_value
from ohs.kernel.message import Message


@dataclass(frozen=True)
class Difference:
    """One place that differs. A row that was added has nothing before, one that was removed nothing after."""

    label: Message
    #: Which row, by what names it.
    row: str
    before: str
    after: str


def differences(before: Declaration, after: Declaration, *, with_secrets: bool) -> list[Difference]:
    """Everything that differs, in the order of the form."""
    return [*_fields(form_of(before), form_of(after)), *_rows(rows_of(before), rows_of(after), with_secrets)]


def _fields(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for field in FIELDS:
        old, new = before.get(field.key), after.get(field.key)
        if (old or "") != (new or "") or (old == 0) != (new == 0):
            yield Difference(field.label, "", show_value(field, old, masked=True), show_value(field, new, masked=True))


def _rows(before: dict[str, Any], after: dict[str, Any], with_secrets: bool) -> Iterator[Difference]:
    for name, columns in ROWS.items():
        if name in SECRET_ROWS and not with_secrets:
            continue
        naming = [column for column in columns if column.key in ("site", "hazard", "name")]
        old = {tuple(str(row[column.key] or "") for column in naming): row for row in before[name]}
        new = {tuple(str(row[column.key] or "") for column in naming): row for row in after[name]}
        for key in dict.fromkeys((*old, *new)):
            title = " · ".join(show_row_value(column, part) for column, part in zip(naming, key, strict=True))
            if key not in new or key not in old:
                row = old.get(key) or new[key]
                text = _summary(columns, naming, row)
                yield Difference(ROW_LABELS[name], title, text if key in old else "", text if key in new else "")
                continue
            for column in columns:
                if column not in naming and old[key][column.key] != new[key][column.key]:
                    yield Difference(
                        column.label, title, show_row_value(column, old[key][column.key]), show_row_value(column, new[key][column.key])
                    )


def _summary(columns: Any, naming: Any, row: dict[str, Any]) -> str:
    return " / ".join(show_row_value(column, row[column.key]) for column in columns if column not in naming) or "—"
