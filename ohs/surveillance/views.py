"""Pages about examinations: the list, one examination, and the conclusions that oblige somebody."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from ohs.accounts.services import give_purpose
from ohs.accounts.views_saved import saved_views
from ohs.kernel.audit import note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.ledger import Ledger
from ohs.kernel.paging import COUNT_CAP, capped_count, jump, paginate
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.duties import duty_teller, next_duties
from ohs.surveillance.forms import (
    CONCLUSION_COLOURS,
    CONCLUSION_LABELS,
    FINDING_STANDINGS,
    PHASE_LABELS,
    ExaminationFilterForm,
    FindingFilterForm,
    PurposeForm,
)
from ohs.surveillance.labels import fitness_of, item_label
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import (
    finding_order,
    findings_of,
    findings_visible_to,
    for_findings_list,
    for_list,
    get_for_page,
    list_examinations,
    revisions_of,
)
from ohs.surveillance.records import conclusions_for, reading_of, show_examination
from ohs.surveillance.versions import earlier_versions
from ohs.uploads.models import Upload

LABELS: dict[str, Any] = {
    "PHASE_LABELS": PHASE_LABELS, "CONCLUSION_LABELS": CONCLUSION_LABELS, "CONCLUSION_COLOURS": CONCLUSION_COLOURS, "county_name": county_name,
    "hazard_name": hazard_name, "conclusions_for": conclusions_for,
}  # fmt: skip


def _find(examination_id: int) -> Examination | None:
    return get_for_page(db.session(), examination_id)


@requires(Permission.EXAMINATION_LIST)
def index() -> Any:
    """Examinations by day."""
    form = ExaminationFilterForm(request.args)
    listing = list_examinations(db.session(), current_user, form.filters())
    form.offer_to(current_user)
    cursor = request.args.get("cursor", "")
    if (day := form.jump_day()) is not None:
        cursor = jump([day])
    page = paginate(db.session(), for_list(listing.question), listing.keys, cursor=cursor, size=request.args.get("size", 50, type=int))
    return render_template(
        "surveillance/index.html", form=form, page=page, ledger=Ledger(page, ""), views=saved_views(db.session(), current_user, "examinations.index"),
        **LABELS,
    )  # fmt: skip


@requires(Permission.EXAMINATION_LIST)
def count() -> Any:
    """How many the list has, asked for after the page is shown; beyond a cap nobody counts."""
    form = ExaminationFilterForm(request.args)
    counted = capped_count(db.session(), list_examinations(db.session(), current_user, form.filters()).question)
    return render_template("surveillance/count.html", counted=counted, is_capped=counted >= COUNT_CAP)


@requires(Permission.EXAMINATION_READ_CONCLUSION, _find)
def show(examination: Examination) -> Any:
    """One examination, as much of it as this reader may see; the reading is kept on record."""
    shown = show_examination(examination, current_user)
    note_reading(db.session(), reading_of(shown, current_user))
    tell, revisions = duty_teller(db.session()), db.session.scalars(revisions_of(examination)).all()
    findings = [one for one in db.session.scalars(findings_of([examination.id])) if one.kind in shown.conclusions or one.is_withdrawn]
    return render_template(
        "surveillance/show.html", shown=shown, examination=examination,
        duties=[(one, tell(one)) for one in findings],
        versions=earlier_versions(db.session(), examination, shown, revisions, current_user), purpose_form=PurposeForm() if shown.may_ask else None,
        **_about(examination),
    )  # fmt: skip


def _about(examination: Examination) -> dict[str, Any]:
    """What the page of an examination needs besides: labels, the receipt, and whether the reader may open the row that it came from."""
    upload = db.session.get(Upload, examination.upload_id)
    return {
        "upload": upload, "is_own_upload": upload is not None and allowed(current_user, Permission.UPLOAD_READ, upload), "item_label": item_label,
        "fitness_of": fitness_of, **LABELS,
    }  # fmt: skip


@requires(Permission.EXAMINATION_GIVE_PURPOSE, _find)
def purpose(examination: Examination) -> Any:
    """Name a reason; the worker's file is then open to this person for a while."""
    form = PurposeForm()
    if form.validate_on_submit():
        give_purpose(db.session(), current_user, examination.worker_id, f"{form.reason.data}: {form.note.data.strip()}")
        db.session.commit()
        return redirect(url_for("examinations.show", examination_id=examination.id))
    shown = show_examination(examination, current_user)
    page = render_template(
        "surveillance/show.html", shown=shown, examination=examination, duties=[], versions=[], purpose_form=form, **_about(examination)
    )
    return page, 400


@requires(Permission.FINDING_LIST)
def findings() -> Any:
    """Re-examinations, contraindications and suspected diseases with the next duty of each and its last day."""
    form, session = FindingFilterForm(request.args), db.session()
    filters = form.filters(today())
    question = findings_visible_to(current_user, filters)
    keys = finding_order(filters.standing, filters.on)
    page = paginate(
        session, for_findings_list(question), keys, cursor=request.args.get("cursor", ""), size=request.args.get("size", 50, type=int)
    )
    counts = {name: capped_count(session, findings_visible_to(current_user, form.filters(today(), name))) for name in FINDING_STANDINGS}
    page.count = counts[filters.standing]
    tell = duty_teller(session)
    duties = {finding.id: next_duties(tell, finding) for finding in page.rows}
    return render_template(
        "surveillance/findings.html", form=form, page=page, duties=duties, counts=counts, standing=filters.standing, standings=FINDING_STANDINGS,
        **LABELS,
    )  # fmt: skip
