"""Examination not done (超期未检): one case for each employer, subtype and month, with a line for each worker."""

from __future__ import annotations

from ohs.cases.kinds.facts import DOCUMENT_NO, REASON, UNTIL_ON, choice, clinic, day, text
from ohs.cases.kinds.vocabulary import MAIN, Act, Facts, Follow, Kind, Situation
from ohs.kernel.message import Message
from ohs.rulebook.deadlines import deadline


def _every_line_is_closed(situation: Situation) -> Message | None:
    if situation.open_lines:
        return Message("%(count)s workers are still open: %(names)s.", count=situation.open_lines, names=list(situation.name_open()))
    return None


def _date_is_over(situation: Situation) -> Message | None:
    slug = "overdue-commit" if situation.statuses[MAIN] == "notified" else "overdue-exam"
    return None if slug in situation.passed else Message("The employer's date has not passed yet.")


def _is_within_the_limit(situation: Situation, facts: Facts) -> Message | None:
    """The committed date, at most as long as the table of deadlines allows."""
    latest = deadline("overdue-exam", situation.on)
    if not latest.is_answered or facts["until_on"] <= latest.value["due"]:
        return None
    return Message("The date is no later than %(day)s.", day=latest.value["due"].isoformat())


def _order_is_over(situation: Situation, facts: Facts) -> Message | None:
    if facts.get("why") == "never-examined" or "rectification-order" in situation.passed:
        return None
    return Message("The date in the order has not passed yet.")


#: What closes a line without an examination.
OUTCOMES = {
    "no-exposure": Message("No exposure"),
    "left": Message("Has left"),
    "refused": Message("Refused by the worker in writing"),
}
#: Of those, what is proof in a case of each subtype: who has left is still owed the examination on leaving.
PROVABLE = {
    "PRE": ("no-exposure", "left"),
    "PERIODIC": ("no-exposure", "left"),
    "LEAVE": ("no-exposure", "refused"),
    "EMERG": ("no-exposure",),
}
#: The subtype in which a line needs, besides its record, proof that the worker was off the hazard meanwhile.
NEEDS_OFF_HAZARD = "PRE"
#: The duty that stands beside a case while proof of somebody waits for a decision.
DECIDE_PROOFS = "decide-proofs"


def refusal_of(situation: Situation, why: str) -> Message | None:
    """Why something is no proof here. A worker who leaves may refuse in writing, once asked at least twice: by the list and by a reminder."""
    if why == "refused" and situation.subtype != "LEAVE":
        return Message("Only the examination on leaving can be refused in writing.")
    if why not in PROVABLE.get(situation.subtype, tuple(OUTCOMES)):
        return Message("Who has left is still owed the examination: that is no proof here.")
    if why != "refused":
        return None
    asked_twice = situation.has_happened("send-list") and situation.has_happened("reminded-by-hand")
    return None if asked_twice else Message("A written refusal counts after two notices: the list and a reminder.")


def _is_proof(situation: Situation, facts: Facts) -> Message | None:
    return refusal_of(situation, str(facts.get("why") or ""))


def _proofs_are_decided(situation: Situation) -> Message | None:
    if not situation.claims:
        return None
    return Message("Proof of %(count)s workers waits: accept it or not, worker by worker.", count=situation.claims)


#: Statuses in which a case closes itself as soon as every line is closed; a penalty is decided first.
CLOSES_ITSELF = frozenset({"open", "notified", "committed", "contest", "ordered", "examined"})


def _is_whole(situation: Situation) -> bool:
    return situation.lines > 0 and not situation.open_lines and situation.statuses[MAIN] in CLOSES_ITSELF


RECORD = (day("examined_on", Message("Day of the last examination")), text("record", Message("Record")))

#: Who began without an examination was kept off the hazard until it was made.
MEANWHILE = {"PRE": ("off-hazard",)}

OVERDUE = Kind(
    "overdue",
    Message("Examination not done"),
    prefix="CQ",
    subtypes={
        "PRE": Message("Before placement"), "PERIODIC": Message("In service"), "LEAVE": Message("On leaving"), "EMERG": Message("After an acute event"),
    },
    acts={
        MAIN: (
            Act("rule-fires", Message("Found by the daily check"), (day("found_on", Message("Day of the check")),), tells=frozenset({"HLTH"}), counts_from="found_on"),
            Act("list-entered", Message("Enter a list of workers"), (day("found_on", Message("Day of the check")),), tells=frozenset({"HLTH"}), counts_from="found_on"),
            Act("send-list", Message("Send the list to the employer"), tells=frozenset({"EMP"})),
            Act("commit", Message("Commit a date and a clinic"), (clinic("institution_id", Message("Clinic")), UNTIL_ON), guard=_is_within_the_limit, tells=frozenset({"HLTH", "CLIN"}), sets_due={"overdue-exam": "until_on"}),
            Act("contest", Message("Show that no examination is due"), (choice("why", Message("Why"), OUTCOMES), REASON), evidence=("proof",), answers=("not-upheld",), guard=_is_proof, tells=frozenset({"HLTH"})),
            Act("upheld", Message("Accept the proof"), tells=frozenset({"EMP"}), closes_lines=("contest", "why")),
            Act("not-upheld", Message("Do not accept the proof"), (REASON,), tells=frozenset({"EMP"})),
            Act("record-uploaded", Message("Examinations handed in"), RECORD, evidence_of=MEANWHILE, bar=_every_line_is_closed, tells=frozenset({"EMP", "HLTH"}), kept_on=("examined_on",)),
            Act("all-lines-closed", Message("Every line is closed"), bar=_every_line_is_closed, tells=frozenset({"EMP", "HLTH"})),
            Act("nothing-was-due", Message("Every line is closed, none by an examination"), bar=_every_line_is_closed, tells=frozenset({"EMP", "HLTH"})),
            Act("date-passed", Message("Order to correct within a time"), (DOCUMENT_NO, UNTIL_ON), bar=_date_is_over, tells=frozenset({"EMP"}), sets_due={"rectification-order": "until_on"}),
            Act("all-examined", Message("All workers are examined"), RECORD, evidence_of=MEANWHILE, bar=_every_line_is_closed, tells=frozenset({"EMP", "HLTH"}), kept_on=("examined_on",)),
            Act("order-date-passed", Message("File a penalty case"), (choice("why", Message("Why"), {"date": Message("The date in the order has passed"), "never-examined": Message("Never-examined workers are exposed")}), DOCUMENT_NO), guard=_order_is_over, tells=frozenset({"EMP"})),
        )
    },
    statuses={
        "open": Message("Detected"), "notified": Message("Employer notified"), "committed": Message("Date committed"), "contest": Message("Contested"), "examined": Message("Examinations made up"),
        "ordered": Message("Ordered to correct"), "penalty": Message("Penalty case"), "closed": Message("Closed"), "closed_na": Message("Closed: nothing due"),
    },
    finals=("closed", "closed_na"),
    follows=(
        Follow(MAIN, "nothing-was-due", lambda situation: _is_whole(situation) and not situation.lines_examined),
        Follow(
            MAIN, "all-lines-closed", lambda situation: _is_whole(situation) or (situation.statuses[MAIN] == "examined" and not situation.open_lines),
            done_on=lambda situation: situation.lines_done_on,
        ),
    ),
    done_by_itself=("all-lines-closed", "nothing-was-due"),
    duties=((DECIDE_PROOFS, Message("Decide on the proof handed in"), (MAIN, "notified"), lambda _situation: False),),
    duty_guards={DECIDE_PROOFS: _proofs_are_decided},
    asked=("committed", "examined", "ordered", "penalty"),
    during={"penalty-decision": "penalty"},
    keeps={"all-examined": ("overdue-exam",)},
    falls_with={"rectification-order": ("penalty-decision",)},
    after_limit={"overdue-order": ("overdue-commit", "overdue-exam")},
)  # fmt: skip
