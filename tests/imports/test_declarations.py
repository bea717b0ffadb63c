"""The declarations: every rule as (what was written, where it is said, code), in one sheet and between the five."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from imports.check import Checked
from imports.declarations import DECLARATIONS, FORMAT, HAZARDS, MATERIALS, PRODUCTS, SITES
from imports.problems import Severity
from tests.imports.declarations import ROWS, Rows, declarations, workbook_of
from tests.imports.workbooks import check_bytes

Said = list[tuple[str, int, str, str]]


def check(change: Callable[[Rows], object] | None = None) -> Checked:
    return check_bytes(declarations(change), format=FORMAT)


def told(checked: Checked, severity: Severity = Severity.PROBLEM) -> Said:
    return [(problem.sheet, problem.row, problem.key, problem.code) for problem in checked.problems.of(severity)]


def put(sheet: str, at: int = 0, **values: Any) -> Callable[[Rows], object]:
    """Change some cells of a row."""
    return lambda rows: rows[sheet][at].update(values)


def add(sheet: str, **values: Any) -> Callable[[Rows], object]:
    """Add a row like the first, with changes."""
    return lambda rows: rows[sheet].append(rows[sheet][0] | values)


def test_a_declaration_in_which_nothing_is_wrong_is_taken_and_nothing_is_said() -> None:
    checked = check()
    assert (len(checked.problems), checked.accepted_count, checked.total) == (0, 1, 1)
    row = checked.accepted.to_dicts()[0]
    assert (row["kind"], row["ownership"], row["size"], row["has_organisation"], row["tested"]) == (
        "initial",
        "other",
        "small",
        "no",
        "yes",
    )
    assert (row["region"], row["economic_type"]) == ("330481103", "国统字〔2023〕14号|112")
    assert checked.rows_of(HAZARDS)["hazard"].to_list() == ["C028", "P01"]
    assert checked.rows_of(PRODUCTS).to_dicts()[0] == {"row": 2, "ref": "1", "name": "无", "yearly": 0.0, "unit": "无"}


MAIN: list[tuple[dict[str, Any], str, str]] = [
    ({"ref": None}, "ref", "required"),
    ({"kind": "补报"}, "kind", "unknown-code"),
    ({"kind": "变更申报", "changed_on": "2026-09-01"}, "change_reason", "required"),
    ({"kind": "变更申报", "change_reason": "建设项目"}, "changed_on", "required"),
    ({"changed_on": "2096-01-01"}, "changed_on", "in-the-future"),
    ({"year": 2011}, "year", "out-of-range"),
    ({"year": 2027}, "year", "out-of-range"),
    ({"uscc": "91330481MAY0000014"}, "uscc", "uscc-check"),
    ({"region": "海宁市"}, "region", "unknown-region"),
    ({"ownership": "市属"}, "ownership", "unknown-code"),
    ({"economic_type": "999"}, "economic_type", "unknown-code"),
    ({"industry": "19"}, "industry", "unknown-industry"),
    ({"industry": "1952"}, "solvents", "required"),
    ({"filler_phone": "8205"}, "filler_phone", "not-a-number"),
    ({"has_organisation": "—"}, "has_organisation", "required"),
    ({"staff_full_time": -1}, "staff_full_time", "out-of-range"),
    ({"employees": 0}, "employees", "out-of-range"),
    ({"outsourced": 5}, "exposed", "disagrees"),
    ({"workers_trained": 97}, "workers_trained", "disagrees"),
    ({"testing_institution": None}, "testing_institution", "required"),
    ({"test_report_no": "无"}, "test_report_no", "required"),
    ({"clinic": None}, "clinic", "required"),
]


@pytest.mark.parametrize(("change", "key", "code"), MAIN)
def test_each_rule_of_the_main_sheet_is_said_where_it_belongs(change: dict[str, Any], key: str, code: str) -> None:
    assert told(check(put(DECLARATIONS, **change))) == [(DECLARATIONS, 2, key, code)]


OTHERS: list[tuple[Callable[[Rows], object], tuple[str, int, str, str]]] = [
    (put(HAZARDS, ref="9"), (HAZARDS, 2, "ref", "unknown-code")),
    (put(HAZARDS, hazard="苯系物"), (HAZARDS, 2, "hazard", "unknown-hazard")),
    (put(HAZARDS, 1, hazard="苯", exposed=60, due_for_exam=60, examined=60), (HAZARDS, 3, "hazard", "duplicate")),
    (put(HAZARDS, exposed=0), (HAZARDS, 2, "exposed", "out-of-range")),
    (put(HAZARDS, 1, exposed=97), (HAZARDS, 3, "exposed", "disagrees")),
    (put(HAZARDS, points_over=5), (HAZARDS, 2, "points_over", "disagrees")),
    (put(HAZARDS, points_tested=None), (HAZARDS, 2, "points_tested", "required")),
    (put(HAZARDS, due_for_exam=None), (HAZARDS, 2, "due_for_exam", "required")),
    (put(HAZARDS, due_for_exam=61), (HAZARDS, 2, "due_for_exam", "disagrees")),
    (put(HAZARDS, examined=61), (HAZARDS, 2, "examined", "disagrees")),
    (put(PRODUCTS, yearly=None), (PRODUCTS, 2, "yearly", "required")),
    (put(PRODUCTS, name="—"), (PRODUCTS, 2, "name", "required")),
    (put(MATERIALS, unit="x" * 21), (MATERIALS, 2, "unit", "too-long")),
    (add(MATERIALS, ref="7"), (MATERIALS, 3, "ref", "unknown-code")),
    (put(SITES, hazard="甲醛"), (SITES, 2, "hazard", "disagrees")),
    (put(SITES, exposed_distinct=79), (SITES, 2, "exposed_distinct", "disagrees")),
    (put(SITES, exposed_distinct=141), (SITES, 2, "exposed_distinct", "disagrees")),
    (put(SITES, exposed_distinct=None), (SITES, 2, "exposed_distinct", "required")),
    (put(SITES, 1, exposed_distinct=95), (SITES, 3, "exposed_distinct", "disagrees")),
    (add(DECLARATIONS), (DECLARATIONS, 3, "ref", "duplicate")),
    (add(DECLARATIONS, ref="2"), (DECLARATIONS, 3, "ref", "required")),
]


@pytest.mark.parametrize(("change", "expected"), OTHERS)
def test_each_rule_of_the_other_sheets_is_said_where_it_belongs(
    change: Callable[[Rows], object], expected: tuple[str, int, str, str]
) -> None:
    assert set(told(check(change))) == {expected}


def test_the_exposed_in_all_are_at_most_the_sum_of_the_factors() -> None:
    def change(rows: Rows) -> None:
        rows[DECLARATIONS][0].update(exposed=141, employees=200)

    assert told(check(change)) == [(DECLARATIONS, 2, "exposed", "disagrees")]


def test_messages_of_disagreeing_numbers_show_both() -> None:
    (problem,) = check(put(HAZARDS, points_over=5)).problems.of(Severity.PROBLEM)
    assert problem.message.values == {"part": 5, "whole": 4}


def test_a_problem_in_any_sheet_refuses_its_declaration_and_no_other() -> None:
    def change(rows: Rows) -> None:
        for sheet in ROWS:
            rows[sheet] += [row | {"ref": "2"} for row in copy.deepcopy(ROWS[sheet])]
        rows[DECLARATIONS][1]["work_address"] = "海宁市工业路2号"
        rows[MATERIALS][0]["yearly"] = "很多"

    checked = check(change)
    assert told(checked) == [(MATERIALS, 2, "yearly", "not-a-number")]
    assert checked.accepted["ref"].to_list() == ["2"]
    assert [len(checked.rows_of(sheet)) for sheet in (HAZARDS, PRODUCTS, MATERIALS, SITES)] == [2, 1, 1, 2]


def test_where_a_factor_cannot_be_read_nothing_that_follows_from_it_is_said() -> None:
    assert told(check(put(HAZARDS, hazard="苯系物"))) == [(HAZARDS, 2, "hazard", "unknown-hazard")]


def test_a_closure_needs_no_rows_in_the_other_sheets() -> None:
    def change(rows: Rows) -> None:
        rows[DECLARATIONS][0].update(kind="注销申报", tested="未检测", examined="未开展", exposed=0, workers_trained=0)
        for sheet in (HAZARDS, PRODUCTS, MATERIALS, SITES):
            rows[sheet].clear()

    assert told(check(change)) == []


def test_without_tests_and_examinations_their_numbers_may_be_blank() -> None:
    def change(rows: Rows) -> None:
        rows[DECLARATIONS][0].update(tested="未检测", examined="未开展", testing_institution=None, test_report_no=None, clinic=None)
        for row in rows[HAZARDS]:
            row.update(points_tested=None, points_over=None, due_for_exam=None, examined=None)

    assert told(check(change)) == []


@pytest.mark.parametrize("name", [sheet.name for sheet in FORMAT.sheets])
def test_a_missing_sheet_refuses_the_file(name: str) -> None:
    checked = check_bytes(workbook_of(ROWS, without=name), format=FORMAT)
    assert not checked.is_readable
    assert next((problem.sheet, problem.code) for problem in checked.problems.of(Severity.PROBLEM)) == (name, "missing-column")


def test_the_five_sheets_are_known_by_their_names_in_any_order() -> None:
    checked = check_bytes(declarations(), format=FORMAT)
    assert {name: sheet.layout.sheet_name for name, sheet in checked.sheets.items()} == {name: name for name in ROWS}


def several(*changes: Callable[[Rows], object]) -> Callable[[Rows], object]:
    """Four declarations one behind the other, each with the rows of the first; rows of number n begin at (n − 1) × their count."""

    def change(rows: Rows) -> None:
        for sheet in ROWS:
            rows[sheet] = [row | {"ref": str(number)} for number in range(1, 5) for row in copy.deepcopy(ROWS[sheet])]
        for one in changes:
            one(rows)

    return change


def drop(sheet: str, ref: str) -> Callable[[Rows], object]:
    """Take the rows of a declaration away."""

    def change(rows: Rows) -> None:
        rows[sheet] = [row for row in rows[sheet] if row["ref"] != ref]

    return change


NO_PRODUCT = (DECLARATIONS, 4, "ref", "required")
TIES: dict[str, tuple[tuple[Callable[[Rows], object], ...], Said]] = {
    "one declaration lacks a sheet": ((drop(PRODUCTS, "3"),), [NO_PRODUCT]),
    "a wrong number may be the row that is lacking": ((put(PRODUCTS, 2, ref="9"),), [(PRODUCTS, 4, "ref", "unknown-code")]),
    "a missing number as well": ((put(PRODUCTS, 2, ref=None),), [(PRODUCTS, 4, "ref", "required")]),
    "a stray elsewhere explains nothing": (
        (drop(PRODUCTS, "3"), lambda rows: rows[PRODUCTS].append(ROWS[PRODUCTS][0] | {"ref": "9"})),
        [NO_PRODUCT, (PRODUCTS, 5, "ref", "unknown-code")],
    ),
    "the rows of a declaration without its number are no strays": ((put(DECLARATIONS, 2, ref=None),), [(DECLARATIONS, 4, "ref", "required")]),
    "but others are": (
        (put(DECLARATIONS, 2, ref=None), put(MATERIALS, 0, ref="9")),
        [(DECLARATIONS, 4, "ref", "required"), (MATERIALS, 2, "ref", "unknown-code")],
    ),
    "a factor without its number leaves the sums open": (
        (put(HAZARDS, 4, ref=None), put(DECLARATIONS, 0, exposed=100, employees=99, outsourced=0)),
        [(DECLARATIONS, 2, "exposed", "disagrees"), (HAZARDS, 6, "ref", "required")],
    ),
    "a site that cannot be read leaves its counts open": ((put(SITES, 4, site=None),), [(SITES, 6, "site", "required")]),
    "a site without its number too": ((put(SITES, 4, ref=None),), [(SITES, 6, "ref", "required")]),
    "and only its own": (
        (put(SITES, 4, site=None), put(SITES, 6, exposed_distinct=None)),
        [(SITES, 6, "site", "required"), (SITES, 8, "exposed_distinct", "required")],
    ),
    "too many for people and for factors is said once": (
        (put(DECLARATIONS, 1, exposed=1_000_000),), [(DECLARATIONS, 3, "exposed", "disagrees")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TIES.values(), ids=TIES)
def test_of_faults_that_can_be_one_one_is_said(changes: tuple[Callable[[Rows], object], ...], expected: Said) -> None:
    assert sorted(told(check(several(*changes)))) == sorted(expected)
