"""What cases, their statuses, acts and clocks are called, and in which colours they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import DUTY, MAIN, Kind
from ohs.kernel.i18n import current_locale
from ohs.kernel.message import Message
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.documents import cited

ACTOR_LABELS = {
    "EMP": _l("Employer"),
    "CLIN": _l("Clinic"),
    "DIAG": _l("Diagnosis institution"),
    "TEST": _l("Testing institution"),
    "HLTH": _l("Health department"),
    "HRSS": _l("HR department"),
    "SAFE": _l("Safety department"),
    "TOWN": _l("Town grid"),
    "MED": _l("Other medical institution"),
    "WKR": _l("Worker"),
    "APPR": _l("Appraisal office"),
    "LCAC": _l("Labour-capacity committee"),
    "ARB": _l("Arbitration commission"),
    "UNION": _l("Trade union"),
    "system": _l("System"),
}
TRACK_LABELS = {
    MAIN: _l("Main way"),
    "appraisal": _l("Appraisal"),
    "work_injury": _l("Work-injury insurance"),
    "suit": _l("Suit over the award"),
    "duty": _l("Duty beside the status"),
    "transfer": _l("Hand-over"),
}
KIND_COLOURS = {"susp": "red", "contra": "orange", "recheck": "blue", "overdue": "orange", "overlimit": "red", "acute": "red"}
CLOCK_LABELS = {
    "running": _l("Running"),
    "paused": _l("Suspended"),
    "met": _l("Met"),
    "late": _l("Past the last day"),
    "dropped": _l("No longer needed"),
}
CLOCK_COLOURS = {"running": "blue", "paused": "", "met": "green", "late": "red", "dropped": ""}
ESCALATION_LABELS = {
    1: _l("Soon due"),
    2: _l("On the county leader’s list"),
    3: _l("Before the city department"),
    4: _l("Before the joint meeting"),
}
ESCALATION_COLOURS = {1: "orange", 2: "red", 3: "red", 4: "red"}


def kind_name(code: str) -> Message:
    """What a kind of case is called."""
    return KINDS[code].name


def status_name(kind: Kind, status: str) -> Message:
    """What a status is called."""
    return kind.statuses.get(status, Message(status))


def event_name(kind: Kind, track: str, event: str) -> Message:
    """What an act or a duty is called."""
    act = kind.act(track, event)
    if act is not None:
        return act.name
    duty = next((one for one in kind.duties if one.event == event), None)
    return duty.name if duty else OTHER_EVENTS.get(event, Message(event))


def to_do_name(code: str, what: str) -> Message:
    """What is to be done without a limit: a duty or the only act by its name, else the status from which a track must be brought."""
    kind = KINDS[code]
    if what in kind.wanted:
        return kind.wanted[what]
    if what not in kind.statuses:
        return event_name(kind, DUTY, what)
    acts = {(track, step.event) for track in kind.tracks for step in kind.steps_from(track, what) if step.actors != {"system"}}
    return event_name(kind, *acts.pop()) if len(acts) == 1 else status_name(kind, what)


#: Lines of the timeline that no table of lifecycles names: they leave every status as it is.
OTHER_EVENTS: dict[str, Message] = {
    "taken": Message("Case taken in hand"),
    "assigned": Message("Passed on within the office"),
    "reminded-by-hand": Message("Reminded"),
    "found-again": Message("Found again"),
    "record-corrected": Message("Record corrected by the clinic"),
    "lines-added": Message("Workers added to the list"),
    "moved-on": Message("Goes to another employer or place"),
    "document-issued": Message("Letter issued"),
    "document-voided": Message("Letter declared void"),
    "evidence-added": Message("Evidence put on file"),
    "evidence-taken-back": Message("Evidence taken back"),
    "payer-found": Message("Entered what changes who pays"),
    "payer-withdrawn": Message("Taken off what changes who pays"),
    "clock-suspended": Message("Clock suspended"),
    "clock-resumed": Message("Clock resumed"),
    "clock-extended": Message("Clock extended"),
    "handed-over": Message("Handed over"),
    "asked-for": Message("Asked for by another office"),
    "hand-over-accepted": Message("Hand-over accepted"),
    "hand-over-refused": Message("Hand-over refused"),
    "hand-over-revoked": Message("Hand-over taken back"),
    "hand-over-lapsed": Message("Not answered in time: belongs to the receiver"),
    "hand-over-unanswered": Message("Not answered in time: the joint meeting decides"),
    "hand-over-dropped": Message("Hand-over no longer needed"),
    "employment-ended": Message("Employment ended inside the protected period"),
    "file-joined": Message("Another case of the same worker stands for the same: two files became one"),
    "file-parted": Message("The files of two workers were parted: the other case is somebody else’s"),
    "visit-asked": Message("Visit on the spot asked of the town"),
    "visit-answered": Message("Visit on the spot answered"),
    "visit-withdrawn": Message("Visit on the spot withdrawn"),
    "before-joint-meeting": Message("Put on the joint meeting’s list"),
    "lines-examined": Message("Workers examined"),
    "lines-off-hazard": Message("Proof that workers were off the hazard"),
    "lines-claimed": Message("Proof handed in for workers"),
    "lines-proven": Message("Workers closed by proof"),
    "lines-not-proven": Message("Proof for workers not accepted"),
    "lines-reopened": Message("Workers open again: record corrected"),
    "dated-in-time": Message("Dated in time, entered afterwards: the limit was kept"),
    "allocated": Message("Given to an office by the joint meeting"),
}


#: Sources of our own: no article stands behind them.
OWN_SOURCES = ("domain.md", "design", "practice")


def names_article(source: str) -> bool:
    """Whether an article stands behind a step, so that somebody can have verified it."""
    return bool(source) and not source.startswith(OWN_SOURCES)


def basis_of(source: str) -> str:
    """What a step rests on, as people read it."""
    return cited(source) if names_article(source) else _("no article; this office’s own")


def duty_name(slug: str, on: date) -> str:
    """What a duty of the table of deadlines is called."""
    row = find_deadline(slug, on)
    return slug if row is None else row["name_zh"] if current_locale().startswith("zh") else row["name_en"]


def actor_labels(actors: str) -> list[Any]:
    """Those who must act, by name."""
    return [ACTOR_LABELS.get(one, one) for one in actors.split("; ") if one]
