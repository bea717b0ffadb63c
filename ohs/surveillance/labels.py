"""What parts of an examination are called on its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from imports.examinations import FORMAT
from ohs.kernel.i18n import current_locale
from ohs.rulebook.deadlines import find_deadline
from ohs.surveillance.forms import CONCLUSION_LABELS
from ohs.surveillance.records import conclusions_for

REVISION_LABELS = {"examined_on": _l("Examined on"), "reported_on": _l("Reported on"), "conclusions": _l("Conclusion"), "post": _l("Post")}


def item_label(key: str) -> str:
    """The official heading of a column."""
    return FORMAT.sheets[0][key].heading


def duty_name(slug: str, on: date) -> str:
    """What a duty of the table of deadlines is called."""
    row = find_deadline(slug, on)
    return slug if row is None else row["name_zh"] if current_locale().startswith("zh") else row["name_en"]


def revision_label(key: str) -> Any:
    """What a plain column of an earlier version is called."""
    return REVISION_LABELS[key]


def revision_value(key: str, value: Any, user: Any) -> str:
    """Its value in words, cut to what the reader may know."""
    if key == "conclusions":
        return "、".join(str(CONCLUSION_LABELS[letter]) for letter in conclusions_for(user, value)) or "—"
    return str(value)
