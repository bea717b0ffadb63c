"""The sign under which an organisation numbers its letters: made from its name, chosen by an administrator, never two alike."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.signs import keep_sign
from tests.accounts.test_administration import opened, post
from tests.factories.accounts import PLACES, make_organisation, make_user


def test_a_sign_is_made_from_the_name_and_stays(session: Session) -> None:
    names = ("海宁市卫生健康局", "嘉兴市卫生健康委员会", "嘉兴港区（综合保税区）应急管理局", "海宁市卫生健康局", "光明体检中心")
    organs = [make_organisation(session, name=name) for name in names]
    assert [keep_sign(session, organ) for organ in organs] == ["海卫", "嘉卫", "港应急", "海卫甲", "光明"]
    organs[0].name = "海宁市卫生健康委员会"
    assert keep_sign(session, organs[0]) == "海卫"


def test_an_administrator_chooses_a_sign_that_nobody_has(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    one, other = (make_organisation(session, **PLACES["clinic"]) for _ in range(2))
    keep_sign(session, one)
    client = as_user(make_user(session, "system-admin"))
    address = f"/admin/organisations/{other.id}/edit"
    given = {"kind": "clinic", "department": "", "region_code": "330481", "name": other.name, "is_active": "y"}
    status, page = post(client, address, document_sign=one.document_sign or "", **given, **opened(client, address))
    assert status == 409 and "已被其他单位使用" in page
    assert post(client, address, document_sign="海体检", **given, **opened(client, address))[0] == 302
    assert other.document_sign == "海体检"
