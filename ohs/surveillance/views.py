"""Pages about examinations: the list, one examination, and the conclusions that oblige somebody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from exports.sheet import XLSX, stream_ledger
from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.approvals import approved_for, ask_approval, needs_second_person
from ohs.accounts.services import give_purpose
from ohs.accounts.views_saved import saved_views
from ohs.kernel.audit import audit
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.i18n import say
from ohs.kernel.paging import COUNT_CAP, Key, capped_count, jump, paginate
from ohs.kernel.policy import Permission, requires
from ohs.surveillance.export import examination_rows, ledger_columns
from ohs.surveillance.forms import ExaminationFilterForm, FindingFilterForm, PurposeForm
from ohs.surveillance.models import Examination, Finding
from ohs.surveillance.queries import (
    findings_of,
    findings_visible_to,
    for_list,
    get_for_page,
    list_examinations,
    revisions_of,
)
from ohs.surveillance.records import conclusions_for, reading_of, show_examination


def _find(examination_id: int) -> Examination | None:
    return get_for_page(db.session(), examination_id)


@requires(Permission.EXAMINATION_LIST)
def index() -> Any:
    """Examinations by day."""
    form = ExaminationFilterForm(request.args)
    listing = list_examinations(db.session(), current_user, form.filters())
    cursor = request.args.get("cursor", "")
    if (day := form.jump_day()) is not None:
        cursor = jump([day])
    page = paginate(db.session(), for_list(listing.question), listing.keys, cursor=cursor, size=request.args.get("size", 50, type=int))
    return render_template(
        "surveillance/index.html", form=form, page=page, views=saved_views(db.session(), current_user, "examinations.index"),
        conclusions_for=conclusions_for,
    )  # fmt: skip


@requires(Permission.EXAMINATION_LIST)
def count() -> Any:
    """How many the list has, asked for after the page is shown; beyond a cap nobody counts."""
    form = ExaminationFilterForm(request.args)
    counted = capped_count(db.session(), list_examinations(db.session(), current_user, form.filters()).question)
    return render_template("surveillance/count.html", counted=counted, is_capped=counted >= COUNT_CAP)


@requires(Permission.EXAMINATION_EXPORT)
def export() -> Any:
    """The list as a workbook, masked like the screen; many workers' data need a second person."""
    form = ExaminationFilterForm(request.args)
    listing = list_examinations(db.session(), current_user, form.filters())
    counted = capped_count(db.session(), listing.question)
    query = urlencode(sorted((key, value) for key, value in request.args.items() if value and key not in ("cursor", "size")))
    if needs_second_person(current_user, counted) and not approved_for(db.session(), current_user, "examinations", query):
        ask_approval(db.session(), current_user, "examinations", query, counted, request.args.get("reason", ""))
        db.session.commit()
        flash(
            _("More than a hundred rows about workers leave the system only with a colleague’s consent; your request waits for one."),
            "info",
        )
        return redirect(url_for("exports.index"))
    db.session.add(audit("examination:exported", query or "*", current_user, after={"rows": counted}))
    db.session.commit()
    columns = [(say(column.title), column.width) for column in ledger_columns()]
    rows = examination_rows(db.session(), listing, current_user)
    body = stream_ledger(_("Examinations"), columns, rows, watermark=_watermark())
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''examinations-{today()}.xlsx"}
    return Response(stream_with_context(body), mimetype=XLSX, headers=headers)


def _watermark() -> str:
    return f"{current_user.name} ({current_user.login}) {today().isoformat()}"


@requires(Permission.EXAMINATION_READ_CONCLUSION, _find)
def show(examination: Examination) -> Any:
    """One examination, as much of it as this reader may see; the reading is kept on record."""
    shown = show_examination(examination, current_user)
    db.session.add(reading_of(shown, current_user))
    db.session.commit()
    return render_template(
        "surveillance/show.html", shown=shown, examination=examination,
        findings=[finding for finding in db.session.scalars(findings_of([examination.id])) if finding.kind in shown.conclusions or finding.is_withdrawn],
        revisions=db.session.scalars(revisions_of(examination)).all(), purpose_form=PurposeForm() if shown.may_ask else None,
    )  # fmt: skip


@requires(Permission.EXAMINATION_GIVE_PURPOSE, _find)
def purpose(examination: Examination) -> Any:
    """Name a reason; the worker's file is then open to this person for a while."""
    form = PurposeForm()
    if form.validate_on_submit():
        give_purpose(db.session(), current_user, examination.worker_id, f"{form.reason.data}: {form.note.data.strip()}")
        db.session.commit()
        return redirect(url_for("examinations.show", examination_id=examination.id))
    shown = show_examination(examination, current_user)
    page = render_template("surveillance/show.html", shown=shown, examination=examination, findings=[], revisions=[], purpose_form=form)
    return page, 400


@requires(Permission.FINDING_LIST)
def findings() -> Any:
    """Re-examinations, contraindications and suspected diseases with the days they oblige to."""
    form = FindingFilterForm(request.args)
    question = findings_visible_to(current_user, form.kind_chosen, form.county_chosen, today() if form.only_overdue.data else None)
    keys = (Key(Finding.next_due_on), Key(Finding.id))
    page = paginate(db.session(), question, keys, cursor=request.args.get("cursor", ""), size=request.args.get("size", 50, type=int))
    page.count = capped_count(db.session(), question)
    return render_template("surveillance/findings.html", form=form, page=page, today=today())
