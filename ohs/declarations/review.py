"""What an office looks at before it decides: nothing of it hinders handing in or accepting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.declarations.checks import Fault
from ohs.declarations.drafts import duty_of_draft
from ohs.declarations.models import Declaration
from ohs.kernel.clock import local_day
from ohs.kernel.message import Message
from ohs.rulebook.thresholds import threshold


def review(session: Session, declaration: Declaration, on: date) -> list[Fault]:
    """Remarks: another name than the register's, a late filing, a test report nobody uploaded, an unusual share of exposed people."""
    return [*_register(declaration), *_report(declaration), *_late(session, declaration, on), *_share(session, declaration, on)]


def _remark(field: str, message: Message) -> Fault:
    return Fault(field, "disagrees", message, is_remark=True)


def _register(declaration: Declaration) -> Iterator[Fault]:
    declared, held = declaration.form.get("employer_name"), declaration.employer.name
    if declared and declared != held:
        yield _remark("employer_name", Message("Declared: %(declared)s; in the base register: %(held)s.", declared=declared, held=held))


def _report(declaration: Declaration) -> Iterator[Fault]:
    if declaration.form.get("tested") == "yes" and (number := declaration.form.get("test_report_no")):
        yield _remark("test_report_no", Message("The report %(number)s is not among the uploaded ones.", number=number))


def _late(session: Session, declaration: Declaration, on: date) -> Iterator[Fault]:
    """Handed in after the limit that this kind of declaration has."""
    if declaration.status not in ("draft", "submitted"):
        return
    _slug, due_on = duty_of_draft(session, declaration)
    day = local_day(declaration.submitted_at) if declaration.submitted_at else on
    if due_on and day > due_on:
        message = Message("The limit was %(due)s; this is %(days)s days late.", due=due_on.isoformat(), days=(day - due_on).days)
        yield _remark("changed_on" if declaration.kind == "change" else "year", message)


def _share(session: Session, declaration: Declaration, on: date) -> Iterator[Fault]:
    """Exposed people among the own employees, beside the accepted declarations of the same industry."""
    low, high, least = (threshold(f"exposed-share-{name}", on) for name in ("lower-percentile", "upper-percentile", "least-declarations"))
    if not (declaration.sector and declaration.employees and low.is_answered and high.is_answered and least.is_answered):
        return
    question = select(Declaration.exposed, Declaration.employees).where(
        Declaration.status == "accepted",
        Declaration.sector == declaration.sector,
        Declaration.employees > 0,
        Declaration.id != declaration.id,
    )
    shares = sorted(exposed / employees for exposed, employees in session.execute(question))
    if len(shares) < least.value:
        return
    bounds = [shares[round((len(shares) - 1) * float(part.value) / 100)] for part in (low, high)]
    own = declaration.exposed / declaration.employees
    if not bounds[0] <= own <= bounds[1]:
        yield _remark(
            "exposed",
            Message(
                "%(own)s %% of the employees are exposed; in this industry it is %(low)s %% to %(high)s %% (%(count)s declarations).",
                own=round(own * 100), low=round(bounds[0] * 100), high=round(bounds[1] * 100), count=len(shares),
            ),
        )  # fmt: skip
