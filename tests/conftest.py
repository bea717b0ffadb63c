"""Fixtures: an application and a session on each engine, each test in a transaction that its end rolls back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.accounts.services import digest_of
from ohs.kernel.bulk import lock_for_loading
from ohs.kernel.database import db, expect_writes, is_sqlite
from tests.engines import ENGINES, shared_app


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on one engine, inside its context."""
    made = shared_app(request.param)
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        yield made


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The application's session, on a connection whose transaction is never committed."""
    connection = db.engine.connect()
    transaction = connection.begin()
    db.session.remove()
    db.session.configure(bind=connection, binds={}, join_transaction_mode="create_savepoint")
    original = db.session.session_factory.class_.get_bind  # type: ignore[union-attr]
    db.session.session_factory.class_.get_bind = lambda self, *args, **kwargs: connection  # type: ignore[union-attr]
    try:
        yield db.session()
    finally:
        db.session.remove()
        db.session.session_factory.class_.get_bind = original  # type: ignore[union-attr]
        transaction.rollback()
        connection.close()
        expect_writes(False)


@pytest.fixture
def locked_elsewhere(session: Session) -> Iterator[Callable[[str], None]]:
    """Let another transaction hold a lock of the loaders: who takes it as well fails at once. Only PostgreSQL has such locks."""
    if is_sqlite(session):
        pytest.skip("SQLite has one writer, who is alone anyway")
    with ExitStack() as others:

        def hold(what: str) -> None:
            other = others.enter_context(Session(others.enter_context(db.engine.connect())))
            for each in (other, session):
                each.execute(text("SET LOCAL lock_timeout = '100ms'"))
            lock_for_loading(other, what)

        yield hold


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without pictures."""
    return app.test_client()


@pytest.fixture
def as_user(client: FlaskClient, session: Session) -> Callable[[User], FlaskClient]:
    """Sign somebody in without the form."""

    def sign_in(user: User) -> FlaskClient:
        token = secrets.token_urlsafe(8)
        session.add(SignIn(user_id=user.id, token_digest=digest_of(token), address="127.0.0.1"))
        session.commit()
        with client.session_transaction() as cookie:
            cookie.clear()
            cookie[TOKEN] = token
            cookie["_user_id"] = str(user.id)
        g.pop("_login_user", None)
        return client

    return sign_in


@pytest.fixture
def browse(client: FlaskClient) -> Callable[..., Any]:
    """Open a page and hold it against what every page owes: a title, one h1, unique ids, a label for every field."""

    def get(address: str, status: int = 200) -> Any:
        g.pop("_login_user", None)
        answer = client.get(address)
        assert answer.status_code == status, address
        text = answer.get_data(as_text=True)
        assert re.search(r"<title>\s*\S", text), "a page without a title"
        assert len(re.findall(r"<h1[ >]", text)) == 1, "a page has one h1"
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), "ids are unique"
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", text)
        labels = set(re.findall(r'<label[^>]*for="([^"]+)"', text))
        for field in fields:
            if 'type="hidden"' not in field:
                named = re.search(r'\sid="([^"]+)"', field)
                assert "aria-label" in field or (named and named[1] in labels), f"a field without a label: {field}"
        return answer

    return get
