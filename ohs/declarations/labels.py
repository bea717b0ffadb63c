"""What statuses and events of declarations are called, and who must act by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ohs.declarations.models import Declaration, Filing
from ohs.declarations.rules import clock_of_filing, duty_of
from ohs.kernel.message import Message
from ohs.rulebook.deadlines import WorkCalendar, find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.time_left import working_days_between

STATUS_LABELS = {
    "draft": Message("Draft"),
    "submitted": Message("Submitted"),
    "returned": Message("Returned"),
    "accepted": Message("Accepted"),
    "superseded": Message("Superseded"),
}
STATUS_COLOURS = {"draft": "", "submitted": "blue", "returned": "orange", "accepted": "green", "superseded": ""}
STANDING_LABELS = {
    "none": Message("Never accepted"),
    "live": Message("Live"),
    "change_due": Message("Change due"),
    "update_due": Message("Update due"),
    "lapsed": Message("Lapsed"),
    "untrue": Message("Found untrue"),
    "cancel_pending": Message("Closure reported"),
    "cancelled": Message("Cancelled"),
}
STANDING_COLOURS = {
    "none": "", "live": "green", "change_due": "orange", "update_due": "orange", "lapsed": "red", "untrue": "red", "cancel_pending": "blue", "cancelled": "",
}  # fmt: skip
#: What the public check of a receipt says of a filing that is not in order.
RECEIPT_STANDINGS = {
    "lapsed": Message("The filing has lapsed: an update or a change was not filed in time."),
    "untrue": Message("A spot check has found the declaration untrue; it must be corrected."),
    "cancelled": Message("The filing was cancelled since."),
}
#: Standings in which nothing is overdue, and those in which a workplace declares at all.
IN_ORDER = ("live", "update_due", "change_due")
DECLARING = (*IN_ORDER, "lapsed", "untrue", "cancel_pending")
#: Groups of standings that filters offer beside the single ones.
STANDING_GROUPS = {"in-order": (Message("In order"), IN_ORDER), "declaring": (Message("All that declare"), DECLARING)}
EVENT_LABELS = {
    "create": Message("Draft begun"),
    "submit": Message("Submitted to the office"),
    "resubmit": Message("Handed in again"),
    "withdraw": Message("Withdrawn"),
    "return": Message("Returned for correction"),
    "accept": Message("Accepted, receipt issued"),
    "found-untrue": Message("Found untrue"),
    "month-11-reached": Message("The window of the annual update opened"),
    "limit-passed": Message("The limit passed: lapsed"),
    "closure-reported": Message("Closure reported"),
    "confirm": Message("Closure confirmed: cancelled"),
    "refuse": Message("Closure not confirmed"),
    "change-trigger": Message("A change became due"),
    "no-action": Message("The office let its limit pass"),
}


@dataclass(frozen=True)
class Wait:
    """Who must act by when, and how many days are left: working days where the clock counts them."""

    who: Message | str
    act: Message
    due_on: date | None
    left: int | None
    is_working: bool
    is_statutory: bool
    is_provisional: bool
    article: str

    @property
    def is_late(self) -> bool:
        return self.left is not None and self.left < 0


def _wait(who: Message | str, act: Message, due_on: date | None, slug: str, on: date, work: WorkCalendar) -> Wait:
    row = find_deadline(slug, on)
    is_working = bool(row and row["unit"] == "working_day")
    left, provisional = None, False
    if due_on is not None:
        left = working_days_between(on, due_on, work) if is_working else (due_on - on).days
        provisional = not work.is_published(due_on)
    return Wait(
        who, act, due_on, left, is_working, bool(row and row["statutory"] == "yes"), provisional, cited(row["article"]) if row else ""
    )


def wait_of(declaration: Declaration, office: str, on: date, work: WorkCalendar) -> Wait | None:
    """What a version waits for."""
    match declaration.status:
        case "submitted":
            return _wait(office, Message("accept or return"), declaration.due_on, "declaration-receipt", on, work)
        case "returned":
            return _wait(
                declaration.employer.name, Message("correct and hand in again"), declaration.due_on, "declaration-correction", on, work
            )
        case "draft":
            slug, _start = duty_of(declaration.kind, declaration.form)
            return _wait(declaration.employer.name, Message("complete and hand in"), declaration.due_on, slug, on, work)
    return None


def wait_of_filing(filing: Filing, employer: Any, office: str, closure_due_on: date | None, on: date, work: WorkCalendar) -> Wait | None:
    """What a filing waits for."""
    match filing.status:
        case "update_due":
            act, due_on = Message("file the annual update"), filing.update_closes_on
            return _wait(employer.name, act, due_on, clock_of_filing(filing.status, None), on, work)
        case "change_due":
            act, due_on = Message("declare the change"), filing.change_due_on
            return _wait(employer.name, act, due_on, clock_of_filing(filing.status, filing.change_reason), on, work)
        case "untrue":
            act, due_on = Message("correct the declaration"), filing.correction_due_on
            return _wait(employer.name, act, due_on, clock_of_filing(filing.status, None), on, work)
        case "lapsed":
            return _wait(employer.name, Message("file at once: the limit has passed"), None, "declaration-update-late", on, work)
        case "cancel_pending":
            return _wait(office, Message("confirm the closure"), closure_due_on, "declaration-cancel-confirm", on, work)
    return None
