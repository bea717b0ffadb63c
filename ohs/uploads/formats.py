"""Which formats are handed in here, and what the areas do with them: checks that need the database, a preview, the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from imports.check import Checked
from imports.sheet import Format
from ohs.accounts.models import User
from ohs.kernel.message import Message
from ohs.uploads.models import Upload


@dataclass(frozen=True)
class Committed:
    """What a commit did. `late` rows were handed in after their limit."""

    new: int
    corrected: int
    late: int = 0
    #: SHA-256 over the rows, in hexadecimal.
    digest: str = ""


#: Adds what only the database knows to the checked rows (a problem refuses its row) and tells what committing would change:
#: figures by name, and for a name `<name>_rows` (merged rows) and `<name>_names` (a few lines) where there is more to say.
Examine = Callable[[Session, Checked, Upload, date], Mapping[str, Any]]
#: Writes the accepted rows in the session's transaction.
Commit = Callable[[Session, Checked, Upload, User, date], Committed]


@dataclass(frozen=True)
class HandedIn:
    """One format on the road of uploads: its contract, who hands it in, and the deeds of the area that takes it."""

    contract: Format
    #: Roles that may hand it in.
    roles: frozenset[str]
    examine: Examine
    commit: Commit
    #: Labels of the figures of the preview, in the order in which they are shown.
    preview_labels: Mapping[str, Message]
    #: What people are asked to examine or measure and the format has no column for.
    cannot_carry: Callable[[], tuple[str, ...]] = tuple
    #: Draws what the figures do not say of the preview, from `upload.preview`; empty where they say all.
    preview_template: str = ""
    #: What has come of a committed upload, as far as a reader may know it, and what draws it as `outcome`.
    outcome: Callable[[Session, Any, Upload], Mapping[str, Any]] | None = None
    outcome_template: str = ""

    @property
    def name(self) -> str:
        return self.contract.name

    @property
    def title(self) -> Message:
        return self.contract.title

    def allows(self, user: Any) -> bool:
        """Whether this person's role hands in this format."""
        return bool(self.roles & user.role_names)


_formats: dict[str, HandedIn] = {}


def register_format(format: HandedIn) -> None:
    """Offer a format; areas call it when the application starts."""
    _formats[format.name] = format


def find_format(name: str) -> HandedIn | None:
    """The format of that name."""
    return _formats.get(name)


def formats_for(user: Any) -> list[HandedIn]:
    """The formats that this person may hand in."""
    return [format for format in _formats.values() if format.allows(user)]


def all_formats() -> list[HandedIn]:
    """Every format, in the order of registration."""
    return list(_formats.values())
