"""The page that helps tells each role its own errands, and every limit and move in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.clocks import work_calendar
from ohs.desk.help import lifecycles, limits_on
from ohs.desk.help_cases import case_lifecycles, case_limits
from ohs.kernel.i18n import say
from tests.factories.accounts import PLACES, make_organisation, make_user

Browse = Callable[..., Any]
AsUser = Callable[[User], FlaskClient]


@pytest.mark.parametrize(
    ("role", "told", "not_told"),
    [
        (
            "health",
            ["受理或退回申报", "跟进结论处置", "处理疑似重复", "查看现场核实"],
            ["办理申报", "查询审计记录", "卫生健康部门请贵单位"],
        ),
        ("town", ["办理申报", "查找用人单位", "现场核实"], ["跟进结论处置", "查询体检记录"]),
        ("auditor", ["查询审计记录", "复核紧急访问"], ["查找用人单位", "出具申报回执", "办理待办事项", "个案的时限", "办案须知"]),
        (
            "hr",
            ["办理待办事项", "查询能否解除劳动合同", "答复移送", "工伤认定决定", "查看已请求移交的个案", "办案须知"],
            ["手工立案", "查询体检记录"],
        ),
        ("clinic", ["办理待办事项", "催办", "应检未检人员销号", "办案须知"], ["答复移送", "受理或退回申报"]),
        ("diagnosis", ["办理待办事项", "答复移送", "作出职业病诊断结论"], ["手工立案", "提请联席会议", "出具申报回执"]),
    ],
)
def test_each_role_reads_its_own_errands(
    session: Session, as_user: AsUser, browse: Browse, role: str, told: list[str], not_told: list[str]
) -> None:
    as_user(make_user(session, role, make_organisation(session, **PLACES[role])))
    text = browse("/help/").get_data(as_text=True)
    assert [title for title in told if title not in text] == []
    assert [title for title in not_told if title in text] == []


def test_limits_say_whether_the_law_sets_them(app: Any) -> None:
    limits = {limit.name: limit for limit in limits_on(date(2026, 11, 24))}
    receipt, untrue = limits["出具申报回执"], limits["申报不实的改正"]
    assert (receipt.amount, receipt.is_statutory, receipt.article) == (5, True, "《职业病危害项目申报办法》第6条")
    assert not untrue.is_statutory


def test_limits_of_cases_are_told_with_what_they_rest_on(app: Any, session: Session) -> None:
    limits = {limit.name: limit for limit in case_limits(date(2026, 11, 24), work_calendar(session))}
    material, verify = limits["用人单位提供诊断资料"], limits["核实调离"]
    assert (material.amount, material.is_statutory) == (10, True)
    assert (verify.amount, verify.is_statutory, say(verify.actor)) == (30, False, "卫生健康部门")
    assert {"列入县级督办清单", "上报市级部门", "提交联席会议", "现场核实"} <= limits.keys()
    assert say(limits["拒绝移送的期限"].actor) == "被请求的单位"


def test_every_move_has_words(app: Any) -> None:
    moves = [move for _title, moves in lifecycles() for move in moves]
    moves += [move for _kind, tracks in case_lifecycles(date(2026, 11, 24)) for _track, moves in tracks for move in moves]
    words = [say(word) for move in moves for word in (move.before, move.event, *move.actors, move.after, move.limit)]
    assert [word for word in words if re.search(r"[a-z]", word)] == []
