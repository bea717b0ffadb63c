"""An event of the trail in words: no code of the program stands where a person reads."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ohs.accounts.audit_words import after, before
from ohs.kernel.audit import AuditEvent


@pytest.mark.parametrize(
    ("subject_type", "subject", "values", "line"),
    [
        ("Case", "YS-330481-2026-000001", {"event": "employer-arranges"}, ("步骤", "安排诊断或医学观察")),
        ("Case", "JJ-330481-2026-000001", {"status": "verify"}, ("办理状态", "待核实")),
        ("Case", "YS-330481-2026-000001", {"event": "report-to-health"}, ("步骤", "向卫生部门报告")),
        ("Case", "YS-330481-2026-000001", {"evidence": "certificate"}, ("证据材料", "职业病诊断证明书")),
        ("Upload", "SC-2026-000001", {"kind": "recheck"}, ("类型", "复查")),
    ],
)
def test_values_about_cases_are_told_in_the_words_of_their_kind(
    app: Flask, subject_type: str, subject: str, values: dict[str, Any], line: tuple[str, str]
) -> None:
    with app.test_request_context():
        told = AuditEvent(event="case:acted", subject=subject, subject_type=subject_type, before=None, after=values)
        assert after(told) == [line]


@pytest.mark.parametrize(
    ("event", "values", "line"),
    [
        ("upload:downloaded", {"what": "original"}, ("事项", "原始文件")),
        ("upload:downloaded", {"what": "marked"}, ("事项", "标注副本")),
        ("upload:downloaded", {"what": "bad-rows"}, ("事项", "问题行")),
        ("roles:assigned", {"roles": ["health"]}, ("角色", "卫生健康部门")),
        ("roles:assigned", {"roles": []}, ("角色", "—")),
        ("institution:scope-filed", {"categories": ["dust", "other"]}, ("类别", "粉尘、其他因素")),
        ("organisation:created", {"region_code": "330481"}, ("辖区", "海宁市")),
        ("setting:changed", {"value": 30}, ("取值", "30")),
        ("user:changed", {"name": "original"}, ("姓名", "original")),
    ],
)
def test_what_the_trail_keeps_as_a_short_word_is_read_in_words(
    app: Flask, event: str, values: dict[str, Any], line: tuple[str, str]
) -> None:
    with app.test_request_context():
        told = AuditEvent(event=event, subject="x", subject_type="", before=values, after=values)
        assert before(told) == after(told) == [line]
