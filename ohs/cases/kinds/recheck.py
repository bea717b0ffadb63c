"""Re-examination (复查): the worker is told, booked and examined again, as often as the result asks for it."""

from __future__ import annotations

from ohs.cases.kinds.facts import (
    CLOSED_WITHDRAWN,
    CORRECTED,
    HOW_TOLD,
    KNOWN_ON,
    TOLD_BOTH,
    TOLD_EMPLOYER_ON,
    TOLD_WORKER_ON,
    choice,
    clinic,
    day,
    text,
)
from ohs.cases.kinds.guards import passed
from ohs.cases.kinds.vocabulary import MAIN, Act, Bar, Fact, Facts, Follow, Kind, Situation
from ohs.kernel.message import Message


def _names_the_card(situation: Situation, facts: Facts) -> Message | None:
    card = situation.told("recheck-required", "card_no")
    if not card or facts.get("previous_card_no") in {card, situation.told("record-uploaded", "card_no"), *situation.records}:
        return None
    return Message("The record does not name card %(card)s as the one that it follows.", card=card)


#: What a re-examination can say, by letter; what has nothing to do with work is nobody's business here.
RESULTS = {
    "N": Message("Nothing that obliges"), "R": Message("Re-examination"), "C": Message("Contraindication"), "S": Message("Suspected occupational disease"),
    "P": Message("No individual conclusion yet"),
}  # fmt: skip


def _found(situation: Situation) -> set[str]:
    return set(situation.told("record-uploaded", "conclusions") or ())


def _says(*letters: str) -> Bar:
    def bar(situation: Situation) -> Message | None:
        return None if _found(situation) & set(letters) else Message("The result of the re-examination says otherwise.")

    return bar


def _is_settled(situation: Situation) -> Message | None:
    found = _found(situation)
    return Message("The result of the re-examination says otherwise.") if found & set("RCSP") or not found else None


#: From this round on the clinic's chief physician reviews what is asked for.
REVIEWED_FROM = 3
#: The inspection that a re-examination not done brings goes on beside the case, whenever it is made up (ODL art. 71).
INSPECT_LEAD = "inspect-lead"

RECHECK = Kind(
    "recheck",
    Message("Re-examination"),
    prefix="FC",
    acts={
        MAIN: (
            Act(
                "recheck-required", Message("Re-examination required"),
                (day("found_on", Message("Day of the report")), text("card_no", Message("Card")), text("items", Message("Items to be repeated"), is_required=False, is_medical=True), day("until_on", Message("Date set by the clinic"), is_required=False)),
                tells=frozenset({"HLTH", "EMP"}), counts_from="found_on", counts_instead=KNOWN_ON,
            ),
            Act("inform", Message("Tell the worker and the employer"), (TOLD_WORKER_ON, TOLD_EMPLOYER_ON, HOW_TOLD, day("until_on", Message("Date set by the clinic"), is_required=False)), tells=frozenset({"EMP", "HLTH"}), counts_from="told_employer_on", kept_on=TOLD_BOTH, sets_due={"recheck-do": "until_on"}),
            Act("book", Message("Book the re-examination"), (clinic("institution_id", Message("Clinic")), day("until_on", Message("Day of the appointment"))), tells=frozenset({"CLIN"}), sets_due={"recheck-do": "until_on"}),
            Act(
                "record-uploaded", Message("Re-examination handed in"),
                (day("examined_on", Message("Day of the examination")), text("card_no", Message("Card")), text("previous_card_no", Message("Card that it follows")), Fact("conclusions", Message("Conclusions"), "choices", choices=RESULTS, is_medical=True, by_record=frozenset("SC"))),
                guard=_names_the_card, tells=frozenset({"EMP", "HLTH", "CLIN"}), kept_on=("examined_on",),
            ),
            Act("conclusion-n-or-o", Message("Nothing further"), bar=_is_settled),
            Act("conclusion-s-or-c", Message("Goes on as another case"), bar=_says("S", "C")),
            Act("conclusion-r", Message("To be examined once more"), bar=_says("R"), tells=frozenset({"EMP", "HLTH"})),
            Act("date-passed", Message("Date passed: reminded"), bar=passed("recheck-remind", Message("The time for reminding has not come yet.")), tells=frozenset({"EMP", "CLIN"})),
            Act("still-not-done", Message("Still not done: lead for inspection"), bar=passed("recheck-lead", Message("The time for an inspection has not come yet.")), tells=frozenset({"HLTH", "EMP", "CLIN"})),
            Act("refused-or-left", Message("Refused in writing, or left"), (choice("why", Message("Why"), {"refused": Message("Refused by the worker in writing"), "left": Message("Has left the employer")}), day("since_on", Message("Day of the refusal or of leaving"))), evidence=("refusal",), tells=frozenset({"CLIN", "HLTH"}), kept_on=("since_on",)),
            *CORRECTED,
        )
    },
    statuses={
        "due": Message("Re-examination required"), "informed": Message("Told"), "booked": Message("Booked"), "done": Message("Examined again"), "reminded": Message("Reminded"),
        "lead": Message("Lead for inspection"), "closed": Message("Closed"), "closed_undone": Message("Closed: not done"), **CLOSED_WITHDRAWN,
    },
    finals=("closed", "closed_undone", "closed_withdrawn"),
    follows=(
        Follow(MAIN, "conclusion-n-or-o", lambda situation: _is_settled(situation) is None),
        Follow(MAIN, "conclusion-s-or-c", lambda situation: bool(_found(situation) & set("SC"))),
    ),
    on_limit={(MAIN, "informed", "recheck-remind"): "date-passed", (MAIN, "booked", "recheck-remind"): "date-passed", (MAIN, "reminded", "recheck-lead"): "still-not-done"},
    after_limit={"recheck-remind": ("recheck-do",)},
    unlimited={(MAIN, "done"): "CLIN", (MAIN, "lead"): "CLIN; EMP"},
    wanted={"lead": Message("Make up the re-examination")},
    duty_evidence={INSPECT_LEAD: ("record",)},
    lasting=(INSPECT_LEAD,),
    releases={"record-uploaded": ("recheck-lead",), "refused-or-left": ("recheck-do", "recheck-lead")},
    falls_with={"recheck-do": (INSPECT_LEAD,), "recheck-lead": (INSPECT_LEAD,)},
    duties=((INSPECT_LEAD, Message("Inspect the employer: re-examination not done"), (MAIN, "lead"), None), ("chief-physician-review", Message("Review by the chief physician"), (MAIN, "due"), lambda situation: situation.round >= REVIEWED_FROM),),
)  # fmt: skip
