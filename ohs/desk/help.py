"""What the help page tells: the work of each role, the limits that apply today, and how a declaration moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ohs.declarations.labels import EVENT_LABELS, STANDING_LABELS, STATUS_LABELS
from ohs.declarations.rules import FILING, VERSION
from ohs.kernel.lifecycle import Lifecycle
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.rulebook.deadlines import WorkCalendar, find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.tables import table

ACTORS = {
    "EMP": Message("employer"),
    "TOWN": Message("town"),
    "HLTH": Message("acceptor (health department; safety until 2018)"),
    "CLIN": Message("clinic"),
    "system": Message("the system"),
}
EVENTS = EVENT_LABELS | {
    "no-action": Message("The limit passed: the office is overdue"),
    "newer-version-accepted": Message("A newer version was accepted"),
    "initial-accepted": Message("First declaration accepted"),
    "corrected-filing-accepted": Message("Corrected declaration accepted"),
    "change-filing-accepted": Message("Change accepted"),
    "update-accepted": Message("Annual update accepted"),
    "late-filing-accepted": Message("Late declaration accepted"),
}
UNITS = {
    "calendar_day": Message("calendar days"),
    "working_day": Message("working days"),
    "month": Message("months"),
    "hour": Message("hours"),
    "year": Message("years"),
}
#: Limits of what is done here: beginnings of their names in the table.
SHOWN = ("declaration-", "exam-report", "exam-upload")


@dataclass(frozen=True)
class Errand:
    """One thing a person comes for: where, what, and how it goes."""

    endpoint: str
    title: Message
    text: Message
    permission: Permission


ERRANDS = (
    Errand(
        "declarations.start",
        Message("File a declaration"),
        Message("Choose employer and workplace; last year's answers are offered. The draft keeps itself; hand it in after checking your answers."),
        Permission.DECLARATION_CREATE,
    ),
    Errand(
        "declarations.index",
        Message("Accept or return declarations"),
        Message("What waits for you stands first. Accepting issues the receipt; returning names every defect at its field, once."),
        Permission.DECLARATION_ACCEPT_LIST,
    ),
    Errand(
        "uploads.new",
        Message("Hand in a workbook"),
        Message("Problems come back by row and heading; mend a few in the browser, or take the marked copy. Good rows can be committed alone."),
        Permission.UPLOAD_NEW,
    ),
    Errand(
        "cases.visits",
        Message("Look on the spot"),
        Message("What the health department asks you to look at, with the last day. Answer each question on the telephone, there and then, with photographs."),
        Permission.VISIT_ANSWER,
    ),
    Errand(
        "cases.visits",
        Message("Follow what a town looks at"),
        Message("Asked on the page of a case, or by itself when evidence of a move is filed; the town sees neither the case nor anything medical. Its answer and photographs stand on the case."),
        Permission.VISIT_ASK,
    ),
    Errand(
        "examinations.index",
        Message("Look up examinations"),
        Message("Filters stand in the address, so that a list can be kept as a view or sent to a colleague. Values need a named reason."),
        Permission.EXAMINATION_LIST,
    ),
    Errand(
        "examinations.findings",
        Message("Follow conclusions"),
        Message("Re-examinations, contraindications and suspected diseases, with the next duty and its last day."),
        Permission.FINDING_LIST,
    ),
    Errand(
        "employers.index",
        Message("Find an employer"),
        Message("By name, credit code or the first letters of its pinyin; the search field above finds it from any page (press /)."),
        Permission.EMPLOYER_LIST,
    ),
    Errand(
        "workers.index",
        Message("Print a worker's file on leaving"),
        Message("On the worker's page, “Copy for the worker” makes a numbered PDF to be signed; health names a purpose first."),
        Permission.WORKER_COPY,
    ),
    Errand(
        "desk.codes",
        Message("Let a worker read the own file"),
        Message("Hand out a one-time code on the worker's page after checking who it is; here is what was given out, and what can be revoked."),
        Permission.WORKER_CODE_LIST,
    ),
    Errand(
        "employers.duplicates",
        Message("Settle possible duplicates"),
        Message("Each pair shows why it was found; a merge can be taken back, “not the same” is remembered."),
        Permission.EMPLOYER_MERGE,
    ),
    Errand(
        "approvals.index",
        Message("Approve exports"),
        Message("Larger exports of workers' data leave the house only when a second person agrees."),
        Permission.EXPORT_LIST,
    ),
    Errand("admin.users", Message("Look after accounts"), Message("One organisation each; the first password by a one-time link."), Permission.USER_LIST),
    Errand("admin.audit", Message("Search the audit"), Message("Who did or read what, when and from where; the chain proves that nothing is missing."), Permission.AUDIT_SEARCH),
    Errand("accounts.sessions", Message("End a forgotten sign-in"), Message("Every place where you are signed in, and a button to end it."), Permission.OWN_SESSIONS),
)  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """One limit as the table tells it today."""

    name: str
    name_en: str
    actor: Message | str
    amount: int
    unit: Message | str
    is_statutory: bool
    is_verified: bool
    article: str


@dataclass(frozen=True)
class Move:
    """One move of a lifecycle in the reader's words."""

    before: Message | str
    event: Message | str
    actors: tuple[Message | str, ...]
    after: Message | str
    limit: str


def limits_on(day: date, work: WorkCalendar | None = None) -> list[Limit]:
    """The limits that apply on a day, in the order of the table; duties without a number of days are left out."""
    return limits_of([row["slug"] for row in table("deadlines") if row["slug"].startswith(SHOWN)], day, ACTORS, work)


def limits_of(slugs: Iterable[str], day: date, actors: Mapping[str, Message | str], work: WorkCalendar | None = None) -> list[Limit]:
    """The same of some duties, each once."""
    rows = [row for row in (find_deadline(slug, day, work) for slug in dict.fromkeys(slugs)) if row and row["amount"] not in ("", "0")]
    return [
        Limit(
            row["name_zh"], row["name_en"], actors.get(row["actor"], row["actor"]), int(row["amount"]), UNITS.get(row["unit"], row["unit"]),
            row["statutory"] == "yes", row["verified"] == "yes", cited(row["article"]),
        )
        for row in rows
    ]  # fmt: skip


def moves_of(lifecycle: Lifecycle, labels: dict[str, Message]) -> Iterator[Move]:
    """Every move of a lifecycle that has a name on the screens."""
    for step in lifecycle.steps:
        limit = find_deadline(step.deadline, date.max) if step.deadline else None
        yield Move(
            labels.get(step.before, "—"),
            EVENTS.get(step.event, Message(step.event)),
            tuple(ACTORS.get(actor, actor) for actor in sorted(step.actors)),
            labels.get(step.after, step.after),
            limit["name_zh"] if limit else "",
        )


def lifecycles() -> list[tuple[Message, list[Move]]]:
    """Both lifecycles of declarations as tables."""
    return [
        (Message("One version of a declaration"), list(moves_of(VERSION, STATUS_LABELS))),
        (Message("The filing of a workplace"), list(moves_of(FILING, STANDING_LABELS))),
    ]
