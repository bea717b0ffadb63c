"""What can be taken out about examinations: the ledger, and the conclusions that oblige somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.kernel.clock import today
from ohs.kernel.ledger import in_order
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.duties import duty_teller, next_duties
from ohs.surveillance.export import EXAMINATION_COLUMNS, examination_rows
from ohs.surveillance.forms import CONCLUSION_LABELS, ExaminationFilterForm, FindingFilterForm
from ohs.surveillance.models import Examination, Finding
from ohs.surveillance.queries import finding_order, findings_visible_to, for_findings_list, list_examinations

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
    LedgerColumn("duty", Message("Next duty"), 30),
    LedgerColumn("actor", Message("Who must act"), 16),
    LedgerColumn("next_due_on", Message("Last day"), 12, "day"),
)


def _examinations(session: Session, user: Any, form: ExaminationFilterForm, _sort: str) -> Content:
    listing = list_examinations(session, user, form.filters())
    return Content(
        EXAMINATION_COLUMNS,
        listing.question,
        lambda: examination_rows(session, listing, user),
        keys_of_workers(listing.question, Examination.worker_id),
    )


def _findings(session: Session, user: Any, form: FindingFilterForm, _sort: str) -> Content:
    filters = form.filters(today())
    question = findings_visible_to(user, filters)

    def rows() -> Iterator[list[Any]]:
        tell = duty_teller(session)
        ordered = in_order(for_findings_list(question), finding_order(filters.standing, filters.on))
        for finding in session.scalars(ordered.execution_options(yield_per=1000)):
            duties = next_duties(tell, finding)
            one = finding.examination
            employer = (one.host_employer or one.employer).standing
            yield [
                mask_name(one.worker.standing.name), str(CONCLUSION_LABELS[finding.kind]), employer.name, employer.uscc, county_name(finding.county_code),
                one.clinic.name, "、".join(hazard_name(code) for code in one.examined_set.hazard_codes), finding.examined_on, finding.reported_on,
                "、".join(duty.name for duty in duties), "、".join(dict.fromkeys(str(duty.actor_label) for duty in duties)),
                duties[0].left.due_on if duties and duties[0].left else None,
            ]  # fmt: skip

    return Content(FINDING_COLUMNS, question, rows, keys_of_workers(question, Finding.worker_id))


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
