"""What the shell starts for the whole house: the night."""

from __future__ import annotations

from datetime import date

import click
from flask import Flask

from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.fields import read_day
from ohs.kernel.nightly import nightly_deeds


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


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(nightly)
