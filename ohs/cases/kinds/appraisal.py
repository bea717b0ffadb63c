"""Appraisal of a diagnosis (职业病鉴定): served, objected to, appraised by the city and, in the end, by the province."""

from __future__ import annotations

from datetime import date

from ohs.cases.kinds.facts import CERTIFICATE, DOCUMENT_NO, choice, day, text
from ohs.cases.kinds.guards import in_time
from ohs.cases.kinds.vocabulary import MAIN, Act, Bar, Situation
from ohs.kernel.message import Message

APPRAISAL = "appraisal"
#: The limits of the two objections, and the events by which a certificate becomes final because nobody has objected.
FIRST, SECOND = "appraisal-first-apply", "appraisal-second-apply"
UNOPPOSED = ("no-objection-yes", "no-objection-no")
#: What the appraisal office had before it in time is entered by whoever records for it, although the night made the certificate final.
FIRST_LATE, SECOND_LATE = "objection-late", "second-appraisal-late"
APPLICATION = (
    day("applied_on", Message("Day of the application")),
    choice("applicant", Message("Applicant"), {"worker": Message("The worker"), "employer": Message("Employer")}),
)


def _nobody_objects(answer: bool) -> Bar:
    """The limit for the next appraisal has passed, and the last certificate says so."""

    def bar(situation: Situation) -> Message | None:
        slug = FIRST if situation.statuses[APPRAISAL] == "served" else SECOND
        if slug not in situation.passed:
            return Message("The limit for an objection has not passed yet.")
        return None if last_word(situation) is answer else Message("The certificate says otherwise.")

    return bar


#: Statuses in which nobody can object any more, and what they say.
FINAL = {"final_yes": True, "final_no": False}


def last_word(situation: Situation) -> bool | None:
    """Whether the last certificate calls the worker diseased; nothing where there is none yet."""
    if (final := FINAL.get(situation.statuses.get(APPRAISAL, ""))) is not None:
        return final
    appraised = situation.told("conclude", "conclusion", APPRAISAL)
    if appraised is not None:
        return bool(appraised == "yes")
    if situation.statuses.get(MAIN) == "diagnosed_yes":
        return True
    return False if situation.statuses.get(MAIN) == "diagnosed_no" else None


def diagnosed_on(situation: Situation) -> date | None:
    """The day of the diagnosis certificate."""
    event = situation.last(MAIN, ("conclude-yes", "conclude-no"))
    return situation.told(event, "issued_on")  # type: ignore[no-any-return]


def confirmed_on(situation: Situation) -> date | None:
    """The day of the certificate that calls the worker diseased: of the diagnosis, or of the appraisal that says otherwise (WII art. 17)."""
    if (provincial := situation.told("conclude-yes", "issued_on", APPRAISAL)) is not None:
        return provincial  # type: ignore[no-any-return]
    if situation.told("conclude", "conclusion", APPRAISAL) == "yes":
        return situation.told("conclude", "issued_on", APPRAISAL)  # type: ignore[no-any-return]
    return diagnosed_on(situation)


def is_appraised_twice(situation: Situation) -> bool:
    """Whether the province has spoken, so that its result is reported as well."""
    return bool(situation.last(APPRAISAL, ("conclude-yes", "conclude-no")))


def _was_unopposed(instance: int) -> Bar:
    """The certificate of an instance became final because nobody had objected, and not by the word of the province."""

    def bar(situation: Situation) -> Message | None:
        is_last = situation.has_happened("conclude", APPRAISAL) is (instance == 2)
        if is_last and situation.last(APPRAISAL, (*UNOPPOSED, "conclude-yes", "conclude-no")) in UNOPPOSED:
            return None
        return Message("No such appraisal can be applied for against the last certificate.")

    return bar


APPRAISAL_ACTS = (
    Act("diagnosis-concluded", Message("Diagnosis concluded")),
    Act(
        "serve-certificate",
        Message("Serve the certificate"),
        (day("served_on", Message("Day on which the last of them received it")),),
        evidence=("certificate",),
        tells=frozenset({"HLTH", "EMP"}),
        counts_from="served_on",
    ),
    Act(
        "objection",
        Message("Apply for the first appraisal"),
        APPLICATION,
        guard=in_time(FIRST, "applied_on"),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        counts_from="applied_on",
    ),
    Act(
        "no-objection-yes",
        Message("No objection: final"),
        bar=_nobody_objects(True),
        tells=frozenset({"HLTH", "DIAG", "EMP", "HRSS"}),
    ),
    Act("no-objection-no", Message("No objection: final"), bar=_nobody_objects(False), tells=frozenset({"HLTH", "DIAG", "EMP"})),
    Act(
        "document-check",
        Message("Check the documents and accept"),
        (day("accepted_on", Message("Day of the acceptance")),),
        tells=frozenset({"DIAG", "EMP"}),
        counts_from="accepted_on",
    ),
    Act(
        "files-called",
        Message("Send the files of the diagnosis"),
        (day("sent_on", Message("Day on which the files were sent")),),
        tells=frozenset({"HLTH"}),
        kept_on=("sent_on",),
    ),
    Act(
        "conclude",
        Message("Conclude the first appraisal"),
        (
            text("certificate_no", Message("Number of the appraisal certificate")),
            day("issued_on", Message("Day of issue")),
            day("received_on", Message("Day on which the last of them received it")),
            choice(
                "conclusion",
                Message("Conclusion"),
                {"yes": Message("Occupational disease"), "no": Message("No occupational disease")},
                is_medical=True,
                is_of_injury=True,
            ),
        ),
        evidence=("appraisal",),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        counts_from="received_on",
        owes_from="issued_on",
        kept_on=("issued_on",),
    ),
    Act(
        "second-appraisal",
        Message("Apply for the second appraisal"),
        APPLICATION,
        guard=in_time(SECOND, "applied_on"),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        counts_from="applied_on",
    ),
    Act(
        "conclude-yes",
        Message("Conclude the second appraisal: occupational disease"),
        CERTIFICATE,
        evidence=("appraisal-final",),
        tells=frozenset({"HLTH", "DIAG", "EMP", "HRSS"}),
        owes_from="issued_on",
        kept_on=("issued_on",),
    ),
    Act(
        "conclude-no",
        Message("Conclude the second appraisal: no occupational disease"),
        CERTIFICATE,
        evidence=("appraisal-final",),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        owes_from="issued_on",
        kept_on=("issued_on",),
    ),
    Act(
        FIRST_LATE,
        Message("Enter a first appraisal that was applied for in time"),
        (*APPLICATION, DOCUMENT_NO),
        evidence=("appraisal-application",),
        answers=UNOPPOSED,
        guard=in_time(FIRST, "applied_on"),
        bar=_was_unopposed(1),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        counts_from="applied_on",
    ),
    Act(
        SECOND_LATE,
        Message("Enter a second appraisal that was applied for in time"),
        (*APPLICATION, DOCUMENT_NO),
        evidence=("appraisal-application",),
        answers=UNOPPOSED,
        guard=in_time(SECOND, "applied_on"),
        bar=_was_unopposed(2),
        tells=frozenset({"HLTH", "DIAG", "EMP"}),
        counts_from="applied_on",
    ),
)
