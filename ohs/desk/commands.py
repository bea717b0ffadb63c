"""What the shell starts for the whole house: the night."""

from __future__ import annotations

from datetime import date

import click
from flask import Flask

from ohs.accounts.commands import only_in_demonstration
from ohs.accounts.demonstration import is_empty
from ohs.desk.demonstration import make_city
from ohs.kernel.chain import forget_end
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.fields import read_day
from ohs.kernel.nightly import nightly_deeds
from ohs.registry.own_access import in_groups


@click.command("nightly")
@click.option("--on", "on", default=None, metavar="DATE", help="The day; today when left out.")
def nightly(on: str | None) -> None:
    """Do what the calendar brings: due dates, windows, limits passed. Doing it twice changes nothing."""
    day: date | None = today() if on is None else read_day(on)
    if day is None:
        raise click.BadParameter(f"{on} is not a day; write it like 2026-11-23", param_hint="--on")
    for name, deed in nightly_deeds().items():
        with writing():
            changed = deed(db.session(), day)
            db.session.commit()
        click.echo(f"{name}: {changed}")


@click.command("demo")
@click.option("--employers", default=3296, show_default=True, type=click.IntRange(0, 200_000))
@click.option("--examinations", default=100_000, show_default=True, type=click.IntRange(0, 10_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--on", "on", default=None, metavar="DATE", help="The day on which the city is seen; today when left out.")
@click.option("--if-empty", is_flag=True, help="Do nothing where anybody has an account already.")
def demo(employers: int, examinations: int, seed: int, on: str | None, if_empty: bool) -> None:
    """Enter the demonstration city: all synthetic, the same for the same seed and day."""
    only_in_demonstration()
    day = today() if on is None else read_day(on)
    if day is None:
        raise click.BadParameter(f"{on} is not a day; write it like 2026-11-23", param_hint="--on")
    session = db.session()
    with writing():
        if not is_empty(session):
            if if_empty:
                return
            raise click.ClickException("there are accounts already; the demonstration goes into an empty database")
        forget_end()
        codes = make_city(session, employers=employers, examinations=examinations, seed=seed, on=day)
        session.commit()
    for one in codes:
        click.echo(f"/me/ {in_groups(one.code)} {one.last}")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(nightly)
    app.cli.add_command(demo)
