"""Checking and committing an upload: what the queue starts. Everything that a job writes is one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from imports.check import Checked, Fixes, ReadWorkbook, check_workbook
from imports.container import Limits
from imports.problems import Severity
from imports.reader import read_workbook, without_collecting
from ohs.accounts.models import User
from ohs.kernel.audit import audit
from ohs.kernel.bulk import add_counts
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.jobs import Running, job
from ohs.kernel.message import Message
from ohs.uploads.formats import HandedIn, find_format
from ohs.uploads.mending import FixableCell
from ohs.uploads.models import CHECK, COMMIT, HeadingMap, SenderQuality, Upload, UploadFix
from ohs.uploads.remarks import cells_with_problems, pack
from ohs.uploads.services import content_of, forget_copies

QUALITY_KEYS = ("organisation_id", "format", "month")
QUALITY_MEASURES = ("uploads", "rows", "right_first_time", "committed", "corrected", "late")


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Add the time inside to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.perf_counter() - started, 3)


def fixes_of(session: Session, upload: Upload) -> Fixes:
    """The cells that the sender typed anew."""
    found = session.scalars(select(UploadFix).where(UploadFix.upload_id == upload.id))
    return {(fix.sheet, fix.row, fix.key): fix.value for fix in found}


def heading_map_of(session: Session, upload: Upload) -> dict[str, str]:
    """What the sender's own headings mean, by folded heading."""
    question = select(HeadingMap.heading, HeadingMap.key).where(
        HeadingMap.organisation_id == upload.organisation_id, HeadingMap.format == upload.format
    )
    return dict(session.execute(question).all())


def read_and_check(
    session: Session,
    upload: Upload,
    format: HandedIn,
    on: date,
    progress: Callable[[str, int], None] | None = None,
    watch: Stopwatch | None = None,
) -> tuple[ReadWorkbook, Checked]:
    """The file, read and with its fixes and mapped headings, checked by everything that needs no database."""
    watch = watch or Stopwatch()
    heading_map, fixes = heading_map_of(session, upload), fixes_of(session, upload)
    with watch.on("read"):
        read = _read(upload, format, heading_map, progress)
    with watch.on("check"):
        return read, check_workbook(read, on=on, fixes=fixes, progress=progress)


def _read(
    upload: Upload, format: HandedIn, heading_map: dict[str, str], progress: Callable[[str, int], None] | None = None
) -> ReadWorkbook:
    """The cells of the file; how large it may be was decided when it was taken in."""
    limits = Limits(size=upload.size)
    return read_workbook(format.contract, content_of(upload), upload.filename, heading_map=heading_map, progress=progress, limits=limits)


def cells_of_row(session: Session, upload: Upload, format: HandedIn, sheet: str, row: int) -> list[FixableCell] | None:
    """Every cell of a row as it stands in the file or was typed since, in the order of the format; `None` where there is no such row."""
    read = _read(upload, format, heading_map_of(session, upload))
    table = read.tables.get(sheet)
    at = table.rows.index_of(row) if table is not None else None
    if table is None or at is None:
        return None
    fixes = fixes_of(session, upload)
    found = []
    for column in table.sheet.columns:
        place, cells = (sheet, row, column.key), table.cells.get(column.key)
        found.append(FixableCell(place, column.heading, fixes.get(place, cells.text[at] if cells is not None else None)))
    return found


@job(CHECK)
def check_upload(running: Running) -> None:
    """Read and check; with `commit` write the good rows as well, without reading twice."""
    _work(running, commit=running.arguments["commit"], all_or_nothing=False)


@job(COMMIT)
def write_upload(running: Running) -> None:
    """Read and check once more, as things are now, and write."""
    _work(running, commit=True, all_or_nothing=running.arguments["all_or_nothing"])


@without_collecting()
def _work(running: Running, *, commit: bool, all_or_nothing: bool) -> None:
    session, arguments = running.session, running.arguments
    upload = session.get_one(Upload, arguments["upload_id"], options=[undefer(Upload.content)])
    format = find_format(upload.format)
    assert format is not None
    on = date.fromisoformat(arguments["on"])
    watch = Stopwatch()
    rows_seen = upload.rows

    def progress(stage: str, done: int) -> None:
        running.progress(done, max(done + 1, rows_seen), stage)

    read, checked = read_and_check(session, upload, format, on, progress, watch)
    running.begin_writing("commit" if commit else "check")
    upload = session.get_one(Upload, arguments["upload_id"], populate_existing=True, with_for_update={"of": Upload})
    if upload.state in ("committed", "discarded"):
        return
    user = session.get_one(User, arguments["user_id"])
    with watch.on("check"):
        preview = format.examine(session, checked, upload, on) if checked.is_readable else {}
        _record(session, upload, read, checked, dict(preview), on)
    del read  # the cells as they stood in the file: a third of the memory that the rest would need beside them
    if commit and upload.accepted:
        if all_or_nothing and upload.problem_count:
            raise DomainError(
                Message(
                    "Meanwhile %(count)s problems stand against “all or nothing”; nothing was committed.",
                    count=upload.problem_count,
                )
            )
        with watch.on("commit"):
            _commit(session, format, checked, upload, user, on)
    upload.seconds = {"read": 0.0, "check": 0.0, "commit": 0.0} | watch.seconds


def check_at_once(session: Session, upload: Upload, on: date, at: datetime) -> None:
    """Check without the queue what nobody waits for: the demonstration's files, as if it had been done at a moment."""
    format = find_format(upload.format)
    assert format is not None
    read, checked = read_and_check(session, upload, format, on)
    preview = format.examine(session, checked, upload, on) if checked.is_readable else {}
    _record(session, upload, read, checked, dict(preview), on)
    upload.checked_at = at


def _record(session: Session, upload: Upload, read: ReadWorkbook, checked: Checked, preview: dict[str, Any], on: date) -> None:
    """What the check found, on the upload; the first check also counts for the sender's quality."""
    is_first = upload.checked_at is None
    forget_copies(session, upload)
    upload.state = "checked" if checked.is_readable else "failed"
    upload.checked_at = now()
    upload.rows, upload.accepted = checked.total, checked.accepted_count
    upload.problem_count = checked.problems.count(Severity.PROBLEM)
    upload.notice_count = checked.problems.count(Severity.NOTICE)
    upload.finding_count = checked.problems.count(Severity.FINDING)
    upload.remarks = pack(checked.problems, cells_with_problems(read, checked.problems, fixes_of(session, upload)))
    upload.preview = preview
    upload.layout = {
        "sheets": [
            {
                "name": name,
                "sheet": layout.sheet_name,
                "heading_row": layout.heading_row,
                "unknown": list(layout.unknown),
                "columns": dict(layout.columns),
                "result": next(iter(layout.own), None),
            }
            for name, layout in read.layouts.items()
        ]
    }
    if is_first and not upload.is_dry_run:
        _count(session, upload, on, uploads=1, rows=upload.rows, right_first_time=upload.accepted)


def _commit(session: Session, format: HandedIn, checked: Checked, upload: Upload, user: User, on: date) -> None:
    done = format.commit(session, checked, upload, user, on)
    upload.state, upload.committed_at, upload.committed_by_id = "committed", now(), user.id
    upload.committed_rows, upload.corrected_rows, upload.rows_digest = (
        done.new + done.corrected,
        done.corrected,
        done.digest,
    )
    _count(session, upload, on, committed=done.new + done.corrected, corrected=done.corrected, late=done.late)
    session.add(
        audit(
            "upload:committed", upload, user,
            after={"rows": done.new + done.corrected, "corrected": done.corrected, "digest": done.digest, "file": upload.sha256},
        )
    )  # fmt: skip


def _count(session: Session, upload: Upload, on: date, **measures: int) -> None:
    table: Any = SenderQuality.__table__
    keys = (upload.organisation_id, upload.format, f"{on.year:04d}-{on.month:02d}")
    add_counts(session, table, QUALITY_KEYS, QUALITY_MEASURES, [(*keys, *(measures.get(name, 0) for name in QUALITY_MEASURES))])
