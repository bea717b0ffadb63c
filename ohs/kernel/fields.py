"""Form fields that understand what people type."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import escape
from wtforms import StringField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import Select

_DAY = re.compile(r"^\s*(\d{4})\s*[-/.年－／．]?\s*(\d{1,2})\s*[-/.月－／．]?\s*(\d{1,2})\s*日?\s*$")
#: No day of this subject lies outside; beyond them the calendar itself ends, and reckoning with it.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_FOLD = str.maketrans("０１２３４５６７８９", "0123456789")


def read_day(text: str) -> date | None:
    """A day of these centuries in any of the usual ways (`2026-11-23`, `2026/11/23`, `2026.11.23`, `20261123`, `2026年11月23日`), or `None`."""
    found = _DAY.match(text.translate(_FOLD))
    if not found:
        return None
    year, month, day = found.groups()
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return read if FIRST_DAY <= read <= LAST_DAY else None


class DayField(StringField):
    """A day typed in any of the usual ways; shown as `2026-11-23`."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; what is no day stays on the screen with a sentence."""
        self._typed = valuelist[0] if valuelist else ""
        if not self._typed.strip():
            self.data = None
            return
        self.data = read_day(self._typed)
        if self.data is None:
            raise ValueError(_("“%(text)s” is not a day; write it like 2026-11-23.", text=self._typed))

    def _value(self) -> str:
        if isinstance(self.data, date):
            return self.data.isoformat()
        return getattr(self, "_typed", "")


class DayRequired(InputRequired):
    """A day must be given; what was typed and is none keeps its own sentence."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse a field in which nothing is typed."""
        if field.data is None and not field.process_errors:
            raise StopValidation(self.message)


class QuickSelect(Select):
    """A drop-down whose lines are written without a call for each attribute: of a list's page, long ones took a third of the time."""

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Any:
        """One line, as the library writes it."""
        if kwargs or choice.render_kw or isinstance(choice.value, bool):
            return super().render_option(choice, **kwargs)
        # Said once: a sentence that is translated when it is asked for is translated at every question about it.
        label = str(choice.label or choice.value)
        return f'<option{" selected" if choice.selected else ""} value="{escape(str(choice.value))}">{escape(label)}</option>'
