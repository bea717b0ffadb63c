"""The evidence pack of a diagnosis: everything on record about one worker's exposure and health, each line with its source.

Composed from every area for one case. An officer reads it with a purpose on record; the diagnosis institution reads it because it
has the case, and of a declaration only what it may know of one: standing, days, classes, and of the worker's own hazards whether they
were declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.evidence_pack import Attachment, Chapter, Pack, Table
from ohs.cases.cuts import cut_for
from ohs.cases.document_kinds import LETTERS
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.documents import CONTENT as SEALED_COPY
from ohs.cases.documents import LANGUAGE
from ohs.cases.evidence import PURPOSE as SEALED_EVIDENCE
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE
from ohs.cases.labels import ACTOR_LABELS, event_name, kind_name
from ohs.cases.models import CaseEvidence
from ohs.declarations.models import Attachment as DeclaredFile
from ohs.desk.pack_chapters import declarations_chapter, examinations_chapter, history_chapter, measurements_chapter
from ohs.desk.pack_material import Material
from ohs.kernel.clock import LOCAL
from ohs.kernel.crypto import keyring
from ohs.kernel.i18n import in_language, say
from ohs.kernel.masks import mask_id_number
from ohs.kernel.policy import Permission, allowed
from ohs.registry.labels import county_name

TITLE = "职业病诊断证据册"
#: Characters of a digest between two gaps.
PART = 16


def pack_of(user: Any, material: Material, at: datetime) -> Pack:
    """The pack as this reader gets it."""
    with in_language(LANGUAGE):
        case = material.case
        drawn = f"{user.organisation.name} {user.name} {at.astimezone(LOCAL):%Y-%m-%d %H:%M} 因个案 {case.number} 的职业病诊断调取，不得另作他用"
        chapters = (
            _about_chapter(user, material), history_chapter(material), examinations_chapter(user, material), measurements_chapter(material),
            declarations_chapter(user, material), _file_chapter(user, material),
        )  # fmt: skip
        return Pack(TITLE, f"个案编号：{case.number}", _cover(user, material, at), chapters, drawn)


def _cover(user: Any, material: Material, at: datetime) -> tuple[tuple[str, str], ...]:
    case, worker = material.case, material.worker
    number = worker.id_number if "health" in user.role_names else mask_id_number(worker.id_number)
    return (
        ("劳动者", worker.name), ("性别 / 出生日期", f"{worker.sex or '—'} / {worker.birth_on or '—'}"), (worker.id_type or "证件号码", number),
        ("现用人单位", case.employer.standing.name if case.employer else "—"), ("职业病诊断机构", case.institution.name if case.institution else "—"),
        ("所在地", county_name(case.county_code)), ("个案承办单位", case.owner.name),
        ("内容截至", f"{at.astimezone(LOCAL):%Y年%m月%d日 %H:%M}"),
    )  # fmt: skip


def _about_chapter(user: Any, material: Material) -> Chapter:
    case, kind, cut = material.case, KINDS[material.case.kind], cut_for(user, material.case)
    rows = tuple(
        (
            str(step.on), say(event_name(kind, step.track, step.event)), str(ACTOR_LABELS.get(step.actor, step.actor)),
            step.organisation.name if step.organisation else "系统", str(step.facts.get("document_no") or step.facts.get("certificate_no") or "—"),
        )
        for step in reversed(cut.steps(case))
    )  # fmt: skip
    table = Table(("日期", "事项", "主体", "经办单位", "文书编号"), rows, (1.6, 2.8, 1.6, 2.8, 3), "办理经过（来源：个案时间线）")
    return Chapter("个案概况", (f"{say(kind_name(case.kind))}，{case.opened_on} 立案，{say(cut.status(case))}。",), (table,))


def _file_chapter(user: Any, material: Material) -> Chapter:
    evidence = tuple(
        (str(position), say(EVIDENCE[one.kind]) if one.kind in EVIDENCE else one.kind, one.filename, f"{one.added_at.astimezone(LOCAL):%Y-%m-%d}", f"{one.size:,}", _in_parts(one.sha256))
        for position, one in enumerate(material.evidence, 1)
    )  # fmt: skip
    letters = tuple(
        (one.number, LETTERS[one.kind].title + ("（已作废）" if one.voided_on else ""), one.organisation.name, str(one.issued_on))
        for one in material.documents
        if _readable(user, one)
    )
    files = tuple((one.number, file.filename, f"{file.size:,}", _in_parts(file.sha256)) for one, file in material.files)
    tables = [
        Table(("序号", "证明事项", "文件名", "入卷日期", "字节", "SHA-256"), evidence, (0.8, 1.7, 2.4, 1.6, 1.3, 3.2), "在卷证据（来源：个案）") if evidence else None,
        Table(("文号", "文书", "发文单位", "发文日期"), letters, (2.6, 2.4, 3, 1.5), "发出的文书（来源：个案）") if letters else None,
        Table(("申报编号", "文件名", "字节", "SHA-256"), files, (2.8, 2.6, 1.2, 3.2), "申报附件（来源：职业病危害项目申报）") if files else None,
    ]  # fmt: skip
    said = () if any(tables) else ("卷内尚无证据材料和文书。",)
    return Chapter("在卷证据、文书和附件", said, tuple(table for table in tables if table))


def _in_parts(digest: str) -> str:
    """A digest that fits into a column: it may be broken at its gaps."""
    return " ".join(digest[start : start + PART] for start in range(0, len(digest), PART))


def _readable(user: Any, document: CaseDocument) -> list[CaseDocumentCopy]:
    return [copy for copy in document.copies if allowed(user, Permission.CASE_DOCUMENT_READ, copy)]


def attachments_of(session: Session, user: Any, material: Material) -> Iterator[Attachment]:
    """Files of the case, letters and files of declarations, each read when it is packed, and none kept."""
    number = material.case.number
    for one in material.evidence:
        sealed = session.execute(select(CaseEvidence.content).where(CaseEvidence.id == one.id)).scalar_one()
        yield Attachment("证据", one.filename, f"个案 {number}", keyring().unseal(SEALED_EVIDENCE, bytes(sealed)))
    for document in material.documents:
        for copy in _readable(user, document):
            sealed = session.execute(select(CaseDocumentCopy.content).where(CaseDocumentCopy.id == copy.id)).scalar_one()
            content = keyring().unseal(SEALED_COPY, bytes(sealed))
            yield Attachment("文书", f"{document.number}-{ACTOR_LABELS[copy.addressee]}.pdf", f"个案 {number} {document.number}", content)
    for declaration, file in material.files:
        content = session.execute(select(DeclaredFile.content).where(DeclaredFile.id == file.id)).scalar_one()
        yield Attachment("申报附件", file.filename, f"申报 {declaration.number}", bytes(content))
