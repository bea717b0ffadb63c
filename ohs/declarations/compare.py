"""A readable difference between two versions: fields old and new, rows added, removed and changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ohs.declarations.drafts import Answers, answers_of
from ohs.declarations.fields import FIELDS, PHONES, ROW_LABELS, ROWS, SECRET_ROWS, Rows
from ohs.declarations.models import Declaration, DeclarationEvent
from ohs.declarations.shown import NAMING, row_title, show_row_value, show_value
from ohs.kernel.message import Message


@dataclass(frozen=True)
class Difference:
    """One place that differs. A row that was added has nothing before, one that was removed nothing after."""

    label: Message
    #: Which row, by what names it.
    row: str
    before: str
    after: str


def differences(before: Answers, after: Answers, *, with_secrets: bool) -> list[Difference]:
    """Everything that differs, in the order of the form. Answers that one side does not hold at all are not compared."""
    return [*_fields(before[0], after[0]), *_rows(before[1], after[1], with_secrets)]


def _fields(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for field in FIELDS:
        if field.key in PHONES and (field.key not in before or field.key not in after):
            continue
        old, new = before.get(field.key), after.get(field.key)
        if (old or "") != (new or "") or (old == 0) != (new == 0):
            yield Difference(field.label, "", show_value(field, old, masked=True), show_value(field, new, masked=True))


def _rows(before: dict[str, Any], after: dict[str, Any], with_secrets: bool) -> Iterator[Difference]:
    for name, columns in ROWS.items():
        if name not in before or name not in after:
            continue
        if name in SECRET_ROWS and not with_secrets:
            continue
        naming = [column for column in columns if column.key in NAMING]
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


def since_return(declaration: Declaration, returned: DeclarationEvent, *, with_secrets: bool) -> list[Difference] | None:
    """What the employer changed after a return; `None` where the answers of then were not kept."""
    if returned.answers is None:
        return None
    return differences((returned.answers["form"], returned.answers["rows"]), answers_of(declaration), with_secrets=with_secrets)


def defects_at(returned: DeclarationEvent, rows: Rows) -> dict[str, str]:
    """Reasons by the field at which they are shown: those of a row follow it when rows before it are taken away."""
    found: dict[str, str] = {}
    for place, reason, *title in returned.defects:
        name, _dash, rest = place.partition("-")
        if title and name in rows:
            key = rest.partition("-")[2]
            numbers = [number for number, row in enumerate(rows[name]) if row_title(name, row) == title[0]]
            place = f"{name}-{numbers[0]}-{key}" if numbers else name
            reason = reason if numbers else f"{title[0]}：{reason}"
        found[place] = f"{found[place]}；{reason}" if place in found else reason
    return found
