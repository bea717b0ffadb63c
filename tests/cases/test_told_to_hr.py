"""What HR reads of a confirmed disease: its name and class, how an appraisal has ended and the grade, and of the way there nothing."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.desk.readings import PURPOSE_WORDS, readings_of
from tests.cases.ways import DAY, go
from tests.factories.cases import make_case, make_people

WAY = "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer, EMP main material-supplied"
INJURY = "EMP work_injury employer-applies, HRSS work_injury accept, HRSS work_injury decide-yes, EMP work_injury apply-labour-capacity"


def test_hr_is_told_the_disease_its_class_and_the_grade(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, WAY)
    go(session, people, case, "DIAG main conclude-yes", disease="矽肺")
    go(session, people, case, f"{INJURY}, LCAC work_injury conclude?grade=7")
    session.flush()
    told = as_user(people.HRSS).get(f"/cases/{case.number}").get_data(as_text=True)
    assert "矽肺（职业性尘肺病及其他呼吸系统疾病）" in told and "7 级" in told
    assert "疑似职业病名称" not in told and "检出疑似职业病" not in told


def test_hr_is_told_what_an_appraisal_says(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, f"{WAY}, DIAG main conclude-yes, DIAG appraisal serve-certificate, WKR appraisal objection")
    go(session, people, case, "APPR appraisal document-check, APPR appraisal conclude?conclusion=no")
    session.flush()
    assert ">结论：非职业病<" in as_user(people.HRSS).get(f"/cases/{case.number}").get_data(as_text=True)


def test_hr_reads_name_and_number_after_a_reason_and_the_worker_sees_it(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp", on=DAY)
    go(session, people, case, WAY)
    session.flush()
    address = f"/cases/{case.number}/person"
    assert as_user(people.HRSS).get(address).status_code == 404, "nothing is confirmed yet"
    go(session, people, case, "DIAG main conclude-yes")
    session.flush()
    worker = case.worker
    assert worker is not None and worker.id_number
    client = as_user(people.HRSS)
    assert worker.id_number not in client.get(address).get_data(as_text=True)
    assert client.post(address, data={"reason": "work-injury", "note": ""}).status_code == 400
    assert client.post(address, data={"reason": "work-injury", "note": "工伤认定核对身份"}).status_code == 302
    shown = client.get(address).get_data(as_text=True)
    assert worker.id_number in shown and worker.name in shown
    read = {(one.organisation, str(one.purpose)) for one in readings_of(session, worker)}
    assert (people.HRSS.organisation.name, str(PURPOSE_WORDS["work-injury"])) in read
    assert as_user(people.CLIN).get(address).status_code in (403, 404)
