"""A page that finds a limit passed writes in a transaction of its own, which has taken the writer before it looks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import g
from sqlalchemy import event

from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn
from ohs.accounts.services import digest_of
from ohs.declarations.models import Filing
from ohs.declarations.services import accept_declaration, submit_declaration
from ohs.kernel.database import db, writing
from tests.engines import make_app
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer

ON = date(2026, 11, 2)
LATER = date(2028, 1, 10)


@pytest.fixture
def filed() -> Any:
    """An application with a committed filing whose year is long over, and a client signed in for its employer."""
    app = make_app("sqlite")
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["TODAY"] = LATER
    with app.app_context(), writing():
        session = db.session()
        employer = make_employer(session)
        manager = make_user(session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id))
        officer = make_user(session, "health", make_organisation(session, **PLACES["health"]))
        draft = make_draft(session, employer, manager, on=ON)
        submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
        accept_declaration(session, draft, actor=officer, on=ON)
        session.add(SignIn(user_id=manager.id, token_digest=digest_of("token"), address="127.0.0.1"))
        session.commit()
        address = f"/declarations/{draft.number}"
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[TOKEN], cookie["_user_id"] = "token", str(manager.id)
        db.session.remove()
    with app.app_context():
        g.pop("_login_user", None)
        yield client, address
        db.session.remove()


def test_a_limit_that_passed_is_written_by_a_transaction_that_waits_its_turn(filed: Any) -> None:
    client, address = filed
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: said.append(statement))
    assert client.get(address).status_code == 200
    writes = [number for number, statement in enumerate(said) if statement.startswith(("UPDATE filing", "INSERT INTO declaration_event"))]
    begun = [next(one for one in reversed(said[:number]) if one.startswith("BEGIN")) for number in writes]
    assert begun and set(begun) == {"BEGIN IMMEDIATE"}
    assert db.session.scalars(db.select(Filing.status)).all() == ["lapsed"]
