"""Workers are recognised by number; the newest record says where they work and how to reach them."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from ohs.registry.models import Employer, Worker
from ohs.registry.recognition import recognise_workers
from ohs.registry.service_history import keep_employments
from tests.factories.registry import make_employer


def seen(session: Session, employer: Employer, day: date, phone: str | None) -> Worker:
    """One worker, as a record of that day shows them."""
    frame = pl.DataFrame(
        {
            "id_index": [b"x"], "id_type": ["护照"], "id_number": ["E1"], "name": ["张敏"], "sex": ["女"], "birth_on": [None], "phone": [phone],
            "employer_id": [employer.id], "county_code": [employer.county_code], "region_code": [employer.region_code], "seen_on": [day],
        },
        schema_overrides={"birth_on": pl.Date, "phone": pl.String},
    )  # fmt: skip
    known = recognise_workers(session, frame)
    spells = known.select("worker_id", "is_known").with_columns(
        employer_id=pl.lit(employer.id), host_employer_id=pl.lit(None, dtype=pl.Int64), workshop=pl.lit(""), post=pl.lit("焊工"),
        starts_on=pl.lit(day), seen_on=pl.lit(day), ends_on=pl.lit(None, dtype=pl.Date),
    )  # fmt: skip
    keep_employments(session, spells)
    session.expire_all()
    return session.get_one(Worker, known["worker_id"][0])


def test_a_newer_record_moves_a_worker_and_renews_the_phone(session: Session) -> None:
    first, second = make_employer(session), make_employer(session)
    worker = seen(session, first, date(2025, 5, 5), "13800000001")
    assert (worker.employer_id, worker.phone) == (first.id, "13800000001")
    again = seen(session, second, date(2026, 5, 5), "13800000002")
    assert (again.id, again.employer_id, again.phone) == (worker.id, second.id, "13800000002")


def test_an_older_record_moves_nobody(session: Session) -> None:
    first, second = make_employer(session), make_employer(session)
    seen(session, second, date(2026, 5, 5), "13800000002")
    worker = seen(session, first, date(2025, 5, 5), "13800000001")
    assert (worker.employer_id, worker.phone) == (second.id, "13800000002")


def test_a_record_without_a_phone_keeps_the_known_one(session: Session) -> None:
    employer = make_employer(session)
    seen(session, employer, date(2025, 5, 5), "13800000001")
    assert seen(session, employer, date(2026, 5, 5), None).phone == "13800000001"
