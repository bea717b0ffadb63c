"""Who may do what: one table of permissions, closed by default, following the sharing table cell by cell."""

from __future__ import annotations

from enum import StrEnum

from ohs.kernel.conditions import (
    Condition,
    Role,
    accepted_by_safety,
    answering_office,
    begun_here,
    by_another,
    emergency_open,
    handed_in,
    meant_for,
    of_kind,
    own_acceptance,
    own_account,
    own_client,
    own_clinic,
    own_employer,
    own_institution,
    own_organisation,
    own_region,
    owning_office,
    purpose_given,
    role,
    with_work_injury,
)
from ohs.kernel.guards import Policy
from ohs.kernel.guards import public as public
from ohs.kernel.guards import wants_fragment as wants_fragment

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
system_admin = role("system-admin")
security_admin = role("security-admin")
auditor = role("auditor")
#: Everybody who works on the subject itself; administrators do not.
worker_on_cases = role("employer", "clinic", "testing", "diagnosis", "health", "hr", "safety", "town")
anybody = role("employer", "clinic", "testing", "diagnosis", "health", "hr", "safety", "town", "system-admin", "security-admin", "auditor")
city = Role("city level", lambda person: person.organisation.level == "city")


class Permission(StrEnum):
    """Everything that can be allowed. What is not in `GRANTS` is held by nobody."""

    DESK_READ = "desk:read"
    FIGURES_READ = "figures:read"
    #: Columns of figures: exposed people, examinations made, conclusions in counts.
    FIGURES_EXPOSED = "figures:exposed"
    FIGURES_EXAMINATIONS = "figures:examinations"
    FIGURES_CONCLUSIONS = "figures:conclusions"
    SEARCH = "search:read"
    HELP_READ = "help:read"
    OWN_SESSIONS = "own-sessions:edit"
    OWN_ACCOUNT = "own-account:edit"
    #: Each for themselves, a colleague of their own organisation.
    SUBSTITUTE_NAME = "substitute:name"
    SUBSTITUTE_END = "substitute:end"
    VIEW_SAVE = "view:save"
    VIEW_DELETE = "view:delete"

    EMPLOYER_LIST = "employer:list"
    #: Minimum fields: name, code, region, industry, size, risk class, contact.
    EMPLOYER_READ = "employer:read"
    EMPLOYER_READ_FULL = "employer:read-full"
    EMPLOYER_IMPORT = "employer:import"
    EMPLOYER_EDIT = "employer:edit"
    EMPLOYER_MERGE = "employer:merge"
    EMPLOYER_EXPORT = "employer:export"

    INSTITUTION_LIST = "institution:list"
    INSTITUTION_EDIT = "institution:edit"

    WORKER_LIST = "worker:list"
    WORKER_READ = "worker:read"
    WORKER_REVEAL = "worker:reveal"
    WORKER_MERGE = "worker:merge"
    #: Copies of a file for the worker: what this reader holds of it.
    WORKER_COPY = "worker:copy"
    #: One-time codes with which workers read their own file.
    WORKER_CODE_LIST = "worker-code:list"
    WORKER_CODE_GIVE = "worker-code:give"
    WORKER_CODE_REVOKE = "worker-code:revoke"

    DECLARATION_LIST = "declaration:list"
    #: Status and dates only.
    DECLARATION_READ_STATUS = "declaration:read-status"
    #: Minimum fields: status, dates, hazard classes, exposed counts per class.
    DECLARATION_READ = "declaration:read"
    DECLARATION_READ_FULL = "declaration:read-full"
    #: Products, materials and processes (trade secrets).
    DECLARATION_READ_SECRETS = "declaration:read-secrets"
    DECLARATION_CREATE = "declaration:create"
    DECLARATION_EDIT = "declaration:edit"
    DECLARATION_SUBMIT = "declaration:submit"
    DECLARATION_WITHDRAW = "declaration:withdraw"
    DECLARATION_RETURN = "declaration:return"
    DECLARATION_ACCEPT = "declaration:accept"
    DECLARATION_ACCEPT_LIST = "declaration:accept-list"
    DECLARATION_FIND_UNTRUE = "declaration:find-untrue"
    DECLARATION_REPORT_CLOSURE = "declaration:report-closure"
    DECLARATION_CONFIRM_CLOSURE = "declaration:confirm-closure"
    DECLARATION_EXPORT = "declaration:export"
    DECLARATION_IMPORT = "declaration:import"

    UPLOAD_LIST = "upload:list"
    UPLOAD_READ = "upload:read"
    UPLOAD_NEW = "upload:new"
    UPLOAD_DECIDE = "upload:decide"
    SENDER_QUALITY_READ = "sender-quality:read"

    EXAMINATION_LIST = "examination:list"
    #: Item values and free text.
    EXAMINATION_READ = "examination:read"
    #: The page with dates, hazards, conclusions, and for an employer the advice: no values, nothing unrelated to work.
    EXAMINATION_READ_CONCLUSION = "examination:read-conclusion"
    EXAMINATION_GIVE_PURPOSE = "examination:give-purpose"
    EXAMINATION_EXPORT = "examination:export"
    FINDING_LIST = "finding:list"
    #: Exports of the organisation's own records about workers, however many, without a second person.
    EXPORT_ALONE = "export:alone"
    #: The page of exports; each export has a permission of its own.
    REPORT_LIST = "report:list"
    EXPORT_LIST = "export:list"
    EXPORT_APPROVE = "export:approve"

    CASE_LIST = "case:list"
    #: The page: status, last days, and of the rest as much as the permissions below open.
    CASE_READ = "case:read"
    #: The way to the diagnosis, or the whole way of a case of another kind.
    CASE_READ_WAY = "case:read-way"
    #: Conclusion of diagnosis and appraisal.
    CASE_READ_DIAGNOSIS = "case:read-diagnosis"
    CASE_READ_WORK_INJURY = "case:read-work-injury"
    #: Not only outcome and day.
    CASE_READ_WORK_INJURY_FULL = "case:read-work-injury-full"
    #: Everything that the acts have told, medical facts included.
    CASE_READ_MEDICAL = "case:read-medical"
    #: To act as one's kind of actor; which acts there are stands in the table of lifecycles.
    CASE_ACT = "case:act"
    CASE_TAKE = "case:take"
    #: By hand; of which kind stands in the tables, about whom in the register that the person may read.
    CASE_OPEN = "case:open"
    #: To suspend, resume and extend clocks; each office those of its own track.
    CASE_CLOCK = "case:clock"
    #: To remind those who must act.
    CASE_REMIND = "case:remind"
    CASE_EXPORT = "case:export"
    #: To write letters of a case; which ones stands in the table of letters.
    CASE_DOCUMENT_ISSUE = "case-document:issue"
    #: One copy of a letter.
    CASE_DOCUMENT_READ = "case-document:read"
    CASE_DOCUMENT_VOID = "case-document:void"
    #: To read a case that the lines above keep closed: for a named reason, for hours, reviewed by somebody else.
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_END = "emergency:end"
    EMERGENCY_READ = "emergency:read"
    EMERGENCY_REVIEW = "emergency:review"
    #: That there is an evidence pack for the diagnosis, and the question why an officer opens it.
    CASE_PACK_SHOW = "case-pack:show"
    CASE_PACK_READ = "case-pack:read"
    INBOX_READ = "inbox:read"
    #: Who is in a protected period, and the question whether somebody may be dismissed.
    PROTECTION_LIST = "protection:list"
    PROTECTION_READ = "protection:read"

    USER_LIST = "user:list"
    USER_READ = "user:read"
    USER_CREATE = "user:create"
    USER_EDIT = "user:edit"
    ROLE_ASSIGN = "role:assign"
    #: Not with the link for the password: who can do both could take an account over.
    SECOND_FACTOR_RESET = "second-factor:reset"
    ORGANISATION_LIST = "organisation:list"
    ORGANISATION_EDIT = "organisation:edit"
    CALENDAR_EDIT = "calendar:edit"
    SETTING_EDIT = "setting:edit"
    #: Messages on their way and given up: how many, to whom, why; not what they say.
    MESSAGE_LIST = "message:list"
    AUDIT_SEARCH = "audit:search"
    AUDIT_EXPORT = "audit:export"


P = Permission
#: Kinds of case of which an employer learns at once; a complaint protects whoever complained.
told_to_employer = of_kind("susp", "contra", "recheck", "overdue", "overlimit", "acute", "cluster")
#: Kinds without a person in them.
about_places = of_kind("overlimit", "cluster", "acute")

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
        (role("hr", "safety"), own_region, about_places),
        (clinic, own_clinic),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint")),
        (regulator, emergency_open),
    ],
    P.CASE_READ_WAY: [
        (health, own_region),
        (role("hr", "safety"), own_region, about_places),
        (clinic, own_clinic),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint")),
        (regulator, emergency_open),
    ],
    P.CASE_READ_DIAGNOSIS: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (diagnosis, own_institution),
        (employer, own_employer, told_to_employer),
        (health, emergency_open),
    ],
    P.CASE_READ_WORK_INJURY: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (employer, own_employer, told_to_employer),
    ],
    P.CASE_READ_WORK_INJURY_FULL: [(hr, own_region, with_work_injury), (employer, own_employer, told_to_employer)],
    P.CASE_READ_MEDICAL: [
        (health, own_region),
        (clinic, own_clinic),
        (diagnosis, own_institution),
        (employer, own_employer, of_kind("susp")),
        (health, emergency_open),
    ],
    P.CASE_ACT: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (clinic, own_clinic),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint")),
    ],
    P.CASE_OPEN: [(role("health", "clinic", "testing", "town", "employer"),)],
    P.CASE_REMIND: [
        (health, own_region),
        (hr, own_region, with_work_injury),
        (clinic, own_clinic),
        (role("diagnosis", "testing"), own_institution),
        (employer, own_employer, told_to_employer),
        (town, own_region, of_kind("complaint")),
    ],
    P.CASE_TAKE: [(regulator, owning_office)],
    P.CASE_CLOCK: [(regulator, answering_office)],
    P.CASE_EXPORT: [(worker_on_cases,)],
    P.CASE_DOCUMENT_ISSUE: [(health, own_region), (hr, own_region, with_work_injury), (clinic, own_clinic), (diagnosis, own_institution)],
    P.CASE_DOCUMENT_READ: [
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
    P.CASE_PACK_SHOW: [(health, own_region, of_kind("susp")), (diagnosis, own_institution, of_kind("susp"))],
    P.CASE_PACK_READ: [(health, own_region, of_kind("susp"), purpose_given), (diagnosis, own_institution, of_kind("susp"))],
    P.INBOX_READ: [(worker_on_cases,)],
    P.PROTECTION_LIST: [(hr,)],
    P.PROTECTION_READ: [(hr, own_region)],
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
