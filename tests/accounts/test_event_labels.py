"""The audit trail speaks the reader's language: every event that the code writes has its name."""

from __future__ import annotations

import ast
from pathlib import Path

from ohs.accounts.event_labels import DETAIL_LABELS, EVENT_LABELS

ROOT = Path(__file__).resolve().parents[2]
#: Written with a part that varies.
VARYING = {
    "export:approved", "export:refused", "worker:merged", "employer:merged", "worker:unmerged", "employer:unmerged", "worker:kept-apart", "employer:kept-apart",
    "worker:revealed", "worker:read", "examination:read", "examination:read-conclusion", "backup:made", "backup:restored",
    "case:hand-over-accepted", "case:hand-over-refused", "case:hand-over-revoked", "case:hand-over-lapsed", "case:hand-over-unanswered",
    "case:hand-over-dropped",
}  # fmt: skip


def calls_of_audit() -> list[ast.Call]:
    return [
        node
        for path in (ROOT / "ohs").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "audit" and node.args
    ]


def test_every_event_has_its_name() -> None:
    written = {str(call.args[0].value) for call in calls_of_audit() if isinstance(call.args[0], ast.Constant)}
    assert (written | VARYING) - set(EVENT_LABELS) == set()


def test_every_name_has_its_event_somewhere() -> None:
    code = "".join(path.read_text() for path in (ROOT / "ohs").rglob("*.py") if path.name != "event_labels.py")
    assert [event for event in EVENT_LABELS if event not in VARYING and f'"{event}"' not in code] == []


def test_every_detail_has_its_name() -> None:
    named = {
        str(key.value)
        for call in calls_of_audit()
        for keyword in call.keywords
        if keyword.arg in ("before", "after") and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant)
    }
    assert named - set(DETAIL_LABELS) == set()
