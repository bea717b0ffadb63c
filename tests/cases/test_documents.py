"""Letters of cases: what each copy says and keeps to itself, how they are numbered, and who may write and read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.letter import Letter, letter_pdf
from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.cuts import cut_for
from ohs.cases.document_kinds import FACT_NAMES, LETTERS, MEDICAL
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.documents import content_of, issue_document, letters_for, void_document
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed, visible
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, act, make_case, make_people

LATER = date(2026, 11, 3)


def said(document: CaseDocument, addressee: str) -> str:
    """Everything that stands on one copy."""
    copy = next(one for one in document.copies if one.addressee == addressee)
    letter = json.loads(copy.said)
    return "\n".join([letter["addressee"], *letter["paragraphs"], *("".join(row) for row in letter["list_rows"])])


def issued(session: Session, people: People, kind: str, code: str, by: str, **told: Any) -> CaseDocument:
    """A letter of a case as it is opened."""
    return issue_document(session, make_case(session, people, kind), code, told, actor=getattr(people, by), on=LATER)


def test_the_worker_and_the_employer_are_told_of_a_suspected_disease(session: Session) -> None:
    document = issued(session, make_people(session), "susp", "suspected-notice", "CLIN")
    worker, employer = said(document, "WKR"), said(document, "EMP")
    assert "职业性噪声聋" in worker and "2026年11月2日" in worker and "《职业病防治法》第43、44条" in worker
    assert "《职业病防治法》第55条、《职业健康检查管理办法》第18条" in employer
    assert "期限为自收到本文书之日起30日内（办理时限，非法定期限）" in employer
    assert "不得解除或者终止" in worker and "不得解除或者终止" in employer


def test_the_employer_learns_the_hazard_of_a_contraindication_and_not_the_illness(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", facts={"disease": "高血压3级"})
    document = issue_document(session, case, "contraindication-notice", {}, actor=people.CLIN, on=LATER)
    assert "高血压3级" in said(document, "WKR") and "高血压" not in said(document, "EMP")
    assert "噪声" in said(document, "EMP") and "调离" in said(document, "EMP")


def test_who_has_not_begun_yet_is_not_moved(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", subtype="pre-placement")
    document = issue_document(session, case, "contraindication-notice", {}, actor=people.CLIN, on=LATER)
    assert "不得安排其从事上述作业" in said(document, "EMP") and "调离" not in said(document, "EMP")


def test_the_employer_is_told_to_arrange_a_re_examination_and_not_of_what(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck", facts={"items": "纯音听阈测试", "until_on": date(2026, 11, 20)})
    document = issue_document(session, case, "recheck-notice", {}, actor=people.CLIN, on=LATER)
    assert "纯音听阈测试" in said(document, "WKR") and "纯音" not in said(document, "EMP") and "K1" not in said(document, "EMP")
    assert "2026年11月20日" in said(document, "WKR") and "2026年11月20日" in said(document, "EMP")


def test_no_copy_for_an_employer_names_a_medical_fact_except_the_suspected_disease() -> None:
    told = {letter.code: copy.facts() & MEDICAL for letter in LETTERS.values() for copy in letter.copies if copy.to != "WKR"}
    assert {code: facts for code, facts in told.items() if facts} == {"suspected-notice": frozenset({"disease"})}


def test_a_letter_that_names_a_clock_takes_its_day_from_the_case(session: Session) -> None:
    people = make_people(session)
    case = to_material(session, people)
    document = issue_document(session, case, "material-request", {}, actor=people.DIAG, on=date(2026, 11, 10))
    text = said(document, "EMP")
    clock = next(clock for clock in case.clocks if clock.slug == "diagnosis-material")
    assert f"{clock.due_on.year}年{clock.due_on.month}月{clock.due_on.day}日前" in text and "（法定期限）" in text
    assert "登记编号：DJ1" in text and "职业性噪声聋" not in text


def to_material(session: Session, people: People) -> Case:
    case = make_case(session, people, "susp")
    act(session, people, case, "CLIN", "notify", ON, told_worker_on=ON, told_employer_on=ON, how_told="writing")
    act(session, people, case, "EMP", "employer-arranges", ON, institution_id=people.DIAG.organisation_id, arranged_on=ON)
    act(session, people, case, "DIAG", "register", LATER, registration_no="DJ1", registered_on=LATER)
    act(session, people, case, "DIAG", "letter-to-employer", LATER, received_on=LATER)
    return case


def test_an_order_names_what_was_measured_its_article_and_its_last_day(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "overlimit")
    act(session, people, case, "EMP", "acknowledge", LATER, measures="减少接触")
    until = date(2026, 12, 3)
    document = issue_document(session, case, "correction-order", {"demand": "安装隔声罩。", "until_on": until}, actor=people.HLTH, on=LATER)
    text = said(document, "EMP")
    assert "噪声检测结果为88 dB(A)，职业接触限值为85 dB(A)" in text and "《职业病防治法》第72条第1项" in text
    assert "于2026年12月3日前改正下列问题：安装隔声罩。" in text and document.until_on == until
    assert [allowed(getattr(people, one), Permission.CASE_DOCUMENT_READ, document.copies[0]) for one in ("EMP", "HLTH", "TEST", "HRSS", "SAFE")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_transfer_letter_tells_the_other_department_nothing_medical(session: Session) -> None:
    people = make_people(session)
    told = {"office_id": people.HRSS.organisation_id, "reason": "疑似违法解除劳动合同"}
    document = issued(session, people, "susp", "transfer-letter", "HLTH", **told)
    assert document.copies[0].addressee == "HRSS" and "噪声聋" not in document.copies[0].said and "张敏" not in document.copies[0].said
    assert allowed(people.HRSS, Permission.CASE_DOCUMENT_READ, document.copies[0])
    assert not allowed(people.EMP, Permission.CASE_DOCUMENT_READ, document.copies[0])


def test_numbers_run_by_organ_word_and_year_and_a_rollback_leaves_no_gap(session: Session) -> None:
    people = make_people(session)
    people.CLIN.organisation.name = "海宁市第一人民医院体检中心"
    first = issued(session, people, "susp", "suspected-notice", "CLIN").number
    with pytest.raises(RuntimeError), session.begin_nested():
        issued(session, people, "susp", "suspected-notice", "CLIN")
        raise RuntimeError
    second = issued(session, people, "contra", "contraindication-notice", "CLIN").number
    other = issued(session, people, "recheck", "recheck-notice", "CLIN").number
    case = make_case(session, people, "susp", on=date(2027, 1, 4))
    next_year = issue_document(session, case, "suspected-notice", {}, actor=people.CLIN, on=date(2027, 1, 5)).number
    assert [first, second, other, next_year] == [
        "海一院职告〔2026〕0001号", "海一院职告〔2026〕0002号", "海一院职复〔2026〕0001号", "海一院职告〔2027〕0001号",
    ]  # fmt: skip


def test_two_organs_never_number_alike(session: Session) -> None:
    one, two = make_people(session), make_people(session)
    one.CLIN.organisation.name = two.CLIN.organisation.name = "海宁市中医医院"
    numbers = [issued(session, people, "susp", "suspected-notice", "CLIN").number for people in (one, two)]
    assert numbers == ["海中医职告〔2026〕0001号", "海中医甲职告〔2026〕0001号"]


def test_a_letter_is_written_by_its_issuer_and_only_while_its_status_lasts(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    codes = {actor: [letter.code for letter in letters_for(case, By(getattr(people, actor)))] for actor in ("CLIN", "EMP", "HLTH", "SAFE")}
    assert codes == {"CLIN": ["contraindication-notice"], "EMP": [], "HLTH": ["transfer-letter"], "SAFE": []}
    for actor, code in (("EMP", "contraindication-notice"), ("HLTH", "correction-order")):
        with pytest.raises(DomainError, match="not yours to write"):
            issue_document(session, case, code, {}, actor=getattr(people, actor), on=LATER)


def test_what_is_not_known_is_named_and_no_number_is_used(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "overdue")
    act(session, people, case, "HLTH", "send-list", LATER)
    with pytest.raises(DomainError, match="Open workers"):
        issue_document(session, case, "correction-order", {"demand": "补检", "until_on": date(2026, 12, 1)}, actor=people.HLTH, on=LATER)
    assert people.HLTH.organisation.document_sign is None


def test_a_void_letter_keeps_its_number_and_a_second_time_is_refused(session: Session) -> None:
    people = make_people(session)
    document = issued(session, people, "susp", "suspected-notice", "CLIN")
    with pytest.raises(DomainError, match="Say why"):
        void_document(session, document, " ", actor=people.CLIN, on=LATER)
    void_document(session, document, "姓名有误", actor=people.CLIN, on=LATER)
    session.flush()
    again = issue_document(session, document.case, "suspected-notice", {}, actor=people.CLIN, on=LATER)
    assert again.number[-5:] == "0002号"
    with pytest.raises(DomainError, match="void already"):
        void_document(session, document, "again", actor=people.CLIN, on=LATER)
    assert [(step.event, step.facts["document_no"]) for step in document.case.steps[1:]] == [
        ("document-issued", document.number), ("document-voided", document.number), ("document-issued", again.number),
    ]  # fmt: skip


def test_a_copy_is_kept_as_it_was_sent(session: Session) -> None:
    document = issued(session, make_people(session), "susp", "suspected-notice", "CLIN")
    for copy in document.copies:
        content = content_of(copy)
        again = Letter(**{**json.loads(copy.said), "on": LATER})
        assert letter_pdf(replace(again, paragraphs=tuple(again.paragraphs))) == content, "the same words make the same bytes"
        assert content.startswith(b"%PDF") and hashlib.sha256(content).hexdigest() == copy.sha256 and copy.size == len(content)
        assert b"%PDF" not in bytes(copy.content)


def test_every_letter_of_the_table_can_be_written_from_a_status_that_its_kind_has() -> None:
    for letter in LETTERS.values():
        for kind, statuses in letter.when.items():
            assert set(statuses) <= set(KINDS[kind].tracks["main"].statuses) - set(KINDS[kind].finals)
        assert set().union(*(copy.facts() for copy in letter.copies)) <= set(FACT_NAMES)
        for kind, events in letter.proves.items():
            assert all(KINDS[kind].act("main", event) for event in events)


def test_writing_asks_first_and_the_letter_proves_the_act(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", facts={"disease": "高血压3级"})
    client = as_user(people.CLIN)
    address = f"/cases/{case.number}/documents/new/contraindication-notice"
    assert "可出具文书" in browse(f"/cases/{case.number}").text
    browse(address)
    assert client.post(address, data={"issue": "1"}).status_code == 400
    assert client.post(address, data={"look": "1"}).mimetype == "application/zip"
    assert session.scalars(select(CaseDocument)).all() == []
    assert client.post(address, data={"issue": "1", "is_confirmed": "y"}).status_code == 302
    (document,) = session.scalars(select(CaseDocument)).all()
    page = browse(f"/cases/{case.number}/act/main/notify").text
    assert f'<option selected value="{document.number}">' in page
    told = {"told_worker_on": "2026-11-03", "told_employer_on": "2026-11-03", "how_told": "writing", "document_no": document.number}
    assert client.post(f"/cases/{case.number}/act/main/notify", data=told).status_code == 302
    assert case.steps[-1].facts["document_no"] == document.number


def test_reading_a_copy_is_on_record_and_the_workers_copy_is_not_the_employers(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    people = make_people(session)
    document = issued(session, people, "contra", "contraindication-notice", "CLIN")
    session.commit()
    address = {copy.addressee: f"/cases/{document.case.number}/documents/{copy.id}" for copy in document.copies}
    client = as_user(people.EMP)
    assert client.get(address["EMP"]).mimetype == "application/pdf" and client.get(address["WKR"]).status_code == 404
    assert address["WKR"] not in client.get(f"/cases/{document.case.number}").text
    read = session.scalars(select(AuditEvent).where(AuditEvent.event == "case-document:read")).all()
    assert [(one.actor, one.subject, one.after) for one in read] == [(people.EMP.login, document.number, {"addressee": "EMP"})]


def test_the_timeline_tells_of_a_letter_whom_it_concerns(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    issue_document(session, case, "contraindication-notice", {}, actor=people.CLIN, on=LATER)
    told = {"office_id": people.HRSS.organisation_id, "reason": "涉嫌违法解除劳动合同"}
    issue_document(session, case, "transfer-letter", told, actor=people.HLTH, on=LATER)
    seen = {
        actor: [step.facts["document"] for step in cut_for(getattr(people, actor), case).steps(case)[:-1]]
        for actor in ("HLTH", "CLIN", "EMP")
    }
    assert seen == {
        "HLTH": ["transfer-letter", "contraindication-notice"],
        "CLIN": ["contraindication-notice"],
        "EMP": ["contraindication-notice"],
    }
    assert case.steps[1].told == ["EMP"] and case.steps[2].told == []


def test_lists_of_copies_and_single_questions_agree(session: Session) -> None:
    people = make_people(session)
    for kind, code in (("susp", "suspected-notice"), ("contra", "contraindication-notice"), ("recheck", "recheck-notice")):
        issued(session, people, kind, code, "CLIN")
    copies = session.scalars(select(CaseDocumentCopy)).all()
    for user in vars(people).values():
        seen = set(session.scalars(select(CaseDocumentCopy.id).where(visible(user, Permission.CASE_DOCUMENT_READ, CaseDocumentCopy))))
        assert seen == {copy.id for copy in copies if allowed(user, Permission.CASE_DOCUMENT_READ, copy)}, user.organisation.kind


def test_the_office_that_was_given_a_case_reads_and_writes_its_letters(session: Session) -> None:
    people = make_people(session)
    far = make_user(session, "health", make_organisation(session, region_code="330482"))
    document = issued(session, people, "susp", "suspected-notice", "CLIN")
    case, permissions = document.case, (Permission.CASE_DOCUMENT_ISSUE, Permission.CASE_PACK_SHOW, Permission.CASE_REMIND)
    mine = select(CaseDocumentCopy.id).where(visible(far, Permission.CASE_DOCUMENT_READ, CaseDocumentCopy))
    assert not any(allowed(far, one, case) for one in permissions) and session.scalars(mine).all() == []
    case.owner = far.organisation
    session.flush()
    assert all(allowed(far, one, case) for one in permissions)
    assert all(allowed(far, Permission.CASE_DOCUMENT_READ, copy) for copy in document.copies)
    assert len(session.scalars(mine).all()) == len(document.copies)
