"""What can be taken out about examinations: the ledger, and the conclusions that oblige somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.kernel.clock import today
from ohs.kernel.ledger import in_order
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.export import EXAMINATION_COLUMNS, examination_rows
from ohs.surveillance.forms import CONCLUSION_LABELS, ExaminationFilterForm, FindingFilterForm
from ohs.surveillance.models import Finding
from ohs.surveillance.queries import findings_visible_to, list_examinations

FINDING_COLUMNS = (
    LedgerColumn("name", Message("Worker"), 10),
    LedgerColumn("conclusion", Message("Conclusion"), 18),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("clinic", Message("Clinic"), 30),
    LedgerColumn("hazards", Message("Hazards examined for"), 36),
    LedgerColumn("examined_on", Message("Examined on"), 12, "day"),
    LedgerColumn("reported_on", Message("Reported on"), 12, "day"),
    LedgerColumn("next_due_on", Message("Nearest day"), 12, "day"),
)


def _examinations(session: Session, user: Any, form: ExaminationFilterForm, _sort: str) -> Content:
    listing = list_examinations(session, user, form.filters())
    return Content(EXAMINATION_COLUMNS, listing.question, lambda: examination_rows(session, listing, user))


def _findings(session: Session, user: Any, form: FindingFilterForm, _sort: str) -> Content:
    question = findings_visible_to(user, form.kind_chosen, form.county_chosen, today() if form.only_overdue.data else None)

    def rows() -> Iterator[list[Any]]:
        for finding in session.scalars(in_order(question, (Key(Finding.next_due_on), Key(Finding.id))).execution_options(yield_per=1000)):
            one = finding.examination
            employer = (one.host_employer or one.employer).standing
            yield [
                mask_name(one.worker.standing.name), str(CONCLUSION_LABELS[finding.kind]), employer.name, employer.uscc, county_name(finding.county_code),
                one.clinic.name, "、".join(hazard_name(code) for code in one.examined_set.hazard_codes), finding.examined_on, finding.reported_on,
                finding.next_due_on,
            ]  # fmt: skip

    return Content(FINDING_COLUMNS, question, rows)


REPORTS = (
    Report(
        "examinations", Message("Examinations"), Permission.EXAMINATION_EXPORT, "examinations.index", ExaminationFilterForm, _examinations,
        "examination:exported", is_about_workers=True,
    ),
    Report(
        "findings", Message("Conclusions to act on"), Permission.FINDING_LIST, "examinations.findings", FindingFilterForm, _findings,
        "finding:exported", is_about_workers=True,
    ),
)  # fmt: skip
