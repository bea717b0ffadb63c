"""What is found out about a person stays with who may know it: the pages of a case, lists, exports and search, asked by everybody who reads some of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.evidence import add_evidence
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.kernel.attached import attached
from ohs.kernel.clock import today
from tests.cases.test_section_4_2 import LC_APPLIED, NO
from tests.cases.ways import go
from tests.factories.cases import People, make_case, make_people

#: Those who read some of it; the others reach no case about a person (tests/matrix).
ROLES = ("EMP", "CLIN", "DIAG", "HLTH", "HRSS", "SAFE")
#: A word that is written once, in one place → who may come upon it (domain 1.4).
KNOWN = {
    "甲醛灼伤征": {"HLTH", "CLIN", "DIAG", "EMP"},  # the suspected disease
    "电焊工尘肺": {"HLTH", "DIAG", "EMP", "HRSS"},  # the confirmed one
    "影像未见改变": {"HLTH", "DIAG", "EMP"},  # the grounds of a diagnosis that says no
    "三级听力": {"HLTH", "CLIN"},  # the contraindication itself, not that there is one
    "纯音测听": {"HLTH", "CLIN"},  # what is to be examined again
    "工友证言": {"HLTH", "DIAG"},  # the name of a file from the worker's side
    "补充病历": {"HRSS"},  # what the applicant has supplied
    "住院小结": {"HLTH", "CLIN", "DIAG"},  # a medical file
    "七级结论": {"HRSS", "EMP"},  # the conclusion on labour capacity
}


def pdf(name: str) -> Any:
    """A file of that name, unlike any other."""
    return attached(f"{name}.pdf", b"%PDF-1.7\n%" + name.encode())


@pytest.fixture
def cases(session: Session) -> tuple[People, list[Case]]:
    """Four cases in which every word stands where it belongs."""
    people, on = make_people(session), today()
    yes, no = (make_case(session, people, "susp", on=on, facts={"disease": "甲醛灼伤征"}) for _ in range(2))
    go(session, people, yes, LC_APPLIED.replace("conclude-yes", "conclude-yes?disease=电焊工尘肺"), on=on)
    go(session, people, yes, "LCAC work_injury conclude?grade=7", on=on)
    go(session, people, no, NO.replace("conclude-no", "conclude-no?grounds=影像未见改变"), on=on)
    contra = make_case(session, people, "contra", on=on, facts={"disease": "三级听力"})
    recheck = make_case(session, people, "recheck", on=on, facts={"items": "纯音测听"})
    go(session, people, contra, "CLIN main notify", on=on)
    go(session, people, recheck, "CLIN main inform", on=on)
    for kind, name, by in (
        ("statement", "工友证言", people.DIAG), ("missing-items-worker", "补充病历", people.HRSS), ("medical", "住院小结", people.DIAG),
        ("grade", "七级结论", people.HRSS),
    ):  # fmt: skip
        add_evidence(session, yes, kind, pdf(name), actor=by, on=on)
    session.commit()
    return people, [yes, no, contra, recheck]


def addresses(case: Case) -> list[str]:
    """What can be asked of a case as it stands, with the files that bear a word."""
    acts = [
        f"act/{track}/{step.event}" for track, table in KINDS[case.kind].tracks.items() for step in table.events_from(case.status_on(track))
    ]
    files = [f"evidence/{one.id}" for one in case.evidence if one.filename.removesuffix(".pdf") in KNOWN]
    parts = ["", "live", "evidence", "evidence-pack", "payers", *sorted(set(acts)), *files, *(f"duties/{one.id}" for one in case.duties)]
    return [f"/cases/{case.number}/{part}".rstrip("/") for part in parts]


LISTS = (
    "/", "/cases/?standing=all", "/inbox/", "/inbox/others", "/inbox/told", "/cases/performance/steps", "/cases/cost-windows", "/cases/protected",
    "/reports/cases.xlsx?standing=all&purpose=x", "/reports/protected-periods.xlsx?purpose=x",
)  # fmt: skip


def said(answer: Any) -> str:
    """What an answer tells: headers, text, and every part of a workbook."""
    body, told = answer.get_data(), str(answer.headers)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            return told + "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    return told + body.decode("utf-8", "replace")


@pytest.mark.parametrize("role", ROLES)
def test_nobody_comes_upon_what_is_not_theirs_to_know(
    session: Session, as_user: Callable[[User], FlaskClient], cases: tuple[People, list[Case]], role: str
) -> None:
    people, of = cases
    numbers = [case.number for case in of]
    asked = [*LISTS, *(f"/search?q={number}" for number in numbers), *(one for case in of for one in addresses(case))]
    client = as_user(getattr(people, role))
    found = {word for address in asked for word in KNOWN if word in said(client.get(address))}
    assert found == {word for word, readers in KNOWN.items() if role in readers}
