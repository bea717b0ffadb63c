"""Two people on one draft: what only the other changed is taken, what both changed is shown, nothing is overwritten unseen."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ohs.declarations.compare import defects_at
from ohs.declarations.drafts import Answers
from ohs.declarations.merging import merge, pack_answers, unpack_answers
from ohs.declarations.models import DeclarationEvent
from tests.factories.declarations import ROWS

BASE: Answers = ({"exposed": 96, "contact": "王芳"}, {"hazards": ROWS["hazards"], "products": ROWS["products"]})


def _changed(form: dict[str, Any] | None = None, **rows: Any) -> Answers:
    return BASE[0] | (form or {}), {**deepcopy(BASE[1]), **rows}


def test_what_only_the_other_changed_is_taken_and_told() -> None:
    met = merge(BASE, _changed({"contact": "李雷"}), _changed({"exposed": 90}))
    assert met.answers[0] == {"exposed": 90, "contact": "李雷"}
    assert [(one.before, one.after) for one in met.taken] == [("王芳", "李雷")] and met.clashes == []


def test_what_both_changed_is_shown_with_both_answers() -> None:
    met = merge(BASE, _changed({"exposed": 80}), _changed({"exposed": 90}))
    assert [(one.before, one.after) for one in met.clashes] == [("80", "90")] and met.taken == []


def test_the_same_change_by_both_is_none() -> None:
    met = merge(BASE, _changed({"exposed": 80}), _changed({"exposed": 80}))
    assert (met.taken, met.clashes) == ([], [])


@pytest.mark.parametrize("name", ["苯", "C028"])
def test_a_hazard_by_name_or_by_code_is_the_same_answer(name: str) -> None:
    rows = deepcopy(ROWS["hazards"])
    rows[0]["hazard"] = name
    met = merge(BASE, _changed({"contact": "李雷"}), _changed(hazards=rows))
    assert met.clashes == [] and met.answers[0]["contact"] == "李雷"


def test_rows_that_both_changed_clash_and_rows_of_one_are_kept() -> None:
    mine, theirs = deepcopy(ROWS["hazards"]), deepcopy(ROWS["hazards"])[1:]
    mine[1]["exposed"] = 70
    assert merge(BASE, _changed(hazards=theirs), _changed(hazards=mine)).clashes
    assert merge(BASE, _changed(hazards=theirs), _changed()).answers[1]["hazards"] == theirs
    assert merge(BASE, _changed(), _changed(hazards=mine)).answers[1]["hazards"] == mine


def test_without_what_the_page_was_drawn_from_every_difference_clashes() -> None:
    met = merge(None, _changed({"contact": "李雷"}), _changed({"exposed": 90}))
    assert len(met.clashes) == 2 and met.taken == []


@pytest.mark.parametrize("text", ["", "null", "[]", "[1,2]", '[{},{"hazards":1}]', '[{},{"hazards":[1]}]', "{", "[{}]"])
def test_what_cannot_be_read_is_no_base(text: str) -> None:
    assert unpack_answers(text) is None


def test_what_is_packed_comes_back() -> None:
    assert unpack_answers(pack_answers(BASE)) == (BASE[0], BASE[1])


def test_a_reason_follows_its_row_when_rows_above_go_and_stays_told_when_it_goes_itself() -> None:
    returned = DeclarationEvent(defects=[["hazards-1-hazard", "请附报告", "噪声"], ["exposed", "不符"], ["exposed", "请核对"]])
    assert defects_at(returned, ROWS) == {"hazards-1-hazard": "请附报告", "exposed": "不符；请核对"}
    assert defects_at(returned, {**ROWS, "hazards": ROWS["hazards"][1:]})["hazards-0-hazard"] == "请附报告"
    assert defects_at(returned, {**ROWS, "hazards": ROWS["hazards"][:1]})["hazards"] == "噪声：请附报告"
