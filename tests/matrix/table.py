"""Who may do what, written by hand from the sharing table of the departments and without looking at the policy.

A reader that is not named gets 403; one that is named reaches its own records and gets 404 for a stranger's.
"""

from __future__ import annotations

from ohs.kernel.policy import Permission as P
from tests.matrix.world import READERS

EVERYBODY = set(READERS)
HEALTH = {"health", "city-health"}
DEPARTMENTS = HEALTH | {"hr", "safety"}
GOVERNMENT = DEPARTMENTS | {"town"}
ON_CASES = EVERYBODY - {"system-admin", "security-admin", "auditor"}
#: Who can be handed a case, or the work in it.
RECEIVERS = DEPARTMENTS | {"diagnosis", "testing"}
FILERS = {"employer", "town"}
SENDERS = HEALTH | {"clinic", "employer", "town"}
#: Who may at all, by permission.
MAY: dict[P, set[str]] = {
    P.DESK_READ: EVERYBODY, P.HELP_READ: EVERYBODY, P.REPORT_LIST: EVERYBODY, P.OWN_ACCOUNT: EVERYBODY, P.OWN_SESSIONS: EVERYBODY, P.SEARCH: ON_CASES, P.VIEW_SAVE: ON_CASES,
    P.VIEW_DELETE: ON_CASES, P.FIGURES_READ: GOVERNMENT, P.FIGURES_EXPOSED: DEPARTMENTS, P.FIGURES_EXAMINATIONS: HEALTH | {"safety"}, P.FIGURES_CONCLUSIONS: HEALTH | {"safety"},
    P.EMPLOYER_LIST: ON_CASES, P.EMPLOYER_READ: ON_CASES, P.EMPLOYER_READ_FULL: GOVERNMENT | {"employer"}, P.EMPLOYER_IMPORT: HEALTH, P.EMPLOYER_EDIT: HEALTH,
    P.EMPLOYER_MERGE: HEALTH, P.EMPLOYER_EXPORT: ON_CASES, P.INSTITUTION_LIST: DEPARTMENTS, P.INSTITUTION_EDIT: {"city-health"},
    P.WORKER_LIST: HEALTH | {"clinic", "employer"}, P.WORKER_READ: HEALTH | {"clinic", "employer"}, P.WORKER_REVEAL: HEALTH, P.WORKER_MERGE: {"city-health"},
    P.WORKER_COPY: HEALTH | {"employer"}, P.WORKER_CODE_LIST: HEALTH, P.WORKER_CODE_GIVE: HEALTH, P.WORKER_CODE_REVOKE: HEALTH,
    P.DECLARATION_LIST: GOVERNMENT | {"employer", "clinic", "testing"}, P.DECLARATION_READ_STATUS: GOVERNMENT | {"employer", "clinic", "testing"},
    P.DECLARATION_READ: DEPARTMENTS | {"employer", "clinic", "testing"}, P.DECLARATION_READ_FULL: HEALTH | {"safety", "employer", "town"},
    P.DECLARATION_READ_SECRETS: HEALTH | {"safety", "employer"},
    P.DECLARATION_CREATE: FILERS, P.DECLARATION_EDIT: FILERS, P.DECLARATION_SUBMIT: FILERS, P.DECLARATION_WITHDRAW: FILERS, P.DECLARATION_IMPORT: FILERS,
    P.DECLARATION_REPORT_CLOSURE: FILERS,
    P.DECLARATION_RETURN: DEPARTMENTS, P.DECLARATION_ACCEPT: DEPARTMENTS, P.DECLARATION_CONFIRM_CLOSURE: DEPARTMENTS, P.DECLARATION_ACCEPT_LIST: HEALTH | {"safety"},
    P.DECLARATION_FIND_UNTRUE: HEALTH, P.DECLARATION_EXPORT: GOVERNMENT | {"employer", "clinic", "testing"},
    P.UPLOAD_LIST: SENDERS, P.UPLOAD_READ: SENDERS, P.UPLOAD_NEW: SENDERS, P.UPLOAD_DECIDE: SENDERS, P.SENDER_QUALITY_READ: HEALTH | {"clinic"},
    P.EXAMINATION_LIST: HEALTH | {"clinic", "employer"}, P.EXAMINATION_READ: HEALTH | {"clinic"}, P.EXAMINATION_READ_CONCLUSION: HEALTH | {"clinic", "employer"},
    P.EXAMINATION_GIVE_PURPOSE: HEALTH, P.EXAMINATION_EXPORT: HEALTH | {"clinic", "employer"}, P.FINDING_LIST: HEALTH,
    P.EXPORT_ALONE: {"clinic", "employer"}, P.EXPORT_LIST: HEALTH | {"hr"}, P.EXPORT_APPROVE: HEALTH | {"hr"},
    P.CASE_LIST: ON_CASES, P.CASE_READ: ON_CASES, P.CASE_READ_WAY: ON_CASES, P.CASE_READ_DIAGNOSIS: HEALTH | {"hr", "diagnosis", "employer"},
    P.CASE_READ_WORK_INJURY: HEALTH | {"hr", "employer"}, P.CASE_READ_WORK_INJURY_FULL: {"hr", "employer"}, P.CASE_PERSON: HEALTH | {"hr"}, P.CASE_READ_MEDICAL: HEALTH | {"clinic", "diagnosis", "employer"},
    P.CASE_ACT: ON_CASES, P.CASE_HAND_OVER: DEPARTMENTS, P.CASE_ASK: DEPARTMENTS, P.TRANSFER_LIST: RECEIVERS, P.TRANSFER_READ: RECEIVERS, P.TRANSFER_ANSWER: RECEIVERS,
    P.REQUEST_WITHDRAW: DEPARTMENTS,
    P.TRANSFER_REVOKE: DEPARTMENTS, P.TRANSFER_FIGURES: DEPARTMENTS, P.JOINT_MEETING_READ: DEPARTMENTS, P.JOINT_MEETING_PROPOSE: DEPARTMENTS,
    P.JOINT_MEETING_CONVENE: {"city-health"}, P.JOINT_MEETING_REPORT: DEPARTMENTS, P.CASE_TAKE: ON_CASES - {"town"}, P.CASE_TOLD_LIST: DEPARTMENTS, P.CASE_OPEN: HEALTH | {"clinic", "testing", "town", "employer"}, P.CASE_EXPORT: ON_CASES, P.INBOX_READ: ON_CASES,
    P.CASE_LINE_LIST: HEALTH | {"clinic", "employer"}, P.CASE_LINE_READ: HEALTH | {"clinic", "employer"}, P.CASE_LINE_COUNT: HEALTH | {"safety"}, P.CASE_LINE_MONTHS: HEALTH | {"hr"},
    P.CASE_REMIND: ON_CASES,
    P.CASE_DOCUMENT_ISSUE: HEALTH | {"hr", "clinic", "diagnosis"}, P.CASE_DOCUMENT_VOID: HEALTH | {"hr", "clinic", "diagnosis"},
    P.CASE_PACK_SHOW: HEALTH | {"diagnosis"}, P.CASE_PACK_READ: HEALTH | {"diagnosis"},
    P.CASE_DOCUMENT_READ: HEALTH | {"hr", "safety", "clinic", "diagnosis", "employer"},
    P.CASE_CLOCK: DEPARTMENTS, P.EMERGENCY_OPEN: DEPARTMENTS, P.EMERGENCY_END: DEPARTMENTS, P.EMERGENCY_READ: {"city-health", "auditor"}, P.EMERGENCY_REVIEW: {"city-health"},
    P.SUBSTITUTE_NAME: ON_CASES, P.SUBSTITUTE_END: ON_CASES,
    P.VISIT_ASK: HEALTH, P.VISIT_LIST: HEALTH | {"town"}, P.VISIT_READ: HEALTH | {"town"}, P.VISIT_ANSWER: {"town"},
    P.PROTECTION_LIST: {"hr"}, P.PROTECTION_READ: {"hr"}, P.PROTECTION_ALARM: {"hr"}, P.CASE_SET_PAYER: HEALTH | {"hr"}, P.COST_WINDOW_LIST: {"hr"}, P.GRANT_CALCULATE: HEALTH | {"hr", "employer"},
    P.PERFORMANCE_LIST: DEPARTMENTS | {"clinic", "diagnosis", "testing"}, P.PERFORMANCE_READ: DEPARTMENTS | {"clinic", "diagnosis", "testing"},
    P.PERFORMANCE_OPEN: DEPARTMENTS | {"clinic", "diagnosis", "testing"},
    P.USER_LIST: {"system-admin", "security-admin"}, P.USER_READ: {"system-admin", "security-admin"}, P.USER_CREATE: {"system-admin"}, P.USER_EDIT: {"system-admin"},
    P.ROLE_ASSIGN: {"security-admin"}, P.SECOND_FACTOR_RESET: {"security-admin"}, P.ORGANISATION_LIST: {"system-admin", "security-admin"}, P.ORGANISATION_EDIT: {"system-admin"}, P.CALENDAR_EDIT: {"system-admin"},
    P.SETTING_EDIT: {"system-admin"}, P.MESSAGE_LIST: {"system-admin"}, P.AUDIT_SEARCH: {"auditor"}, P.AUDIT_EXPORT: {"auditor"},
}  # fmt: skip
#: Of those, who gets 404 even for a record of their own county: the office that accepts is the county's health department, safety
#: reads in full only what it accepted itself, and a town only what it filed itself.
NOT_EVEN_OWN: dict[P, set[str]] = {
    P.DECLARATION_RETURN: {"hr", "safety", "city-health"}, P.DECLARATION_ACCEPT: {"hr", "safety", "city-health"},
    P.DECLARATION_CONFIRM_CLOSURE: {"hr", "safety", "city-health"}, P.DECLARATION_READ_FULL: {"safety", "town"},
    P.WORKER_COPY: HEALTH,  # who has named no purpose
    P.CASE_READ_WAY: {"hr"}, P.CASE_PACK_READ: HEALTH, P.CASE_TAKE: {"safety", "city-health"},
    P.CASE_CLOCK: {"safety", "city-health"}, P.VISIT_ASK: {"city-health"}, P.CASE_PERSON: {"city-health"},
    # Safety acts on what was handed to it, and on nothing else; work injury is the HR office's to hand over, the case itself health's.
    P.CASE_ACT: {"safety"}, P.CASE_REMIND: {"safety"}, P.CASE_HAND_OVER: {"safety", "city-health"}, P.JOINT_MEETING_REPORT: {"hr", "safety"},
}  # fmt: skip
#: What an office of the city reaches in every county; the rest belongs to one organisation or one person.
CITY_WIDE = {
    P.EMPLOYER_READ, P.EMPLOYER_READ_FULL, P.EMPLOYER_EDIT, P.EMPLOYER_MERGE, P.WORKER_READ, P.WORKER_REVEAL, P.WORKER_CODE_GIVE, P.WORKER_CODE_REVOKE, P.DECLARATION_READ_STATUS, P.DECLARATION_READ,
    P.DECLARATION_READ_FULL, P.DECLARATION_FIND_UNTRUE, P.EXAMINATION_READ_CONCLUSION, P.EXAMINATION_GIVE_PURPOSE, P.INSTITUTION_EDIT,
    P.CASE_READ, P.CASE_READ_WAY, P.CASE_READ_DIAGNOSIS, P.CASE_READ_WORK_INJURY, P.CASE_READ_MEDICAL, P.CASE_ACT, P.JOINT_MEETING_REPORT, P.CASE_DOCUMENT_ISSUE, P.CASE_DOCUMENT_READ, P.CASE_PACK_SHOW, P.CASE_REMIND,
    P.CASE_SET_PAYER, P.VISIT_READ,
}  # fmt: skip


def reaches_own(reader: str, permission: P) -> bool:
    """Whether a reader that may at all reaches a record of its own county or organisation."""
    return reader not in NOT_EVEN_OWN.get(permission, set())


def reaches_foreign(reader: str, permission: P) -> bool:
    """Whether it reaches one of another county."""
    return reader == "city-health" and permission in CITY_WIDE
