"""The base register's side of the road of uploads: employers entered and corrected from a workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.check import Checked
from imports.employers import FORMAT
from ohs.accounts.models import User
from ohs.kernel.bulk import found_among, insert_rows, lock_for_loading, moment_for, reserve_ids
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed
from ohs.registry.labels import county_name, jurisdiction_of
from ohs.registry.models import Employer, Workplace
from ohs.registry.recognition import EMPLOYERS
from ohs.registry.services import change_employer, derived_fields
from ohs.uploads.formats import Committed, HandedIn, register_format
from ohs.uploads.models import Upload

PREVIEW_LABELS: Mapping[str, Message] = {
    "new": Message("Employers to be entered"),
    "corrections": Message("Employers registered already, corrected where they differ"),
    "completed": Message("Employers known only from examinations so far"),
}
#: Entries loaded in one question.
AT_ONCE = 5_000


def given_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the workbook as fields of an employer."""
    standard, _bar, code = (row["economic_type"] or "").rpartition("|")
    flag = {"是": True, "否": False}
    return {
        "name": row["name"],
        "registered_address": row["registered_address"],
        "work_address": row["work_address"],
        "region_code": row["region"],
        "industry_code": row["industry"],
        "economic_type_standard": standard,
        "economic_type": code,
        "employees": row["employees"],
        "revenue_10k_cny": row["revenue_10k_cny"],
        "legal_representative": row["legal_representative"],
        "contact": row["contact"],
        "contact_phone": row["contact_phone"],
        "is_above_size": flag.get(row["above_size"], row["above_size"] if isinstance(row["above_size"], bool) else None),
        "has_explosive_dust": flag.get(row["explosive_dust"], row["explosive_dust"] if isinstance(row["explosive_dust"], bool) else None),
    }


def _known(session: Session, codes: list[str]) -> dict[str, bool]:
    rows = found_among(session, (Employer.uscc, Employer.is_registered), Employer.uscc, codes)
    return {row.uscc: row.is_registered for row in rows}


def examine(session: Session, checked: Checked, upload: Upload, on: date) -> Mapping[str, int]:
    """What committing would change. Rows that correct an entry which is not the sender's to correct are refused."""
    user = session.get_one(User, upload.user_id)
    rows = dict(checked.accepted.select("uscc", "row").iter_rows())
    for employer in _entries(session, list(rows)):
        if employer.merged_into_id is not None:
            checked.add([rows[employer.uscc]], "uscc", "duplicate", _was_merged(employer.standing))
        elif employer.county_code and not allowed(user, Permission.EMPLOYER_EDIT, employer):
            checked.add([rows[employer.uscc]], "uscc", "duplicate", _elsewhere(employer))
    codes = checked.accepted["uscc"].to_list()
    known = _known(session, codes)
    registered = sum(known.values())
    return {"new": len(codes) - len(known), "corrections": registered, "completed": len(known) - registered}


def _entries(session: Session, codes: list[str]) -> Sequence[Employer]:
    """The entries of these codes as records, the codes asked for in pieces that either engine takes."""
    ids = [row.id for row in found_among(session, (Employer.id,), Employer.uscc, codes)]
    pieces = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [
        employer for piece in pieces for employer in session.scalars(select(Employer).where(Employer.id.in_(piece)).order_by(Employer.id))
    ]


def _was_merged(kept: Employer) -> Message:
    return Message(
        "This entry was merged into %(name)s (%(uscc)s): correct that one, or undo the merge on its page first.",
        name=kept.name,
        uscc=kept.uscc,
    )


def _elsewhere(employer: Employer) -> Message:
    return Message(
        "It is registered in %(county)s; that county’s health department, or the city’s, corrects it.",
        county=county_name(employer.county_code),
    )


def commit(session: Session, checked: Checked, upload: Upload, user: User, on: date) -> Committed:
    """Enter new employers at once, correct or complete known ones one by one with their history kept."""
    rows = checked.accepted
    lock_for_loading(session, EMPLOYERS)
    known = {employer.uscc: employer for employer in _entries(session, rows["uscc"].to_list())}
    corrected = sum(employer.is_registered for employer in known.values())
    is_known = pl.col("uscc").is_in(list(known))
    fresh = rows.filter(~is_known)
    enter_employers(session, fresh, on)
    for row in rows.filter(is_known).iter_rows(named=True):
        change_employer(session, known[row["uscc"]], given_of(row), actor=user, on=on, upload_id=upload.id, row=row["row"])
    digest = hashlib.sha256(rows.write_json().encode()).hexdigest()
    return Committed(new=len(rows) - corrected, corrected=corrected, digest=digest)


def enter_employers(session: Session, rows: pl.DataFrame, on: date) -> None:
    """Write new employers and their workplaces at once; `rows` has the keys of the format."""
    employers: Any = Employer.__table__
    workplaces: Any = Workplace.__table__
    ids = reserve_ids(session, employers, len(rows))
    seal, at = keyring().sealer("employer.contact_phone"), moment_for(session, now())
    entries = []
    for id, row in zip(ids, rows.iter_rows(named=True), strict=True):
        given = given_of(row)
        entries.append(
            {
                "id": id,
                "uscc": row["uscc"],
                **given,
                **derived_fields(given, on),
                "is_registered": True,
                "created_at": at,
                "changed_at": at,
                "version": 1,
            }
        )
        entries[-1]["contact_phone"] = seal(given["contact_phone"].encode()) if given["contact_phone"] else None
    if entries:
        names = tuple(entries[0])
        insert_rows(session, employers, names, (tuple(entry.values()) for entry in entries))
        columns = ("employer_id", "name", "address", "region_code", "county_code", "created_at", "version")
        insert_rows(
            session, workplaces, columns,
            ((entry["id"], "", entry["work_address"], entry["region_code"], jurisdiction_of(entry["region_code"]), at, 1) for entry in entries),
        )  # fmt: skip


def register() -> None:
    """Put employers on the road of uploads."""
    register_format(HandedIn(FORMAT, frozenset({"health"}), examine, commit, PREVIEW_LABELS))
