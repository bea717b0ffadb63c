"""Work injury after a confirmed disease (工伤): application, decision, labour capacity, benefits, follow-up."""

from __future__ import annotations

from ohs.cases.kinds.facts import CAUSE, DOCUMENT_NO, REASON, choice, day, text, yes
from ohs.cases.kinds.guards import in_time, names_its_cause, passed
from ohs.cases.kinds.vocabulary import DUTY, Act, Facts, Guard, Situation
from ohs.kernel.message import Message
from ohs.rulebook.deadlines import deadline

WORK_INJURY = "work_injury"
#: The clock of the decision stands still until another authority has spoken (WII art. 20).
AWAIT, ARRIVED = "await-other-authority", "conclusion-arrived"
#: What was listed as missing, the applicant supplies; HR's limit then begins anew. Of an employer who applied, else of the worker's side.
LISTED, SUPPLY, SUPPLY_WORKER = "missing-items-listed", "supply-missing-items", "supply-missing-items-worker"
#: The duty to serve a decision, and what may be asked for within a limit that begins when it is received (WII art. 55).
SERVE_DECISION, DECISION_RIGHTS = "serve-work-injury-decision", ("work-injury-reconsideration", "work-injury-suit")
#: Statuses after which nothing more is expected.
INJURY_ENDED = frozenset({"", "wi_closed", "wi_not_applied", "wi_not_accepted"})


def has_injury_ended(situation: Situation) -> bool:
    """Whether nothing of the insurance is open any more; a refusal can be disputed as long as a suit can be filed (WII art. 55)."""
    status = situation.statuses.get(WORK_INJURY, "")
    return status in INJURY_ENDED or (status == "wi_no" and is_decision_served(situation) and "work-injury-suit" in situation.passed)


def is_decision_served(situation: Situation) -> bool:
    """Whether the last decision was served, so that its limits are those that run or have run."""
    served = f"{DUTY}.{SERVE_DECISION}"
    decided = {f"{WORK_INJURY}.{event}" for event in ("decide-yes", "decide-no", "resolved-yes", "resolved-no")}
    return next((one for one in reversed(situation.said) if one == served or one in decided), "") == served


def _within(slug: str) -> Guard:
    """A dispute within the limit of the decision that was served; before that no limit has begun."""

    def guard(situation: Situation, facts: Facts) -> Message | None:
        return in_time(slug, "filed_on")(situation, facts) if is_decision_served(situation) else None

    return guard


def may_apply(situation: Situation) -> bool:
    """Whether work injury is applied for at all: not where the disease turned out to be none."""
    return situation.last(WORK_INJURY, ("year-passed", "appraisal-final-no")) != "appraisal-final-no" or (
        situation.statuses[WORK_INJURY] != "wi_not_applied"
    )


def _is_diseased(situation: Situation) -> Message | None:
    if may_apply(situation):
        return None
    return Message("The disease was appraised as no occupational one; there is nothing to apply for.")


def _may_be_reviewed(situation: Situation) -> Message | None:
    made = (situation.told(event, "concluded_on", WORK_INJURY) for event in ("conclude", "conclude-final"))
    made_on = max((day for day in made if day is not None), default=None)
    earliest = deadline("labour-capacity-review", made_on) if made_on is not None else None
    if earliest is None or not earliest.is_answered or situation.on < earliest.value["due"]:
        return Message("A change of condition is appraised a year after the conclusion at the earliest (WII art. 28).")
    return None


def _awaits(situation: Situation) -> Message | None:
    return None if situation.last(WORK_INJURY, (AWAIT, ARRIVED, "accept")) == AWAIT else Message("Nothing is awaited.")


def _awaits_already(situation: Situation) -> Message | None:
    if situation.last(WORK_INJURY, (AWAIT, ARRIVED, "accept")) == AWAIT:
        return Message("Another authority's conclusion is awaited already.")
    return None


def _is_not_awaiting(situation: Situation) -> Message | None:
    """A decision whose limit stands still for another authority's conclusion comes after it (WII art. 20)."""
    if situation.last(WORK_INJURY, (AWAIT, ARRIVED, "accept")) == AWAIT:
        return Message("The decision waits for another authority's conclusion: enter first that it is there.")
    return None


def _listed_once(situation: Situation) -> Message | None:
    if situation.has_happened(LISTED, WORK_INJURY):
        return Message("What is missing is listed once, all together (ZWII art. 16).")
    return None


def has_employer_applied(situation: Situation) -> bool:
    """Whether it was the employer who applied, and not the worker, kin or union."""
    return situation.last(WORK_INJURY, ("employer-applies", "worker-applies")) == "employer-applies"


def may_be_reappraised(situation: Situation) -> bool:
    """Whether the last word on labour capacity is not the province's."""
    first, final = (situation.told(event, "concluded_on", WORK_INJURY) for event in ("conclude", "conclude-final"))
    return final is None or (first is not None and first > final)


def _is_not_final(situation: Situation) -> Message | None:
    if not may_be_reappraised(situation):
        return Message("The province has decided; there is no further re-appraisal.")
    if not situation.has_happened("conclude", WORK_INJURY):
        return Message("Labour capacity was not appraised yet.")
    return None


DISABILITY = {str(grade): Message("Grade %(grade)s", grade=grade) for grade in range(1, 11)}
CARE = {"none": Message("None"), "1": Message("Level 1"), "2": Message("Level 2"), "3": Message("Level 3")}
GRADE = (
    day("concluded_on", Message("Day of the conclusion")),
    text("conclusion_no", Message("Number of the conclusion")),
    choice("grade", Message("Disability grade"), DISABILITY, is_medical=True, is_of_injury=True),
    choice("care", Message("Care level"), CARE, is_medical=True, is_of_injury=True),
)
DECISION = (text("decision_no", Message("Number of the decision")), day("decided_on", Message("Day of the decision")))
APPLICANT = choice(
    "applicant", Message("Applicant"), {"worker": Message("The worker"), "kin": Message("Next of kin"), "union": Message("Trade union")}
)

WORK_INJURY_ACTS = (
    Act("confirmed", Message("Confirmed: work injury to be applied for"), tells=frozenset({"HRSS", "EMP"})),
    Act(
        "employer-applies",
        Message("Apply for the work-injury decision"),
        (day("applied_on", Message("Day of the application")),),
        tells=frozenset({"HRSS"}),
        counts_from="applied_on",
    ),
    Act(
        "worker-applies",
        Message("The worker, kin or union applies for the work-injury decision"),
        (day("applied_on", Message("Day of the application")), APPLICANT),
        bar=_is_diseased,
        guard=in_time("work-injury-apply-worker", "applied_on"),
        tells=frozenset({"HRSS", "EMP"}),
        counts_from="applied_on",
    ),
    Act(
        "year-passed",
        Message("Nobody applied within the year"),
        bar=passed("work-injury-apply-worker", Message("The worker's year has not passed yet.")),
        tells=frozenset({"HRSS", "EMP"}),
    ),
    Act("appraisal-final-no", Message("Appraised as no occupational disease"), tells=frozenset({"HRSS", "EMP"})),
    Act("appraisal-goes-on", Message("Appraisal goes on: work injury can be applied for"), tells=frozenset({"HRSS", "EMP"})),
    Act(
        "accept",
        Message("Accept the application"),
        (day("accepted_on", Message("Day of the acceptance")), DOCUMENT_NO, yes("is_clear", Message("The facts are clear"))),
        tells=frozenset({"EMP"}),
        counts_from="accepted_on",
        swaps={"work-injury-decision": ("is_clear", "work-injury-decision-clear")},
    ),
    Act(
        LISTED,
        Message("List what is missing, once"),
        (text("missing", Message("What is missing")),),
        bar=_listed_once,
        tells=frozenset({"EMP"}),
    ),
    Act("reject", Message("Do not accept the application"), (REASON, DOCUMENT_NO), tells=frozenset({"EMP"})),
    Act(
        ARRIVED,
        Message("Resume: the awaited conclusion is there"),
        (text("outcome", Message("Outcome of what was awaited")), DOCUMENT_NO),
        bar=_awaits,
        tells=frozenset({"EMP"}),
    ),
    Act(
        "decide-yes",
        Message("Decide: work injury"),
        DECISION,
        evidence=("decision",),
        bar=_is_not_awaiting,
        tells=frozenset({"EMP", "HLTH"}),
        counts_from="decided_on",
    ),
    Act(
        "decide-no",
        Message("Decide: no work injury"),
        (*DECISION, REASON),
        evidence=("decision",),
        bar=_is_not_awaiting,
        tells=frozenset({"EMP", "HLTH"}),
        counts_from="decided_on",
    ),
    Act(
        AWAIT,
        Message("Await another authority's conclusion"),
        (CAUSE, DOCUMENT_NO),
        guard=names_its_cause,
        bar=_awaits_already,
        tells=frozenset({"EMP"}),
    ),
    Act(
        "apply-labour-capacity",
        Message("Apply for the labour-capacity appraisal"),
        (day("applied_on", Message("Day of the application")),),
        tells=frozenset({"HRSS"}),
        counts_from="applied_on",
    ),
    Act(
        "no-disability",
        Message("No disability remains, or the appraisal is waived in writing"),
        (
            choice("why", Message("Why"), {"none": Message("No disability remains"), "waived": Message("Waived by the worker in writing")}),
            day("first_paid_on", Message("Day of the first payment")),
        ),
        evidence=("waiver",),
        tells=frozenset({"EMP"}),
    ),
    Act(
        "reconsideration",
        Message("Administrative reconsideration asked"),
        (day("filed_on", Message("Day of filing")), DOCUMENT_NO),
        guard=_within("work-injury-reconsideration"),
        tells=frozenset({"HRSS", "EMP"}),
        kept_on=("filed_on",),
    ),
    Act(
        "suit",
        Message("Suit filed"),
        (day("filed_on", Message("Day of filing")), DOCUMENT_NO),
        guard=_within("work-injury-suit"),
        tells=frozenset({"HRSS", "EMP"}),
        kept_on=("filed_on",),
    ),
    Act(
        "resolved-yes",
        Message("Dispute ended: work injury"),
        (DOCUMENT_NO, day("decided_on", Message("Day of the decision"))),
        tells=frozenset({"EMP"}),
        counts_from="decided_on",
    ),
    Act(
        "resolved-no",
        Message("Dispute ended: no work injury"),
        (DOCUMENT_NO, day("decided_on", Message("Day of the decision"))),
        tells=frozenset({"EMP"}),
        counts_from="decided_on",
    ),
    Act(
        "conclude",
        Message("Record the labour-capacity conclusion"),
        (GRADE[0], day("received_on", Message("Day on which the last of them received it")), *GRADE[1:]),
        evidence=("grade",),
        answers=("condition-changed",),
        tells=frozenset({"EMP", "HRSS"}),
        counts_from="concluded_on",
        begins={"labour-capacity-reapply": "received_on"},
    ),
    Act(
        "benefits-paid",
        Message("Fix and pay the benefits"),
        (day("first_paid_on", Message("Day of the first payment")), DOCUMENT_NO),
        tells=frozenset({"EMP"}),
        kept_on=("first_paid_on",),
    ),
    Act(
        "re-appraisal",
        Message("Apply for the labour-capacity re-appraisal"),
        (day("applied_on", Message("Day of the application")),),
        bar=_is_not_final,
        guard=in_time("labour-capacity-reapply", "applied_on"),
        tells=frozenset({"HRSS"}),
        counts_from="applied_on",
    ),
    Act(
        "conclude-final",
        Message("Record the final labour-capacity conclusion"),
        GRADE,
        evidence=("grade-final",),
        answers=("re-appraisal",),
        tells=frozenset({"EMP", "HRSS"}),
        counts_from="concluded_on",
    ),
    Act(
        "follow-up-planned",
        Message("Plan the follow-up"),
        (
            choice(
                "removed",
                Message("Removal from the post"),
                {"moved": Message("Moved to another post"), "fit": Message("Fit to stay"), "left": Message("Has left the employer")},
            ),
            text("plan", Message("Treatment, rehabilitation and periodic examination"), is_medical=True),
            day("first_examination_planned_on", Message("First follow-up examination planned for")),
        ),
        evidence=("removal", "follow-up"),
        tells=frozenset({"HLTH"}),
    ),
    Act(
        "follow-up-ended",
        Message("End the follow-up"),
        (
            choice(
                "why",
                Message("Why"),
                {"deceased": Message("The worker has died"), "transferred": Message("The plan was passed to the place of residence")},
            ),
            day("ended_on", Message("Day of the death or of the transfer")),
        ),
        evidence=("follow-up-exam",),
        tells=frozenset({"EMP"}),
    ),
    Act(
        "condition-changed",
        Message("Condition changed: apply for a review of labour capacity"),
        (day("applied_on", Message("Day of the application")),),
        bar=_may_be_reviewed,
        tells=frozenset({"HRSS"}),
        counts_from="applied_on",
    ),
)
