"""What people do with declarations: hand in, withdraw, return, accept, find untrue, report and confirm a closure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.declarations.counting import count, happened, standing
from ohs.declarations.drafts import accepted_version, answers_of, discard_draft, due_day, duty_of_draft, faults_of, form_of, open_version
from ohs.declarations.labels import STANDING_LABELS, STATUS_LABELS
from ohs.declarations.models import Declaration, DeclarationEvent, Filing, Receipt
from ohs.declarations.rules import ACCEPTANCE, FILING, KINDS_OF, VERSION, duty_of
from ohs.declarations.shown import row_title
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_numbers
from ohs.registry.models import SiteHazard
from ohs.registry.rules import derive
from ohs.rulebook.acceptor import acceptor
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_NAMES, category_of
from ohs.rulebook.industries import find_industry
from ohs.rulebook.regions import CITY, jurisdictions

#: Letters and digits that are not mistaken for one another when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12


def actor_code(user: User | None, declaration_or_filing: Any = None) -> str:
    """The kind of actor of the table of lifecycles. Who accepts, accepts as the table's acceptor, whatever the department of the day."""
    if user is None:
        return "system"
    if user.role_names & {"health", "safety"}:
        return "HLTH"
    return "TOWN" if "town" in user.role_names else "EMP"


def note(
    session: Session, filing: Filing, declaration: Declaration | None, event: str, actor: User | None, on: date, *, text: str = "",
    defects: Sequence[Sequence[str]] = (), answers: dict[str, Any] | None = None, slug: str = "", due_on: date | None = None,
) -> None:  # fmt: skip
    """One line of the story of a filing."""
    session.add(
        DeclarationEvent(
            filing_id=filing.id, declaration_id=declaration.id if declaration else None, on=on, event=event, user_id=actor.id if actor else None,
            organisation_id=actor.organisation_id if actor else None, note=text, defects=[list(defect) for defect in defects], answers=answers,
            deadline=slug, due_on=due_on,
        )
    )  # fmt: skip


def move_filing(session: Session, filing: Filing, event: str, by: str, **changes: Any) -> None:
    """Move a filing by the table, with the fields that change along with its standing, and keep the counts; `none` is the table's beginning."""
    current = accepted_version(session, filing)
    before = standing(filing, current, -1)
    _step(filing, event, by, changes)
    count(session, [before, standing(filing, current, 1)])


def _step(filing: Filing, event: str, by: str, changes: dict[str, Any]) -> None:
    """The move itself, all at once: the database refuses a standing without its dates."""
    if filing.status == "none":
        filing.status = FILING.start(event, by)
    else:
        FILING.move(filing, event, by)
    for name, value in changes.items():
        setattr(filing, name, value)


def submit_declaration(session: Session, declaration: Declaration, *, signed_by: str, actor: User, on: date) -> None:
    """Hand in: everything required is there, nothing disagrees, the principal has signed (O48 art. 5–6).

    A change moves the filing to `change_due` until it is accepted. Refused with the number of faults when any is left.
    """
    faults = [fault for fault in faults_of(session, declaration, on) if not fault.is_remark]
    if faults:
        raise DomainError(Message("%(count)s places must be put right first.", count=len(faults)))
    if not signed_by.strip():
        raise DomainError(Message("The principal signs the declaration."), status=400)
    form, filing = form_of(declaration), declaration.filing
    bring_up_to_date(session, filing, on)
    if declaration.kind not in KINDS_OF[filing.status]:
        raise DomainError(
            Message(
                "As this workplace stands (%(status)s), that kind of declaration cannot be filed now.",
                status=STANDING_LABELS[filing.status],
            )
        )
    office = acceptor(filing.region_code or filing.county_code, str(form["ownership"]), on)
    if not office.is_answered:
        raise DomainError(office.message or Message("No office accepts this declaration."))
    due_on = due_day(session, "declaration-receipt", on)
    event = "resubmit" if declaration.status == "returned" else "submit"
    VERSION.move(declaration, event, "EMP" if actor_code(actor) == "TOWN" and declaration.consent else actor_code(actor))
    declaration.acceptor_department, declaration.acceptor_region = office.value["department"], office.value["region"]
    industry = find_industry(str(form["industry"]))
    assert industry is not None
    declaration.sector = industry["code"][:2]
    derived = derive(industry["code"], form["employees"], None, on, form.get("solvents") or "").risk_class
    declaration.risk_class = str(form.get("risk_class") or derived)
    declaration.form = {**declaration.form, "industry": industry["code"]}
    declaration.submitted_at, declaration.signed_by, declaration.returned_on = now(), signed_by.strip(), None
    declaration.due_on = due_on
    if declaration.kind == "change" and filing.status == "live":
        slug, start = duty_of("change", form)
        due = due_day(session, slug, start or on) or on
        move_filing(session, filing, "change-trigger", "EMP", change_due_on=due, change_reason=declaration.change_reason)
    note(session, filing, declaration, event, actor, on, slug="declaration-receipt", due_on=declaration.due_on)
    count(session, [happened("submitted", declaration, on)])
    session.add(audit("declaration:submitted", declaration, actor))


def withdraw_declaration(session: Session, declaration: Declaration, *, actor: User, on: date) -> None:
    """Take back what the office has not decided yet."""
    VERSION.move(declaration, "withdraw", "EMP")
    declaration.due_on = duty_of_draft(session, declaration)[1]
    note(session, declaration.filing, declaration, "withdraw", actor, on)
    session.add(audit("declaration:withdrawn", declaration, actor))


def return_declaration(session: Session, declaration: Declaration, defects: Sequence[Sequence[str]], *, actor: User, on: date) -> None:
    """Send back with one list of all defects, each tied to a field; what was answered is kept beside it."""
    if not defects:
        raise DomainError(Message("Name at least one defect."), status=400)
    due_on = due_day(session, "declaration-correction", on)
    VERSION.move(declaration, "return", actor_code(actor))
    declaration.returned_on, declaration.due_on = on, due_on
    note(
        session,
        declaration.filing,
        declaration,
        "return",
        actor,
        on,
        defects=[_named(declaration, *defect) for defect in defects],
        answers=snapshot(declaration),
        slug="declaration-correction",
        due_on=declaration.due_on,
    )
    session.add(audit("declaration:returned", declaration, actor, after={"defects": len(defects)}))


def snapshot(declaration: Declaration) -> dict[str, Any]:
    """The answers as they are now, without the phones."""
    return {"form": dict(declaration.form), "rows": answers_of(declaration)[1]}


def _named(declaration: Declaration, place: str, reason: str) -> list[str]:
    """A defect with what names its row, for rows move when others are taken away."""
    name, _dash, rest = place.partition("-")
    number, _dash, _key = rest.partition("-")
    rows = answers_of(declaration)[1].get(name, [])
    return [place, reason, row_title(name, rows[int(number)])] if number.isdigit() and int(number) < len(rows) else [place, reason]


def accept_declaration(session: Session, declaration: Declaration, *, actor: User, on: date) -> Receipt:
    """Accept: the version before is superseded, the filing is live, posts and hazards are written, the receipt is issued (O48 art. 6)."""
    if declaration.status != "submitted":
        raise DomainError(
            Message(
                "%(number)s waits for no decision any more: %(status)s.",
                number=declaration.number,
                status=STATUS_LABELS[declaration.status],
            )
        )
    filing, by = declaration.filing, actor_code(actor)
    bring_up_to_date(session, filing, on)
    event = ACCEPTANCE.get(filing.status)
    if event is None:
        raise DomainError(
            Message("As this workplace stands (%(status)s), nothing can be accepted for it now.", status=STANDING_LABELS[filing.status])
        )
    opens_on, closes_on = update_window(session, on)
    before = accepted_version(session, filing)
    if before is not None and before is not declaration:
        VERSION.move(before, "newer-version-accepted", "system")
    left = standing(filing, before, -1)
    VERSION.move(declaration, "accept", by)
    declaration.accepted_on, declaration.accepted_by_id, declaration.due_on = on, actor.id, None
    _step(
        filing, event, by,
        {"accepted_on": on, "change_due_on": None, "change_reason": None, "correction_due_on": None, "update_opens_on": opens_on, "update_closes_on": closes_on},
    )  # fmt: skip
    count(session, [left, standing(filing, declaration, 1), happened("accepted", declaration, on)])
    _write_site_hazards(session, declaration, on)
    _tell_register(declaration)
    receipt = issue_receipt(session, declaration, on=on, actor=actor)
    note(session, filing, declaration, "accept", actor, on, text=receipt.number)
    session.add(audit("declaration:accepted", declaration, actor, after={"receipt": receipt.number}))
    return receipt


def update_window(session: Session, accepted_on: date) -> tuple[date | None, date | None]:
    """The day after which and the last day on which the annual update is filed; the last day rolls over days of rest like every limit."""
    return due_day(session, "declaration-update-open", accepted_on), due_day(session, "declaration-update-late", accepted_on)


def issue_receipt(session: Session, declaration: Declaration, *, on: date, actor: User) -> Receipt:
    """The receipt's fields; its picture is drawn whenever somebody asks for it."""
    series = receipt_series(declaration.acceptor_region)
    serial = next_numbers(session, f"receipt-{on.year}-{series}")[0]
    classes = [name for name in CATEGORIES if any(category_of(row.hazard_code) == name for row in declaration.hazards)]
    receipt = Receipt(
        number=f"浙嘉职卫申〔{on.year}〕{series}-{serial:06d}号",
        code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        declaration=declaration,
        issued_on=on,
        acceptor_name=actor.organisation.name,
        employer_name=declaration.employer.name,
        uscc=declaration.employer.uscc,
        exposed=declaration.exposed,
        hazard_classes="、".join(CATEGORY_NAMES[name] for name in classes),
    )
    session.add(receipt)
    return receipt


def receipt_series(region: str) -> str:
    """Under which number an office counts its receipts: 00 the city, 01 to 09 the counties and zones in their order."""
    return f"{[CITY, *(area.code for area in jurisdictions())].index(region):02d}"


def _write_site_hazards(session: Session, declaration: Declaration, on: date) -> None:
    """What monitoring and surveillance go by: the sites and hazards of the accepted version, the earlier ones ended."""
    workplace_id = declaration.filing.workplace_id
    held = {
        (row.site, row.hazard_code): row
        for row in session.scalars(select(SiteHazard).where(SiteHazard.workplace_id == workplace_id, SiteHazard.ends_on.is_(None)))
    }
    for row in declaration.sites:
        key = (row.site, row.hazard_code)
        if key in held:
            held.pop(key).exposed = row.exposed_repeated or 0
        else:
            session.add(
                SiteHazard(
                    workplace_id=workplace_id, site=row.site, hazard_code=row.hazard_code, exposed=row.exposed_repeated or 0, starts_on=on
                )
            )
    for gone in held.values():
        gone.ends_on = on


def _tell_register(declaration: Declaration) -> None:
    """The register learns the risk class where the catalogue made it depend on what is used."""
    if declaration.risk_class in ("serious", "general") and declaration.employer.risk_class == "ask":
        declaration.employer.risk_class = declaration.risk_class


def calendar_event(session: Session, filing: Filing, on: date) -> str:
    """What the calendar has brought to a filing and has not yet happened: month 11, a limit passed; empty for nothing."""
    if filing.status == "live" and filing.update_opens_on and on > filing.update_opens_on:
        return "month-11-reached"
    if filing.status == "update_due" and filing.update_closes_on and on > filing.update_closes_on and not _waits(session, filing):
        return "limit-passed"
    if filing.status == "change_due" and filing.change_due_on and on > filing.change_due_on and not _waits(session, filing):
        return "limit-passed"
    return ""


def bring_up_to_date(session: Session, filing: Filing, on: date) -> list[str]:
    """Let happen what the calendar has brought since. Returns the events; doing it twice changes nothing."""
    done = []
    while event := calendar_event(session, filing, on):
        done.append(_by_itself(session, filing, event, on, **({"change_due_on": None} if filing.status == "change_due" else {})))
    return done


def _waits(session: Session, filing: Filing) -> bool:
    """Whether a version waits for the office: the employer has done its part."""
    return _waiting_number(session, filing) is not None


def _waiting_number(session: Session, filing: Filing) -> str | None:
    return session.scalar(select(Declaration.number).where(Declaration.filing_id == filing.id, Declaration.status == "submitted"))


def _by_itself(session: Session, filing: Filing, event: str, on: date, **changes: Any) -> str:
    step = FILING.find_step(filing.status, event)
    move_filing(session, filing, event, "system", **changes)
    note(session, filing, None, event, None, on, slug=step.deadline if step else "")
    return event


def mark_overdue(session: Session, declaration: Declaration, on: date) -> bool:
    """The office let its limit pass: the story says so, once for each handing in."""
    VERSION.move(declaration, "no-action", "system")
    note(session, declaration.filing, declaration, "no-action", None, on, slug="declaration-receipt", due_on=declaration.due_on)
    return True


@dataclass(frozen=True)
class BatchResult:
    """What became of one row of a batch; `employer` is blank where the row is not of this desk."""

    number: str
    employer: str
    message: Message
    is_done: bool


def find_untrue(session: Session, filing: Filing, *, record: str, due_on: date | None, actor: User, on: date) -> None:
    """A spot check has found the filing untrue (O48 art. 11); the order sets the day, else the office's default does."""
    if not record.strip():
        raise DomainError(Message("Give the number of the inspection record."), status=400)
    bring_up_to_date(session, filing, on)
    move_filing(session, filing, "found-untrue", actor_code(actor))
    filing.correction_due_on = due_on or due_day(session, "declaration-untrue-correction", on)
    note(
        session,
        filing,
        None,
        "found-untrue",
        actor,
        on,
        text=record.strip(),
        slug="declaration-untrue-correction",
        due_on=filing.correction_due_on,
    )
    session.add(audit("filing:found-untrue", str(filing.id), actor, after={"record": record.strip()}))


def closure_waits_for(session: Session, filing: Filing) -> Message | None:
    """Why no closure can be reported now: a version waits at the office. One still being written is no hindrance."""
    number = _waiting_number(session, filing)
    return Message("%(number)s waits for the office; withdraw it before you report the closure.", number=number) if number else None


def report_closure(session: Session, filing: Filing, *, ended_on: date, text: str, actor: User, on: date) -> None:
    """Production or business has ended (O48 art. 9); reported to the office that accepted. Refused while a version waits there."""
    if (waiting := closure_waits_for(session, filing)) is not None:
        raise DomainError(waiting)
    if ended_on > on:
        raise DomainError(Message("The end of production lies in the future; report it when it has ended."), status=400)
    bring_up_to_date(session, filing, on)
    move_filing(session, filing, "closure-reported", actor_code(actor), closed_on=ended_on, change_due_on=None)
    due = due_day(session, "declaration-cancel-confirm", on)
    note(session, filing, None, "closure-reported", actor, on, text=text.strip(), slug="declaration-cancel-confirm", due_on=due)
    session.add(audit("filing:closure-reported", str(filing.id), actor, after={"ended_on": ended_on}))


def confirm_closure(session: Session, filing: Filing, *, text: str, actor: User, on: date) -> None:
    """The site was seen, leaving examinations are done (ODL art. 60), archives handed over (O49 art. 21).

    A version still being written has nothing left to declare: a draft nobody handed in goes, any other stays without a limit.
    """
    move_filing(session, filing, "confirm", actor_code(actor))
    left = open_version(session, filing)
    if left is not None and left.submitted_at is None:
        discard_draft(session, left, actor=actor)
    elif left is not None:
        left.due_on = None
    session.query(SiteHazard).filter(SiteHazard.workplace_id == filing.workplace_id, SiteHazard.ends_on.is_(None)).update({"ends_on": on})
    note(session, filing, None, "confirm", actor, on, text=text.strip())
    session.add(audit("filing:cancelled", str(filing.id), actor))


def refuse_closure(session: Session, filing: Filing, *, text: str, actor: User, on: date) -> None:
    """Still producing, or something is outstanding; the reason is given."""
    if not text.strip():
        raise DomainError(Message("Say why the closure is not confirmed."), status=400)
    move_filing(session, filing, "refuse", actor_code(actor))
    filing.closed_on = None
    note(session, filing, None, "refuse", actor, on, text=text.strip())
    session.add(audit("filing:closure-refused", str(filing.id), actor))


def acceptor_of(session: Session, declaration: Declaration) -> Organisation | None:
    """The office at whose desk a version lies."""
    return session.scalar(
        select(Organisation).where(
            Organisation.kind == "department", Organisation.department == declaration.acceptor_department,
            Organisation.region_code == declaration.acceptor_region,
        )
    )  # fmt: skip
