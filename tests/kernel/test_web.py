"""The manners of every answer: headers, cookies, tokens, and what is refused at the door."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, send_file
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs import create_app
from ohs.accounts.models import User
from ohs.config import Config
from tests.factories.accounts import PASSWORD, make_user
from tests.matrix.samples import form_for
from tests.matrix.walk import arguments_of, everything, places
from tests.matrix.world import make_world, things_of

AsUser = Callable[[User], FlaskClient]


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application as people meet it: every deed needs its token."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def test_no_deed_is_done_without_its_token(guarded: Flask, session: Session, as_user: AsUser) -> None:
    world = make_world(session)
    readers = [world.readers[name] for name in ("employer", "health", "clinic", "system-admin", "security-admin")]
    things = {user.id: things_of(session, user) for user in readers}
    other = things_of(session, world.stranger)
    done = []
    for user in readers:
        client = as_user(user)
        before = everything(session)
        for place in places(guarded, "POST"):
            mine, _foreign = arguments_of(place, world, user, things[user.id], other)
            g.pop("_login_user", None)
            status = client.post(place.address(guarded, mine), data=form_for(place.endpoint)).status_code
            if status != 400 or everything(session) != before:
                done.append((place.endpoint, status))
    assert done == []


@pytest.mark.parametrize("address", ["/sign-in", "/", "/employers/", "/nowhere", "/verify/none"])
def test_every_answer_has_its_headers(session: Session, as_user: AsUser, address: str) -> None:
    answer = as_user(make_user(session, "health")).get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_browser_keeps_a_file_that_was_sent(tmp_path: Path) -> None:
    house = create_app(
        Config(database_url=f"sqlite:///{tmp_path}/x.sqlite3", keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True)
    )
    house.add_url_rule("/sheet", "sheet", lambda: send_file(io.BytesIO(b"%PDF"), mimetype="application/pdf"))
    assert house.test_client().get("/sheet").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_for_this_site_only_and_renewed_at_sign_in(app: Flask, client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic")
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    answer = client.post("/sign-in", data={"login": user.login, "password": PASSWORD})
    given = answer.headers["Set-Cookie"]
    assert "HttpOnly" in given and "SameSite=Lax" in given
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_a_cookie_of_an_ended_session_opens_nothing(client: FlaskClient, session: Session) -> None:
    user = make_user(session, "clinic")
    client.post("/sign-in", data={"login": user.login, "password": PASSWORD})
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    g.pop("_login_user", None)
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie.update(stolen)
    g.pop("_login_user", None)
    assert client.get("/employers/").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["/\t/elsewhere.example", "/\n/elsewhere.example", "\\\\elsewhere.example", "javascript:alert(1)", "http:elsewhere.example"]
)
def test_nobody_is_led_out_of_the_house_by_odd_addresses(client: FlaskClient, session: Session, wanted: str) -> None:
    user = make_user(session, "clinic")
    answer = client.post("/sign-in", data={"login": user.login, "password": PASSWORD, "next": wanted})
    assert answer.location == "/" or (answer.location.startswith("/%0") and "//" not in answer.location)
    back = client.post("/locale/en", data={"back": wanted}).location
    assert back == "/" or (back.startswith("/%0") and "//" not in back)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/employers/?text=a%00b", 400), ("GET", "/workers/99999999999999999999", 404), ("GET", "/examinations/2147483648", 404),
        ("POST", "/sign-in", 400), ("GET", "/employers/?cursor=%00&rows=99999999999999999999", 400), ("GET", "/employers/?rows=99999999999999999999", 200),
    ],
)  # fmt: skip
def test_what_no_database_takes_is_refused_with_a_page(session: Session, as_user: AsUser, method: str, address: str, status: int) -> None:
    client = as_user(make_user(session, "health"))
    data = {"login": "a\0b", "password": "x"} if method == "POST" else None
    assert client.open(address, method=method, data=data).status_code == status


def _house(tmp_path: Path, **given: Any) -> FlaskClient:
    config = Config(
        database_url=f"sqlite:///{tmp_path}/x.sqlite3", keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True, **given
    )
    return create_app(config).test_client()


def test_a_foreign_host_is_refused_where_the_own_names_are_known(tmp_path: Path) -> None:
    client = _house(tmp_path, hosts=("ohs.example",))
    assert client.get("/healthz", headers={"Host": "ohs.example"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "elsewhere.example"}).status_code == 400


def test_behind_tls_the_cookie_and_the_browser_stay_there(tmp_path: Path) -> None:
    client = _house(tmp_path, https=True)
    assert client.application.config["SESSION_COOKIE_SECURE"]
    for address in ("/healthz", "/nowhere", "/static/theme.css", "/static/none.css"):
        assert "max-age" in client.get(address).headers["Strict-Transport-Security"], address


def test_a_file_carries_the_headers_of_every_page(client: FlaskClient) -> None:
    answer = client.get("/static/theme.css")
    assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.put("/sign-in")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_deed_without_its_token_has_a_reference_to_quote(guarded: Flask, session: Session) -> None:
    answer = guarded.test_client().post("/sign-in", data={"login": "x"})
    assert answer.status_code == 400 and answer.headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent_from", "link"),
    [
        ("http://localhost/cases/?standing=all", 'href="/cases/?standing=all"'),
        ("https://elsewhere.example/trap", ""),
        ("http://localhost//elsewhere.example", ""),
    ],
)
def test_a_refused_deed_leads_back_to_the_page_it_came_from(client: FlaskClient, sent_from: str, link: str) -> None:
    page = client.post("/nowhere", headers={"Referer": sent_from}).get_data(as_text=True).partition("<main")[2]
    assert (link in page and "返回上一页" in page) if link else "elsewhere" not in page


def test_on_a_phone_a_cell_is_called_as_its_column() -> None:
    """Cards show `data-label` where a table shows its headings; `cases/performance.html` makes its headings of its figures."""
    strange = {}
    for template in sorted(Path("templates").rglob("*.html")):
        text = template.read_text()
        headings = {name for head in re.findall(r"<thead.*?</thead>", text, re.S) for name in re.findall(r'_\("([^"]+)"', head)}
        labels = set(re.findall(r"data-label=\"\{\{ _\('([^']+)'", text))
        if headings and labels - headings and template.name != "performance.html":
            strange[template.name] = labels - headings
    assert strange == {}
