"""The ledger of examinations as rows for a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import hazard_name
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.queries import Listing, for_list
from ohs.surveillance.records import conclusions_for

EXAMINATION_COLUMNS = (
    LedgerColumn("card_no", Message("Record number"), 18),
    LedgerColumn("name", Message("Name"), 10),
    LedgerColumn("sex", Message("Sex"), 6),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("county", Message("County or zone"), 14),
    LedgerColumn("post", Message("Post"), 14),
    LedgerColumn("clinic", Message("Clinic"), 30),
    LedgerColumn("phase", Message("Kind of examination"), 12),
    LedgerColumn("hazards", Message("Hazards examined for"), 36),
    LedgerColumn("examined_on", Message("Examined on"), 12, "day"),
    LedgerColumn("reported_on", Message("Reported on"), 12, "day"),
    LedgerColumn("conclusions", Message("Conclusion"), 20),
)


def examination_rows(session: Session, listing: Listing, user: Any) -> Iterator[list[Any]]:
    """One row an examination, names masked for all but the clinic and the employer themselves."""
    is_own = bool({"clinic", "employer"} & user.role_names)
    order = [key.column.desc() if key.descending else key.column.asc() for key in listing.keys]
    question = for_list(listing.question).order_by(*order).execution_options(yield_per=1000)
    for examination in session.scalars(question):
        worker, employer = examination.worker.standing, (examination.host_employer or examination.employer).standing
        yield [
            examination.card_no,
            worker.name if is_own else mask_name(worker.name),
            worker.sex,
            employer.name,
            employer.uscc,
            county_name(examination.county_code),
            examination.post,
            examination.clinic.name,
            str(PHASE_LABELS[examination.phase]),
            "、".join(hazard_name(code) for code in examination.examined_set.hazard_codes),
            examination.examined_on,
            examination.reported_on,
            "、".join(str(CONCLUSION_LABELS[letter]) for letter in conclusions_for(user, examination.conclusions)) or "—",
        ]
