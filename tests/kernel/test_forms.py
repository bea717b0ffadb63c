"""What a form reads: text that was typed, files where it asks for files, and nothing else that a request can carry."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from tests.factories.accounts import make_user

BODIES: tuple[Callable[[], dict[str, Any]], ...] = (
    lambda: {"data": {"old": (io.BytesIO(b"x"), "old.txt"), "password": (io.BytesIO(b"x"), "new.txt"), "again": "x"}},
    lambda: {"json": {"old": {"a": 1}, "password": [1], "again": 1}},
    lambda: {"json": [1, 2]},
    lambda: {"data": b"\xff{", "content_type": "application/json"},
    lambda: {"data": b"zzz", "content_type": "multipart/form-data"},
)


@pytest.mark.parametrize("body", BODIES)
def test_what_is_no_typed_text_is_as_if_nothing_was_typed(
    app: Flask, session: Session, as_user: Callable[[User], FlaskClient], body: Callable[[], dict[str, Any]]
) -> None:
    answer = as_user(make_user(session, "clinic")).post("/account/password", **body())
    assert answer.status_code == 400
    assert answer.get_data(as_text=True).count("请输入") >= 2
