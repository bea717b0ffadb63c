"""The base register: every rule as (what was written, where it is said, code)."""

from __future__ import annotations

from typing import Any

import pytest

from imports.catalogues import split_economic_type
from imports.check import Checked
from imports.employers import FORMAT
from imports.problems import Severity
from tests.imports.employers import employer_rows
from tests.imports.workbooks import check_bytes, said


def check(*changes: dict[str, Any]) -> Checked:
    return check_bytes(employer_rows(*changes), format=FORMAT)


RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"uscc": None}, "uscc", "required"),
    ({"uscc": "91330481MAY000001"}, "uscc", "uscc-length"),
    ({"uscc": "91330481MAY0000014"}, "uscc", "uscc-check"),
    ({"uscc": "91330481MAY000001O"}, "uscc", "uscc-check"),
    ({"uscc": 913304810000000000}, "uscc", "id-mangled"),
    ({"name": "无"}, "name", "required"),
    ({"name": "司" * 71}, "name", "too-long"),
    ({"registered_address": "—"}, "registered_address", "required"),
    ({"work_address": "路" * 121}, "work_address", "too-long"),
    ({"region": "西湖街道"}, "region", "unknown-region"),
    ({"region": "海宁市"}, "region", "unknown-region"),
    ({"region": "330481"}, "region", "unknown-region"),
    ({"region": "330106001"}, "region", "unknown-region"),
    ({"industry": "19"}, "industry", "unknown-industry"),
    ({"industry": "C"}, "industry", "unknown-industry"),
    ({"industry": "9999"}, "industry", "unknown-industry"),
    ({"industry": "1921 皮箱、包（袋）制造"}, "industry", "unknown-industry"),
    ({"industry": "皮革"}, "industry", "unknown-industry"),
    ({"economic_type": "999"}, "economic_type", "unknown-code"),
    ({"employees": -1}, "employees", "out-of-range"),
    ({"employees": 1_000_001}, "employees", "out-of-range"),
    ({"employees": "约50"}, "employees", "not-a-number"),
    ({"employees": 1.5}, "employees", "not-a-number"),
    ({"revenue_10k_cny": "不详"}, "revenue_10k_cny", "not-a-number"),
    ({"legal_representative": "长" * 31}, "legal_representative", "too-long"),
    ({"contact": None}, "contact", "required"),
    ({"contact_phone": "82050000"}, "contact_phone", "not-a-number"),
    ({"above_size": "规上"}, "above_size", "unknown-code"),
    ({"explosive_dust": "有"}, "explosive_dust", "unknown-code"),
]


@pytest.mark.parametrize(("change", "key", "code"), RULES)
def test_each_rule_is_said_once_where_it_belongs(change: dict[str, Any], key: str, code: str) -> None:
    assert said(check(change)) == [(2, key, code)]


TAKEN: list[tuple[dict[str, Any], str, object]] = [
    ({"uscc": " 9133-0481 may0000013\u200b"}, "uscc", "91330481MAY0000013"),
    ({"uscc": "".join(chr(ord(one) + 0xFEE0) for one in "91330481MAY0000013")}, "uscc", "91330481MAY0000013"),
    ({"region": "长安镇"}, "region", "330481103"),
    ({"region": "海宁市长安镇"}, "region", "330481103"),
    ({"region": "浙江省嘉兴市海宁市长安镇"}, "region", "330481103"),
    ({"region": "330481103000"}, "region", "330481103"),
    ({"region": 330481103}, "region", "330481103"),
    ({"industry": 1922}, "industry", "1922"),
    ({"industry": "皮箱、包(袋)制造"}, "industry", "1922"),
    ({"industry": "C1922"}, "industry", "1922"),
    ({"industry": "192"}, "industry", "192"),
    ({"industry": "1922 皮箱、包（袋）制造"}, "industry", "1922"),
    ({"industry": "C1922皮箱、包(袋)制造"}, "industry", "1922"),
    ({"employees": "1,186"}, "employees", 1186),
    ({"employees": "１８６"}, "employees", 186),
    ({"employees": 0}, "employees", 0),
    ({"revenue_10k_cny": "/"}, "revenue_10k_cny", None),
    ({"revenue_10k_cny": -12.5}, "revenue_10k_cny", -12.5),
    ({"contact_phone": "+86 138-0000-1234"}, "contact_phone", "13800001234"),
    ({"contact_phone": "（0573）8205 0000"}, "contact_phone", "0573-82050000"),
    ({"contact_phone": 13800001234}, "contact_phone", "13800001234"),
    ({"contact_phone": "010-12345678"}, "contact_phone", "010-12345678"),
    ({"above_size": "是"}, "above_size", True),
    ({"explosive_dust": "无"}, "explosive_dust", None),
]


@pytest.mark.parametrize(("change", "key", "kept"), TAKEN)
def test_what_people_write_for_the_same_thing_is_taken(change: dict[str, Any], key: str, kept: object) -> None:
    checked = check(change)
    assert (said(checked), said(checked, Severity.NOTICE), checked.accepted[key].to_list()) == ([], [], [kept])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("112", ("国统字〔2023〕14号", "112")),
        ("私营有限责任公司", ("国统字〔2023〕14号", "112")),
        ("110", ("国统字〔2023〕14号", "110")),
        ("国有企业", ("国统字〔2011〕86号", "110")),
        ("173", ("国统字〔2011〕86号", "173")),
        ("175", ("GB/T 12402-2000", "175")),
    ],
)
def test_an_economic_type_is_of_the_list_of_2023_unless_only_another_has_it(written: str, kept: tuple[str, str]) -> None:
    checked = check({"economic_type": written})
    list_name, code = split_economic_type(checked.accepted["economic_type"])
    assert (list_name.to_list(), code.to_list()) == ([kept[0]], [kept[1]])


def test_a_credit_code_that_comes_again_is_a_problem_of_the_later_row() -> None:
    checked = check({}, {"uscc": "91330481 MAY0000013", "name": "另一家"})
    assert said(checked) == [(3, "uscc", "duplicate")]
    assert checked.accepted["row"].to_list() == [2]


@pytest.mark.parametrize(
    ("change", "near"), [({"region": "长安"}, "长安镇"), ({"region": "许村"}, "许村镇"), ({"industry": "皮革制品"}, "192 皮革制品制造")]
)
def test_an_unknown_name_is_told_the_nearest(change: dict[str, Any], near: str) -> None:
    (problem,) = check(change).problems.of(Severity.PROBLEM)
    assert near in problem.message.values["nearest"]
