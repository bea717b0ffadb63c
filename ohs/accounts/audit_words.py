"""One event of the audit trail in the reader's words: what it is about, and how that was before and is since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ohs.accounts.admin_forms import DEPARTMENT_LABELS, KIND_LABELS, ROLE_LABELS
from ohs.accounts.event_labels import CODE_DOCUMENTS, CODE_PURPOSES, details, subject_name
from ohs.accounts.reports import Report, all_reports, filters_in_words, find_report
from ohs.kernel.audit import AuditEvent
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.rulebook.hazards import CATEGORY_LABELS
from ohs.rulebook.regions import regions

EVERYTHING = Message("everything")
#: What the trail keeps as a short word, by the detail it is a value of.
VALUE_LABELS: dict[str, Mapping[str, Any]] = {
    "what": {"original": Message("The file as it came"), "marked": Message("Marked copy"), "bad-rows": Message("Rows with problems")},
    "roles": ROLE_LABELS,
    "kind": KIND_LABELS,
    "department": DEPARTMENT_LABELS,
    "region_code": {code: region.name for code, region in regions().items()},
    "categories": CATEGORY_LABELS,
    "purpose": CODE_PURPOSES,
    "document": CODE_DOCUMENTS,
    "outcome": {"accepted": Message("Found justified"), "objected": Message("Objected")},
    "state": {"running": Message("Running"), "paused": Message("Suspended")},
}

#: The word of a value by the subject that it is about, its name and itself; nothing where it is no short word.
ValueWords = Callable[[str, str, str], Any]
_value_words: dict[str, ValueWords] = {}


def add_value_words(subject_type: str, words: ValueWords) -> None:
    """Say values about the records of an area in its own words; areas call it when the application starts."""
    _value_words[subject_type] = words


def _in_words(event: AuditEvent, values: dict[str, Any] | None) -> dict[str, Any]:
    return {
        name: [_word(event, name, item) for item in value] if isinstance(value, list) else _word(event, name, value)
        for name, value in (values or {}).items()
    }


def _word(event: AuditEvent, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    own = _value_words.get(event.subject_type)
    label = (own(event.subject, name, value) if own else None) or VALUE_LABELS.get(name, {}).get(value)
    return value if label is None else say(label) if isinstance(label, Message) else str(label)


def _report_of(event: AuditEvent) -> Report | None:
    """The report whose filters an event names: of a search, of an export, or of the consent to one."""
    if event.event == "audit:searched":
        return find_report("audit")
    if event.event.startswith("export:"):
        return find_report(event.subject)
    return next((report for report in all_reports() if report.event == event.event), None)


def about(event: AuditEvent) -> str:
    """What an event is about, in the reader's words."""
    report = _report_of(event)
    if report is None:
        return f"{subject_name(event.subject_type)} {event.subject}".strip()
    if event.event.startswith("export:"):
        return say(report.title)
    return filters_in_words(report, event.subject) or say(EVERYTHING)


def before(event: AuditEvent) -> list[tuple[str, str]]:
    """How it was, line by line."""
    return details(_in_words(event, event.before))


def after(event: AuditEvent) -> list[tuple[str, str]]:
    """How it is since, line by line."""
    report, values = _report_of(event), event.after
    if report is not None and values and "query" in values:
        values = values | {"query": filters_in_words(report, values["query"]) or say(EVERYTHING)}
    return details(_in_words(event, values))
