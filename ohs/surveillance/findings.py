"""Findings that a commit writes: new ones, those that a correction keeps, and those that it withdraws."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from ohs.kernel.bulk import found_among, insert_rows, update_rows
from ohs.rulebook.diseases import find_disease
from ohs.surveillance.models import Finding
from ohs.surveillance.rules import OBLIGING, finding_dues

if TYPE_CHECKING:
    from ohs.surveillance.loading import Batch

COLUMNS = (
    "examination_id", "kind", "worker_id", "employer_id", "clinic_id", "county_code", "region_code", "examined_on", "reported_on",
    "hazard_codes", "disease_code", "due", "next_due_on", "last_due_on", "is_withdrawn",
)  # fmt: skip


def keep_findings(batch: Batch) -> None:
    """Write the findings of a commit. A correction keeps what it confirms and withdraws, visibly, what it no longer says."""
    table: Any = Finding.__table__
    standing: dict[int, dict[tuple[Any, ...], int]] = defaultdict(dict)
    ids = sorted(row.id for row in batch.before.values())
    columns = (Finding.id, Finding.examination_id, Finding.kind, Finding.hazard_codes, Finding.disease_code)
    for row in found_among(batch.session, columns, Finding.examination_id, ids, Finding.is_withdrawn.is_(False)):
        standing[row.examination_id][row.kind, row.hazard_codes, row.disease_code] = row.id
    fresh, renewed = [], []
    for record in _findings(batch):
        found = standing[record[0]].pop((record[1], record[9], record[10]), None) if record[0] in standing else None
        if found is None:
            fresh.append(record)
        else:
            renewed.append((*record, found))
    insert_rows(batch.session, table, COLUMNS, fresh)
    update_rows(batch.session, table, COLUMNS, renewed)
    withdrawn = [(True, finding_id) for findings in standing.values() for finding_id in findings.values()]
    update_rows(batch.session, table, ("is_withdrawn",), withdrawn)


def _findings(batch: Batch) -> Iterator[tuple[Any, ...]]:
    """One record for each obliging letter of each row."""

    @cache
    def dues(kind: str, phase: str, examined_on: date, reported_on: date, disease: str | None) -> tuple[str, date | None, date | None]:
        due = finding_dues(kind, phase, examined_on, reported_on, batch.due_day, disease)
        days = sorted(map(date.fromisoformat, due.values()))
        return json.dumps(due), days[0] if days else None, days[-1] if days else None

    @cache
    def in_order(codes: str) -> str:
        return ";".join(sorted(codes.split(";")))

    obliging = batch.records.filter(pl.col("conclusions").str.contains_any(list(OBLIGING))).select(
        "id", "own_id", "duty_id", "county_code", "region_code", "examined_on", "reported_on", "phase", "conclusions", "examined_hazards",
        "suspected_disease",
    )  # fmt: skip
    for id, worker_id, duty_id, county, region, examined_on, reported_on, phase, letters, hazards, name in obliging.iter_rows():
        for kind in letters:
            if kind in OBLIGING:
                disease = find_disease(name, reported_on) if kind == "S" and name else None
                yield (
                    id, kind, worker_id, duty_id, batch.clinic_id, county, region, examined_on, reported_on, in_order(hazards),
                    disease["code"] if disease else None, *dues(kind, phase, examined_on, reported_on, name if kind == "S" else None), False,
                )  # fmt: skip
