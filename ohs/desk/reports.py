"""The figures of an area as a workbook: the tables of a department's desk, one below the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.desk.figures import BELOW, Counts, areas_below, columns_for, counts_of, figures_of, sectors_in
from ohs.desk.months import last_months
from ohs.kernel.clock import today
from ohs.kernel.filtering import FilterForm
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.registry.labels import SIZE_LABELS, industry_name

TITLES = {"city": Message("By county and zone"), "county": Message("By town"), "zone": Message("By town")}
COLUMNS = (
    LedgerColumn("table", Message("Table"), 14),
    LedgerColumn("name", Message("What is counted"), 34),
    LedgerColumn("declaring", Message("Declaring"), 12, "number"),
    LedgerColumn("in_order", Message("In order"), 12, "number"),
    LedgerColumn("share", Message("Share in order"), 12, "share"),
    LedgerColumn("exposed", Message("Exposed"), 12, "number"),
    LedgerColumn("examinations", Message("Examinations, 12 months"), 16, "number"),
    LedgerColumn("accepted", Message("Declarations accepted"), 14, "number"),
)


def _figures(session: Session, user: Any, _form: FilterForm, _sort: str) -> Content:
    shows = columns_for(user)
    hidden = {key for key, is_shown in (("exposed", shows["shows_exposed"]), ("examinations", shows["shows_examinations"])) if not is_shown}
    columns = [column for column in COLUMNS if column.key not in hidden]
    rows = [[row[column.key] for column in columns] for row in _lines(session, user)]
    return Content(columns, rows, lambda: iter(rows))


def _lines(session: Session, user: Any) -> Iterator[dict[str, Any]]:
    found, level = figures_of(session, user), user.organisation.level
    for code, name in areas_below(user):
        yield _line(TITLES[level], name, counts_of(found, BELOW, code))
    for code in sectors_in(found):
        yield _line(Message("By industry"), industry_name(code), counts_of(found, "sector", code))
    for size, label in SIZE_LABELS.items():
        yield _line(Message("By size"), str(label), counts_of(found, "size", size))
    for month in last_months(today()):
        yield dict.fromkeys(column.key for column in COLUMNS) | {
            "table": Message("Month"), "name": month, "examinations": found.examinations_by_month.get(month, 0),
            "accepted": found.accepted_by_month.get(month, 0),
        }  # fmt: skip


def _line(table: Message, name: str, counts: Counts) -> dict[str, Any]:
    return {
        "table": table, "name": name, "declaring": counts.declaring, "in_order": counts.in_order,
        "share": counts.in_order / counts.declaring if counts.declaring else None, "exposed": counts.exposed,
        "examinations": counts.examinations, "accepted": None,
    }  # fmt: skip


REPORTS = (
    Report("figures", Message("Figures of my area"), Permission.FIGURES_READ, "desk.index", FilterForm, _figures, "figures:exported"),
)
