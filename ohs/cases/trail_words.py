"""What the trail keeps of cases as short words, in the words of their kind."""

from __future__ import annotations

from typing import Any

from ohs.accounts.audit_words import add_value_words
from ohs.cases.document_kinds import LETTERS
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.kinds.vocabulary import Kind
from ohs.cases.labels import ACTOR_LABELS, event_name, kind_name, status_name
from ohs.cases.transfer_labels import PART_LABELS

_BY_PREFIX = {kind.prefix: kind for kind in KINDS.values()}


def value_word(subject: str, name: str, value: str) -> Any:
    """The word of a value about a case, by the case's number; nothing where the value is none of the short words."""
    kind = _BY_PREFIX.get(subject.partition("-")[0])
    if name == "event" and kind is not None:
        return event_name(kind, _track_of(kind, value), value)
    if name == "status" and kind is not None:
        return status_name(kind, value)
    if name == "kind":
        return kind_name(value) if value in KINDS else LETTERS[value].name if value in LETTERS else None
    return {"evidence": EVIDENCE, "track": PART_LABELS, "addressee": ACTOR_LABELS}.get(name, {}).get(value)


def _track_of(kind: Kind, event: str) -> str:
    return next((track for track, acts in kind.acts.items() if event in acts), "")


def register() -> None:
    """Tell the trail's pages these words."""
    for subject_type in ("Case", "CaseDocument", "CaseDocumentCopy", "Upload"):
        add_value_words(subject_type, value_word)
