"""Figures of a whole city: its counts stand after corrections and merges, and every figure of a desk opens exactly what it counts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.reports import Arguments, find_report, prepare_export
from ohs.declarations.labels import DECLARING
from ohs.declarations.models import Declaration, Filing
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.registry.merging import merge_records
from ohs.registry.models import DuplicatePair
from tests.cities import city_app
from tests.desk.test_figures import agree
from tests.engines import ENGINES
from tests.factories.accounts import make_organisation, make_user


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a small city as the demonstration invents it; each test leaves it as it found it."""
    made = city_app(request.param, employers=60, examinations=700, seed=3, on=today())
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        yield made


@pytest.fixture
def city(session: Session) -> Session:
    """The session on that city."""
    return session


def person(session: Session, login: str) -> User:
    return session.scalars(select(User).where(User.login == login)).one()


def test_the_counts_of_a_city_stand_after_corrections_and_merges(city: Session) -> None:
    agree(city)
    pair = city.scalars(select(DuplicatePair).where(DuplicatePair.kind == "employer")).first()
    assert pair is not None
    merge_records(city, pair, pair.left_id, {"name"}, reason="同一家", actor=person(city, "health-330400"), on=today())
    agree(city)


CELL = re.compile(r'<a href="(/(?:declarations|examinations)/\?[^"]+)">([\d,]+)</a>')
TILE = re.compile(r'<a class="tile" href="([^"]+)"><span>[^<]*</span><b>([\d,]+)</b>')
#: What a figure of an administrator or a sender is told from, not a list of rows.
NO_LISTS = ("/uploads/quality", "/admin/audit/", "/admin/calendar")
ROWS = re.compile(r"共 ([\d,]+)\+? 条")


def figures_on(page: str) -> Iterator[tuple[str, int]]:
    """Every linked number of a desk; sums of people open the rows of which they are the sum, and are held to that elsewhere."""
    for pattern in (CELL, TILE):
        for address, number in pattern.findall(page):
            if "sort=-exposed" not in address and not address.startswith(NO_LISTS):
                yield html.unescape(address), int(number.replace(",", ""))


def rows_at(client: FlaskClient, address: str) -> int:
    """How many rows the list behind a figure has; long lists count them after they are shown."""
    parts = urlsplit(address)
    where = "/examinations/count" if parts.path == "/examinations/" else parts.path
    found = ROWS.search(client.get(f"{where}?{parts.query}&counted=1").get_data(as_text=True))
    return int(found[1].replace(",", "")) if found else 0


def test_every_figure_opens_the_rows_it_counts(city: Session, as_user: Callable[[User], FlaskClient]) -> None:
    logins = {
        "health-330400": 60,
        "health-330481": 30,
        "safety-330400": 30,
        "hr-330402": 10,
        "town-330402007": 2,
        "employer-01": 4,
        "clinic-01": 4,
        "testing-01": 2,
        "system-admin": 3,
        "security-admin": 3,
    }
    for login, least in logins.items():
        client = as_user(person(city, login))
        page = client.get("/").get_data(as_text=True)
        figures = dict(figures_on(page))
        assert len(figures) >= least, login
        wrong = {address: (told, rows) for address, told in figures.items() if (rows := rows_at(client, address)) != told}
        assert wrong == {}, login
    sums_of_people(city, as_user(person(city, "health-330400")).get("/").get_data(as_text=True))


def sums_of_people(session: Session, page: str) -> None:
    """The sum of a county's exposed is that of the rows it opens."""
    told = [
        int(number.replace(",", "")) for address, number in CELL.findall(page) if "sort=-exposed" in address and "county=330481" in address
    ]
    question = select(Declaration.exposed).join(Filing).where(
        Declaration.county_code == "330481", Declaration.status == "accepted", Filing.status.in_(DECLARING)
    )  # fmt: skip
    assert told == [sum(session.scalars(question))]


def exported(city: Session, user: User) -> list[dict[str, Any]]:
    report = find_report("figures")
    assert report is not None
    export = prepare_export(city, user, report, Arguments())
    return [dict(zip((column.key for column in export.columns), row, strict=True)) for row in export.rows()]


def test_the_tables_of_a_desk_are_taken_out_with_the_figures_that_stand_on_it(
    city: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    officer = make_user(city, organisation=make_organisation(city, level="city", region_code="330400"))
    rows = exported(city, officer)
    page = as_user(officer).get("/").get_data(as_text=True)
    assert "/reports/figures.xlsx" in page
    for row in rows:
        if row["name"] == "海宁市":
            line = page[page.index('title="海宁市"') :].partition("</tr>")[0]
            shown = [int(found.replace(",", "")) for found in re.findall(r">([\d,]+)(?:</a>)?</td>", line)]
            assert shown == [row["declaring"], row["in_order"], row["exposed"], row["examinations"]]
    declaring = {
        say(table): sum(row["declaring"] or 0 for row in rows if row["table"] == table) for table in {row["table"] for row in rows}
    }
    assert declaring["按区县"] == declaring["按行业"] == declaring["按规模"] > 0
    assert sum(row["accepted"] or 0 for row in rows) > 0 and len([row for row in rows if say(row["table"]) == "月份"]) == 12


def test_a_department_takes_out_no_figure_that_its_desk_does_not_show(city: Session) -> None:
    officer = make_user(city, "hr", make_organisation(city, department="hr", level="city", region_code="330400"))
    assert not {"examinations"} & set(exported(city, officer)[0])
