"""Pages of declarations say of every day whether law or this office sets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.services import accept_declaration, submit_declaration
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer

ON = date(2026, 11, 2)


def test_the_window_of_the_update_and_the_story_say_what_their_days_rest_on(
    session: Session, as_user: Callable[[User], FlaskClient]
) -> None:
    employer = make_employer(session)
    manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))
    officer = make_user(session, "health", make_organisation(session, **PLACES["health"]))
    draft = make_draft(session, employer, manager, on=ON)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    accept_declaration(session, draft, actor=officer, on=ON)
    session.flush()
    client = as_user(manager)
    page = client.get(f"/declarations/{draft.number}").get_data(as_text=True)
    assert re.search(r"2027-10-02 之后，至 2027-12-02 止 <span[^>]*>本机关默认</span>", page)
    assert "截至 2026-11-09 法定" in page
    assert "2027-12-02 止 · 本机关默认" in client.get(f"/declarations/new/{employer.uscc}").get_data(as_text=True)
