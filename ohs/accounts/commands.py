"""Accounts at the shell: the demonstration's, and the first one of a real system."""

from __future__ import annotations

import dataclasses
import json
import re

import click
import pyotp
from flask import Flask, current_app
from sqlalchemy import select

from ohs.accounts.admin_forms import LOGIN
from ohs.accounts.demonstration import account_of
from ohs.accounts.models import ADMINISTRATORS, Organisation, User
from ohs.accounts.services import assign_roles, make_password_link
from ohs.kernel.database import db, writing
from ohs.rulebook.regions import CITY


def only_in_demonstration() -> None:
    """Refuse in a real system."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("only in demonstration mode (OHS_DEMO=1)")


@click.command("accounts")
@click.option("--table", "as_table", is_flag=True, help="A few of each role for reading, instead of JSON.")
@click.option("--code", "code_of", metavar="LOGIN", help="Only the one-time code of this account for the present half minute.")
def accounts(as_table: bool, code_of: str | None) -> None:
    """List the demonstration accounts."""
    only_in_demonstration()
    if code_of:
        user = db.session.scalar(select(User).where(User.login == code_of))
        secret = account_of(user).totp_secret if user else None
        if secret is None:
            raise click.ClickException(f"{code_of} signs in without a code, or nobody has that login")
        click.echo(pyotp.TOTP(secret).now())
        return
    listed = [account_of(user) for user in db.session.scalars(select(User).order_by(User.id))]
    if not as_table:
        click.echo(json.dumps([dataclasses.asdict(account) for account in listed], ensure_ascii=False))
        return
    seen: set[str] = set()
    for account in listed:
        if account.role not in seen:
            seen.add(account.role)
            click.echo(
                f"{account.role:<15} {account.login:<20} {account.password:<14} {account.totp_secret or '-':<33} {account.organisation}"
            )


@click.command("user-create")
@click.argument("login")
@click.argument("name")
@click.option("--role", type=click.Choice(ADMINISTRATORS), default="system-admin", show_default=True)
def user_create(login: str, name: str, role: str) -> None:
    """Enter the first administrators of a real system; prints the one-time link's path for the first password."""
    session = db.session()
    if not re.fullmatch(LOGIN, login):
        raise click.UsageError("a login has letters, digits, dot, hyphen and underscore only, at most 60")
    with writing():
        operator = session.scalar(select(Organisation).where(Organisation.kind == "operator"))
        if operator is None:
            operator = Organisation(kind="operator", region_code=CITY, name="平台运维中心")
            session.add(operator)
            session.flush()
        if session.scalar(select(User.id).where(User.login == login.lower())):
            raise click.ClickException(f"{login} exists already")
        user = User(login=login.lower(), name=name, organisation=operator)
        session.add(user)
        session.flush()
        assign_roles(session, user, {role}, actor=None)
        token = make_password_link(session, user, actor=None)
        session.commit()
    click.echo(f"/first-password/{token}")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    for command in (accounts, user_create):
        app.cli.add_command(command)
