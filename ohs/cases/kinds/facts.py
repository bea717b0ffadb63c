"""Facts that several acts ask for, named once."""

from __future__ import annotations

from collections.abc import Mapping

from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Situation
from ohs.kernel.message import Message


def text(key: str, label: Message, *, is_required: bool = True, is_medical: bool = False) -> Fact:
    """Something written."""
    return Fact(key, label, "text", is_required, is_medical=is_medical)


def day(key: str, label: Message, *, is_required: bool = True) -> Fact:
    """A day, not in the future unless its key ends with `until_on` or `planned_on`."""
    return Fact(key, label, "day", is_required)


def yes(key: str, label: Message) -> Fact:
    """Something that is so or not."""
    return Fact(key, label, "yes", is_required=False)


def choice(
    key: str,
    label: Message,
    choices: Mapping[str, Message],
    *,
    is_required: bool = True,
    is_medical: bool = False,
    is_of_injury: bool = False,
) -> Fact:
    """One of several."""
    return Fact(key, label, "choice", is_required, dict(choices), is_medical, is_of_injury)


def institution(key: str, label: Message, *, is_required: bool = True) -> Fact:
    """An institution of the register."""
    return Fact(key, label, "institution", is_required)


def diagnosing(key: str, label: Message) -> Fact:
    """A diagnosis institution of the register."""
    return Fact(key, label, "diagnosis")


def clinic(key: str, label: Message) -> Fact:
    """A clinic of the register."""
    return Fact(key, label, "clinic")


REASON = text("reason", Message("Reason"))
TOLD_WORKER_ON = day("told_worker_on", Message("Day on which the worker was told"))
TOLD_EMPLOYER_ON = day("told_employer_on", Message("Day on which the employer was told"))
#: Told are both: the later day counts.
TOLD_BOTH = (TOLD_WORKER_ON.key, TOLD_EMPLOYER_ON.key)
HOW_TOLD = choice(
    "how_told",
    Message("How"),
    {"writing": Message("In writing, signed for"), "mail": Message("By registered mail"), "personal": Message("In person, noted")},
)
UNTIL_ON = day("until_on", Message("To be done by"))
DOCUMENT_NO = text("document_no", Message("Number of the document"))
CAUSE = text("cause", Message("Cause"))
CERTIFICATE = (text("certificate_no", Message("Number of the certificate")), day("issued_on", Message("Day of issue")))
#: The day since which a finding is known that a correction has brought; told by no form.
KNOWN_ON = "known_on"
#: What a duty beside the status is told with.
DONE_ON = day("done_on", Message("Day on which it was done"))
NOTE = text("note", Message("Note"), is_required=False)


#: Two files of a worker were made one, or two again: lines of cases that stand for the same.
FILE_JOINED, FILE_PARTED = "file-joined", "file-parted"


def _is_corrected(situation: Situation) -> Message | None:
    """A bar: the clinic has corrected the record, and no other one says the same; or an older case of the same worker goes on."""
    if situation.has_happened("finding-corrected") and not situation.records:
        return None
    if situation.told(FILE_JOINED, "is_younger") and situation.last(MAIN, (FILE_JOINED, FILE_PARTED)) == FILE_JOINED:
        return None
    return Message("The finding stands: no clinic has corrected it.")


#: What a corrected examination brings: by itself where nobody has acted on it, by the health department otherwise.
CORRECTED = (
    Act("finding-corrected", Message("Finding corrected by the clinic"), tells=frozenset({"HLTH", "EMP"})),
    Act("withdraw-finding", Message("Close: finding corrected"), (REASON,), bar=_is_corrected, tells=frozenset({"EMP", "CLIN"})),
)
#: Events by which a case ends because what it rested on was never so: nobody was bound by anything.
WITHDRAWING = frozenset(act.event for act in CORRECTED)
CLOSED_WITHDRAWN = {"closed_withdrawn": Message("Closed: finding corrected")}
