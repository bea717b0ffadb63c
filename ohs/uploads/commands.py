"""The road of uploads without a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from exports.template import blank_workbook
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.kernel import jobs
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.uploads.formats import HandedIn, all_formats, find_format
from ohs.uploads.models import Upload
from ohs.uploads.remarks import as_json, unpack
from ohs.uploads.services import check_again, commit_upload, hand_in

#: Shown of each kind of remark without --json.
SHOWN = 20


def _format(name: str) -> HandedIn:
    format = find_format(name)
    if format is None:
        raise click.ClickException(f"{name} is not handed in here; formats are: {', '.join(known.name for known in all_formats())}")
    return format


@click.command("upload")
@click.argument("format_name", metavar="FORMAT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="Login of the person who hands in.")
@click.option("--commit", is_flag=True, help="Commit the good rows.")
@click.option("--json", "wants_json", is_flag=True)
def upload(format_name: str, file: Path, login: str, commit: bool, wants_json: bool) -> None:
    """Hand in FILE as LOGIN would in the browser; exit 0 when the file could be read."""
    format, content = _format(format_name), file.read_bytes()
    user = db.session.scalar(select(User).where(User.login == login))
    if user is None or not user.is_active:
        raise click.ClickException(f"nobody signs in as {login}")
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
        if wants_json and not content:
            click.echo(json.dumps(_without_content(say(refusal.message)), ensure_ascii=False))
        raise click.ClickException(say(refusal.message)) from refusal
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


def _without_content(message: str) -> dict[str, Any]:
    """What is said of a file of no bytes, which is not stored."""
    problem = {"row": 0, "heading": "", "code": "unreadable", "message": message}
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
    lines = [
        f"{handed_in.number}  rows {result['rows']}  accepted {result['accepted']}  committed {result['committed']}  corrected {result['corrected']}"
    ]
    if result["repeated"]:
        lines.append("These bytes were handed in before; this is the upload that has them.")
    for name in ("problems", "notices", "findings"):
        lines.append(f"{name}: {len(result[name])}")
        lines += [f"  {remark['row']:>6}  {remark['heading']}  {remark['code']}  {remark['message']}" for remark in result[name][:SHOWN]]
        if len(result[name]) > SHOWN:
            lines.append(f"  … {len(result[name]) - SHOWN} more; --json lists all")
    return "\n".join(lines)


@click.command("template")
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
