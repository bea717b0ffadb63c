"""The status of a case in the words in which a worker is told: what has happened, and what comes next."""

from __future__ import annotations

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case
from ohs.kernel.message import Message

#: Kinds that are about a place or protect whoever told of it: no worker's file shows them.
NOT_OWN = ("complaint", "overlimit", "cluster", "acute", "shortdust")
#: The same for every kind: what a clinic has corrected no longer stands.
CORRECTED = Message("Ended: the clinic has corrected the finding.")
PLAIN: dict[str, dict[str, Message]] = {
    "susp": {
        "detected": Message(
            "An examination found signs that may come from your work. This is not a diagnosis yet. The clinic must tell you and your employer."
        ),
        "notified": Message(
            "Your employer has been told. It must arrange the diagnosis and pay for it, and may not end your contract meanwhile."
        ),
        "arranged": Message("The diagnosis is arranged. Bring your identity card and whatever shows where you have worked."),
        "declined": Message("You have said in writing that you want no diagnosis for now. You can ask for one at any time."),
        "accepted": Message("The diagnosis institution has registered you."),
        "material": Message("The diagnosis institution collects material from your employer."),
        "urged": Message("Your employer has not supplied everything; the health department urges it."),
        "suspended": Message("The diagnosis rests until a question is settled elsewhere."),
        "complete": Message("The material is complete; the experts come to a conclusion."),
        "diagnosed_yes": Message("You have been diagnosed with an occupational disease."),
        "diagnosed_no": Message(
            "The diagnosis found no occupational disease. If you disagree, you can apply for an appraisal; see your rights."
        ),
        "closed_neg": Message("Ended: no occupational disease was found."),
        "closed": Message("Ended: everything about this disease has been settled or runs as a benefit."),
    },
    "contra": {
        "detected": Message(
            "The examination found something with which you should not do this work. The clinic must tell you and your employer."
        ),
        "notified": Message("Your employer has been told. It must move you away from this hazard and place you properly."),
        "not_assigned": Message("You are not assigned to work with this hazard."),
        "removed": Message("Your employer says that you have been moved; the proof is to follow."),
        "review": Message("A second opinion is being given."),
        "verify": Message("The health department checks that you have been moved."),
        "breach": Message("Your employer has not moved you in time; the health department acts on it."),
        "closed": Message("Ended: you have been moved to other work, and that was checked."),
        "closed_lifted": Message("Ended: the second opinion found that you may do this work."),
        "reopened": Message("Opened again: you were found at the same work."),
    },
    "recheck": {
        "due": Message("Something must be examined again. The clinic must tell you and your employer what, and by when."),
        "informed": Message("You are to be examined again. Your employer arranges it and pays for it."),
        "booked": Message("A day for the re-examination is set. Please go."),
        "done": Message("You have been examined again; the clinic concludes."),
        "reminded": Message("The re-examination is late; your employer has been reminded."),
        "lead": Message("The re-examination is long overdue; the health department looks into it."),
        "closed": Message("Ended: the re-examination is done."),
        "closed_undone": Message("Ended without a re-examination."),
    },
    "overdue": {
        "open": Message("Your examination is overdue. Your employer will be told."),
        "notified": Message("Your examination is overdue. Your employer must set a day for it."),
        "committed": Message("Your employer has promised a day for your examination."),
        "contest": Message("Your employer says that no examination is due; the health department decides."),
        "examined": Message("The examination is done; the list is being closed."),
        "ordered": Message("The health department has ordered your employer to have you examined."),
        "penalty": Message("Your employer did not have you examined; a penalty is being decided."),
        "closed": Message("Ended: the examination is done."),
        "closed_na": Message("Ended: no examination was due."),
    },
}

#: After a positive diagnosis it is work injury that goes on.
INJURY: dict[str, Message] = {
    "wi_due": Message(
        "You have been diagnosed with an occupational disease. Your employer must apply for work injury; if it does not, you can."
    ),
    "wi_applied": Message("Work injury has been applied for; the human resources department looks whether the application is complete."),
    "wi_not_applied": Message("Nobody has applied for work injury in time. Ask the human resources department what is still open to you."),
    "wi_accepted": Message("The application for work injury has been accepted; the human resources department decides."),
    "wi_not_accepted": Message("The application for work injury was not accepted; the notice tells you why and what you can do."),
    "wi_yes": Message("Your disease counts as a work injury. If it leaves a disability, have your labour capacity assessed."),
    "wi_no": Message("Your disease was not found to be a work injury. If you disagree, you can ask for a review; see your rights."),
    "wi_disputed": Message("The decision on work injury is being reviewed. Treatment goes on being paid meanwhile."),
    "lc_applied": Message("Your labour capacity is being assessed."),
    "lc_done": Message(
        "Your labour capacity has been assessed. The benefits follow from the grade; if you disagree, you can ask for a new assessment."
    ),
    "lc_re": Message("Your labour capacity is being assessed again; that is final."),
    "benefit": Message("Your benefits are being worked out and paid."),
    "followup": Message("Your benefits run. Go to your follow-up examinations; if your condition changes, it can be assessed again."),
    "wi_closed": Message("Follow-up has ended here."),
}
NOT_CONFIRMED = Message("The appraisal found no occupational disease; that is final.")


def plain_status(case: Case) -> Message:
    """What a worker is told of how a case stands; the status of its table where nothing plainer is written."""
    if case.status == "closed_withdrawn":
        return CORRECTED
    if case.status == "diagnosed_yes":
        beside = {one.track: one.status for one in case.tracks}
        if beside.get("appraisal") == "final_no":
            return NOT_CONFIRMED
        if beside.get(WORK_INJURY) in INJURY:
            return INJURY[beside[WORK_INJURY]]
    return PLAIN.get(case.kind, {}).get(case.status) or KINDS[case.kind].statuses[case.status]
