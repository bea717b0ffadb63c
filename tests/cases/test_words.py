"""Words of the forms of cases, read where they stand: the same English elsewhere may mean something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.clock import today
from tests.cases.ways import go
from tests.factories.cases import make_case, make_people

SERVED = (
    "CLIN main notify, EMP main employer-arranges, DIAG main register, DIAG main letter-to-employer, EMP main material-supplied, "
    "DIAG main conclude-yes, DIAG appraisal serve-certificate"
)
ABOVE = "EMP main acknowledge, EMP main plan, EMP main works-done"


@pytest.mark.parametrize(
    ("kind", "way", "who", "address", "words"),
    [
        ("recheck", "CLIN main inform", "EMP", "main/refused-or-left", "拒绝或离职日期"),
        ("susp", SERVED, "HLTH", "appraisal/objection", ">用人单位</option>"),
        ("overlimit", ABOVE, "TEST", "main/within-limit", "职业接触限值"),
    ],
)
def test_a_form_says_what_the_field_is_in_the_words_of_its_case(
    session: Session, as_user: Callable[[User], FlaskClient], kind: str, way: str, who: str, address: str, words: str
) -> None:
    people = make_people(session)
    case = make_case(session, people, kind, on=today())
    go(session, people, case, way, today())
    session.commit()
    page = as_user(getattr(people, who)).get(f"/cases/{case.number}/act/{address}").get_data(as_text=True)
    assert words in page


@pytest.mark.parametrize(("kind", "who", "address"), [("overdue", "HLTH", "main/send-list"), ("recheck", "CLIN", "main/inform")])
def test_only_where_an_article_is_named_it_can_be_unverified(
    session: Session, as_user: Callable[[User], FlaskClient], kind: str, who: str, address: str
) -> None:
    people = make_people(session)
    case = make_case(session, people, kind, on=today())
    session.commit()
    page = as_user(getattr(people, who)).get(f"/cases/{case.number}/act/{address}").get_data(as_text=True)
    assert ("无条款，本机关自定" in page) == (address == "main/send-list") and "未核实" not in page
