"""What the page of an upload shows of its remarks: groups with merged rows, a search in them, and the cells fit to be fixed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imports.problems import Group, Problem, Severity, row_ranges
from imports.sheet import Format
from ohs.uploads.mending import FixableProblem, fixable
from ohs.uploads.remarks import Remarks

#: Remarks on one page of them.
PER_PAGE = 50
EVERYTHING = "all"
#: Groups shown at once; the others unfold.
GROUPS_AT_ONCE = 12
#: Ranges of rows that a line holds.
RANGES_AT_ONCE = 12


def merged(rows: Iterable[int]) -> str:
    """Row numbers with neighbours merged, cut where a line is full: `3–9、12`."""
    return row_ranges(rows, RANGES_AT_ONCE)


@dataclass(frozen=True)
class RemarksPage:
    """Groups of one kind, and one page of the remarks that match the search."""

    #: Kind of remark → how many, for the tabs.
    counts: Mapping[str, int]
    groups: list[Group]
    found: list[Problem]
    found_count: int
    #: The problems among `found`, ready to be corrected; empty where nobody may.
    fixable: list[FixableProblem]
    severity: str
    code: str
    key: str
    text: str
    page: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.code or self.key or self.text)

    @property
    def first(self) -> int:
        """Number of the first remark shown, from 1."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.found) - 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.found_count // PER_PAGE))


def remarks_page(remarks: Remarks, format: Format, asked: Mapping[str, str], *, may_fix: bool) -> RemarksPage:
    """The remarks of an upload as the address asks for them (`severity`, `code`, `key`, `q`, `page`).

    Without a word of what to show it is the gravest kind that there is; a search looks through everything.
    """
    counts = {severity.value: remarks.count(severity) for severity in Severity}
    code, key, text = (asked.get(name, "").strip() for name in ("code", "key", "q"))
    severity = asked.get("severity", "")
    if severity not in (*counts, EVERYTHING):
        severity = EVERYTHING if text else next((kind for kind, count in counts.items() if count), EVERYTHING)
    kind = "" if severity == EVERYTHING else severity
    matching = remarks.matching(severity=kind, code=code, key=key, text=text)
    asked_page = asked.get("page", "")
    page = min(max(1, int(asked_page) if asked_page.isascii() and asked_page.isdigit() else 1), max(1, -(-len(matching) // PER_PAGE)))
    found = [remarks[position] for position in matching[(page - 1) * PER_PAGE : page * PER_PAGE]]
    return RemarksPage(
        counts,
        remarks.groups(kind),
        found,
        len(matching),
        fixable(found, remarks, format) if may_fix else [],
        severity,
        code,
        key,
        text,
        page,
    )
