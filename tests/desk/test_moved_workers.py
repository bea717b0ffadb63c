"""A worker moves to another county while a case goes on: the office that owns the case knows whom it is about, and where the file went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.models import Case
from ohs.desk.readings import readings_of
from ohs.kernel.i18n import say
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people

TOLD = "该劳动者的档案现由平湖市卫生健康部门管理"


@pytest.fixture
def moved(session: Session) -> tuple[People, Case, User]:
    """A case of 海宁 whose worker has moved to 平湖, with an officer of the office that owns the case."""
    people = make_people(session)
    case = make_case(session, people, "susp")
    assert case.worker is not None
    case.worker.county_code = "330482"
    session.commit()
    return people, case, make_user(session, "health", case.owner)


def test_the_office_is_told_where_the_file_went_and_reaches_the_worker_of_its_case(
    session: Session, moved: tuple[People, Case, User], as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    _people, case, officer = moved
    worker = case.worker
    assert worker is not None and worker.id_number
    client = as_user(officer)
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert TOLD in page and f"/workers/{worker.id}" not in page and f"/cases/{case.number}/person" in page
    assert client.get(f"/workers/{worker.id}").status_code == 404
    address = f"/cases/{case.number}/person"
    assert worker.id_number not in browse(address).get_data(as_text=True)
    assert client.post(address, data={"reason": "own-case", "note": "送达通知"}).status_code == 302
    shown = browse(address).get_data(as_text=True)
    assert worker.id_number in shown and worker.name in shown
    (read,) = [one for one in readings_of(session, worker) if "身份" in say(one.sentence) or "证件号码" in say(one.sentence)]
    assert read.organisation == officer.organisation.name and str(read.purpose)


def test_nobody_else_is_told_where_the_worker_went(
    session: Session, moved: tuple[People, Case, User], as_user: Callable[[User], FlaskClient]
) -> None:
    people, case, _officer = moved
    for actor in ("EMP", "CLIN", "DIAG"):
        page = as_user(getattr(people, actor)).get(f"/cases/{case.number}")
        if page.status_code == 200:
            assert "平湖" not in page.get_data(as_text=True), actor
        assert as_user(getattr(people, actor)).get(f"/cases/{case.number}/person").status_code in (403, 404)
    far = make_user(session, "health", make_organisation(session, department="health", region_code="330483"))
    assert as_user(far).get(f"/cases/{case.number}/person").status_code == 404


def test_an_office_that_still_has_the_file_goes_by_it(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    session.commit()
    as_user(make_user(session, "health", case.owner))
    page = browse(f"/cases/{case.number}").get_data(as_text=True)
    assert f"/workers/{case.worker_id}" in page and "卫生健康部门管理" not in page and f"/cases/{case.number}/person" not in page
