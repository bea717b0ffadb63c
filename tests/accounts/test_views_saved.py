"""Lists with their filters, kept as tabs: what is kept opens again, and what no list could read is never kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import SavedView, User
from ohs.accounts.views_saved import LONGEST_QUERY, VIEWS_AT_MOST
from ohs.config import ROOT
from tests.factories.accounts import make_user

AsUser = Callable[[User], FlaskClient]


def keep(client: FlaskClient, query: str, name: str = "小微") -> int:
    g.pop("_login_user", None)
    return client.post("/views/", data={"endpoint": "employers.index", "name": name, "query": query}).status_code


def test_filters_are_kept_without_the_place_in_the_list(session: Session, as_user: AsUser) -> None:
    client = as_user(make_user(session, "health"))
    assert keep(client, "size=micro&cursor=x&county=330481") == 302
    assert session.scalars(select(SavedView.query)).one() == "county=330481&size=micro"
    assert keep(client, "size=small") == 302, "a view of that name is replaced"
    assert session.scalars(select(SavedView.query)).one() == "size=small"
    g.pop("_login_user", None)
    assert "小微" in client.get("/employers/").get_data(as_text=True)


@pytest.mark.parametrize("query", ["text=%00", "text=a%00b", f"text={'x' * LONGEST_QUERY}", "", "&&&"])
def test_what_no_list_could_read_is_refused(session: Session, as_user: AsUser, query: str) -> None:
    client = as_user(make_user(session, "health"))
    assert keep(client, query) == 400
    assert session.scalars(select(SavedView)).all() == []
    g.pop("_login_user", None)
    assert client.get("/employers/").status_code == 200


def test_an_export_is_not_asked_for_with_such_filters(session: Session, as_user: AsUser) -> None:
    client = as_user(make_user(session, "health"))
    assert client.get("/exports/ask?report=examinations&query=employer%3D%2500").status_code == 400


def test_there_are_only_so_many_tabs(session: Session, as_user: AsUser) -> None:
    client = as_user(make_user(session, "health"))
    assert [keep(client, "size=micro", f"视图{number}") for number in range(VIEWS_AT_MOST)] == [302] * VIEWS_AT_MOST
    assert keep(client, "size=micro", "又一个") == 409


OFFERED = sorted(
    {name for page in (ROOT / "templates").rglob("*.html") for name in re.findall(r'save_view\("([a-z_.]+)"\)', page.read_text())}
)


@pytest.mark.parametrize("endpoint", OFFERED)
def test_what_a_list_offers_to_keep_is_kept_and_shown_there(session: Session, as_user: AsUser, endpoint: str) -> None:
    client = as_user(make_user(session, "health"))
    answer = client.post("/views/", data={"endpoint": endpoint, "name": "海宁的", "query": "county=330481"})
    assert session.scalars(select(SavedView.endpoint)).all() == [endpoint]
    g.pop("_login_user", None)
    page = client.get(answer.location).get_data(as_text=True)
    view = session.scalars(select(SavedView)).one()
    assert "海宁的" in page and f'action="/views/{view.id}/delete"' in page
    g.pop("_login_user", None)
    assert client.post(f"/views/{view.id}/delete").status_code == 302
    assert session.scalars(select(SavedView)).all() == []
