"""Decisions about declarations: which kind may be filed when, and by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from ohs.declarations.fields import CHANGE_DEADLINES, Rows
from ohs.kernel.lifecycle import Lifecycle
from ohs.rulebook.hazards import category_of, hazards
from ohs.rulebook.tables import table

VERSION = Lifecycle.from_rows("declaration_version", table("lifecycles"))
FILING = Lifecycle.from_rows("declaration_filing", table("lifecycles"))

#: What acceptance means to a filing, by its standing.
ACCEPTANCE = {
    "none": "initial-accepted",
    "change_due": "change-filing-accepted",
    "update_due": "update-accepted",
    "lapsed": "late-filing-accepted",
    "untrue": "corrected-filing-accepted",
}
#: Which kind of declaration a filing takes, by its standing.
KINDS_OF = {
    "none": ("initial",),
    "live": ("change",),
    "change_due": ("change",),
    "update_due": ("update", "change"),
    "lapsed": ("update", "change"),
    "untrue": ("change",),
    "cancel_pending": (),
    "cancelled": (),
}


def day_of(value: Any) -> date | None:
    """A day as drafts keep it."""
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def duty_of(kind: str, form: Mapping[str, Any]) -> tuple[str, date | None]:
    """The deadline that this filing must keep and the day from which it counts; no day where the form names none."""
    if kind == "change":
        return clock_of_filing("change_due", form.get("change_reason")), day_of(form.get("changed_on"))
    if kind == "initial":
        completed = day_of(form.get("completed_on"))
        return ("declaration-initial" if completed else "declaration-initial-unfiled"), completed
    return "declaration-update-late", None


def clock_of_filing(status: str, change_reason: str | None) -> str:
    """The deadline that a filing keeps in a standing; a change is declared within the limit of its reason."""
    if status == "change_due":
        return CHANGE_DEADLINES.get(str(change_reason), "declaration-change")
    return {"update_due": "declaration-update-late", "untrue": "declaration-untrue-correction"}[status]


def class_counts(rows: Rows, exposed: int) -> dict[str, int]:
    """Exposed people per class where nobody gave them: the sum of its factors, at most everybody."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows["hazards"]:
        code = row.get("hazard")
        if code in hazards():
            sums[category_of(str(code))] += row.get("exposed") or 0
    return {f"class_{name}": min(total, exposed) for name, total in sums.items()}
