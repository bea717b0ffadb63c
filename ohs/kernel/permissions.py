"""Everything that can be allowed in this house, by name; who may is told by the table of grants."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Everything that can be allowed. What is not in the table of grants is held by nobody."""

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
    #: Name and number of whoever a confirmed disease is about, with a named reason.
    CASE_PERSON = "case:person"
    #: To act as one's kind of actor; which acts there are stands in the table of lifecycles.
    CASE_ACT = "case:act"
    CASE_TAKE = "case:take"
    CASE_TOLD_LIST = "case:told-list"
    #: By hand; of which kind stands in the tables, about whom in the register that the person may read.
    CASE_OPEN = "case:open"
    #: To suspend, resume and extend clocks; each office those of its own track.
    CASE_CLOCK = "case:clock"
    #: To remind those who must act.
    CASE_REMIND = "case:remind"
    #: To send a case or a track that one's office answers for to another.
    CASE_HAND_OVER = "case:hand-over"
    #: To ask for a case by its number; nothing is learned by it.
    CASE_ASK = "case:ask"
    CASE_EXPORT = "case:export"
    #: The workers of a case about many, by name; and how many of them, by month, for whoever may know no more.
    CASE_LINE_LIST = "case-line:list"
    CASE_LINE_READ = "case-line:read"
    CASE_LINE_COUNT = "case-line:count"
    CASE_LINE_MONTHS = "case-line:months"
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
    #: To enter that an employment has ended inside a protected period.
    PROTECTION_ALARM = "protection:alarm"
    #: To say what changes who pays for a disease.
    CASE_SET_PAYER = "case:set-payer"
    COST_WINDOW_LIST = "cost-window:list"
    GRANT_CALCULATE = "grant:calculate"
    PERFORMANCE_LIST = "performance:list"
    #: Counts and medians of steps; small counts are not told to whoever may not open the rows.
    PERFORMANCE_READ = "performance:read"
    #: The rows that a figure counts.
    PERFORMANCE_OPEN = "performance:open"
    TRANSFER_LIST = "transfer:list"
    #: What a hand-over is about, without anything that names a person or an employer.
    TRANSFER_READ = "transfer:read"
    TRANSFER_ANSWER = "transfer:answer"
    TRANSFER_REVOKE = "transfer:revoke"
    REQUEST_WITHDRAW = "request:withdraw"
    #: How long offices let hand-overs wait: counts and working days.
    TRANSFER_FIGURES = "transfer:figures"
    #: Visits on the spot: to ask the town for one and withdraw it; what the town was asked, and its answer.
    VISIT_ASK = "visit:ask"
    VISIT_LIST = "visit:list"
    VISIT_READ = "visit:read"
    VISIT_ANSWER = "visit:answer"
    #: List, items and meetings of the joint meeting: every member reads all of it; it holds numbers of cases and nobody's name.
    JOINT_MEETING_READ = "joint-meeting:read"
    JOINT_MEETING_PROPOSE = "joint-meeting:propose"
    #: To call it, to enter what it decides, and to close it with its minutes.
    JOINT_MEETING_CONVENE = "joint-meeting:convene"
    #: To say what came of a decision.
    JOINT_MEETING_REPORT = "joint-meeting:report"

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
