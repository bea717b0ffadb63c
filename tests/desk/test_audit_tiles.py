"""Every figure of the auditor's desk opens exactly the events that it counts, on the screen and as a file."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.audit import audit
from tests.factories.accounts import PLACES, make_organisation, make_user

TILE = re.compile(r'<a class="tile" href="(/admin/audit/\?[^"]*event=[^"]+)"><span>([^<]*)</span><b>([\d,]+)</b>')
HAPPENED = {
    "worker:read": 3, "worker:revealed": 2, "worker:exported": 4, "examination:read": 1, "examination:read-conclusion": 2,
    "examination:exported": 5, "sign-in:failed": 2, "roles:assigned": 1,
}  # fmt: skip
FIGURES = {"查阅劳动者档案": 5, "查阅体检记录": 3, "登录被拒": 2}


def test_each_figure_opens_the_events_it_counts(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    auditor = make_user(session, "auditor", make_organisation(session, **PLACES["auditor"]))
    session.add_all(audit(event, "x", None) for event, times in HAPPENED.items() for _time in range(times))
    client = as_user(auditor)
    found = {}
    for address, label, figure in TILE.findall(client.get("/").get_data(as_text=True)):
        address, found[label] = html.unescape(address), int(figure.replace(",", ""))
        page = client.get(address).get_data(as_text=True)
        assert page.split("<tbody", 1)[1].count("<tr") == found[label], label
        assert client.get(address.replace("/admin/audit/", "/reports/audit.xlsx")).status_code == 200, label
    assert len(found) == 4
    assert {label: found.get(label) for label in FIGURES} == FIGURES
