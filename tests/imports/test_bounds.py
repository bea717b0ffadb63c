"""Every column of every format against its promise: lengths, bounds, signs for blank, broken cells, and the other headings for it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from imports.check import Checked
from imports.formats import FORMATS
from imports.problems import Severity
from tests.imports.declarations import ROWS as DECLARATION
from tests.imports.employers import EMPLOYER
from tests.imports.workbooks import VALID, check_bytes, saved

CONTRACT = Path(__file__).parent / "contract"
#: What follows from several cells is not asked here.
BETWEEN = {"disagrees", "order", "duplicate"}
Case = tuple[object, str]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def columns(name: str) -> list[dict[str, str]]:
    with (CONTRACT / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def valid(name: str, sheet: str) -> dict[str, Any]:
    return {"examinations": VALID, "employers": EMPLOYER}.get(name) or DECLARATION[sheet][0]


def cases(column: dict[str, str]) -> Iterator[Case]:
    """What is written into a cell of the column, and the code of what is said of it; empty where it is taken."""
    key, kind = column["key"], column["type"]
    if column["required"] == "yes" and key != "exposed_distinct":
        yield from ((sign, "required") for sign in (None, "", " ", "　", "—", "/", "N/A", "\u200b"))
    yield from ((error, "unreadable") for error in ("#DIV/0!", "#N/A", "=A1"))
    yield from ((f"1{strange}2", "unreadable") for strange in "\u202e\u200f\x7f")
    if key != "id_number" and (found := re.fullmatch(r"text\((\d+)\)", kind)):
        most = int(found[1])
        yield from ((letter * most, "") for letter in "x中𠮷")
        yield from ((letter * (most + 1), "too-long") for letter in "x中𠮷")
        yield " " + "x" * most + "　", ""
    if found := re.fullmatch(r"(int|number) (-?\d+)\.\.(-?\d+)", kind):
        step, low, high = 1 if found[1] == "int" else 0.01, int(found[2]), int(found[3])
        for taken in (low, high, str(low), f" {high} ", f"{high}.0", str(high).translate(WIDE)):
            yield taken, ""
        for outside in (low - step, high + step, str(high + step), -1e12):
            yield outside, "out-of-range"
        yield from ((wrong, "not-a-number") for wrong in ("三", f"{high}岁", True, "1 至 2"))
        if found[1] == "int":
            yield from ((broken, "not-a-number") for broken in (low + 0.5, high + 0.5, str(high + 0.5)))
    if kind == "day":
        yield from ((day, "not-a-day") for day in ("2026-02-30", "26-02-03", "今天", 19_999, 60_001, True))
        # What these must agree with lies in the past already.
        code = "" if key in ("birth_date", "exposure_started_on") else "in-the-future"
        yield from ((day, code) for day in ("2026-11-25", "20961231", 60_000))
        yield "2026-11-24", ""
    if kind.startswith("code:"):
        listed = [label.strip() for label in kind[5:].split("|")]
        yield from ((label, "") for label in listed)
        yield from ((f"{label}职业健康检查", "") for label in listed)
        yield from ((wrong, "unknown-code") for wrong in ("甲", 1, True))


def checked(name: str, sheet: str, rows: list[dict[str, Any]]) -> Checked:
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for other in FORMATS[name].sheets:
        worksheet = workbook.create_sheet(other.name or "Sheet")
        worksheet.append([column.heading for column in other.columns])
        for row in rows if other.name == sheet else DECLARATION[other.name]:
            worksheet.append([row.get(column.key) for column in other.columns])
    return check_bytes(saved(workbook), format=FORMATS[name])


SHEETS = [(name, sheet.name) for name in FORMATS for sheet in FORMATS[name].sheets]


@pytest.mark.parametrize(("name", "sheet"), SHEETS)
def test_every_cell_is_held_to_the_promise_of_its_column(name: str, sheet: str) -> None:
    # The number that ties the sheets is asked with its ties.
    promised = [column for column in columns(name) if column.get("sheet", "") == sheet and column["key"] != "ref"]
    asked = [(column["key"], *case) for column in promised for case in cases(column)]
    found = checked(name, sheet, [valid(name, sheet) | {key: value} for key, value, _code in asked])
    said = {
        (problem.row, problem.key, problem.code)
        for problem in found.problems.of(Severity.PROBLEM)
        if problem.sheet == sheet and problem.code not in BETWEEN
    }
    wrong = []
    for row, (key, value, code) in enumerate(asked, 2):
        told = {problem_code for number, at, problem_code in said if (number, at) == (row, key)}
        if told != ({code} if code else set()):
            wrong.append((key, value, code, told))
    assert wrong == []


@pytest.mark.parametrize("name", ["examinations", "employers"])
def test_every_other_heading_is_known_whatever_its_width_and_asterisk(name: str) -> None:
    for column in columns(name):
        for alias in filter(None, column["aliases"].split(";")):
            for spelling in (alias, f" {alias}＊", alias.replace("（", "(").replace("）", ") *")):
                workbook = Workbook()
                row = valid(name, "") | ({} if column["key"] in valid(name, "") else {column["key"]: None})
                headings = {one["key"]: one["heading"] for one in columns(name)} | {column["key"]: spelling}
                workbook.active.append([headings[key] for key in row])
                workbook.active.append(list(row.values()))
                found = check_bytes(saved(workbook), format=FORMATS[name])
                assert (list(found.problems), found.main and column["key"] in found.main.layout.columns) == ([], True)
