"""Figures: the counts kept by the deeds equal a recount from the rows, and every figure of a desk opens exactly what it counts."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.reports import Arguments, find_report, prepare_export
from ohs.declarations.labels import DECLARING
from ohs.declarations.models import Declaration, DeclarationCount, Filing
from ohs.declarations.services import accept_declaration, find_untrue, report_closure, return_declaration, submit_declaration
from ohs.desk.demonstration import make_city
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.registry.margins import margins
from ohs.registry.merging import merge_records
from ohs.registry.models import DuplicatePair
from ohs.surveillance.models import Examination, ExaminationCount
from tests.factories.accounts import make_organisation, make_user
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer

LETTERS = {"N": "normal", "R": "rechecks", "C": "contraindications", "S": "suspected", "O": "other"}


def recounted_filings(session: Session) -> Counter[tuple[Any, ...]]:
    """Standings and acceptances, counted anew from filings and versions."""
    found: Counter[tuple[Any, ...]] = Counter()
    current = {one.filing_id: one for one in session.scalars(select(Declaration).where(Declaration.status == "accepted"))}
    for filing in session.scalars(select(Filing).where(Filing.status != "none")):
        one = current.get(filing.id)
        place = margins(filing.county_code, filing.region_code, one.sector if one else "", one.size if one else "unknown")
        for margin in place:
            found["filing", filing.status, "", *margin, "declarations"] += 1
            found["filing", filing.status, "", *margin, "exposed"] += one.exposed if one else 0
    for one in session.scalars(select(Declaration).where(Declaration.accepted_on.is_not(None))):
        month = f"{one.accepted_on:%Y-%m}"
        for margin in margins(one.county_code, one.region_code, one.sector, one.size):
            found["accepted", "", month, *margin, "declarations"] += 1
            found["accepted", "", month, *margin, "exposed"] += one.exposed
    return +found


def kept_filings(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for row in session.scalars(select(DeclarationCount).where(DeclarationCount.measure.in_(("filing", "accepted")))):
        key = (row.measure, row.status, row.month, row.area_code, row.dimension, row.value)
        found[(*key, "declarations")] += row.declarations
        found[(*key, "exposed")] += row.exposed
    return +found


def recounted_examinations(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for one in session.scalars(select(Examination)):
        for margin in margins(one.county_code, one.region_code, one.sector, one.size):
            key = (f"{one.examined_on:%Y-%m}", *margin)
            found[(*key, "examinations")] += 1
            for letter in one.conclusions:
                if letter in LETTERS:
                    found[(*key, LETTERS[letter])] += 1
    return +found


def kept_examinations(session: Session) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for row in session.scalars(select(ExaminationCount)):
        for measure in ("examinations", *LETTERS.values()):
            found[row.month, row.area_code, row.dimension, row.value, measure] += getattr(row, measure)
    return +found


def agree(session: Session) -> None:
    session.flush()
    session.expire_all()
    assert kept_filings(session) == recounted_filings(session)
    assert kept_examinations(session) == recounted_examinations(session)


def test_the_counts_follow_every_deed(session: Session) -> None:
    on, later = date(2026, 3, 2), date(2026, 3, 20)
    employer = make_employer(session)
    manager, officer = make_user(session, "employer", make_own(session, employer)), make_user(session)
    first = make_draft(session, employer, manager, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    agree(session)
    return_declaration(session, first, [("exposed", "不符")], actor=officer, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    accept_declaration(session, first, actor=officer, on=on)
    agree(session)
    change = {"change_reason": "process", "changed_on": "2026-03-18"}
    second = make_draft(session, employer, manager, on=later, kind="change", workplace=first.filing.workplace, **change)
    submit_declaration(session, second, signed_by="沈佳", actor=manager, on=later)
    agree(session)
    accept_declaration(session, second, actor=officer, on=later)
    agree(session)
    find_untrue(session, second.filing, record="查〔2026〕1号", due_on=None, actor=officer, on=later)
    agree(session)
    assert kept_filings(session)["filing", "untrue", "", "330481", "all", "", "declarations"] == 1


def test_a_reported_closure_is_counted(session: Session) -> None:
    on = date(2026, 3, 2)
    employer = make_employer(session)
    manager, officer = make_user(session, "employer", make_own(session, employer)), make_user(session)
    first = make_draft(session, employer, manager, on=on)
    submit_declaration(session, first, signed_by="沈佳", actor=manager, on=on)
    accept_declaration(session, first, actor=officer, on=on)
    report_closure(session, first.filing, ended_on=on, text="停产", actor=manager, on=on)
    agree(session)


def make_own(session: Session, employer: Any) -> Any:
    return make_organisation(session, kind="employer", region_code=employer.county_code, employer_id=employer.id)


@pytest.fixture
def city(session: Session) -> Session:
    """A small city as the demonstration invents it."""
    make_city(session, employers=60, examinations=700, seed=3, on=today())
    session.commit()
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
