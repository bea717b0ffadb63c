"""The rulebook at the shell: the shape of every answer, exit codes, and questions that are not of the form."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from ohs.rulebook.questions import names

KEYS = {"value", "unit", "edition", "source", "verified", "steps", "message"}
ANSWERED = {
    "acceptor": ["region=海宁市", "ownership=other"],
    "conclusion": ["name=疑似职业病"],
    "deadline": ["kind=declaration-receipt", "from=2026-11-24"],
    "disease": ["name=矽肺"],
    "dust-grade": ["silica_pct=35", "twa=2.4", "limit=1", "labour_class=II", "on=2025-01-01"],
    "employer-size": ["industry=3011", "employees=350", "revenue_10k_cny=1800"],
    "evaluate": ["hazard=甲苯", "samples=46@6;30@2"],
    "exam-interval": ["hazard=苯"],
    "exam-items": ["hazard=苯", "phase=in-service"],
    "grant": ["grade=7", "wage=6000", "local_average=8000"],
    "hazard": ["q=zs"],
    "limit": ["hazard=苯"],
    "mixture": ["parts=甲苯=25;二甲苯=25"],
    "noise-grade": ["lex_8h=88"],
    "region": ["q=乍浦镇"],
    "resident-id": ["value=11010519491231002X"],
    "risk-class": ["industry=C301"],
    "uscc": ["value=91350100M000100Y43"],
}
UNANSWERED = {
    "acceptor": ["region=杭州", "ownership=other"],
    "conclusion": ["name=健康"],
    "deadline": ["kind=nothing", "from=2026-11-24"],
    "disease": ["name=感冒"],
    "dust-grade": ["silica_pct=35", "twa=2.4", "limit=1", "labour_class=II", "on=2026-02-01"],
    "employer-size": ["industry=83", "employees=350"],
    "evaluate": ["hazard=甲苯"],
    "exam-interval": ["hazard=噪声"],
    "exam-items": ["hazard=苯", "phase=follow-up"],
    "grant": ["grade=7", "wage=6000", "local_average=8000", "on=2010-12-31"],
    "hazard": ["q=zzzzqq"],
    "limit": ["hazard=苯", "on=2019-12-31"],
    "mixture": ["parts=甲苯=25;氯化氢=1"],
    "region": ["q=杭州"],
    "risk-class": ["industry=233"],
}
NOT_OF_THE_FORM = [
    ["nothing"],
    [],
    ["hazard"],
    ["hazard", "q="],
    ["hazard", "q=苯", "q=甲苯"],
    ["hazard", "q=苯", "color=red"],
    ["hazard", "苯"],
    ["limit", "hazard=苯", "on=2022-11"],
    ["limit", "hazard=苯", "on=2026-02-30"],
    ["limit", "hazard=苯", "on=0001-01-01"],
    ["limit", "hazard=煤尘", "fraction=coarse"],
    ["limit", "hazard=煤尘", "silica_pct=101"],
    ["limit", "hazard=煤尘", "silica_pct=-1"],
    ["evaluate", "hazard=甲苯", "twa=1e999999"],
    ["evaluate", "hazard=甲苯", "twa=NaN"],
    ["evaluate", "hazard=甲苯", "samples=3.2@25"],
    ["evaluate", "hazard=甲苯", "samples=3.2@0"],
    ["evaluate", "hazard=甲苯", "samples=-3@8"],
    ["evaluate", "hazard=甲苯", "twa=1", "hours_per_day=25"],
    ["evaluate", "hazard=甲苯", "twa=1", "days_per_week=8"],
    ["evaluate", "hazard=噪声", "samples=9999@8"],
    ["evaluate", "hazard=噪声", "samples=<80@8"],
    ["exam-interval", "hazard=矽尘", "grade=V"],
    ["exam-interval", "hazard=矽尘", "film=shadow"],
    ["exam-interval", "hazard=矽尘", "phase=yearly"],
    ["exam-interval", "hazard=矽尘", "condition=full_moon"],
    ["exam-items", "hazard=矽尘"],
    ["risk-class", "industry=211", "solvents=perhaps"],
    ["employer-size", "industry=3011", "employees=-1"],
    ["acceptor", "region=海宁市", "ownership=private"],
    ["mixture", "parts=甲苯=25"],
    ["mixture", "parts=甲苯;二甲苯"],
]


def test_every_question_is_asked_here() -> None:
    assert set(ANSWERED) == set(names())
    assert set(names()) - set(UNANSWERED) == {"noise-grade", "resident-id", "uscc"}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_has_its_shape(app: Flask, name: str) -> None:
    found = app.test_cli_runner().invoke(args=["rule", name, *ANSWERED[name], "--json"])
    answer = json.loads(found.stdout)
    assert (found.exit_code, set(answer)) == (0, KEYS)
    assert answer["value"] is not None and answer["source"] and isinstance(answer["verified"], bool)
    assert app.test_cli_runner().invoke(args=["rule", name, *ANSWERED[name]]).exit_code == 0


@pytest.mark.parametrize("name", UNANSWERED)
def test_no_answer_says_why(app: Flask, name: str) -> None:
    found = app.test_cli_runner().invoke(args=["rule", name, *UNANSWERED[name], "--json"])
    answer = json.loads(found.stdout)
    assert (found.exit_code, answer["value"]) == (3, None)
    assert answer["message"]


@pytest.mark.parametrize("given", NOT_OF_THE_FORM)
def test_a_question_not_of_the_form_is_refused_in_one_sentence(app: Flask, given: list[str]) -> None:
    found = app.test_cli_runner().invoke(args=["rule", *given, "--json"])
    assert found.exit_code == 2
    assert json.loads(found.stdout)["message"] == found.stderr.strip()
