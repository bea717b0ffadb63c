"""What a refusal tells: never more than the reader would see on the page of the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.kinds import KINDS
from ohs.cases.machine import do, fulfil
from ohs.cases.models import Case
from ohs.kernel.clock import today
from ohs.kernel.errors import DomainError
from tests.cases.ways import go
from tests.factories.cases import People, facts_for, make_case, make_people

YES = (
    "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer, EMP main material-supplied, "
    "DIAG main conclude-yes, EMP work_injury employer-applies"
)
#: What only those who are told of the diagnosis may read.
HIDDEN = ("诊断为", "确诊", "工伤", "劳动能力")


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def case(session: Session, people: People) -> Case:
    made = make_case(session, people, "susp", on=today())
    go(session, people, made, YES, today())
    session.commit()
    return made


@pytest.mark.parametrize("seen", ["", "1"], ids=["no such act now", "an old page"])
@pytest.mark.parametrize("address", ["main/notify", "work_injury/employer-applies", "appraisal/objection"])
def test_a_clinic_learns_from_no_refusal_what_was_diagnosed(
    case: Case, people: People, as_user: Callable[[User], FlaskClient], address: str, seen: str
) -> None:
    answer = as_user(people.CLIN).post(f"/cases/{case.number}/act/{address}", data={"seen": seen})
    told = answer.get_data(as_text=True).partition("<main")[2].partition("</main")[0]
    sentence = told.replace("申请工伤认定", "")  # what was asked for
    assert answer.status_code == 409 and not [word for word in HIDDEN if word in sentence]


def test_a_duty_that_is_not_shown_is_not_there(case: Case, people: People, as_user: Callable[[User], FlaskClient]) -> None:
    hidden = next(one for one in case.duties if one.event == "report-confirmed")
    own = next(one for one in case.duties if one.event == "notify-employer")
    client = as_user(people.CLIN)
    assert client.get(f"/cases/{case.number}/duties/{hidden.id}").status_code == 404
    assert client.get(f"/cases/{case.number}/duties/{own.id}").status_code == 409


@pytest.mark.parametrize("address", ["documents/new/urging-letter", "clocks/{clock}/extend"])
def test_what_is_refused_is_said_above_the_form_and_nothing_typed_is_lost(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], address: str
) -> None:
    made = make_case(session, people, "recheck", on=today())
    session.commit()
    clock = next(one for one in made.clocks if one.state == "running")
    typed = {
        "demand": "尽快安排复查", "until_on": "2020-01-02", "is_confirmed": "y", "cause": "尽快安排复查", "document_no": "1",
        "seen": str(made.version),
    }  # fmt: skip
    answer = as_user(people.HLTH).post(f"/cases/{made.number}/{address.format(clock=clock.id)}", data=typed)
    page = answer.get_data(as_text=True).partition("<main")[2]
    assert answer.status_code in {400, 409} and "以下内容需要修改" in page and "尽快安排复查" in page


@pytest.mark.parametrize(
    ("kind", "way", "act", "day_of"),
    [
        ("susp", YES.rpartition(",")[0], "EMP work_injury employer-applies", "applied_on"),
        ("contra", "CLIN main notify", "EMP main remove", "moved_on"),
    ],
)
def test_no_limit_counts_from_a_day_before_its_track_began(
    session: Session, people: People, kind: str, way: str, act: str, day_of: str
) -> None:
    made, on = make_case(session, people, kind, on=today()), today()
    go(session, people, made, way, on)
    who, track, event = act.split()
    facts = facts_for(KINDS[made.kind].acts[track][event], people, on) | {day_of: on - timedelta(days=300)}
    before = made.status, len(made.steps)
    with pytest.raises(DomainError, match="lies before"):
        do(session, made, event, facts, by=people.by(who), on=on, track=track)
    assert (made.status, len(made.steps)) == before


@pytest.mark.parametrize(("days", "sentence"), [(-1, "when this began"), (1, "in the future")])
def test_a_duty_is_done_on_no_day_before_it_began_and_on_none_to_come(session: Session, people: People, days: int, sentence: str) -> None:
    case = make_case(session, people, "susp", on=today())
    duty = next(one for one in case.duties if one.event == "report-to-health")
    with pytest.raises(DomainError, match=sentence):
        fulfil(session, case, duty, {"done_on": duty.opened_on + timedelta(days=days)}, by=people.by("CLIN"), on=today())
    assert duty.state == "due"
    fulfil(session, case, duty, {"done_on": duty.opened_on}, by=people.by("CLIN"), on=today())
    assert duty.state == "done"


def test_the_form_of_a_duty_names_the_day_on_which_it_began(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    session.commit()
    duty = next(one for one in case.duties if one.event == "report-to-health")
    early = {"done_on": (today() - timedelta(days=30)).isoformat(), "note": "电话报告"}
    answer = as_user(people.CLIN).post(f"/cases/{case.number}/duties/{duty.id}", data=early)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400 and today().isoformat() in text and "电话报告" in text


def test_who_comes_too_early_reads_who_must_act_first(session: Session, people: People, as_user: Callable[[User], FlaskClient]) -> None:
    made = make_case(session, people, "susp", on=today())
    session.commit()
    answer = as_user(people.EMP).get(f"/cases/{made.number}/act/main/employer-arranges")
    assert answer.status_code == 409 and f"现等待 {people.CLIN.organisation.name}" in answer.get_data(as_text=True)


def test_who_comes_second_is_led_to_the_case(session: Session, people: People, as_user: Callable[[User], FlaskClient]) -> None:
    made = make_case(session, people, "susp", on=today())
    go(session, people, made, "CLIN main notify", today())
    session.commit()
    page = as_user(people.CLIN).post(f"/cases/{made.number}/act/main/notify", data={"seen": "1"}).get_data(as_text=True)
    assert f'<a href="/cases/{made.number}">' in page.partition("<main")[2]
