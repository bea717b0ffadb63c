"""Letters of cases: written, numbered by organ and year, kept as they were sent, and voided where one is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from exports.letter import Letter, as_data, letter_pdf
from ohs.accounts.models import Organisation, User
from ohs.accounts.signs import keep_sign
from ohs.cases.actors import By, actor_of
from ohs.cases.document_facts import facts_of_case, person_of
from ohs.cases.document_kinds import FACT_NAMES, ISSUED, LETTERS, OPTIONAL, VOIDED, Copy, LetterKind, names_in
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.models import Case, CaseLine
from ohs.cases.moving import write_beside
from ohs.kernel.audit import audit
from ohs.kernel.crypto import keyring
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import in_language, say
from ohs.kernel.masks import mask_id_number
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_numbers

#: Letters are written in the language of the office, whatever the writer reads.
LANGUAGE = "zh_Hans_CN"
DIGITS = 4
CONTENT = "case_document_copy.content"
LIST_HEADING = ("序号", "姓名", "身份证件号码", "应检日期")
NOT_NUMBERED = "〔发出时编号〕"


def letters_for(case: Case, by: By) -> list[LetterKind]:
    """The letters that this person may write from where the case stands."""
    return [letter for letter in LETTERS.values() if by.code in letter.issuers and case.status in letter.when.get(case.kind, ())]


def documents_of(session: Session, case: Case) -> list[CaseDocument]:
    """The letters of a case, the latest first, with who issued them and their copies without content."""
    question = (
        select(CaseDocument)
        .where(CaseDocument.case_id == case.id)
        .options(selectinload(CaseDocument.copies), joinedload(CaseDocument.organisation), joinedload(CaseDocument.issued_by))
    )
    return list(session.scalars(question.order_by(CaseDocument.id.desc())).unique())


def offices_to_send_to(session: Session, case: Case, by: By) -> list[Organisation]:
    """Departments that a case can be sent to: of its county and of the city, not the sender's own."""
    own = by.user.organisation_id if by.user else None
    question = select(Organisation).where(Organisation.kind == "department", Organisation.is_active, Organisation.id != own)
    here = (Organisation.region_code == case.county_code) | (Organisation.level == "city")
    return list(session.scalars(question.where(here).order_by(Organisation.department, Organisation.level, Organisation.name)))


def issue_document(session: Session, case: Case, code: str, told: Mapping[str, Any], *, actor: User, on: date) -> CaseDocument:
    """Write a letter: its number is used up, its copies are kept as they are sent, and the timeline says so."""
    letter = _written(case, code, By(actor))
    _refuse_past(told, on)
    return _issue(session, case, letter, told, actor=actor, on=on)


def issue_with_deed(session: Session, case: Case, code: str, told: Mapping[str, Any], *, actor: User, on: date) -> CaseDocument:
    """The letter that a deed brings with it, in the deed's own transaction: whoever may do the deed writes it."""
    return _issue(session, case, LETTERS[code], told, actor=actor, on=on)


def _issue(session: Session, case: Case, letter: LetterKind, told: Mapping[str, Any], *, actor: User, on: date) -> CaseDocument:
    office = _office(session, letter, told)
    drafts = drafts_of(session, case, letter, told, actor=actor, on=on, number="", office=office)
    number = _number(session, actor.organisation, letter, on)
    document = CaseDocument(
        case_id=case.id, kind=letter.code, number=number, organisation_id=actor.organisation_id, issued_on=on, issued_by_id=actor.id,
        until_on=told.get("until_on"),
    )  # fmt: skip
    for copy, draft in drafts:
        document.copies.append(_kept(copy, replace(draft, number=number), office))
    session.add(document)
    session.flush()
    facts = {"document": letter.code, "document_no": number, "to": office.name if office else "", "until_on": told.get("until_on")}
    _write(session, document, ISSUED, actor, facts, on)
    digests = [copy.sha256 for copy in document.copies]
    session.add(audit("case-document:issued", document, actor, after={"case": case.number, "kind": letter.code, "sha256": digests}))
    return document


def void_document(session: Session, document: CaseDocument, reason: str, *, actor: User, on: date) -> None:
    """Declare a letter void. Its number stays used, its copies stay on file."""
    if document.voided_on is not None:
        raise DomainError(Message("%(number)s is void already.", number=document.number))
    if not reason.strip():
        raise DomainError(Message("Say why the letter is void."), status=400)
    document.voided_on, document.voided_by_id, document.void_reason = on, actor.id, reason.strip()
    facts = {"document": document.kind, "document_no": document.number, "reason": reason.strip()}
    _write(session, document, VOIDED, actor, facts, on)
    session.add(audit("case-document:voided", document, actor, after={"case": document.case.number}, reason=reason.strip()))


def void_with_deed(session: Session, document: CaseDocument | None, why: Message, *, actor: User, on: date) -> None:
    """Declare void what was sent with a deed that is taken back, in the language of the letters; nothing where it is void already."""
    if document is not None and document.voided_on is None:
        with in_language(LANGUAGE):
            reason = say(why)
        void_document(session, document, reason, actor=actor, on=on)


def preview(session: Session, case: Case, code: str, told: Mapping[str, Any], *, actor: User, on: date) -> list[bytes]:
    """Every copy as it would look; no number is used."""
    letter = _written(case, code, By(actor))
    office = _office(session, letter, told)
    drafts = drafts_of(session, case, letter, told, actor=actor, on=on, number=NOT_NUMBERED, office=office, is_preview=True)
    return [letter_pdf(draft) for _copy, draft in drafts]


def drafts_of(
    session: Session, case: Case, letter: LetterKind, told: Mapping[str, Any], *, actor: User, on: date, number: str, office: Organisation | None,
    is_preview: bool = False,
) -> list[tuple[Copy, Letter]]:  # fmt: skip
    """The copies of a letter with everything that stands on them."""
    with in_language(LANGUAGE):
        known = facts_of_case(session, case, letter, told, on)
    lines = _lines(session, case) if letter.has_list and case.kind == "overdue" else ()
    organ = actor.organisation
    return [
        (copy, Letter(
            organ=organ.name, number=number, title=letter.title, addressee=_addressee(case, copy, office), on=on,
            paragraphs=_filled(copy.paragraphs(case.kind, case.subtype), known), copy=_of_copies(position, copy, len(letter.copies)),
            list_heading=LIST_HEADING if lines else (), list_rows=lines, contact=f"联系电话：{organ.phone}" if organ.phone else "", case_number=case.number,
            is_preview=is_preview,
        ))
        for position, copy in enumerate(letter.copies)
    ]  # fmt: skip


def content_of(copy: CaseDocumentCopy) -> bytes:
    """The PDF of a copy, as it was sent."""
    return keyring().unseal(CONTENT, bytes(copy.content))


def _written(case: Case, code: str, by: By) -> LetterKind:
    letter = next((one for one in letters_for(case, by) if one.code == code), None)
    if letter is None:
        raise DomainError(Message("This letter is not yours to write, or not while the case stands where it does."))
    return letter


def _refuse_past(told: Mapping[str, Any], on: date) -> None:
    until_on = told.get("until_on")
    if until_on is not None and until_on < on:
        raise DomainError(Message("The day until which something is to be done lies in the past."), status=400)


def _office(session: Session, letter: LetterKind, told: Mapping[str, Any]) -> Organisation | None:
    if not any(fact.kind == "office" for fact in letter.asks):
        return None
    office = session.get(Organisation, told.get("office_id") or 0)
    if office is None or (letter.when and office.kind != "department"):
        raise DomainError(Message("Choose the department that receives it."), status=400)
    return office


def _number(session: Session, organ: Organisation, letter: LetterKind, on: date) -> str:
    series = f"{keep_sign(session, organ)}{letter.word}〔{on.year}〕"
    return f"{series}{next_numbers(session, series)[0]:0{DIGITS}d}号"


def _kept(copy: Copy, draft: Letter, office: Organisation | None) -> CaseDocumentCopy:
    content = letter_pdf(draft)
    to = actor_of(office) if office else copy.to
    readers = copy.readers | ({to} if office else set())
    return CaseDocumentCopy(
        addressee=to, readers=f";{';'.join(sorted(readers))};", said=json.dumps(as_data(draft), ensure_ascii=False),
        sha256=hashlib.sha256(content).hexdigest(), size=len(content), content=keyring().seal(CONTENT, content),
    )  # fmt: skip


def _filled(paragraphs: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    filled, missing = [], []
    for words in paragraphs:
        lacking = [name for name in names_in(words) if name not in known]
        if not lacking:
            filled.append(words.removeprefix(OPTIONAL).format(**{name: known[name] for name in names_in(words)}))
        elif not words.startswith(OPTIONAL):
            missing += lacking
    if missing:
        raise DomainError(
            Message("The letter cannot be written yet; not known: %(what)s.", what=[FACT_NAMES[name] for name in dict.fromkeys(missing)])
        )
    return tuple(filled)  # fmt: skip


def _addressee(case: Case, copy: Copy, office: Organisation | None) -> str:
    if office is not None:
        return office.name
    if copy.to == "WKR" and case.worker is not None:
        return person_of(case.worker.standing.name, case.worker.standing.id_number)
    if copy.to == "EMP" and case.employer is not None:
        return case.employer.standing.name
    raise DomainError(Message("The case names nobody who could receive this letter."))


def _of_copies(position: int, copy: Copy, count: int) -> str:
    to = {"WKR": "交劳动者", "EMP": "交用人单位"}.get(copy.to, "交受移送单位")
    return f"一式{count}份之{position + 1}　{to}" if count > 1 else to


def _lines(session: Session, case: Case) -> tuple[tuple[str, ...], ...]:
    """The workers who are still open, for the list."""
    question = select(CaseLine).where(CaseLine.case_id == case.id, CaseLine.outcome == "").options(joinedload(CaseLine.worker))
    rows = []
    for position, line in enumerate(session.scalars(question.order_by(CaseLine.due_on, CaseLine.id)), 1):
        worker = line.worker.standing
        rows.append((str(position), worker.name, mask_id_number(worker.id_number), line.due_on.isoformat() if line.due_on else "—"))
    return tuple(rows)


def _write(session: Session, document: CaseDocument, event: str, actor: User, facts: Mapping[str, Any], on: date) -> None:
    """The line of the timeline; an employer to whom a copy goes is told of it here as well."""
    tells = frozenset({"EMP"} & {copy.addressee for copy in document.copies})
    write_beside(document.case, event, facts, by=By(actor), on=on, tells=tells)
    session.flush()
