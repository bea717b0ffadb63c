"""What somebody who has never seen the pages of a case finds there without asking."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Situation
from ohs.kernel.attached import fault_of
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from tests.cases.ways import go
from tests.factories.accounts import make_organisation
from tests.factories.cases import People, make_case, make_people, prove

ASKED = "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer"

CONFIRMED = f"{ASKED}, EMP main material-supplied, DIAG main conclude-yes, EMP work_injury employer-applies, HRSS work_injury accept"


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.mark.parametrize(("days", "is_offered"), [(0, False), (20, True)])
def test_what_the_calendar_refuses_is_told_and_not_offered(
    session: Session, people: People, as_user: Callable[[User], FlaskClient], days: int, is_offered: bool
) -> None:
    case = make_case(session, people, "susp", on=today() - timedelta(days=days))
    go(session, people, case, ASKED, today() - timedelta(days=days))
    session.commit()
    page = as_user(people.DIAG).get(f"/cases/{case.number}").get_data(as_text=True)
    assert ("/act/main/employer-silent" in page) is is_offered
    assert ("“提请督促用人单位”：用人单位的期限尚未届满。" in page) is not is_offered


def test_after_an_act_the_sentence_tells_what_its_own_part_of_the_case_waits_for(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    go(session, people, case, CONFIRMED.rpartition(",")[0], today())
    session.commit()
    told = {"accepted_on": today().isoformat(), "document_no": "1", "seen": str(case.version)}
    address = f"/cases/{case.number}/act/work_injury/accept"
    page = as_user(people.HRSS).post(address, data=told, follow_redirects=True).get_data(as_text=True)
    assert f"现等待 {people.HRSS.organisation.name}：工伤认定决定" in page


def test_nobody_is_waited_for_where_somebody_may_act_and_need_not(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    go(session, people, case, f"{CONFIRMED}, HRSS work_injury decide-yes, EMP work_injury apply-labour-capacity", today())
    prove(session, case, people.HRSS, "grade")
    session.commit()
    told = {
        "concluded_on": today().isoformat(), "received_on": today().isoformat(), "conclusion_no": "1", "grade": "7", "care": "none", "seen": str(case.version),
    }  # fmt: skip
    client, address = as_user(people.HRSS), f"/cases/{case.number}/act/work_injury/conclude"
    page = client.post(address, data=told, follow_redirects=True).get_data(as_text=True)
    assert f"现等待 {people.HRSS.organisation.name}：送达工伤认定决定" in page and "有权提出：" in page


def test_every_refusal_of_the_calendar_is_told_in_chinese(session: Session) -> None:
    acts = [act for kind in KINDS.values() for track in kind.acts.values() for act in track.values()]
    told = [say(early) for act in acts if (early := act.too_early(Situation(today(), "", {}, {})))]
    assert len(told) >= 5 and not [sentence for sentence in told if sentence.isascii()]


def test_the_sentence_after_an_act_names_whom_it_has_chosen(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    go(session, people, case, "CLIN main notify", today())
    session.commit()
    client, told = as_user(people.EMP), {"institution_id": people.DIAG.organisation_id, "arranged_on": today().isoformat()}
    page = client.post(f"/cases/{case.number}/act/main/employer-arranges", data=told, follow_redirects=True).get_data(as_text=True)
    assert f"现等待 {people.DIAG.organisation.name}：诊断就诊登记" in page


def test_institutions_of_the_county_of_the_case_are_offered_first(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    make_organisation(session, kind="diagnosis", region_code="330402", name="一号南湖诊断机构")
    case = make_case(session, people, "susp", on=today())
    go(session, people, case, "CLIN main notify", today())
    session.commit()
    page = as_user(people.EMP).get(f"/cases/{case.number}/act/main/employer-arranges").get_data(as_text=True)
    assert page.index(f"{people.DIAG.organisation.name}</option>") < page.index("一号南湖诊断机构</option>")


def test_the_form_of_an_act_says_whom_it_is_about(
    session: Session, people: People, browse: Callable[..., Any], as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    session.commit()
    as_user(people.CLIN)
    duty = next(one for one in case.duties if one.event == "report-to-health")
    assert case.worker is not None and case.employer is not None
    for address in ("act/main/notify", f"duties/{duty.id}", "evidence"):
        page = browse(f"/cases/{case.number}/{address}").get_data(as_text=True)
        assert f"{case.worker.name[0]}*" in page and case.employer.name in page.partition("<h1")[2]


def test_a_refusal_says_that_a_chosen_file_is_to_be_chosen_again(
    session: Session, people: People, as_user: Callable[[User], FlaskClient]
) -> None:
    case = make_case(session, people, "susp", on=today())
    session.commit()
    client = as_user(people.CLIN)
    chosen = client.post(f"/cases/{case.number}/evidence", data={"file": (io.BytesIO(b"%PDF-1.4"), "a.pdf")})
    empty = client.post(f"/cases/{case.number}/evidence", data={})
    assert chosen.status_code == empty.status_code == 400
    assert "请重新选择" in chosen.get_data(as_text=True) and "请重新选择" not in empty.get_data(as_text=True)


@pytest.mark.parametrize(("length", "sentence"), [(0, "“a.pdf”是空文件。"), (20 * 1024 * 1024, "“a.pdf”为 20 MB；附件不超过 10 MB。")])
def test_a_file_is_refused_for_what_is_wrong_with_it(session: Session, length: int, sentence: str) -> None:
    fault = fault_of("a.pdf", b"%PDF", length)
    assert fault is not None and say(fault) == sentence
