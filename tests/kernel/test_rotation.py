"""Rotating keys: every sealed value is sealed anew, reads the same, and is found the same."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from ohs.kernel.commands import reseal_everything
from ohs.kernel.crypto import Keyring, keyring
from tests.factories.registry import make_employer


def test_rotation_leaves_nothing_under_the_old_key(session: Session) -> None:
    employer = make_employer(session, contact_phone="19900001234")
    session.commit()
    path = current_app.config["KEYS_FILE"]
    fresh = Keyring.read(path).with_new_key()
    fresh.write(path)
    assert reseal_everything(session) >= 1
    sealed = session.execute(text("SELECT contact_phone FROM employer WHERE id = :id"), {"id": employer.id}).scalar_one()
    assert keyring().key_id(bytes(sealed)) == fresh.current
    session.expire_all()
    assert employer.contact_phone == "19900001234"
