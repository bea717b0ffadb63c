"""Forms of the road of uploads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from os import SEEK_END
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Optional, ValidationError

from ohs.kernel.fields import DayField
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.uploads.formats import HandedIn, all_formats
from ohs.uploads.models import STATES
from ohs.uploads.queries import UploadFilters
from ohs.uploads.remarks import CellPlace
from ohs.uploads.rules import refusal_of_size

#: A row number is shorter than this.
ROW_DIGITS = 8

STATE_LABELS = {
    "received": _l("Received"),
    "checking": _l("Checking"),
    "checked": _l("Checked"),
    "failed": _l("Could not be read"),
    "committing": _l("Committing"),
    "committed": _l("Committed"),
    "discarded": _l("Discarded"),
    "cancelled": _l("Stopped"),
}

STATE_COLOURS = {"committed": "green", "failed": "red", "checked": "blue", "checking": "orange", "committing": "orange"}


#: What a job does just now, by the phase that it tells.
PROGRESS_LABELS = {
    "read": _l("reading the file"),
    "check": _l("checking column by column"),
    "commit": _l("writing the records; all of them or none"),
}


class HandInForm(PageForm):
    """A file of one format."""

    format = SelectField(_l("Kind of file"), validators=[DataRequired()])
    file = FileField(
        _l("Workbook"),
        validators=[FileRequired(_l("Choose the file to hand in."))],
    )
    is_dry_run = BooleanField(_l("Trial: only check, store nothing of it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = current_app.config["UPLOAD_MAX_BYTES"] // 1024**2
        self.file.description = _(".xlsx, or .csv in UTF-8 or GB 18030; at most %(count)s MB and 200,000 rows.", count=most)

    def validate_file(self, field: FileField) -> None:
        """What is empty or too large is not even stored."""
        size = field.data.stream.seek(0, SEEK_END)
        field.data.stream.seek(0)
        if (refused := refusal_of_size(size, current_app.config["UPLOAD_MAX_BYTES"])) is not None:
            raise ValidationError(say(refused.message))

    def offer(self, formats: list[HandedIn], preferred: str = "") -> None:
        """Fill the choice of formats."""
        self.format.choices = [(format.name, say(format.title)) for format in formats]
        if self.format.data is None and formats:
            self.format.data = preferred if any(format.name == preferred for format in formats) else formats[0].name


class CommitForm(PageForm):
    """How to commit."""

    mode = RadioField(
        _l("What to commit"),
        choices=[
            ("good", _l("The rows without a problem; the others can be taken away and handed in again")),
            ("all", _l("All or nothing")),
        ],
        default="good",
        validators=[DataRequired()],
    )


@dataclass(frozen=True)
class CellFixes:
    """Cells typed anew: fields are named `cell:<row>:<key>` (with `:<sheet>` in workbooks of several sheets).

    `before:…` is what the page showed there, `same:…` asks for the same correction in every other row with the same mistake.
    """

    typed: dict[CellPlace, str]
    before: dict[CellPlace, str]
    also_same: set[CellPlace]

    @classmethod
    def of(cls, form: Mapping[str, str]) -> CellFixes:
        """Only what differs from what was shown; names that are no cell's are passed over."""
        found = cls({}, {}, set())
        for name, value in form.items():
            kind, _colon, rest = name.partition(":")
            row, _colon, column = rest.partition(":")
            key, _colon, sheet = column.partition(":")
            if kind not in ("cell", "before", "same") or not (row.isascii() and row.isdigit() and len(row) < ROW_DIGITS):
                continue
            place = (sheet, int(row), key)
            if kind == "same":
                found.also_same.add(place)
            elif kind == "before":
                found.before[place] = value
            elif value.strip() != form.get(f"before:{rest}", "").strip():
                found.typed[place] = value.strip()
        return found


class UploadFilterForm(FilterForm):
    """What the list may be narrowed by; lives in the address."""

    format = SelectField(_l("Kind of file"), validators=[Optional()])
    state = SelectField(_l("State"), validators=[Optional()])
    text = StringField(_l("Receipt number or file name"), validators=[Optional()])
    received_from = DayField(_l("Handed in from"), validators=[Optional()])
    received_to = DayField(_l("Handed in to"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format.choices = [("", _l("All")), *((format.name, say(format.title)) for format in all_formats())]
        self.state.choices = [("", _l("All")), *((state, STATE_LABELS[state]) for state in STATES)]

    def filters(self) -> UploadFilters:
        """What was chosen; what cannot be read narrows nothing."""
        self.validate()
        day = lambda field: field.data if isinstance(field.data, date) else None  # noqa: E731
        return UploadFilters(
            format=self.format.data or "", state=self.state.data or "", text=(self.text.data or "").strip(),
            received_from=day(self.received_from), received_to=day(self.received_to),
        )  # fmt: skip
