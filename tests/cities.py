"""Cities of the demonstration for tests: built once a process, and left by every test as it found them."""

from __future__ import annotations

from datetime import date
from functools import cache

from flask import Flask

from ohs.desk.demonstration import make_city
from ohs.kernel.database import db, writing
from tests.engines import make_app


@cache
def city_app(engine: str, *, employers: int, examinations: int, seed: int, on: date) -> Flask:
    """An application on a database that holds such a city."""
    made = make_app(engine)
    with made.app_context(), writing():
        make_city(db.session(), employers=employers, examinations=examinations, seed=seed, on=on)
        db.session.commit()
    return made
