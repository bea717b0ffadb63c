"""Exports without a browser."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from exports.sheet import write_ledger
from ohs.accounts.approvals import ask_approval
from ohs.accounts.models import User
from ohs.accounts.reports import Arguments, ConsentMissing, Report, all_reports, count_rows, find_report, note_export, prepare_export
from ohs.kernel.database import db, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.policy import could
from ohs.kernel.refusals import Command, Refusal, WrongCommand
from ohs.kernel.screens import query_of

#: Options of every report.
COMMON = ("sort", "purpose")


@click.command("report", cls=Command)
@click.argument("name")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--as", "login", required=True, help="Login of the person who takes it.")
@click.option(
    "--option", "options", multiple=True, metavar="K=V", help="A filter, as it stands in the address of the list; also sort and purpose."
)
@click.option("--reason", default="", help="Where a colleague must agree first: ask, saying what it is for.")
def report(name: str, out: Path, login: str, options: tuple[str, ...], reason: str) -> None:
    """Write the export NAME to OUT, an .xlsx, as LOGIN would take it in the browser."""
    chosen = find_report(name)
    if chosen is None:
        names = "、".join(one.name for one in all_reports())
        raise WrongCommand(Message("There is no export “%(name)s”; the exports are: %(names)s.", name=name, names=names))
    user = db.session.scalar(select(User).where(User.login == login))
    if user is None or not user.is_active:
        raise Refusal(Message("Nobody signs in as “%(login)s”.", login=login))
    if not could(user, chosen.permission):
        raise Refusal(
            Message("%(login)s may not take out %(title)s; whoever assigns roles can change that.", login=login, title=chosen.title)
        )
    if not out.parent.is_dir():
        raise WrongCommand(Message("There is no folder %(path)s.", path=str(out.parent)))
    arguments = _arguments(chosen, user, options)
    try:
        export = prepare_export(db.session(), user, chosen, arguments)
    except ConsentMissing as missing:
        raise Refusal(_asked(chosen, user, arguments, reason, missing.message)) from missing
    except DomainError as refusal:
        raise Refusal(refusal.message) from refusal
    note_export(db.session(), export)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        write_ledger(part, export.title, export.columns, export.rows(), say)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(str(out))


def _arguments(chosen: Report, user: User, options: tuple[str, ...]) -> Arguments:
    """The options as an address would carry them; what the report does not know, or cannot read, is refused."""
    pairs = [option.partition("=") for option in options]
    if wrong := [key for key, sign, _value in pairs if not sign]:
        raise WrongCommand(Message("Write --option %(name)s=VALUE.", name=wrong[0]))
    arguments: Arguments = Arguments([(key.strip(), value) for key, _sign, value in pairs])
    known = [field.short_name for field in chosen.form()]
    if unknown := sorted(set(arguments) - {*known, *COMMON}):
        names = "、".join([*known, *COMMON])
        raise WrongCommand(
            Message("%(title)s has no option %(name)s; the options are: %(names)s.", title=chosen.title, name=unknown[0], names=names)
        )
    orders = sorted(chosen.orders(user))
    if (order := arguments.get("sort", "")) and order.removeprefix("-") not in orders:
        others: str | Message = "、".join(orders) or Message("nothing else")
        raise WrongCommand(
            Message("%(title)s cannot be sorted by %(name)s, only by: %(names)s.", title=chosen.title, name=order, names=others)
        )
    return arguments


def _asked(chosen: Report, user: User, arguments: Arguments, reason: str, sentence: Message) -> Message:
    if not reason.strip():
        return Message("%(sentence)s Ask with --reason TEXT.", sentence=sentence)
    query = query_of(arguments)
    rows = count_rows(db.session(), user, chosen, arguments)
    db.session.rollback()
    with writing():
        asked = ask_approval(db.session(), user, chosen.name, query, rows, reason)
        db.session.commit()
    return Message("Asked as request %(number)s; repeat the command when a colleague has agreed.", number=asked.id)


def init_app(app: Flask) -> None:
    """Offer the command."""
    app.cli.add_command(report)
