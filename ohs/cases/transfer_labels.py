"""What hand-overs and items of the joint meeting are called, and in which colours they are shown."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.labels import TRACK_LABELS
from ohs.cases.meeting_models import CAMPAIGN, COMPETENCE, LATE, TRANSFER_REFUSED
from ohs.cases.transfers_models import ACCEPTED, DROPPED, LAPSED, PULLED, REFUSED, REVOKED, SENT, UNANSWERED

#: What is handed over.
PART_LABELS = {**TRACK_LABELS, MAIN: _l("The case itself")}
KIND_LABELS = {SENT: _l("sent"), PULLED: _l("asked for")}
ANSWER_LABELS = {
    "": _l("waits for an answer"),
    ACCEPTED: _l("taken over"),
    REFUSED: _l("refused"),
    REVOKED: _l("taken back"),
    LAPSED: _l("not answered: belongs to the receiver"),
    UNANSWERED: _l("not answered: the joint meeting decides"),
    DROPPED: _l("no longer needed"),
}
ANSWER_COLOURS = {"": "blue", ACCEPTED: "green", REFUSED: "red", REVOKED: "", LAPSED: "orange", UNANSWERED: "orange", DROPPED: ""}
CAUSE_LABELS = {
    COMPETENCE: _l("Dispute of competence"),
    LATE: _l("Late beyond every step of the ladder"),
    CAMPAIGN: _l("Plan of a campaign"),
    TRANSFER_REFUSED: _l("Hand-over refused"),
}
