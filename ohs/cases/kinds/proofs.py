"""What can be put on file in cases, and who sees it."""

from __future__ import annotations

from enum import StrEnum

from ohs.kernel.message import Message


class Sight(StrEnum):
    """Who sees a piece of evidence: the readers of one part of the case, those who read medical facts, or both at once."""

    WAY = "way"
    WAY_MEDICAL = "way-medical"
    DIAGNOSIS = "diagnosis"
    INJURY = "injury"
    INJURY_FULL = "injury-full"
    TREATMENT = "treatment"


#: Kinds of evidence that acts ask for, and what else people put on file.
EVIDENCE = {
    "refusal": Message("Written refusal"),
    "certificate": Message("Diagnosis certificate"),
    "appraisal": Message("Appraisal certificate"),
    "appraisal-final": Message("Certificate of the second appraisal"),
    "decision": Message("Work-injury decision"),
    "missing-items": Message("What was missing in the application"),
    "waiver": Message("Written waiver, or finding that no disability remains"),
    "grade": Message("Labour-capacity conclusion"),
    "grade-final": Message("Final labour-capacity conclusion"),
    "removal": Message("Evidence of the removal, or of the fitness to stay"),
    "follow-up": Message("Plan of treatment and follow-up"),
    "follow-up-exam": Message("First follow-up examination, or why there is none"),
    "post-change": Message("Change of post, signed"),
    "proof": Message("Proof"),
    "off-hazard": Message("Proof that the worker was off the hazard meanwhile"),
    "opinion": Message("Written second opinion"),
    "works": Message("Records of the works"),
    "protection": Message("Records of the protection"),
    "record": Message("Record of the visit"),
    "visit": Message("Photograph of a visit on the spot"),
    "document": Message("Other document"),
    "medical": Message("Other medical document"),
}
#: Who sees each of them; what is not named here is seen by nobody.
EVIDENCE_SIGHT = {
    "refusal": Sight.WAY,
    "certificate": Sight.DIAGNOSIS,
    "appraisal": Sight.DIAGNOSIS,
    "appraisal-final": Sight.DIAGNOSIS,
    "decision": Sight.INJURY_FULL,
    "missing-items": Sight.INJURY_FULL,
    "waiver": Sight.INJURY_FULL,
    "grade": Sight.INJURY_FULL,
    "grade-final": Sight.INJURY_FULL,
    "removal": Sight.INJURY,
    "follow-up": Sight.TREATMENT,
    "follow-up-exam": Sight.TREATMENT,
    "post-change": Sight.WAY,
    "proof": Sight.WAY,
    "off-hazard": Sight.WAY,
    "opinion": Sight.WAY_MEDICAL,
    "works": Sight.WAY,
    "protection": Sight.WAY,
    "record": Sight.WAY,
    "visit": Sight.WAY,
    "document": Sight.WAY,
    "medical": Sight.WAY_MEDICAL,
}
#: What anybody who acts on a case may add although no act asks for it; the medical one only where the case is about a person.
FREE_EVIDENCE, FREE_MEDICAL_EVIDENCE = "document", "medical"
#: Lines of the timeline that tell of files.
EVIDENCE_EVENTS = ADDED, TAKEN_BACK = "evidence-added", "evidence-taken-back"
