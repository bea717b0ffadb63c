"""Suspected silicosis from the finding to the last benefit, with one suspension, one appraisal, and every clock on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.cases.models import Case
from tests.factories.cases import act, make_case, make_people, prove

DIAG_INSTITUTION = "institution"
# fmt: off
#: Day, actor, track, event, what it tells; then what runs on that track, by slug and last day.
WAY: list[tuple[str, str, str, str, dict[str, Any], dict[str, str]]] = [
    ("2026-03-04", "CLIN", "main", "notify", {"told_worker_on": "2026-03-04", "told_employer_on": "2026-03-04", "how_told": "writing"}, {"diagnosis-arrange": "2026-04-03"}),
    ("2026-03-10", "EMP", "main", "employer-arranges", {"institution_id": DIAG_INSTITUTION, "arranged_on": "2026-03-10"}, {"diagnosis-register": "2026-03-10"}),
    ("2026-03-12", "DIAG", "main", "register", {"registration_no": "1", "registered_on": "2026-03-12"}, {"diagnosis-material-letter": "2026-03-19"}),
    ("2026-03-13", "DIAG", "main", "letter-to-employer", {"received_on": "2026-03-13"}, {"diagnosis-material": "2026-03-23"}),
    ("2026-03-16", "HLTH", "main", "determination-asked", {"cause": "资料有争议", "document_no": "1"}, {"diagnosis-determination": "2026-04-15"}),
    # Ten days stood still, from the 17th to the 26th.
    ("2026-03-26", "DIAG", "main", "resume", {"outcome": "以卫生部门判定为准", "document_no": "2"}, {"diagnosis-material": "2026-04-02"}),
    ("2026-03-30", "EMP", "main", "material-supplied", {"history": True, "examinations": True, "measurements": True}, {"diagnosis-decision": "2026-04-29"}),
    ("2026-04-20", "DIAG", "main", "conclude-yes", {"certificate_no": "1", "issued_on": "2026-04-20", "disease": "矽肺"}, {}),
    ("2026-04-25", "DIAG", "appraisal", "serve-certificate", {"served_on": "2026-04-25"}, {"appraisal-first-apply": "2026-05-25"}),
    ("2026-05-06", "EMP", "appraisal", "objection", {"applied_on": "2026-05-06", "applicant": "employer"}, {"appraisal-first-check": "2026-05-12"}),
    ("2026-05-08", "APPR", "appraisal", "document-check", {"accepted_on": "2026-05-08"}, {"appraisal-first-files": "2026-05-18", "appraisal-first-decision": "2026-06-17"}),
    ("2026-05-10", "EMP", "work_injury", "employer-applies", {"applied_on": "2026-05-10"}, {"work-injury-accept": "2026-05-15"}),
    ("2026-05-12", "HRSS", "work_injury", "accept", {"accepted_on": "2026-05-12", "document_no": "3"}, {"work-injury-decision": "2026-07-13"}),
    ("2026-06-08", "APPR", "appraisal", "conclude", {"certificate_no": "2", "issued_on": "2026-06-08", "received_on": "2026-06-08", "conclusion": "yes"}, {"appraisal-second-apply": "2026-06-23"}),
    ("2026-06-24", "system", "appraisal", "no-objection-yes", {}, {}),
    ("2026-07-01", "HRSS", "work_injury", "decide-yes", {"decision_no": "4", "decided_on": "2026-07-01"}, {"labour-capacity-apply": "2026-09-29"}),
    ("2026-08-01", "EMP", "work_injury", "apply-labour-capacity", {"applied_on": "2026-08-01"}, {"labour-capacity-decision": "2026-09-30"}),
    ("2026-09-01", "LCAC", "work_injury", "conclude", {"concluded_on": "2026-09-01", "received_on": "2026-09-01", "conclusion_no": "5", "grade": "7", "care": "none"}, {"labour-capacity-reapply": "2026-09-16", "benefit-payment": "2026-10-08"}),
    ("2026-09-20", "HRSS", "work_injury", "benefits-paid", {"first_paid_on": "2026-09-20", "document_no": "6"}, {}),
    ("2026-09-25", "EMP", "work_injury", "follow-up-planned", {"removed": "moved", "plan": "每年复查", "first_examination_planned_on": "2027-09-01"}, {}),
]
# fmt: on


def running(case: Case, track: str) -> dict[str, str]:
    return {clock.slug: clock.due_on.isoformat() for clock in case.clocks if clock.state == "running" and clock.track == track}


def test_from_finding_to_benefit(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=date(2026, 3, 2))
    assert (case.number, case.status, case.owner.department) == ("YS-330481-2026-000001", "detected", "health")
    assert running(case, "main") == {"suspected-notify-worker": "2026-03-09"}
    assert running(case, "duty") == {"suspected-report": "2026-03-17", "suspected-notify-employer": "2026-03-09"}
    prove(session, case, people.DIAG, "certificate", "appraisal", "decision", "grade", "removal", "follow-up", "follow-up-exam")
    for day, actor, track, event, told, runs in WAY:
        facts = {key: date.fromisoformat(value) if key.endswith("_on") else value for key, value in told.items()}
        if told.get("institution_id"):
            facts["institution_id"] = people.DIAG.organisation_id
        act(session, people, case, actor, event, date.fromisoformat(day), track, **facts)
        assert running(case, track) == runs, event
        assert case.owner_id and case.closed_on is None
    assert [(one.track, one.status, one.owner.department) for one in case.tracks] == [
        ("appraisal", "final_yes", "health"), ("work_injury", "followup", "hr"),
    ]  # fmt: skip
    act(session, people, case, "HLTH", "follow-up-ended", date(2026, 9, 26), "work_injury", why="transferred", ended_on=date(2026, 9, 26))
    assert (case.status, case.closed_on) == ("closed", date(2026, 9, 26))
    assert [step.position for step in case.steps] == list(range(1, len(case.steps) + 1))
    assert case.steps[8].facts.keys() == {"certificate_no", "issued_on"}, "what is medical is sealed"
