"""Grades of dust and noise work, with the worked examples of the standards' users and every cut point."""

from __future__ import annotations

from datetime import date

import pytest

from ohs.rulebook import grades  # noqa: F401
from ohs.rulebook.questions import QuestionError, ask

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
        ("9.99", "1", "1", "I", 1, "I"),
        ("50", "0.7", "0.7", "I", 2, "I"),
        ("50.01", "0.3", "0.3", "I", 4, "I"),
        ("80", "1.4", "0.7", "Ⅱ", 6, "I"),
        ("80.01", "0.2", "0.2", "iv", 15, "II"),
        ("5", "2.4", "1", "IV", 6, "I"),
        ("5", "2.4002", "1", "IV", 6.0005, "II"),
        ("60", "0.8", "0.4", "IV", 10, "II"),
        ("35", "1.6", "0.3", "II", 16, "II"),
        ("35", "1.6001", "0.3", "II", 16.001, "III"),
        ("5", "0.69", "0.7", "IV", 0, "0"),
        ("5", "0.6", "0.3", "I", 1, "I"),
    ],
)
def test_dust_work(silica: str, twa: str, limit: str, labour: str, g: float, grade: str) -> None:
    found = ask("dust-grade", [f"silica_pct={silica}", f"twa={twa}", f"limit={limit}", f"labour_class={labour}"], DAY)
    assert (float(found.value["g"]), found.value["grade"], found.edition) == (g, grade, "GBZ/T 229.1-2010")
    assert not found.verified


@pytest.mark.parametrize(("on", "edition"), [(date(2026, 1, 31), "GBZ/T 229.1-2010"), (date(2026, 2, 1), "GBZ/T 229.1-2025")])
def test_the_scheme_of_2025_is_named_and_gives_no_grade(on: date, edition: str) -> None:
    found = ask("dust-grade", ["silica_pct=5", "twa=1", "limit=3", "labour_class=I"], on)
    assert (found.edition, found.is_answered) == (edition, edition.endswith("2010"))


@pytest.mark.parametrize(
    ("given", "level", "grade"),
    [
        (["laeq=88", "hours=6"], 86.75, "I"),
        (["laeq=85", "hours=8"], 85, "I"),
        (["laeq=88.0103", "hours=4"], 85, "I"),
        (["laeq=90", "hours=12"], 91.76, "II"),
        (["lex_8h=84.9"], 84.9, None),
        (["lex_8h=85"], 85, "I"),
        (["lex_8h=89.9"], 89.9, "I"),
        (["lex_8h=90"], 90, "II"),
        (["lex_8h=94.99"], 94.99, "II"),
        (["lex_8h=95"], 95, "III"),
        (["lex_8h=99.9"], 99.9, "III"),
        (["lex_8h=100"], 100, "IV"),
    ],
)
def test_noise_work(given: list[str], level: float, grade: str | None) -> None:
    found = ask("noise-grade", given, DAY)
    assert (float(found.value["lex_8h"]), found.value["grade"]) == (level, grade)
    assert found.message is not None and not found.verified


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("noise-grade", ["laeq=88"]),
        ("noise-grade", ["laeq=88", "hours=0"]),
        ("noise-grade", ["laeq=88", "hours=25"]),
        ("noise-grade", ["laeq=88", "hours=8", "lex_8h=88"]),
        ("noise-grade", ["lex_8h=4000"]),
        ("dust-grade", ["silica_pct=101", "twa=1", "limit=3", "labour_class=I"]),
        ("dust-grade", ["silica_pct=5", "twa=1", "limit=0", "labour_class=I"]),
        ("dust-grade", ["silica_pct=5", "twa=1", "limit=3", "labour_class=V"]),
        ("dust-grade", ["silica_pct=5", "twa=1", "labour_class=I"]),
    ],
)
def test_a_question_out_of_range_is_refused(name: str, given: list[str]) -> None:
    with pytest.raises(QuestionError):
        ask(name, given, DAY)
