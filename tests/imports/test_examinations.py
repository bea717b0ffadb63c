"""The examination format: every rule as (what was written, where it is said, code)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from imports.problems import Severity
from tests.imports.workbooks import VALID, check_rows, said

RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"card_no": None}, "card_no", "required"),
    ({"card_no": "x" * 41}, "card_no", "too-long"),
    ({"worker_name": "　"}, "worker_name", "required"),
    ({"id_number": "330402199003079967"}, "id_number", "id-check"),
    ({"id_number": "33040219900307996"}, "id_number", "id-length"),
    ({"id_number": "5.10322E+17"}, "id_number", "id-mangled"),
    ({"id_number": 330402199003079000}, "id_number", "id-mangled"),
    ({"sex": "男"}, "sex", "disagrees"),
    ({"birth_date": "1990-03-08"}, "birth_date", "disagrees"),
    ({"birth_date": "90-03-07"}, "birth_date", "not-a-day"),
    ({"birth_date": "2096-03-07"}, "birth_date", "disagrees"),
    ({"id_type": "护照", "id_number": "E1234567", "birth_date": "2096-03-07"}, "birth_date", "in-the-future"),
    ({"employer_uscc": "91330481MAY0000014"}, "employer_uscc", "uscc-check"),
    ({"employer_uscc": "91330481MAY000001"}, "employer_uscc", "uscc-length"),
    ({"host_employer_name": "甲公司"}, "host_employer_uscc", "required"),
    ({"work_years": 71}, "work_years", "out-of-range"),
    ({"work_years": 40}, "work_years", "disagrees"),
    ({"work_years": "三年"}, "work_years", "not-a-number"),
    ({"exposure_started_on": "2026-09-02"}, "exposure_started_on", "order"),
    ({"exposure_started_on": "2096-09-02"}, "exposure_started_on", "order"),
    ({"exposure_years": None}, "exposure_years", "required"),
    ({"exposure_years": 7}, "exposure_years", "disagrees"),
    ({"exposed_hazards": "噪音"}, "exposed_hazards", "unknown-hazard"),
    ({"examined_hazards": "石棉粉尘"}, "examined_hazards", "disagrees"),
    ({"phase": "年检"}, "phase", "unknown-code"),
    ({"is_recheck": "是"}, "previous_card_no", "required"),
    ({"previous_card_no": "TJ1"}, "previous_card_no", "disagrees"),
    ({"examined_on": "2026-09-06"}, "examined_on", "order"),
    ({"reported_on": "2096-01-01"}, "reported_on", "in-the-future"),
    ({"systolic_mmhg": 80, "diastolic_mmhg": 80}, "systolic_mmhg", "disagrees"),
    ({"chest_film": "清晰"}, "chest_film", "unknown-code"),
    ({"conclusions": "目前未见异常、复查", "recheck_items": "血常规"}, "conclusions", "disagrees"),
    ({"conclusions": "复查"}, "recheck_items", "required"),
    ({"conclusions": "疑似职业病"}, "suspected_disease", "required"),
    ({"conclusions": "疑似职业病", "suspected_disease": "噪声性耳聋"}, "suspected_disease", "unknown-disease"),
    ({"conclusions": "职业禁忌证"}, "contraindication", "required"),
    ({"conclusions": "其他疾病或异常", "other_finding": "—"}, "other_finding", "required"),
    ({"phone": "138-0000-123"}, "phone", "not-a-number"),
    # Said once, and nothing that would follow from a cell that cannot be read.
    ({"work_months": 12.5}, "work_months", "not-a-number"),
    ({"host_employer_name": "甲" * 71}, "host_employer_name", "too-long"),
    ({"host_employer_name": "甲", "host_employer_uscc": "1"}, "host_employer_uscc", "uscc-length"),
    ({"id_number": "330402199003079967", "sex": "男", "work_years": 60}, "id_number", "id-check"),
    ({"work_years": 71, "exposure_years": 70}, "work_years", "out-of-range"),
    ({"exposed_hazards": "噪音", "examined_hazards": "苯"}, "exposed_hazards", "unknown-hazard"),
    ({"phase": "年检", "exposure_years": None, "examined_hazards": "苯"}, "phase", "unknown-code"),
    ({"reported_on": "26-09-05", "suspected_disease": "某病"}, "reported_on", "not-a-day"),
    ({"examined_on": "26-09-01", "exposure_started_on": "2026-09-03", "work_years": 60}, "examined_on", "not-a-day"),
    ({"conclusions": "复查", "recheck_items": "血" * 201}, "recheck_items", "too-long"),
    # Whole years of age on the day of the examination, less 16.
    ({"examined_on": "2026-03-06", "work_years": 20}, "work_years", "disagrees"),
    ({"work_years": 5, "work_months": 3, "exposure_years": 5, "exposure_months": 4}, "exposure_years", "disagrees"),
]


@pytest.mark.parametrize(("change", "key", "code"), RULES)
def test_each_rule_is_said_once_where_it_belongs(change: dict[str, Any], key: str, code: str) -> None:
    assert said(check_rows(change)) == [(2, key, code)]


ACCEPTED: list[dict[str, Any]] = [
    {},
    {"phase": "在岗期间职业健康检查"},
    {"phase": "岗前", "exposure_years": None},
    {"conclusions": "职业禁忌症", "contraindication": "听力损失"},
    {"conclusions": "未见异常"},
    {"id_number": " 33040219900307996 8"},
    {"id_number": "３３０４０２１９９００３０７９９６８"},
    {"examined_on": datetime(2026, 9, 1)},
    {"examined_on": "2026年9月1日"},
    {"examined_on": "2026.9.1 08:30"},
    {"examined_on": "20260901"},
    {"phone": "+86 138 0000 1234"},
    {"phone": "0573-82050000"},
    {"exposed_hazards": "D01;p01"},
    {"exposed_hazards": "噪声\n甲苯-2,4-二异氰酸酯(TDI)"},
    {"phase": "应急", "examined_hazards": "苯"},
    {"id_type": "护照", "id_number": "E12345678", "sex": "男"},
]


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_people_write_for_the_same_thing_is_taken(change: dict[str, Any]) -> None:
    checked = check_rows(change)
    assert said(checked) == []
    assert checked.accepted_count == 1


def test_a_card_that_comes_again_is_a_problem_of_the_later_row() -> None:
    checked = check_rows({}, {"card_no": "TJ1"}, {})
    assert said(checked) == [(3, "card_no", "duplicate")]


def test_a_ratio_is_read_as_per_cent_and_the_sender_is_told() -> None:
    checked = check_rows({"fev1_fvc_pct": 0.81})
    assert checked.accepted["fev1_fvc_pct"].to_list() == [81.0]
    assert said(checked, Severity.NOTICE) == [(2, "fev1_fvc_pct", "ratio")]


def test_a_re_examination_names_the_same_worker() -> None:
    other = {"worker_name": "王芳", "id_number": "33040219900308998X", "is_recheck": "是", "previous_card_no": "TJ1"}
    assert said(check_rows({}, other)) == [(3, "previous_card_no", "disagrees")]
    assert said(check_rows({}, {"is_recheck": "是", "previous_card_no": "TJ1"})) == []


def test_where_a_cell_cannot_be_read_nothing_that_follows_is_reported() -> None:
    checked = check_rows({"id_number": "330402199003079967", "sex": "男", "birth_date": "1980-01-01"})
    assert said(checked) == [(2, "id_number", "id-check")]


def test_sex_and_birth_date_follow_from_the_number() -> None:
    checked = check_rows({"birth_date": None})
    assert checked.accepted["birth_date"].to_list()[0].isoformat() == "1990-03-07"
    assert set(VALID) <= set(checked.accepted.columns)


#: The worker of these rows was born on 7 March 1990.
AGES = [("2025-12-20", 35), ("2026-03-06", 35), ("2026-03-07", 36), ("2026-08-07", 36), ("2026-01-31", 35), ("2025-03-31", 35)]


@pytest.mark.parametrize(("examined", "age"), AGES)
def test_nobody_has_worked_longer_than_since_the_sixteenth_birthday(examined: str, age: int) -> None:
    day: dict[str, Any] = {"examined_on": examined, "reported_on": examined, "exposure_started_on": None}
    assert said(check_rows(day | {"work_years": age - 16})) == []
    assert said(check_rows(day | {"work_years": age - 15})) == [(2, "work_years", "disagrees")]
