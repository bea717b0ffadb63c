"""What a town is asked to look at on the spot, in words that tell nothing about anybody's health."""

from __future__ import annotations

from dataclasses import dataclass

from ohs.kernel.message import Message


@dataclass(frozen=True)
class Question:
    """One thing to be looked at; whom and what it must name to be understood."""

    code: str
    text: Message
    names_worker: bool = False
    names_post: bool = False


QUESTIONS = {
    one.code: one
    for one in (
        Question("at-post", Message("Does the worker work at the new post?"), names_worker=True, names_post=True),
        Question("employed", Message("Is the worker still employed there?"), names_worker=True),
        Question("wage", Message("Is the wage kept as it was?"), names_worker=True),
        Question("exists", Message("Is the workplace still there, neither moved nor closed?")),
        Question("delivered", Message("Was the letter delivered to the employer?")),
    )
}
YES, NO, UNKNOWN = "yes", "no", "unknown"
ANSWERS = {YES: Message("Yes"), NO: Message("No"), UNKNOWN: Message("Could not tell")}
#: The limit of a visit in the table of deadlines.
WITHIN = "site-visit"
#: What photographs of a visit are called among the evidence of a case.
PHOTOGRAPH = "visit"
#: The key of a question's answer among the facts of a line of the timeline.
ANSWER_KEY = "site-{code}".format
