"""A mail server that refuses, hangs, hangs up in the middle and works again: a case is never delayed, mail leaves later, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox_models import Outgoing
from ohs.accounts.post import send_due
from ohs.cases.actors import By
from ohs.cases.machine import do
from ohs.kernel import messaging
from ohs.kernel.clock import LOCAL, now
from ohs.kernel.messaging import SmtpMail
from tests.accounts.test_post import NIGHT, NOON, make_reader, states, through, write
from tests.factories.cases import ON, make_case, make_people
from tests.smtp import mail_server

LATER = NOON + timedelta(minutes=1)


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", ["hangs", "drops"])
def test_a_server_that_fails_at_any_word_gets_the_letter_later_and_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, command: str, how: str
) -> None:
    monkeypatch.setattr(messaging, "PATIENCE", 0.3)
    write(session, make_reader(session), "A-1")
    with mail_server() as (smtp, box):
        getattr(box, how).add(command)
        begun = time.monotonic()
        assert send_due(session, through(smtp), NOON) == 0 and time.monotonic() - begun < 10
        row = session.scalars(select(Outgoing)).one()
        assert (row.state, row.tries, row.error, row.send_at) == ("waiting", 1, "connection", LATER)
        getattr(box, how).clear()
        assert send_due(session, through(smtp), LATER) == 1 and send_due(session, through(smtp), LATER + timedelta(days=1)) == 0
        assert len(box.letters) == 1
    assert states(session) == [("sent", 2)]


@pytest.mark.parametrize("how", ["hangs", "drops"])
def test_one_that_took_the_letter_and_did_not_say_so_is_given_the_same_again(
    session: Session, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Nobody can know that it was taken; its number is the same, by which mailboxes show it once"""
    monkeypatch.setattr(messaging, "PATIENCE", 0.3)
    write(session, make_reader(session), "A-1")
    with mail_server() as (smtp, box):
        getattr(box, how).add("TAKEN")
        assert send_due(session, through(smtp), NOON) == 0
        getattr(box, how).clear()
        assert send_due(session, through(smtp), LATER) == 1
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"] and first.get_content() == second.get_content()


def test_different_letters_have_different_numbers(session: Session) -> None:
    reader = make_reader(session)
    with mail_server() as (smtp, box):
        for number, at in enumerate((NOON, LATER)):
            write(session, reader, f"A-{number}", at=at)
            send_due(session, through(smtp), at)
    assert len({one["Message-ID"] for one in box.letters}) == 2


def test_a_connection_that_is_lost_costs_only_one_person_a_try(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messaging, "PATIENCE", 0.3)
    for _one in range(3):
        write(session, make_reader(session), "A-1")
    with mail_server() as (smtp, box):
        box.hangs.add("DATA")
        begun = time.monotonic()
        assert send_due(session, through(smtp), NOON) == 0 and time.monotonic() - begun < 10
        assert sorted(states(session)) == [("waiting", 0), ("waiting", 0), ("waiting", 1)]
        box.hangs.clear()
        assert send_due(session, through(smtp), LATER) == 3 and len(box.letters) == 3


@pytest.mark.parametrize(("told", "leaves"), [("at-once", 7), ("daily", 8)])
def test_a_server_that_fails_in_the_evening_is_left_alone_in_quiet_hours(session: Session, told: str, leaves: int) -> None:
    write(session, make_reader(session, told), "A-1", at=NIGHT)
    morning = (NIGHT + timedelta(days=1)).replace(hour=leaves, minute=0)
    with mail_server() as (smtp, box):
        box.refuses["MAIL"] = "421 too busy"
        assert send_due(session, through(smtp), morning - timedelta(minutes=1)) == 0 and box.connections == 0
        assert send_due(session, through(smtp), morning) == 0 and box.connections == 1
        box.refuses.clear()
        assert send_due(session, through(smtp), morning + timedelta(minutes=1)) == 1 and len(box.letters) == 1


def test_an_act_on_a_case_does_not_wait_for_a_server_that_hangs(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, as_user: Callable[[User], FlaskClient]
) -> None:
    people = make_people(session)
    case = make_case(session, people, "contra")
    reader = make_reader(session, organisation=people.EMP.organisation)
    session.commit()
    with mail_server() as (smtp, box):
        box.hangs.update({"EHLO", "MAIL"})
        monkeypatch.setitem(app.extensions["channels"], "mail", SmtpMail(smtp))
        told = {"told_worker_on": ON, "told_employer_on": ON, "how_told": "writing"}
        do(session, case, "notify", told, by=By(people.CLIN), on=ON)
        session.commit()
        assert box.connections == 0, "only the worker talks to the server"
        waiting = session.scalars(select(Outgoing).where(Outgoing.user_id == reader.id, Outgoing.subject == case.number)).all()
        assert waiting and case.status == "notified"
        box.hangs.clear()
        noon = (now() + timedelta(days=2)).astimezone(LOCAL).replace(hour=12)
        assert send_due(session, through(smtp), noon) >= 1
    assert any(case.number in one.get_content() for one in box.letters)
