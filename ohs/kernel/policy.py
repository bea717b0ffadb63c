"""Who may do what: one table of permissions, closed by default, following the sharing table cell by cell."""

from __future__ import annotations

from ohs.kernel.conditions import (
    Condition,
    Role,
    accepted_by_safety,
    answering_office,
    answers_it,
    begun_here,
    by_another,
    emergency_open,
    handed_in,
    meant_for,
    no_labour_lead,
    of_kind,
    on_work_injury,
    own_acceptance,
    own_account,
    own_client,
    own_clinic,
    own_department,
    own_employer,
    own_institution,
    own_organisation,
    own_region,
    owning_office,
    purpose_given,
    role,
    sent_it,
    with_work_injury,
)
from ohs.kernel.guards import Policy
from ohs.kernel.guards import public as public
from ohs.kernel.guards import wants_fragment as wants_fragment
from ohs.kernel.permissions import Permission as Permission

employer = role("employer")
clinic = role("clinic")
testing = role("testing")
diagnosis = role("diagnosis")
health = role("health")
hr = role("hr")
safety = role("safety")
town = role("town")
regulator = role("health", "hr", "safety")
department = role("health", "hr", "safety", "town")
institution = role("clinic", "testing", "diagnosis")
#: Who can be handed a case, or what an institution does in one.
receiver = role("health", "hr", "safety", "testing", "diagnosis")
system_admin = role("system-admin")
security_admin = role("security-admin")
auditor = role("auditor")
#: Everybody who works on the subject itself; administrators do not.
worker_on_cases = role("employer", "clinic", "testing", "diagnosis", "health", "hr", "safety", "town")
anybody = role("employer", "clinic", "testing", "diagnosis", "health", "hr", "safety", "town", "system-admin", "security-admin", "auditor")
city = Role("city level", lambda person: person.organisation.level == "city")


P = Permission
#: Acts on a case go with it: an office that has handed it over reads on what its region gives it, and does nothing there any more.
#: Kinds of case of which an employer learns at once; a complaint protects whoever complained.
told_to_employer = of_kind("susp", "contra", "recheck", "overdue", "overlimit", "acute", "cluster")
#: Kinds without a person in them.
about_places = of_kind("overlimit", "cluster", "acute")
#: Kinds that every department may come to own; of the others HR and safety read no more by owning one than that it is there.
open_kinds = of_kind("overlimit", "cluster", "acute", "complaint")

# A permission is granted when every condition of any one line holds.
GRANTS: dict[Permission, list[tuple[Condition, ...]]] = {
    P.DESK_READ: [(anybody,)],
    P.FIGURES_READ: [(department,)],
    P.FIGURES_EXPOSED: [(regulator,)],
    P.FIGURES_EXAMINATIONS: [(role("health", "safety"),)],
    P.FIGURES_CONCLUSIONS: [(role("health", "safety"),)],
    P.SEARCH: [(worker_on_cases,)],
    P.HELP_READ: [(anybody,)],
    P.OWN_SESSIONS: [(anybody, own_account)],
    P.OWN_ACCOUNT: [(anybody,)],
    P.SUBSTITUTE_NAME: [(worker_on_cases,)],
    P.SUBSTITUTE_END: [(worker_on_cases, own_account)],
    P.VIEW_SAVE: [(worker_on_cases,)],
    P.VIEW_DELETE: [(worker_on_cases, own_account)],
    P.EMPLOYER_LIST: [(department,), (institution,), (employer,)],
    P.EMPLOYER_READ: [(department, own_region), (institution, own_client), (employer, own_employer)],
    P.EMPLOYER_READ_FULL: [(department, own_region), (employer, own_employer)],
    P.EMPLOYER_IMPORT: [(health,)],
    P.EMPLOYER_EDIT: [(health, own_region)],
    P.EMPLOYER_MERGE: [(health, own_region)],
    P.EMPLOYER_EXPORT: [(department,), (institution,), (employer,)],
    P.INSTITUTION_LIST: [(regulator,)],
    P.INSTITUTION_EDIT: [(health, city)],
    P.WORKER_LIST: [(health,), (clinic,), (employer,)],
    P.WORKER_READ: [(health, own_region), (clinic, own_client), (employer, own_employer)],
    P.WORKER_REVEAL: [(health, own_region)],
    P.WORKER_MERGE: [(health, city)],
    P.WORKER_COPY: [(health, own_region, purpose_given), (employer, own_employer)],
    P.WORKER_CODE_LIST: [(health,)],
    P.WORKER_CODE_GIVE: [(health, own_region)],
    P.WORKER_CODE_REVOKE: [(health, own_region)],
    P.DECLARATION_LIST: [(department,), (employer,), (role("clinic", "testing"),)],
    P.DECLARATION_READ_STATUS: [
        (department, own_region, handed_in),
        (employer, own_employer),
        (role("clinic", "testing"), own_client, handed_in),
        (town, own_region, begun_here),
    ],
    P.DECLARATION_READ: [
        (regulator, own_region, handed_in),
        (employer, own_employer),
        (role("clinic", "testing"), own_client, handed_in),
    ],
    P.DECLARATION_READ_FULL: [
        (health, own_region, handed_in),
        (safety, own_region, accepted_by_safety, handed_in),
        (employer, own_employer),
        (town, own_region, begun_here),
    ],
    P.DECLARATION_READ_SECRETS: [
        (health, own_region, handed_in),
        (safety, own_region, accepted_by_safety, handed_in),
        (employer, own_employer),
    ],
    P.DECLARATION_CREATE: [(employer, own_employer), (town, own_region)],
    P.DECLARATION_EDIT: [(employer, own_employer), (town, own_region, begun_here)],
    P.DECLARATION_SUBMIT: [(employer, own_employer), (town, own_region, begun_here)],
    P.DECLARATION_WITHDRAW: [(employer, own_employer), (town, own_region, begun_here)],
    P.DECLARATION_RETURN: [(regulator, own_acceptance, handed_in)],
    P.DECLARATION_ACCEPT: [(regulator, own_acceptance, handed_in)],
    P.DECLARATION_ACCEPT_LIST: [(role("health", "safety"),)],
    P.DECLARATION_FIND_UNTRUE: [(health, own_region)],
    P.DECLARATION_REPORT_CLOSURE: [(employer, own_employer), (town, own_region)],
    P.DECLARATION_CONFIRM_CLOSURE: [(regulator, own_acceptance)],
    P.DECLARATION_EXPORT: [(department,), (employer,), (role("clinic", "testing"),)],
    P.DECLARATION_IMPORT: [(employer,), (town,)],
    P.UPLOAD_LIST: [(role("clinic", "health", "employer", "town"),)],
    P.UPLOAD_READ: [(role("clinic", "health", "employer", "town"), own_organisation)],
    P.UPLOAD_NEW: [(role("clinic", "health", "employer", "town"),)],
    P.UPLOAD_DECIDE: [(role("clinic", "health", "employer", "town"), own_organisation)],
    P.SENDER_QUALITY_READ: [(clinic,), (health,)],
    P.EXAMINATION_LIST: [(health,), (clinic,), (employer,)],
    P.EXAMINATION_READ: [(health, own_region, purpose_given), (clinic, own_clinic)],
    P.EXAMINATION_READ_CONCLUSION: [(health, own_region), (clinic, own_clinic), (employer, own_employer)],
    P.EXAMINATION_GIVE_PURPOSE: [(health, own_region)],
    P.EXAMINATION_EXPORT: [(health,), (clinic,), (employer,)],
    P.FINDING_LIST: [(health,)],
    P.EXPORT_ALONE: [(clinic,), (employer,)],
    P.REPORT_LIST: [(anybody,)],
    P.EXPORT_LIST: [(health,), (hr,)],
    P.EXPORT_APPROVE: [(health, own_organisation), (hr, own_organisation)],
    P.CASE_LIST: [(worker_on_cases,)],
    P.CASE_READ: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (safety, own_region, about_places),
        (clinic, own_clinic),
        (clinic, own_institution),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint"), no_labour_lead),
        (regulator, emergency_open),
        (regulator, answering_office),
        (role("hr", "safety"), city, own_region, own_department, open_kinds),
    ],
    P.CASE_READ_WAY: [
        (health, own_region),
        (safety, own_region, about_places),
        (clinic, own_clinic),
        (clinic, own_institution),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint"), no_labour_lead),
        (regulator, emergency_open),
        (health, answering_office),
        (role("hr", "safety"), owning_office, open_kinds),
        (role("hr", "safety"), city, own_region, own_department, open_kinds),
    ],
    P.CASE_READ_DIAGNOSIS: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (diagnosis, own_institution),
        (employer, own_employer, told_to_employer),
        (health, emergency_open),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
    ],
    P.CASE_READ_WORK_INJURY: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (employer, own_employer, told_to_employer),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
    ],
    P.CASE_READ_WORK_INJURY_FULL: [
        (hr, own_region, with_work_injury),
        (employer, own_employer, told_to_employer),
        (hr, answering_office, with_work_injury),
    ],
    P.CASE_READ_MEDICAL: [
        (health, own_region),
        (clinic, own_clinic),
        (clinic, own_institution),
        (diagnosis, own_institution),
        (employer, own_employer, of_kind("susp")),
        (health, emergency_open),
        (health, answering_office),
    ],
    P.CASE_PERSON: [(hr, own_region, with_work_injury), (hr, answering_office, with_work_injury), (health, answering_office)],
    P.CASE_ACT: [
        (health, city, own_region),
        (hr, city, own_region, with_work_injury),
        (clinic, own_clinic),
        (clinic, own_institution),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint"), no_labour_lead),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
        (role("hr", "safety"), owning_office, open_kinds),
    ],
    P.CASE_OPEN: [(role("health", "clinic", "testing", "town", "employer"),)],
    P.CASE_REMIND: [
        (health, city, own_region),
        (hr, city, own_region, with_work_injury),
        (clinic, own_clinic),
        (clinic, own_institution),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint"), no_labour_lead),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
        (role("hr", "safety"), owning_office, open_kinds),
        (role("hr", "safety"), city, own_region, own_department, open_kinds),
    ],
    P.CASE_TAKE: [
        (regulator, answering_office),
        (clinic, own_clinic),
        (clinic, own_institution),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
    ],
    P.CASE_TOLD_LIST: [(regulator, owning_office)],
    P.CASE_CLOCK: [(regulator, answering_office)],
    P.CASE_HAND_OVER: [(regulator, answering_office)],
    P.CASE_ASK: [(regulator,)],
    P.CASE_EXPORT: [(worker_on_cases,)],
    P.CASE_LINE_LIST: [(role("health", "clinic", "employer"),)],
    P.CASE_LINE_READ: [
        (health, own_region),
        (clinic, own_clinic),
        (clinic, own_institution),
        (employer, own_employer, told_to_employer),
        (health, emergency_open),
        (health, answering_office),
    ],
    P.CASE_LINE_COUNT: [(health, own_region), (safety, emergency_open)],
    P.CASE_LINE_MONTHS: [(health, own_region), (hr, emergency_open)],
    P.CASE_DOCUMENT_ISSUE: [
        (health, city, own_region),
        (hr, city, own_region, with_work_injury),
        (clinic, own_clinic),
        (diagnosis, own_institution),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
    ],
    P.CASE_DOCUMENT_READ: [
        (health, answering_office),
        (hr, answering_office, meant_for("HRSS")),
        (health, own_region),
        (hr, own_region, meant_for("HRSS")),
        (safety, own_region, meant_for("SAFE")),
        (clinic, own_clinic, meant_for("CLIN")),
        (diagnosis, own_institution, meant_for("DIAG")),
        (employer, own_employer, told_to_employer, meant_for("EMP")),
    ],
    P.CASE_DOCUMENT_VOID: [(role("health", "hr", "clinic", "diagnosis"), own_organisation)],
    P.EMERGENCY_OPEN: [(regulator,)],
    P.EMERGENCY_END: [(regulator, own_account)],
    P.EMERGENCY_READ: [(health, city), (auditor,)],
    P.EMERGENCY_REVIEW: [(health, city, by_another)],
    P.CASE_PACK_SHOW: [
        (health, own_region, of_kind("susp")),
        (health, answering_office, of_kind("susp")),
        (diagnosis, own_institution, of_kind("susp")),
    ],
    P.CASE_PACK_READ: [
        (health, own_region, of_kind("susp"), purpose_given),
        (health, answering_office, of_kind("susp"), purpose_given),
        (diagnosis, own_institution, of_kind("susp")),
    ],
    P.INBOX_READ: [(worker_on_cases,)],
    P.PROTECTION_LIST: [(hr,)],
    P.PROTECTION_READ: [(hr, own_region)],
    P.PROTECTION_ALARM: [(hr, own_region)],
    P.TRANSFER_LIST: [(receiver,)],
    P.TRANSFER_READ: [(receiver, answers_it), (regulator, sent_it)],
    P.TRANSFER_ANSWER: [(receiver, answers_it)],
    P.TRANSFER_REVOKE: [(regulator, sent_it)],
    P.REQUEST_WITHDRAW: [(regulator, own_organisation)],
    P.TRANSFER_FIGURES: [(regulator,)],
    P.VISIT_ASK: [(health, owning_office)],
    P.VISIT_LIST: [(town,), (health,)],
    P.VISIT_READ: [(town, own_organisation), (health, owning_office), (health, city)],
    P.VISIT_ANSWER: [(town, own_organisation)],
    P.JOINT_MEETING_READ: [(regulator,)],
    P.JOINT_MEETING_PROPOSE: [(regulator,)],
    P.JOINT_MEETING_CONVENE: [(health, city)],
    P.JOINT_MEETING_REPORT: [(health, city), (regulator, owning_office)],
    P.CASE_SET_PAYER: [
        (health, city, own_region),
        (hr, city, own_region, with_work_injury),
        (health, answering_office),
        (hr, answering_office, with_work_injury),
    ],
    P.COST_WINDOW_LIST: [(hr,)],
    P.GRANT_CALCULATE: [(hr,), (health,), (employer,)],
    P.PERFORMANCE_LIST: [(regulator,), (institution,)],
    P.PERFORMANCE_READ: [
        (role("health", "safety"), own_region),
        (hr, own_region, on_work_injury),
        (hr, own_region, of_kind("complaint")),
        (institution, own_organisation),
    ],
    P.PERFORMANCE_OPEN: [
        (health, own_region),
        (institution, own_organisation),
        (hr, own_region, on_work_injury),
        (safety, own_region, about_places),
    ],
    P.USER_LIST: [(system_admin,), (security_admin,)],
    P.USER_READ: [(system_admin,), (security_admin,)],
    P.USER_CREATE: [(system_admin,)],
    P.USER_EDIT: [(system_admin,)],
    P.ROLE_ASSIGN: [(security_admin,)],
    P.SECOND_FACTOR_RESET: [(security_admin,)],
    P.ORGANISATION_LIST: [(system_admin,), (security_admin,)],
    P.ORGANISATION_EDIT: [(system_admin,)],
    P.CALENDAR_EDIT: [(system_admin,)],
    P.SETTING_EDIT: [(system_admin,)],
    P.MESSAGE_LIST: [(system_admin,)],
    P.AUDIT_SEARCH: [(auditor,)],
    P.AUDIT_EXPORT: [(auditor,)],
}


_policy = Policy(GRANTS)
could, allowed, visible, requires = _policy.could, _policy.allowed, _policy.visible, _policy.requires
