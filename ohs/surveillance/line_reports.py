"""What can be taken out about the workers of cases of examinations not done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.cases.kinds import KINDS
from ohs.cases.models import CaseLine
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of
from ohs.kernel.masks import mask_id_number, mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.surveillance.line_forms import LineFilterForm
from ohs.surveillance.line_queries import ORDERS, for_list, lines_visible_to
from ohs.surveillance.line_views import OUTCOME_LABELS

COLUMNS = (
    LedgerColumn("case", Message("Case"), 26),
    LedgerColumn("subtype", Message("Kind"), 14),
    LedgerColumn("name", Message("Worker"), 10),
    LedgerColumn("id_number", Message("Identity number"), 22),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("due_on", Message("Due since"), 12, "day"),
    LedgerColumn("outcome", Message("Outcome"), 18),
    LedgerColumn("claim", Message("Proof waits for a decision"), 20),
    LedgerColumn("record", Message("Number of the card"), 22),
    LedgerColumn("examined_on", Message("Examined on"), 12, "day"),
    LedgerColumn("proof", Message("Proof"), 26),
    LedgerColumn("closed_on", Message("Settled on"), 12, "day"),
)


def _lines(session: Session, user: Any, form: LineFilterForm, sort: str) -> Content:
    question = lines_visible_to(user, form.filters())
    is_own = bool({"clinic", "employer"} & user.role_names)

    def rows() -> Iterator[list[Any]]:
        ordered = in_order(for_list(question), keys_of(ORDERS, sort, "due"))
        for line in session.scalars(ordered.execution_options(yield_per=1000)):
            case, worker = line.case, line.worker.standing
            yield [
                case.number, say(KINDS[case.kind].subtypes[case.subtype]) if case.subtype else "", worker.name if is_own else mask_name(worker.name),
                mask_id_number(worker.id_number), case.employer.standing.name if case.employer else "", line.due_on,
                say(OUTCOME_LABELS[line.outcome]) if line.outcome else say(Message("Not settled")), say(OUTCOME_LABELS[line.claim]) if line.claim else "",
                line.record, line.examined_on, line.proof.filename if line.proof else "", line.closed_on,
            ]  # fmt: skip

    return Content(COLUMNS, question, rows, keys_of_workers(question, CaseLine.worker_id))


REPORT = Report(
    "overdue-workers", Message("Workers whose examination was not made"), Permission.CASE_LINE_LIST, "lines.index", LineFilterForm, _lines,
    "case-line:exported", is_about_workers=True, orders=lambda _user: ORDERS,
)  # fmt: skip
