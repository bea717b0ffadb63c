"""Corrections: both versions can be read by those who may, and it is told who handed the correction in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.registry.models import Employer
from ohs.surveillance.models import Examination
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.imports.workbooks import VALID
from tests.uploads.test_road import committed, rows

FIRST = {"conclusions": "其他疾病或异常", "other_finding": "高血压2级", "systolic_mmhg": 165, "diastolic_mmhg": 95, "advice": "心内科随访"}
SECOND = {"conclusions": "复查", "recheck_items": "听力", "systolic_mmhg": 125, "diastolic_mmhg": 80, "post": "焊工"}


@pytest.fixture
def employer(session: Session) -> Employer:
    return make_employer(session, uscc=VALID["employer_uscc"], name=VALID["employer_name"])


@pytest.fixture
def nurse(session: Session, employer: Employer) -> User:
    make_organisation(session)
    return make_user(session, "clinic", name="沈护士")


def corrected(session: Session, nurse: User, second: dict[str, Any]) -> Examination:
    committed(session, rows(FIRST), nurse)
    committed(session, rows(second), nurse)
    session.expire_all()
    return session.scalars(select(Examination)).one()


def manager_of(session: Session, employer: Employer) -> User:
    return make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))


def test_the_clinic_reads_both_versions_and_who_replaced_the_first(session: Session, nurse: User, as_user: Any) -> None:
    page = as_user(nurse).get(f"/examinations/{corrected(session, nurse, SECOND).id}").text
    for told in ("165 → <b>125</b>", "打磨工 → <b>焊工</b>", "高血压2级", "第 1 版全文", "由沈护士更正（SC-"):
        assert told in page, told


def test_an_employer_meets_neither_values_nor_what_is_unrelated_in_any_version(
    session: Session, nurse: User, employer: Employer, as_user: Any
) -> None:
    examination = corrected(session, nurse, SECOND)
    page = as_user(manager_of(session, employer)).get(f"/examinations/{examination.id}").text
    assert "第 1 版全文" in page and "未见职业相关异常 → <b>复查</b>" in page
    assert not any(secret in page for secret in ("165", "125", "高血压", "心内科", "沈护士", "其他疾病"))


def test_a_version_about_another_employer_is_not_told_to_the_right_one(session: Session, nurse: User, as_user: Any) -> None:
    other = make_employer(session)
    examination = corrected(session, nurse, SECOND | {"employer_uscc": other.uscc, "employer_name": other.name})
    page = as_user(manager_of(session, other)).get(f"/examinations/{examination.id}").text
    assert "由" in page and "第 1 版全文" not in page
