"""Letters as proof of an act: the notice that was served, the order whose number and last day the act repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.document_kinds import LETTERS
from ohs.cases.document_models import CaseDocument
from ohs.cases.kinds.facts import DOCUMENT_NO
from ohs.cases.kinds.vocabulary import Fact
from ohs.cases.models import Case
from ohs.kernel.message import Message


def issued_for(session: Session, case: Case, event: str) -> list[CaseDocument]:
    """Letters of this case that can prove an act, the latest first; a void one proves nothing."""
    kinds = [letter.code for letter in LETTERS.values() if event in letter.proves.get(case.kind, ())]
    if not kinds:
        return []
    question = select(CaseDocument).where(CaseDocument.case_id == case.id, CaseDocument.kind.in_(kinds), CaseDocument.voided_on.is_(None))
    return list(session.scalars(question.order_by(CaseDocument.id.desc())))


def with_proof(facts: tuple[Fact, ...], issued: Sequence[CaseDocument]) -> tuple[Fact, ...]:
    """The facts of an act and, where letters were issued for it and no number is asked for anyway, which of them proves it."""
    if not issued or any(fact.key == DOCUMENT_NO.key for fact in facts):
        return facts
    choices = {one.number: Message(f"{LETTERS[one.kind].title} {one.number}") for one in issued}
    return (*facts, Fact(DOCUMENT_NO.key, Message("Letter that proves it"), "choice", is_required=False, choices=choices))


def fill_from(form: Any, issued: Sequence[CaseDocument]) -> None:
    """Number and last day of the latest letter, where the form asks for them."""
    for one in issued[:1]:
        for name, value in ((DOCUMENT_NO.key, one.number), ("until_on", one.until_on)):
            if name in form and value is not None:
                form[name].data = value
