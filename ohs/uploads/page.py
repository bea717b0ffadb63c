"""What the page of an upload shows of its remarks: groups with merged rows, a search in them, and the cells fit to be fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from imports.problems import Group, Problem, Severity, group_problems
from ohs.uploads.remarks import matching

#: So many single remarks are shown; more are searched for, or taken away as a workbook.
SHOWN = 200
#: Up to so many problems are offered as fields; beyond, the workbook is the better place.
FIXABLE = 50


@dataclass(frozen=True)
class RemarksPage:
    """Groups of everything, the remarks that match the search, and the problems that can be fixed in the browser."""

    groups: list[Group]
    found: list[Problem]
    found_count: int
    fixable: list[Problem]
    severity: str
    code: str
    key: str
    text: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.severity or self.code or self.key or self.text)


def remarks_page(remarks: list[Problem], asked: Mapping[str, str]) -> RemarksPage:
    """The remarks of an upload as the address asks for them (`severity`, `code`, `key`, `q`)."""
    severity, code, key, text = (asked.get(name, "") for name in ("severity", "code", "key", "q"))
    found = list(matching(remarks, severity=severity, code=code, key=key, text=text))
    fixable = [remark for remark in found if remark.severity == Severity.PROBLEM and remark.row and remark.key]
    return RemarksPage(
        group_problems(remarks),
        list(islice(found, SHOWN)),
        len(found),
        fixable if len(fixable) <= FIXABLE else [],
        severity,
        code,
        key,
        text,
    )
