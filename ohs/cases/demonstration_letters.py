"""The demonstration's letters: of each kind one for every kind of case that has it, the first of all declared void and written again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.document_kinds import LETTERS, LetterKind
from ohs.cases.document_models import CaseDocument
from ohs.cases.documents import issue_document, offices_to_send_to, void_document
from ohs.cases.models import Case
from ohs.cases.waiting import organisation_of
from ohs.kernel.clock import LOCAL
from ohs.kernel.errors import DomainError

HOUR = time(10)
TEXTS = {
    "demand": "完善局部排风设施，落实职业健康监护，补齐有关资料", "reason": "该单位涉嫌在劳动者受保护期间违法解除劳动合同，属于贵单位职责范围",
}  # fmt: skip
#: So long an order leaves.
LEFT = timedelta(days=20)
#: Of a kind that every kind of case has, so many are enough.
MOST_KINDS = 3


def write_letters(session: Session, on: date) -> None:
    """Write them on a day; the same for the same cases."""
    written: list[CaseDocument] = []
    for letter in LETTERS.values():
        for kind, statuses in list(letter.when.items())[:MOST_KINDS]:
            found = select(Case).where(Case.kind == kind, Case.status.in_(statuses), Case.closed_on.is_(None)).order_by(Case.id).limit(3)
            written += filter(
                None, [next(filter(None, (_write(session, letter, case, on) for case in session.scalars(found).all())), None)]
            )
    if written:
        first = written[0]
        void_document(session, first, "劳动者姓名有误，已重新制作", actor=first.issued_by, on=on)
        again = issue_document(session, first.case, first.kind, {}, actor=first.issued_by, on=on)
        _date(again, on)


def _write(session: Session, letter: LetterKind, case: Case, on: date) -> CaseDocument | None:
    """The letter, where the case has whoever issues and receives it."""
    place = organisation_of(session, case, min(letter.issuers))
    user = session.scalar(select(User).where(User.organisation_id == place, User.is_enabled).order_by(User.id).limit(1))
    if user is None:
        return None
    offices = offices_to_send_to(session, case, By(user))
    told: dict[str, Any] = {fact.key: TEXTS.get(fact.key) for fact in letter.asks}
    told |= {"office_id": next((one.id for one in offices if one.department == "hr"), None)} if "office_id" in told else {}
    told |= {"until_on": on + LEFT} if "until_on" in told else {}
    try:
        with session.begin_nested():
            made = issue_document(session, case, letter.code, told, actor=user, on=on)
    except DomainError:
        return None
    _date(made, on)
    return made


def _date(document: CaseDocument, on: date) -> None:
    """At an hour of that day, not of the inventing."""
    document.issued_at = datetime.combine(on, HOUR, LOCAL).astimezone(UTC)
    for step in document.case.steps:
        if step.event in ("document-issued", "document-voided"):
            step.at = document.issued_at
