"""What parts of an examination are called on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from imports.examinations import FORMAT
from ohs.surveillance.forms import CONCLUSION_LABELS
from ohs.surveillance.models import Examination, ExaminationRevision
from ohs.surveillance.records import conclusions_for
from ohs.surveillance.rules import fitness_letter

REVISION_LABELS = {"examined_on": _l("Examined on"), "reported_on": _l("Reported on"), "conclusions": _l("Conclusion"), "post": _l("Post")}

#: Whether a worker may do the work that the examination was about, by the letter that decides it.
FITNESS_LABELS = {
    "S": _l("Suspected occupational disease: arrange the diagnosis, and do not end or annul the labour contract meanwhile."),
    "C": _l("Not fit for the hazards examined for: do not assign, or move to another post."),
    "R": _l("Undecided until the re-examination is done; arrange it in time."),
    "P": _l("No individual conclusion yet: do not assign before it is there."),
    "N": _l("Fit for the post: nothing stands against the hazards examined for."),
    "U": _l("Fit for the post: nothing stands against the hazards examined for."),
}


def item_label(key: str) -> str:
    """The official heading of a column."""
    return FORMAT.sheets[0][key].heading


def fitness_of(conclusions: str) -> list[Any]:
    """Sentences about the fitness for the post, for the letters that a reader is told; a suspected disease goes with what else is found."""
    letters = [letter for letter in "SC" if letter in conclusions] or [fitness_letter(conclusions)]
    return [FITNESS_LABELS[letter] for letter in letters if letter]


@dataclass(frozen=True)
class Change:
    """What a correction changed in one plain column, in words cut to what the reader may know."""

    label: Any
    before: str
    after: str


def changes_of(examination: Examination, revisions: Sequence[ExaminationRevision], user: Any) -> dict[int, list[Change]]:
    """What each correction changed, by the number of the version that it replaced; `revisions` are the latest first."""
    told: dict[int, list[Change]] = {}
    after = {key: _value(key, getattr(examination, key), user) for key in REVISION_LABELS}
    for one in revisions:
        before = {key: _value(key, one.plain[key], user) if key in one.plain else after[key] for key in REVISION_LABELS}
        told[one.revision] = [Change(label, before[key], after[key]) for key, label in REVISION_LABELS.items() if before[key] != after[key]]
        after = before
    return told


def _value(key: str, value: Any, user: Any) -> str:
    if key == "conclusions":
        return "、".join(str(CONCLUSION_LABELS[letter]) for letter in conclusions_for(user, value)) or "—"
    return str(value)
