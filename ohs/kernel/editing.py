"""Forms about one record that two people may have open: the second is told what the first has changed meanwhile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField

from ohs.kernel.forms import PageForm

#: Not about the record.
OWN_FIELDS = ("version", "opened", "csrf_token")


@dataclass(frozen=True)
class Meanwhile:
    """One field that somebody else has changed: how it was when the page was opened, how it stands now, what was typed."""

    label: str
    before: str
    now: str
    typed: str


class EditForm(PageForm):
    """A form that knows which version of the record the person saw, and how it looked."""

    version = HiddenField()
    opened = HiddenField()

    def open_for(self, version: int) -> None:
        """Note what is shown, before anybody types into it."""
        self.version.data, self.opened.data = str(version), json.dumps(self.shown(), ensure_ascii=False)

    def shown(self) -> dict[str, str]:
        """Every field as people read it."""
        return {field.short_name: _words_of(field) for field in self if field.short_name not in OWN_FIELDS}

    def is_outdated(self, version: int) -> bool:
        """Whether the record was changed since the page was opened."""
        return self.version.data != str(version)

    def meanwhile(self, fresh: EditForm, version: int) -> list[Meanwhile]:
        """What was changed since, by a form filled from the record as it is now; afterwards this form may be sent again.

        Nothing where only something else about the record is new, such as when a person last signed in.
        """
        if not self.is_outdated(version):
            return []
        try:
            before = json.loads(self.opened.data or "{}")
        except ValueError:
            before = None
        before = before if isinstance(before, dict) else {}
        now, typed = fresh.shown(), self.shown()
        changed = [
            Meanwhile(str(field.label.text), str(before.get(name, "—")), now[name], typed[name])
            for field in self
            if (name := field.short_name) in now and before.get(name) != now[name]
        ]
        self.version.data, self.opened.data = str(version), json.dumps(now, ensure_ascii=False)
        return changed


def _words_of(field: Any) -> str:
    if field.type == "BooleanField":
        return "✓" if field.data else "✗"
    if hasattr(field, "iter_choices"):
        return next((str(choice[1]) for choice in field.iter_choices() if str(choice[0]) == str(field.data)), "—")
    return str(field._value()) or "—"
