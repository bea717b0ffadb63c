"""The road of uploads without a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy import select

from exports.template import blank_workbook
from imports.container import Refused
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.kernel import jobs
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.refusals import Command, Refusal, WrongCommand
from ohs.uploads.formats import HandedIn, all_formats, find_format
from ohs.uploads.models import WITHOUT_ROWS, Upload
from ohs.uploads.remarks import as_json, unpack
from ohs.uploads.rules import refusal_of_size
from ohs.uploads.services import check_again, commit_upload, hand_in

#: Shown of each kind of remark without --json.
SHOWN = 20


def _format(name: str) -> HandedIn:
    format = find_format(name)
    if format is None:
        names = "、".join(known.name for known in all_formats())
        raise WrongCommand(
            Message("Files of the format “%(name)s” are not handed in here; the formats are: %(names)s.", name=name, names=names)
        )
    return format


def _content(file: Path) -> bytes:
    """The bytes of a file; of one that is too large not even read, its size alone is wanted."""
    if file.is_dir():
        raise WrongCommand(Message("%(path)s is a folder; name the file in it.", path=str(file)))
    try:
        if file.stat().st_size > (most := current_app.config["UPLOAD_MAX_BYTES"]):
            return bytes(most + 1)
        return file.read_bytes()
    except FileNotFoundError as missing:
        raise WrongCommand(Message("There is no file %(path)s.", path=str(file))) from missing
    except OSError as closed:
        raise WrongCommand(Message("The file %(path)s cannot be opened by this account.", path=str(file))) from closed


def _person(login: str) -> User:
    user = db.session.scalar(select(User).where(User.login == login))
    if user is None or not user.is_active:
        raise Refusal(Message("Nobody signs in as “%(login)s”.", login=login))
    return user


@click.command("upload", cls=Command)
@click.argument("format_name", metavar="FORMAT")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "login", required=True, help="Login of the person who hands in.")
@click.option("--commit", is_flag=True, help="Commit the good rows.")
@click.option("--json", "wants_json", is_flag=True)
def upload(format_name: str, file: Path, login: str, commit: bool, wants_json: bool) -> None:
    """Hand in FILE as LOGIN would in the browser.

    Exit 0: the file could be read, whatever was said about its rows. 1: it could not, or file or person was refused. 2: the
    command was wrong: no such format, file or option.
    """
    format, content = _format(format_name), _content(file)
    user = _person(login)
    try:
        with writing():
            handed_in, is_repeat = hand_in(
                db.session(),
                format,
                filename=file.name,
                content=content,
                user=user,
                on=today(),
                commit=commit,
            )
            db.session.commit()
        _finish(handed_in, user, commit)
    except DomainError as refusal:
        refused = refusal_of_size(len(content), current_app.config["UPLOAD_MAX_BYTES"])
        if wants_json and refused is not None and refused.message == refusal.message:
            click.echo(json.dumps(_not_taken_in(refused), ensure_ascii=False))
        raise Refusal(refusal.message) from refusal
    result = _result(handed_in) | {"repeated": is_repeat}
    click.echo(json.dumps(result, ensure_ascii=False) if wants_json else _as_text(handed_in, result))
    sys.exit(1 if handed_in.stage == "failed" else 0)


def _finish(handed_in: Upload, user: User, commit: bool) -> None:
    """Run what waits here and now; a file handed in before is taken up where it stands."""
    _run(handed_in)
    if handed_in.stage in ("cancelled", "failed") and handed_in.checked_at is None and handed_in.job and handed_in.job.failure is None:
        with writing():
            check_again(db.session(), handed_in, user=user, on=today())
            db.session.commit()
        _run(handed_in)
    if commit and handed_in.stage == "checked" and handed_in.accepted:
        with writing():
            commit_upload(db.session(), handed_in, all_or_nothing=False, user=user, on=today())
            db.session.commit()
        _run(handed_in)


def _run(handed_in: Upload) -> None:
    if handed_in.job_id is not None and handed_in.stage in ("checking", "committing"):
        jobs.run(handed_in.job_id)
    db.session.refresh(handed_in)
    if handed_in.job is not None:
        db.session.refresh(handed_in.job)
        if handed_in.job.failure is not None:
            raise DomainError(handed_in.job.failure)


def _result(handed_in: Upload) -> dict[str, Any]:
    remarks = unpack(handed_in.remarks)
    kinds = {"problems": Severity.PROBLEM, "notices": Severity.NOTICE, "findings": Severity.FINDING}
    return {
        "upload": handed_in.id,
        "number": handed_in.number,
        "rows": handed_in.rows,
        "accepted": handed_in.accepted,
        **{name: [as_json(remark) for remark in remarks if remark.severity == kind] for name, kind in kinds.items()},
        "committed": handed_in.committed_rows,
        "corrected": handed_in.corrected_rows,
        "seconds": {"read": 0.0, "check": 0.0, "commit": 0.0} | handed_in.seconds,
    }


def _not_taken_in(refused: Refused) -> dict[str, Any]:
    """What is said of a file that is empty or too large, and so is not stored."""
    problem = {"row": 0, "heading": "", "code": refused.code, "message": say(refused.message)}
    nothing: dict[str, Any] = {
        "upload": None,
        "number": None,
        "rows": 0,
        "accepted": 0,
        "problems": [problem],
        "notices": [],
        "findings": [],
    }
    return nothing | {"committed": 0, "corrected": 0, "seconds": {"read": 0.0, "check": 0.0, "commit": 0.0}, "repeated": False}


def _as_text(handed_in: Upload, result: dict[str, Any]) -> str:
    figures = {name: result[name] for name in ("rows", "accepted", "committed", "corrected")}
    lines = [
        say(
            Message(
                "%(number)s: %(rows)s rows, %(accepted)s without a problem, %(committed)s committed, %(corrected)s of them corrections.",
                number=handed_in.number,
                **figures,
            )
        )
    ]
    if result["repeated"]:
        lines.append(say(Message("These bytes were handed in before; this is the upload that has them.")))
    if handed_in.is_without_rows:
        lines.append(say(WITHOUT_ROWS))
    for name, label in (("problems", Message("Problems")), ("notices", Message("Notices")), ("findings", Message("Findings"))):
        lines.append(f"{say(label)}: {len(result[name])}")
        lines += [f"  {remark['row']:>6}  {remark['heading']}  {remark['code']}  {remark['message']}" for remark in result[name][:SHOWN]]
        if len(result[name]) > SHOWN:
            lines.append("  … " + say(Message("%(count)s more; --json lists all.", count=len(result[name]) - SHOWN)))
    return "\n".join(lines)


@click.command("template", cls=Command)
@click.argument("format_name", metavar="FORMAT")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template(format_name: str, out: Path) -> None:
    """Write the blank workbook of FORMAT to OUT."""
    out.write_bytes(blank_workbook(_format(format_name).contract, say))
    click.echo(str(out))


def init_app(app: Flask) -> None:
    """Offer this area's commands."""
    app.cli.add_command(upload)
    app.cli.add_command(template)
