"""What the acts on a case have told, in people's words and as far as one reader may know it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.branches import BRANCHES
from ohs.cases.cuts import OUTCOMES, Cut
from ohs.cases.document_kinds import LETTERS
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import DONE_ON, KNOWN_ON, NOTE
from ohs.cases.kinds.overdue import OUTCOMES as LINE_OUTCOMES
from ohs.cases.kinds.proofs import EVIDENCE, EVIDENCE_EVENTS
from ohs.cases.kinds.vocabulary import Fact
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.labels import duty_name
from ohs.cases.models import Case, CaseStep
from ohs.cases.moving import facts_of
from ohs.cases.visit_questions import ANSWER_KEY, ANSWERS, QUESTIONS
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.rulebook.diseases import find_disease
from ohs.rulebook.hazards import hazard_name

#: What these say in their own words why they ask for something, the employer does not read.
OF_WORKERS = frozenset({"WKR", "UNION"})
#: Conclusions that oblige somebody, by letter.
FINDINGS = {
    "R": Message("Re-examination"), "C": Message("Contraindication"), "S": Message("Suspected occupational disease"), "none": Message("Nothing that obliges"),
}  # fmt: skip
#: What a case was taken for, and is now.
SUBTYPES = {
    "chronic": Message("Chronic"), "acute": Message("Acute"), "in-service": Message("In service"), "pre-placement": Message("Pre-placement"),
}  # fmt: skip
#: Facts of lines that no table names.
OTHER_FACTS = (
    Fact("to", Message("To whom")), NOTE, DONE_ON, Fact("reason", Message("Reason")), Fact("cause", Message("Cause")),
    Fact("document", Message("Letter"), "choice", choices={letter.code: letter.name for letter in LETTERS.values()}),
    Fact("document_no", Message("Number of the document")), Fact("until_on", Message("To be done by"), "day"), Fact("clock", Message("Clock"), "clock"), Fact("found_on", Message("Day of the finding"), "day"), Fact(KNOWN_ON, Message("Known since the correction of"), "day"), Fact("record", Message("Record")),
    Fact("revision", Message("Version")), Fact("was", Message("It said"), "choices", choices=FINDINGS), Fact("now", Message("It says now"), "choices", choices=FINDINGS),
    Fact("case", Message("Case")), Fact("is_younger", Message("The other case is older: close this one"), "yes"),
    Fact("subtype_was", Message("Taken for"), "choice", choices=SUBTYPES), Fact("subtype_now", Message("It is now"), "choice", choices=SUBTYPES),
    Fact("is_of_another", Message("It is of another worker"), "yes"), Fact("from", Message("From where")), Fact("office", Message("Office that answers for it")),
    Fact("ended_on", Message("Employment ended on"), "day"),
    Fact("evidence", Message("What it proves"), "choice", choices=EVIDENCE),
    Fact("for", Message("In place of")), Fact("before_on", Message("Last day until then"), "day"),
    Fact("lines", Message("How many workers")), Fact("lines_left", Message("Workers still open")), Fact("line_outcome", Message("Why"), "choice", choices=LINE_OUTCOMES),
    Fact("withdrawn", Message("Falls with it"), "choices", choices={duty.event: duty.name for kind in KINDS.values() for duty in kind.duties}),
    Fact("branch", Message("What changes who pays"), "choice", choices=BRANCHES),
    Fact("visit", Message("Visit on the spot")), Fact("visited_on", Message("Seen on"), "day"),
    *(Fact(ANSWER_KEY(code=one.code), one.text, "choice", choices=ANSWERS) for one in QUESTIONS.values()),
)  # fmt: skip


def told_in(session: Session, case: Case, step: CaseStep, cut: Cut) -> list[tuple[str, str]]:
    """Label and value of everything that a line of the timeline told this reader."""
    if step.track == WORK_INJURY and not cut.is_full_on_injury and step.event not in (*OUTCOMES, *EVIDENCE_EVENTS):
        return []
    act = KINDS[case.kind].act(step.track, step.event)
    facts = {fact.key: fact for fact in (*OTHER_FACTS, *(act.facts if act else ()))}
    return [
        (say(facts[key].label), shown)
        for key, value in facts_of(step).items()
        if key in facts
        and cut.tells(facts[key])
        and not (key == "from" and cut.actor == "EMP")
        and not (key == "reason" and cut.actor == "EMP" and step.actor in OF_WORKERS)
        and (shown := _shown(session, facts[key], value, step.on))
    ]


def _shown(session: Session, fact: Fact, value: Any, on: date) -> str:
    if value is None or value == "":
        return ""
    match fact.kind:
        case "yes":
            return _("Yes") if value else _("No")
        case "choice":
            return say(fact.choices.get(str(value), Message(str(value))))
        case "choices":
            return "、".join(say(fact.choices.get(one, Message(one))) for one in value)
        case "hazards":
            return "、".join(hazard_name(code) for code in str(value).split(";") if code)
        case "disease":
            disease = find_disease(str(value), on)
            return f"{value}（{disease['class_zh']}）" if disease else str(value)
        case "clock":
            return duty_name(str(value), on)
        case "institution" | "clinic" | "diagnosis":
            found = session.get(Organisation, value)
            return found.name if found else ""
    return value.isoformat() if isinstance(value, date) else str(value)
