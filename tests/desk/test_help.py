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
from ohs.desk.help import lifecycles, limits_on
from ohs.kernel.i18n import say
from tests.factories.accounts import PLACES, make_organisation, make_user

Browse = Callable[..., Any]
AsUser = Callable[[User], FlaskClient]


@pytest.mark.parametrize(
    ("role", "told", "not_told"),
    [
        ("health", ["受理或退回申报", "跟进结论处置", "处理疑似重复"], ["办理申报", "查询审计记录"]),
        ("town", ["办理申报", "查找用人单位"], ["跟进结论处置", "查询体检记录"]),
        ("auditor", ["查询审计记录"], ["查找用人单位", "出具申报回执"]),
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


def test_every_move_has_words(app: Any) -> None:
    words = [say(word) for _title, moves in lifecycles() for move in moves for word in (move.before, move.event, *move.actors, move.after)]
    assert [word for word in words if re.search(r"[a-z]", word)] == []
