"""Pages of declarations that are read: the ledger, one version, its attachments and receipt, the public check."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from exports.receipt import ReceiptSheet, receipt_pdf
from ohs.accounts.views_saved import saved_views, with_counts
from ohs.cases.clocks import work_calendar
from ohs.declarations.compare import defects_at, differences, since_return
from ohs.declarations.drafts import accepted_version, answers_of, faults_of, fields_by_group, form_of, rows_of
from ohs.declarations.fields import FIELDS, KIND_LABELS, ROW_LABELS, ROWS, SECRET_ROWS, label_of
from ohs.declarations.forms import AttachmentForm, ClosureForm, DeclarationFilterForm, UntrueForm
from ohs.declarations.labels import (
    EVENT_LABELS,
    RECEIPT_STANDINGS,
    STANDING_COLOURS,
    STANDING_LABELS,
    STATUS_COLOURS,
    STATUS_LABELS,
    wait_of,
    wait_of_filing,
)
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.queries import (
    DeclarationFilters,
    attachments_of,
    closure_due_on,
    filtered_declarations,
    find_declaration,
    find_receipt,
    first_order,
    for_list,
    last_return,
    limit_of,
    orders_for,
    story_of,
    versions_of,
)
from ohs.declarations.review import review
from ohs.declarations.rules import KINDS_OF, clock_of_filing
from ohs.declarations.services import acceptor_of, bring_up_to_date, calendar_event, update_window
from ohs.declarations.shown import classes_in, show_row_value, show_value
from ohs.kernel.clock import today
from ohs.kernel.database import db, writing
from ohs.kernel.i18n import say
from ohs.kernel.ledger import View, read_ledger
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission, allowed, could, public, requires
from ohs.registry.labels import RISK_COLOURS, RISK_LABELS, county_name, industry_name
from ohs.registry.models import Employer
from ohs.registry.queries import employers_visible_to, matches_employer
from ohs.rulebook.deadlines import basis_of
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_LABELS, category_of, hazard_name
from ohs.rulebook.regions import region_name

LABELS: dict[str, Any] = {
    "STATUS_LABELS": STATUS_LABELS, "STATUS_COLOURS": STATUS_COLOURS, "STANDING_LABELS": STANDING_LABELS, "STANDING_COLOURS": STANDING_COLOURS,
    "KIND_LABELS": KIND_LABELS, "RISK_LABELS": RISK_LABELS, "RISK_COLOURS": RISK_COLOURS, "EVENT_LABELS": EVENT_LABELS, "county_name": county_name,
    "industry_name": industry_name, "region_name": region_name, "hazard_name": hazard_name, "label_of": label_of, "basis_of": basis_of,
    "clock_of_filing": clock_of_filing,
}  # fmt: skip


def find(number: str) -> Declaration | None:
    """The version of that number."""
    return find_declaration(db.session(), number)


def _tabs() -> list[View]:
    offered = [View(_("Everything"), "")]
    if could(current_user, Permission.DECLARATION_ACCEPT):
        offered.append(View(_("For me to accept"), "mine=yes"))
    offered += [
        View(_("Update due"), "standing=update_due"),
        View(_("Lapsed"), "standing=lapsed"),
        View(_("Returned, not corrected"), "status=returned"),
    ]
    counters = {
        "": DeclarationFilters(),
        "mine=yes": DeclarationFilters(is_mine_to_accept=True),
        "standing=update_due": DeclarationFilters(standing="update_due"),
        "standing=lapsed": DeclarationFilters(standing="lapsed"),
        "status=returned": DeclarationFilters(status="returned"),
    }
    counted = [
        View(view.label, view.query, capped_count(db.session(), filtered_declarations(current_user, counters[view.query])))
        for view in offered
    ]
    own = saved_views(db.session(), current_user, "declarations.index")
    return [*counted, *with_counts(own, _count_view)]


def _count_view(arguments: Any) -> int:
    return capped_count(db.session(), filtered_declarations(current_user, DeclarationFilterForm(arguments).filters()))


@requires(Permission.DECLARATION_LIST)
def index() -> Any:
    """The ledger of declarations."""
    form = DeclarationFilterForm(request.args)
    question = for_list(filtered_declarations(current_user, form.filters()))
    ledger = read_ledger(db.session(), question, orders_for(current_user), first_order(current_user), counted=False)
    return render_template(
        "declarations/index.html", form=form, ledger=ledger, views=_tabs(), today=today(), limit_of=limit_of, classes_in=classes_in, **LABELS,
    )  # fmt: skip


def catch_up(filing: Filing, on: date) -> None:
    """Before a page tells how a filing stands, let happen what the calendar has brought.

    The page has only read so far; writing begins a transaction of its own, which waits for its turn and looks again.
    """
    if not calendar_event(db.session(), filing, on):
        return
    db.session.rollback()
    with writing():
        bring_up_to_date(db.session(), filing, on)
        db.session.commit()


@requires(Permission.DECLARATION_READ_STATUS, find)
def show(declaration: Declaration) -> Any:
    """One version, as much of it as this reader may see, with its story and what can happen next."""
    filing, day, work = declaration.filing, today(), work_calendar(db.session())
    catch_up(filing, day)
    office = acceptor_of(db.session(), declaration)
    office_name = office.name if office else county_name(declaration.acceptor_region)
    before = accepted_version(db.session(), filing)
    is_full = allowed(current_user, Permission.DECLARATION_READ_FULL, declaration)
    has_secrets = allowed(current_user, Permission.DECLARATION_READ_SECRETS, declaration)
    is_open = declaration.status in ("draft", "returned", "submitted") and is_full
    faults = [*faults_of(db.session(), declaration, day), *review(db.session(), declaration, day)] if is_open else []
    returned = (
        db.session.scalar(last_return(declaration)) if is_full or allowed(current_user, Permission.DECLARATION_EDIT, declaration) else None
    )
    return render_template(
        "declarations/show.html", declaration=declaration, filing=filing, form=form_of(declaration), rows=rows_of(declaration), groups=fields_by_group(),
        ROWS={name: columns for name, columns in ROWS.items() if has_secrets or name not in SECRET_ROWS}, ROW_LABELS=ROW_LABELS, show_value=show_value,
        show_row_value=show_row_value, wait=wait_of(declaration, office_name, day, work) if filing.status != "cancelled" else None,
        filing_wait=wait_of_filing(filing, declaration.employer, office_name, closure_due_on(db.session(), filing), day, work), story=db.session.scalars(story_of(filing)).all() if is_full else [],
        versions=db.session.scalars(versions_of(filing)).all(), is_full=is_full, is_minimum=allowed(current_user, Permission.DECLARATION_READ, declaration),
        classes=classes_of(declaration), differences=differences(answers_of(before), answers_of(declaration), with_secrets=has_secrets) if before and before.id < declaration.id and is_full else [],
        before=before, faults=faults, attachments=db.session.scalars(attachments_of(declaration)).all() if is_full else [],
        returned=returned, defects=list(defects_at(returned, rows_of(declaration)).items()) if returned else [],
        since_return=since_return(declaration, returned, with_secrets=has_secrets) if returned and declaration.status == "submitted" else None, today=day, fields=FIELDS, kinds=KINDS_OF[filing.status],
        untrue_form=UntrueForm(), closure_form=ClosureForm(), attachment_form=AttachmentForm(), **LABELS,
    )  # fmt: skip


def classes_of(declaration: Declaration) -> list[tuple[str, int]]:
    """Hazard classes with exposed people: what everybody may see who sees more than the standing."""
    form = declaration.form
    present = {category_of(row.hazard_code) for row in declaration.hazards if row.hazard_code in _known_codes(declaration)}
    return [(say(CATEGORY_LABELS[name]), int(form.get(f"class_{name}") or 0)) for name in CATEGORIES if name in present]


def _known_codes(declaration: Declaration) -> set[str]:
    return {row.hazard_code for row in declaration.hazards if hazard_name(row.hazard_code) != row.hazard_code}


@requires(Permission.DECLARATION_READ_FULL, find)
def compare(declaration: Declaration) -> Any:
    """This version beside any other of the same filing."""
    other = find(request.args.get("with", ""))
    if other is None or other.filing_id != declaration.filing_id:
        abort(404)
    has_secrets = allowed(current_user, Permission.DECLARATION_READ_SECRETS, declaration)
    return render_template(
        "declarations/compare.html",
        declaration=declaration,
        other=other,
        differences=differences(answers_of(other), answers_of(declaration), with_secrets=has_secrets),
        **LABELS,
    )


@requires(Permission.DECLARATION_READ_FULL, find)
def receipt(declaration: Declaration) -> Any:
    """The receipt as a PDF, drawn from the version it belongs to."""
    if declaration.receipt is None:
        abort(404)
    return send_file(
        io.BytesIO(receipt_pdf(sheet_of(declaration))), mimetype="application/pdf", download_name=f"{declaration.number}-回执.pdf"
    )


def sheet_of(declaration: Declaration) -> ReceiptSheet:
    """What stands on the receipt."""
    given, filing = declaration.receipt, declaration.filing
    assert given is not None
    opens_on, closes_on = update_window(db.session(), given.issued_on)
    return ReceiptSheet(
        number=given.number, employer=given.employer_name, uscc=given.uscc, workplace=filing.workplace.address, acceptor=given.acceptor_name,
        kind=say(KIND_LABELS[declaration.kind]), accepted_on=given.issued_on, classes=tuple(classes_of(declaration)), employees=declaration.employees,
        exposed=given.exposed, hazards=tuple(hazard_name(row.hazard_code) for row in declaration.hazards), risk=str(RISK_LABELS[declaration.risk_class]),
        update_from=opens_on, update_to=closes_on, code=given.code, url=url_for("verify", code=given.code, _external=True),
    )  # fmt: skip


@public
def verify(code: str = "") -> Any:
    """Whether a receipt is real, for anybody who holds one: what is printed on it, and whether it is the newest."""
    code = code or request.args.get("code", "")
    found = find_receipt(db.session(), code) if code else None
    told = RECEIPT_STANDINGS.get(found.declaration.filing.status) if found else None
    page = render_template(
        "declarations/verify.html", receipt=found, code=code, kinds=KIND_LABELS, declaration=found.declaration if found else None, told=told
    )
    return page, 404 if code and found is None else 200


@requires(Permission.DECLARATION_CREATE)
def start() -> Any:
    """Choose the employer (a town) or go straight to the workplace (an employer)."""
    question = employers_visible_to(current_user).where(Employer.is_registered)
    if "employer" in current_user.role_names:
        own = db.session.scalar(question.limit(1))
        if own is None:
            abort(404)
        return redirect(url_for("declarations.new", uscc=own.uscc))
    text = request.args.get("text", "").strip()
    found = db.session.scalars(question.where(matches_employer(text)).order_by(Employer.name).limit(50)).all() if text else []
    return render_template("declarations/start.html", text=text, found=found)
