"""Two people on one draft: what the other saved meanwhile is taken where it does not clash, and both are shown where it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ohs.declarations.compare import Difference, differences
from ohs.declarations.drafts import Answers
from ohs.declarations.fields import FIELDS, STEP_OF_ROWS
from ohs.rulebook.hazards import codes_named


@dataclass(frozen=True)
class Meanwhile:
    """One step after two people have written in it. `answers` holds mine, and the other's where only the other has changed something."""

    answers: Answers
    #: What the other changed and I did not: before, and as it is now.
    taken: list[Difference]
    #: What both changed: the other's, and mine.
    clashes: list[Difference]


def step_answers(answers: Answers, step: str) -> Answers:
    """Only what one step asks."""
    form, rows = answers
    keys = [field.key for field in FIELDS if field.step == step]
    return {key: form.get(key) for key in keys}, {name: rows[name] for name, place in STEP_OF_ROWS.items() if place == step}


def pack_answers(answers: Answers) -> str:
    """What a page was drawn from, to be carried by it."""
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))


def unpack_answers(text: str) -> Answers | None:
    """What a page was drawn from; `None` where it carries nothing that can be read."""
    try:
        form, rows = json.loads(text)
    except (ValueError, TypeError):
        return None
    if not isinstance(form, dict) or not isinstance(rows, dict):
        return None
    is_whole = all(isinstance(part, list) and all(isinstance(row, dict) for row in part) for part in rows.values())
    return (form, rows) if is_whole else None


def merge(base: Answers | None, theirs: Answers, mine: Answers) -> Meanwhile:
    """Both writers' answers of one step. Without a base everything that differs counts as changed by both."""
    form, form_taken, form_clashing = _merge((base or ({}, {}))[0], theirs[0], mine[0])
    rows, rows_taken, rows_clashing = _merge((base or ({}, {}))[1], theirs[1], mine[1])
    old = base or theirs
    return Meanwhile(
        (form, rows),
        differences(_only(old, form_taken, rows_taken), _only(theirs, form_taken, rows_taken), with_secrets=True),
        differences(_only(theirs, form_clashing, rows_clashing), _only(mine, form_clashing, rows_clashing), with_secrets=True),
    )


def _merge(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> tuple[dict[str, Any], set[str], set[str]]:
    merged: dict[str, Any] = dict(mine)
    taken, clashing = set(), set()
    for key, own in mine.items():
        other = theirs.get(key)
        if _plain(other) == _plain(own):
            continue
        if key in base and _plain(own) == _plain(base[key]):
            merged[key] = other
            taken.add(key)
        elif key not in base or _plain(other) != _plain(base[key]):
            clashing.add(key)
    return merged, taken, clashing


def _only(answers: Answers, fields: set[str], rows: set[str]) -> Answers:
    return {key: value for key, value in answers[0].items() if key in fields}, {
        name: part for name, part in answers[1].items() if name in rows
    }


def _plain(value: Any) -> Any:
    """One answer or the rows of one editor, whichever way it was written."""
    if isinstance(value, list):
        return [{key: _cell(key, part) for key, part in row.items() if part not in (None, "")} for row in value]
    return None if value == "" else value


def _cell(key: str, value: Any) -> Any:
    codes = codes_named(str(value)) if key == "hazard" else ()
    return codes[0] if len(codes) == 1 else value
