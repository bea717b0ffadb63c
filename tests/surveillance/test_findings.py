"""The list of conclusions to act on: what can still be kept comes first, and every line names its next duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.clock import today
from ohs.kernel.paging import paginate
from ohs.registry.models import Employment, Exposure
from ohs.rulebook.deadlines import deadline
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.duties import duty_teller, next_duties
from ohs.surveillance.models import Examination, ExaminationRevision, Finding
from ohs.surveillance.queries import FindingFilters, finding_order, findings_visible_to, for_findings_list, nearest_suspected
from ohs.surveillance.rules import finding_dues, fitness_letter
from ohs.uploads.models import Upload
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_examination, make_worker

ON = date(2026, 11, 24)


def due_day(slug: str, start: date) -> date | None:
    answer = deadline(slug, start)
    return answer.value["due"] if answer.is_answered else None


def make_finding(session: Session, nurse: User, kind: str, reported_on: date, *, is_withdrawn: bool = False) -> Finding:
    """A finding with the days that its report obliges to."""
    examination = make_examination(
        session, nurse, make_employer(session), conclusions=kind, examined_on=reported_on - timedelta(days=3), reported_on=reported_on
    )
    finding = session.query(Finding).filter_by(examination_id=examination.id).one()
    finding.due = finding_dues(kind, "in-service", examination.examined_on, reported_on, due_day)
    days = sorted(map(date.fromisoformat, finding.due.values()))
    finding.next_due_on, finding.last_due_on, finding.is_withdrawn = days[0], days[-1], is_withdrawn
    session.flush()
    return finding


@pytest.fixture
def officer(session: Session) -> User:
    return make_user(session, "health")


@pytest.fixture
def made(session: Session, officer: User) -> dict[str, Finding]:
    """One finding of each standing."""
    nurse = make_user(session, "clinic")
    return {
        "old": make_finding(session, nurse, "S", date(2026, 3, 2)),
        "half": make_finding(session, nurse, "S", date(2026, 11, 12)),
        "fresh": make_finding(session, nurse, "C", date(2026, 11, 23)),
        "middle": make_finding(session, nurse, "R", date(2026, 10, 28)),
        "newer": make_finding(session, nurse, "C", date(2026, 5, 6)),
        "withdrawn": make_finding(session, nurse, "C", date(2026, 11, 20), is_withdrawn=True),
    }


def listed(session: Session, officer: User, made: dict[str, Finding], standing: str, size: int = 20, **filters: str) -> list[str]:
    """Names of the findings in the order of the list."""
    question = for_findings_list(findings_visible_to(officer, FindingFilters(ON, standing=standing, **filters)))
    names = {finding.id: name for name, finding in made.items()}
    return [names[row.id] for row in paginate(session, question, finding_order(standing, ON), size=size).rows]


def test_the_nearest_day_ahead_comes_first_and_what_has_passed_by_the_newest_report(
    session: Session, officer: User, made: dict[str, Finding]
) -> None:
    assert listed(session, officer, made, "open") == ["half", "fresh", "middle"]
    assert listed(session, officer, made, "passed") == ["newer", "old"]
    assert listed(session, officer, made, "withdrawn") == ["withdrawn"]
    assert listed(session, officer, made, "all") == ["fresh", "withdrawn", "half", "middle", "newer", "old"]
    assert listed(session, officer, made, "open", kind="S") == ["half"]
    assert listed(session, officer, made, "open", county="330482") == []


def test_the_pages_of_the_list_hold_every_line_once(session: Session, officer: User) -> None:
    nurse = make_user(session, "clinic")
    wanted = {make_finding(session, nurse, "RCS"[number % 3], ON - timedelta(days=number % 9)).id for number in range(45)}
    found, cursor = [], ""
    while cursor is not None:
        page = paginate(
            session,
            for_findings_list(findings_visible_to(officer, FindingFilters(ON, standing="open"))),
            finding_order("open", ON),
            cursor=cursor,
            size=20,
        )
        found += [row.id for row in page.rows]
        cursor = page.next
    assert len(found) == 45 and set(found) == wanted


def test_the_desk_shows_the_first_of_the_list(session: Session, officer: User) -> None:
    nurse = make_user(session, "clinic")
    for number in range(60):
        make_finding(session, nurse, "SSCR"[number % 4], ON - timedelta(days=number % 25), is_withdrawn=number % 7 == 0)
    question = for_findings_list(findings_visible_to(officer, FindingFilters(ON, "S", standing="open")))
    whole = [row.id for row in paginate(session, question, finding_order("open", ON), size=50).rows]
    assert len(whole) > 8
    assert [row.id for row in nearest_suspected(session, officer, ON, 8)] == whole[:8]


def test_a_line_names_the_next_duty_and_what_it_rests_on(
    session: Session, made: dict[str, Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ohs.surveillance.duties.today", lambda: ON)
    tell = duty_teller(session)
    (report,) = next_duties(tell, made["half"])
    assert report.left is not None and (report.actor, report.left.is_statutory, report.left.is_provisional) == ("CLIN", False, False)
    assert (report.left.due_on, report.left.days, report.left.is_working) == (date(2026, 11, 27), 3, False)
    both = next_duties(tell, made["old"])
    assert [duty.left.days < 0 for duty in both if duty.left] == [True]
    (window,) = next_duties(tell, made["middle"])
    made["fresh"].next_due_on = None  # all is done
    assert next_duties(tell, made["fresh"]) == []
    assert window.left is not None and window.left.is_statutory and window.left.is_verified and window.left.is_working


def test_the_screen_opens_with_what_is_still_ahead(as_user: Callable[[User], FlaskClient], session: Session, officer: User) -> None:
    nurse = make_user(session, "clinic")
    make_finding(session, nurse, "C", today())
    make_finding(session, nurse, "S", today() - timedelta(days=200))
    session.commit()
    client = as_user(officer)
    text = client.get("/examinations/findings").get_data(as_text=True)
    assert "职业禁忌证告知" in text and "本机关默认" in text and "体检机构" in text and "还剩 5 个工作日" in text
    passed = client.get("/examinations/findings?standing=passed").get_data(as_text=True)
    assert "疑似职业病报告" in passed and "已超期" in passed and "职业禁忌证告知" not in passed
    assert client.get("/examinations/findings?standing=nonsense").status_code == 200
    assert session.query(Examination).count() == 2


def test_the_page_of_an_examination_says_who_must_act_and_whether_the_post_suits(
    as_user: Callable[[User], FlaskClient], session: Session
) -> None:
    employer, nurse = make_employer(session), make_user(session, "clinic")
    manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))
    examination = make_examination(session, nurse, employer, conclusions="C", reported_on=today(), row=7)
    finding = session.query(Finding).filter_by(examination_id=examination.id).one()
    finding.due = {"contraindication-notify": "2026-12-01"}
    plain = {"conclusions": "R", "post": "喷漆", "examined_on": examination.examined_on.isoformat(), "reported_on": today().isoformat()}
    session.add(
        ExaminationRevision(
            examination_id=examination.id, revision=1, plain=plain, sealed=examination.sealed, upload_id=examination.upload_id, row=2
        )
    )
    session.flush()
    number = session.get_one(Upload, examination.upload_id).number
    address = f"/examinations/{examination.id}"
    told = as_user(manager).get(address).get_data(as_text=True)
    assert "不宜从事所检危害因素作业" in told and "职业禁忌证告知" in told and "体检机构" in told and "本机关默认" in told
    assert number in told and f"/uploads/{number}" not in told
    assert "喷漆 → <b>打磨</b>" in told and "复查 → <b>职业禁忌证</b>" in told
    told = as_user(nurse).get(address).get_data(as_text=True)
    assert f"/uploads/{number}/rows/7" in told and "岗位适应" not in told


@pytest.mark.parametrize(
    ("conclusions", "letter"), [("N", "N"), ("U", "U"), ("RO", "R"), ("RC", "C"), ("CS", "S"), ("P", "P"), ("O", ""), ("", "")]
)
def test_the_weightiest_conclusion_decides_the_fitness(conclusions: str, letter: str) -> None:
    assert fitness_letter(conclusions) == letter


def test_a_host_employer_sees_exposures_and_a_former_one_meets_no_dead_link(
    as_user: Callable[[User], FlaskClient], session: Session
) -> None:
    agency, host, former, nurse = make_employer(session), make_employer(session), make_employer(session), make_user(session, "clinic")
    worker = make_worker(session, host)
    since = {"worker_id": worker.id, "post": "打磨", "starts_on": ON, "seen_on": ON}
    session.add(Employment(employer_id=agency.id, host_employer_id=host.id, **since))
    session.add(Exposure(employer_id=agency.id, hazard_code="P01", **since))
    session.add(Exposure(employer_id=former.id, hazard_code="C001", **since))
    earlier = make_examination(session, nurse, former, worker_id=worker.id)
    people = [
        make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=one.id))
        for one in (host, former)
    ]
    session.flush()
    text = as_user(people[0]).get(f"/workers/{worker.id}").get_data(as_text=True)
    assert hazard_name("P01") in text and hazard_name("C001") not in text
    client = as_user(people[1])
    text = client.get(f"/examinations/{earlier.id}").get_data(as_text=True)
    assert worker.name in text and f"/workers/{worker.id}" not in text
    assert client.get(f"/workers/{worker.id}").status_code == 404


def test_an_employer_without_a_page_for_the_reader_is_named_without_a_link(
    as_user: Callable[[User], FlaskClient], session: Session
) -> None:
    agency, host, nurse = make_employer(session, name="派遣公司"), make_employer(session, name="用工工厂"), make_user(session, "clinic")
    examination = make_examination(session, nurse, agency, host_employer_id=host.id)
    manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=host.id))
    client = as_user(manager)
    text = client.get(f"/examinations/{examination.id}").get_data(as_text=True)
    assert "派遣公司" in text and f"/employers/{agency.uscc}" not in text and f"/employers/{host.uscc}" in text
    assert client.get(f"/employers/{agency.uscc}").status_code == 404


@pytest.mark.parametrize(
    ("role", "names"),
    [("clinic", ["目前未见异常", "其他疾病或异常"]), ("employer", ["未见职业相关异常"]), ("health", ["未见职业相关异常"])],
)
def test_no_filter_is_offered_for_what_no_page_tells(
    as_user: Callable[[User], FlaskClient], session: Session, role: str, names: list[str]
) -> None:
    employer, nurse = make_employer(session), make_user(session, "clinic")
    make_examination(session, nurse, employer, conclusions="O")
    place = (
        {"organisation": make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id)}
        if role == "employer"
        else {}
    )
    user = nurse if role == "clinic" else make_user(session, role, **place)
    text = as_user(user).get("/examinations/").get_data(as_text=True)
    choices = text.split('name="conclusion"')[1].split("</select>")[0]
    assert all(name in choices for name in names)
    assert role == "clinic" or ("其他疾病" not in text and "目前未见异常" not in choices)
    assert "<tbody>" not in as_user(user).get("/examinations/?conclusion=O").get_data(as_text=True) or role == "clinic"
