"""Problems: kept lean, told in order, grouped with their rows merged."""

from __future__ import annotations

import pytest

from imports.problems import Place, Problem, Problems, Severity, group_problems, row_ranges
from ohs.kernel.message import Message

A, B = Message("a"), Message("b")
FIRST, SECOND = Place("x", "X"), Place("y", "Y")


@pytest.mark.parametrize(
    ("rows", "text"), [([], ""), ([3], "3"), ([9, 3, 4, 5, 4], "3–5、9"), ([1, 2, 4, 6, 7], "1–2、4、6–7"), ([0], "0")]
)
def test_neighbouring_rows_are_merged(rows: list[int], text: str) -> None:
    assert row_ranges(rows) == text


def test_ranges_can_be_cut_short() -> None:
    assert row_ranges([1, 3, 5, 7], limit=2) == "1、3、…"
    assert row_ranges([1, 3], limit=2) == "1、3"


def filled() -> Problems:
    problems = Problems()
    problems.add([7, 3], FIRST, "required", A)
    problems.add([3], SECOND, "order", B, or_at=("X",))
    problems.add([4], FIRST, "ratio", B, Severity.NOTICE)
    problems.add_file("macro", A)
    problems.add([], FIRST, "nothing", A)
    return problems


def test_problems_come_by_row_and_then_as_they_were_found() -> None:
    assert [(problem.row, problem.key, problem.code) for problem in filled()] == [
        (0, "", "macro"), (3, "x", "required"), (3, "y", "order"), (4, "x", "ratio"), (7, "x", "required"),
    ]  # fmt: skip


def test_counts_and_rows_are_by_severity() -> None:
    problems = filled()
    assert (len(problems), problems.count(Severity.PROBLEM), problems.count(Severity.NOTICE), problems.count(Severity.FINDING)) == (
        5,
        4,
        1,
        0,
    )
    assert problems.rows().to_list() == [0, 3, 7]


def test_groups_hold_all_rows_of_a_code_at_a_column_and_the_same_from_a_stream() -> None:
    problems = filled()
    problems.add([5, 6], FIRST, "required", B)
    groups = problems.groups(Severity.PROBLEM)
    assert next((group.code, group.count, group.ranges) for group in groups) == ("required", 4, "3、5–7")
    assert groups[0].examples == [(A, "3、7"), (B, "5–6")]
    streamed = group_problems(problems.of(Severity.PROBLEM))
    assert sorted((group.code, group.place, group.ranges) for group in groups) == sorted(
        (group.code, group.place, group.ranges) for group in streamed
    )


def test_others_can_be_taken_over_whole() -> None:
    problems = Problems()
    problems.extend(filled())
    assert list(problems) == list(filled())
    assert Problem(3, "y", "Y", "order", B, or_at=("X",)) in problems
