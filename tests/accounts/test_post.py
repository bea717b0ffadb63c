"""Messages leave through a real mail server, wait for one that fails, and are given up where everybody can see it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.administration import set_setting
from ohs.accounts.models import User
from ohs.accounts.outbox import choose_contact, contact_of, counts_by_state, failed_count, forget_ended, send_later, writes_lines_of
from ohs.accounts.outbox_models import Contact, Outgoing
from ohs.accounts.post import send_due
from ohs.config import Config, Smtp
from ohs.kernel.clock import LOCAL
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.messaging import Channel, LogOnly, SmtpMail
from tests.factories.accounts import make_organisation, make_user
from tests.smtp import mail_server

NOON = datetime(2026, 11, 4, 12, 0, tzinfo=LOCAL)
NIGHT = datetime(2026, 11, 4, 22, 30, tzinfo=LOCAL)


@writes_lines_of("test")
def _lines(_session: Session, _user: User, rows: Any) -> list[Message]:
    return [Message("line %(subject)s", subject=one.subject) for one in rows]


def make_reader(session: Session, told: str = "at-once", **given: Any) -> User:
    user = make_user(session, "health", given.pop("organisation", None))
    choose_contact(session, user, **({"email": f"{user.login}@example.invalid", "phone": "", "channel": "mail", "told": told} | given))
    session.commit()
    return user


def write(session: Session, user: User, *subjects: str, at: datetime = NOON) -> None:
    for subject in subjects:
        send_later(session, {user.organisation_id: 1}, "test", subject, at=at)
    session.commit()


def states(session: Session) -> list[tuple[str, int]]:
    session.expire_all()
    return [(one.state, one.tries) for one in session.scalars(select(Outgoing).order_by(Outgoing.id))]


def through(smtp: Smtp) -> dict[str, Channel]:
    return {"mail": SmtpMail(smtp), "sms": LogOnly("sms"), "government": LogOnly("government messaging")}


def unreachable() -> dict[str, Channel]:
    return through(Smtp("127.0.0.1", 1, "ohs@example.invalid", tls="none"))


def test_what_is_due_for_one_person_leaves_in_one_letter(session: Session) -> None:
    reader, other = make_reader(session), make_reader(session)
    write(session, reader, "A-1", "A-2", "A-1")
    write(session, other, "B-1")
    with mail_server() as (smtp, box):
        assert send_due(session, through(smtp), NOON) == 2
        assert send_due(session, through(smtp), NOON) == 0, "nothing leaves twice"
    assert box.connections == 1, "one connection for all"
    first = next(one for one in box.letters if one["To"] == f"{reader.login}@example.invalid")
    assert first["From"] == "ohs@example.invalid" and first["Message-ID"] and first["Auto-Submitted"] == "auto-generated"
    text = first.get_content()
    assert "A-1" in text and "A-2" in text and text.count("A-1") == 1 and "B-1" not in text
    assert states(session) == [("sent", 1)] * 4


def test_colleagues_are_told_as_each_has_chosen(session: Session) -> None:
    office = make_organisation(session)
    make_reader(session, organisation=office)
    make_reader(session, organisation=office, told="none")
    make_user(session, "health", office)
    send_later(session, {office.id: 1}, "test", "A-1", at=NOON)
    assert len(session.scalars(select(Outgoing)).all()) == 1


def test_a_server_that_fails_delays_mail_with_growing_pauses_and_then_it_leaves(session: Session) -> None:
    reader = make_reader(session)
    write(session, reader, "A-1")
    assert send_due(session, unreachable(), NOON) == 0
    row = session.scalars(select(Outgoing)).one()
    assert (row.state, row.tries, row.error, row.send_at) == ("waiting", 1, "connection", NOON + timedelta(minutes=1))
    assert send_due(session, unreachable(), NOON + timedelta(seconds=59)) == 0 and states(session) == [("waiting", 1)], (
        "not before its time"
    )
    send_due(session, unreachable(), NOON + timedelta(minutes=1))
    assert row.send_at == NOON + timedelta(minutes=3)
    with mail_server() as (smtp, box):
        assert send_due(session, through(smtp), NOON + timedelta(minutes=3)) == 1
    assert len(box.letters) == 1 and states(session) == [("sent", 3)]


def test_a_server_that_refuses_one_letter_takes_the_next(session: Session) -> None:
    readers = [make_reader(session) for _ in range(2)]
    for reader in readers:
        write(session, reader, "A-1")
    with mail_server() as (smtp, box):
        box.refuses["RCPT"] = "550 no such mailbox"
        assert send_due(session, through(smtp), NOON) == 0
        assert {one.error for one in session.scalars(select(Outgoing))} == {"address"}
        box.refuses = {"MAIL": "451 come later"}
        send_due(session, through(smtp), NOON + timedelta(minutes=1))
        session.expire_all()
        assert {one.error for one in session.scalars(select(Outgoing))} == {"451"}
        box.refuses = {}
        assert send_due(session, through(smtp), NOON + timedelta(minutes=3)) == 2


def test_after_the_last_try_it_is_given_up_visibly_and_an_administrator_can_try_again(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    admin, reader = make_user(session, "system-admin"), make_reader(session)
    set_setting(session, "message_tries", 2, actor=admin)
    write(session, reader, "A-1")
    send_due(session, unreachable(), NOON)
    send_due(session, unreachable(), NOON + timedelta(hours=1))
    assert states(session) == [("failed", 2)] and failed_count(admin) == 1
    assert send_due(session, unreachable(), NOON + timedelta(hours=3)) == 0, "given up is given up"
    client = as_user(admin)
    page = browse("/admin/messages/").get_data(as_text=True)
    assert reader.login in page and "A-1" in page and "@example.invalid" not in page
    assert client.post("/admin/messages/retry").status_code == 302
    assert states(session) == [("waiting", 0)]
    as_user(make_user(session, "security-admin"))
    browse("/admin/messages/", 403)


def test_in_quiet_hours_nothing_leaves_and_the_morning_brings_it(session: Session) -> None:
    reader = make_reader(session)
    write(session, reader, "A-1", at=NIGHT)
    write(session, reader, "A-2", at=NOON)
    morning = datetime(2026, 11, 5, 7, 0, tzinfo=LOCAL)
    assert [one.send_at for one in session.scalars(select(Outgoing).order_by(Outgoing.id))] == [morning, NOON]
    with mail_server() as (smtp, box):
        for hour in (20, 23):
            assert send_due(session, through(smtp), NOON.replace(hour=hour)) == 0
        assert send_due(session, through(smtp), morning - timedelta(minutes=1)) == 0 and box.connections == 0
        assert send_due(session, through(smtp), morning) == 1


def test_a_daily_digest_holds_the_whole_day(session: Session) -> None:
    reader = make_reader(session, "daily")
    write(session, reader, "A-1", at=NOON)
    write(session, reader, "A-2", at=NIGHT)
    with mail_server() as (smtp, box):
        assert send_due(session, through(smtp), NOON + timedelta(hours=2)) == 0
        assert send_due(session, through(smtp), datetime(2026, 11, 5, 8, 0, tzinfo=LOCAL)) == 1
    assert "A-1" in box.letters[0].get_content() and "A-2" in box.letters[0].get_content()


def test_what_another_worker_has_taken_is_not_sent_twice_and_returns_where_that_worker_died(session: Session) -> None:
    from ohs.accounts.post import HELD_FOR, _take

    reader = make_reader(session)
    write(session, reader, "A-1")
    assert len(_take(session, "mail", reader.id, NOON).rows) == 1
    assert _take(session, "mail", reader.id, NOON).rows == []
    with mail_server() as (smtp, box):
        assert send_due(session, through(smtp), NOON + timedelta(minutes=5)) == 0
        assert send_due(session, through(smtp), NOON + HELD_FOR) == 1 and len(box.letters) == 1


def test_a_channel_that_is_not_set_up_says_so_in_the_log_and_on_the_pages(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    reader = make_reader(session, channel="sms", phone="13800000000", email="")
    write(session, reader, "A-1")
    with caplog.at_level(logging.WARNING, "ohs.kernel.messaging"):
        assert send_due(session, app.extensions["channels"], NOON) == 1
    assert "only logged" in caplog.text and "A-1" in caplog.text and "13800000000" not in caplog.text
    assert states(session) == [("logged", 1)] and counts_by_state(session) == {("sms", "logged"): 1}
    as_user(make_user(session, "system-admin"))
    for address in ("/admin/messages/", "/admin/settings/"):
        assert "只写入系统日志" in browse(address).get_data(as_text=True)


def test_whoever_has_no_account_any_more_is_not_written_to(session: Session) -> None:
    reader = make_reader(session)
    write(session, reader, "A-1")
    reader.is_enabled = False
    session.commit()
    with mail_server() as (smtp, box):
        assert send_due(session, through(smtp), NOON) == 0
    assert box.letters == [] and states(session) == [("failed", 1)]


def test_the_server_is_signed_in_to_where_it_has_an_account(session: Session) -> None:
    reader = make_reader(session)
    write(session, reader, "A-1")
    with mail_server(user="ohs", password="secret") as (smtp, box):
        assert send_due(session, through(smtp), NOON) == 1
        assert box.signed_in and "secret" not in repr(smtp)
        box.refuses["AUTH"] = "535 no"
        write(session, reader, "A-2")
        send_due(session, through(smtp), NOON)
    assert {one.error for one in session.scalars(select(Outgoing).where(Outgoing.state == "waiting"))} == {"sign-in"}


def test_everybody_chooses_how_to_be_told(session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]) -> None:
    user = make_user(session, "clinic")
    client = as_user(user)
    browse("/account/messages")
    given = {"email": "a@example.invalid", "phone": "0573-8200000", "channel": "mail", "told": "daily", "version": "0"}
    assert client.post("/account/messages", data=given | {"email": "nowhere"}).status_code == 400
    assert client.post("/account/messages", data=given | {"email": ""}).status_code == 400
    assert contact_of(session, user) is None
    assert client.post("/account/messages", data=given).status_code == 302
    held = contact_of(session, user)
    assert held is not None and (held.email, held.told, held.channel) == ("a@example.invalid", "daily", "mail")
    assert "a@example.invalid" in browse("/account/messages").get_data(as_text=True)
    with pytest.raises(DomainError):
        choose_contact(session, user, email="", phone="", channel="sms", told="at-once")


def test_addresses_are_sealed(session: Session) -> None:
    from sqlalchemy import text

    reader = make_reader(session)
    assert reader.login.encode() not in bytes(session.execute(text("SELECT email FROM contact")).scalar_one())
    assert session.scalars(select(Contact)).one().email == f"{reader.login}@example.invalid"


def test_what_has_left_is_forgotten_after_its_days(session: Session) -> None:
    reader = make_reader(session)
    write(session, reader, "A-1", "A-2")
    with mail_server() as (smtp, _box):
        send_due(session, through(smtp), NOON)
    write(session, reader, "A-3")
    assert forget_ended(session, NOON) == 0
    assert forget_ended(session, NOON + timedelta(days=30)) == 2 and [state for state, _tries in states(session)] == ["waiting"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, None),
        ({"OHS_SMTP_HOST": "mail", "OHS_SMTP_FROM": "a@b.c"}, Smtp("mail", 587, "a@b.c")),
        ({"OHS_SMTP_HOST": "mail", "OHS_SMTP_FROM": "a@b.c", "OHS_SMTP_TLS": "ssl"}, Smtp("mail", 465, "a@b.c", tls="ssl")),
        ({"OHS_SMTP_HOST": "mail", "OHS_SMTP_FROM": "a@b.c", "OHS_SMTP_PORT": "2525", "OHS_SMTP_USER": "u", "OHS_SMTP_PASSWORD": "p"}, Smtp("mail", 2525, "a@b.c", "u", "p")),
    ],
)  # fmt: skip
def test_the_mail_server_comes_from_the_environment(given: dict[str, str], wanted: Smtp | None) -> None:
    assert Config.from_environment(given).smtp == wanted


@pytest.mark.parametrize("given", [{"OHS_SMTP_FROM": ""}, {"OHS_SMTP_FROM": "nobody"}, {"OHS_SMTP_FROM": "a@b.c", "OHS_SMTP_TLS": "maybe"}])
def test_a_mail_server_that_cannot_be_read_ends_the_process(given: dict[str, str]) -> None:
    with pytest.raises(SystemExit):
        Config.from_environment({"OHS_SMTP_HOST": "mail"} | given)


def test_links_lead_to_the_first_name_of_the_system() -> None:
    assert Config(hosts=(".b.c", "ohs.b.c"), https=True).home_address == "https://ohs.b.c"
    assert Config().home_address == ""
