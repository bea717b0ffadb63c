"""Accounts at the shell: the first administrators, one sentence for what cannot be."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User


@pytest.mark.parametrize(
    "given",
    [
        ["sys.admin", "王芳", "--role", "health"],
        ["sys.admin", "王芳", "--role", "x"],
        ["sys admin", "王芳"],
        ["x" * 61, "王芳"],
        ["", "王芳"],
    ],
)
def test_what_is_no_first_administrator_is_refused(app: Flask, session: Session, given: list[str]) -> None:
    ended = app.test_cli_runner().invoke(args=["user-create", *given])
    assert ended.exit_code == 2 and "Error: " in ended.output
    assert session.scalars(select(User)).first() is None


def test_each_first_administrator_gets_a_link_once(app: Flask, session: Session) -> None:
    ended = app.test_cli_runner().invoke(args=["user-create", "Sys.Admin", "王芳", "--role", "security-admin"])
    assert ended.exit_code == 0 and ended.output.startswith("/first-password/")
    user = session.scalars(select(User)).one()
    assert user.login == "sys.admin" and user.role_names == {"security-admin"}
    assert app.test_cli_runner().invoke(args=["user-create", "sys.admin", "王芳"]).exit_code == 1
