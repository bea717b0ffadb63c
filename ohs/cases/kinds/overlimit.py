"""Workplace above a limit (超标): controlled at once, planned, re-tested at the same point, verified; stopped where it stays above."""

from __future__ import annotations

from ohs.cases.kinds.facts import DOCUMENT_NO, REASON, UNTIL_ON, day, text, yes
from ohs.cases.kinds.guards import passed
from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Facts, Guard, Kind, Situation
from ohs.kernel.message import Message


def _retest(*, is_within: bool) -> Guard:
    """A later measurement of the same factor at the same point under the same conditions, by a qualified institution."""

    def guard(situation: Situation, facts: Facts) -> Message | None:
        found = situation.said.get(f"{MAIN}.over-limit-reported", {})
        if facts.get("point") != found.get("point") or facts.get("factor") != found.get("factor"):
            return Message(
                "The re-test is for another point or factor; the same is asked for: %(point)s, %(factor)s.",
                point=found.get("point"),
                factor=found.get("factor"),
            )
        if not facts.get("is_same_shift"):
            return Message("The re-test is made under the same conditions of the shift.")
        sampled_on, found_on = facts.get("sampled_on"), found.get("found_on")
        if sampled_on and found_on and sampled_on <= found_on:
            return Message("The re-test is no later than the measurement that was above the limit.")
        result, limit = facts.get("result"), facts.get("limit")
        if result is None or limit is None or (result <= limit) is not is_within:
            return Message("The re-test says otherwise: %(result)s against a limit of %(limit)s.", result=result, limit=limit)
        return None

    return guard


def _is_protected(_situation: Situation, facts: Facts) -> Message | None:
    return None if facts.get("is_protected") else Message("The protection records must be seen first.")


MEASURED = (
    text("point", Message("Sampling point")), text("factor", Message("Hazard factor")), day("sampled_on", Message("Day of sampling")),
    Fact("result", Message("Result"), "number"), Fact("limit", Message("Exposure limit"), "number"), text("report_no", Message("Number of the report")),
    yes("is_same_shift", Message("Same conditions of the shift")),
)  # fmt: skip

OVERLIMIT = Kind(
    "overlimit",
    Message("Above the limit"),
    prefix="CB",
    acts={
        MAIN: (
            Act(
                "over-limit-reported", Message("Measured above the limit"),
                (text("point", Message("Sampling point")), text("factor", Message("Hazard factor")), day("found_on", Message("Day of the report")), Fact("result", Message("Result"), "number"), Fact("limit", Message("Exposure limit"), "number"), text("report_no", Message("Number of the report"))),
                tells=frozenset({"EMP", "HLTH"}), counts_from="found_on",
            ),
            Act("acknowledge", Message("Acknowledge and control at once"), (text("measures", Message("Immediate measures: protection, less time, isolation")),), tells=frozenset({"HLTH"})),
            Act("plan", Message("Plan the correction, engineering first"), (text("plan", Message("Plan")), UNTIL_ON), tells=frozenset({"HLTH"}), sets_due={"overlimit-retest": "until_on"}),
            Act("order", Message("Order to correct within a time"), (DOCUMENT_NO, UNTIL_ON), tells=frozenset({"EMP"}), sets_due={"overlimit-retest": "until_on"}),
            Act("works-done", Message("Works done, re-test commissioned"), (day("done_on", Message("Day on which the works ended")), text("works", Message("Works"))), evidence=("works",), tells=frozenset({"HLTH", "TEST"}), kept_on=("done_on",)),
            Act("within-limit", Message("Re-test within the limit"), MEASURED, guard=_retest(is_within=True), tells=frozenset({"EMP", "HLTH"})),
            Act("still-above", Message("Re-test still above: the work must stop"), MEASURED, guard=_retest(is_within=False), tells=frozenset({"EMP", "HLTH"})),
            Act("verified", Message("Verify the correction"), (yes("is_protected", Message("Protection records were seen")),), evidence=("works", "protection"), guard=_is_protected, tells=frozenset({"EMP"})),
            Act("not-verified", Message("Do not accept the correction"), (REASON,), tells=frozenset({"EMP"})),
            Act("stop-confirmed", Message("Confirm on site that the work has stopped"), (day("stopped_on", Message("Stopped since")),), tells=frozenset({"EMP"})),
            Act("treated-within-limit", Message("Re-test within the limit"), MEASURED, guard=_retest(is_within=True), tells=frozenset({"EMP", "HLTH"})),
            Act("re-test-still-above", Message("Re-test still above: stopped as before"), MEASURED, guard=_retest(is_within=False), tells=frozenset({"EMP", "HLTH"}), is_repeated=True),
            Act("order-date-passed", Message("File a penalty case"), (DOCUMENT_NO,), bar=passed("overlimit-retest", Message("The date in the order has not passed yet.")), tells=frozenset({"EMP"})),
        )
    },
    statuses={
        "exceeded": Message("Above the limit"), "controlling": Message("Controlled at once"), "planned": Message("Correction planned"), "ordered": Message("Ordered to correct"),
        "retest": Message("To be re-tested"), "verify": Message("To be verified"), "stop_required": Message("Work must stop"), "stopped": Message("Work stopped"),
        "penalty": Message("Penalty case"), "closed": Message("Closed"),
    },
    finals=("closed",),
    during={"overlimit-plan": "controlling", "overlimit-stop": "stop_required", "penalty-decision": "penalty"},
    wanted={"retest": Message("Re-test the point")},
    unlimited={(MAIN, "retest"): "TEST"},
    falls_with={"overlimit-retest": ("penalty-decision",)},
    duties=(("change-declaration", Message("Change the declaration"), (MAIN, "exceeded"), lambda situation: bool(situation.told("over-limit-reported", "is_undeclared"))),),
)  # fmt: skip
