"""Pages of the road of uploads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from exports.template import blank_workbook, note_of
from imports.problems import Severity
from ohs.kernel.audit import audit
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.filtering import record_key
from ohs.kernel.i18n import say
from ohs.kernel.paging import Key, capped_count, paginate
from ohs.kernel.policy import Permission, allowed, requires
from ohs.uploads.copy_views import copies_of
from ohs.uploads.formats import HandedIn, all_formats, find_format, formats_for
from ohs.uploads.forms import CellFixes, CommitForm, HandInForm, UploadFilterForm
from ohs.uploads.jobs import cells_of_row
from ohs.uploads.models import RowOfFile, Upload
from ohs.uploads.page import remarks_page
from ohs.uploads.queries import filtered_uploads, find_upload, heading_maps_of, month_of, sender_by_month, senders_summed
from ohs.uploads.remarks import unpack
from ohs.uploads.services import (
    check_again,
    commit_upload,
    discard_upload,
    fix_cells,
    hand_in,
    map_headings,
    take_back,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEWEST_FIRST = (Key(Upload.received_at, descending=True), Key(Upload.id, descending=True))


def _find(number: str) -> Upload | None:
    return find_upload(db.session(), number)


def _format_named(name: str) -> HandedIn | None:
    return find_format(name)


def _workbook(content: bytes, name: str) -> Any:
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@requires(Permission.UPLOAD_LIST)
def index() -> Any:
    """What my organisation has handed in."""
    form = UploadFilterForm(request.args)
    question = filtered_uploads(current_user, form.filters())
    size = request.args.get("size", 50, type=int)
    page = paginate(db.session(), question, NEWEST_FIRST, cursor=request.args.get("cursor", ""), size=size)
    page.count = capped_count(db.session(), question)
    return render_template("uploads/index.html", form=form, page=page, formats=formats_for(current_user))


@requires(Permission.UPLOAD_NEW)
def new() -> Any:
    """Hand in a file."""
    form = HandInForm()
    form.offer(formats_for(current_user), request.args.get("format", ""))
    if form.validate_on_submit():
        format = find_format(form.format.data)
        assert format is not None
        upload, is_repeat = hand_in(
            db.session(), format, filename=form.file.data.filename or "", content=form.file.data.read(), user=current_user, on=today(),
            is_dry_run=form.is_dry_run.data,
        )  # fmt: skip
        db.session.commit()
        if is_repeat:
            flash(
                _("These very bytes were handed in before, as %(number)s; here is that upload.", number=upload.number),
                "warning",
            )
        else:
            flash(_("Received; your receipt number is %(number)s.", number=upload.number), "success")
        return redirect(url_for("uploads.show", number=upload.number))
    return render_template("uploads/new.html", form=form, formats=formats_for(current_user)), 400 if form.errors else 200


@requires(Permission.UPLOAD_READ, _find)
def show(upload: Upload) -> Any:
    """One upload: how far it is, what was said about it, what can be done."""
    return render_template("uploads/show.html", **_shown(upload))


def _shown(upload: Upload) -> dict[str, Any]:
    format = find_format(upload.format)
    assert format is not None
    may_fix = upload.stage == "checked" and allowed(current_user, Permission.UPLOAD_DECIDE, upload)
    layout = upload.layout or {"sheets": []}
    return {
        "upload": upload,
        "copies": copies_of(upload),
        "format": format,
        "outcome": format.outcome(db.session(), current_user, upload) if format.outcome and upload.state == "committed" else None,
        "remarks": remarks_page(unpack(upload.remarks), format.contract, request.args, may_fix=may_fix),
        "commit_form": CommitForm(),
        "unknown_headings": [heading for sheet in layout["sheets"] for heading in sheet["unknown"]],
        "found_keys": {key for sheet in layout["sheets"] for key in sheet["columns"]},
        "mapped": db.session.scalars(heading_maps_of(upload.organisation_id, upload.format)).all(),
        "column_heading": lambda key: next((sheet[key].heading for sheet in format.contract.sheets if key in sheet.by_key), key),
    }


@requires(Permission.UPLOAD_READ, _find)
def progress(upload: Upload) -> Any:
    """The part of the page that moves while a job is at work; tells the page to load anew when it has ended."""
    answer = render_template("uploads/progress.html", upload=upload)
    if upload.stage not in ("checking", "committing"):
        return answer, 200, {"HX-Refresh": "true"}
    return answer


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Where a rule says no, its sentence is told on the page that the person is sent back to, and nothing is kept."""
    try:
        yield
    except DomainError as refusal:
        db.session.rollback()
        flash(say(refusal.message), "danger")


def _page_of(upload: Upload) -> Any:
    return redirect(url_for("uploads.show", number=upload.number))


@requires(Permission.UPLOAD_DECIDE, _find)
def commit(upload: Upload) -> Any:
    """Commit the good rows, or all or nothing."""
    form = CommitForm()
    if not form.validate_on_submit():
        abort(400)
    with _refusals_told():
        commit_upload(db.session(), upload, all_or_nothing=form.mode.data == "all", user=current_user, on=today())
        db.session.commit()
    return _page_of(upload)


@requires(Permission.UPLOAD_DECIDE, _find)
def discard(upload: Upload) -> Any:
    """Put the file aside."""
    with _refusals_told():
        discard_upload(db.session(), upload, user=current_user)
        db.session.commit()
        flash(_("%(number)s is discarded; nothing of it was stored as a record.", number=upload.number), "success")
    return _page_of(upload)


@requires(Permission.UPLOAD_DECIDE, _find)
def cancel(upload: Upload) -> Any:
    """Stop the check or commit that is under way."""
    with _refusals_told():
        take_back(db.session(), upload, user=current_user)
        db.session.commit()
        flash(_("Stopping; what was not written yet will not be."), "info")
    return _page_of(upload)


@requires(Permission.UPLOAD_DECIDE, _find)
def check(upload: Upload) -> Any:
    """Check the file once more."""
    with _refusals_told():
        check_again(db.session(), upload, user=current_user, on=today())
        db.session.commit()
    return _page_of(upload)


@requires(Permission.UPLOAD_DECIDE, _find)
def fix(upload: Upload) -> Any:
    """Take cells corrected in the browser (see `CellFixes`)."""
    given = CellFixes.of(request.form)
    if not given.typed:
        flash(_("Nothing was changed."), "info")
        return _page_of(upload)
    with _refusals_told():
        count = fix_cells(db.session(), upload, given.typed, user=current_user, on=today(), before=given.before, also_same=given.also_same)
        db.session.commit()
        flash(_("%(count)s cells are corrected; the file is being checked again.", count=count), "success")
    return _page_of(upload)


def _row_of(number: str, row: int, sheet: str = "") -> RowOfFile | None:
    upload = _find(number)
    format = find_format(upload.format) if upload is not None else None
    if upload is None or format is None or all(known.name != sheet for known in format.contract.sheets):
        return None
    return RowOfFile(upload, sheet, row)


@requires(Permission.UPLOAD_READ, _row_of)
def row(place: RowOfFile) -> Any:
    """One row as it stands in the file, with what was said about it; while the upload is open every cell can be typed anew."""
    upload = place.upload
    format = find_format(upload.format)
    assert format is not None
    cells = cells_of_row(db.session(), upload, format, place.sheet, place.row)
    if cells is None:
        abort(404)
    remarks = unpack(upload.remarks)
    db.session.add(audit("upload:row-read", upload, current_user, after={"row": place.row}))
    db.session.commit()
    return render_template(
        "uploads/row.html", upload=upload, format=format, place=place, cells=cells,
        remarks=[one for one in map(remarks.__getitem__, remarks.matching(text=str(place.row))) if one.row == place.row and one.sheet == place.sheet],
        may_fix=upload.stage == "checked" and allowed(current_user, Permission.UPLOAD_DECIDE, upload),
    )  # fmt: skip


@requires(Permission.UPLOAD_DECIDE, _find)
def headings(upload: Upload) -> Any:
    """Take what the sender's own headings mean: fields are named `heading:<heading>`."""
    mapped = {name.removeprefix("heading:"): key for name, key in request.form.items() if name.startswith("heading:")}
    with _refusals_told():
        map_headings(db.session(), upload, mapped, user=current_user, on=today())
        db.session.commit()
        flash(_("The headings are remembered for your organisation; the file is being checked again."), "success")
    return _page_of(upload)


@requires(Permission.UPLOAD_NEW, _format_named)
def template(format: HandedIn) -> Any:
    """The blank workbook with drop-downs and notes."""
    return _workbook(blank_workbook(format.contract, say), f"{say(format.title)}.xlsx")


@requires(Permission.HELP_READ)
def formats() -> Any:
    """Which files are handed in here."""
    return render_template("uploads/formats.html", formats=all_formats())


@requires(Permission.HELP_READ, _format_named)
def format_help(format: HandedIn) -> Any:
    """Every column of a format, from the one declaration."""
    return render_template(
        "uploads/format_help.html",
        format=format,
        severities=list(Severity),
        most_megabytes=current_app.config["UPLOAD_MAX_BYTES"] // 1024**2,
        note_of=lambda column: note_of(column, say),
        cannot_carry=format.cannot_carry(),
    )


@requires(Permission.SENDER_QUALITY_READ)
def quality() -> Any:
    """How well senders hand in: a sender by month, the health department every sender in a year, and one by month."""
    on = today()
    first_month = month_of(on.replace(year=on.year - 1, day=1))
    is_department = "health" in current_user.role_names
    sender = request.args.get("sender", 0, type=record_key) if is_department else current_user.organisation_id
    order = request.args.get("sort", "right")
    rows = (
        sender_by_month(db.session(), current_user, "examinations", on, sender)
        if sender
        else senders_summed(db.session(), current_user, "examinations", first_month, on, order)
    )
    return render_template("uploads/quality.html", rows=rows, by_month=bool(sender), is_department=is_department, order=order)
