"""Signing in: who gets in, who does not, and what stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import SignIn, SignInAttempt, User, UserRole
from ohs.accounts.services import Enrolment, assign_roles, find_open_session, find_password_link, make_password_link, set_password, sign_in
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from tests.factories.accounts import PASSWORD, make_organisation, make_user


def try_to(session: Session, login: str, password: str = PASSWORD, code: str = "") -> Any:
    return sign_in(session, login, password, code, address="10.0.0.1", agent="test")


def test_the_right_password_opens_a_session(session: Session) -> None:
    user = make_user(session, "clinic")
    opened = try_to(session, user.login.upper())
    assert opened is not None
    assert find_open_session(session, opened[1]) is opened[0]


@pytest.mark.parametrize(("login", "password"), [("known", "wrong"), ("unknown", PASSWORD)])
def test_anything_wrong_opens_nothing_and_is_noted(session: Session, login: str, password: str) -> None:
    make_user(session, "clinic", login="known")
    assert try_to(session, login, password) is None
    assert "sign-in:failed" in session.scalars(select(AuditEvent.event)).all()


def test_a_disabled_person_does_not_get_in(session: Session) -> None:
    user = make_user(session, "clinic", is_enabled=False)
    assert try_to(session, user.login) is None


def test_departments_need_the_second_factor_and_a_code_works_once(session: Session) -> None:
    secret = pyotp.random_base32()
    user = make_user(session, "health", totp_secret=secret)
    assert try_to(session, user.login) is None
    code = pyotp.TOTP(secret).now()
    assert try_to(session, user.login, code=code) is not None
    assert try_to(session, user.login, code=code) is None


def test_a_department_without_second_factor_sets_it_up_first(session: Session) -> None:
    user = make_user(session, "hr", totp_secret=None)
    assert try_to(session, user.login, "wrong") is None
    assert isinstance(try_to(session, user.login), Enrolment)
    assert session.scalars(select(SignIn).where(SignIn.user_id == user.id)).all() == []


def test_five_failures_throttle_the_account_even_for_the_right_password(session: Session) -> None:
    user = make_user(session, "clinic")
    for _ in range(5):
        assert try_to(session, user.login, "wrong") is None
    with pytest.raises(DomainError) as refused:
        try_to(session, user.login)
    assert refused.value.status == 429
    assert "15" in str(refused.value.message)


def test_getting_in_forgives_the_failures_before(session: Session) -> None:
    user = make_user(session, "clinic")
    for password in ("wrong", "wrong", "wrong", "wrong", PASSWORD, "wrong"):
        try_to(session, user.login, password)
    assert try_to(session, user.login) is not None


def test_an_unknown_login_is_throttled_like_a_known_one(session: Session) -> None:
    for _ in range(5):
        assert try_to(session, "nobody") is None
    with pytest.raises(DomainError):
        try_to(session, "nobody")


def test_thirty_failures_throttle_the_address_for_every_account(session: Session) -> None:
    user = make_user(session, "clinic")
    for number in range(30):
        assert try_to(session, f"nobody{number}") is None
    with pytest.raises(DomainError):
        try_to(session, user.login)
    assert sign_in(session, user.login, PASSWORD, "", address="10.0.0.2", agent="test") is not None


def test_a_throttle_ends_when_its_time_is_over(session: Session) -> None:
    user = make_user(session, "clinic")
    for _ in range(5):
        try_to(session, user.login, "wrong")
    session.execute(update(SignInAttempt).values(at=now() - timedelta(minutes=16)))
    assert try_to(session, user.login) is not None


@pytest.mark.parametrize(("idle", "age", "is_open"), [(29, 1, True), (31, 1, False), (1, 11, False)])
def test_a_session_has_an_idle_and_an_absolute_limit(session: Session, idle: int, age: int, is_open: bool) -> None:
    user = make_user(session, "clinic")
    opened, token = try_to(session, user.login)
    opened.seen_at, opened.started_at = now() - timedelta(minutes=idle), now() - timedelta(hours=age)
    session.flush()
    assert (find_open_session(session, token) is not None) == is_open


def test_the_first_password_comes_through_a_link_that_works_once(session: Session) -> None:
    user = make_user(session, "clinic", password_hash=None)
    first = make_password_link(session, user, actor=None)
    token = make_password_link(session, user, actor=None)
    assert find_password_link(session, first) is None
    link = find_password_link(session, token)
    set_password(session, user, "another-horse-8", link=link)
    session.flush()
    assert find_password_link(session, token) is None
    assert try_to(session, user.login, "another-horse-8") is not None


@pytest.mark.parametrize("password", ["short-1", "onlyletters", "1234567890", "aaaaaaaaaaa1"])
def test_a_weak_password_is_refused_with_a_sentence(session: Session, password: str) -> None:
    with pytest.raises(DomainError):
        set_password(session, make_user(session, "clinic"), password)


def test_administrators_exclude_each_other(session: Session) -> None:
    user = make_user(session, "auditor")
    boss = make_user(session, "security-admin")
    with pytest.raises(DomainError):
        assign_roles(session, user, {"auditor", "system-admin"}, actor=boss)
    with pytest.raises(DomainError):
        assign_roles(session, boss, {"system-admin"}, actor=boss)


def test_the_database_refuses_a_second_administrators_role(session: Session) -> None:
    user = make_user(session, "auditor")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(UserRole(user_id=user.id, role="system-admin", is_administrator=True))
        session.flush()


def test_a_role_must_fit_the_organisation(session: Session) -> None:
    user = make_user(session, "clinic")
    with pytest.raises(DomainError):
        assign_roles(session, user, {"health"}, actor=make_user(session, "security-admin"))


def test_the_form_signs_in_and_goes_where_the_person_wanted(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic")
    answer = client.post("/sign-in", data={"login": user.login, "password": PASSWORD, "next": "/account/sessions"})
    assert (answer.status_code, answer.location) == (302, "/account/sessions")


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_sent_out_of_the_house(client: FlaskClient, session: Session, address: str) -> None:
    user = make_user(session, "clinic")
    answer = client.post("/sign-in", data={"login": user.login, "password": PASSWORD, "next": address})
    assert answer.location == "/"


def test_the_pages_say_what_every_page_owes(browse: Callable[..., Any], as_user: Callable[[User], Any], session: Session) -> None:
    assert "登录" in browse("/sign-in").get_data(as_text=True)
    as_user(make_user(session, "clinic"))
    assert "工作台" in browse("/").get_data(as_text=True)
    browse("/account/sessions")
    browse("/nowhere", status=404)


def test_a_strangers_session_is_a_404(as_user: Callable[[User], FlaskClient], session: Session) -> None:
    stranger = make_user(session, "clinic")
    theirs = SignIn(user_id=stranger.id, token_digest="x", address="10.0.0.1")
    session.add(theirs)
    session.flush()
    client = as_user(make_user(session, "clinic"))
    assert client.post(f"/account/sessions/{theirs.id}/end").status_code == 404


def test_without_signing_in_every_page_leads_to_the_form(client: FlaskClient) -> None:
    answer = client.get("/account/sessions")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account/sessions")


def test_who_was_signed_out_in_the_middle_of_a_form_is_told_and_led_back_to_it(client: FlaskClient) -> None:
    form = "http://localhost/cases/YS-330481-2026-000001/evidence"
    answer = client.post("/account/substitutes", data={"note": "写了很久"}, headers={"Referer": form})
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/cases/YS-330481-2026-000001/evidence")
    assert "刚才提交的内容未保存" in client.get(answer.location).get_data(as_text=True)


def test_an_organisation_is_made_with_defaults(session: Session) -> None:
    assert make_organisation(session).department == "health"
