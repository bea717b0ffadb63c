"""What administrators do to accounts and organisations, and what none of them can do alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pyotp
import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from ohs.accounts.models import PasswordLink, Setting, SignIn, SignInAttempt, User
from ohs.accounts.settings import DEFAULTS, LABELS, LIMITS
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.clock import LOCAL, now
from ohs.kernel.nightly import nightly_deeds
from tests.factories.accounts import PASSWORD, PLACES, make_organisation, make_user

AsUser = Callable[[User], FlaskClient]


def post(client: FlaskClient, address: str, **data: str) -> tuple[int, str]:
    g.pop("_login_user", None)
    answer = client.post(address, data=data)
    return answer.status_code, answer.get_data(as_text=True)


def opened(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of a form as the page carries them."""
    g.pop("_login_user", None)
    page = client.get(address).get_data(as_text=True)
    found = dict(re.findall(r'<input id="(?:version|opened)" name="(version|opened)" type="hidden" value="([^"]*)"', page))
    assert set(found) == {"version", "opened"}
    return {name: value.replace("&#34;", '"').replace("&#39;", "'") for name, value in found.items()}


def test_a_new_officer_comes_in_by_the_hands_of_two_administrators(session: Session, as_user: AsUser) -> None:
    office = make_organisation(session)
    client = as_user(make_user(session, "system-admin"))
    status, page = post(client, "/admin/users/new", login="New.Officer", name="王芳", organisation_name=office.name, is_enabled="y")
    link = re.search(r"/first-password/[\w-]+", page)
    assert status == 200 and link
    user = session.scalars(select(User).where(User.login == "new.officer")).one()
    assert user.role_names == frozenset()
    assert post(client, f"/admin/users/{user.id}/roles", roles="health")[0] == 403
    client = as_user(make_user(session, "security-admin"))
    assert post(client, f"/admin/users/{user.id}/roles", roles="health", seen="")[0] == 302
    session.expire_all()
    assert user.role_names == {"health"}


def test_nobody_can_reset_both_the_password_and_the_second_factor(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "auditor", totp_secret=pyotp.random_base32())
    session.add(SignIn(user_id=user.id, token_digest="x", address="10.0.0.9"))
    session.commit()
    client = as_user(make_user(session, "system-admin"))
    assert post(client, f"/admin/users/{user.id}/code")[0] == 403
    client = as_user(make_user(session, "security-admin"))
    assert post(client, f"/admin/users/{user.id}/password")[0] == 403
    assert post(client, f"/admin/users/{user.id}/code")[0] == 302
    session.expire_all()
    assert (user.totp_secret, user.password_hash) == (None, None)
    assert session.scalars(select(PasswordLink)).all() == []
    assert session.scalars(select(SignIn.ended_at).where(SignIn.token_digest == "x")).one() is not None
    assert post(client, "/sign-in", login=user.login, password=PASSWORD)[0] == 400


def test_the_second_of_two_editors_sees_what_the_first_has_changed(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "clinic", name="张敏")
    client = as_user(make_user(session, "system-admin"))
    address = f"/admin/users/{user.id}/edit"
    seen = opened(client, address)
    common = {"login": user.login, "organisation_name": user.organisation.name, "is_enabled": "y"}
    assert post(client, address, name="张敏敏", **common, **seen)[0] == 302
    status, page = post(client, address, name="章敏", **common, **seen)
    assert status == 409
    assert all(f">{text}<" in page for text in ("张敏", "张敏敏", "章敏"))
    session.expire_all()
    assert user.name == "张敏敏"
    again = dict(re.findall(r'<input id="(?:version|opened)" name="(version|opened)" type="hidden" value="([^"]*)"', page))
    assert post(client, address, name="章敏", **common, **again)[0] == 302


def test_a_sign_in_meanwhile_is_nothing_that_an_editor_has_to_decide_on(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "clinic", name="张敏")
    client = as_user(make_user(session, "system-admin"))
    address = f"/admin/users/{user.id}/edit"
    seen = opened(client, address)
    user.last_sign_in_at = now()
    session.commit()
    assert seen["version"] != str(user.version)
    given = {"login": user.login, "organisation_name": user.organisation.name, "is_enabled": "y", "name": "章敏"}
    assert post(client, address, **given, **seen)[0] == 302
    session.expire_all()
    assert user.name == "章敏"


def test_a_login_that_two_enter_at_once_is_one_account_and_a_sentence(session: Session, as_user: AsUser) -> None:
    office = make_organisation(session)
    client = as_user(make_user(session, "system-admin"))

    def be_quicker(here: Session, _context: Any, _instances: Any) -> None:
        if any(isinstance(new, User) for new in here.new):
            row = {
                "login": "new.one",
                "name": "李丽",
                "organisation_id": office.id,
                "totp_last_step": 0,
                "is_enabled": True,
                "created_at": now(),
                "version": 1,
            }
            here.connection().execute(insert(User.__table__).values(row))  # type: ignore[arg-type]

    event.listen(session, "before_flush", be_quicker)
    try:
        status, page = post(client, "/admin/users/new", login="new.one", name="章敏", organisation_name=office.name)
    finally:
        event.remove(session, "before_flush", be_quicker)
    assert status == 409 and "他人在同一时刻录入了相同的内容" in page
    assert session.scalars(select(User.name).where(User.name == "章敏")).all() == []


def test_the_night_forgets_old_tries_to_sign_in(session: Session) -> None:
    today = date(2026, 11, 24)
    for days in (29, 31):
        at = datetime.combine(today - timedelta(days=days), time(12), tzinfo=LOCAL)
        session.add(SignInAttempt(login=f"{days}", address="10.0.0.9", at=at, is_success=False))
    assert nightly_deeds()["sign-in-attempts"](session, today) == 1
    assert session.scalars(select(SignInAttempt.login)).all() == ["29"]
    session.add(Setting(name="attempt_days", value="2"))
    assert nightly_deeds()["sign-in-attempts"](session, today) == 1


def test_roles_that_somebody_else_has_changed_are_not_overwritten(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "health")
    client = as_user(make_user(session, "security-admin"))
    assert post(client, f"/admin/users/{user.id}/roles", seen="")[0] == 409
    session.expire_all()
    assert user.role_names == {"health"}


def test_a_setting_stays_within_its_limits(session: Session, as_user: AsUser) -> None:
    assert set(DEFAULTS) == set(LABELS) == set(LIMITS)
    client = as_user(make_user(session, "system-admin"))
    seen = opened(client, "/admin/settings/idle_minutes")
    assert post(client, "/admin/settings/idle_minutes", value="100000", **seen)[0] == 400
    assert post(client, "/admin/settings/idle_minutes", value="20", **seen)[0] == 302
    assert post(client, "/admin/settings/idle_minutes", value="40", **seen)[0] == 409
    assert session.scalars(select(Setting.value).where(Setting.name == "idle_minutes")).one() == "20"


def test_who_is_left_without_a_role_is_signed_out(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "clinic")
    session.add(SignIn(user_id=user.id, token_digest="x", address="10.0.0.9"))
    session.commit()
    client = as_user(make_user(session, "security-admin"))
    assert post(client, f"/admin/users/{user.id}/roles", seen="clinic")[0] == 302
    session.expire_all()
    assert user.role_names == frozenset()
    assert session.scalars(select(SignIn.ended_at).where(SignIn.token_digest == "x")).one() is not None


def test_a_move_to_another_organisation_signs_out(session: Session, as_user: AsUser) -> None:
    user, office = make_user(session, "clinic"), make_organisation(session)
    session.add(SignIn(user_id=user.id, token_digest="x", address="10.0.0.9"))
    session.commit()
    client, address = as_user(make_user(session, "system-admin")), f"/admin/users/{user.id}/edit"
    given = {"login": user.login, "name": "张敏", "organisation_name": office.name, "is_enabled": "y"}
    assert post(client, address, **given, **opened(client, address))[0] == 302
    session.expire_all()
    assert user.role_names == frozenset() and user.is_active
    assert session.scalars(select(SignIn.ended_at).where(SignIn.token_digest == "x")).one() is not None


@pytest.mark.parametrize(("kind", "kept"), [("clinic", {"clinic"}), ("testing", set())])
def test_a_role_goes_when_the_organisation_becomes_another_kind(session: Session, as_user: AsUser, kind: str, kept: set[str]) -> None:
    user = make_user(session, "clinic")
    session.add(SignIn(user_id=user.id, token_digest="x", address="10.0.0.9"))
    session.commit()
    client, address = as_user(make_user(session, "system-admin")), f"/admin/organisations/{user.organisation_id}/edit"
    given = {"name": "另一家", "kind": kind, "department": "", "region_code": "330481", "is_active": "y"}
    assert post(client, address, **given, **opened(client, address))[0] == 302
    session.expire_all()
    assert user.role_names == kept
    assert (session.scalars(select(SignIn.ended_at).where(SignIn.token_digest == "x")).one() is None) == bool(kept)


def test_a_search_takes_signs_for_themselves(session: Session, as_user: AsUser) -> None:
    make_user(session, "clinic", login="a_b")
    make_user(session, "clinic", login="axb")
    page = as_user(make_user(session, "system-admin")).get("/admin/users/?text=a_b").get_data(as_text=True)
    assert ">a_b<" in page and ">axb<" not in page


def test_moving_an_account_takes_its_roles_and_blocking_ends_its_sessions(session: Session, as_user: AsUser) -> None:
    user, office = make_user(session, "clinic"), make_organisation(session)
    session.add(SignIn(user_id=user.id, token_digest="x", address="10.0.0.9"))
    session.commit()
    client = as_user(make_user(session, "system-admin"))
    address = f"/admin/users/{user.id}/edit"
    assert post(client, address, login=user.login, name="张敏", organisation_name=office.name, **opened(client, address))[0] == 302
    session.expire_all()
    assert user.role_names == frozenset() and not user.is_active
    assert session.scalars(select(SignIn.ended_at).where(SignIn.token_digest == "x")).one() is not None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event=worker:read", {"worker:read"}), ("actor=officer", {"worker:read", "user:changed"}), ("actor=王芳", {"worker:read", "user:changed"}),
        ("subject=SB-1", {"declaration:accepted"}), ("address=10.9.9.9", {"declaration:accepted"}), ("from_on=2026-11-02&to_on=2026-11-02", {"user:changed"}),
    ],
)  # fmt: skip
def test_auditors_find_by_person_subject_event_day_and_address(session: Session, as_user: AsUser, query: str, found: set[str]) -> None:
    from datetime import UTC, datetime

    officer = make_user(session, "health", login="officer", name="王芳")
    read, changed, accepted = (
        audit("worker:read", "7", officer),
        audit("user:changed", "somebody", officer),
        audit("declaration:accepted", "SB-1", None),
    )
    changed.at = datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
    accepted.address = "10.9.9.9"
    session.add_all([read, changed, accepted])
    session.commit()
    client = as_user(make_user(session, "auditor"))
    events = {"worker:read": "查看劳动者档案（脱敏）", "user:changed": "修改账号", "declaration:accepted": "受理申报"}
    page = client.get(f"/admin/audit/?{query}").get_data(as_text=True)
    rows = set(re.findall(r'<th scope="row">([^<]+)</th>', page))
    assert {name for name, label in events.items() if label in rows} == found
    g.pop("_login_user", None)
    assert client.get(f"/reports/audit.xlsx?{query}").status_code == 200
    assert {"audit:searched", "audit:exported"} <= set(session.scalars(select(AuditEvent.event)))


def test_the_trail_tells_searches_and_exports_in_words(session: Session, as_user: AsUser) -> None:
    officer = make_user(session, "health")
    session.add_all(
        [
            audit("declaration:exported", "county=330481&status=submitted", officer),
            audit("employer:exported", "*", officer),
            audit("export:asked", "examinations", officer, after={"query": "conclusion=S&phase=leaving", "rows": 120}),
        ]
    )
    session.commit()
    client = as_user(make_user(session, "auditor"))
    client.get("/admin/audit/?event=worker:read&actor=officer")
    page = client.get("/admin/audit/").get_data(as_text=True)
    about = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<td data-label="对象">(.*?)</td>', page)]
    assert about[:4] == [
        "事件：查看劳动者档案（脱敏）；操作人：officer", "职业健康检查", "全部", "区县：海宁市；办理状态：已提交",
    ]  # fmt: skip
    assert "筛选条件：体检类型：离岗时；结论：疑似职业病" in page
    assert "=" not in "".join(about)


def test_an_organisation_is_found_by_a_part_of_its_name_or_of_its_credit_code(session: Session, as_user: AsUser) -> None:
    for name, uscc in (("嘉兴红船电镀厂", "91330402MA28A00001"), ("嘉兴红船漆业", "91330402MA28A00002"), ("海宁皮革城", None)):
        make_organisation(session, **PLACES["clinic"], name=name, uscc=uscc)
    make_organisation(session, **PLACES["clinic"], name="嘉兴红船旧厂", is_active=False)
    client = as_user(make_user(session, "system-admin"))
    for typed, expected in (
        ("红船", ["嘉兴红船漆业", "嘉兴红船电镀厂"]), ("91330402ma28a00002", ["嘉兴红船漆业"]), ("", []), ("%", []), ("没有", []),
    ):  # fmt: skip
        g.pop("_login_user", None)
        page = client.get("/admin/users/new", query_string={"organisation_name": typed}).get_data(as_text=True)
        assert sorted(re.findall(r'<option value="([^"]*)">', page)) == sorted(expected), typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("红船", "请从提示中选择一个，例如 嘉兴红船漆业、嘉兴红船电镀厂。"),
        ("同名门诊部", "有多个机构使用该名称，请填写所指机构的统一社会信用代码。"),
        ("没有", "没有名为“没有”且在用的机构，请先在“机构”中登记。"),
        ("  ", "请填写所属机构。"),
    ],
)
def test_what_names_no_single_organisation_is_refused_in_a_sentence(session: Session, as_user: AsUser, typed: str, said: str) -> None:
    for name in ("嘉兴红船电镀厂", "嘉兴红船漆业", "同名门诊部", "同名门诊部"):
        make_organisation(session, **PLACES["clinic"], name=name)
    client = as_user(make_user(session, "system-admin"))
    status, page = post(client, "/admin/users/new", login="fresh", name="王芳", organisation_name=typed, is_enabled="y")
    assert status == 400 and said in page
    assert session.scalar(select(User.id).where(User.login == "fresh")) is None


def test_a_credit_code_names_an_organisation(session: Session, as_user: AsUser) -> None:
    office = make_organisation(session, **PLACES["clinic"], uscc="91330402MA28A00001")
    client = as_user(make_user(session, "system-admin"))
    assert post(client, "/admin/users/new", login="fresh", name="王芳", organisation_name="91330402ma28a00001", is_enabled="y")[0] == 200
    assert session.scalars(select(User).where(User.login == "fresh")).one().organisation_id == office.id


def test_a_person_of_a_closed_organisation_can_still_be_changed(session: Session, as_user: AsUser) -> None:
    user = make_user(session, "clinic")
    user.organisation.is_active = False
    session.commit()
    client, address = as_user(make_user(session, "system-admin")), f"/admin/users/{user.id}/edit"
    given = {"login": user.login, "name": "王芳", "organisation_name": user.organisation.name}
    assert post(client, address, **given, **opened(client, address))[0] == 302
    session.expire_all()
    assert user.name == "王芳"
