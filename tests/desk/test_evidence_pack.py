"""The evidence pack of a diagnosis: every employer and clinic, each line with its source, cut for who takes it out."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.evidence_pack import Attachment, fit_name, pack_pdf, write_archive
from ohs.accounts.models import User
from ohs.accounts.services import give_purpose
from ohs.cases.documents import issue_document
from ohs.cases.models import Case
from ohs.declarations.models import Attachment as DeclaredFile
from ohs.declarations.services import accept_declaration, submit_declaration
from ohs.desk.evidence_pack import attachments_of, pack_of
from ohs.desk.pack_material import gather
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer, Employment, Exposure
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.sealing import SEALED_PURPOSE
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, make_case, make_people, prove
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination

THEN = date(2019, 3, 1)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def case(session: Session, people: People) -> Case:
    """A case of somebody who worked for two employers and was examined by two clinics, one of them in another county."""
    case = make_case(session, people, "susp")
    case.institution_id = people.DIAG.organisation_id
    assert case.worker is not None and case.employer is not None
    case.worker.name, case.worker.id_number = "张㛃", "330481198001011234"
    earlier = make_employer(session, name="平湖恒昌铸造厂", county_code="330482", region_code="330482101")
    far = make_user(session, "clinic", make_organisation(session, kind="clinic", region_code="330482", name="平湖市中医医院"))
    _worked(session, case, earlier, "清砂", "D01", THEN, date(2022, 5, 31))
    _worked(session, case, case.employer, "打磨", "P01", date(2022, 6, 1), None)
    record = {"fvc_pct": 71.5, "chest_film": "双肺纹理增多", "other_finding": "脂肪肝", "suspected_disease": "职业性噪声聋"}
    first = {"worker_id": case.worker_id, "post": "清砂", "county_code": "330482", "card_no": "PH1", "row": 7}
    make_examination(
        session,
        far,
        earlier,
        hazards="D01",
        conclusions="O",
        examined_on=THEN,
        reported_on=THEN,
        received_on=THEN,
        sealed=_sealed(record),
        **first,
    )
    make_examination(session, people.CLIN, case.employer, conclusions="S", worker_id=case.worker_id, sealed=_sealed({**record, "hearing_high_db": 48}), card_no="HN9")  # fmt: skip
    return case


def _sealed(record: dict[str, Any]) -> bytes:
    return keyring().seal(SEALED_PURPOSE, json.dumps(record).encode())


def _worked(session: Session, case: Case, employer: Employer, post: str, hazard: str, first: date, last: date | None) -> None:
    same = {
        "worker_id": case.worker_id,
        "employer_id": employer.id,
        "post": post,
        "starts_on": first,
        "ends_on": last,
        "seen_on": last or ON,
    }
    session.add_all([Employment(**same), Exposure(hazard_code=hazard, **same)])
    session.flush()


def _declared(session: Session, people: People, case: Case) -> Any:
    assert case.employer is not None
    declaration = make_draft(session, case.employer, people.EMP, on=ON)
    submit_declaration(session, declaration, signed_by="沈佳", actor=people.EMP, on=ON)
    accept_declaration(session, declaration, actor=people.HLTH, on=ON)
    content = b"report"
    session.add(
        DeclaredFile(declaration_id=declaration.id, filename="检测报告.pdf", content_type="", size=6, sha256=hashlib.sha256(content).hexdigest(), content=content, added_by_id=people.EMP.id)
    )  # fmt: skip
    session.flush()
    return declaration


def text_of(session: Session, user: User, case: Case) -> str:
    """Everything that stands in the pack."""
    pack = pack_of(user, gather(session, user, case), now())
    assert pack_pdf(pack).startswith(b"%PDF")
    return json.dumps(asdict(pack), ensure_ascii=False)


def test_the_pack_follows_the_worker_over_every_employer_and_clinic(session: Session, people: People, case: Case) -> None:
    text = text_of(session, people.DIAG, case)
    assert "平湖恒昌铸造厂" in text and "矽尘" in text and "3 年 3 个月" in text and "噪声" in text
    assert "PH1（2019-03-01）" in text and "平湖市中医医院，个案卡 PH1（第 1 版），上传批次 T" in text and "第 7 行" in text
    assert "71.5" in text and "双肺纹理增多" in text and "48" in text
    assert "本系统尚未收录" in text and "没有已受理的申报" in text


def test_only_the_institution_reads_what_is_unrelated_to_work(session: Session, people: People, case: Case) -> None:
    assert "脂肪肝" in text_of(session, people.DIAG, case)
    give_purpose(session, people.HLTH, case.worker_id or 0, "suspected: 诊断")
    told = text_of(session, people.HLTH, case)
    assert "脂肪肝" not in told and "其他疾病" not in told and "职业性噪声聋" in told


def test_the_number_is_whole_for_the_officer_and_masked_for_the_institution(session: Session, people: People, case: Case) -> None:
    assert "330481198001011234" not in text_of(session, people.DIAG, case) and "330481********1234" in text_of(session, people.DIAG, case)
    assert "330481198001011234" in text_of(session, people.HLTH, case)


def test_of_a_declaration_the_institution_gets_classes_and_the_officer_posts_and_files(
    session: Session, people: People, case: Case
) -> None:
    declaration = _declared(session, people, case)
    institution, officer = text_of(session, people.DIAG, case), text_of(session, people.HLTH, case)
    for told in (declaration.number, "化学因素 60 人", "噪声：已申报，接触 80 人", f"{hazard_name('D01')}：未申报", "噪声 6 点（1）"):
        assert told in institution and told in officer, told
    assert "喷涂车间" not in institution and "检测报告.pdf" not in institution
    assert "喷涂车间" in officer and "检测报告.pdf" in officer


def test_the_archive_holds_what_the_list_and_the_digests_say(session: Session, people: People, case: Case) -> None:
    _declared(session, people, case)
    prove(session, case, people.CLIN, "refusal")
    letter = issue_document(session, case, "suspected-notice", {}, actor=people.CLIN, on=ON)
    out = io.BytesIO()
    write_archive(out, b"%PDF", "个案", attachments_of(session, people.HLTH, gather(session, people.HLTH, case)))
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        assert names == [
            "证据册.pdf", "证据/001-refusal.pdf", f"文书/002-{letter.number}-劳动者.pdf", f"文书/003-{letter.number}-用人单位.pdf",
            "申报附件/004-检测报告.pdf", "清单.csv", "SHA256SUMS",
        ]  # fmt: skip
        sums = [line.split("  ") for line in archive.read("SHA256SUMS").decode().splitlines()]
        assert [(hashlib.sha256(archive.read(path)).hexdigest(), path) for _digest, path in sums] == [
            (digest, path) for digest, path in sums
        ]
        assert [path for _digest, path in sums] == names[:-1]
        assert archive.read(names[1]) == b"x" and archive.read(names[4]) == b"report"


def test_evidence_that_the_institution_may_not_see_stays_out(session: Session, people: People, case: Case) -> None:
    prove(session, case, people.CLIN, "certificate", "grade")
    held = {user: [one.kind for one in gather(session, user, case).evidence] for user in (people.DIAG, people.HLTH)}
    assert held[people.DIAG] == ["certificate"] and "certificate" in held[people.HLTH]


def test_names_of_files_cannot_leave_the_folder() -> None:
    assert [fit_name(name) for name in ("../../etc/passwd", "a\\b:c?.pdf", " . ", "长" * 200 + ".pdf")] == [
        "_.._etc_passwd", "a_b_c_.pdf", "_", "长" * 76 + ".pdf",
    ]  # fmt: skip
    out = io.BytesIO()
    write_archive(out, b"", "", [Attachment("证据", "=cmd|x.csv", "=1+1", b"")])
    with zipfile.ZipFile(out) as archive:
        assert ",=1+1," not in archive.read("清单.csv").decode("utf-8-sig")


def test_who_may_take_it_out(session: Session, people: People, case: Case) -> None:
    other = make_user(session, "diagnosis")
    may = lambda user: (allowed(user, Permission.CASE_PACK_SHOW, case), allowed(user, Permission.CASE_PACK_READ, case))  # noqa: E731
    assert may(people.DIAG) == (True, True) and may(other) == (False, False) and may(people.HLTH) == (True, False)
    assert {may(user) for user in (people.CLIN, people.EMP, people.HRSS, people.SAFE, people.TOWN, people.TEST)} == {(False, False)}
    contra = make_case(session, people, "contra")
    contra.institution_id = people.DIAG.organisation_id
    assert not allowed(people.DIAG, Permission.CASE_PACK_SHOW, contra)


def test_an_officer_gives_a_reason_first_and_every_reading_is_on_record(
    session: Session, people: People, case: Case, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    client = as_user(people.HLTH)
    page = f"/cases/{case.number}/evidence-pack"
    assert "调取事由" in browse(page).text and client.get(f"{page}.pdf").status_code == 404
    assert client.post(f"{page}/purpose", data={"reason": "suspected"}).status_code == 400
    assert client.post(f"{page}/purpose", data={"reason": "suspected", "note": "诊断取证"}).status_code == 302
    browse(page)
    assert client.get(f"{page}.pdf").mimetype == "application/pdf" and client.get(f"{page}.zip").mimetype == "application/zip"
    read = session.scalars(select(AuditEvent).where(AuditEvent.event.in_(("case:read-pack", "examination:read")))).all()
    assert sorted((one.event, one.subject) for one in read) == sorted(
        [("case:read-pack", case.number), ("examination:read", "HN9"), ("examination:read", "PH1")] * 2
    )


def test_the_pack_is_chinese_whatever_its_reader_reads(
    session: Session, people: People, case: Case, as_user: Callable[[User], FlaskClient]
) -> None:
    people.DIAG.locale = "en"
    client = as_user(people.DIAG)
    assert "Evidence pack" in client.get(f"/cases/{case.number}/evidence-pack").text
    with client.application.test_request_context("/", headers={"Accept-Language": "en"}):
        text = text_of(session, people.DIAG, case)
    assert "在岗期间检查" in text and "疑似职业病" in text and "In service" not in text
