"""Guards that every kind of case may have: what an act lacks, limits that have passed, and what is dated within one."""

from __future__ import annotations

from datetime import date

from ohs.cases.kinds.vocabulary import Act, Bar, Fact, Facts, Guard, Passed, Situation
from ohs.kernel.message import Message


def passed(slug: str, sentence: Message) -> Bar:
    """A bar: only once the last day of a clock lies behind."""
    return Passed(slug, sentence)


def in_time(slug: str, key: str) -> Guard:
    """A guard: what may be asked for within a limit is dated no later than its last day, whenever it is entered."""

    def guard(situation: Situation, facts: Facts) -> Message | None:
        day, last = facts.get(key), situation.last_days.get(slug)
        if last is None or not isinstance(day, date) or day <= last:
            return None
        return Message(
            "The last day for it was %(last)s; what is dated %(day)s comes too late.", last=last.isoformat(), day=day.isoformat()
        )

    return guard


def names_its_cause(_situation: Situation, facts: Facts) -> Message | None:
    """A guard of suspensions."""
    return None if str(facts.get("cause") or "").strip() else Message("A suspension names its cause.")


def missing_facts(act: Act, facts: Facts) -> list[Fact]:
    """The facts that an act needs and was not told."""
    return [fact for fact in act.facts if fact.is_required and facts.get(fact.key) in (None, "", [])]
