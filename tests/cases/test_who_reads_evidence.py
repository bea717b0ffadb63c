"""Who reads which evidence of a case: the whole table, kind by kind and role by role, and pages that keep to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.cuts import Cut
from ohs.cases.evidence import add_evidence, kinds_for, may_see
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.proofs import EVIDENCE, FREE_EVIDENCE, FREE_OF_PERSON, PROOFS
from ohs.cases.models import Case, CaseTrack
from ohs.desk.own_file import EVERYTHING
from ohs.kernel.attached import attached
from tests.factories.cases import ON, People, make_case, make_people

PDF = b"%PDF-1.7\n% certificate"


def test_every_kind_of_evidence_says_who_sees_it() -> None:
    asked = {
        kind
        for one in KINDS.values()
        for acts in one.acts.values()
        for each in acts.values()
        for subtype in one.subtypes or [""]
        for kind in each.asks(subtype)
    }
    beside = {kind for one in KINDS.values() for kinds in one.duty_evidence.values() for kind in kinds}
    assert asked | beside | {FREE_EVIDENCE} | FREE_OF_PERSON | {"visit"} == set(PROOFS) == set(EVIDENCE)


def confirmed(session: Session, people: People) -> Case:
    """A suspected disease that was confirmed, with every track begun."""
    case = make_case(session, people, "susp")
    case.institution_id = people.DIAG.organisation_id
    for track, status, owner in (("appraisal", "to_serve", people.HLTH), ("work_injury", "wi_due", people.HRSS)):
        case.tracks.append(CaseTrack(kind="susp", track=track, status=status, owner_id=owner.organisation_id))
    session.flush()
    return case


#: Who may open which, kind by kind and role by role (domain 1.4, 10.2), in a case that is at everything.
READERS = {
    "refusal": "HLTH CLIN DIAG EMP WKR", "certificate": "HLTH DIAG EMP WKR", "appraisal-application": "HLTH DIAG WKR", "appraisal": "HLTH DIAG EMP WKR", "appraisal-final": "HLTH DIAG EMP WKR",
    "decision": "HRSS EMP WKR", "missing-items": "HRSS EMP WKR", "missing-items-worker": "HRSS WKR", "waiver": "HRSS WKR",
    "grade": "HRSS EMP WKR", "grade-final": "HRSS EMP WKR", "removal": "HRSS HLTH EMP WKR", "follow-up": "HLTH EMP WKR", "follow-up-exam": "HLTH WKR",
    "post-change": "HLTH EMP WKR", "proof": "HLTH CLIN EMP WKR", "off-hazard": "HLTH CLIN EMP WKR", "opinion": "HLTH CLIN DIAG WKR",
    "works": "HLTH SAFE HRSS EMP", "protection": "HLTH SAFE HRSS EMP", "record": "HLTH SAFE HRSS TOWN EMP", "visit": "HLTH SAFE HRSS TOWN EMP",
    "statement": "HLTH DIAG WKR", "medical": "HLTH CLIN DIAG WKR", "document": "HLTH SAFE HRSS TOWN CLIN DIAG TEST EMP WKR",
}  # fmt: skip
ROLES = ("HLTH", "HRSS", "SAFE", "TOWN", "CLIN", "DIAG", "TEST", "EMP", "WKR", "system-admin", "security-admin", "auditor")
#: In a confirmed case: of the part on which a file is told, HR sees what comes after the diagnosis, and safety, the town and a testing institution nothing.
SEEN = {
    kind: set(roles.split()) - {"SAFE", "TOWN", "TEST", "WKR"} - ({"HRSS"} if PROOFS[kind].track == "main" else set()) for kind, roles in READERS.items()
}  # fmt: skip


@pytest.mark.parametrize("kind", list(READERS))
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table_of_evidence(kind: str, role: str) -> None:
    everything, nothing = (Cut(part, part, part, part, part, role) for part in (True, False))
    assert everything.sees(kind) is (role in READERS[kind].split()) and not nothing.sees(kind)
    beside = {
        "main": Cut(False, True, True, True, True, role), "appraisal": Cut(True, False, True, True, True, role), "work_injury": Cut(True, True, False, True, True, role),
    }  # fmt: skip
    assert not beside[PROOFS[kind].track].sees(kind), "who is not shown the part reads no file of it"


def test_the_table_is_whole_and_places_nothing_twice() -> None:
    assert set(READERS) == set(PROOFS) and not EVERYTHING.sees("unheard-of")
    assert {reader for proof in PROOFS.values() for reader in proof.readers} <= set(ROLES)


def test_each_kind_is_seen_by_those_of_the_sharing_table(session: Session) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    seen = {kind: {actor for actor in vars(people) if may_see(getattr(people, actor), case, kind)} for kind in SEEN}
    assert seen == SEEN
    assert set(kinds_for(people.HRSS, case)) == {"decision", "waiver", "grade", "grade-final", "removal"}
    assert not {"statement", "medical", "missing-items-worker", "waiver", "follow-up-exam"} & set(kinds_for(people.EMP, case))


def test_whoever_files_something_for_a_worker_is_told_whether_the_employer_reads_it(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Any
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    session.commit()
    as_user(people.DIAG)
    page = browse(f"/cases/{case.number}/evidence").get_data(as_text=True)
    assert "劳动者或同事的陈述（用人单位不可查阅）" in page and "其他文书（用人单位可查阅）" in page
    complaint = make_case(session, people, "complaint")
    session.commit()
    as_user(people.HLTH)
    page = browse(f"/cases/{complaint.number}/evidence").get_data(as_text=True)
    assert "其他文书" in page and "可查阅" not in page, "an employer is told of no complaint"


@pytest.mark.parametrize("kind", ["missing-items-worker", "statement", "medical", "waiver", "follow-up-exam"])
def test_what_the_workers_side_hands_in_no_employer_reads_nor_hears_of(
    session: Session, as_user: Callable[[User], FlaskClient], kind: str
) -> None:
    people = make_people(session)
    case = confirmed(session, people)
    session.commit()
    by = next(getattr(people, actor) for actor in ("HRSS", "DIAG", "HLTH") if actor in SEEN[kind])
    made = add_evidence(session, case, kind, attached("工友证言.pdf", PDF), actor=by, on=ON)
    session.commit()
    client = as_user(people.EMP)
    page = client.get(f"/cases/{case.number}").get_data(as_text=True)
    assert "工友证言" not in page and "证据材料已归档" not in page and made.sha256[:12] not in page
    assert client.get(f"/cases/{case.number}/evidence/{made.id}").status_code == 404
    assert client.post(f"/cases/{case.number}/evidence/{made.id}/take-back").status_code == 404, "no refusal tells that it is there"
    assert "工友证言" in as_user(by).get(f"/cases/{case.number}").get_data(as_text=True)
