"""The sample workbooks, held against what a reader must say of them, row by row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from imports.check import Checked, check_workbook
from imports.employers import FORMAT as EMPLOYERS
from imports.examinations import FORMAT as EXAMINATIONS
from imports.problems import Severity
from imports.reader import read_workbook
from imports.sheet import Format

SAMPLES = Path(__file__).parent / "samples"
ON = date(2026, 11, 24)


def checked(format: Format, name: str) -> Checked:
    return check_workbook(read_workbook(format, (SAMPLES / name).read_bytes(), name), on=ON)


def test_the_messy_workbook_gets_exactly_its_problems() -> None:
    expected = json.loads((SAMPLES / "examinations_messy.expected.json").read_text())
    found = checked(EXAMINATIONS, "examinations_messy.xlsx")
    assert found.total == expected["rows"]
    assert found.accepted_count == expected["accepted"]
    wanted = sorted((problem["row"], problem["key"], problem["heading"]) for problem in expected["problems"])
    assert sorted((problem.row, problem.key, problem.heading) for problem in found.problems.of(Severity.PROBLEM)) == wanted


def test_the_messy_workbook_gets_exactly_its_notices() -> None:
    expected = json.loads((SAMPLES / "examinations_messy.expected.json").read_text())
    found = checked(EXAMINATIONS, "examinations_messy.xlsx")
    wanted = sorted((notice.get("row", 0), notice.get("heading") or notice.get("heading_in_file") or "") for notice in expected["notices"])
    assert sorted((notice.row, notice.heading) for notice in found.problems.of(Severity.NOTICE)) == wanted


@pytest.mark.parametrize(("format", "name", "rows"), [(EXAMINATIONS, "examinations_clean.xlsx", 2000), (EMPLOYERS, "employers.xlsx", 3296)])
def test_a_clean_workbook_is_taken_whole_and_nothing_is_said(format: Format, name: str, rows: int) -> None:
    found = checked(format, name)
    assert (found.total, found.accepted_count, len(found.problems)) == (rows, rows, 0)
