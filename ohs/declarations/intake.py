"""The declarations' side of the road of uploads: a workbook of many declarations, held to the same checks as the form."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from imports.check import Checked
from imports.declarations import DECLARATIONS, FORMAT
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.declarations.checks import Known, check
from ohs.declarations.drafts import accepted_version, begin_declaration, form_of, open_version, prefilled, standing_filing, write_form
from ohs.declarations.fields import BY_KEY, ROWS
from ohs.declarations.labels import STANDING_LABELS
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.rules import KINDS_OF, class_counts
from ohs.declarations.services import bring_up_to_date, closure_waits_for, report_closure, submit_declaration
from ohs.declarations.shown import SHEETS
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer
from ohs.registry.queries import find_employer, workplaces_of
from ohs.registry.rules import derive
from ohs.registry.services import workplace_at
from ohs.rulebook.hazards import CATEGORIES
from ohs.uploads.formats import Committed, HandedIn, register_format
from ohs.uploads.models import Upload

PREVIEW_LABELS: Mapping[str, Message] = {
    "submitted": Message("Declarations to be handed in"),
    "closures": Message("Closures to be reported"),
    "workplaces": Message("New workplaces"),
}


@dataclass
class Tied:
    """The rows of the other sheets that belong to one declaration, by row editor, and where each stands in the spreadsheet."""

    rows: dict[str, list[dict[str, Any]]] = dataclass_field(default_factory=lambda: {name: [] for name in SHEETS})
    numbers: dict[str, list[int]] = dataclass_field(default_factory=lambda: {name: [] for name in SHEETS})


def _rows(checked: Checked) -> dict[str, Tied]:
    """Rows of the other sheets by declaration."""
    found: dict[str, Tied] = defaultdict(Tied)
    for editor, sheet in SHEETS.items():
        keys = [column.key for column in ROWS[editor]]
        for row in checked.rows_of(sheet).iter_rows(named=True):
            found[row["ref"]].rows[editor].append({key: row[key] for key in keys})
            found[row["ref"]].numbers[editor].append(row["row"])
    return found


def _form(row: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A row of the main sheet as answers of the form; what the workbook does not ask stays as it is known."""
    form = {key: (value.isoformat() if isinstance(value, date) else value) for key, value in row.items() if key in BY_KEY}
    classes = dict.fromkeys(f"class_{name}" for name in CATEGORIES)
    return form | classes | class_counts(rows, row["exposed"] or 0)


def examine(session: Session, checked: Checked, upload: Upload, on: date) -> Mapping[str, int]:
    """What only the database knows: the employer, the standing of the workplace, the last number of diseases; then the form's own checks."""
    user = session.get_one(User, upload.user_id)
    employers = _employers(session, checked, user)
    _refuse_same_workplace(checked)
    by_ref = _rows(checked)
    effects = {
        row["row"]: _examine_one(session, checked, row, employers[row["uscc"]], by_ref[row["ref"]], user, on)
        for row in checked.accepted.iter_rows(named=True)
    }
    found = Counter(effect for number in checked.accepted["row"] for effect in effects[number])
    return {effect: found[effect] for effect in PREVIEW_LABELS}


def _employers(session: Session, checked: Checked, user: User) -> dict[str, Employer]:
    """The employers for whom this person may declare, by credit code; all rows of others are refused, whatever else is wrong with them."""
    assert checked.main is not None
    found = {}
    named = checked.main.values.filter(pl.col("uscc").is_not_null()).group_by("uscc", maintain_order=True).agg("row")
    for uscc, rows in named.iter_rows():
        employer = find_employer(session, uscc)
        if employer is None or not employer.is_registered:
            checked.add(rows, "uscc", "unknown-code", _not_registered(uscc), sheet=DECLARATIONS)
        elif not allowed(user, Permission.DECLARATION_CREATE, employer):
            checked.add(rows, "uscc", "unknown-code", _not_yours(uscc), sheet=DECLARATIONS)
        else:
            found[uscc] = employer
    return found


def _not_registered(uscc: str) -> Message:
    return Message("No registered employer has the credit code %(uscc)s; the county’s health department enters it first.", uscc=uscc)


def _not_yours(uscc: str) -> Message:
    return Message("The employer %(uscc)s is not yours to declare for.", uscc=uscc)


def _refuse_same_workplace(checked: Checked) -> None:
    """A workplace is declared once in a file."""
    seen: dict[tuple[str, ...], int] = {}
    for row in checked.accepted.iter_rows(named=True):
        first = seen.setdefault((row["uscc"], row["work_address"], row["region"]), row["row"])
        if first != row["row"]:
            message = Message("Row %(row)s declares the same workplace; declare it once in a file.", row=first)
            checked.add([row["row"]], "work_address", "duplicate", message, sheet=DECLARATIONS)


def _examine_one(
    session: Session, checked: Checked, row: dict[str, Any], employer: Employer, tied: Tied, user: User, on: date
) -> tuple[str, ...]:
    """What the row would do if nothing refuses it."""
    known = [
        place for place in _workplaces(session, employer) if (place.address, place.region_code) == (row["work_address"], row["region"])
    ]
    filing = standing_filing(session, known[0]) if known else None
    if not _may_be_filed(session, checked, row, filing, user, on):
        return ()
    if row["kind"] == "cancel":
        if row["changed_on"] and row["changed_on"] > on:
            message = Message("The end of production lies in the future; report it when it has ended.")
            checked.add([row["row"]], "changed_on", "in-the-future", message, sheet=DECLARATIONS)
        return ("closures",)
    _hold_to_the_form(checked, row, employer, tied, accepted_version(session, filing) if filing else None, on)
    if row["tested"] == "yes":
        message = Message("The report %(number)s is not among the uploaded ones.", number=row["test_report_no"])
        checked.add([row["row"]], "test_report_no", "unknown-report", message, Severity.FINDING, sheet=DECLARATIONS)
    return ("submitted",) if known else ("submitted", "workplaces")


def _returned(session: Session, filing: Filing, kind: str, user: User) -> Declaration | None:
    """The returned version that a row of this kind corrects, where this person may correct it."""
    other = open_version(session, filing)
    corrects = other is not None and (other.status, other.kind) == ("returned", kind) and allowed(user, Permission.DECLARATION_EDIT, other)
    return other if corrects else None


def _hindrance(session: Session, filing: Filing, kind: str, user: User) -> Message | None:
    """The open version of a workplace that such a row cannot pass by."""
    if kind == "cancel":
        return closure_waits_for(session, filing)
    other = open_version(session, filing)
    if other is None or _returned(session, filing, kind, user) is not None:
        return None
    return Message("%(number)s is open for this workplace already; go on with that one.", number=other.number)


def _may_be_filed(session: Session, checked: Checked, row: Mapping[str, Any], filing: Filing | None, user: User, on: date) -> bool:
    """Whether that kind of declaration can be filed as the workplace stands; else that is said."""
    key, code = "kind", "disagrees"
    message: Message | None = None
    if filing is not None:
        bring_up_to_date(session, filing, on)
        message = _hindrance(session, filing, row["kind"], user)
        key, code = ("work_address", "duplicate") if message is not None else (key, code)
    status = filing.status if filing else "none"
    if message is None and row["kind"] == "cancel":
        if status in ("none", "cancel_pending", "cancelled"):
            message = Message("This workplace has no declaration in force that could be cancelled.")
    elif message is None and row["kind"] not in KINDS_OF[status]:
        message = Message(
            "As this workplace stands (%(status)s), that kind of declaration cannot be filed now.", status=STANDING_LABELS[status]
        )
    if message is not None:
        checked.add([row["row"]], key, code, message, sheet=DECLARATIONS)
    return message is None


def _hold_to_the_form(checked: Checked, row: dict[str, Any], employer: Employer, tied: Tied, before: Any, on: date) -> None:
    """The checks of the form, each said at its cell."""
    size = derive(row["industry"], row["employees"], employer.revenue_10k_cny, on).size
    facts = Known(row["kind"], on, form_of(before).get("diseases_so_far") if before else None, size, form_of(before) if before else {})
    form = prefilled(employer, before, on)[0] | _form(row, tied.rows)
    for fault in check(form, tied.rows, facts):
        severity = (Severity.FINDING if fault.field == "has_organisation" else Severity.NOTICE) if fault.is_remark else Severity.PROBLEM
        sheet, number, key = _cell_of(fault.field, row["row"], tied)
        checked.add([number], key, fault.code, fault.message, severity, sheet=sheet)


def _cell_of(field: str, row: int, tied: Tied) -> tuple[str, int, str]:
    """Sheet, row and column of a field of the form: `exposed`, or `hazards-0-exposed` for a cell of a row editor."""
    editor, _hyphen, rest = field.partition("-")
    at, _hyphen, column = rest.partition("-")
    if editor in SHEETS and column:
        return SHEETS[editor], tied.numbers[editor][int(at)], column
    if field in FORMAT.sheet(DECLARATIONS).by_key:
        return DECLARATIONS, row, field
    return DECLARATIONS, row, "exposed" if field.startswith("class_") else "ref"


def _workplaces(session: Session, employer: Employer) -> list[Any]:
    return list(session.scalars(workplaces_of([employer.id])))


def commit(session: Session, checked: Checked, upload: Upload, user: User, on: date) -> Committed:
    """Hand in every accepted declaration, as a correction where that workplace's was returned; the legal representative named in the row signs, who uploads answers for it."""
    by_ref, corrected = _rows(checked), 0
    for row in checked.accepted.iter_rows(named=True):
        employer = find_employer(session, row["uscc"])
        assert employer is not None
        workplace = workplace_at(session, employer, row["work_address"], row["region"])
        filing = standing_filing(session, workplace)
        if row["kind"] == "cancel":
            assert filing is not None
            report_closure(session, filing, ended_on=row["changed_on"] or on, text=upload.number, actor=user, on=on)
            continue
        declaration = _returned(session, filing, row["kind"], user) if filing else None
        corrected += declaration is not None
        if declaration is None:
            consent = upload.number if "town" in user.role_names else ""
            declaration = begin_declaration(session, employer, workplace, row["kind"], actor=user, on=on, consent=consent)
        declaration.year, declaration.upload_id, declaration.row = row["year"], upload.id, row["row"]
        rows = by_ref[row["ref"]].rows
        write_form(declaration, _form(row, rows), rows)
        session.flush()
        submit_declaration(session, declaration, signed_by=row["legal_representative"], actor=user, on=on)
    digest = hashlib.sha256(checked.accepted.write_json().encode()).hexdigest()
    return Committed(new=len(checked.accepted) - corrected, corrected=corrected, digest=digest)


def register() -> None:
    """Put declarations on the road of uploads."""
    register_format(HandedIn(FORMAT, frozenset({"employer", "town"}), examine, commit, PREVIEW_LABELS))
