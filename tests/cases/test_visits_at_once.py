"""Two people of a town answer one visit at once, or health takes it back meanwhile: one wins, the other reads who did what."""

from __future__ import annotations

import secrets

import pytest

from ohs.accounts.models import SignIn, User
from ohs.accounts.services import digest_of
from ohs.cases.visit_queries import find_visit
from ohs.cases.visits import ask_visit
from ohs.kernel.clock import today
from ohs.kernel.database import db
from tests.cases.test_at_once import TIMES, Office, office, one_wins, read
from tests.factories.accounts import make_user
from tests.factories.cases import People, make_case

__all__ = ["office"]


def asked(office: Office) -> tuple[str, str, list[User]]:
    """Numbers of a case and of its visit, and two people of the town, each signed in."""
    with office.app.app_context():
        session = db.session()
        people = People(**{name: session.merge(user) for name, user in vars(office.people).items()})
        case = make_case(session, people, "complaint", on=today())
        case.owner_id = people.HLTH.organisation_id
        visit = ask_visit(session, case, ["exists"], actor=people.HLTH, on=today())
        visit.organisation = people.TOWN.organisation  # other tests here have towns of the same region
        town = [people.TOWN, make_user(session, "town", people.TOWN.organisation, name="钱进")]
        for user in town:
            office.tokens[user.id] = secrets.token_urlsafe(8)
            session.add(SignIn(user_id=user.id, token_digest=digest_of(office.tokens[user.id]), address="127.0.0.1"))
        session.commit()
        return case.number, visit.number, town


def ended(office: Office, number: str) -> tuple[bool, bool]:
    """Whether the visit was answered, and whether it was withdrawn."""
    with office.app.app_context():
        visit = find_visit(db.session(), number)
        assert visit is not None
        return visit.answered_on is not None, visit.withdrawn_on is not None


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_answer_one_visit_at_the_same_moment(office: Office, _time: int) -> None:
    case, number, town = asked(office)
    address, day = f"/inbox/visits/{number}/answer", today().isoformat()
    answers = office.at_once(
        *((user, address, {"exists": said, "visited_on": day}) for user, said in zip(town, ("yes", "no"), strict=True))
    )
    winner = town[[code for code, _page in answers].index(302)]
    one_wins(answers, winner.name, day)
    _status, events, positions = read(office, case)
    assert events.count("visit-answered") == 1 and positions == list(range(1, len(events) + 1)) and ended(office, number) == (True, False)


@pytest.mark.parametrize("_time", range(TIMES))
def test_health_takes_back_what_the_town_answers_at_the_same_moment(office: Office, _time: int) -> None:
    case, number, town = asked(office)
    answers = office.at_once(
        (town[0], f"/inbox/visits/{number}/answer", {"exists": "yes", "visited_on": today().isoformat()}),
        (office.first, f"/cases/{case}/visits/{number}/withdraw", {}),
    )
    is_answered = answers[0][0] == 302
    one_wins(answers, town[0].name if is_answered else office.first.organisation.name)
    assert ended(office, number) == (is_answered, not is_answered)
    assert read(office, case)[1][-1] == ("visit-answered" if is_answered else "visit-withdrawn")
