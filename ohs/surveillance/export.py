"""The ledger of examinations as rows for a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from exports.sheet import LedgerColumn
from ohs.accounts.models import Organisation
from ohs.kernel.ledger import in_order
from ohs.kernel.masks import mask_id_number, mask_name
from ohs.kernel.message import Message
from ohs.registry.labels import SIZE_LABELS, county_name, industry_name
from ohs.registry.models import Employer, Worker
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.regions import region_name
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.models import Examination, HazardSet
from ohs.surveillance.queries import Listing
from ohs.surveillance.records import conclusions_for
from ohs.uploads.models import Upload

EXAMINATION_COLUMNS = (
    LedgerColumn("card_no", Message("Record number"), 18),
    LedgerColumn("revision", Message("Version"), 8, "number"),
    LedgerColumn("name", Message("Name"), 10),
    LedgerColumn("sex", Message("Sex"), 6),
    LedgerColumn("born", Message("Year of birth"), 10, "number"),
    LedgerColumn("id_type", Message("Identity document"), 16),
    LedgerColumn("id_number", Message("Number of the identity document"), 22),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("insured_by", Message("Insured by, where dispatched"), 34),
    LedgerColumn("county", Message("County or zone"), 14),
    LedgerColumn("town", Message("Town"), 14),
    LedgerColumn("sector", Message("Industry"), 26),
    LedgerColumn("size", Message("Size"), 8),
    LedgerColumn("workshop", Message("Workshop"), 14),
    LedgerColumn("post", Message("Post"), 14),
    LedgerColumn("clinic", Message("Clinic"), 30),
    LedgerColumn("phase", Message("Kind of examination"), 12),
    LedgerColumn("is_recheck", Message("Re-examination"), 8),
    LedgerColumn("previous", Message("Record number before"), 18),
    LedgerColumn("exposed", Message("Hazards exposed to"), 36),
    LedgerColumn("hazards", Message("Hazards examined for"), 36),
    LedgerColumn("examined_on", Message("Examined on"), 12, "day"),
    LedgerColumn("reported_on", Message("Reported on"), 12, "day"),
    LedgerColumn("received_on", Message("Handed in on"), 12, "day"),
    LedgerColumn("days", Message("Days until handed in"), 10, "number"),
    LedgerColumn("edition", Message("Judged by"), 16),
    LedgerColumn("conclusions", Message("Conclusion"), 20),
    LedgerColumn("upload", Message("Upload"), 22),
)
YES = Message("Yes")


def examination_rows(session: Session, listing: Listing, user: Any) -> Iterator[list[Any]]:
    """One row an examination, names masked for all but the clinic and the employer themselves, numbers for everybody.

    Plain columns instead of records, and words looked up once for each code: a hundred thousand rows are written in seconds.
    """
    is_own = bool({"clinic", "employer"} & user.role_names)
    clinics = {one.id: one.name for one in session.scalars(select(Organisation).where(Organisation.kind == "clinic"))}
    uploads = dict(session.execute(select(Upload.id, Upload.number).where(Upload.format == "examinations")).tuples().all())
    sets = {one.id: "、".join(map(hazard_name, one.hazard_codes)) for one in session.scalars(select(HazardSet))}
    phases = {code: str(label) for code, label in PHASE_LABELS.items()}
    sizes = {code: str(label) for code, label in SIZE_LABELS.items()}
    county, town, sector = cache(county_name), cache(region_name), cache(industry_name)

    @cache
    def letters(conclusions: str) -> str:
        return "、".join(str(CONCLUSION_LABELS[letter]) for letter in conclusions_for(user, conclusions)) or "—"

    for one in session.execute(_lean(listing).execution_options(yield_per=5_000)):
        born, insured = one.birth_on, one.insured_by
        yield [
            one.card_no, one.revision, one.name if is_own else mask_name(one.name), one.sex, born.year if born else None, one.id_type,
            mask_id_number(one.id_number), one.employer, one.uscc, insured if insured != one.employer else "", county(one.county_code),
            town(one.region_code) or "—", sector(one.sector), sizes[one.size], one.workshop, one.post, clinics[one.clinic_id], phases[one.phase],
            YES if one.is_recheck else "", one.previous_card_no or "", sets[one.exposed_set_id], sets[one.examined_set_id], one.examined_on,
            one.reported_on, one.received_on, (one.received_on - one.reported_on).days, one.edition, letters(one.conclusions), uploads.get(one.upload_id, ""),
        ]  # fmt: skip


def _lean(listing: Listing) -> Any:
    """The list's question for plain columns, with the records that stand for merged ones."""
    seen, insurer, duty = aliased(Worker), aliased(Employer), aliased(Employer)
    insured_by, employer = aliased(Employer), aliased(Employer)
    e = Examination
    return in_order(
        listing.question.join(seen, seen.id == e.worker_id)
        .join(Worker, Worker.id == func.coalesce(seen.merged_into_id, seen.id))
        .join(insurer, insurer.id == e.employer_id)
        .join(insured_by, insured_by.id == func.coalesce(insurer.merged_into_id, insurer.id))
        .join(duty, duty.id == func.coalesce(e.host_employer_id, e.employer_id))
        .join(employer, employer.id == func.coalesce(duty.merged_into_id, duty.id))
        .with_only_columns(
            e.card_no, e.revision, Worker.name, Worker.sex, Worker.birth_on, Worker.id_type, Worker.id_number, employer.name.label("employer"),
            employer.uscc, insured_by.name.label("insured_by"), e.county_code, e.region_code, e.sector, e.size, e.workshop, e.post, e.clinic_id, e.phase,
            e.is_recheck, e.previous_card_no, e.exposed_set_id, e.examined_set_id, e.examined_on, e.reported_on, e.received_on, e.edition,
            e.conclusions, e.upload_id,
        ),
        listing.keys,
    )  # fmt: skip
