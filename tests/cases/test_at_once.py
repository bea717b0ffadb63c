"""Two people act on one case at once: one wins, the other reads who did what and when, and nothing is done twice."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.accounts.services import digest_of
from ohs.accounts.substitutes import Substitution
from ohs.cases.calendar import cases_to_catch_up, catch_up
from ohs.cases.models import Case, CaseDuty, CaseStep
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from tests.cases.ways import go
from tests.engines import ENGINES, make_app
from tests.factories.accounts import make_user
from tests.factories.cases import People, make_case, make_people

#: So many cases are fought for: whoever is first is chance.
TIMES = 5


@cache
def own_app(engine: str) -> Flask:
    """An application whose database keeps what is done here, for several connections to see."""
    made = make_app(engine)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@dataclass
class Office:
    """Two people of one health office, a clinic, and everything that they need to act."""

    app: Flask
    people: People
    first: User
    second: User
    tokens: dict[int, str]

    def send(self, user: User, address: str, **told: str) -> tuple[int, str]:
        """Post something as somebody, on a connection of their own."""
        with self.app.test_client() as browser:
            with browser.session_transaction() as cookie:
                cookie[TOKEN], cookie["_user_id"] = self.tokens[user.id], str(user.id)
            answer = browser.post(address, data=told)
            return answer.status_code, answer.get_data(as_text=True)

    def at_once(self, *sent: tuple[User, str, dict[str, str]]) -> list[tuple[int, str]]:
        """Post several at the same moment."""
        start, answers = Barrier(len(sent)), dict[int, tuple[int, str]]()

        def run(place: int) -> None:
            user, address, told = sent[place]
            start.wait()
            answers[place] = self.send(user, address, **told)

        threads = [Thread(target=run, args=(place,)) for place in range(len(sent))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[place] for place in range(len(sent))]


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    app = own_app(request.param)
    with app.app_context():
        session, tokens = db.session(), {}
        people = make_people(session)
        second = make_user(session, "health", people.HLTH.organisation, name="李强")
        for user in (people.HLTH, second, people.CLIN, people.EMP):
            tokens[user.id] = secrets.token_urlsafe(8)
            session.add(SignIn(user_id=user.id, token_digest=digest_of(tokens[user.id]), address="127.0.0.1"))
        session.commit()
        held = Office(app, people, people.HLTH, second, tokens)
    # Threads push contexts of their own: none may be open around them.
    yield held


def fresh(office: Office, kind: str, way: str = "") -> tuple[str, int]:
    """Number and version of a case that everybody sees."""
    with office.app.app_context():
        session = db.session()
        people = People(**{name: session.merge(user) for name, user in vars(office.people).items()})
        case = make_case(session, people, kind, on=today())
        case.owner_id = people.HLTH.organisation_id
        go(session, people, case, way, today())
        session.commit()
        return case.number, case.version


def read(office: Office, number: str) -> tuple[str, list[str], list[int]]:
    """Status, events and positions, as they were committed."""
    with office.app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        steps = db.session.scalars(select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.position)).all()
        return case.status, [one.event for one in steps], [one.position for one in steps]


def one_wins(answers: list[tuple[int, str]], *words: str) -> None:
    assert sorted(code for code, _page in answers) == [302, 409], [code for code, _page in answers]
    page = next(page for code, page in answers if code == 409)
    for word in words:
        assert word in page


def test_who_opened_the_page_before_somebody_acted_reads_who_and_what(office: Office) -> None:
    number, seen = fresh(office, "complaint")
    address = f"/cases/{number}/act/main/handle"
    assert office.send(office.first, address, steps="已联系", seen=str(seen))[0] == 302
    code, page = office.send(office.second, address, steps="已联系", seen=str(seen))
    assert code == 409 and office.first.organisation.name in page and "开始办理" in page and today().isoformat() in page
    assert read(office, number) == ("handling", ["complaint-received", "handle"], [1, 2])


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_act_on_one_step_at_the_same_moment(office: Office, _time: int) -> None:
    number, seen = fresh(office, "complaint")
    told = {"steps": "已联系", "seen": str(seen)}
    answers = office.at_once(*((user, f"/cases/{number}/act/main/handle", told) for user in (office.first, office.second)))
    one_wins(answers, office.first.organisation.name, today().isoformat())
    assert read(office, number) == ("handling", ["complaint-received", "handle"], [1, 2])


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_do_different_things_at_the_same_moment(office: Office, _time: int) -> None:
    number, seen = fresh(office, "complaint")
    day = today().isoformat()
    answers = office.at_once(
        (office.first, f"/cases/{number}/act/main/handle", {"steps": "已联系", "seen": str(seen)}),
        (office.second, f"/cases/{number}/act/main/answer", {"answered_on": day, "result": "true", "reason": "属实", "seen": str(seen)}),
    )
    one_wins(answers, office.first.organisation.name)
    status, events, positions = read(office, number)
    assert (status, events[1:]) in (("handling", ["handle"]), ("closed", ["answer"])) and positions == [1, 2]


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_take_one_case_in_hand(office: Office, _time: int) -> None:
    number, _seen = fresh(office, "complaint")
    answers = office.at_once(*((user, f"/cases/{number}/take", {}) for user in (office.first, office.second)))
    winner = (office.first, office.second)[[code for code, _page in answers].index(302)]
    one_wins(answers, winner.name)
    assert read(office, number)[1] == ["complaint-received", "taken"]
    with office.app.app_context():
        assert db.session.scalars(select(Case.assignee_id).where(Case.number == number)).one() == winner.id


def test_two_pass_one_case_on(office: Office) -> None:
    number, seen = fresh(office, "complaint")
    told = {"assignee_id": str(office.second.id), "seen": str(seen)}
    assert office.send(office.first, f"/cases/{number}/assign", **told)[0] == 302
    code, page = office.send(office.second, f"/cases/{number}/assign", **(told | {"assignee_id": str(office.first.id)}))
    assert code == 409 and office.first.organisation.name in page


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_do_one_duty(office: Office, _time: int) -> None:
    number, _seen = fresh(office, "susp")
    with office.app.app_context():
        question = (
            select(CaseDuty.id).join(Case, Case.id == CaseDuty.case_id).where(Case.number == number, CaseDuty.event == "report-to-health")
        )
        duty_id = db.session.scalars(question).one()
    sent = (office.people.CLIN, f"/cases/{number}/duties/{duty_id}", {"done_on": today().isoformat()})
    one_wins(office.at_once(sent, sent), office.people.CLIN.organisation.name)
    assert read(office, number)[1:] == (["suspected-found", "report-to-health"], [1, 2])


@pytest.mark.parametrize("_time", range(TIMES))
def test_an_act_and_a_duty_at_the_same_moment_both_happen(office: Office, _time: int) -> None:
    number, seen = fresh(office, "susp", "CLIN main notify")
    with office.app.app_context():
        question = (
            select(CaseDuty.id).join(Case, Case.id == CaseDuty.case_id).where(Case.number == number, CaseDuty.event == "report-to-health")
        )
        duty_id = db.session.scalars(question).one()
        institution = office.people.DIAG.organisation_id
    day = today().isoformat()
    answers = office.at_once(
        (office.people.CLIN, f"/cases/{number}/duties/{duty_id}", {"done_on": day}),
        (
            office.people.EMP,
            f"/cases/{number}/act/main/employer-arranges",
            {"institution_id": str(institution), "arranged_on": day, "seen": str(seen)},
        ),
    )
    status, events, positions = read(office, number)
    assert positions == list(range(1, len(events) + 1)) and answers[0][0] == 302
    assert (answers[1][0], status) in ((302, "arranged"), (409, "notified")), answers[1][0]


def test_the_night_takes_a_case_as_it_is_now(office: Office) -> None:
    number, seen = fresh(office, "contra", "CLIN main notify")
    later = date(today().year + 1, today().month, 1)
    with office.app.app_context(), writing():
        night = Session(db.engine)
        stale = None if db.engine.dialect.name == "sqlite" else night.scalars(select(Case).where(Case.number == number)).one()
        told = {"moved_on": today().isoformat(), "new_post": "仓库", "seen": str(seen)}
        assert office.send(office.people.EMP, f"/cases/{number}/act/main/remove", **told)[0] == 302
        for case in cases_to_catch_up(night, later):
            if case.number == number:
                catch_up(night, case, later)
        night.commit()
        assert stale is None or stale.status != "breach"
    assert read(office, number)[0] == "removed"


@pytest.mark.parametrize("_time", range(TIMES))
def test_somebody_names_two_substitutes_for_the_same_days_at_once(office: Office, _time: int) -> None:
    with office.app.app_context():
        session = db.session()
        absent, place = make_user(session, "health", office.first.organisation), office.first.organisation
        colleagues = [make_user(session, "health", place, name=name).id for name in ("陆平", "沈佳")]
        office.tokens[absent.id] = secrets.token_urlsafe(8)
        session.add(SignIn(user_id=absent.id, token_digest=digest_of(office.tokens[absent.id]), address="127.0.0.1"))
        session.commit()
        absent_id = absent.id
    day = today().isoformat()
    sent = [(absent, "/account/substitutes", {"substitute_id": str(one), "from_on": day, "to_on": day}) for one in colleagues]
    answers = office.at_once(*sent)
    assert sorted(code for code, _page in answers) == [302, 400], [code for code, _page in answers]
    assert "请先结束该代理" in next(page for code, page in answers if code == 400)
    with office.app.app_context():
        assert len(db.session.scalars(select(Substitution).where(Substitution.user_id == absent_id)).all()) == 1
