"""Pages of the register: ledgers of employers and workers, an employer's entry, and possible duplicates."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.views_saved import saved_views
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.jobs import ask_for
from ohs.kernel.ledger import read_ledger
from ohs.kernel.masks import mask_id_number, mask_name
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.forms import EmployerFilterForm, EmployerForm, MergeForm, WorkerFilterForm
from ohs.registry.jobs import FIND_DUPLICATES
from ohs.registry.labels import RISK_COLOURS, RISK_LABELS, SIZE_LABELS, county_name, industry_name
from ohs.registry.merging import keep_apart, merge_records, undo_merge
from ohs.registry.models import DuplicatePair, Employer, Merge
from ohs.registry.pairs import EVIDENCE_LABELS, FIELD_LABELS, compared, previewed, show_field
from ohs.registry.queries import (
    EMPLOYER_ORDERS,
    PAIR_ORDERS,
    WORKER_ORDERS,
    filtered_employers,
    filtered_workers,
    find_employer,
    find_standing_merge,
    open_pairs,
    with_employer,
)
from ohs.registry.rules import derive
from ohs.registry.services import GIVEN, change_employer
from ohs.rulebook.regions import region_name

LABELS = {
    "SIZE_LABELS": SIZE_LABELS,
    "RISK_LABELS": RISK_LABELS,
    "RISK_COLOURS": RISK_COLOURS,
    "county_name": county_name,
    "industry_name": industry_name,
    "region_name": region_name,
}


def _find(uscc: str) -> Employer | None:
    return find_employer(db.session(), uscc)


def _find_pair(pair_id: int) -> DuplicatePair | None:
    return db.session.get(DuplicatePair, pair_id)


@requires(Permission.EMPLOYER_LIST)
def index() -> Any:
    """The base register."""
    form = EmployerFilterForm(request.args)
    ledger = read_ledger(db.session(), filtered_employers(current_user, form.filters()), EMPLOYER_ORDERS, "name", counted=False)
    return render_template(
        "registry/index.html", form=form, ledger=ledger, views=saved_views(db.session(), current_user, "employers.index"), **LABELS
    )


@requires(Permission.EMPLOYER_EDIT, _find)
def edit(employer: Employer) -> Any:
    """Change an entry; size and risk class follow."""
    asked = (
        derive(employer.industry_code, employer.employees, employer.revenue_10k_cny, today()).risk_answer
        if employer.industry_code
        else None
    )
    fresh = EmployerForm(formdata=None, data=_as_form(employer), asked=asked)
    form = EmployerForm(asked=asked) if request.method == "POST" else fresh
    if not form.validate_on_submit():
        if request.method != "POST":
            form.open_for(employer.version)
        return render_template("registry/edit.html", form=form, employer=employer), 400 if form.errors else 200
    if changed := form.meanwhile(fresh, employer.version):
        return render_template("registry/edit.html", form=form, employer=employer, changed=changed), 409
    changes = change_employer(db.session(), employer, form.given(), actor=current_user, on=today(), answers=form.answers())
    db.session.commit()
    flash(_("%(count)s fields are changed.", count=len(changes)) if changes else _("Nothing was changed."), "success")
    return redirect(url_for("desk.employer", uscc=employer.uscc))


def _as_form(employer: Employer) -> dict[str, Any]:
    yes_no = {True: "yes", False: "no", None: ""}
    return {name: getattr(employer, name) for name in GIVEN} | {
        "economic_type": f"{employer.economic_type_standard}|{employer.economic_type}".strip("|"),
        "is_above_size": yes_no[employer.is_above_size],
        "has_explosive_dust": yes_no[employer.has_explosive_dust],
    }


@requires(Permission.WORKER_LIST)
def workers() -> Any:
    """Workers by name, number or employer; masked, and found only by the whole number."""
    form = WorkerFilterForm(request.args)
    question = filtered_workers(db.session(), current_user, form.text.data or "", form.county.data or "", form.employer.data or "")
    ledger = read_ledger(db.session(), with_employer(question), WORKER_ORDERS, "-new", counted=False)
    if form.text.data:
        note_reading(db.session(), audit("worker:searched", "", current_user, after={"found": len(ledger.rows)}))
    return render_template(
        "registry/workers.html",
        form=form,
        ledger=ledger,
        is_own="employer" in current_user.role_names or "clinic" in current_user.role_names,
        **LABELS,
    )


@requires(Permission.EMPLOYER_MERGE)
def duplicates() -> Any:
    """Employers that may stand in the register twice."""
    return _duplicates("employer")


@requires(Permission.WORKER_MERGE)
def worker_duplicates() -> Any:
    """Workers that may have two files."""
    return _duplicates("worker")


def _duplicates(kind: str) -> Any:
    ledger = read_ledger(db.session(), open_pairs(current_user, kind), PAIR_ORDERS, "-score")
    pairs = [compared(db.session(), pair) for pair in ledger.rows]
    return render_template("registry/duplicates.html", ledger=ledger, pairs=pairs, kind=kind, evidence_labels=EVIDENCE_LABELS)


@requires(Permission.EMPLOYER_MERGE)
def look_again() -> Any:
    """Look for duplicates once more, in the background."""
    ask_for(db.session(), FIND_DUPLICATES, {}, current_user.id)
    db.session.commit()
    flash(_("Looking through the register; new pairs appear here in a moment."), "info")
    return redirect(url_for("employers.duplicates"))


def _permission_for(pair: DuplicatePair) -> Permission:
    return Permission.EMPLOYER_MERGE if pair.kind == "employer" else Permission.WORKER_MERGE


@requires(Permission.EMPLOYER_MERGE, _find_pair)
def pair(found: DuplicatePair) -> Any:
    """One possible duplicate: both records, the evidence, and what the kept one takes from the other."""
    _may_settle(found)
    form = MergeForm()
    names = compared(db.session(), found)
    form.kept.choices = [(found.left_id, _name_of(found, names.left)), (found.right_id, _name_of(found, names.right))]
    form.taken.choices = [(field.name, field.label) for field in names.fields if field.differs and field.may_be_taken]
    preview = None
    if form.validate_on_submit():
        taken = set(form.taken.data or ())
        if request.form.get("deed") == "merge":
            merge_records(db.session(), found, form.kept.data, taken, reason=form.reason.data, actor=current_user, on=today())
            db.session.commit()
            flash(_("The two are one now; the merge can be undone on its page."), "success")
            return redirect(url_for("employers.pair", pair_id=found.id))
        preview = previewed(db.session(), names, form.kept.data, taken, today())
    merge = find_standing_merge(db.session(), found)
    page = render_template(
        "registry/pair.html", form=form, compared=names, preview=preview, merge=merge, evidence_labels=EVIDENCE_LABELS, mask_name=mask_name
    )
    return page, 400 if form.errors else 200


def _name_of(pair: DuplicatePair, record: Any) -> str:
    """What tells the two apart: an employer's name with its credit code, a worker's masked name with the masked number."""
    if pair.kind == "employer":
        return f"{record.name} {record.uscc}"
    return f"{mask_name(record.name)} {mask_id_number(record.id_number)}"


def _queue(pair: DuplicatePair) -> str:
    return "employers.duplicates" if pair.kind == "employer" else "workers.duplicates"


def _may_settle(pair: DuplicatePair) -> None:
    if not allowed(current_user, _permission_for(pair), pair):
        abort(404)


@requires(Permission.EMPLOYER_MERGE, _find_pair)
def keep_both(found: DuplicatePair) -> Any:
    """They are not one; never ask again."""
    _may_settle(found)
    keep_apart(db.session(), found, actor=current_user)
    db.session.commit()
    flash(_("Remembered: they are two. The pair will not come up again."), "success")
    return redirect(url_for(_queue(found)))


def _find_merge(merge_id: int) -> Any:
    merge = db.session.get(Merge, merge_id)
    return None if merge is None else db.session.get(DuplicatePair, merge.pair_id)


@requires(Permission.EMPLOYER_MERGE, _find_merge)
def unmerge(found: DuplicatePair) -> Any:
    """Make two of one again."""
    _may_settle(found)
    merge = find_standing_merge(db.session(), found)
    if merge is None:
        abort(404)
    stays = undo_merge(db.session(), merge, actor=current_user)
    db.session.commit()
    flash(_("They are two again; the pair is back in the queue."), "success")
    if stays:
        names = "、".join(str(FIELD_LABELS.get(name, name)) for name in stays)
        flash(_("Changed since the merge and therefore left as it is: %(fields)s.", fields=names), "warning")
    return redirect(url_for("employers.pair", pair_id=found.id))


def history_of(versions: list[Any]) -> list[tuple[Any, list[tuple[Any, str, str]]]]:
    """Changes of an entry in words."""
    return [
        (
            version,
            [
                (FIELD_LABELS.get(name, name), show_field(name, before), show_field(name, after))
                for name, (before, after) in version.changes.items()
            ],
        )
        for version in versions
    ]
