"""An open page of a case stays as it is when something happens that its reader is not shown; and what reasons tell stays with whom it is for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.cuts import cut_for
from ohs.cases.evidence import add_evidence
from ohs.cases.told import told_in
from ohs.kernel.attached import attached
from tests.cases.test_section_4_2 import APPLIED, WI_YES, YES
from tests.cases.ways import DAY, arrive, go
from tests.factories.cases import act, make_case, make_people

REASON = "本人双耳听力正常"


def news(client: FlaskClient, number: str, mark: str = "") -> tuple[int, str]:
    """Whether there is any since a mark, and the mark of now."""
    answer = client.get(f"/cases/{number}/live?mark={mark}")
    found = re.search(r"mark=([0-9a-f]+)", answer.get_data(as_text=True))
    return answer.status_code, found.group(1) if found else mark


@pytest.mark.parametrize(("reader", "has_news"), [("CLIN", False), ("DIAG", False), ("HRSS", True), ("EMP", True), ("HLTH", True)])
def test_who_is_shown_no_work_injury_has_no_news_of_it(
    session: Session, as_user: Callable[[User], FlaskClient], reader: str, has_news: bool
) -> None:
    people, case = arrive(session, "susp", APPLIED)
    session.commit()
    client = as_user(getattr(people, reader))
    _status, mark = news(client, case.number)
    assert len(mark) == 16 and news(client, case.number, mark) == (204, mark)
    go(session, people, case, "HRSS work_injury accept")
    session.commit()
    assert news(client, case.number, mark)[0] == (200 if has_news else 204)


def test_an_employer_has_no_news_of_a_file_that_it_does_not_read(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people, case = arrive(session, "susp", APPLIED)
    session.commit()
    client = as_user(people.EMP)
    _status, mark = news(client, case.number)
    add_evidence(session, case, "statement", attached("证言.pdf", b"%PDF-1.7\n%"), actor=people.DIAG, on=DAY)
    session.commit()
    assert news(client, case.number, mark) == (204, mark)
    add_evidence(session, case, "document", attached("函.pdf", b"%PDF-1.7\n%%"), actor=people.DIAG, on=DAY)
    session.commit()
    assert news(client, case.number, mark)[0] == 200


@pytest.mark.parametrize("way", [YES, APPLIED, WI_YES])
def test_no_refusal_of_an_act_tells_how_far_a_hidden_part_has_come(
    session: Session, as_user: Callable[[User], FlaskClient], way: str
) -> None:
    people, case = arrive(session, "susp", way)
    session.commit()
    for actor in ("DIAG", "CLIN"):
        client = as_user(getattr(people, actor))
        for event in ("worker-applies", "accept", "reconsideration", "apply-labour-capacity"):
            answer = client.get(f"/cases/{case.number}/act/work_injury/{event}")
            said = answer.get_data(as_text=True).partition("<main")[2]
            assert answer.status_code == 409, (actor, event)
            assert not {"工伤认定已受理", "已申请工伤认定", "待申请工伤认定", "认定为工伤", "劳动能力鉴定"} & set(
                re.findall(r"“([^”]*)”", said)[:1]
            ), said


@pytest.mark.parametrize("actor", ["WKR", "EMP"])
def test_why_a_worker_asks_for_a_second_opinion_the_employer_does_not_read(session: Session, actor: str) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=DAY)
    go(session, people, case, "CLIN main notify")
    act(session, people, case, actor, "dispute", DAY + timedelta(days=1), institution_id=people.DIAG.organisation_id, reason=REASON)
    disputed = next(step for step in case.steps if step.event == "dispute")
    told = {
        one: REASON in dict(told_in(session, case, disputed, cut_for(getattr(people, one), case))).values()
        for one in ("EMP", "HLTH", "DIAG")
    }
    assert told == {"EMP": actor == "EMP", "HLTH": True, "DIAG": True}


def test_why_a_contraindication_is_lifted_the_employer_does_not_read(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra", on=DAY)
    go(session, people, case, "CLIN main notify, EMP main dispute, DIAG main lifted", reason=REASON)
    lifted = case.steps[-1]
    assert lifted.event == "lifted" and REASON not in str(lifted.facts)
    told = {
        one: REASON in dict(told_in(session, case, lifted, cut_for(getattr(people, one), case))).values() for one in ("EMP", "HLTH", "CLIN")
    }
    assert told == {"EMP": False, "HLTH": True, "CLIN": True}
