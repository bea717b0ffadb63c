"""The declarations' side of the road of uploads: a workbook of many declarations, held to the same checks as the form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from imports.check import Checked
from imports.declarations import DECLARATIONS, FORMAT, HAZARDS, MATERIALS, PRODUCTS, SITES
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.declarations.drafts import accepted_version, begin_declaration, form_of, open_version, standing_filing, write_form
from ohs.declarations.fields import BY_KEY, ROWS
from ohs.declarations.rules import KINDS_OF, Known, check, class_counts
from ohs.declarations.services import bring_up_to_date, report_closure, submit_declaration
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer
from ohs.registry.queries import find_employer, workplaces_of
from ohs.registry.rules import derive
from ohs.registry.services import workplace_at
from ohs.uploads.formats import Committed, HandedIn, register_format
from ohs.uploads.models import Upload

PREVIEW_LABELS: Mapping[str, Message] = {
    "submitted": Message("Declarations to be handed in"),
    "closures": Message("Closures to be reported"),
    "workplaces": Message("New workplaces"),
}
SHEETS = {"hazards": HAZARDS, "sites": SITES, "products": PRODUCTS, "materials": MATERIALS}


def _rows(checked: Checked) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Rows of the other sheets by declaration and row editor."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for editor, sheet in SHEETS.items():
        keys = [column.key for column in ROWS[editor]]
        for row in checked.rows_of(sheet).iter_rows(named=True):
            found.setdefault(row["ref"], {name: [] for name in SHEETS})[editor].append({key: row[key] for key in keys})
    return found


def _form(row: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A row of the main sheet as the answers of the form."""
    form = {key: (value.isoformat() if isinstance(value, date) else value) for key, value in row.items() if key in BY_KEY}
    return form | class_counts(rows, row["exposed"] or 0)


def examine(session: Session, checked: Checked, upload: Upload, on: date) -> Mapping[str, int]:
    """What only the database knows: the employer, the standing of the workplace, the last number of diseases; then the form's own checks."""
    user = session.get_one(User, upload.user_id)
    by_ref = _rows(checked)
    preview = dict.fromkeys(PREVIEW_LABELS, 0)
    for row in checked.accepted.iter_rows(named=True):
        at = [row["row"]]
        employer = find_employer(session, row["uscc"])
        if employer is None or not employer.is_registered:
            checked.add(
                at,
                "uscc",
                "unknown-code",
                Message("No registered employer has this credit code; the county’s health department enters it first."),
                sheet=DECLARATIONS,
            )
            continue
        if not allowed(user, Permission.DECLARATION_CREATE, employer):
            checked.add(at, "uscc", "unknown-code", Message("This employer is not yours to declare for."), sheet=DECLARATIONS)
            continue
        _examine_one(session, checked, row, employer, by_ref.get(row["ref"]) or {name: [] for name in SHEETS}, on, preview)
    return preview


def _examine_one(
    session: Session,
    checked: Checked,
    row: dict[str, Any],
    employer: Employer,
    rows: Mapping[str, list[dict[str, Any]]],
    on: date,
    preview: dict[str, int],
) -> None:
    at, known = (
        [row["row"]],
        [place for place in _workplaces(session, employer) if (place.address, place.region_code) == (row["work_address"], row["region"])],
    )
    filing = standing_filing(session, known[0]) if known else None
    if filing is not None:
        bring_up_to_date(session, filing, on)
        if (other := open_version(session, filing)) is not None:
            checked.add(
                at,
                "work_address",
                "duplicate",
                Message("%(number)s is open for this workplace already; go on with that one.", number=other.number),
                sheet=DECLARATIONS,
            )
            return
    if row["kind"] == "cancel":
        if filing is None or filing.status in ("none", "cancel_pending", "cancelled"):
            checked.add(
                at, "kind", "disagrees", Message("This workplace has no declaration in force that could be cancelled."), sheet=DECLARATIONS
            )
        else:
            preview["closures"] += 1
        return
    if row["kind"] not in KINDS_OF[filing.status if filing else "none"]:
        checked.add(
            at,
            "kind",
            "disagrees",
            Message(
                "As this workplace stands (%(status)s), that kind of declaration cannot be filed now.",
                status=Message(filing.status if filing else "none"),
            ),
            sheet=DECLARATIONS,
        )
        return
    before = accepted_version(session, filing) if filing else None
    size = derive(row["industry"], row["employees"], employer.revenue_10k_cny, on).size
    facts = Known(row["kind"], on, form_of(before).get("diseases_so_far") if before else None, size)
    for fault in check(_form(row, rows), rows, facts):
        name = fault.field.split("-", 1)[0]
        key = (
            name
            if name in {column.key for column in FORMAT.sheet(DECLARATIONS).columns}
            else "exposed"
            if name.startswith("class_")
            else "ref"
        )
        severity = (Severity.FINDING if fault.field == "has_organisation" else Severity.NOTICE) if fault.is_remark else Severity.PROBLEM
        checked.add(at, key, fault.code, fault.message, severity, sheet=DECLARATIONS)
    if row["tested"] == "yes":
        checked.add(
            at,
            "test_report_no",
            "unknown-report",
            Message("The report %(number)s is not among the uploaded ones.", number=row["test_report_no"]),
            Severity.FINDING,
            sheet=DECLARATIONS,
        )
    preview["submitted"] += 1
    preview["workplaces"] += not known


def _workplaces(session: Session, employer: Employer) -> list[Any]:
    return list(session.scalars(workplaces_of([employer.id])))


def commit(session: Session, checked: Checked, upload: Upload, user: User, on: date) -> Committed:
    """Hand in every accepted declaration; the legal representative named in the row signs, who uploads answers for it."""
    by_ref = _rows(checked)
    for row in checked.accepted.iter_rows(named=True):
        employer = find_employer(session, row["uscc"])
        assert employer is not None
        workplace = workplace_at(session, employer, row["work_address"], row["region"])
        if row["kind"] == "cancel":
            filing = standing_filing(session, workplace)
            assert filing is not None
            report_closure(session, filing, ended_on=on, text=upload.number, actor=user, on=on)
            continue
        declaration = begin_declaration(
            session, employer, workplace, row["kind"], actor=user, on=on, consent=f"{upload.number}" if "town" in user.role_names else ""
        )
        declaration.year, declaration.upload_id, declaration.row = row["year"], upload.id, row["row"]
        rows = by_ref.get(row["ref"]) or {name: [] for name in SHEETS}
        write_form(declaration, _form(row, rows), rows)
        session.flush()
        submit_declaration(session, declaration, signed_by=row["legal_representative"], actor=user, on=on)
    digest = hashlib.sha256(checked.accepted.write_json().encode()).hexdigest()
    return Committed(new=len(checked.accepted), corrected=0, digest=digest)


def register() -> None:
    """Put declarations on the road of uploads."""
    register_format(HandedIn(FORMAT, frozenset({"employer", "town"}), examine, commit, PREVIEW_LABELS))
