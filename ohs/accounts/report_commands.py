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
from ohs.accounts.reports import Arguments, ConsentMissing, Report, all_reports, count_rows, find_report, prepare_export
from ohs.kernel.audit import note_reading
from ohs.kernel.database import db, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.policy import could
from ohs.kernel.screens import query_of

#: Options of every report.
COMMON = ("sort", "purpose")


@click.command("report")
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
        raise click.ClickException(f"there is no report {name}; reports are: {', '.join(one.name for one in all_reports())}")
    user = db.session.scalar(select(User).where(User.login == login))
    if user is None or not user.is_active:
        raise click.ClickException(f"nobody signs in as {login}")
    if not could(user, chosen.permission):
        raise click.ClickException(f"{login} may not take {name}; whoever assigns roles can change that")
    if not out.parent.is_dir():
        raise click.ClickException(f"there is no folder {out.parent}")
    arguments = _arguments(chosen, user, options)
    try:
        export = prepare_export(db.session(), user, chosen, arguments)
    except ConsentMissing as missing:
        raise click.ClickException(_asked(chosen, user, arguments, reason, say(missing.message))) from missing
    except DomainError as refusal:
        raise click.ClickException(say(refusal.message)) from refusal
    note_reading(db.session(), export.event)
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
        raise click.UsageError(f"write --option {wrong[0]}=VALUE")
    arguments: Arguments = Arguments([(key.strip(), value) for key, _sign, value in pairs])
    known = [field.short_name for field in chosen.form()]
    if unknown := sorted(set(arguments) - {*known, *COMMON}):
        raise click.UsageError(f"{chosen.name} has no option {unknown[0]}; options are: {', '.join([*known, *COMMON])}")
    orders = sorted(chosen.orders(user))
    if (order := arguments.get("sort", "")) and order.removeprefix("-") not in orders:
        raise click.UsageError(f"{chosen.name} is not sorted by {order}; it is sorted by: {', '.join(orders) or 'nothing else'}")
    return arguments


def _asked(chosen: Report, user: User, arguments: Arguments, reason: str, sentence: str) -> str:
    if not reason.strip():
        return f"{sentence} --reason TEXT asks for it."
    query = query_of(arguments)
    rows = count_rows(db.session(), user, chosen, arguments)
    db.session.rollback()
    with writing():
        asked = ask_approval(db.session(), user, chosen.name, query, rows, reason)
        db.session.commit()
    return f"asked as request {asked.id}; repeat the command when a colleague has agreed"


def init_app(app: Flask) -> None:
    """Offer the command."""
    app.cli.add_command(report)
