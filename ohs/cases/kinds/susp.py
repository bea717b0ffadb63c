"""Suspected occupational disease (疑似职业病), from the finding to the last benefit of work-injury insurance."""

from __future__ import annotations

from collections.abc import Callable

from ohs.cases.kinds.appraisal import (
    APPRAISAL,
    APPRAISAL_ACTS,
    FINAL,
    FIRST,
    FIRST_LATE,
    SECOND,
    SECOND_LATE,
    confirmed_on,
    diagnosed_on,
    is_appraised_twice,
    last_word,
)
from ohs.cases.kinds.diagnosis import MAIN_ACTS
from ohs.cases.kinds.facts import CLOSED_WITHDRAWN, CORRECTED
from ohs.cases.kinds.suit import NOT_SUED, SUIT, SUIT_ACTS, SUIT_STATUSES, is_disputed_no_more, may_be_sued_over
from ohs.cases.kinds.vocabulary import MAIN, Follow, Kind, Situation
from ohs.cases.kinds.work_injury import (
    DECISION_RIGHTS,
    LISTED,
    SERVE_DECISION,
    SUPPLY,
    SUPPLY_WORKER,
    WORK_INJURY,
    WORK_INJURY_ACTS,
    has_employer_applied,
    has_injury_ended,
    may_apply,
    may_be_reappraised,
)
from ohs.kernel.message import Message

STATUSES = {
    "detected": Message("Detected"), "notified": Message("Told"), "arranged": Message("Diagnosis arranged"), "declined": Message("Waived by the worker"), "accepted": Message("Registered for diagnosis"),
    "material": Message("Collecting material"), "urged": Message("Employer urged"), "suspended": Message("Suspended"), "complete": Message("Material complete"),
    "diagnosed_yes": Message("Diagnosed as an occupational disease"), "diagnosed_no": Message("Diagnosed as no occupational disease"), "closed_neg": Message("Closed: no occupational disease"),
    "closed": Message("Closed"), "to_serve": Message("Certificate to be served"), "served": Message("Certificate served"), "appr1": Message("First appraisal applied for"),
    "appr1_open": Message("First appraisal"), "appr1_done": Message("First appraisal concluded"), "appr2": Message("Second appraisal"), "final_yes": Message("Final: occupational disease"),
    "final_no": Message("Final: no occupational disease"), "wi_due": Message("Work injury to be applied for"), "wi_applied": Message("Work injury applied for"),
    "wi_not_applied": Message("Work injury not applied for"), "wi_accepted": Message("Work-injury application accepted"), "wi_not_accepted": Message("Work-injury application not accepted"),
    "wi_yes": Message("Work injury"), "wi_no": Message("No work injury"), "wi_disputed": Message("Work-injury decision disputed"), "lc_applied": Message("Labour capacity applied for"),
    "lc_done": Message("Labour capacity concluded"), "lc_re": Message("Labour capacity re-appraised"), "benefit": Message("Benefits in payment"), "followup": Message("Follow-up"), "wi_closed": Message("Follow-up ended"), **SUIT_STATUSES, **CLOSED_WITHDRAWN,
}  # fmt: skip


def _is(track: str, *statuses: str) -> Callable[[Situation], bool]:
    return lambda situation: situation.statuses.get(track, "") in statuses


def _both(*conditions: Callable[[Situation], bool]) -> Callable[[Situation], bool]:
    return lambda situation: all(condition(situation) for condition in conditions)


_DIAGNOSED = _is(MAIN, "diagnosed_yes", "diagnosed_no")
_IS_YES, _IS_NO = _is(MAIN, "diagnosed_yes"), _is(MAIN, "diagnosed_no")
_FINAL_YES, _FINAL_NO = _is(APPRAISAL, "final_yes"), _is(APPRAISAL, "final_no")


def _is_appraised_yes(situation: Situation) -> bool:
    """Diagnosed, or appraised in the first instance, as diseased: the employer's thirty days begin (WII art. 17)."""
    return situation.statuses.get(WORK_INJURY, "") == "" and last_word(situation) is True


def _is_alive(situation: Situation) -> bool:
    """Whether something that was entered late keeps open what had ended."""
    is_final = _FINAL_YES(situation) or _FINAL_NO(situation)
    return not (is_final and has_injury_ended(situation) and is_disputed_no_more(situation))


def _lives_again(status: str) -> Callable[[Situation], bool]:
    """A case that was closed from a status, and is alive."""

    def holds(situation: Situation) -> bool:
        ended_by = situation.last(MAIN, ("tracks-final", "tracks-final-negative", "appraisal-final-no"))
        before = "diagnosed_no" if ended_by == "appraisal-final-no" else "diagnosed_yes"
        return situation.statuses[MAIN] in ("closed", "closed_neg") and before == status and _is_alive(situation)

    return holds


def _goes_on(situation: Situation) -> bool:
    """Whether an appraisal is open again, so that whoever is diseased may apply after all."""
    appraisal = situation.statuses.get(APPRAISAL, "")
    return appraisal not in ("", *FINAL) and situation.statuses.get(WORK_INJURY) == "wi_not_applied" and not may_apply(situation)


def _is_acute(situation: Situation) -> bool:
    return situation.subtype == "acute"


SUSP = Kind(
    "susp",
    Message("Suspected occupational disease"),
    prefix="YS",
    acts={MAIN: (*MAIN_ACTS, *CORRECTED), APPRAISAL: APPRAISAL_ACTS, WORK_INJURY: WORK_INJURY_ACTS, SUIT: SUIT_ACTS},
    statuses=STATUSES,
    finals=("declined", "closed_neg", "closed", "closed_withdrawn"),
    departments={WORK_INJURY: "hr"},
    subtypes={"": Message("Chronic"), "acute": Message("Acute")},
    duties=(
        ("report-to-health", Message("Report to the health department"), (MAIN, "detected"), lambda situation: not _is_acute(situation)),
        ("report-to-health-acute", Message("Report to the health department at once"), (MAIN, "detected"), _is_acute),
        ("notify-employer", Message("Notify the employer"), (MAIN, "detected"), None),
        ("report-to-health-employer", Message("Report to the health department, as the employer"), (MAIN, "notified"), None),
        ("set-protected-period", Message("Mark the protected period"), (MAIN, "notified"), None),
        ("report-confirmed", Message("Report the confirmed disease"), (MAIN, "diagnosed_yes"), lambda situation: not _is_acute(situation)),
        ("report-confirmed-acute", Message("Report the confirmed disease at once"), (MAIN, "diagnosed_yes"), _is_acute),
        (
            "report-confirmed-employer",
            Message("Report the confirmed disease to health and HR, as the employer"),
            (MAIN, "diagnosed_yes"),
            _FINAL_YES,
        ),
        (
            "report-confirmed-employer",
            Message("Report the confirmed disease to health and HR, as the employer"),
            (APPRAISAL, "served"),
            _IS_YES,
        ),
        ("report-appraisal", Message("Report the result of the appraisal"), (APPRAISAL, "appr1_done"), None),
        ("report-appraisal", Message("Report the result of the appraisal"), (APPRAISAL, "final_yes"), is_appraised_twice),
        ("report-appraisal", Message("Report the result of the appraisal"), (APPRAISAL, "final_no"), is_appraised_twice),
        (SUPPLY, Message("Supply what is missing in the application"), (WORK_INJURY, "wi_applied"), has_employer_applied),
        (
            SUPPLY_WORKER,
            Message("Supply what is missing in the application, as the worker"),
            (WORK_INJURY, "wi_applied"),
            lambda situation: not has_employer_applied(situation),
        ),
        (SERVE_DECISION, Message("Serve the work-injury decision"), (WORK_INJURY, "wi_yes"), None),
        (SERVE_DECISION, Message("Serve the work-injury decision"), (WORK_INJURY, "wi_no"), None),
    ),
    follows=(
        Follow(MAIN, "lives-again-yes", _lives_again("diagnosed_yes")),
        Follow(MAIN, "lives-again-no", _lives_again("diagnosed_no")),
        Follow(WORK_INJURY, "appraisal-goes-on", _goes_on, confirmed_on),
        Follow(SUIT, "procedure-goes-on", lambda situation: situation.statuses.get(SUIT) in NOT_SUED and not _FINAL_YES(situation)),
        Follow(APPRAISAL, "diagnosis-concluded", _both(_DIAGNOSED, _is(APPRAISAL, "")), diagnosed_on),
        Follow(WORK_INJURY, "confirmed", _is_appraised_yes, confirmed_on),
        Follow(MAIN, "appraisal-final-yes", _both(_IS_NO, _FINAL_YES)),
        Follow(WORK_INJURY, "appraisal-final-no", _both(_is(WORK_INJURY, "wi_due"), _FINAL_NO)),
        Follow(SUIT, "procedure-ended", _both(_FINAL_YES, may_be_sued_over)),
        Follow(MAIN, "tracks-final", _both(_IS_YES, _FINAL_YES, has_injury_ended, is_disputed_no_more)),
        Follow(MAIN, "tracks-final-negative", _both(_IS_YES, _FINAL_NO, has_injury_ended)),
    ),
    on_limit={
        (APPRAISAL, "served", "appraisal-first-apply"): "no-objection",
        (APPRAISAL, "appr1_done", "appraisal-second-apply"): "no-objection",
        (WORK_INJURY, "wi_due", "work-injury-apply-worker"): "year-passed",
        (SUIT, "suit_open", "arbitration-suit"): "nobody-sued",
    },
    after_limit={"diagnosis-urge": ("diagnosis-material",)},
    rights=(*DECISION_RIGHTS, "labour-capacity-reapply"),
    during={"diagnosis-determination": "suspended", "diagnosis-investigation-finish": "suspended", "arbitration-award": "suspended"},
    started_by={"diagnosis-investigation-start": "investigation-needed"} | dict.fromkeys(DECISION_RIGHTS, SERVE_DECISION),
    starts_at={"suspected-close-negative": (APPRAISAL, "final_no")},
    runs_if={"suspected-close-negative": _IS_NO, "labour-capacity-reapply": may_be_reappraised},
    asked_by={SUPPLY: LISTED, SUPPLY_WORKER: LISTED},
    first=(SUPPLY, SUPPLY_WORKER),
    renews={SUPPLY: ("work-injury-accept",), SUPPLY_WORKER: ("work-injury-accept",), SERVE_DECISION: DECISION_RIGHTS},
    duty_evidence={SUPPLY: ("missing-items",), SUPPLY_WORKER: ("missing-items-worker",)},
    pausing=("suspended",),
    reopened_by=("next-suspected-found",),
    late_entries=(FIRST_LATE, SECOND_LATE, "worker-applies", "reconsideration", "suit", "file-suit"),
    reviving=("lives-again-yes", "lives-again-no"),
    keeps={FIRST_LATE: (FIRST,), SECOND_LATE: (SECOND,)},
    overturned={"closed_neg": (MAIN, "diagnosed_yes")},
    wanted={
        "suspended": Message("Resume, once what is awaited is there"),
        "wi_no": Message("Enter a reconsideration or a suit, if there is one"),
    },
    unlimited={
        (MAIN, "urged"): "DIAG",
        (WORK_INJURY, "wi_applied"): "HRSS",
        (WORK_INJURY, "wi_disputed"): "HRSS",
        (WORK_INJURY, "benefit"): "EMP",
        (WORK_INJURY, "followup"): "HLTH",
    },
    resting=("diagnosed_yes", "diagnosed_no"),
    instead={"report-to-health-acute": "report-to-health", "report-confirmed-acute": "report-confirmed"},
)
