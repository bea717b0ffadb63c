"""What the audit trail calls things: every event, kind of record and detail in the reader's words."""

from __future__ import annotations

from typing import Any

from ohs.kernel.i18n import say
from ohs.kernel.message import Message

EVENT_LABELS: dict[str, Message] = {
    "sign-in:opened": Message("Signed in"),
    "sign-in:failed": Message("Failed to sign in"),
    "sign-in:ended": Message("Signed out"),
    "sign-in:others-ended": Message("Ended all other sessions"),
    "sign-in:second-factor-asked": Message("Was asked to set up the second factor"),
    "second-factor:set": Message("Set up the second factor"),
    "second-factor:reset": Message("Reset a second factor"),
    "password:set": Message("Set a password"),
    "password:refused": Message("Gave a wrong old password"),
    "password-link:made": Message("Made a one-time link"),
    "user:created": Message("Entered an account"),
    "user:changed": Message("Changed an account"),
    "roles:assigned": Message("Assigned roles"),
    "organisation:created": Message("Entered an organisation"),
    "organisation:changed": Message("Changed an organisation"),
    "calendar:edited": Message("Changed a working day"),
    "substitute:named": Message("Named a substitute"),
    "substitute:ended": Message("Ended a substitute’s time"),
    "setting:changed": Message("Changed a setting"),
    "default-clock:set": Message("Set a default time limit"),
    "purpose:given": Message("Gave a reason for opening a worker’s file"),
    "worker:read": Message("Read a worker’s file, masked"),
    "worker:revealed": Message("Read a worker’s file, unmasked"),
    "worker:searched": Message("Searched for workers"),
    "worker:copied": Message("Printed a copy of a worker’s file"),
    "worker:read-values": Message("Read the values of a worker’s examinations"),
    "worker:own-read": Message("Read the own file as the worker"),
    "examination:own-read": Message("Read an own examination as the worker"),
    "case-document:own-read": Message("Read a letter to the worker as the worker"),
    "case:own-read": Message("Read the own cases as the worker"),
    "worker-code:given": Message("Gave a worker a one-time code"),
    "worker-code:used": Message("Opened the own file with a one-time code"),
    "worker-code:refused": Message("Gave a wrong one-time code or wrong digits"),
    "worker-code:left": Message("Left the own file"),
    "worker-code:revoked": Message("Revoked a worker’s one-time code"),
    "worker:merged": Message("Merged workers"),
    "worker:unmerged": Message("Undid a merge of workers"),
    "worker:kept-apart": Message("Said that workers are two"),
    "examination:read": Message("Read an examination with its values"),
    "examination:read-conclusion": Message("Read an examination’s conclusion"),
    "examination:exported": Message("Exported examinations"),
    "export:asked": Message("Asked for an export"),
    "export:approved": Message("Agreed to an export"),
    "export:refused": Message("Refused an export"),
    "employer:changed": Message("Changed an employer"),
    "employer:exported": Message("Exported employers"),
    "employer:merged": Message("Merged employers"),
    "employer:unmerged": Message("Undid a merge of employers"),
    "employer:kept-apart": Message("Said that employers are two"),
    "institution:scope-filed": Message("Filed the scope of an institution"),
    "declaration:created": Message("Began a declaration"),
    "declaration:submitted": Message("Handed in a declaration"),
    "declaration:withdrawn": Message("Withdrew a declaration"),
    "declaration:discarded": Message("Threw a draft away"),
    "declaration:attached": Message("Attached a file"),
    "declaration:detached": Message("Took a file away"),
    "declaration:returned": Message("Returned a declaration"),
    "declaration:accepted": Message("Accepted a declaration"),
    "declaration:exported": Message("Exported declarations"),
    "filing:found-untrue": Message("Found a filing untrue"),
    "filing:closure-reported": Message("Reported a closure"),
    "filing:cancelled": Message("Confirmed a closure"),
    "case:opened": Message("Opened a case"),
    "case:opened-many": Message("Opened cases with an upload"),
    "case:acted": Message("Acted on a case"),
    "case:lines": Message("Acted on workers of a case"),
    "case-line:exported": Message("Took out workers whose examination was not made"),
    "case:duty-done": Message("Did a duty of a case"),
    "case:assigned": Message("Gave a case into somebody’s hands"),
    "case:reminded": Message("Reminded those who must act on a case"),
    "contact:chosen": Message("Chose how to be told"),
    "messages:tried-again": Message("Put failed messages on their way again"),
    "case:read": Message("Read a case"),
    "case:evidence-added": Message("Put evidence on a case"),
    "case:evidence-taken-back": Message("Took evidence back from a case"),
    "case:evidence-read": Message("Read evidence of a case"),
    "clock:suspended": Message("Suspended a clock of a case"),
    "clock:resumed": Message("Resumed a clock of a case"),
    "clock:extended": Message("Extended a clock of a case"),
    "case:read-in-emergency": Message("Read a case in an emergency"),
    "emergency:opened": Message("Opened a case in an emergency"),
    "emergency:ended": Message("Gave an emergency access back"),
    "emergency:reviewed": Message("Reviewed an emergency access"),
    "case:exported": Message("Took out a list of cases"),
    "case:read-pack": Message("Took out the evidence pack of a case"),
    "case-document:issued": Message("Issued a letter"),
    "case-document:voided": Message("Declared a letter void"),
    "case-document:read": Message("Read a letter of a case"),
    "protection:searched": Message("Searched for protected periods"),
    "protection:asked": Message("Asked whether somebody may be dismissed"),
    "cost-window:exported": Message("Took out a list of applications nobody has made"),
    "performance:exported": Message("Took out figures of performance"),
    "protection:exported": Message("Took out a list of protected periods"),
    "case:payer-found": Message("Put on a case what changes who pays"),
    "case:payer-withdrawn": Message("Took off a case what changes who pays"),
    "case:handed-over": Message("Handed a case over"),
    "case:asked-for": Message("Asked for a case"),
    "case:previewed": Message("Looked at a hand-over, without names"),
    "case:hand-over-accepted": Message("Accepted a hand-over"),
    "case:hand-over-refused": Message("Refused a hand-over"),
    "case:hand-over-revoked": Message("Took a hand-over back"),
    "case:hand-over-lapsed": Message("A hand-over lapsed to its receiver"),
    "case:hand-over-unanswered": Message("Nobody answered who asked for a case"),
    "case:hand-over-dropped": Message("Ended a hand-over that nobody needs"),
    "visit:asked": Message("Asked a town for a visit on the spot"),
    "visit:answered": Message("Answered a visit on the spot"),
    "visit:withdrawn": Message("Withdrew a visit on the spot"),
    "visit:read": Message("Read a visit on the spot"),
    "visits:exported": Message("Took out a list of visits on the spot"),
    "case:allocated": Message("Gave a case to an office by decision of the joint meeting"),
    "transfers:exported": Message("Took out the scorecard of hand-overs"),
    "meeting-item:proposed": Message("Put something on the joint meeting’s list"),
    "meeting-item:decided": Message("Entered a decision of the joint meeting"),
    "meeting-item:done": Message("Entered what came of a decision"),
    "meeting-item:exported": Message("Took out the joint meeting’s list"),
    "meeting:convened": Message("Called a joint meeting"),
    "meeting:agenda-filled": Message("Filled an agenda"),
    "meeting:closed": Message("Closed a joint meeting"),
    "filing:closure-refused": Message("Did not confirm a closure"),
    "upload:received": Message("Handed in a file"),
    "upload:taken-up": Message("Took up a file again"),
    "upload:row-read": Message("Read a row of a file"),
    "upload:downloaded": Message("Downloaded a file"),
    "upload:fixed": Message("Fixed cells of a file"),
    "upload:headings-mapped": Message("Said what headings mean"),
    "upload:stopped": Message("Stopped a check or commit"),
    "upload:discarded": Message("Discarded a file"),
    "upload:committed": Message("Committed a file"),
    "audit:searched": Message("Searched the audit trail"),
    "audit:exported": Message("Exported the audit trail"),
    "user:exported": Message("Exported accounts"),
    "organisation:exported": Message("Exported organisations"),
    "employer:duplicates-exported": Message("Exported possible duplicates of employers"),
    "worker:duplicates-exported": Message("Exported possible duplicates of workers"),
    "figures:exported": Message("Exported figures"),
    "institution:exported": Message("Exported institutions"),
    "worker:exported": Message("Exported workers"),
    "finding:exported": Message("Exported conclusions to act on"),
    "upload:exported": Message("Exported the list of uploads"),
    "sender-quality:exported": Message("Exported the quality of senders"),
    "keys:rotated": Message("Rotated the data keys"),
    "backup:made": Message("Made a backup"),
    "backup:restored": Message("Restored a backup"),
}
#: Events that are asked for together: what they are called, and which they are.
EVENT_GROUPS: dict[str, tuple[Message, tuple[str, ...]]] = {
    "workers-read": (Message("Files of workers read"), ("worker:read", "worker:revealed")),
    "examinations-read": (Message("Examinations read"), ("examination:read", "examination:read-conclusion")),
}
#: What a worker asks for the own file for, and the document by which an officer has known the worker.
CODE_PURPOSES: dict[str, Message] = {
    "own-file": Message("To read the own file"),
    "leaving": Message("Leaving the employer"),
    "objection": Message("Objection to a diagnosis"),
    "work-injury": Message("Application for work injury"),
    "other": Message("Something else"),
}
CODE_DOCUMENTS: dict[str, Message] = {
    "identity-card": Message("Resident identity card"),
    "residence-permit": Message("Residence permit of Hong Kong, Macao or Taiwan residents"),
    "passport": Message("Passport"),
    "other": Message("Another identity document"),
}
SUBJECT_LABELS: dict[str, Message] = {
    "User": Message("Account"),
    "Organisation": Message("Organisation"),
    "Worker": Message("Worker"),
    "Employer": Message("Employer"),
    "Examination": Message("Examination"),
    "Declaration": Message("Declaration"),
    "Upload": Message("Upload"),
    "Case": Message("Case"),
    "WorkerCode": Message("One-time code of a worker"),
    "CaseDocument": Message("Letter"),
    "CaseDocumentCopy": Message("Letter"),
    "Meeting": Message("Joint meeting"),
    "MeetingItem": Message("Item of the joint meeting"),
}
DETAIL_LABELS: dict[str, Message] = {
    "code": Message("Number of the code"),
    "number": Message("Number"),
    "examinations": Message("Examinations"),
    "purpose": Message("Purpose"),
    "document": Message("Document seen"),
    "login": Message("Login"),
    "name": Message("Name"),
    "organisation": Message("Organisation"),
    "enabled": Message("May sign in"),
    "active": Message("Active"),
    "roles": Message("Roles"),
    "session": Message("Session"),
    "value": Message("Value"),
    "working": Message("a working day"),
    "note": Message("Note"),
    "worker": Message("Worker"),
    "query": Message("Filters"),
    "rows": Message("Rows"),
    "row": Message("Row number"),
    "request": Message("Number of the request"),
    "found": Message("Found"),
    "format": Message("Kind of file"),
    "size": Message("Size"),
    "sha256": Message("Digest"),
    "digest": Message("Digest of the rows"),
    "file": Message("Digest of the file"),
    "cells": Message("Cells"),
    "corrected": Message("Corrected"),
    "defects": Message("Defects"),
    "event": Message("Step"),
    "case": Message("Case"),
    "addressee": Message("Addressee"),
    "status": Message("Status"),
    "receipt": Message("Receipt"),
    "record": Message("Record"),
    "ended_on": Message("Production ended on"),
    "fields": Message("Fields"),
    "merged": Message("Merged record"),
    "stays": Message("Stays"),
    "categories": Message("Categories"),
    "values": Message("Values"),
    "what": Message("What"),
    "first": Message("First"),
    "last": Message("Last"),
    "assignee": Message("In whose hands"),
    "evidence": Message("Evidence"),
    "kind": Message("Kind"),
    "organisations": Message("Organisation"),
    "channel": Message("Channel"),
    "told": Message("When told"),
    "department": Message("Department"),
    "region_code": Message("Area"),
    "uscc": Message("Unified social credit code"),
    "phone": Message("Phone"),
    "document_sign": Message("Sign of its letters"),
    "is_active": Message("Active"),
    "clock": Message("Clock"),
    "until_on": Message("Last day"),
    "ends_at": Message("Until"),
    "review_due_on": Message("To be reviewed by"),
    "outcome": Message("Outcome"),
    "reader": Message("Who has read it"),
    "substitute": Message("Substitute"),
    "to_on": Message("Until"),
    "from_on": Message("From this day on"),
    "state": Message("State"),
    "track": Message("What is handed over"),
    "to": Message("To whom"),
    "cause": Message("Cause"),
    "cases": Message("Cases"),
    "held_on": Message("Day of the meeting"),
    "due_on": Message("To be done by"),
}


#: An export that needed nobody's consent.
NO_REQUEST = ("request", None)


def events_named(choice: str) -> tuple[str, ...]:
    """The events that a choice of the trail's filter stands for: a group's, or the one event itself."""
    return EVENT_GROUPS[choice][1] if choice in EVENT_GROUPS else (choice,)


def event_name(event: str) -> str:
    """What an event is called."""
    return say(EVENT_LABELS[event]) if event in EVENT_LABELS else event


def subject_name(subject_type: str) -> str:
    """What a kind of record is called."""
    return say(SUBJECT_LABELS[subject_type]) if subject_type in SUBJECT_LABELS else subject_type


def details(values: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Before or after, line by line."""
    return [
        (say(DETAIL_LABELS[name]) if name in DETAIL_LABELS else name, _shown(value))
        for name, value in (values or {}).items()
        if (name, value) != NO_REQUEST
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return "、".join(_shown(item) for item in value) or "—"
    return "—" if value in (None, "") else str(value)
