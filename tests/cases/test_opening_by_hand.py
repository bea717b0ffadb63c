"""Opening by hand: the tables say who, the register says about whom, and the same is never opened twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.cases.opening_views import kinds_for
from ohs.cases.openings import BY_HAND, first_step
from ohs.kernel.clock import today
from ohs.kernel.crypto import blind
from ohs.registry.models import Client, Employer, Worker, WorkerClinic
from tests.cases.ways import go
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_worker

ID = "330402198003070013"
#: What is told about each kind besides who it is about.
TOLD: dict[str, dict[str, str]] = {
    "susp": {"hazard_names": "矽尘", "found_on": "2020-03-02", "disease": "矽肺", "subtype": ""},
    "contra": {"found_on": "2020-03-02", "hazards": "噪声", "disease": "听力损失", "subtype": ""},
    "recheck": {"hazard_names": "噪声", "found_on": "2020-03-02", "card_no": "K1"},
    "shortdust": {"hazard_names": "矽尘", "found_on": "2020-03-02", "service_months": "40"},
    "overlimit": {"point": "打磨1号", "factor": "噪声", "found_on": "2020-03-02", "result": "88", "limit": "85", "report_no": "JC1"},
    "acute": {"happened_on": "2020-03-02", "hazards": "苯", "exposed": "3", "what": "管道泄漏"},
    "complaint": {"received_on": "2020-03-02", "what": "车间粉尘大", "how": "call"},
    "overdue": {"found_on": "2020-03-02", "subtype": "PERIODIC", "due_on": "2020-02-20", "workers": ID},
    "cluster": {"found_on": "2020-03-02", "hazards": "矽尘", "cases": "2"},
}
WHO = {"susp": ("CLIN", "HLTH"), "contra": ("CLIN", "HLTH"), "recheck": ("CLIN", "HLTH"), "shortdust": ("HLTH",), "overlimit": ("TEST",), "acute": ("EMP", "HLTH", "CLIN"), "complaint": ("HLTH", "TOWN"), "cluster": ("HLTH",), "overdue": ("HLTH",)}  # fmt: skip


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def employer(session: Session, people: People) -> Employer:
    made = session.get_one(Employer, people.EMP.organisation.employer_id)
    for actor in ("CLIN", "TEST"):
        session.add(Client(organisation_id=getattr(people, actor).organisation_id, employer_id=made.id, since=made.created_at.date()))
    return made


@pytest.fixture
def worker(session: Session, people: People, employer: Employer) -> Worker:
    made = make_worker(session, employer)
    made.id_index, made.name = blind("worker", f"居民身份证:{ID}"), "沈国强"
    session.add(WorkerClinic(organisation_id=people.CLIN.organisation_id, worker_id=made.id))
    session.flush()
    return made


def about(kind: str, employer: Employer, people: People, actor: str) -> dict[str, str]:
    has_worker = kind in ("susp", "contra", "recheck", "shortdust")
    who = {"id_number": ID, "name": "沈国强", "uscc": ""} if has_worker else {"uscc": employer.uscc}
    return who | ({"clinic": str(people.CLIN.organisation_id)} if has_worker and actor == "HLTH" else {})


def opened(session: Session) -> list[Case]:
    session.expire_all()
    return list(session.scalars(select(Case).order_by(Case.id)))


def test_everybody_is_offered_what_the_tables_let_them_open(session: Session, people: People) -> None:
    offered = {actor: {kind.code for kind in kinds_for(user)} for actor, user in vars(people).items()}
    assert offered == {actor: {kind for kind, actors in WHO.items() if actor in actors} for actor in vars(people)}
    assert set(BY_HAND) == set(TOLD) == set(KINDS)


@pytest.mark.parametrize(("kind", "actor"), [(kind, actor) for kind, actors in WHO.items() for actor in actors])
def test_each_kind_is_opened_by_each_that_may(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Any, people: People, employer: Employer, worker: Worker, kind: str, actor: str
) -> None:  # fmt: skip
    client = as_user(getattr(people, actor))
    browse(f"/cases/new?kind={kind}")
    answer = client.post(f"/cases/new?kind={kind}", data=TOLD[kind] | about(kind, employer, people, actor))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    (case,) = opened(session)
    assert (case.kind, case.employer_id, case.county_code, case.region_code) == (kind, employer.id, "330481", "330481101")
    assert case.steps[0].event == first_step(kind)[0].event and case.steps[0].user_id == getattr(people, actor).id
    assert case.steps[0].actor == ("MED" if actor == "HLTH" and kind in ("susp", "contra", "recheck") else actor)
    if kind in ("susp", "contra", "recheck", "shortdust"):
        code = "P01" if kind in ("contra", "recheck") else case.hazard_codes
        assert case.subject == f"worker:{worker.id}:{code}" and case.worker_id == worker.id
        assert case.hazard_codes
    if kind in ("susp", "contra", "recheck"):
        assert case.clinic_id == people.CLIN.organisation_id, "somebody must tell the worker"
    if kind == "overlimit":
        assert (case.institution_id, case.hazard_codes) == (people.TEST.organisation_id, "P01")
    assert client.get(answer.location).status_code == 200
    again = client.post(f"/cases/new?kind={kind}", data=TOLD[kind] | about(kind, employer, people, actor))
    if kind == "overdue":  # told at the line of the worker
        assert again.status_code == 400 and f"第 1 行：已列入 {case.number}" in again.get_data(as_text=True)
        return
    assert again.status_code == 409 and f'href="/cases/{case.number}"' in again.get_data(as_text=True)
    assert len(opened(session)) == 1


def test_others_are_shown_the_choice_and_open_nothing(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker
) -> None:
    for kind, actors in WHO.items():
        for actor in set(vars(people)) - {*actors, "DIAG", "HRSS", "SAFE"}:
            answer = as_user(getattr(people, actor)).post(f"/cases/new?kind={kind}", data=TOLD[kind] | about(kind, employer, people, actor))
            assert answer.status_code == 200 and "发现了什么情形" in answer.get_data(as_text=True)
    assert as_user(people.HRSS).get("/cases/new").status_code == 403
    assert opened(session) == []


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("susp", {"id_number": "330402198003070099"}, "没有该证件号码"),
        ("susp", {"name": "沈国"}, "姓名与所填不一致"),
        ("susp", {"disease": "感冒"}, "职业病分类和目录"),
        ("susp", {"hazard_names": ""}, "请填写职业病危害因素"),
        ("susp", {"found_on": "2199-01-01"}, "该日期尚未到来"),
        ("acute", {"uscc": "9133"}, "没有该代码"),
        ("acute", {"what": ""}, "填写“"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker, kind: str, wrong: dict[str, str], sentence: str
) -> None:  # fmt: skip
    answer = as_user(people.CLIN).post(f"/cases/new?kind={kind}", data=TOLD[kind] | about(kind, employer, people, "CLIN") | wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400 and 'class="summary"' in text and sentence in text
    assert opened(session) == []


@pytest.mark.parametrize("kind", ["contra", "overdue", "susp"])
def test_the_kind_within_a_kind_is_marked_as_required(
    as_user: Callable[[User], FlaskClient], browse: Callable[..., Any], people: People, kind: str
) -> None:
    as_user(people.HLTH)
    label = browse(f"/cases/new?kind={kind}").get_data(as_text=True).partition('for="subtype"')[2].partition("</label>")[0]
    assert "类型" in label and "*" in label


def test_a_list_says_of_which_subtype_it_is(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer
) -> None:
    typed = TOLD["overdue"] | {"uscc": employer.uscc, "subtype": ""}
    answer = as_user(people.HLTH).post("/cases/new?kind=overdue", data=typed)
    assert answer.status_code == 400 and "请选择类型" in answer.get_data(as_text=True) and opened(session) == []


def test_nobody_opens_a_case_about_a_stranger(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker
) -> None:
    """A clinic that never examined the worker, a health office of another county, an institution of another client: as if there were none."""
    far = make_organisation(session, kind="clinic", region_code="330482")
    elsewhere = make_user(session, "health", make_organisation(session, region_code="330482"))
    foreign = make_employer(session, county_code="330482", region_code="330482101")
    tries = [
        (make_user(session, "clinic", far), "susp", about("susp", employer, people, "CLIN")),
        (elsewhere, "susp", about("susp", employer, people, "HLTH")),
        (people.TEST, "overlimit", {"uscc": foreign.uscc}),
        (people.EMP, "acute", {"uscc": foreign.uscc}),
        (people.TOWN, "complaint", {"uscc": foreign.uscc}),
    ]
    for user, kind, who in tries:
        answer = as_user(user).post(f"/cases/new?kind={kind}", data=TOLD[kind] | who)
        assert answer.status_code == 400 and "您可查看的" in answer.get_data(as_text=True), kind
    assert opened(session) == []


def test_whoever_may_not_read_the_open_case_is_told_whom_to_ask(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker
) -> None:
    other = make_user(session, "clinic", make_organisation(session, kind="clinic", region_code="330481"))
    session.add(WorkerClinic(organisation_id=other.organisation_id, worker_id=worker.id))
    asked = TOLD["susp"] | about("susp", employer, people, "CLIN")
    assert as_user(people.CLIN).post("/cases/new?kind=susp", data=asked).status_code == 302
    text = as_user(other).post("/cases/new?kind=susp", data=asked).get_data(as_text=True)
    (case,) = opened(session)
    assert case.number not in text and case.owner.name in text


def test_a_complaint_needs_no_employer_but_a_place(session: Session, as_user: Callable[[User], FlaskClient], people: People) -> None:
    told = TOLD["complaint"] | {"uscc": ""}
    health = as_user(people.HLTH)
    assert health.post("/cases/new?kind=complaint", data=told).status_code == 400
    assert health.post("/cases/new?kind=complaint", data=told | {"place": "330482101"}).status_code == 400, "another county's town"
    assert health.post("/cases/new?kind=complaint", data=told | {"place": "330481101"}).status_code == 302
    assert as_user(people.TOWN).post("/cases/new?kind=complaint", data=told | {"what": "噪声"}).status_code == 302
    assert [(case.county_code, case.region_code, case.employer_id) for case in opened(session)] == [("330481", "330481101", None)] * 2


def test_a_document_that_comes_with_it_is_put_on_file(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker
) -> None:
    asked: dict[str, Any] = TOLD["susp"] | about("susp", employer, people, "HLTH")
    bad = as_user(people.HLTH).post("/cases/new?kind=susp", data=asked | {"document": (io.BytesIO(b"MZ"), "病历.pdf")})
    assert bad.status_code == 400 and opened(session) == []
    answer = as_user(people.HLTH).post("/cases/new?kind=susp", data=asked | {"document": (io.BytesIO(b"%PDF-1.7"), "病历.pdf")})
    assert answer.status_code == 302
    (case,) = opened(session)
    assert [(one.kind, one.filename) for one in case.evidence] == [("medical", "病历.pdf")]


def test_the_same_episode_is_not_opened_again_under_fewer_hazards_or_another_entry(
    session: Session, as_user: Callable[[User], FlaskClient], people: People, employer: Employer, worker: Worker
) -> None:
    """As an upload does: the worker, through merges, and a common hazard; a waived one goes on where it was waived"""
    asked = TOLD["susp"] | about("susp", employer, people, "CLIN")
    old = make_worker(session, employer)
    old.merged_into_id = worker.id
    case = make_case(session, people, "susp", hazard_codes="D01;P01")
    case.worker_id, case.subject = old.id, f"worker:{old.id}:D01;P01"
    session.commit()
    for _standing in ("open", "waived"):
        answer = as_user(people.CLIN).post("/cases/new?kind=susp", data=asked | {"hazard_names": "噪声"})
        assert answer.status_code == 409 and case.number in answer.get_data(as_text=True)
        go(session, people, case, "" if case.closed_on else "CLIN main notify, WKR main worker-refuses", on=today())
        session.commit()
    assert as_user(people.CLIN).post("/cases/new?kind=susp", data=asked | {"hazard_names": "苯"}).status_code == 302
    assert len(opened(session)) == 2
