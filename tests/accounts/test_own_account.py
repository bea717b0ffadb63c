"""One's own account in the browser: the second factor on the first sign-in, the one-time link, the password, the sessions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.known import demonstration_password
from ohs.accounts.models import PasswordLink, SignIn, SignInAttempt, User
from ohs.accounts.services import HASHER, make_password_link
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import now
from tests.factories.accounts import PASSWORD, make_user

NEW = "another-horse-8"


def secret_on(answer: str) -> str:
    found = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", answer)
    assert found
    return found[1]


def forms(client: FlaskClient, address: str, **data: str) -> tuple[int, str]:
    g.pop("_login_user", None)
    answer = client.post(address, data=data)
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def test_a_new_officer_scans_the_second_factor_on_the_first_sign_in(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "health", totp_secret=None)
    assert forms(client, "/sign-in", login=user.login, password=PASSWORD, next="/employers/") == (302, "/sign-in/second-factor")
    assert client.get("/employers/").status_code == 302
    page = client.get("/sign-in/second-factor").get_data(as_text=True)
    assert "<svg" in page
    secret = secret_on(page)
    assert forms(client, "/sign-in/second-factor", code="000000")[0] == 400
    code = pyotp.TOTP(secret).now()
    assert forms(client, "/sign-in/second-factor", code=code) == (302, "/employers/")
    session.expire_all()
    assert user.totp_secret == secret
    g.pop("_login_user", None)
    assert client.get("/employers/").status_code == 200
    assert forms(client, "/sign-in", login=user.login, password=PASSWORD, code=code)[0] == 400


def test_the_second_factor_is_not_offered_without_the_password(client: FlaskClient, session: Session) -> None:
    make_user(session, "health", totp_secret=None)
    assert client.get("/sign-in/second-factor").location == "/sign-in"
    user = make_user(session, "health", totp_secret=pyotp.random_base32())
    assert forms(client, "/sign-in", login=user.login, password=PASSWORD)[0] == 400


def test_the_setting_up_ends_when_the_account_was_changed(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "health", totp_secret=None)
    forms(client, "/sign-in", login=user.login, password=PASSWORD)
    user.password_hash = None
    session.commit()
    assert client.get("/sign-in/second-factor").location == "/sign-in"


def test_a_link_sets_password_and_second_factor_and_then_says_that_it_is_spent(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "safety", password_hash=None, totp_secret=None)
    address = f"/first-password/{make_password_link(session, user, actor=None)}"
    session.commit()
    secret = secret_on(client.get(address).get_data(as_text=True))
    status, page = forms(client, address, password="short", again="short", code=pyotp.TOTP(secret).now())
    assert status == 400 and "不少于 10 " in page
    assert forms(client, address, password=NEW, again=NEW, code="000000")[0] == 400
    assert forms(client, address, password=NEW, again=NEW, code=pyotp.TOTP(secret).now()) == (302, "/sign-in")
    status, page = forms(client, address, password=NEW, again=NEW, code=pyotp.TOTP(secret).now())
    assert status == 404 and "已失效" in page


def test_a_link_expires(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic", password_hash=None)
    address = f"/first-password/{make_password_link(session, user, actor=None)}"
    session.execute(update(PasswordLink).values(ends_at=now() - timedelta(seconds=1)))
    session.commit()
    assert client.get(address).status_code == 404


def test_a_password_is_changed_by_who_knows_it_and_ends_other_sessions(as_user: Callable[[User], FlaskClient], session: Session) -> None:
    user = make_user(session, "clinic")
    client = as_user(user)
    elsewhere = SignIn(user_id=user.id, token_digest="x", address="10.0.0.9")
    session.add(elsewhere)
    session.commit()
    status, page = forms(client, "/account/password", old="wrong", password=NEW, again=NEW)
    assert status == 400 and "原密码不正确" in page
    assert forms(client, "/account/password", old=PASSWORD, password="weak", again="weak")[0] == 400
    assert forms(client, "/account/password", old=PASSWORD, password=PASSWORD, again=PASSWORD)[0] == 400
    assert forms(client, "/account/password", old=PASSWORD, password=NEW, again=NEW) == (302, "/account/sessions")
    session.expire_all()
    assert HASHER.verify(user.password_hash or "", NEW)
    assert elsewhere.ended_at is not None
    g.pop("_login_user", None)
    assert client.get("/account/sessions").status_code == 200


def test_guessing_the_old_password_is_throttled(as_user: Callable[[User], FlaskClient], session: Session) -> None:
    client = as_user(make_user(session, "clinic"))
    for _ in range(5):
        assert forms(client, "/account/password", old="wrong", password=NEW, again=NEW)[0] == 400
    assert forms(client, "/account/password", old=PASSWORD, password=NEW, again=NEW)[0] == 429


def test_all_other_sessions_are_ended_and_only_open_ones_are_listed(as_user: Callable[[User], FlaskClient], session: Session) -> None:
    user = make_user(session, "clinic")
    client = as_user(user)
    idle = SignIn(user_id=user.id, token_digest="y", address="10.0.0.8", seen_at=now() - timedelta(hours=2))
    other = SignIn(user_id=user.id, token_digest="x", address="10.0.0.9")
    session.add_all([idle, other])
    session.commit()
    page = client.get("/account/sessions").get_data(as_text=True)
    assert "10.0.0.9" in page and "10.0.0.8" not in page
    assert forms(client, "/account/sessions/end-others") == (302, "/account/sessions")
    session.expire_all()
    assert other.ended_at is not None
    assert set(session.scalars(select(AuditEvent.subject_type).where(AuditEvent.actor == user.login))) <= {"User", "SignIn", ""}
    g.pop("_login_user", None)
    assert client.get("/account/sessions").status_code == 200


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_printed_passwords_open_a_demonstration_only(app: Flask, client: FlaskClient, session: Session, is_demonstration: bool) -> None:
    user = make_user(session, "clinic", login="clinic-01", password_hash=HASHER.hash(demonstration_password("clinic-01")))
    held, app.config["DEMO"] = app.config["DEMO"], is_demonstration
    status, _page = forms(client, "/sign-in", login=user.login, password=demonstration_password("clinic-01"))
    app.config["DEMO"] = held
    assert status == (302 if is_demonstration else 400)


@pytest.mark.parametrize("given", [{"login": "known"}, {"login": "nobody"}, {"login": "blocked", "password": PASSWORD}])
def test_an_answer_never_says_which_accounts_exist(client: FlaskClient, session: Session, given: dict[str, str]) -> None:
    make_user(session, "clinic", login="known")
    make_user(session, "clinic", login="blocked", is_enabled=False)
    status, page = forms(client, "/sign-in", **({"password": "wrong-horse-1"} | given))
    assert status == 400
    assert re.findall(r"<li>([^<]+)</li>", page) == ["登录名、密码或动态口令不正确。"]


def test_an_unknown_login_costs_a_hash_as_well(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from ohs.accounts import services

    hashed: list[str] = []

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            hashed.append(stored)
            return HASHER.verify(stored, password)

    monkeypatch.setattr(services, "HASHER", Counting())
    assert services.sign_in(session, "nobody", "x", "", address="10.0.0.1", agent="") is None
    assert hashed == [services.NOBODY]


def test_a_throttled_try_stays_on_the_form_and_says_until_when(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic")
    for _ in range(5):
        forms(client, "/sign-in", login=user.login, password="wrong")
    status, page = forms(client, "/sign-in", login=user.login, password=PASSWORD)
    assert status == 429 and re.search(r"请于 \d\d:\d\d", page)
    assert len(session.scalars(select(SignInAttempt)).all()) == 5


def test_an_account_without_a_role_is_told_who_can_help(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic")
    user.roles = []
    session.commit()
    status, page = forms(client, "/sign-in", login=user.login, password=PASSWORD)
    assert status == 400 and "安全管理员" in page
    assert session.scalars(select(SignIn.ended_at).where(SignIn.user_id == user.id)).one() is not None
