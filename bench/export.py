"""A ledger of 100,000 examinations in 30 styled columns, from the database to the file, against openpyxl writing the same cells."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from sqlalchemy import select

from bench.city import Server, fill, scratch
from bench.measure import Line, Settings, main, medians, peak_mib
from exports.sheet import LedgerColumn, write_ledger
from ohs.accounts.models import User
from ohs.accounts.reports import MARK, Arguments, content_for, find_report
from ohs.kernel.database import db
from ohs.kernel.i18n import say
from ohs.kernel.paging import capped_count

EXAMINATIONS, QUICK_EXAMINATIONS = 100_000, 10_000
#: The budget is a share of openpyxl's time; memory must not grow with the rows.
BUDGET, FLAT = 0.2, 1.25
#: Memory is held against an export of one row in so many.
PART = 10
#: Reads all of the city.
READER = "health-330400"
FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "number": "#,##0.###", "share": "0.0%", "text": "@"}


def ours(folder: Path, share: int = 1) -> tuple[list[LedgerColumn], int]:
    """The report of all examinations of the city, the question included; of a part of its rows where a share is given.

    Straight from the register of reports: a person would need a colleague's consent, the bench does not.
    """
    user = db.session.scalars(select(User).where(User.login == READER)).one()
    report = find_report("examinations")
    assert report is not None
    content = content_for(db.session(), user, report, Arguments())
    columns, mark = [*content.columns, MARK], f"{user.login} 2026-11-23 08:00 bench"
    count = capped_count(db.session(), content.question, EXAMINATIONS) // share
    write_ledger(folder / "ours.xlsx", say(report.title), columns, ([*row, mark] for row in islice(content.rows(), count)), say)
    db.session.rollback()
    return columns, count


def openpyxl_write(folder: Path, columns: Sequence[LedgerColumn], rows: Sequence[Sequence[Any]]) -> None:
    """The same cells, already in memory, by openpyxl in write-only mode with a styled heading and a format for each column."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("x")
    sheet.freeze_panes = "A2"
    font, filled = Font(bold=True), PatternFill("solid", fgColor="FFE4EAF3")
    head = []
    for column in columns:
        cell = WriteOnlyCell(sheet, say(column.heading))
        cell.font, cell.fill = font, filled
        head.append(cell)
    sheet.append(head)
    formats = [FORMATS[column.kind] for column in columns]
    for row in rows:
        cells = []
        for value, number_format in zip(row, formats, strict=True):
            cell = WriteOnlyCell(sheet, value)
            cell.number_format = number_format
            cells.append(cell)
        sheet.append(cells)
    book.save(folder / "theirs.xlsx")


def peak_of(folder: Path, share: int) -> float:
    """The most memory that a fresh process holds that writes a share of the rows; run in a process of its own."""
    with Server("sqlite", folder).app("city").app_context():
        ours(folder, share)
    return peak_mib()


def bench(settings: Settings) -> Iterator[Line]:
    """Time against openpyxl, then memory against a tenth of the rows."""
    with scratch() as folder:
        server = Server("sqlite", folder)
        fill(server, "city", examinations=QUICK_EXAMINATIONS if settings.is_quick else EXAMINATIONS)
        with server.app("city").app_context():
            yield from _times(folder, settings.repeats)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as alone:
            part, whole = (alone.submit(peak_of, folder, share).result() for share in (PART, 1))
    yield Line("memory of that export / of a tenth of its rows", whole / part, FLAT, detail=f"{whole:.0f} MiB / {part:.0f} MiB at the peak")


def _times(folder: Path, repeats: int) -> Iterator[Line]:
    columns, count = ours(folder)
    rows = list(load_workbook(folder / "ours.xlsx", read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert len(rows) == count
    taken = medians({"ours": lambda: ours(folder), "openpyxl": lambda: openpyxl_write(folder, columns, rows)}, repeats)
    yield Line(
        f"export of {count:,} × {len(columns)} from the database / openpyxl write-only of the same cells", taken["ours"] / taken["openpyxl"], BUDGET,
        detail=f"{taken['ours']:.1f} s / {taken['openpyxl']:.1f} s",
    )  # fmt: skip


if __name__ == "__main__":
    main(bench, __doc__ or "")
