"""Findings that a commit writes: new ones, those that a correction keeps, and those that it withdraws."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from ohs.kernel.bulk import found_among, insert_rows, update_rows
from ohs.rulebook.diseases import find_disease
from ohs.surveillance.models import Finding
from ohs.surveillance.rules import OBLIGING, finding_dues

if TYPE_CHECKING:
    from ohs.surveillance.loading import Batch

COLUMNS = (
    "examination_id", "kind", "worker_id", "employer_id", "clinic_id", "county_code", "region_code", "examined_on", "reported_on",
    "hazard_codes", "disease_code", "due", "next_due_on", "is_withdrawn",
)  # fmt: skip


def keep_findings(batch: Batch, corrected: set[str]) -> None:
    """Write the findings of a commit. A correction keeps what it confirms and withdraws, visibly, what it no longer says."""
    table: Any = Finding.__table__
    standing: dict[int, dict[tuple[Any, ...], int]] = defaultdict(dict)
    ids = sorted(batch.before[card].id for card in corrected)
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
    diseases = batch.column("suspected_disease")
    for position, letters in enumerate(batch.conclusions):
        for kind in letters:
            if kind not in OBLIGING:
                continue
            place, examined_on, reported_on = (
                batch.places[position],
                batch.examined_on[position],
                batch.reported_on[position],
            )
            due = finding_dues(kind, batch.phases[position], examined_on, reported_on, batch.due_day)
            disease = find_disease(diseases[position], reported_on) if kind == "S" and diseases[position] else None
            yield (
                batch.ids[position], kind, batch.worker_ids[position], place.duty.id, batch.clinic_id, place.duty.county_code,
                place.duty.region_code, examined_on, reported_on, ";".join(sorted(batch.hazards[position].split(";"))),
                disease["code"] if disease else None, json.dumps(due), date.fromisoformat(min(due.values())) if due else None, False,
            )  # fmt: skip
