"""Problems, notices and findings of one upload as it keeps them: packed, sealed, in the order of rows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from imports.problems import Problem, Severity
from ohs.kernel.crypto import keyring
from ohs.kernel.i18n import say
from ohs.kernel.message import Message

PURPOSE = "upload.remarks"


def pack(problems: Iterable[Problem]) -> bytes:
    """One sealed blob of all remarks; sentences that repeat are written once."""
    sentences: dict[str, int] = {}
    rows = []
    for problem in problems:
        sentence = json.dumps(
            [
                problem.severity,
                problem.sheet,
                problem.key,
                problem.heading,
                problem.code,
                _plain(problem.message),
                problem.or_at,
            ],
            ensure_ascii=False,
        )
        rows.append((problem.row, sentences.setdefault(sentence, len(sentences))))
    packed = zlib.compress(json.dumps([[json.loads(sentence) for sentence in sentences], rows], ensure_ascii=False).encode(), 6)
    return keyring().seal(PURPOSE, packed)


def unpack(blob: bytes | None) -> list[Problem]:
    """The remarks again, in their order."""
    if blob is None:
        return []
    sentences, rows = json.loads(zlib.decompress(keyring().unseal(PURPOSE, blob)))
    made = [
        (key, heading, code, _message(message), Severity(severity), sheet, tuple(or_at))
        for severity, sheet, key, heading, code, message, or_at in sentences
    ]
    return [Problem(row, *made[number]) for row, number in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"id": value.id, "values": {name: _plain(item) for name, item in value.values.items()}}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _message(value: Any) -> Any:
    if isinstance(value, dict):
        return Message(value["id"], **{name: _message(item) for name, item in value["values"].items()})
    if isinstance(value, list):
        return tuple(_message(item) for item in value)
    return value


def matching(problems: Iterable[Problem], *, severity: str = "", code: str = "", key: str = "", text: str = "") -> Iterator[Problem]:
    """Those of a kind, a code, a column, or whose row number, heading or sentence holds the text."""
    wanted = text.strip().lower()
    for problem in problems:
        if (severity and problem.severity != severity) or (code and problem.code != code) or (key and problem.key != key):
            continue
        if wanted and wanted != str(problem.row) and wanted not in f"{problem.heading} {problem.code} {say(problem.message)}".lower():
            continue
        yield problem


def as_json(problem: Problem) -> dict[str, Any]:
    """A remark as programs get it: row, official heading, code, sentence."""
    return {"row": problem.row, "heading": problem.heading, "code": problem.code, "message": say(problem.message)} | (
        {"sheet": problem.sheet} if problem.sheet else {}
    )
