"""The way of a suspected disease through diagnosis: found, told, arranged, material collected, concluded."""

from __future__ import annotations

from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.facts import (
    CAUSE,
    CERTIFICATE,
    DOCUMENT_NO,
    HOW_TOLD,
    KNOWN_ON,
    TOLD_EMPLOYER_ON,
    TOLD_WORKER_ON,
    day,
    diagnosing,
    text,
    yes,
)
from ohs.cases.kinds.guards import names_its_cause, passed
from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Facts, Situation
from ohs.cases.kinds.work_injury import has_injury_ended
from ohs.kernel.message import Message

#: What a diagnosis needs from the employer (N6 art. 23, ODL art. 47).
MATERIALS = {
    "history": Message("Occupational history and exposure"),
    "examinations": Message("Examination results"),
    "measurements": Message("Measurement results of the workplace"),
}


def _material_is_whole(_situation: Situation, facts: Facts) -> Message | None:
    missing = [name for key, name in MATERIALS.items() if not facts.get(key)]
    return Message("Still missing: %(what)s.", what=missing) if missing else None


SUSPENDING = ("determination-asked", "investigation-needed", "investigation-organised", "arbitration")


def _awaits_investigation(situation: Situation) -> Message | None:
    return None if situation.last(MAIN, SUSPENDING) == "investigation-needed" else Message("No site investigation is to be organised.")


def _is_advised(_situation: Situation, facts: Facts) -> Message | None:
    """The worker knows what else there may be."""
    return None if facts.get("is_advised") else Message("The worker is to be advised first.")


def _is_not_final_no(situation: Situation) -> Message | None:
    """Whether somebody can still object, or something of the insurance is open."""
    if situation.statuses.get(APPRAISAL) != "final_no":
        return Message("The certificate is not final yet: an objection is still possible or open.")
    if not has_injury_ended(situation):
        return Message("The work-injury application is still open.")
    return None


BASIS = Fact(
    "basis",
    Message("What the conclusion rests on"),
    "choices",
    choices={
        "clinical": Message("Clinical data"),
        "statements": Message("Statements of the worker and of colleagues"),
        "supervision": Message("Supervision data"),
    },
)

MAIN_ACTS = (
    Act(
        "suspected-found",
        Message("Suspected disease found"),
        (day("found_on", Message("Day of the finding")), Fact("disease", Message("Suspected disease"), "disease", is_medical=True)),
        tells=frozenset({"HLTH"}),
        counts_from="found_on",
        counts_instead=KNOWN_ON,
    ),
    Act(
        "notify",
        Message("Tell the worker and notify the employer"),
        (TOLD_WORKER_ON, TOLD_EMPLOYER_ON, HOW_TOLD),
        tells=frozenset({"HLTH", "EMP", "HRSS"}),
        counts_from="told_employer_on",
        kept_on=("told_worker_on",),
        does=("notify-employer",),
    ),
    Act(
        "employer-arranges",
        Message("Arrange diagnosis or observation"),
        (diagnosing("institution_id", Message("Diagnosis institution")), day("arranged_on", Message("Day of the arrangement"))),
        tells=frozenset({"HLTH", "DIAG"}),
        kept_on=("arranged_on",),
    ),
    Act(
        "worker-applies",
        Message("The worker applies for diagnosis"),
        (diagnosing("institution_id", Message("Diagnosis institution")), day("applied_on", Message("Day of the application"))),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        kept_on=("applied_on",),
    ),
    Act(
        "worker-refuses",
        Message("The worker waives diagnosis in writing"),
        (day("refused_on", Message("Day of the statement")),),
        evidence=("refusal",),
        tells=frozenset({"HLTH", "EMP"}),
        kept_on=("refused_on",),
    ),
    Act(
        "next-suspected-found",
        Message("Suspected disease found again"),
        (day("found_on", Message("Day of the finding")),),
        tells=frozenset({"HLTH"}),
        counts_from="found_on",
        counts_instead=KNOWN_ON,
    ),
    Act(
        "register",
        Message("Register for diagnosis"),
        (text("registration_no", Message("Number of the registration form")), day("registered_on", Message("Day of the registration"))),
        tells=frozenset({"HLTH", "EMP"}),
        counts_from="registered_on",
    ),
    Act(
        "letter-to-employer",
        Message("Ask the employer for material"),
        (day("received_on", Message("Day on which the employer received the letter")),),
        tells=frozenset({"EMP", "HLTH"}),
        counts_from="received_on",
    ),
    Act(
        "material-supplied",
        Message("Supply the material"),
        tuple(yes(key, name) for key, name in MATERIALS.items()),
        guard=_material_is_whole,
        tells=frozenset({"DIAG"}),
    ),
    Act(
        "employer-silent",
        Message("Ask the authority to urge the employer"),
        bar=passed("diagnosis-material", Message("The employer's limit has not passed yet.")),
        tells=frozenset({"HLTH", "EMP"}),
    ),
    Act(
        "determination-asked",
        Message("Ask for a determination"),
        (CAUSE, DOCUMENT_NO),
        guard=names_its_cause,
        tells=frozenset({"DIAG", "EMP"}),
    ),
    Act(
        "investigation-needed",
        Message("Ask for a site investigation"),
        (CAUSE, DOCUMENT_NO),
        guard=names_its_cause,
        tells=frozenset({"HLTH", "EMP", "DIAG"}),
    ),
    Act(
        "investigation-organised",
        Message("Organise the site investigation"),
        (day("organised_on", Message("Day on which it was organised")),),
        bar=_awaits_investigation,
        tells=frozenset({"DIAG", "EMP"}),
        kept_on=("organised_on",),
    ),
    Act("arbitration", Message("Await labour arbitration"), (CAUSE, DOCUMENT_NO), guard=names_its_cause, tells=frozenset({"DIAG", "EMP"})),
    Act(
        "resume",
        Message("Resume"),
        (text("outcome", Message("Outcome of what was awaited")), DOCUMENT_NO),
        tells=frozenset({"HLTH", "EMP"}),
    ),
    Act("still-nothing", Message("Conclude on other grounds"), (BASIS,), tells=frozenset({"HLTH", "EMP"})),
    Act(
        "conclude-yes",
        Message("Conclude: occupational disease"),
        (*CERTIFICATE, Fact("disease", Message("Disease"), "disease", is_medical=True, is_of_injury=True)),
        tells=frozenset({"HLTH", "EMP", "HRSS"}),
        counts_from="issued_on",
    ),
    Act(
        "conclude-no",
        Message("Conclude: no occupational disease"),
        (*CERTIFICATE, text("grounds", Message("Grounds"), is_medical=True)),
        tells=frozenset({"HLTH", "EMP"}),
        counts_from="issued_on",
    ),
    Act("appraisal-final-yes", Message("Appraised as an occupational disease"), tells=frozenset({"HLTH", "EMP", "HRSS"})),
    Act(
        "appraisal-final-no",
        Message("Close as no occupational disease"),
        (
            Fact("other_illness", Message("Other illness, if any"), is_required=False, is_medical=True, is_unrelated=True),
            yes("is_advised", Message("The worker was advised")),
        ),
        guard=_is_advised,
        bar=_is_not_final_no,
        tells=frozenset({"HLTH", "EMP", "HRSS"}),
    ),
    Act(
        "lives-again-yes",
        Message("Goes on: something was done in time and entered after the end"),
        tells=frozenset({"HLTH", "EMP", "HRSS"}),
    ),
    Act(
        "lives-again-no",
        Message("Goes on: an objection was made in time and entered after the end"),
        tells=frozenset({"HLTH", "EMP", "HRSS"}),
    ),
    Act("tracks-final-negative", Message("Close as no occupational disease"), tells=frozenset({"HLTH", "EMP", "HRSS"})),
    Act("tracks-final", Message("Close"), tells=frozenset({"HLTH", "EMP", "HRSS"})),
)
