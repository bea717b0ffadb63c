"""A backup of the whole system while it runs: every table from one snapshot, and the data keys, in one checked file.

The file is the same for both engines, so that a system can also be moved from SQLite to PostgreSQL with it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, func, insert, inspect, select, text, update

from ohs.kernel.audit import audit
from ohs.kernel.chain import forget_end
from ohs.kernel.clock import now
from ohs.kernel.crypto import Sealed, owners_only, write_secret
from ohs.kernel.database import db, writing

ROWS_AT_ONCE = 1_000
#: What opening and reading a file that is no archive of ours, or a damaged one, can end in.
DAMAGES = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
MANIFEST, KEYS = "manifest.json", "keys.json"


class BackupError(Exception):
    """The file is not a whole backup, or there is something where it should go."""


def raw_tables() -> list[Table]:
    """Every table in the order in which they depend on one another; sealed columns as the bytes that they are."""
    known: MetaData = current_app.extensions["metadata"]
    bare = MetaData()
    return [
        Table(table.name, bare, *(Column(c.name, LargeBinary() if isinstance(c.type, Sealed) else c.type, primary_key=c.primary_key) for c in table.columns))
        for table in known.sorted_tables
    ]  # fmt: skip


def _encode(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"$b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, date):
        return {"$d": value.isoformat()}
    if isinstance(value, (dict, list)):
        return {"$j": value}
    return value


def _decode(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    (kind, content), *_rest = value.items()
    match kind:
        case "$b":
            return base64.b64decode(content)
        case "$t":
            return datetime.fromisoformat(content)
        case "$d":
            return date.fromisoformat(content)
    return content


def write_backup(path: Path) -> dict[str, int]:
    """Write everything to `path`; returns how many rows each table has. What is committed meanwhile is not part of it."""
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    with (
        open(beside, "wb", opener=owners_only) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
        db.engine.connect() as connection,
    ):
        if connection.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        for table in raw_tables():
            digest, count = hashlib.sha256(), 0
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
                for row in rows:
                    line = json.dumps([_encode(value) for value in row], ensure_ascii=False).encode() + b"\n"
                    digest.update(line)
                    out.write(line)
                    count += 1
            counts[table.name], digests[table.name] = count, digest.hexdigest()
        keys = current_app.config["KEYS_FILE"].read_bytes()
        archive.writestr(KEYS, keys)
        manifest = {
            "made_at": now().isoformat(), "columns": {table.name: [column.name for column in table.columns] for table in raw_tables()}, "counts": counts,
            "digests": digests, "keys": hashlib.sha256(keys).hexdigest(),
        }  # fmt: skip
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False))
    check_backup(beside)
    beside.replace(path)
    return counts


def check_backup(path: Path) -> dict[str, Any]:
    """Read the whole file and hold it against its manifest; returns the manifest."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            manifest["counts"] = dict(manifest["counts"])
            for name in manifest["columns"]:
                found = hashlib.sha256()
                with archive.open(f"tables/{name}.jsonl") as file:
                    while piece := file.read(1024 * 1024):
                        found.update(piece)
                if found.hexdigest() != manifest["digests"][name]:
                    raise BackupError(f"the table {name} is damaged")
            if hashlib.sha256(archive.read(KEYS)).hexdigest() != manifest["keys"]:
                raise BackupError("the data keys are damaged")
    except DAMAGES as damage:
        raise BackupError(f"{path} is no whole backup ({damage})") from damage
    return manifest


def read_backup(path: Path) -> dict[str, int]:
    """Put a backup into an empty database, all of it or nothing; the data keys go where this system reads them."""
    manifest = check_backup(path)
    upgrade(directory="migrations")
    tables = raw_tables()
    columns = {table.name: [column.name for column in table.columns] for table in tables}
    if columns != manifest["columns"]:
        raise BackupError("the backup was made by another version; restore it with that version, then upgrade")
    with zipfile.ZipFile(path) as archive, db.engine.begin() as connection:
        for table in tables:
            if connection.scalar(select(func.count()).select_from(table)):
                raise BackupError(f"the table {table.name} is not empty; a backup goes into an empty database")
        for table in tables:
            _fill(connection, table, archive)
        keys_file: Path = current_app.config["KEYS_FILE"]
        keys = archive.read(KEYS)
        if keys_file.exists() and keys_file.read_bytes() != keys:
            keys_file.replace(keys_file.with_name(f"{keys_file.name}.before-restore"))
        write_secret(keys_file, keys)
    counts: dict[str, int] = manifest["counts"]
    return counts


def _fill(connection: Connection, table: Table, archive: zipfile.ZipFile) -> None:
    pointers = _own_pointers(table)
    later: list[dict[str, Any]] = []
    for rows in _batches(table, archive):
        for row in rows:
            pointed = {name: row[name] for name in pointers if row[name] is not None}
            if pointed:
                later.append({"_id": row["id"], **{name: row[name] for name in pointers}})
                row |= dict.fromkeys(pointed)
        connection.execute(insert(table), rows)
    for row in later:
        identifier = row.pop("_id")
        connection.execute(update(table).where(table.c.id == identifier).values(**row))
    if connection.dialect.name == "postgresql":
        last = connection.scalar(select(func.max(table.c.id)))
        if last:
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": f'"{table.name}"', "last": last})


def _own_pointers(table: Table) -> list[str]:
    """Columns that point to other rows of the same table: they are set when all rows are there."""
    keys = inspect(db.engine).get_foreign_keys(table.name)
    return [name for key in keys if key["referred_table"] == table.name for name in key["constrained_columns"]]


def _batches(table: Table, archive: zipfile.ZipFile) -> Iterator[list[dict[str, Any]]]:
    names = [column.name for column in table.columns]
    rows: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as file:
        for line in file:
            rows.append(dict(zip(names, map(_decode, json.loads(line)), strict=True)))
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _note(event: str, path: Path) -> None:
    with writing():
        db.session.add(audit(event, path.name, None))
        db.session.commit()


@click.command("backup")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def backup(out: Path) -> None:
    """Write the whole system to OUT, checked, while it runs. The file holds the data keys: keep it as safe as them."""
    try:
        counts = write_backup(out)
    except OSError as refusal:
        raise click.ClickException(f"{out} cannot be written: {refusal.strerror}") from refusal
    _note("backup:made", out)
    click.echo(f"{out}: {sum(counts.values())} rows in {len(counts)} tables")


@click.command("restore")
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> None:
    """Put the backup IN into an empty database."""
    try:
        counts = read_backup(source)
    except BackupError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    forget_end()
    _note("backup:restored", source)
    click.echo(f"{sum(counts.values())} rows in {len(counts)} tables")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)
