"""Pages of declarations that are written: begun, filled in step by step, checked, handed in, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.declarations.checks import Fault
from ohs.declarations.compare import defects_at
from ohs.declarations.drafts import (
    Answers,
    accepted_version,
    answers_of,
    begin_declaration,
    discard_draft,
    duty_of_draft,
    faults_of,
    form_of,
    open_version,
    rows_of,
    save_step,
    standing_filing,
)
from ohs.declarations.fields import FIELDS, ROW_LABELS, ROWS, STEP_LABELS, STEP_OF_ROWS, STEPS, RowField, step_of
from ohs.declarations.forms import ROWS_AT_MOST, NewDeclarationForm, SignForm, form_data, step_form, values_of
from ohs.declarations.merging import merge, pack_answers, step_answers, unpack_answers
from ohs.declarations.models import Declaration
from ohs.declarations.queries import attachments_of, last_return
from ohs.declarations.rules import KINDS_OF
from ohs.declarations.services import submit_declaration, withdraw_declaration
from ohs.declarations.shown import gathered, headings_of, show_row_value, show_value
from ohs.declarations.views import LABELS, catch_up, find
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.models import Employer, Workplace
from ohs.registry.queries import find_employer, standing_ids, workplaces_of
from ohs.registry.services import workplace_at
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.hazards import find_hazard, hazard_name, hazards, search_hazards
from ohs.rulebook.tables import table

USUAL_SHOWN = 12


def _find_employer(uscc: str) -> Employer | None:
    return find_employer(db.session(), uscc)


@requires(Permission.DECLARATION_CREATE, _find_employer)
def new(employer: Employer) -> Any:
    """For which workplace, and which kind; each workplace says what can be filed now."""
    form = NewDeclarationForm()
    found = db.session.scalars(workplaces_of(standing_ids(db.session(), Employer, employer.id))).all()
    workplaces = [workplace for workplace in found if allowed(current_user, Permission.DECLARATION_CREATE, workplace)]
    if "town" in current_user.role_names:
        own = current_user.organisation.region_code
        form.region.choices = [choice for choice in form.region.choices if choice[0] in ("", own)]
    choices = [_choice(workplace) for workplace in workplaces]
    form.workplace.choices = [
        *((str(choice["workplace"].id), choice["workplace"].address) for choice in choices),
        ("new", _("Another workplace")),
    ]
    if request.method == "GET":
        preset = next((choice for choice in choices if choice["kinds"]), None)
        form.workplace.data = request.args.get("workplace") or (str(preset["workplace"].id) if preset else "new")
        form.kind.data = request.args.get("kind") or (preset["kinds"][0] if preset else "initial")
    if form.validate_on_submit():
        declaration = _begin(form, employer)
        if declaration is not None:
            return redirect(url_for("declarations.edit", number=declaration.number, step=STEPS[0]))
    page = render_template("declarations/new.html", form=form, employer=employer, choices=choices, **LABELS)
    return page, 400 if form.errors else 200


def _begin(form: NewDeclarationForm, employer: Employer) -> Declaration | None:
    """The draft, or none where the form says why not; nothing is left behind then."""
    session = db.session()
    try:
        workplace = _workplace(form, employer)
        if workplace is None:
            return None
        declaration = begin_declaration(
            session, employer, workplace, form.kind.data, actor=current_user, on=today(), consent=form.consent.data or ""
        )
    except DomainError as refused:
        session.rollback()
        place = form.consent if "town" in current_user.role_names and not (form.consent.data or "").strip() else form.kind
        place.errors = [*place.errors, say(refused.message)]
        return None
    session.commit()
    return declaration


def _choice(workplace: Workplace) -> dict[str, Any]:
    filing = standing_filing(db.session(), workplace)
    if filing is not None:
        catch_up(filing, today())
    return {
        "workplace": workplace,
        "filing": filing,
        "open": open_version(db.session(), filing) if filing else None,
        "kinds": KINDS_OF[filing.status if filing else "none"],
    }


def _workplace(form: NewDeclarationForm, employer: Employer) -> Workplace | None:
    if form.workplace.data != "new":
        return db.session.get(Workplace, int(form.workplace.data))
    if not form.address.data or not form.region.data:
        form.address.errors = [*form.address.errors, _("Give address and town of the new workplace.")]
        return None
    return workplace_at(db.session(), employer, form.address.data.strip(), form.region.data)


def _step() -> str:
    step = (request.view_args or {})["step"]
    if step not in STEPS[:3]:
        abort(404)
    return str(step)


@requires(Permission.DECLARATION_EDIT, lambda number, step: find(number))
def edit(declaration: Declaration) -> Any:
    """One step of the form. Saving never asks for completeness; going on shows what this step still lacks."""
    step = _step()
    if not declaration.is_being_written:
        return redirect(url_for("declarations.show", number=declaration.number))
    if request.method == "POST":
        return _save(declaration, step)
    form = _drawn_from(step, answers_of(declaration))
    more = request.args.get("more", "")
    if STEP_OF_ROWS.get(more) == step and len(form[more]) < ROWS_AT_MOST:
        form[more].append_entry()
    faults = _faults(declaration, step) if request.args.get("check") or declaration.status == "returned" else []
    return _page(declaration, step, form, faults), 200


def _faults(declaration: Declaration, step: str) -> list[Any]:
    return [fault for fault in faults_of(db.session(), declaration, today()) if fault.step == step]


def _drawn_from(step: str, answers: Answers) -> Any:
    """The form of a step, filled from answers that are kept or merged and not from what was sent."""
    return step_form(step)(formdata=None, data=form_data(*answers, step))


def _page(declaration: Declaration, step: str, form: Any, faults: list[Any], **told: Any) -> str:
    form.version.data = str(declaration.version)
    form.base.data = pack_answers(step_answers(answers_of(declaration), step))
    wrong = [*told.pop("unread", []), *sentences(fault for fault in faults if not fault.is_remark)]
    return render_template(
        "declarations/edit.html", form=form, step=step, wrong=gathered(wrong), count=len(wrong), **told, **around(declaration, faults)
    )


def sentences(faults: Iterable[Fault]) -> list[tuple[str, str]]:
    """What faults say, by field."""
    return [(fault.field, say(fault.message)) for fault in faults]


def _save(declaration: Declaration, step: str) -> Any:
    """Save one step, together with what somebody else has saved in it meanwhile; where both changed the same, show both and ask."""
    form: Any = step_form(step)()
    go = request.form.get("go", "")
    _drop(form, step, go)
    form.validate()
    unread = unread_of(form)
    mine: Answers = values_of(form, step)
    meanwhile = None
    if declaration.version != _version(form):
        stored = answers_of(declaration)
        meanwhile = merge(unpack_answers(form.base.data or ""), step_answers(stored, step), mine)
        if meanwhile.clashes:
            drawn_form = form if unread else _drawn_from(step, meanwhile.answers)
            return _page(declaration, step, drawn_form, [], unread=unread, meanwhile=meanwhile, writer=declaration.changed_by), 409
        mine = meanwhile.answers
    save_step(db.session(), declaration, *mine, version=declaration.version, actor=current_user)
    db.session.commit()
    faults = [fault for fault in _faults(declaration, step) if fault.field not in dict(unread)]
    if meanwhile is not None and meanwhile.taken:
        return _page(declaration, step, _drawn_from(step, answers_of(declaration)), faults, meanwhile=meanwhile, writer=None), 200
    stopping = [fault for fault in faults if not fault.is_remark]
    if unread or (go == "next" and stopping and not request.form.get("anyway")):
        return _page(declaration, step, form, faults, unread=unread), 400
    if go == "next" or request.form.get("anyway"):
        return redirect(address_of(declaration, STEPS[STEPS.index(step) + 1]))
    if go.startswith("row-"):
        return redirect(url_for("declarations.edit", number=declaration.number, step=step, more=go[4:], _anchor=go[4:]))
    if go.startswith("drop-"):
        return redirect(url_for("declarations.edit", number=declaration.number, step=step, _anchor=go.split("-")[1]))
    flash(_("Saved."), "success")
    return redirect(address_of(declaration, step))


def _drop(form: Any, step: str, go: str) -> None:
    """Take the row away whose button was pressed: `drop-hazards-3`."""
    deed, _dash, place = go.partition("-")
    name, _dash, number = place.partition("-")
    if deed == "drop" and STEP_OF_ROWS.get(name) == step and number.isdigit():
        form[name].drop(int(number))


def address_of(declaration: Declaration, step: str) -> str:
    """Where a step of the form is filled in."""
    if step in STEPS[:3]:
        return url_for("declarations.edit", number=declaration.number, step=step)
    return url_for(f"declarations.{step}", number=declaration.number)


def _version(form: Any) -> int:
    return int(form.version.data) if (form.version.data or "").isdigit() else 0


def unread_of(form: Any) -> list[tuple[str, str]]:
    """Fields that hold something that cannot be read: (id, sentence)."""
    found = []
    for field in form:
        if field.type == "RowList":
            found += [(cell.id, str(cell.errors[0])) for entry in field for cell in entry.form if cell.errors]
            if field.left_out:
                found.append(
                    (
                        field.id,
                        _(
                            "%(count)s rows beyond the first %(most)s were not read; declare by a workbook instead.",
                            count=field.left_out,
                            most=ROWS_AT_MOST,
                        ),
                    )
                )
        elif field.errors and field.short_name != "csrf_token":
            found.append((field.id, str(field.errors[0])))
    return found


def around(declaration: Declaration, faults: list[Any]) -> dict[str, Any]:
    """What every page of the editor shows around its form."""
    returned = db.session.scalar(last_return(declaration)) if declaration.status == "returned" else None
    before = accepted_version(db.session(), declaration.filing)
    slug, due_on = duty_of_draft(db.session(), declaration)
    return {
        "cited": cited, "duty": find_deadline(slug, today()), "duty_due_on": due_on, "step_of": step_of, "hazards_known": hazards().values(),
        "declaration": declaration, "STEPS": STEPS, "STEP_LABELS": STEP_LABELS, "FIELDS": FIELDS, "ROWS": ROWS, "ROW_LABELS": ROW_LABELS,
        "STEP_OF_ROWS": STEP_OF_ROWS, "faults": faults, "faults_at": {fault.field: fault for fault in reversed(faults)},
        "defects": defects_at(returned, rows_of(declaration)) if returned else {}, "returned": returned,
        "rows_at_most": ROWS_AT_MOST, "headings_of": headings_of, "drawn": drawn, "usual": usual_hazards(declaration, before), **LABELS,
    }  # fmt: skip


def drawn(field: Any, faults_at: dict[str, Any], column: RowField | None = None, rows: str = "", number: int = 0) -> dict[str, Any]:
    """The attributes of an input: its look, what it counts into, and the fault that is said beside it."""
    given: dict[str, Any] = {"class": "form-select" if field.type == "SelectField" else "form-control"}
    if field.type == "CountField":
        given["inputmode"] = "numeric"
    if column is not None:
        given["aria-label"] = f"{say(column.label)} {number}"
        if column.kind == "hazard":
            given["list"] = "hazards-known"
        if column.kind == "int":
            given["data-part"] = f"{rows}-{column.key}"
    if field.type in ("CountField", "AmountField", "DayField", "PhoneField"):
        given["autocomplete"] = "off"
    fault = faults_at.get(field.id)
    if field.errors or fault is not None:
        given["aria-describedby"] = f"{field.id}-error"
        if field.errors or (fault is not None and not fault.is_remark):
            given["aria-invalid"] = "true"
    return given


def usual_hazards(declaration: Declaration, before: Declaration | None) -> list[str]:
    """Names for the top of the picker: last year's first, then the usual ones of the sector."""
    names = [hazard_name(row.hazard_code) for row in before.hazards] if before else []
    industry = str(declaration.form.get("industry") or "")
    for row in table("sector_map"):
        if any(industry.startswith(prefix) for prefix in row["industry_prefixes"].split(";") if prefix):
            names += row["typical_hazards_zh"].split(";")
    return list(dict.fromkeys(name for name in names if find_hazard(name)))[:USUAL_SHOWN]


@requires(Permission.DECLARATION_EDIT, lambda number, step: find(number))
def autosave(declaration: Declaration) -> Any:
    """Save what was typed so far, in the background; says so in one sentence."""
    step = _step()
    form: Any = step_form(step)()
    form.validate()
    values, rows = values_of(form, step)
    try:
        save_step(db.session(), declaration, values, rows, version=_version(form), actor=current_user)
    except DomainError as refused:
        db.session.rollback()
        return jsonify(message=say(refused.message)), 409
    db.session.commit()
    unread = len(unread_of(form))
    message = _("Saved; %(count)s fields cannot be read yet.", count=unread) if unread else _("Saved.")
    return jsonify(version=declaration.version, base=pack_answers(step_answers(answers_of(declaration), step)), message=message)


@requires(Permission.DECLARATION_SUBMIT, find)
def answers(declaration: Declaration) -> Any:
    """Check your answers, commit, sign, hand in."""
    form = SignForm()
    faults = faults_of(db.session(), declaration, today())
    stopping = [fault for fault in faults if not fault.is_remark]
    if form.validate_on_submit() and not stopping:
        submit_declaration(db.session(), declaration, signed_by=form.signed_by.data, actor=current_user, on=today())
        db.session.commit()
        flash(_("%(number)s is handed in. The office has until %(day)s.", number=declaration.number, day=declaration.due_on), "success")
        return redirect(url_for("declarations.show", number=declaration.number))
    page = render_template(
        "declarations/answers.html", form=form, step="answers", stopping=stopping, told=gathered(sentences(stopping)), noted=[fault for fault in faults if fault.is_remark],
        values=form_of(declaration), rows=rows_of(declaration), show_value=show_value, show_row_value=show_row_value,
        attachments=db.session.scalars(attachments_of(declaration)).all(), **around(declaration, faults),
    )  # fmt: skip
    return page, 400 if request.method == "POST" else 200


@requires(Permission.DECLARATION_WITHDRAW, find)
def withdraw(declaration: Declaration) -> Any:
    """Take back what was handed in and not decided yet."""
    withdraw_declaration(db.session(), declaration, actor=current_user, on=today())
    db.session.commit()
    flash(_("%(number)s is yours again; change it and hand it in anew.", number=declaration.number), "success")
    return redirect(url_for("declarations.show", number=declaration.number))


@requires(Permission.DECLARATION_EDIT, find)
def discard(declaration: Declaration) -> Any:
    """Throw a draft away."""
    discard_draft(db.session(), declaration, actor=current_user)
    db.session.commit()
    flash(_("The draft is thrown away."), "success")
    return redirect(url_for("declarations.index"))


@requires(Permission.DECLARATION_CREATE)
def pick_hazard() -> Any:
    """The hazard picker: the catalogue by name, alias, CAS number, pinyin initials or likeness."""
    text = request.args.get("q", "")
    return render_template("declarations/hazards.html", found=search_hazards(text, 12) if text.strip() else [], text=text)
