"""The base register's side of the road of uploads: employers entered and corrected from a workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.check import Checked
from imports.employers import FORMAT
from ohs.accounts.models import User
from ohs.kernel.bulk import found_among, insert_rows, moment_for, reserve_ids
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.kernel.message import Message
from ohs.registry.labels import jurisdiction_of
from ohs.registry.models import Employer, Workplace
from ohs.registry.services import change_employer, derived_fields
from ohs.uploads.formats import Committed, HandedIn, register_format
from ohs.uploads.models import Upload

PREVIEW_LABELS: Mapping[str, Message] = {
    "new": Message("Employers to be entered"),
    "corrections": Message("Employers registered already, corrected where they differ"),
    "completed": Message("Employers known only from examinations so far"),
}


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
    """What committing would change."""
    codes = checked.accepted["uscc"].to_list()
    known = _known(session, codes)
    registered = sum(known.values())
    return {"new": len(codes) - len(known), "corrections": registered, "completed": len(known) - registered}


def commit(session: Session, checked: Checked, upload: Upload, user: User, on: date) -> Committed:
    """Enter new employers at once, correct known ones one by one with their history kept."""
    rows = checked.accepted
    known = _known(session, rows["uscc"].to_list())
    fresh = rows.filter(~pl.col("uscc").is_in(list(known)))
    enter_employers(session, fresh, on)
    employers = {
        employer.uscc: employer for employer in session.scalars(select(Employer).where(Employer.uscc.in_(list(known)))) if known
    } if known else {}  # fmt: skip
    for row in rows.filter(pl.col("uscc").is_in(list(known))).iter_rows(named=True):
        change_employer(session, employers[row["uscc"]], given_of(row), actor=user, on=on, upload_id=upload.id, row=row["row"])
    digest = hashlib.sha256(rows.write_json().encode()).hexdigest()
    return Committed(new=len(fresh), corrected=len(known), digest=digest)


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
