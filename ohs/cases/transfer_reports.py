"""What can be taken out about hand-overs and the joint meeting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.cases.meeting_forms import ItemFilterForm
from ohs.cases.meeting_queries import ORDERS, items_on_list
from ohs.cases.transfer_forms import ScorecardForm
from ohs.cases.transfer_labels import CAUSE_LABELS
from ohs.cases.transfer_scorecard import scorecard
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission

SCORES = (
    LedgerColumn("name", Message("Office or institution"), 34), LedgerColumn("sent", Message("Handed on"), 10, "number"), LedgerColumn("received", Message("Handed to it"), 10, "number"),
    LedgerColumn("accepted", Message("Taken over"), 10, "number"), LedgerColumn("refused", Message("Refused"), 10, "number"), LedgerColumn("lapsed", Message("Not answered in time"), 10, "number"),
    LedgerColumn("waiting", Message("Waiting"), 10, "number"), LedgerColumn("median", Message("Median waiting"), 16, "number"),
    LedgerColumn("longest", Message("Longest waiting"), 16, "number"), LedgerColumn("in_time", Message("Answered in time"), 12, "share"),
)  # fmt: skip
ITEMS = (
    LedgerColumn("number", Message("Number"), 18), LedgerColumn("cause", Message("Cause"), 18), LedgerColumn("cases", Message("Cases"), 30),
    LedgerColumn("proposer", Message("Proposed by"), 30), LedgerColumn("proposed_on", Message("Proposed on"), 12, "day"), LedgerColumn("why", Message("What is to be decided"), 40),
    LedgerColumn("decision", Message("Decision"), 40), LedgerColumn("meeting", Message("Meeting"), 10), LedgerColumn("owner", Message("Owner"), 30),
    LedgerColumn("due_on", Message("To be done by"), 12, "day"), LedgerColumn("result", Message("Result"), 40), LedgerColumn("result_on", Message("Done on"), 12, "day"),
)  # fmt: skip


def _scores(session: Session, _user: Any, form: ScorecardForm, _sort: str) -> Content:
    rows = scorecard(session, *form.span(today()), today())

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            yield [row.name, row.sent, row.received, row.accepted, row.refused, row.lapsed, row.waiting, row.median, row.longest, row.share]

    return Content(SCORES, rows, lines)


def _items(session: Session, _user: Any, form: ItemFilterForm, sort: str) -> Content:
    question = items_on_list(form.filters(), today())

    def lines() -> Iterator[list[Any]]:
        for item in session.scalars(in_order(question, keys_of(ORDERS, sort, "-new"))).unique():
            yield [
                item.number, str(CAUSE_LABELS[item.cause]), "、".join(one.case.number for one in item.about), item.proposer.name if item.proposer else say(Message("the system")),
                item.proposed_on, item.why, item.decision, item.meeting.number if item.meeting else "", item.owner.name if item.owner else "", item.due_on,
                item.result, item.result_on,
            ]  # fmt: skip

    return Content(ITEMS, question, lines)


REPORTS = (
    Report("hand-overs", Message("Scorecard of hand-overs"), Permission.TRANSFER_FIGURES, "cases.transfer_figures", ScorecardForm, _scores, "transfers:exported"),
    Report("joint-meeting", Message("List of the joint meeting"), Permission.JOINT_MEETING_READ, "joint_meeting.index", ItemFilterForm, _items, "meeting-item:exported"),
)  # fmt: skip
