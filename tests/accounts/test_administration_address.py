"""The address of administration leads each person to the first page that is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from tests.factories.accounts import PLACES, make_organisation, make_user


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [("system-admin", "/admin/users/"), ("security-admin", "/admin/users/"), ("auditor", "/admin/audit/"), ("health", "/")],
)
def test_administration_leads_to_the_first_own_page(
    session: Session, as_user: Callable[[User], FlaskClient], role: str, leads_to: str
) -> None:
    client = as_user(make_user(session, role, make_organisation(session, **PLACES[role])))
    answer = client.get("/admin/")
    assert (answer.status_code, answer.location) == (302, leads_to)
