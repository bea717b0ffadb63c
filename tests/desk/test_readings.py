"""Who has read a worker's file: plain sentences of who, when, what and why, whoever it was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.event_labels import EVENT_LABELS
from ohs.accounts.models import User
from ohs.cases.evidence import add_evidence
from ohs.cases.models import Case
from ohs.desk.readings import OTHER_PURPOSE, PURPOSE_WORDS, READINGS, WHAT, WHY, readings_of
from ohs.kernel.attached import attached
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.i18n import in_language, say
from tests.cases.test_section_4_2 import COMPLETE
from tests.cases.ways import go
from tests.factories.cases import People, make_case, make_people

#: Readings that are about no person, or about the reader.
OF_NOBODY = {"visit:read", "upload:row-read", "case-document:own-read"}


def sentences(session: Session, case: Case) -> list[str]:
    """As the worker reads them."""
    assert case.worker is not None
    with in_language("zh_Hans_CN"):
        return [say(one.sentence) for one in readings_of(session, case.worker)]


def at_diagnosis(session: Session) -> tuple[People, Case]:
    """A case that the diagnosis institution has."""
    people = make_people(session)
    case = make_case(session, people, "susp", on=today())
    go(session, people, case, COMPLETE, on=today())
    session.commit()
    return people, case


def test_the_pack_that_a_diagnosis_institution_takes_is_told_in_a_plain_sentence(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    people, case = at_diagnosis(session)
    assert as_user(people.DIAG).get(f"/cases/{case.number}/evidence-pack.pdf").status_code == 200
    on = today()
    assert sentences(session, case) == [
        f"{on.year}年{on.month}月{on.day}日，{people.DIAG.organisation.name}（诊断机构）查看了您的个案 {case.number} 的整套诊断材料："
        "您的职业史、历次体检结果和个案中的文件。原因：该机构为您做职业病诊断。"
    ]


def test_a_file_is_told_by_what_it_is(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = at_diagnosis(session)
    made = add_evidence(session, case, "statement", attached("李四证言.pdf", b"%PDF-1.7\n%"), actor=people.DIAG, on=today())
    session.commit()
    as_user(people.DIAG).get(f"/cases/{case.number}/evidence/{made.id}")
    (said,) = sentences(session, case)
    assert f"查看了您的个案 {case.number} 的证据材料：劳动者或同事的陈述。" in said and "李四" not in said


@pytest.mark.parametrize("actor", ["EMP", "CLIN", "DIAG", "TEST", "HLTH", "HRSS", "SAFE", "TOWN"])
@pytest.mark.parametrize("event", sorted(WHAT))
def test_every_reading_by_everybody_is_a_whole_sentence_without_a_raw_word(session: Session, actor: str, event: str) -> None:
    people, case = at_diagnosis(session)
    user, worker = getattr(people, actor), case.worker
    assert worker is not None
    subject = {"worker": worker, "protection": str(worker.id)}.get(event.partition(":")[0], case)
    note_reading(session, audit(event, subject, user, after={"evidence": "medical"}))
    (said,) = sentences(session, case)
    on = today()
    assert said.startswith(f"{on.year}年{on.month}月{on.day}日，{user.organisation.name}（") and "查看了" in said and "原因：" in said
    assert not re.search(r"[A-Za-z]{2,}", said.replace(user.organisation.name, "").replace(case.number, "")), said
    assert user.name not in said and user.login not in said


def test_no_reading_of_a_person_is_without_its_words() -> None:
    readings = {event for event in EVENT_LABELS if re.search(r":(?!own-).*read", event)} | set(READINGS)
    assert readings - OF_NOBODY - {"emergency:opened"} <= set(WHAT) | {"case:read-pack"}
    assert set(OTHER_PURPOSE) <= set(PURPOSE_WORDS) and len(WHY) == 8
