"""What stands on the papers of a joint meeting: its agenda, its minutes."""

from __future__ import annotations

from exports.meeting import AgendaSheet, Decided, MinutesSheet, Proposed
from ohs.cases.meeting_models import Meeting, MeetingItem
from ohs.cases.transfer_labels import CAUSE_LABELS
from ohs.kernel.i18n import in_language

#: The language of official papers.
OFFICIAL = "zh_Hans_CN"
SYSTEM = "系统（逾期自动列入）"


def agenda_of(meeting: Meeting) -> AgendaSheet:
    """The agenda; of a closed meeting, what it decided."""
    return AgendaSheet(
        meeting.number,
        meeting.held_on,
        meeting.place,
        meeting.chair,
        tuple(meeting.members.splitlines()),
        tuple(_proposed(item) for item in meeting.items),
    )


def minutes_of(meeting: Meeting) -> MinutesSheet:
    """The minutes of a closed meeting."""
    assert meeting.closed_on is not None
    decided = tuple(
        Decided(_proposed(item), item.decision, item.owner.name if item.owner else "", item.due_on)
        for item in meeting.items
        if item.decided_on
    )
    return MinutesSheet(
        meeting.number,
        meeting.held_on,
        meeting.place,
        meeting.chair,
        tuple(meeting.members.splitlines()),
        decided,
        meeting.minutes,
        meeting.closed_on,
    )


def _proposed(item: MeetingItem) -> Proposed:
    with in_language(OFFICIAL):
        cause = str(CAUSE_LABELS[item.cause])
    return Proposed(
        item.number,
        cause,
        item.proposer.name if item.proposer else SYSTEM,
        tuple(dict.fromkeys(one.case.number for one in item.about)),
        item.why,
    )
