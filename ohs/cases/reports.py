"""What can be taken out about cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.cases.case_lists import ORDERS, filtered_cases
from ohs.cases.cuts import cut_for
from ohs.cases.forms import CaseFilterForm
from ohs.cases.handling import with_hands
from ohs.cases.labels import kind_name
from ohs.cases.models import Case
from ohs.cases.next_days import next_days
from ohs.cases.queries import for_list
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.registry.labels import county_name

COLUMNS = (
    LedgerColumn("number", Message("Number"), 26),
    LedgerColumn("kind", Message("Kind of case"), 18),
    LedgerColumn("status", Message("Status"), 20),
    LedgerColumn("worker", Message("Worker"), 10),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("owner", Message("Office that answers for it"), 30),
    LedgerColumn("assignee", Message("In whose hands"), 12),
    LedgerColumn("opened_on", Message("Opened on"), 12, "day"),
    LedgerColumn("due_on", Message("Next day"), 12, "day"),
    LedgerColumn("closed_on", Message("Closed on"), 12, "day"),
)


def _cases(session: Session, user: Any, form: CaseFilterForm, sort: str) -> Content:
    question = filtered_cases(session, user, form.filters(), today())

    def rows() -> Iterator[list[Any]]:
        ordered = with_hands(user, in_order(for_list(question), keys_of(ORDERS, sort, "-new")))
        for some in session.execute(ordered.execution_options(yield_per=1000)).partitions():
            days = next_days(session, user, [case for case, _hand in some])
            for case, hand in some:
                yield [
                    case.number, say(kind_name(case.kind)), say(cut_for(user, case).status(case)), mask_name(case.worker.standing.name) if case.worker else "",
                    case.employer.standing.name if case.employer else "", county_name(case.county_code), case.owner.name,
                    hand or "", case.opened_on, days[case.id], case.closed_on,
                ]  # fmt: skip

    return Content(COLUMNS, question, rows, keys_of_workers(question, Case.worker_id))


REPORTS = (
    Report(
        "cases", Message("Cases"), Permission.CASE_EXPORT, "cases.index", CaseFilterForm, _cases, "case:exported", is_about_workers=True
    ),
)
