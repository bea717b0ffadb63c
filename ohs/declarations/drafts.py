"""Drafts: begun, prefilled with what is known, saved step by step, and read back as the checks see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.clocks import work_calendar
from ohs.declarations.checks import Fault, Known, check
from ohs.declarations.fields import BY_KEY, FIELDS, PHONES, RISKS, ROWS, SECRET_ROWS
from ohs.declarations.labels import STANDING_LABELS
from ohs.declarations.models import (
    OPEN_STATUSES,
    Declaration,
    DeclarationEvent,
    DeclaredHazard,
    DeclaredMaterial,
    DeclaredProduct,
    DeclaredSite,
    Filing,
)
from ohs.declarations.rules import KINDS_OF, VERSION, duty_of
from ohs.kernel.audit import audit
from ohs.kernel.bulk import lock_for_loading
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number
from ohs.registry.models import Employer, Workplace
from ohs.registry.rules import derive
from ohs.rulebook.deadlines import deadline
from ohs.rulebook.hazards import codes_named

#: Row editor → its records and the column that a record keeps under another name.
RECORDS: dict[str, tuple[type[Any], Mapping[str, str]]] = {
    "hazards": (DeclaredHazard, {"hazard": "hazard_code"}),
    "sites": (DeclaredSite, {"hazard": "hazard_code"}),
    "products": (DeclaredProduct, {}),
    "materials": (DeclaredMaterial, {}),
}
#: The answers of a form: fields by key, and the rows of every editor.
Answers = tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]
#: What a new year asks anew instead of taking it over.
ASKED_ANEW = ("year", "changed_on", "change_reason", "completed_on", "test_report_no", "exam_report_no", "workers_trained")


def due_day(session: Session, slug: str, start: date) -> date | None:
    """The last day of a duty, by this office's calendar."""
    answer = deadline(slug, start, work=work_calendar(session))
    return answer.value["due"] if answer.is_answered else None


def standing_filing(session: Session, workplace: Workplace) -> Filing | None:
    """The filing of a workplace that is not cancelled."""
    return session.scalar(select(Filing).where(Filing.workplace_id == workplace.id, Filing.status != "cancelled"))


def open_version(session: Session, filing: Filing) -> Declaration | None:
    """The version that is being written, waits, or was returned; a filing has at most one."""
    return session.scalar(select(Declaration).where(Declaration.filing_id == filing.id, Declaration.status.in_(OPEN_STATUSES)))


def accepted_version(session: Session, filing: Filing) -> Declaration | None:
    """The version in force."""
    return session.scalar(select(Declaration).where(Declaration.filing_id == filing.id, Declaration.status == "accepted"))


def begin_declaration(
    session: Session, employer: Employer, workplace: Workplace, kind: str, *, actor: User, on: date, consent: str = ""
) -> Declaration:
    """A new draft for a workplace, prefilled from its last accepted version or from the register.

    Refused while another version is open, when the standing of the filing does not take this kind, or when a town has no consent.
    """
    is_town = "town" in actor.role_names
    if is_town and not consent.strip():
        raise DomainError(Message("Say how the employer has agreed that you file for it."), status=400)
    lock_for_loading(session, f"declaration of workplace {workplace.id}")
    filing = standing_filing(session, workplace)
    if filing is None:
        filing = Filing(workplace=workplace, employer_id=employer.id, county_code=workplace.county_code, region_code=workplace.region_code)
        session.add(filing)
        session.flush()
    if (other := open_version(session, filing)) is not None:
        raise DomainError(Message("%(number)s is open for this workplace already; go on with that one.", number=other.number))
    if kind not in KINDS_OF[filing.status]:
        raise DomainError(
            Message(
                "As this workplace stands (%(status)s), that kind of declaration cannot be filed now.",
                status=STANDING_LABELS[filing.status],
            )
        )
    before = accepted_version(session, filing)
    declaration = Declaration(
        number=next_number(session, f"SB-{filing.county_code}-{on.year}"), filing=filing, employer=employer, employer_id=employer.id,
        county_code=filing.county_code, region_code=filing.region_code, kind=kind, year=on.year, status=VERSION.start("create", "TOWN" if is_town else "EMP"),
        created_by=actor, created_by_id=actor.id, consent=consent.strip() or None,
    )  # fmt: skip
    form, rows = prefilled(employer, before, on)
    write_form(declaration, form, rows if not is_town else rows | {name: [] for name in SECRET_ROWS})
    session.add(declaration)
    session.flush()
    session.add(
        DeclarationEvent(
            filing_id=filing.id,
            declaration_id=declaration.id,
            on=on,
            event="create",
            user_id=actor.id,
            organisation_id=actor.organisation_id,
            note=consent.strip(),
        )
    )
    session.flush()
    declaration.due_on = duty_of_draft(session, declaration)[1]
    session.add(audit("declaration:created", declaration, actor))
    return declaration


def prefilled(employer: Employer, before: Declaration | None, on: date) -> Answers:
    """What is known already: last year's answers, over what the register says."""
    known: dict[str, Any] = {
        "year": on.year,
        "employer_name": employer.name,
        "registered_address": employer.registered_address,
        "industry": employer.industry_code,
        "economic_type": f"{employer.economic_type_standard}|{employer.economic_type}".strip("|"),
        "size": employer.size if employer.size != "unknown" else None,
        "risk_class": employer.risk_class if employer.risk_class in RISKS else None,
        "legal_representative": employer.legal_representative,
        "contact": employer.contact,
        "contact_phone": employer.contact_phone,
        "employees": employer.employees or None,
        "outsourced": 0,
        "diseases_so_far": 0,
    }
    if before is None:
        return known, {name: [] for name in ROWS}
    form = {**known, **{key: value for key, value in form_of(before).items() if key not in ASKED_ANEW and value not in (None, "")}}
    rows = rows_of(before)
    for row in rows["hazards"]:
        row |= dict.fromkeys(("points_tested", "points_over", "due_for_exam", "examined"))
    return form, rows


def form_of(declaration: Declaration) -> dict[str, Any]:
    """The fields by key, phones included."""
    return {**declaration.form, **json.loads(declaration.phones or "{}")}


def rows_of(declaration: Declaration) -> dict[str, list[dict[str, Any]]]:
    """The rows of every editor, by the form's names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, columns in ROWS.items():
        renamed = RECORDS[name][1]
        found[name] = [
            {column.key: getattr(row, renamed.get(column.key, column.key)) for column in columns} for row in getattr(declaration, name)
        ]
    return found


def answers_of(declaration: Declaration) -> Answers:
    """Everything that a version answers."""
    return form_of(declaration), rows_of(declaration)


def duty_of_draft(session: Session, declaration: Declaration) -> tuple[str, date | None]:
    """Which clock of the law this filing must keep, and its last day as far as the answers tell.

    Where nothing was ever filed and the form names no day, the clock starts with the day on which the draft was begun.
    """
    slug, start = duty_of(declaration.kind, declaration.form)
    if declaration.kind == "update":
        return slug, declaration.filing.update_closes_on
    if declaration.kind == "initial" and start is None:
        begun = select(DeclarationEvent.on).where(DeclarationEvent.declaration_id == declaration.id, DeclarationEvent.event == "create")
        start = session.scalar(begun)
    return slug, due_day(session, slug, start) if start else None


def write_form(declaration: Declaration, form: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put answers into a version; what is not given stays. Names of hazards become codes where they can be read."""
    held = form_of(declaration) if declaration.form else {}
    held |= {key: value for key, value in form.items() if key in BY_KEY}
    declaration.phones = json.dumps({key: held.get(key) for key in PHONES}, ensure_ascii=False)
    declaration.form = {key: value for key, value in held.items() if key not in PHONES}
    for name, given in rows.items():
        model, renamed = RECORDS[name]
        made = []
        for position, row in enumerate(given):
            values = {renamed.get(key, key): value for key, value in row.items()}
            if "hazard_code" in values:
                codes = codes_named(str(values["hazard_code"] or ""))
                values["hazard_code"] = codes[0] if len(codes) == 1 else str(values["hazard_code"] or "")
            for text in ("name", "unit", "site"):
                if text in values:
                    values[text] = values[text] or ""
            made.append(model(position=position, **values))
        setattr(declaration, name, made)
    declaration.employees = _count(held.get("employees"))
    declaration.exposed = _count(held.get("exposed"))
    declaration.size = held.get("size") or "unknown"
    declaration.change_reason, changed_on = held.get("change_reason") or None, held.get("changed_on")
    declaration.changed_on = date.fromisoformat(changed_on) if changed_on else None
    if isinstance(year := held.get("year"), int) and 1900 < year < 10_000:
        declaration.year = year


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def save_step(
    session: Session,
    declaration: Declaration,
    form: Mapping[str, Any],
    rows: Mapping[str, list[dict[str, Any]]],
    *,
    version: int,
    actor: User | None = None,
) -> None:
    """Save what was typed. Refused when somebody else has saved meanwhile, and when the version is no longer a draft."""
    if declaration.filing.status == "cancelled":
        raise DomainError(Message("The filing of %(number)s is cancelled; this version stays as it is.", number=declaration.number))
    if not declaration.is_being_written:
        raise DomainError(
            Message("%(number)s was handed in; it can be changed only after it is withdrawn or returned.", number=declaration.number)
        )
    if declaration.version != version:
        raise DomainError(
            Message("Somebody else has saved this draft meanwhile. Press “Save” to see what is new; nothing of yours is lost.")
        )
    write_form(declaration, form, rows)
    # Rows alone would not count as a change of the version, and the next writer would overwrite them unseen.
    declaration.changed_at, declaration.changed_by = now(), actor or declaration.created_by
    if declaration.status == "draft":
        declaration.due_on = duty_of_draft(session, declaration)[1]
    session.flush()


def known_of(session: Session, declaration: Declaration, on: date) -> Known:
    """What the checks know besides the form."""
    before = accepted_version(session, declaration.filing)
    employer = declaration.employer
    form = declaration.form
    computed = (
        derive(str(form.get("industry") or ""), form.get("employees"), employer.revenue_10k_cny, on).size if form.get("industry") else ""
    )
    return Known(declaration.kind, on, form_of(before).get("diseases_so_far") if before else None, computed, before.form if before else {})


def faults_of(session: Session, declaration: Declaration, on: date) -> list[Fault]:
    """Everything that stands against handing this version in, and the remarks."""
    return check(form_of(declaration), rows_of(declaration), known_of(session, declaration, on))


def discard_draft(session: Session, declaration: Declaration, *, actor: User) -> None:
    """Throw away a draft that was never handed in."""
    if declaration.status != "draft" or declaration.submitted_at is not None:
        raise DomainError(Message("Only a draft that was never handed in can be thrown away."))
    session.add(audit("declaration:discarded", declaration, actor))
    session.delete(declaration)


def fields_by_group() -> list[tuple[Message | None, list[Any]]]:
    """The fields of the form in groups, for pages that show all of them."""
    groups: list[tuple[Message | None, list[Any]]] = []
    for field in FIELDS:
        if field.group is not None or not groups:
            groups.append((field.group, []))
        groups[-1][1].append(field)
    return groups
