"""What the shell starts in the kernel: the worker, keys, the audit chain."""

from __future__ import annotations

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click
from flask import Flask, current_app
from sqlalchemy import Column, CursorResult, LargeBinary, column, select, table, update
from sqlalchemy.orm import Session

from ohs.kernel.audit import audit
from ohs.kernel.chain import read_memory, remember_end, seal_chain, verify_chain
from ohs.kernel.crypto import KeyFileError, Keyring, Sealed, SealedBytes, keyring, owners_only
from ohs.kernel.database import Base, db, writing

ROTATE_AT_ONCE = 2000


@click.command("worker")
@click.option("--threads", default=2, show_default=True, help="Jobs at the same time.")
def worker(threads: int) -> None:
    """Serve the queue: uploads, reports, the sweep and the audit sealer."""
    current_app.extensions["queue"].work(threads)


@click.command("new-keys")
@click.option("--algorithm", type=click.Choice(["AES-GCM", "SM4-GCM"]), default="AES-GCM", show_default=True)
def new_keys(algorithm: str) -> None:
    """Write a fresh key file to OHS_KEYS; refuses to overwrite one."""
    path = current_app.config["KEYS_FILE"]
    if path.exists():
        raise click.ClickException(f"{path} exists already; its keys may still be needed. Use rotate-keys to add one.")
    Keyring.new(algorithm=algorithm).write(path)
    click.echo(str(path))


@click.command("rotate-keys")
def rotate_keys() -> None:
    """Add a fresh data key and seal everything anew with it; can be repeated after an interruption."""
    path = current_app.config["KEYS_FILE"]
    try:
        Keyring.read(path)
        with _alone(path):
            ring = Keyring.read(path).with_new_key()
            ring.write(path)
            sealed = reseal_everything(db.session())
    except KeyFileError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    with writing():
        db.session.add(audit("keys:rotated", ring.current, None, after={"values": sealed}))
        db.session.commit()
    click.echo(f"{sealed} values are sealed with {ring.current}.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two who rotate at once would both add a key of the same name, and what the first has sealed would be lost."""
    with open(path.with_name(f"{path.name}.lock"), "ab", opener=owners_only) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise click.ClickException("somebody else is rotating the keys; repeat when they have finished") from taken
        yield


def reseal_everything(session: Session) -> int:
    """Seal every sealed value with the current key, in batches committed one by one; returns how many.

    A value that somebody changes meanwhile is left to them. A long import may still write with the key that it began with,
    so the walk is repeated until it finds nothing more.
    """
    ring, count = keyring(), 0
    while changed := sum(_reseal(session, ring, model.name, column) for model in Base.metadata.tables.values() for column in model.columns):
        count += changed
    return count


def _reseal(session: Session, ring: Keyring, table_name: str, found: Column[Any]) -> int:
    """Seal one column's values anew; returns how many were under another key."""
    if not isinstance(found.type, (Sealed, SealedBytes)):
        return 0
    purpose, at_once = found.type.purpose, found.type.at_once if isinstance(found.type, SealedBytes) else ROTATE_AT_ONCE
    raw = table(table_name, column("id"), column(found.name, LargeBinary))
    value, last, count = raw.c[found.name], 0, 0
    question = select(raw.c.id, value).where(value.is_not(None)).order_by(raw.c.id).limit(at_once)
    while rows := session.execute(question.where(raw.c.id > last)).all():
        old = [(row_id, bytes(sealed)) for row_id, sealed in rows if ring.key_id(bytes(sealed)) != ring.current]
        session.commit()
        with writing():
            for row_id, sealed in old:
                fresh = ring.seal(purpose, ring.unseal(purpose, sealed))
                done = session.execute(update(raw).where(raw.c.id == row_id, value == sealed).values({value.name: fresh}))
                count += cast(CursorResult[Any], done).rowcount
            session.commit()
        last = rows[-1][0]
    session.commit()  # what follows begins anew, with the writer in hand
    return count


@click.command("verify-audit")
@click.option("--json", "as_json", is_flag=True)
def verify_audit(as_json: bool) -> None:
    """Walk the audit chain; exit 1 and the first broken link if it was tampered with."""
    memory = read_memory()
    with writing():
        seal_chain(db.session())
        db.session.commit()
    verdict = verify_chain(db.session(), memory)
    if not verdict.broken:
        remember_end(db.session())
    if as_json:
        click.echo(
            json.dumps(
                {
                    "checked": verdict.checked,
                    "unsealed": verdict.unsealed,
                    "broken": verdict.broken,
                    "cause": verdict.cause,
                }
            )
        )
    elif verdict.broken:
        click.echo(f"Broken at link {verdict.broken}: {verdict.cause}.", err=True)
    else:
        click.echo(f"{verdict.checked} links are whole.")
    sys.exit(1 if verdict.broken else 0)


def init_app(app: Flask) -> None:
    """Offer the kernel's commands."""
    for command in (worker, new_keys, rotate_keys, verify_audit):
        app.cli.add_command(command)
