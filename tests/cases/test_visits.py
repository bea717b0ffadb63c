"""Visits on the spot: asked by the case or by hand, answered by the town, which never learns of what it is for."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ohs.accounts.models import Organisation
from ohs.cases.cuts import cut_for
from ohs.cases.inbox_counts import waiting_count
from ohs.cases.models import Case, CaseWaiting
from ohs.cases.nightly import end_visits
from ohs.cases.notices_models import CaseNotice
from ohs.cases.visit_queries import visits_about
from ohs.cases.visits import already, answer_visit, ask_visit, keep_visits, withdraw_visit
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.attached import attached
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import ON, People, act, make_case, make_people, prove

#: Ten working days after Monday 2 November 2026.
LAST_DAY = date(2026, 11, 16)
PICTURE = b"\xff\xd8\xff\xe0 a photograph"
POST = "包装岗（无噪声，与职业禁忌证无关）"
ALL_YES = {"at-post": "yes", "employed": "yes", "wage": "yes"}


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


def at_verify(session: Session, people: People, on: date = ON, **given: Any) -> Case:
    """A contraindication whose evidence was filed; noise is the hazard, and the health office of the reader answers for it."""
    case = make_case(session, people, "contra", on=on, hazard_codes="P01", facts={"disease": "噪声敏感者"}, **given)
    case.owner_id = people.HLTH.organisation_id
    act(session, people, case, "CLIN", "notify", on, told_worker_on=on, told_employer_on=on, how_told="writing")
    act(session, people, case, "EMP", "remove", on, moved_on=on, new_post=POST, is_temporary=False)
    prove(session, case, people.EMP, "post-change")
    act(session, people, case, "EMP", "evidence-filed", on, new_post=POST, new_hazards="C001", effective_on=on, is_signed=True)
    session.flush()
    return case


def visit_of(session: Session, case: Case) -> SiteVisit:
    session.flush()
    return visits_about(session, case)[0]


def answer(session: Session, people: People, visit: SiteVisit, on: date = ON, **said: Any) -> None:
    answers = said.pop("answers", ALL_YES)
    answer_visit(session, visit, answers, visited_on=said.pop("visited_on", on), actor=people.TOWN, on=on, **said)


def story(case: Case) -> list[str]:
    return [step.event for step in case.steps]


def test_the_town_is_asked_as_soon_as_the_evidence_is_filed(session: Session, people: People) -> None:
    case = at_verify(session, people)
    visit = visit_of(session, case)
    assert (visit.number, visit.organisation_id, visit.due_on) == ("HC-330481-2026-000001", people.TOWN.organisation_id, LAST_DAY)
    assert [one.code for one in visit.asks] == ["at-post", "employed", "wage"] and visit.asked_by_id is None
    assert story(case)[-2:] == ["evidence-filed", "visit-asked"]
    town = people.TOWN.organisation_id
    assert not session.scalars(select(CaseNotice).where(CaseNotice.organisation_id == town)).all(), (
        "no notice of a case that it does not see"
    )
    assert not session.scalars(select(CaseWaiting).where(CaseWaiting.organisation_id == town)).all()
    assert waiting_count(people.TOWN) == 1 and waiting_count(make_user(session, "town")) == 0


def test_before_placement_too_and_nobody_where_the_town_has_no_account(session: Session, people: People) -> None:
    case = make_case(session, people, "contra", subtype="pre-placement")
    act(session, people, case, "CLIN", "notify", ON, told_worker_on=ON, told_employer_on=ON, how_told="writing")
    act(session, people, case, "EMP", "not-assigned", ON, decided_on=ON, assigned_to="包装")
    prove(session, case, people.EMP, "post-change")
    session.execute(update(Organisation).where(Organisation.id == people.TOWN.organisation_id).values(is_active=False))
    session.expire_all()
    told = {"new_post": "包装", "new_hazards": "C001", "effective_on": ON, "is_signed": True}
    act(session, people, case, "EMP", "evidence-filed", ON, **told)
    assert case.status == "verify" and not visits_about(session, case)
    session.execute(update(Organisation).where(Organisation.id == people.TOWN.organisation_id).values(is_active=True))
    session.expire_all()
    keep_visits(session, case, ON)
    assert len(visits_about(session, case)) == 1


def test_what_the_employer_wrote_is_cleared_of_hazard_finding_and_names(session: Session, people: People) -> None:
    case = at_verify(session, people)
    assert visit_of(session, case).new_post == "包装岗（无…，与…无关）"


def test_the_answer_is_a_line_evidence_and_a_word_to_health(session: Session, people: People) -> None:
    case = at_verify(session, people)
    visit = visit_of(session, case)
    before = case.version
    on = ON + timedelta(days=2)
    pictures = [attached("a.jpg", PICTURE), attached("b.jpg", PICTURE + b"2")]
    answers = ALL_YES | {"wage": "unknown"}
    answer(session, people, visit, on, answers=answers, visited_on=ON + timedelta(days=1), found="工资条未见到", photographs=pictures)
    session.flush()
    assert case.version > before, "who had the form of the verification open reads the answer first"
    line = case.steps[-1]
    assert (line.event, line.actor, line.organisation_id, line.told) == ("visit-answered", "TOWN", people.TOWN.organisation_id, ["HLTH"])
    assert line.facts["site-wage"] == "unknown" and line.facts["visited_on"] == "2026-11-03" and line.facts["note"] == "工资条未见到"
    assert [one.kind for one in case.evidence][-2:] == ["visit", "visit"]
    assert {name for name, user in vars(people).items() if cut_for(user, case).sees("visit")} == {"HLTH", "EMP"}
    told = session.scalars(select(CaseNotice).where(CaseNotice.event == "visit-answered")).all()
    assert [one.organisation_id for one in told] == [case.owner_id]
    assert session.scalars(select(AuditEvent).where(AuditEvent.event == "visit:answered")).one().subject == visit.number
    assert waiting_count(people.TOWN) == 0 and not visit.is_late(on)


BAD = [
    ({"answers": {"at-post": "yes", "employed": "yes"}}, "Still missing"),
    ({"answers": ALL_YES | {"wage": "perhaps"}}, "Still missing"),
    ({"visited_on": ON - timedelta(days=1)}, "The visit was after"),
    ({"visited_on": ON + timedelta(days=1)}, "The visit was after"),
]


@pytest.mark.parametrize(("said", "sentence"), BAD)
def test_an_answer_is_whole_and_of_a_day_that_can_be(session: Session, people: People, said: dict[str, Any], sentence: str) -> None:
    case = at_verify(session, people)
    visit, lines = visit_of(session, case), len(case.steps)
    with pytest.raises(DomainError) as refused:
        answer(session, people, visit, **said)
    assert refused.value.message.id.startswith(sentence) and visit.is_open and len(case.steps) == lines


def test_of_two_answers_the_second_reads_who_was_first(session: Session, people: People) -> None:
    case = at_verify(session, people)
    visit = visit_of(session, case)
    answer(session, people, visit)
    with pytest.raises(DomainError) as refused:
        answer(session, people, visit, answers=ALL_YES | {"at-post": "no"})
    assert refused.value.message.values == {"who": people.TOWN.name, "day": "2026-11-02"}
    assert story(case).count("visit-answered") == 1 and visit.answers == ALL_YES
    with pytest.raises(DomainError):
        withdraw_visit(session, visit, actor=people.HLTH, on=ON)


LEAVING = [
    ("verified", {"is_post_free": True, "is_wage_kept": True, "is_still_employed": True, "next_examination_planned_on": date(2026, 12, 1), "next_hazards": ""}, "closed"),
    ("not-verified", {"reason": "新岗位仍接触"}, "notified"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "facts", "status"), LEAVING)
def test_a_visit_that_nobody_needs_any_more_is_withdrawn(
    session: Session, people: People, event: str, facts: dict[str, Any], status: str
) -> None:
    """And a move is verified without one: it is optional."""
    case = at_verify(session, people)
    visit = visit_of(session, case)
    act(session, people, case, "HLTH", event, ON + timedelta(days=1), **facts)
    session.flush()
    assert case.status == status and visit.withdrawn_on == ON + timedelta(days=1) and visit.withdrawn_by_id is None
    assert story(case)[-1] == "visit-withdrawn" and waiting_count(people.TOWN) == 0
    with pytest.raises(DomainError) as refused:
        answer(session, people, visit, ON + timedelta(days=1))
    assert refused.value.message == already(visit)


def test_an_answered_visit_stays_and_the_next_evidence_asks_anew(session: Session, people: People) -> None:
    case = at_verify(session, people)
    answer(session, people, first := visit_of(session, case), answers=ALL_YES | {"at-post": "no"})
    act(session, people, case, "HLTH", "not-verified", ON, reason="仍在原岗位")
    assert first.withdrawn_on is None
    act(session, people, case, "EMP", "remove", ON, moved_on=ON, new_post="仓库", is_temporary=False)
    prove(session, case, people.EMP, "post-change")
    act(session, people, case, "EMP", "evidence-filed", ON, new_post="仓库", new_hazards="C001", effective_on=ON, is_signed=True)
    assert [(one.new_post, one.is_open) for one in visits_about(session, case)] == [("仓库", True), ("包装岗（无…，与…无关）", False)]


def test_the_night_withdraws_what_the_deed_did_not(session: Session, people: People) -> None:
    case = at_verify(session, people)
    visit, asked = visit_of(session, case), make_case(session, people, "complaint")
    other = ask_visit(session, asked, ["exists"], actor=people.HLTH, on=ON)
    session.execute(update(Case).where(Case.id == case.id).values(status="closed", closed_on=ON))
    session.expire_all()
    assert end_visits(session, LAST_DAY) == 1 and end_visits(session, LAST_DAY) == 0
    assert visit.withdrawn_on == LAST_DAY and other.is_open


def test_health_asks_by_hand_once_at_a_time_and_takes_back(session: Session, people: People) -> None:
    case = make_case(session, people, "susp")
    visit = ask_visit(session, case, ["delivered", "exists"], actor=people.HLTH, on=ON, note="请看大门是否上锁")
    assert visit.questions == "exists;delivered" and visit.while_status == "" and not visit.names_worker
    with pytest.raises(DomainError):
        ask_visit(session, case, ["exists"], actor=people.HLTH, on=ON)
    withdraw_visit(session, visit, actor=people.HLTH, on=ON)
    assert already(visit).values["who"] == people.HLTH.organisation.name
    assert ask_visit(session, case, ["exists"], actor=people.HLTH, on=ON).number == "HC-330481-2026-000002"


TELLING = ["噪声岗位", "P01", "职业禁忌证", "该员工体检异常", "noise", "见 {number}", "{worker}", "噪声敏感者"]


@pytest.mark.parametrize("note", TELLING)
def test_what_would_tell_the_town_what_it_is_for_is_refused(session: Session, people: People, note: str) -> None:
    case = make_case(session, people, "contra", hazard_codes="P01", facts={"disease": "噪声敏感者"})
    assert case.worker is not None
    note = note.format(number=case.number, worker=case.worker.name)
    with pytest.raises(DomainError):
        ask_visit(session, case, ["exists"], actor=people.HLTH, on=ON, note=note)
    assert not visits_about(session, case)


def test_nobody_is_asked_about_a_closed_case_or_one_without_an_employer(session: Session, people: People) -> None:
    case = make_case(session, people, "complaint")
    case.employer_id = None
    session.flush()
    session.expire(case, ["employer"])
    with pytest.raises(DomainError, match="employer"):
        ask_visit(session, case, ["exists"], actor=people.HLTH, on=ON)
    closed = make_case(session, people, "complaint")
    session.execute(update(Case).where(Case.id == closed.id).values(status="closed", closed_on=ON))
    session.expire_all()
    with pytest.raises(DomainError, match="closed"):
        ask_visit(session, closed, ["exists"], actor=people.HLTH, on=ON)


IMPOSSIBLE: list[dict[str, Any]] = [
    {"answered_on": ON}, {"visited_on": ON}, {"withdrawn_on": ON - timedelta(days=1)}, {"questions": ""}, {"due_on": ON - timedelta(days=1)}, {"photographs": 1},
    {"answered_on": ON, "visited_on": ON + timedelta(days=1), "answered_by_id": 1}, {"answered_on": ON, "visited_on": ON, "answered_by_id": 1, "withdrawn_on": ON},
]  # fmt: skip


@pytest.mark.parametrize("values", IMPOSSIBLE)
def test_the_database_refuses_impossible_visits(session: Session, people: People, values: dict[str, Any]) -> None:
    visit = visit_of(session, at_verify(session, people))
    values = values | ({"answered_by_id": people.TOWN.id} if "answered_by_id" in values else {})
    with pytest.raises(IntegrityError):
        session.execute(update(SiteVisit).where(SiteVisit.id == visit.id).values(values))


def test_who_may_what(session: Session, people: People) -> None:
    case = at_verify(session, people)
    visit = visit_of(session, case)
    other = make_user(session, "town", make_organisation(session, kind="town", level="town", region_code="330481102"))
    may = {permission for permission in Permission if permission.value.startswith("visit:")}
    held = {
        name: {one for one in may if allowed(user, one, case if one is Permission.VISIT_ASK else visit)}
        for name, user in vars(people).items()
    }
    assert held.pop("TOWN") == {Permission.VISIT_LIST, Permission.VISIT_READ, Permission.VISIT_ANSWER}
    assert held.pop("HLTH") == {Permission.VISIT_ASK, Permission.VISIT_LIST, Permission.VISIT_READ} and not any(held.values())
    assert not allowed(other, Permission.VISIT_READ, visit) and not allowed(make_user(session, "health"), Permission.VISIT_ASK, case)


def sent(photographs: Sequence[tuple[bytes, str]] = (), **told: str) -> MultiDict[str, Any]:
    """A form with photographs."""
    files = [("photographs", (io.BytesIO(content), name)) for content, name in photographs]
    return MultiDict([*((key.replace("_post", "-post"), value) for key, value in told.items()), *files])


def test_the_pages_of_the_town_tell_nothing_of_the_case(
    session: Session, people: People, as_user: Callable[[Any], FlaskClient], browse: Any
) -> None:
    on = today()
    case = at_verify(session, people, on)
    visit = visit_of(session, case)
    assert case.worker is not None and case.employer is not None
    case.worker.name = "沈丽娟"
    client = as_user(people.TOWN)
    pages = {
        address: browse(address).get_data(as_text=True)
        for address in ("/", "/inbox/", "/inbox/told", "/inbox/visits", f"/inbox/visits/{visit.number}")
    }
    listed, shown = pages["/inbox/visits"], pages[f"/inbox/visits/{visit.number}"]
    assert visit.number in listed and case.employer.name in listed and "本机关默认" in listed and visit.number in pages["/"]
    assert "现场核实" in shown and "沈*" in shown and "包装岗" in shown and "该劳动者是否在新岗位工作" in shown and "本机关默认" in shown
    workbook = client.get("/reports/visits.xlsx")
    assert workbook.status_code == 200
    telling = (case.number, case.worker.name, "职业禁忌", "禁忌证", "噪声", "P01", "contra", "调离", "疑似", "复查", "职业病", "JJ-")
    for address, page in pages.items():  # elsewhere drop-downs name every kind of case
        for word in telling if "visits" in address else telling[:2]:
            assert word not in page, (address, word)
    answered = client.post(
        f"/inbox/visits/{visit.number}/answer",
        data=sent(
            at_post="yes",
            employed="yes",
            wage="no",
            visited_on=on.isoformat(),
            found="工资降了",
            photographs=[(PICTURE, "门口.jpg")],
        ),
    )
    assert answered.status_code == 302
    again = browse(f"/inbox/visits/{visit.number}").get_data(as_text=True)
    assert "工资降了" in again and case.number not in again and "噪声" not in again
    late = client.post(f"/inbox/visits/{visit.number}/answer", data={"wage": "yes"})
    assert late.status_code == 409 and people.TOWN.name in late.get_data(as_text=True) and case.number not in late.get_data(as_text=True)
    for address in (f"/cases/{case.number}", f"/cases/{case.number}/visits/new"):
        assert client.get(address).status_code in (403, 404)
    as_user(people.HLTH)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert "工资降了" in page and "门口.jpg" in page and "镇街道已现场核实" in page
    form = browse(f"/cases/{case.number}/act/main/verified").get_data(as_text=True)
    assert "镇街道核实结果" in form and "工资降了" in form


def test_another_town_finds_nothing(session: Session, people: People, as_user: Callable[[Any], FlaskClient]) -> None:
    visit = visit_of(session, at_verify(session, people, today()))
    other = make_user(session, "town", make_organisation(session, kind="town", level="town", region_code="330481102"))
    client = as_user(other)
    assert client.get(f"/inbox/visits/{visit.number}").status_code == 404
    assert client.post(f"/inbox/visits/{visit.number}/answer", data={}).status_code == 404
    assert visit.number not in client.get("/inbox/visits?standing=all").get_data(as_text=True)


FAULTS = [
    ({"wage": ""}, "请逐项作答"),
    ({"visited_on": ""}, "请填写日期"),
    ({"visited_on": (today() + timedelta(days=1)).isoformat()}, "尚未到来"),
    ({"visited_on": "2020-01-01"}, "不能早于该日"),
    ({"photographs": [(b"%PDF-1.7", "a.pdf")]}, "不是照片"),
    ({"photographs": [(b"MZ", "a.jpg")]}, "a.jpg"),
    ({"photographs": [(PICTURE + bytes([n]), f"{n}.jpg") for n in range(7)]}, "最多附6张照片"),
]


@pytest.mark.parametrize(("told", "sentence"), FAULTS)
def test_a_fault_stands_at_its_field(
    session: Session, people: People, as_user: Callable[[Any], FlaskClient], told: dict[str, Any], sentence: str
) -> None:
    visit = visit_of(session, at_verify(session, people, today()))
    good = {"at_post": "yes", "employed": "yes", "wage": "yes", "visited_on": today().isoformat(), "found": "无"}
    page = as_user(people.TOWN).post(f"/inbox/visits/{visit.number}/answer", data=sent(**good | told))
    assert page.status_code == 400 and sentence in page.get_data(as_text=True)
    session.refresh(visit)
    assert visit.is_open


def test_the_list_is_narrowed_and_says_what_is_late(
    session: Session, people: People, as_user: Callable[[Any], FlaskClient], browse: Any
) -> None:
    late = visit_of(session, at_verify(session, people, today() - timedelta(days=60)))
    fresh = visit_of(session, at_verify(session, people, today()))
    as_user(people.TOWN)
    lists = {
        query: browse(f"/inbox/visits?{query}").get_data(as_text=True)
        for query in ("", "standing=late", "standing=answered", f"text={fresh.number}", "text=nobody")
    }
    shown = {query: [one.number in page for one in (late, fresh)] for query, page in lists.items()}
    assert shown == {
        "": [True, True],
        "standing=late": [True, False],
        "standing=answered": [False, False],
        f"text={fresh.number}": [False, True],
        "text=nobody": [False, False],
    }
    assert "已超期" in lists[""]


def test_health_asks_and_takes_back_on_the_page_of_the_case(
    session: Session, people: People, as_user: Callable[[Any], FlaskClient], browse: Any, app: Flask
) -> None:
    case = make_case(session, people, "susp", on=today(), hazard_codes="D01")
    case.owner_id = people.HLTH.organisation_id
    session.flush()
    client = as_user(people.HLTH)
    assert "请镇街道核实" in browse(f"/cases/{case.number}").get_data(as_text=True)
    address = f"/cases/{case.number}/visits/new"
    page = browse(address).get_data(as_text=True)
    assert people.TOWN.organisation.name in page and "<legend>核实内容" in page, "boxes to tick stand under one legend"
    for told, sentence in (
        ({}, "请选择核实内容"),
        ({"questions": "at-post"}, "请写明该劳动者所在的岗位"),
        ({"questions": "exists", "note": "疑似尘肺"}, "镇街道不应看到以下内容"),
    ):
        page = client.post(address, data=told)
        assert page.status_code == 400 and sentence in page.get_data(as_text=True), told
    assert client.post(address, data={"questions": ["exists", "delivered"], "note": "请看大门"}).status_code == 302
    visit = visit_of(session, case)
    assert visit.asked_by_id == people.HLTH.id and "撤回" in browse(f"/cases/{case.number}").get_data(as_text=True)
    assert client.post(f"/cases/{case.number}/visits/{visit.number}/withdraw").status_code == 302
    session.refresh(visit)
    assert visit.withdrawn_by_id == people.HLTH.id
    assert client.post(f"/cases/{case.number}/visits/HC-0-0-0/withdraw").status_code == 404
