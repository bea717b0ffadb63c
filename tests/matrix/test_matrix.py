"""Walks every address of the application with every role, on own and foreign records, against a table written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.policy import Permission, allowed, could
from tests.matrix.samples import form_for
from tests.matrix.table import MAY, reaches_foreign, reaches_own
from tests.matrix.walk import Witness, arguments_of, places
from tests.matrix.world import READERS, make_world, things_of


def test_the_table_names_every_permission() -> None:
    assert set(MAY) == set(Permission)


@pytest.mark.parametrize("reader", READERS)
def test_who_reaches_what(app: Flask, session: Session, reader: str) -> None:
    world = make_world(session)
    user = world.readers[reader]
    own, other = things_of(session, user), things_of(session, world.stranger)
    wrong = []
    for place in places(app):
        may = reader in MAY[place.permission]
        if could(user, place.permission) != may:
            wrong.append((place.endpoint, "may at all", may))
        if not place.rule.arguments or place.view.__finds__ is None or not may:
            continue
        mine, foreign = arguments_of(place, world, user, own, other)
        with app.test_request_context():  # who finds for a deed asks which method it is
            subject = place.view.__finds__(**mine)
        assert subject is not None, place.endpoint
        if allowed(user, place.permission, subject) != reaches_own(reader, place.permission):
            wrong.append((place.endpoint, "own record", reaches_own(reader, place.permission)))
        if foreign is not None:
            with app.test_request_context():
                stranger = place.view.__finds__(**foreign)
            assert stranger is not None, place.endpoint
            if allowed(user, place.permission, stranger) != reaches_foreign(reader, place.permission):
                wrong.append((place.endpoint, "foreign record", reaches_foreign(reader, place.permission)))
    assert wrong == []


@pytest.mark.parametrize("reader", READERS)
def test_every_page_answers_as_the_table_says(app: Flask, session: Session, as_user: Callable[[User], FlaskClient], reader: str) -> None:
    world = make_world(session)
    user = world.readers[reader]
    own, other = things_of(session, user), things_of(session, world.stranger)
    client = as_user(user)
    wrong = []
    for place in places(app, "GET"):
        may = reader in MAY[place.permission]
        mine, foreign = arguments_of(place, world, user, own, other)
        status = client.get(place.address(app, mine)).status_code
        if (status == 403) == may or status >= 500:
            wrong.append((place.endpoint, "own", status))
        if foreign is not None:
            status = client.get(place.address(app, foreign)).status_code
            if may and reaches_foreign(reader, place.permission):
                if status in (403, 500):
                    wrong.append((place.endpoint, "city-wide", status))
            elif status != (404 if may else 403):
                wrong.append((place.endpoint, "foreign", status))
    assert wrong == []


@pytest.mark.parametrize("reader", READERS)
def test_every_deed_is_done_to_own_records_only(app: Flask, session: Session, as_user: Callable[[User], FlaskClient], reader: str) -> None:
    """Each deed is tried on a foreign record, after which nothing may be different, and then on an own one; afterwards it is undone."""
    world = make_world(session)
    user = world.readers[reader]
    own, other = things_of(session, user), things_of(session, world.stranger)
    client = as_user(user)
    connection, witness = session.connection(), Witness(session)
    wrong = []
    for place in places(app, "POST"):
        if place.endpoint == "accounts.sign_out":
            continue
        may, permission = reader in MAY[place.permission], place.permission
        mine, foreign = arguments_of(place, world, user, own, other)
        if foreign is not None and not (may and reaches_foreign(reader, permission)):
            status = client.post(place.address(app, foreign), data=form_for(place.endpoint)).status_code
            if status != (404 if may else 403) or not witness.is_unchanged():
                wrong.append((place.endpoint, "foreign", status))
        session.commit()
        undone = connection.begin_nested()
        status = client.post(place.address(app, mine), data=form_for(place.endpoint)).status_code
        if may and (foreign is None or reaches_own(reader, permission)):
            if status not in (200, 302, 400, 409):
                wrong.append((place.endpoint, "own", status))
        elif status != (404 if may else 403) or not witness.is_unchanged():
            wrong.append((place.endpoint, "not even own", status))
        session.rollback()
        undone.rollback()
        session.expire_all()
        witness.expect_undone()
    assert wrong == []


def test_nobody_signed_in_is_sent_to_the_sign_in_page(app: Flask, session: Session, client: FlaskClient) -> None:
    world = make_world(session)
    own, other = things_of(session, world.readers["health"]), things_of(session, world.stranger)
    witness = Witness(session)
    for place in places(app):
        mine, _foreign = arguments_of(place, world, world.readers["health"], own, other)
        for method in ("GET", "POST"):
            if method in (place.rule.methods or ()):
                answer = client.open(place.address(app, mine), method=method, data=form_for(place.endpoint) if method == "POST" else None)
                assert answer.status_code == 302 and "/sign-in" in answer.location, place.endpoint
    assert witness.is_unchanged()
