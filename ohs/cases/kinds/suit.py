"""A suit over an award (起诉): the employer may sue within its limit after the diagnosis procedure, whose days the award had interrupted.

The suit suspends nothing by itself: treatment goes on to be paid as for the disease (ODL art. 49), and whether the work-injury decision
waits for the court, HR says on its own track.
"""

from __future__ import annotations

from ohs.cases.kinds.facts import DOCUMENT_NO, choice, day, text
from ohs.cases.kinds.guards import in_time, passed
from ohs.cases.kinds.vocabulary import MAIN, Act, Situation
from ohs.kernel.message import Message

SUIT = "suit"
#: Statuses in which nobody can sue any more, and nobody does.
SETTLED = frozenset({"", "suit_unused", "suit_ended"})
#: The procedure goes on after all: the limit begins anew when it has ended again.
AWAITS_END = "suit_waiting"
#: Statuses in which nobody has sued, so that they fall back to it.
NOT_SUED = frozenset({"suit_open", "suit_unused"})

SUIT_ACTS = (
    Act(
        "procedure-ended",
        Message("Diagnosis procedure ended: the employer may sue over the award"),
        tells=frozenset({"EMP", "HLTH", "HRSS"}),
    ),
    Act(
        "file-suit",
        Message("Enter the suit over the award"),
        (day("filed_on", Message("Day of filing")), text("court", Message("Court")), DOCUMENT_NO),
        guard=in_time("arbitration-suit", "filed_on"),
        tells=frozenset({"HLTH", "HRSS", "DIAG"}),
        kept_on=("filed_on",),
    ),
    Act(
        "nobody-sued",
        Message("Nobody has sued: the award stands"),
        bar=passed("arbitration-suit", Message("The limit for a suit has not passed yet.")),
        tells=frozenset({"EMP", "HLTH", "HRSS"}),
    ),
    Act(
        "procedure-goes-on",
        Message("Diagnosis procedure goes on: the limit for a suit begins when it has ended"),
        tells=frozenset({"EMP", "HLTH", "HRSS"}),
    ),
    Act(
        "suit-ended",
        Message("Enter how the suit has ended"),
        (
            choice(
                "result",
                Message("Result"),
                {
                    "stands": Message("The award stands"),
                    "changed": Message("The court has decided otherwise"),
                    "withdrawn": Message("The suit was withdrawn"),
                },
            ),
            day("ended_on", Message("Day on which the suit ended")),
            DOCUMENT_NO,
        ),
        tells=frozenset({"EMP", "HLTH", "HRSS", "DIAG"}),
    ),
)
SUIT_STATUSES = {
    "suit_open": Message("The employer may sue over the award"),
    AWAITS_END: Message("The diagnosis procedure goes on"),
    "suit_filed": Message("Sued over the award"),
    "suit_unused": Message("Nobody has sued"),
    "suit_ended": Message("Suit ended"),
}


def is_disputed_no_more(situation: Situation) -> bool:
    """Whether no suit over an award is open or still possible."""
    return situation.statuses.get(SUIT, "") in SETTLED


def may_be_sued_over(situation: Situation) -> bool:
    """Whether an award was awaited during the diagnosis, and nothing was said of a suit yet."""
    return situation.statuses.get(SUIT, "") in ("", AWAITS_END) and situation.has_happened("arbitration", MAIN)
