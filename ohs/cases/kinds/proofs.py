"""What can be put on file in cases, and who reads it: one table, which every page, pack and line of the timeline asks."""

from __future__ import annotations

from typing import NamedTuple

from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.kernel.message import Message


class Proof(NamedTuple):
    """One kind of evidence."""

    name: Message
    #: The track on whose part of the timeline it is told; who is not shown that part reads no file of it.
    track: str
    #: Kinds of actor that may read it, of those who are shown the part.
    readers: frozenset[str]


def _by(readers: str) -> frozenset[str]:
    return frozenset(readers.split())


#: Offices that may come to own a case about a place or a complaint, and the town that looks.
_OFFICES = "HLTH SAFE HRSS TOWN"
#: Kinds of evidence that acts ask for, and what else people put on file (domain 1.4, 10.2). What the worker's side hands in, and whatever
#: holds findings of an examination or of a treatment, no employer reads; it reads what it files itself and what the law serves on it.
PROOFS = {
    # ODL art. 55: whom it frees of its duty to arrange the diagnosis must be able to show it.
    "refusal": Proof(Message("Written refusal"), MAIN, _by("HLTH CLIN DIAG EMP WKR")),
    # N6 art. 30, 42: served on the worker and the employer; HR is told name, number and day by the act (ODL art. 50).
    "certificate": Proof(Message("Diagnosis certificate"), APPRAISAL, _by("HLTH DIAG EMP WKR")),
    # Read by whoever decides on it; the one side's reasons are not for the other, which is told of it by the act.
    "appraisal-application": Proof(
        Message("Application for the appraisal, with the day on which the office received it"), APPRAISAL, _by("HLTH DIAG WKR")
    ),
    "appraisal": Proof(Message("Appraisal certificate"), APPRAISAL, _by("HLTH DIAG EMP WKR")),
    "appraisal-final": Proof(Message("Certificate of the second appraisal"), APPRAISAL, _by("HLTH DIAG EMP WKR")),
    # WII art. 20, 25, 29: served on both sides; health is told outcome and day.
    "decision": Proof(Message("Work-injury decision"), WORK_INJURY, _by("HRSS EMP WKR")),
    "grade": Proof(Message("Labour-capacity conclusion"), WORK_INJURY, _by("HRSS EMP WKR")),
    "grade-final": Proof(Message("Final labour-capacity conclusion"), WORK_INJURY, _by("HRSS EMP WKR")),
    "missing-items": Proof(Message("What was missing in the employer’s application"), WORK_INJURY, _by("HRSS EMP WKR")),
    "missing-items-worker": Proof(Message("What was missing in the application of the worker’s side"), WORK_INJURY, _by("HRSS WKR")),
    "waiver": Proof(Message("Written waiver, or finding that no disability remains"), WORK_INJURY, _by("HRSS WKR")),
    "removal": Proof(Message("Evidence of the removal, or of the fitness to stay"), WORK_INJURY, _by("HRSS HLTH EMP WKR")),
    "follow-up": Proof(Message("Plan of treatment and follow-up"), WORK_INJURY, _by("HLTH EMP WKR")),
    "follow-up-exam": Proof(Message("First follow-up examination, or why there is none"), WORK_INJURY, _by("HLTH WKR")),
    "post-change": Proof(Message("Change of post, signed"), MAIN, _by("HLTH EMP WKR")),
    "proof": Proof(Message("Proof"), MAIN, _by("HLTH CLIN EMP WKR")),
    "off-hazard": Proof(Message("Proof that the worker was off the hazard meanwhile"), MAIN, _by("HLTH CLIN EMP WKR")),
    "opinion": Proof(Message("Written second opinion"), MAIN, _by("HLTH CLIN DIAG WKR")),
    "works": Proof(Message("Records of the works"), MAIN, _by("HLTH SAFE HRSS EMP")),
    "protection": Proof(Message("Records of the protection"), MAIN, _by("HLTH SAFE HRSS EMP")),
    "record": Proof(Message("Record of the visit"), MAIN, _by(f"{_OFFICES} EMP")),
    "visit": Proof(Message("Photograph of a visit on the spot"), MAIN, _by(f"{_OFFICES} EMP")),
    # ODL art. 48: heard by whoever diagnoses; colleagues speak freely only where the employer does not read it.
    "statement": Proof(Message("Statement of the worker or of colleagues"), MAIN, _by("HLTH DIAG WKR")),
    "medical": Proof(Message("Other medical document"), MAIN, _by("HLTH CLIN DIAG WKR")),
    "document": Proof(Message("Other document"), MAIN, _by(f"{_OFFICES} CLIN DIAG TEST EMP WKR")),
}
#: What each of them is called.
EVIDENCE = {kind: proof.name for kind, proof in PROOFS.items()}
#: What anybody who acts on a case may add although no act asks for it; the others only where the case is about a person.
FREE_EVIDENCE, FREE_MEDICAL_EVIDENCE = "document", "medical"
FREE_OF_PERSON = frozenset({FREE_MEDICAL_EVIDENCE, "statement"})
#: Lines of the timeline that tell of files.
EVIDENCE_EVENTS = ADDED, TAKEN_BACK = "evidence-added", "evidence-taken-back"
