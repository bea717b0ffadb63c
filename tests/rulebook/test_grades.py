"""Grades of dust and noise work, with the worked examples of the standards' users."""

from __future__ import annotations

from datetime import date

import pytest

from ohs.rulebook import grades  # noqa: F401
from ohs.rulebook.questions import ask

DAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("silica", "twa", "limit", "labour", "g", "grade"),
    [
        ("35", "2.4", "1", "II", 7.2, "II"),
        ("35", "0.9", "0.7", "II", 3, "I"),
        ("5", "4.5", "3", "II", 1.5, "I"),
        ("5", "2.1", "3", "II", 0, "0"),
        ("65", "1.9", "0.7", "III", 21.7143, "III"),
        ("10", "1", "1", "I", 2, "I"),
    ],
)
def test_dust_work(silica: str, twa: str, limit: str, labour: str, g: float, grade: str) -> None:
    found = ask("dust-grade", [f"silica_pct={silica}", f"twa={twa}", f"limit={limit}", f"labour_class={labour}"], DAY)
    assert (float(found.value["g"]), found.value["grade"]) == (g, grade)


def test_dust_work_after_the_scheme_ended_has_no_answer() -> None:
    assert not ask("dust-grade", ["silica_pct=5", "twa=1", "limit=3", "labour_class=I"], date(2026, 2, 1)).is_answered


@pytest.mark.parametrize(
    ("given", "level", "grade"),
    [
        (["laeq=88", "hours=6"], 86.75, "I"),
        (["lex_8h=85"], 85, "I"),
        (["lex_8h=84.9"], 84.9, "0"),
        (["lex_8h=90"], 90, "II"),
        (["lex_8h=99.9"], 99.9, "III"),
        (["lex_8h=100"], 100, "IV"),
    ],
)
def test_noise_work(given: list[str], level: float, grade: str) -> None:
    found = ask("noise-grade", given, DAY)
    assert (float(found.value["lex_8h"]), found.value["grade"]) == (level, grade)


def test_noise_without_hours_is_asked_for() -> None:
    assert not ask("noise-grade", ["laeq=88"], DAY).is_answered
