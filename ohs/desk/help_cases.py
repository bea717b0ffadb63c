"""What the help page tells about cases: the errands of each role, the limits that run in them, and how each kind moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import DUTY, Kind
from ohs.cases.labels import ACTOR_LABELS, TRACK_LABELS, duty_name, event_name, status_name
from ohs.cases.transfer_rules import REFUSE_WITHIN
from ohs.cases.visit_questions import WITHIN
from ohs.desk.help import Errand, Limit, Move, limits_of
from ohs.kernel.lifecycle import Step
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.rulebook.deadlines import WorkCalendar

CASE_ERRANDS = (
    Errand(
        "cases.inbox",
        Message("Do what waits for you"),
        Message("What your organisation must do, by the last day; take it in hand, pass it on, or do several at once. What you were only told stands beside it, and whom you wait for."),
        Permission.INBOX_READ,
    ),
    Errand(
        "cases.index",
        Message("Follow a case"),
        Message("Its page says who must act by when, what happened, what is on file, and what you may do next. What a closing still lacks is named."),
        Permission.CASE_LIST,
    ),
    Errand(
        "cases.others",
        Message("Remind whom you wait for"),
        Message("Cases that others must go on with, by the last day. A reminder goes to their inbox and stands on the case, with whether it was read."),
        Permission.INBOX_READ,
    ),
    Errand(
        "lines.index",
        Message("Close a list of missed examinations"),
        Message("Each worker of an overdue case is a line: closed by the examination or by a proof (no exposure, has left, refused in writing). Several lines at once; the case ends with the last."),
        Permission.CASE_LINE_LIST,
    ),
    Errand(
        "cases.new",
        Message("Open a case by hand"),
        Message("Choose what was found, name worker and employer by their whole numbers. Of one finding one case is open at a time."),
        Permission.CASE_OPEN,
    ),
    Errand(
        "cases.transfers",
        Message("Answer a hand-over"),
        Message("Look at what you would take over, then accept or refuse with a reason; unanswered in time it is yours. You can also ask for a case that another office holds."),
        Permission.TRANSFER_LIST,
    ),
    Errand(
        "cases.requests",
        Message("Follow what you have asked for"),
        Message("Cases of other offices that yours has asked for by number; nothing is told of them before the holder answers."),
        Permission.CASE_ASK,
    ),
    Errand(
        "joint_meeting.index",
        Message("Bring a dispute before the joint meeting"),
        Message("Put a case on its list with your question; agenda and minutes are made from the list, and each decision names an office and a day."),
        Permission.JOINT_MEETING_READ,
    ),
    Errand(
        "cases.protected",
        Message("Ask whether a contract may be ended"),
        Message("Who is in a protected period, yes or no and since when, without any medical fact."),
        Permission.PROTECTION_LIST,
    ),
    Errand(
        "cases.cost_windows",
        Message("See for whom nobody has applied"),
        Message("Confirmed diseases without an application for work injury, with the days for which the employer pays."),
        Permission.COST_WINDOW_LIST,
    ),
    Errand(
        "cases.grants",
        Message("Work out a disability grant"),
        Message("By grade, wage and the averages of the year; for information only."),
        Permission.GRANT_CALCULATE,
    ),
    Errand(
        "cases.performance",
        Message("See how long steps take"),
        Message("Median and ninetieth percentile of each step, share in time, and what is open by age; every figure opens its cases."),
        Permission.PERFORMANCE_LIST,
    ),
    Errand(
        "accounts.substitutes",
        Message("Name who stands in for you"),
        Message("From a day to a day, within your office; it ends by itself."),
        Permission.SUBSTITUTE_NAME,
    ),
    Errand(
        "emergency.index",
        Message("Look into a case in an emergency"),
        Message("With a named reason, for a short time and for reading only; somebody else reviews it by the next working day."),
        Permission.EMERGENCY_OPEN,
    ),
    Errand(
        "emergency.reviews",
        Message("Review emergency accesses"),
        Message("Whether each was called for; nobody reviews an own one."),
        Permission.EMERGENCY_READ,
    ),
    Errand(
        "default_clocks.index",
        Message("Set the limits of this office"),
        Message("Only those without a number in law; every change keeps its reason and counts from a day."),
        Permission.SETTING_EDIT,
    ),
)  # fmt: skip

#: What holds for every case, whoever looks at it.
CASE_RULES = (
    Message(
        "One case, one number, one office that answers for it. The same finding of the same worker goes to the case that is open; a hand-over changes nothing until it is accepted."
    ),
    Message(
        "The box at the top of a case says whom it waits for, for what and until when. “Statutory” is a limit of the law, “default of this office” one that the office sets, “not verified” not yet held against the printed article, “provisional” beyond the working days that are published."
    ),
    Message("A limit is kept on the day on which something was done, not on the day of its entry; no day to come can be entered."),
    Message(
        "Buttons are only what you can do now; what cannot be done yet, and what is still missing, is said below them. An act that needs a proof asks for the file in its form."
    ),
    Message(
        "A limit that nears its end turns orange. Passed, it turns red and goes to the county leader’s list, then to the city department, then before the joint meeting, by the limits below."
    ),
    Message(
        "The office that answers for a case can suspend or extend a limit, with the number of the document that says so; the last day moves by the days that it stands still."
    ),
    Message(
        "Evidence is sealed. Medical papers are for those who may read medical facts of the case; what the worker hands in is kept from the employer. Every reading stands on record, and the worker may ask who read."
    ),
    Message(
        "An open page shows what others do within seconds. Who comes second to the same step is told what was done, and nothing is overwritten."
    ),
)
#: Limits that no kind of case names: of the ladder of what is late, and of visits on the spot.
BESIDES = ("escalation-county", "escalation-city", "escalation-joint-meeting", WITHIN)


def case_limits(day: date, work: WorkCalendar) -> list[Limit]:
    """The limits that run in cases, in the order in which the kinds meet them."""
    slugs = [step.deadline for kind in KINDS.values() for step in _steps(kind)]
    actors: dict[str, Message | str] = {code: str(label) for code, label in ACTOR_LABELS.items()}
    named = limits_of([*(slug for slug in slugs if slug), *BESIDES], day, actors | {"JM": Message("Joint meeting")}, work)
    return named + limits_of([REFUSE_WITHIN], day, {"JM": Message("whoever was asked")}, work)


def case_lifecycles(day: date) -> list[tuple[Message, list[tuple[str, list[Move]]]]]:
    """Each kind with the moves of its tracks, the main one first."""
    return [
        (kind.name, [(str(TRACK_LABELS[track]), list(_moves(kind, track, day))) for track in (*kind.tracks, DUTY) if _of(kind, track)])
        for kind in KINDS.values()
    ]


def _moves(kind: Kind, track: str, day: date) -> Iterator[Move]:
    for step in _of(kind, track):
        before = status_name(kind, step.before) if step.before and track != DUTY else "—"
        after = status_name(kind, step.after) if track != DUTY else "—"
        actors = tuple(str(ACTOR_LABELS.get(actor, actor)) for actor in sorted(step.actors))
        yield Move(before, event_name(kind, track, step.event), actors, after, duty_name(step.deadline, day) if step.deadline else "")


def _of(kind: Kind, track: str) -> list[Step]:
    return [duty.step for duty in kind.duties] if track == DUTY else list(kind.tracks[track].steps)


def _steps(kind: Kind) -> list[Step]:
    return [step for track in (*kind.tracks, DUTY) for step in _of(kind, track)]
