"""Exports of many workers' data: asked with a purpose, decided by a second person, taken within a term, marked in every row."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import python_calamine
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.approvals import needs_second_person
from ohs.accounts.models import ExportApproval, Setting, User
from ohs.kernel.audit import AuditEvent
from ohs.kernel.clock import now
from tests.factories.accounts import make_organisation, make_user
from tests.matrix.world import World, make_world

AsUser = Callable[[User], FlaskClient]


@pytest.fixture
def world(session: Session) -> World:
    """A list of one examination; here even one row needs a second person."""
    session.add(Setting(name="export_rows_alone", value="0"))
    return make_world(session)


def asked(session: Session) -> ExportApproval:
    return session.scalars(select(ExportApproval).order_by(ExportApproval.id.desc())).one()


def ask(client: FlaskClient, reason: str = "年度统计") -> int:
    g.pop("_login_user", None)
    answer = client.get("/reports/examinations.xlsx?phase=in-service")
    assert answer.status_code == 302
    g.pop("_login_user", None)
    return client.post(answer.location, data={"reason": reason}).status_code


def decide(client: FlaskClient, approval: ExportApproval, decision: str = "approve") -> int:
    g.pop("_login_user", None)
    return client.post(f"/exports/{approval.id}/decide", data={"decision": decision}).status_code


def take(client: FlaskClient, query: str = "phase=in-service") -> int:
    g.pop("_login_user", None)
    answer = client.get(f"/reports/examinations.xlsx?{query}")
    if answer.status_code == 200:
        rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
        assert "年度统计" in rows[1][-1]
    return answer.status_code


def test_a_colleague_agrees_and_the_marked_workbook_is_taken(session: Session, as_user: AsUser, world: World) -> None:
    officer = world.readers["health"]
    colleague = make_user(session, "health", officer.organisation)
    assert ask(as_user(officer), reason=" ") == 400
    assert ask(as_user(officer)) == 302
    approval = asked(session)
    assert (approval.row_count, approval.query) == (1, "phase=in-service")
    assert take(as_user(officer)) == 302
    assert decide(as_user(colleague), approval) == 302
    assert decide(as_user(colleague), approval, "refuse") == 409
    client = as_user(officer)
    assert take(client) == 200
    events = [event for event in session.scalars(select(AuditEvent.event).order_by(AuditEvent.id)) if event.startswith("export:")]
    assert events[:2] == ["export:asked", "export:approved"]


def test_a_consent_is_for_these_filters_and_this_person_only(session: Session, as_user: AsUser, world: World) -> None:
    officer = world.readers["health"]
    colleague = make_user(session, "health", officer.organisation)
    ask(as_user(officer))
    decide(as_user(colleague), asked(session))
    assert take(as_user(officer), "conclusion=N") == 302
    assert take(as_user(colleague)) == 302


def test_a_consent_expires(session: Session, as_user: AsUser, world: World) -> None:
    officer = world.readers["health"]
    ask(as_user(officer))
    decide(as_user(make_user(session, "health", officer.organisation)), asked(session))
    session.execute(update(ExportApproval).values(decided_at=now() - timedelta(hours=25)))
    session.commit()
    session.expire_all()
    assert take(as_user(officer)) == 302


def test_nobody_decides_on_the_own_request(session: Session, as_user: AsUser, world: World) -> None:
    officer = world.readers["health"]
    ask(as_user(officer))
    assert decide(as_user(officer), asked(session)) == 409
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(ExportApproval).values(decided_by_id=officer.id, state="approved"))


def test_another_office_neither_sees_nor_decides(session: Session, as_user: AsUser, world: World) -> None:
    ask(as_user(world.readers["health"]))
    stranger = make_user(session, "health", make_organisation(session, region_code="330482"))
    assert decide(as_user(stranger), asked(session)) == 404
    assert asked(session).state == "waiting"


def test_a_refused_request_opens_nothing(session: Session, as_user: AsUser, world: World) -> None:
    officer = world.readers["health"]
    ask(as_user(officer))
    decide(as_user(make_user(session, "health", officer.organisation)), asked(session), "refuse")
    assert take(as_user(officer)) == 302


def test_own_records_never_need_a_second_person(session: Session, as_user: AsUser, world: World) -> None:
    assert not needs_second_person(session, world.readers["clinic"], 100_000)
    assert not needs_second_person(session, world.readers["employer"], 100_000)
    assert needs_second_person(session, world.readers["health"], 1)
    g.pop("_login_user", None)
    assert as_user(world.readers["clinic"]).get("/reports/examinations.xlsx").status_code == 200
