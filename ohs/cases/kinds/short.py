"""The short kinds: several cases at one employer, dust disease after a short service, an acute event, a complaint.

The table of lifecycles has no rows for them; theirs stand here in its columns.
"""

from __future__ import annotations

from ohs.cases.kinds.facts import DOCUMENT_NO, REASON, choice, day, text, yes
from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Kind
from ohs.kernel.message import Message


def _rows(code: str, *steps: tuple[str, str, str, str, str, str]) -> list[dict[str, str]]:
    """Steps as (from, event, actors, to, slug of the deadline, source)."""
    return [
        {"lifecycle": code, "track": MAIN, "from": before, "event": event, "actor": actors, "to": after, "guard": "", "deadline_slug": slug, "source": source, "verified": "no"}
        for before, event, actors, after, slug, source in steps
    ]  # fmt: skip


CLUSTER = Kind(
    "cluster",
    Message("Several cases at one employer"),
    prefix="JJX",
    steps=_rows(
        "cluster",
        ("", "cluster-found", "HLTH; system", "found", "", "O49 第18条"),
        ("found", "visit", "HLTH", "visited", "", "O49 第18条"),
        ("visited", "conclude", "HLTH", "closed", "", "design"),
    ),
    acts={
        MAIN: (
            Act("cluster-found", Message("Several cases found"), (day("found_on", Message("Day of the finding")), Fact("hazards", Message("Hazard"), "hazards"), Fact("cases", Message("Number of cases"), "number")), tells=frozenset({"HLTH", "HRSS", "SAFE"}), counts_from="found_on"),
            Act("visit", Message("Joint visit"), (day("visited_on", Message("Day of the visit")), text("who", Message("Who took part"))), evidence=("record",), tells=frozenset({"EMP", "HRSS", "SAFE"})),
            Act("conclude", Message("Conclude and close"), (text("causes", Message("Causes")), text("measures", Message("Measures asked of the employer"))), tells=frozenset({"EMP"})),
        )
    },
    statuses={"found": Message("Detected"), "visited": Message("Visited"), "closed": Message("Closed")},
    finals=("closed",),
)  # fmt: skip

SHORTDUST = Kind(
    "shortdust",
    Message("Pneumoconiosis after a short service"),
    prefix="DC",
    steps=_rows(
        "shortdust",
        ("", "short-service-found", "HLTH; system", "found", "", "domain.md 4.7"),
        ("found", "review", "HLTH", "closed", "", "domain.md 4.7"),
    ),
    acts={
        MAIN: (
            Act("short-service-found", Message("Short dust service found"), (day("found_on", Message("Day of the finding")), Fact("service_months", Message("Months of dust service"), "number")), tells=frozenset({"HLTH"}), counts_from="found_on"),
            Act("review", Message("Review the cause and close"), (text("cause", Message("Cause")), text("measures", Message("Measures asked of the employer"))), evidence=("record",), tells=frozenset({"EMP"})),
        )
    },
    statuses={"found": Message("Detected"), "closed": Message("Closed")},
    finals=("closed",),
)  # fmt: skip

ACUTE = Kind(
    "acute",
    Message("Acute event"),
    prefix="JX",
    steps=_rows(
        "acute",
        ("", "event-reported", "EMP; HLTH; CLIN", "reported", "", "ODL 第37条"),
        ("reported", "measures-taken", "EMP", "controlled", "acute-event", "ODL 第37条"),
        ("controlled", "investigated", "HLTH", "closed", "", "ODL 第37条"),
        ("reported", "investigated", "HLTH", "closed", "", "ODL 第37条"),
    ),
    acts={
        MAIN: (
            Act("event-reported", Message("Acute event reported"), (day("happened_on", Message("Day of the event")), Fact("hazards", Message("Hazard"), "hazards"), Fact("exposed", Message("People exposed"), "number"), text("what", Message("What happened"))), tells=frozenset({"HLTH", "EMP", "SAFE"}), counts_from="happened_on"),
            Act("measures-taken", Message("Measures taken"), (text("measures", Message("Measures")), yes("is_examined", Message("All exposed people are under observation"))), tells=frozenset({"HLTH"})),
            Act("investigated", Message("Investigated: close"), (text("causes", Message("Causes")), DOCUMENT_NO), evidence=("record",), tells=frozenset({"EMP"})),
        )
    },
    statuses={"reported": Message("Reported"), "controlled": Message("Measures taken"), "closed": Message("Closed")},
    finals=("closed",),
)  # fmt: skip

#: A complaint that labour inspection looks into, and the event that opens it by itself.
LABOUR, LEAD_FOUND, PROTECTED = "labour", "labour-lead-found", "protected"

COMPLAINT = Kind(
    "complaint",
    Message("Complaint"),
    prefix="JB",
    steps=_rows(
        "complaint",
        ("", "complaint-received", "HLTH; TOWN", "received", "", "ODL 第13条"),
        ("", "labour-lead-found", "system", "received", "", "ODL 第35、55条"),
        ("received", "handle", "HLTH", "handling", "", "ODL 第13条"),
        ("handling", "answer", "HLTH", "closed", "complaint-answer", "ODL 第13条"),
        ("received", "answer", "HLTH", "closed", "complaint-answer", "ODL 第13条"),
    ),
    acts={
        MAIN: (
            Act("complaint-received", Message("Complaint received"), (day("received_on", Message("Day of receipt")), text("what", Message("What is complained of")), choice("how", Message("How it came"), {"call": Message("By telephone"), "visit": Message("In person"), "letter": Message("By letter"), "online": Message("Online")})), tells=frozenset({"HLTH"}), counts_from="received_on"),
            Act("labour-lead-found", Message("Employment ended although the law protects it"), (day("found_on", Message("Day of the finding")), day("ended_on", Message("Employment ended on")), DOCUMENT_NO, choice("ground", Message("Ground"), {"protected": Message("Protected by the Law on Prevention and Control of Occupational Diseases; nothing medical is told")})), tells=frozenset({"HRSS"}), counts_from="found_on"),
            Act("handle", Message("Take it up"), (text("steps", Message("What is done")),)),
            Act("answer", Message("Answer and close"), (day("answered_on", Message("Day of the answer")), choice("result", Message("Result"), {"true": Message("True"), "partly": Message("Partly true"), "untrue": Message("Not true"), "elsewhere": Message("Passed to another authority")}), REASON), kept_on=("answered_on",)),
        )
    },
    statuses={"received": Message("Received"), "handling": Message("Being handled"), "closed": Message("Closed")},
    subtypes={"": Message("About health at work"), "labour": Message("Lead for labour inspection")},
    departments_of={"labour": "hr"},
    finals=("closed",),
    starts_at={"complaint-answer": (MAIN, "received")},
)  # fmt: skip
