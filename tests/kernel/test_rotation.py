"""Rotating keys: every sealed value of every table is sealed anew, reads the same, and is found the same."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator

from flask import Flask, current_app
from sqlalchemy import LargeBinary, column, select, table
from sqlalchemy.orm import Session

from ohs.kernel.commands import reseal_everything
from ohs.kernel.crypto import Keyring, Sealed, SealedBytes, keyring
from ohs.kernel.database import Base
from ohs.surveillance.records import unseal_record
from ohs.uploads.services import content_of
from tests.factories.registry import make_employer
from tests.matrix.world import make_world


def sealed_values(session: Session) -> Iterator[tuple[str, bytes]]:
    """Every sealed value of the database as it is stored, with its column."""
    for model in Base.metadata.tables.values():
        for found in model.columns:
            if isinstance(found.type, (Sealed, SealedBytes)):
                raw = column(found.name, LargeBinary)
                for value in session.scalars(select(raw).select_from(table(model.name, raw)).where(raw.is_not(None))):
                    yield f"{model.name}.{found.name}", bytes(value)


def test_rotation_leaves_nothing_under_the_old_key(session: Session) -> None:
    employer = make_employer(session, contact_phone="19900001234")
    world = make_world(session)
    upload = world.uploads[world.readers["clinic"].organisation_id]
    session.commit()
    before, content = dict.fromkeys(name for name, _value in sealed_values(session)), content_of(upload)
    assert {"employer.contact_phone", "examination.sealed", "upload.content", "worker.id_number"} <= set(before)
    path = current_app.config["KEYS_FILE"]
    ring = Keyring.read(path).with_new_key()
    ring.write(path)
    assert reseal_everything(session) >= len(before)
    assert [name for name, value in sealed_values(session) if keyring().key_id(value) != ring.current] == []
    session.expire_all()
    assert employer.contact_phone == "19900001234"
    assert unseal_record(world.own.examination.sealed) == {}
    assert content_of(upload) == content


def test_a_second_rotation_has_nothing_left_to_do(session: Session) -> None:
    make_employer(session, contact_phone="19900001234")
    session.commit()
    path = current_app.config["KEYS_FILE"]
    Keyring.read(path).with_new_key().write(path)
    assert reseal_everything(session) >= 1
    assert reseal_everything(session) == 0
    assert not session.in_transaction(), "what is written next would be refused by SQLite if somebody else has committed"


def test_no_column_of_sealed_bytes_is_hidden_from_rotation() -> None:
    """Bytes that are no sealed values are few and named here."""
    plain = {"worker.id_index", "worker_code.code_index", "attachment.content"}
    hidden = {
        f"{model.name}.{found.name}"
        for model in Base.metadata.tables.values()
        for found in model.columns
        if isinstance(found.type, LargeBinary) and not isinstance(found.type, SealedBytes)
    }
    assert hidden <= plain


def test_one_rotates_at_a_time(app: Flask, session: Session) -> None:
    path = current_app.config["KEYS_FILE"]
    keyring()  # makes the file where there is none yet
    before = path.read_bytes()
    with open(path.with_name(f"{path.name}.lock"), "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        told = app.test_cli_runner().invoke(args=["rotate-keys"])
    assert told.exit_code == 1 and "somebody else is rotating the keys" in told.output
    assert path.read_bytes() == before
