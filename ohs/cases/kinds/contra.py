"""Contraindication (职业禁忌证): the worker is told, moved from the post, and the move is verified."""

from __future__ import annotations

from datetime import date

from ohs.cases.kinds.facts import (
    CLOSED_WITHDRAWN,
    CORRECTED,
    DOCUMENT_NO,
    HOW_TOLD,
    KNOWN_ON,
    REASON,
    TOLD_BOTH,
    TOLD_EMPLOYER_ON,
    TOLD_WORKER_ON,
    day,
    institution,
    text,
    yes,
)
from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Facts, Kind, Situation
from ohs.kernel.message import Message

PRE_PLACEMENT = "pre-placement"
#: Whoever works there is moved within the first; who has not begun is not assigned before the first day, or within the last where that
#: day is unknown.
REMOVE, BEFORE_START, UNDATED = LIMITS = ("contraindication-remove", "contraindication-not-assign", "contraindication-not-assign-undated")
STARTS_ON = Fact("starts_planned_on", Message("First day on the post, where it is known"), "day", False, only_in=PRE_PLACEMENT)
#: The inspection that a breach brings goes on beside the case, whenever the worker is moved (ODL art. 75).
INSPECT_BREACH = "inspect-breach"


def _is_before_placement(situation: Situation) -> bool:
    """Whether the worker has not begun on the post."""
    return situation.subtype == PRE_PLACEMENT


def _is_in_service(situation: Situation) -> bool:
    return not _is_before_placement(situation)


def _only_before_placement(situation: Situation) -> Message | None:
    sentence = Message("Only who has not begun yet is “not assigned”; who works there is moved.")
    return None if _is_before_placement(situation) else sentence


def _only_in_service(situation: Situation) -> Message | None:
    return Message("Who has not begun yet is not assigned; there is nobody to move.") if _is_before_placement(situation) else None


def _starts_on(situation: Situation) -> date | None:
    """The first day on the post, where whoever was told has said it."""
    return situation.told("notify", STARTS_ON.key)  # type: ignore[no-any-return]


def _limit_has_passed(situation: Situation) -> Message | None:
    mine = LIMITS[1:] if _is_before_placement(situation) else LIMITS[:1]
    return None if situation.passed.intersection(mine) else Message("The employer's limit has not passed yet.")


def _is_another(situation: Situation, facts: Facts) -> Message | None:
    if situation.clinic_id is None or facts.get("institution_id") != situation.clinic_id:
        return None
    return Message("A second opinion comes from another institution than the one that has found it.")


def _may_be_dismissed(situation: Situation) -> Message | None:
    return Message("Who has not begun yet cannot have been dismissed.") if _is_before_placement(situation) else None


def _is_not_reported(situation: Situation, facts: Facts) -> Message | None:
    if situation.told("dismissed-instead", "ended_on") == facts.get("ended_on"):
        return Message("This dismissal is reported already.")
    return None


def is_free_of(codes: object, hazards: object) -> bool:
    """Whether none of the case's hazards is among those of a post; both as codes joined by `;`."""
    return not set(filter(None, str(codes or "").split(";"))) & set(filter(None, str(hazards or "").split(";")))


def _new_post_is_free(situation: Situation, facts: Facts) -> Message | None:
    if not is_free_of(facts.get("new_hazards"), situation.told("contraindication-found", "hazards")):
        return Message("The new post still has the hazard that the worker must not meet.")
    return None


def _evidence_is_whole(situation: Situation, facts: Facts) -> Message | None:
    if not facts.get("is_signed"):
        return Message("The worker signs the change of post.")
    return _new_post_is_free(situation, facts)


def _is_verified(situation: Situation, facts: Facts) -> Message | None:
    filed = situation.said.get(f"{MAIN}.evidence-filed", {})
    if (refusal := _new_post_is_free(situation, filed)) is not None:
        return refusal
    missing = [fact.label for fact in VERIFIED if not facts.get(fact.key)]
    if missing:
        return Message("Not verified: %(what)s.", what=missing)
    if not is_free_of(facts.get("next_hazards"), situation.told("contraindication-found", "hazards")):
        return Message("The next examination is still planned for the hazard that the worker must not meet.")
    return None


#: What must be so for a move to be verified. “Dismissed instead of moved” is no closure.
VERIFIED = (
    yes("is_post_free", Message("The new post is free of the hazard")),
    yes("is_wage_kept", Message("The wage terms are kept")),
    yes("is_still_employed", Message("The roster shows the worker still employed")),
)
#: The next examination is one for the new post.
NEXT_EXAMINATION = (
    day("next_examination_planned_on", Message("Next examination planned for")),
    Fact("next_hazards", Message("Hazards for which it is made"), "hazards", False),
)

CONTRA = Kind(
    "contra",
    Message("Contraindication"),
    prefix="JJ",
    subtypes={"": Message("In service"), PRE_PLACEMENT: Message("Pre-placement")},
    acts={
        MAIN: (
            Act(
                "contraindication-found", Message("Contraindication found"),
                (day("found_on", Message("Day of the finding")), Fact("hazards", Message("Hazards not to be met"), "hazards"), Fact("disease", Message("Contraindication"), "text", False, is_medical=True)),
                tells=frozenset({"HLTH"}), counts_from="found_on", counts_instead=KNOWN_ON,
            ),
            Act("notify", Message("Tell the worker and the employer"), (TOLD_WORKER_ON, TOLD_EMPLOYER_ON, HOW_TOLD, STARTS_ON), tells=frozenset({"EMP", "HLTH"}), counts_from="told_employer_on", kept_on=TOLD_BOTH),
            Act("not-assigned", Message("Do not assign to the hazard"), (day("decided_on", Message("Day of the decision not to assign")), text("assigned_to", Message("Post assigned instead, or none"))), kept_on=("decided_on",), bar=_only_before_placement, tells=frozenset({"HLTH"})),
            Act("remove", Message("Move from the post"), (day("moved_on", Message("Day of the move")), text("new_post", Message("New post")), yes("is_temporary", Message("For a time only"))), bar=_only_in_service, tells=frozenset({"HLTH"}), counts_from="moved_on"),
            Act("dispute", Message("Ask for a second opinion"), (institution("institution_id", Message("Institution that is asked")), REASON), guard=_is_another, tells=frozenset({"CLIN", "HLTH", "EMP"})),
            Act("confirmed", Message("Confirm the contraindication"), (day("examined_on", Message("Day of the second examination")),), evidence=("opinion",), answers=("dispute",), tells=frozenset({"EMP", "HLTH", "CLIN"})),
            Act("lifted", Message("Lift the contraindication"), (day("examined_on", Message("Day of the second examination")), text("reason", Message("Reason"), is_medical=True)), evidence=("opinion",), answers=("dispute",), tells=frozenset({"EMP", "HLTH", "CLIN"})),
            Act(
                "evidence-filed", Message("File the evidence of the move"),
                (text("new_post", Message("New post")), Fact("new_hazards", Message("Hazards of the new post"), "hazards", False), day("effective_on", Message("In force since")), yes("is_signed", Message("The worker has signed"))),
                evidence=("post-change",), answers=("not-verified",), guard=_evidence_is_whole, tells=frozenset({"HLTH"}),
            ),
            Act("verified", Message("Verify the move"), (*VERIFIED, *NEXT_EXAMINATION), guard=_is_verified, tells=frozenset({"EMP"})),
            Act("not-verified", Message("Do not accept the evidence"), (REASON,), tells=frozenset({"EMP"})),
            Act("limit-passed", Message("Limit passed without a move"), bar=_limit_has_passed, tells=frozenset({"HLTH", "EMP"})),
            Act("dismissed-instead", Message("Report that the worker was dismissed instead of moved"), (day("ended_on", Message("Employment ended on")), DOCUMENT_NO), guard=_is_not_reported, bar=_may_be_dismissed, tells=frozenset({"EMP", "HLTH"}), opens_lead=True),
            Act("exposed-again", Message("Exposed to the hazard again"), (day("seen_on", Message("Day of the record")), text("record", Message("Record"))), tells=frozenset({"HLTH"})),
            *CORRECTED,
        )
    },
    statuses={
        "detected": Message("Detected"), "notified": Message("Told"), "not_assigned": Message("Not assigned"), "removed": Message("Moved"),
        "review": Message("Second opinion"), "verify": Message("To be verified"), "breach": Message("Not moved in time"), "closed": Message("Closed"),
        "closed_lifted": Message("Closed: lifted"), "reopened": Message("Reopened"), **CLOSED_WITHDRAWN,
    },
    finals=("closed", "closed_lifted", "closed_withdrawn"),
    on_limit={(MAIN, "notified", slug): "limit-passed" for slug in LIMITS},
    breaches=LIMITS,
    ends_before={UNDATED: (BEFORE_START, _starts_on)},
    falls_with=dict.fromkeys(LIMITS, (INSPECT_BREACH,)),
    during={"contraindication-evidence": "removed", "contraindication-remove": "notified", "contraindication-review": "review"},
    runs_if={
        REMOVE: _is_in_service,
        UNDATED: _is_before_placement,
    },
    asked=("review",),
    reopened_by=("exposed-again",),
    unlimited={(MAIN, "not_assigned"): "EMP", (MAIN, "breach"): "EMP"},
    wanted={"breach": Message("Keep the worker off the hazard")},
    duties=((INSPECT_BREACH, Message("Inspect the employer that has not moved the worker in time"), (MAIN, "breach"), None),),
    duty_evidence={INSPECT_BREACH: ("record",)},
    lasting=(INSPECT_BREACH,),
    visited={"verify": ("at-post", "employed", "wage")},
)  # fmt: skip
