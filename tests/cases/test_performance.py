"""Figures of performance: medians out of counts, every figure opens exactly its rows, small counts are hidden from who may not open them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ohs.accounts.models import User
from ohs.accounts.reports import find_report, prepare_export
from ohs.cases import performance_rows
from ohs.cases.durations import CaseDuration
from ohs.cases.performance import COUNTY, MONTH, OFFICE, STEP, Figures, Narrowed, figures_by
from ohs.cases.performance_rows import OPEN_ORDERS, ROW_ORDERS, ended_rows, ended_steps, open_rows, open_steps
from ohs.cases.waiting import settle
from ohs.kernel.clock import today
from ohs.kernel.ledger import Parts, keys_of
from ohs.kernel.paging import paginate
from tests.cases.ways import DAY, TO_DIAGNOSIS, go
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, act, make_case, make_people

NOTIFY = "suspected-notify-worker"


def told_after(session: Session, people: People, *days: int, on: date | None = None) -> None:
    """Suspected diseases told so many days after they were found."""
    for number in days:
        found = (on or today() - timedelta(days=60)) - timedelta(days=number)
        case = make_case(session, people, "susp", on=found)
        told = {"told_worker_on": found + timedelta(days=number), "told_employer_on": found + timedelta(days=number), "how_told": "writing"}
        act(session, people, case, "CLIN", "notify", found + timedelta(days=number), **told)
    session.flush()


def line_of(session: Session, user: User, by: str, key: Any, **wanted: Any) -> Figures:
    return next(line for line in figures_by(session, user, by, Narrowed(**wanted), today()) if line.key == key)


@pytest.mark.parametrize(
    ("took", "median", "ninetieth"),
    [({3: 1}, 3, 3), ({1: 1, 9: 1}, 1, 9), ({1: 5, 2: 4, 30: 1}, 1, 2), ({1: 8, 20: 2}, 1, 20), ({4: 1, 5: 1, 6: 1}, 5, 6)],
)
def test_medians_are_reckoned_from_counts(took: dict[int, int], median: int, ninetieth: int) -> None:
    line = Figures("x", took, met=sum(took.values()))
    assert (line.median, line.ninetieth) == (median, ninetieth)


def test_a_step_has_its_median_its_share_in_time_and_what_is_open(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 3, 4, 40)
    line = line_of(session, people.HLTH, STEP, NOTIFY)
    assert (line.count, line.late, line.median, line.ninetieth, line.share) == (5, 1, 3, 40, 0.8)
    assert line.may_open and not line.is_hidden
    report = line_of(session, people.HLTH, STEP, "suspected-report-employer")
    assert report.open_count == 5 and report.open["quarter"] == 5 and report.may_open_waiting


@pytest.mark.parametrize("by", [STEP, OFFICE, COUNTY, MONTH])
def test_every_figure_counts_exactly_the_rows_that_it_opens(session: Session, by: str) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 40)
    contra = make_case(session, people, "contra", on=today() - timedelta(days=9))
    told_on = today() - timedelta(days=7)
    act(session, people, contra, "CLIN", "notify", told_on, told_worker_on=told_on, told_employer_on=told_on, how_told="writing")
    names = {STEP: "step", OFFICE: "office", COUNTY: "county", MONTH: "months"}
    lines = figures_by(session, people.HLTH, by, Narrowed(), today())
    assert lines
    for line in lines:
        own = Narrowed(**{names[by]: (line.key,) if by == MONTH else str(line.key)})
        rows = session.scalars(ended_rows(people.HLTH, by, own)).all()
        assert (len(rows), sum(row.is_late for row in rows)) == (line.count, line.late)
        for age, count in line.open.items():
            question = open_rows(people.HLTH, own, age, today())
            assert len(session.scalars(question).all()) == count, (line.key, age)
    total = session.scalar(select(func.count()).select_from(CaseDuration))
    assert sum(line.count for line in lines) == total


def paged(session: Session, parts: Parts, orders: Any, order: str) -> list[int]:
    """Every row of a list, read page by page."""
    found, cursor = [], ""
    while True:
        page = paginate(session, parts.rows, keys_of(orders, order, order), cursor=cursor, size=20, parts=parts.of(order.removeprefix("-")))
        found += [row.id for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize(("few", "steps"), [(2_000, 12), (2_000, 0), (0, 12), (0, 0)])
def test_whichever_index_leads_a_figure_opens_the_same_rows(
    session: Session, monkeypatch: pytest.MonkeyPatch, few: int, steps: int
) -> None:
    monkeypatch.setattr(performance_rows, "FEW", few)
    monkeypatch.setattr(performance_rows, "STEPS", steps)
    people = make_people(session)
    told_after(session, people, *range(1, 26), 40)
    told_after(session, people, 1, 2, on=today() - timedelta(days=100))
    contra = make_case(session, people, "contra", on=today() - timedelta(days=9))
    far = make_case(session, people, "susp", on=today() - timedelta(days=3))
    far.county_code = "330482"
    settle(session, contra)
    settle(session, far)
    office, month = str(people.CLIN.organisation_id), f"{today() - timedelta(days=60):%Y-%m}"
    narrowed = [
        Narrowed(), Narrowed(step=NOTIFY), Narrowed(kind="susp"), Narrowed(county="330402"), Narrowed(actor="CLIN"), Narrowed(office=office),
        Narrowed(office="0"), Narrowed((month,)), Narrowed((month,), step=NOTIFY, county="330402"), Narrowed(step="none-such"),
    ]  # fmt: skip
    for user in (people.HLTH, people.CLIN, people.SAFE, people.HRSS):
        for wanted in narrowed:
            for only_late in (False, True):
                question = ended_rows(user, STEP, wanted, only_late=only_late)
                count, parts = ended_steps(session, user, STEP, wanted, only_late=only_late)
                for order in ROW_ORDERS:
                    column = ROW_ORDERS[order][0].column
                    rows = session.scalars(question.order_by(None).order_by(column, CaseDuration.id)).all()
                    assert paged(session, parts, ROW_ORDERS, order) == [row.id for row in rows], (wanted, order)
                    assert paged(session, parts, ROW_ORDERS, f"-{order}") == [row.id for row in reversed(rows)]
                    assert count == len(rows)
            for age in ("", "week", "month", "quarter"):
                waits = session.scalars(open_rows(user, wanted, age, today())).all()
                count, parts = open_steps(session, user, wanted, age, today())
                ids = [row.id for row in sorted(waits, key=lambda row: (row.due_on, row.clock_id or 0, row.id))]
                assert paged(session, parts, OPEN_ORDERS, "due") == ids and count == len(ids), (wanted, age)


def test_an_institution_sees_its_own_steps_and_another_county_none(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2)
    assert line_of(session, people.CLIN, STEP, NOTIFY).may_open
    assert {line.key for line in figures_by(session, people.CLIN, OFFICE, Narrowed(), today())} == {people.CLIN.organisation_id}
    assert figures_by(session, people.DIAG, STEP, Narrowed(), today()) == []
    far = make_user(session, "health", make_organisation(session, region_code="330482"))
    assert figures_by(session, far, STEP, Narrowed(), today()) == []


def test_who_may_know_counts_only_is_not_told_small_ones(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 3, 4)
    line = line_of(session, people.SAFE, STEP, NOTIFY)
    assert line.is_hidden and (line.median, line.share) == (None, None) and not line.may_open
    assert session.scalars(ended_rows(people.SAFE, STEP, Narrowed())).all() == []
    told_after(session, people, 5)
    line = line_of(session, people.SAFE, STEP, NOTIFY)
    assert not line.is_hidden and line.count == 5 and not line.may_open, "a count, and no row"


def test_human_resources_read_figures_of_work_injury_and_complaints_only(session: Session) -> None:
    """1.4: no examination, contraindication or suspected disease, not even counted."""
    people = make_people(session)
    told_after(session, people, *range(1, 7))
    make_case(session, people, "contra", on=today() - timedelta(days=9))
    confirmed = make_case(session, people, "susp", on=today() - timedelta(days=9))
    go(session, people, confirmed, f"{TO_DIAGNOSIS}, DIAG main conclude-yes")
    go(session, people, make_case(session, people, "complaint", on=DAY), "HLTH main answer")
    session.flush()
    seen = {line.key for line in figures_by(session, people.HRSS, STEP, Narrowed(), today())}
    assert seen == {"complaint-answer", "work-injury-apply-worker"}
    assert seen < {line.key for line in figures_by(session, people.SAFE, STEP, Narrowed(), today())}


def test_small_parts_of_a_count_are_not_told_either(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 3, 4, 5, 40)
    line = line_of(session, people.SAFE, STEP, NOTIFY)
    assert (line.count, line.is_hidden, line.is_late_hidden, line.share) == (6, False, True, None), "one was late: nobody is told"
    told_after(session, people, 1, on=today() - timedelta(days=3))
    report = line_of(session, people.SAFE, STEP, "suspected-report-employer")
    assert (report.open_count, report.is_open_hidden, report.are_ages_hidden) == (7, False, True)
    assert not line_of(session, people.HLTH, STEP, NOTIFY).is_late_hidden


def test_no_small_count_is_hidden_alone(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, *[1] * 6, on=today() - timedelta(days=70))
    told_after(session, people, *[1] * 9, on=today() - timedelta(days=135))
    told_after(session, people, 1, on=today() - timedelta(days=35))
    hidden = sorted(line.count for line in figures_by(session, people.SAFE, MONTH, Narrowed(step=NOTIFY), today()) if line.is_hidden)
    assert hidden == [1, 6], "the total less the others would tell the one"


def test_the_page_links_each_figure_to_as_many_rows(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 40)
    as_user(people.HLTH)
    text = browse("/cases/performance").get_data(as_text=True)
    links = re.findall(r'href="(/cases/performance/(?:steps|open)\?[^"]*)">([\d,]+)</a>', text)
    assert len(links) >= 5
    for address, count in links:
        as_user(people.HLTH)
        assert f"共 {count} " in browse(unescape(address)).get_data(as_text=True), address
    for by in ("office", "county", "month"):
        as_user(people.HLTH)
        browse(f"/cases/performance?by={by}&period=all")
    as_user(people.SAFE)
    shown = browse("/cases/performance").get_data(as_text=True)
    assert "&lt; 5" in shown and "/cases/performance/steps" not in shown


def test_the_workbook_holds_what_the_page_shows(session: Session) -> None:
    people = make_people(session)
    told_after(session, people, 1, 2, 3)
    for name, user, wanted in (("performance", people.HLTH, 3), ("performance", people.SAFE, "< 5")):
        report = find_report(name)
        assert report is not None
        rows = list(prepare_export(session, user, report, MultiDict({"period": "all", "step": NOTIFY})).rows())
        assert [row[1] for row in rows] == [wanted]
    report = find_report("performance-steps")
    assert report is not None
    rows = list(prepare_export(session, people.HLTH, report, MultiDict({"period": "all", "step": NOTIFY})).rows())
    assert sorted(row[9] for row in rows) == [1, 2, 3]
