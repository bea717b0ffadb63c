"""Evidence of cases: told by its content, stored sealed, seen only by whom it is for, and never taken from under an act."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.cuts import cut_for
from ohs.cases.evidence import add_evidence, content_of, kinds_for, may_see, missing_kinds, take_back
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case, CaseEvidence
from ohs.cases.moving import write_beside
from ohs.cases.told import told_in
from ohs.desk.own_file import EVERYTHING
from ohs.kernel.attached import attached, fault_of
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.cases.test_who_reads_evidence import SEEN, confirmed
from tests.cases.ways import DAY, go
from tests.factories.cases import ON, People, act, make_case, make_people, prove

PDF = b"%PDF-1.7\n% certificate"
#: To a certificate that says no.
TO_NO = (
    "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer, EMP main material-supplied, "
    "DIAG main conclude-no, DIAG appraisal serve-certificate"
)
PNG = b"\x89PNG\r\n\x1a\n........"


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def old_office(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, ".pdf"), (PNG, ".png"), (b"\xff\xd8\xff\xe0..", ".jpg"), (package("[Content_Types].xml", "word/document.xml"), ".docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"), (old_office("WordDocument"), ".doc"), (old_office("Workbook"), ".xls"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says_whatever_it_is_called(content: bytes, ending: str) -> None:
    assert fault_of("证明.exe", content) is None
    assert attached("证明.exe", content).name == f"证明.exe{ending}"
    assert attached(rf"C:\files\证明{ending.upper()}", content).name == f"证明{ending.upper()}"


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b"PK\x03\x04", package("x.txt"), old_office("EncryptedPackage"), b"%PDF-" + b"x" * 10 * 1024 * 1024])  # fmt: skip
def test_what_is_nothing_of_the_kind_is_not_taken_whatever_it_is_called(content: bytes) -> None:
    assert fault_of("证明.pdf", content) is not None


@pytest.mark.parametrize(("length", "told"), [(10 * 1024 * 1024 + 1, "10.1 MB"), (11 * 1024 * 1024, "11 MB"), (12_900_000, "12.4 MB")])
def test_how_large_a_file_is_is_told_as_people_write_it(length: int, told: str) -> None:
    assert f" {told};" in str(fault_of("证明.pdf", PDF[:length], length))


def test_of_a_file_that_is_too_large_its_whole_size_is_told(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    session.commit()
    large = (PDF + b"0" * 12 * 1024 * 1024, "证明.pdf")
    answer = as_user(people.CLIN).post(f"/cases/{case.number}/evidence", data=sent(kind="document", file=large))
    assert answer.status_code == 400 and "12.1 MB" in answer.get_data(as_text=True)


def test_another_illness_is_told_to_the_worker_and_the_institution_that_found_it_alone(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{TO_NO}, night+60")
    act(session, people, case, "DIAG", "appraisal-final-no", DAY + timedelta(days=60), other_illness="高血压", is_advised=True)
    cuts = {actor: cut_for(getattr(people, actor), case) for actor in vars(people)} | {"WKR": EVERYTHING}
    closing = case.steps[-1]
    told = {actor for actor, cut in cuts.items() if "高血压" in dict(told_in(session, case, closing, cut)).values()}
    assert told == {"DIAG", "WKR"}


def test_an_employer_sees_no_medical_document_of_a_contraindication(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    assert not may_see(people.EMP, case, "medical") and may_see(people.CLIN, case, "medical")
    assert kinds_for(people.EMP, case) == ["post-change", "document"]


def test_adding_seals_the_file_and_tells_it_where_its_readers_look(session: Session) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    made = add_evidence(session, case, "certificate", attached("诊断证明书.pdf", PDF), actor=people.DIAG, on=ON)
    digest = hashlib.sha256(PDF).hexdigest()
    assert (made.sha256, made.size, made.content_type) == (digest, len(PDF), "application/pdf")
    stored = session.scalars(select(CaseEvidence.content).where(CaseEvidence.id == made.id)).one()
    assert PDF not in bytes(stored) and content_of(session, made.id) == PDF
    line = case.steps[-1]
    assert (line.event, line.track, line.before, line.after) == ("evidence-added", "appraisal", "to_serve", "to_serve")
    assert case.status == "detected"
    with pytest.raises(DomainError, match="on the case already"):
        add_evidence(session, case, "certificate", attached("again.pdf", PDF), actor=people.DIAG, on=ON)


def test_one_takes_back_ones_own_until_an_act_rests_on_it(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    told = {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}
    act(session, people, case, "CLIN", "notify", ON, **told)
    first = add_evidence(session, case, "refusal", attached("a.pdf", PDF), actor=people.HLTH, on=ON)
    with pytest.raises(DomainError, match="Only whoever added"):
        take_back(session, case, first, actor=people.CLIN, on=ON)
    take_back(session, case, first, actor=people.HLTH, on=ON)
    assert case.evidence == [] and case.steps[-1].event == "evidence-taken-back"
    again = add_evidence(session, case, "refusal", attached("a.pdf", PDF), actor=people.HLTH, on=ON)
    other = add_evidence(session, case, "document", attached("b.png", PNG), actor=people.HLTH, on=ON)
    act(session, people, case, "WKR", "worker-refuses", ON + timedelta(days=1), refused_on=ON)
    for evidence in (again, other):
        with pytest.raises(DomainError, match="closed"):
            take_back(session, case, evidence, actor=people.HLTH, on=ON)
    act(session, people, case, "CLIN", "next-suspected-found", ON + timedelta(days=2), found_on=ON)
    with pytest.raises(DomainError, match="rests on"):
        take_back(session, case, again, actor=people.HLTH, on=ON)
    take_back(session, case, other, actor=people.HLTH, on=ON)
    assert [one.kind for one in case.evidence] == ["refusal"]


def sent(**given: Any) -> dict[str, Any]:
    return {key: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for key, value in given.items()}


def at_removed(session: Session, people: People) -> Case:
    case = make_case(session, people, "contra")
    act(session, people, case, "CLIN", "notify", ON, told_worker_on=ON, told_employer_on=ON, how_told="writing")
    act(session, people, case, "EMP", "remove", ON, moved_on=ON, new_post="包装", is_temporary=False)
    return case


FILED = {"new_post": "包装", "new_hazards": "C001", "effective_on": "2020-03-02", "is_signed": "y"}


def test_an_act_without_its_evidence_is_refused_and_says_what_is_missing(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = at_removed(session, people)
    kind_act = KINDS["contra"].act("main", "evidence-filed")
    assert kind_act is not None and missing_kinds(case, kind_act) == ["post-change"]
    client = as_user(people.EMP)
    page = client.get(f"/cases/{case.number}/act/main/evidence-filed").get_data(as_text=True)
    assert 'type="file"' in page and "multipart/form-data" in page
    answer = client.post(f"/cases/{case.number}/act/main/evidence-filed", data=dict(FILED))
    assert answer.status_code == 400 and "请选择文件：调岗证明（本人签字）" in answer.get_data(as_text=True)
    with pytest.raises(DomainError, match="Evidence is missing: Change of post, signed"):
        act(session, people, case, "EMP", "evidence-filed", ON, new_post="包装", new_hazards="C001", effective_on=ON, is_signed=True)
    assert case.status == "removed" and case.evidence == []


def test_a_bad_file_is_a_fault_at_its_field_and_nothing_typed_is_lost(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = at_removed(session, people)
    answer = as_user(people.EMP).post(
        f"/cases/{case.number}/act/main/evidence-filed", data=sent(**FILED, **{"file-post-change": (b"MZ virus", "调岗.pdf")})
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400 and 'id="file-post-change-error"' in text and "包装" in text
    session.expire_all()
    assert case.status == "removed" and case.evidence == []


def test_a_refused_act_leaves_no_file_behind_and_says_why_above_the_form(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = at_removed(session, people)
    lines = len(case.steps)
    answer = as_user(people.EMP).post(
        f"/cases/{case.number}/act/main/evidence-filed",
        data=sent(**FILED | {"new_hazards": "P01"}, **{"file-post-change": (PDF, "调岗.pdf")}),
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "新岗位仍存在该劳动者禁忌的危害因素" in text and 'value="P01"' in text
    session.expire_all()
    assert (case.status, case.evidence, len(case.steps)) == ("removed", [], lines)


def test_file_and_act_go_together_and_stand_on_the_page(session: Session, as_user: Callable[[User], FlaskClient], browse: Any) -> None:
    people = make_people(session)
    case = at_removed(session, people)
    answer = as_user(people.EMP).post(
        f"/cases/{case.number}/act/main/evidence-filed", data=sent(**FILED, **{"file-post-change": (PDF, "调岗.pdf")})
    )
    assert answer.status_code == 302
    session.expire_all()
    assert case.status == "verify" and [step.event for step in case.steps[-3:]] == [
        "evidence-added",
        "evidence-filed",
        "visit-asked",
    ]
    text = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "调岗.pdf" in text and case.evidence[0].sha256[:12] in text and "调岗证明（本人签字）" in text
    assert "收回" not in text, "an act rests on it"


def test_a_file_is_read_only_by_whom_it_is_for_and_each_reading_is_on_record(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    made = add_evidence(session, case, "certificate", attached("诊断证明书.pdf", PDF), actor=people.DIAG, on=ON)
    address = f"/cases/{case.number}/evidence/{made.id}"
    for actor in ("DIAG", "HLTH", "EMP", "CLIN", "HRSS", "SAFE"):
        answer = as_user(getattr(people, actor)).get(address)
        assert answer.status_code == (200 if actor in SEEN["certificate"] else 404), actor
        if answer.status_code == 200:
            assert answer.data == PDF and answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.mimetype == "application/octet-stream"
    readers = session.scalars(
        select(AuditEvent.actor_id).where(AuditEvent.event == "case:evidence-read", AuditEvent.subject == case.number)
    )
    assert sorted(id for id in readers if id) == sorted((people.DIAG.id, people.HLTH.id, people.EMP.id))


def test_a_clinic_does_not_learn_from_the_page_that_a_certificate_came(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    add_evidence(session, case, "certificate", attached("诊断证明书.pdf", PDF), actor=people.DIAG, on=ON)
    unseen = as_user(people.CLIN).get(f"/cases/{case.number}").get_data(as_text=True)
    assert "诊断证明书" not in unseen and "证据材料已归档" not in unseen
    assert "诊断证明书.pdf" in as_user(people.HLTH).get(f"/cases/{case.number}").get_data(as_text=True)


def test_health_learns_of_the_removal_but_not_that_the_grade_is_on_file(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    add_evidence(session, case, "removal", attached("调离.pdf", PDF), actor=people.EMP, on=ON)
    add_evidence(session, case, "grade", attached("结论.pdf", PNG), actor=people.HRSS, on=ON)
    text = as_user(people.HLTH).get(f"/cases/{case.number}").get_data(as_text=True)
    assert text.count("证据材料已归档") == 1 and "证明内容：调离证明" in text and "结论.pdf" not in text


def test_evidence_is_added_by_hand_with_the_choice_of_what_it_proves(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Any
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    client, address = as_user(people.HRSS), f"/cases/{case.number}/evidence"
    page = browse(address).get_data(as_text=True)
    assert 'value="decision"' in page and 'value="certificate"' not in page
    assert client.post(address, data=sent(kind="certificate", file=(PDF, "x.pdf"))).status_code == 400
    assert client.post(address, data=sent(kind="decision", file=(b"x", "x.pdf"))).status_code == 400
    assert client.post(address, data=sent(kind="decision", file=(PDF, "决定书.pdf"))).status_code == 302
    session.expire_all()
    assert [(one.kind, one.added_by_id) for one in case.evidence] == [("decision", people.HRSS.id)]
    assert client.post(f"{address}/{case.evidence[0].id}/take-back").status_code == 302
    session.expire_all()
    assert case.evidence == []


def test_a_document_may_come_with_a_duty(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=today())
    duty = next(one for one in case.duties if one.event == "report-to-health")
    client, address = as_user(people.CLIN), f"/cases/{case.number}/duties/{duty.id}"
    told = {"done_on": today().isoformat(), "note": "已报告"}
    assert client.post(address, data=sent(**told, document=(b"MZ", "x.pdf"))).status_code == 400
    assert client.post(address, data=sent(**told, document=(PDF, "回执.pdf"))).status_code == 302
    session.expire_all()
    assert duty.state == "done" and [(one.kind, one.filename) for one in case.evidence] == [("document", "回执.pdf")]


def test_who_began_unexamined_was_kept_off_the_hazard_meanwhile(session: Session) -> None:
    """4.5 PRE: closes with the exam record and proof that the worker was off the hazard meanwhile."""
    people = make_people(session)
    for subtype, asked in (("PRE", ["off-hazard"]), ("PERIODIC", []), ("LEAVE", [])):
        case = make_case(session, people, "overdue", subtype=subtype)
        act(session, people, case, "HLTH", "send-list", ON)
        record = KINDS["overdue"].act("main", "record-uploaded")
        assert record is not None and missing_kinds(case, record) == asked
        assert ("off-hazard" in kinds_for(people.EMP, case)) is bool(asked)


def test_a_move_is_verified_with_a_next_examination_without_the_hazard(session: Session) -> None:
    """4.3 closing evidence: next exam with contact hazards free of h."""
    people = make_people(session)
    case = at_removed(session, people)
    prove(session, case, people.EMP, "post-change")
    act(session, people, case, "EMP", "evidence-filed", ON, new_post="包装", new_hazards="C001", effective_on=ON, is_signed=True)
    seen: dict[str, Any] = {"is_post_free": True, "is_wage_kept": True, "is_still_employed": True}
    with pytest.raises(DomainError, match="Still missing: Next examination planned for"):
        act(session, people, case, "HLTH", "verified", ON, **seen)
    planned = seen | {"next_examination_planned_on": ON + timedelta(days=300)}
    with pytest.raises(DomainError, match="still planned for the hazard"):
        act(session, people, case, "HLTH", "verified", ON, **planned, next_hazards="C001;P01")
    act(session, people, case, "HLTH", "verified", ON, **planned, next_hazards="C001")
    assert case.status == "closed"


def test_an_examination_on_leaving_is_refused_in_writing_after_two_notices(session: Session) -> None:
    """4.5 LEAVE: closes with the exam record, or the worker's written refusal after at least two notices."""
    people = make_people(session)
    for subtype, is_reminded, refusal in (
        ("PERIODIC", True, "Only the examination on leaving"),
        ("LEAVE", False, "after two notices"),
        ("LEAVE", True, ""),
    ):
        case = make_case(session, people, "overdue", subtype=subtype)
        act(session, people, case, "HLTH", "send-list", ON)
        prove(session, case, people.EMP, "proof")
        if is_reminded:
            write_beside(case, "reminded-by-hand", {}, by=people.by("HLTH"), on=ON)
        if refusal:
            with pytest.raises(DomainError, match=refusal):
                act(session, people, case, "EMP", "contest", ON, why="refused", reason="本人不愿检查")
        else:
            act(session, people, case, "EMP", "contest", ON, why="refused", reason="本人不愿检查")
            assert case.status == "contest"
