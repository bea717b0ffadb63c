"""Who is behind a request: the cookie's token, held against the open sessions of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager
from sqlalchemy import Connection, update
from sqlalchemy.exc import OperationalError

from ohs.accounts.models import SignIn, User
from ohs.accounts.services import find_open_session
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.web import came_from

TOKEN = "sign_in"
#: An open page that asks by itself says so: it must not keep a session alive that nobody uses.
UNATTENDED = "X-Unattended"
#: Being seen is noted this often at most.
SEEN_EVERY = timedelta(minutes=1)


def load_user(_user_id: str) -> User | None:
    """The person whose session this is, while it is open."""
    token = session.get(TOKEN)
    opened = find_open_session(db.session(), token) if token else None
    if opened is None or not opened.user.is_active:
        return None
    if now() - opened.seen_at > SEEN_EVERY and UNATTENDED not in request.headers:
        _note_seen(opened.id)
    return opened.user


def _note_seen(sign_in_id: int) -> None:
    """Note it beside the request, and rather not at all than wait for a long commit that holds SQLite's one writer."""
    try:
        with db.engine.connect() as connection, _impatient(connection):
            connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now()))
            connection.commit()
    except OperationalError:
        return


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    """A connection that waits for no other writer; given back to the pool as patient as it was, whatever happened."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute("PRAGMA busy_timeout=50")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")


def unauthorized() -> Any:
    """To the sign-in page, and back here afterwards."""
    if request.headers.get("HX-Request") == "true":
        return "", 401, {"HX-Redirect": url_for("accounts.sign_in")}
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    flash(
        _(
            "You were signed out meanwhile, and what you sent was not saved. Sign in and enter it again; the browser’s way back still shows it."
        ),
        "warning",
    )
    return redirect(url_for("accounts.sign_in", next=came_from() or None))


def init_app(app: Flask) -> None:
    """Tell flask-login how people are found."""
    manager = LoginManager(app)
    manager.user_loader(load_user)
    manager.unauthorized_handler(unauthorized)
