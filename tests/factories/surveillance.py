"""Examinations for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer, Worker
from ohs.surveillance.loading import hazard_set_ids
from ohs.surveillance.models import Examination, Finding
from ohs.surveillance.rules import OBLIGING
from ohs.surveillance.sealing import SEALED_PURPOSE
from ohs.uploads.models import Upload

_number = count(1)
ON = date(2026, 11, 2)


def make_worker(session: Session, employer: Employer, **given: Any) -> Worker:
    """Somebody who works there."""
    number = next(_number)
    defaults = {
        "id_index": f"worker {number}".encode(), "id_type": "护照", "id_number": f"E{number:07d}", "name": "张敏", "employer_id": employer.id,
        "county_code": employer.county_code, "region_code": employer.region_code,
    }  # fmt: skip
    worker = Worker(**(defaults | given))
    session.add(worker)
    session.flush()
    return worker


def make_upload(session: Session, nurse: User) -> Upload:
    """An upload of a clinic's person; one serves for all records of a test."""
    held = session.scalar(select(Upload).where(Upload.user_id == nurse.id))
    if held is None:
        held = Upload(
            number=f"T{next(_number)}", format="examinations", organisation_id=nurse.organisation_id, user_id=nurse.id, filename="体检.xlsx",
            content=b"", size=0, sha256=f"of-{nurse.id}",
        )  # fmt: skip
        session.add(held)
        session.flush()
    return held


def make_examination(
    session: Session, nurse: User, employer: Employer, *, hazards: str = "P01", conclusions: str = "N", **given: Any
) -> Examination:
    """An examination in service without anything found, with the findings that its conclusions oblige to."""
    hazard_set = hazard_set_ids(session, [hazards])[hazards]
    worker_id = given.pop("worker_id", None) or make_worker(session, employer).id
    defaults = {
        "clinic_id": nurse.organisation_id, "card_no": f"T{next(_number)}", "worker_id": worker_id, "employer_id": employer.id,
        "county_code": employer.county_code, "region_code": employer.region_code, "sector": employer.sector, "size": employer.size,
        "phase": "in-service", "post": "打磨", "examined_on": ON, "reported_on": max(ON, given.get("examined_on", ON)), "received_on": ON,
        "edition": "GBZ188-2025", "exposed_set_id": hazard_set, "examined_set_id": hazard_set, "conclusions": conclusions,
        "sealed": keyring().seal(SEALED_PURPOSE, b"{}"), "upload_id": make_upload(session, nurse).id, "row": 2,
    }  # fmt: skip
    examination = Examination(**(defaults | given))
    session.add(examination)
    session.flush()
    for kind in conclusions:
        if kind in OBLIGING:
            session.add(_finding(examination, kind, hazards))
    session.flush()
    return examination


def _finding(examination: Examination, kind: str, hazards: str) -> Finding:
    same = ("worker_id", "clinic_id", "county_code", "region_code", "examined_on", "reported_on")
    return Finding(
        examination_id=examination.id, kind=kind, hazard_codes=hazards, due={}, next_due_on=examination.reported_on,
        employer_id=examination.host_employer_id or examination.employer_id, **{name: getattr(examination, name) for name in same},
    )  # fmt: skip
