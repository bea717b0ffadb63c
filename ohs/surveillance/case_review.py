"""From the rows of a workbook to what they bring to cases: counted for the preview, carried out by the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import and_
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.episodes import workers_with
from ohs.cases.models import Case
from ohs.kernel.message import Message
from ohs.kernel.steering import aside
from ohs.registry.models import Worker
from ohs.registry.recognition import canonical_ids, find_employers
from ohs.rulebook.diseases import find_disease
from ohs.surveillance.case_opening import Details, carry_out
from ohs.surveillance.consequences import Concluded, Plan, plan_of
from ohs.surveillance.loading import Batch
from ohs.surveillance.rules import OBLIGING, letters
from ohs.uploads.models import Upload

#: What the preview says of cases.
CASE_LABELS: Mapping[str, Message] = {
    "cases_opened": Message("Cases that will open"),
    "cases_joined": Message("Findings that go to a case that is open already"),
    "cases_answered": Message("Re-examinations that a case waits for"),
    "cases_reopened": Message("Cases reopened: contraindicated and exposed again"),
    "cases_reviewed": Message("Cases reviewed because of corrections"),
}
#: Columns of a row that decide, in the order of `Concluded`.
DECIDING = (
    "row", "id", "card_no", "worker_id", "letters", "examined_hazards", "exposed_hazards", "phase", "examined_on", "reported_on", "is_recheck",
    "previous_card_no", "duty_id", "revision",
)  # fmt: skip
DETAILS = (
    "row",
    "own_id",
    "duty_id",
    "county_code",
    "region_code",
    "suspected_disease",
    "contraindication",
    "recheck_items",
    "reported_on",
)


@dataclass(frozen=True)
class Before:
    """What a record that is corrected said."""

    id: int
    revision: int
    letters: str
    worker_id: int


def preview_cases(
    session: Session, rows: pl.DataFrame, workers: Sequence[int | None], before: Mapping[str, Before], upload: Upload
) -> dict[str, int]:
    """What committing the rows would do to cases; `workers` are those of the rows, 0 for whom nobody knows yet."""
    strangers = pl.struct("id_type", "id_number").rank("dense").cast(pl.Int64)
    named = rows.with_columns(
        pl.Series("known", [worker or 0 for worker in workers], dtype=pl.Int64),
        _mapped_letters(rows["conclusions"]),
        pl.col("is_recheck").fill_null(False),
    )
    keyed = named.with_columns(worker_id=pl.when(pl.col("known") > 0).then("known").otherwise(-strangers)).join(
        pl.DataFrame(
            [(card, one.id, one.revision + 1) for card, one in before.items()],
            schema={"card_no": pl.String, "id": pl.Int64, "revision": pl.Int64},
            orient="row",
        ),
        on="card_no", how="left", maintain_order="left",
    ).with_columns(pl.col("id").fill_null(-pl.col("row").cast(pl.Int64)), pl.col("revision").fill_null(1))  # fmt: skip
    concerned = _concerned(session, keyed, before, upload)
    uscc = pl.coalesce("host_employer_uscc", "employer_uscc")
    employers = {code: one.id for code, one in find_employers(session, concerned.select(uscc).to_series().unique()).items()}
    placed = concerned.with_columns(duty_id=uscc.replace_strict(employers, default=0, return_dtype=pl.Int64))
    return _plan(session, placed, before, upload).figures()


def follow_up(batch: Batch, frame: pl.DataFrame, user: User) -> None:
    """Open and review the cases of what a batch has written; `frame` has the rows as they were handed in."""
    session, upload, on = batch.session, batch.upload, batch.on
    kept = canonical_ids(session, Worker, {row.worker_id for row in batch.before.values()})
    before = {
        card: Before(row.id, row.revision, row.conclusions, kept.get(row.worker_id, row.worker_id)) for card, row in batch.before.items()
    }
    records = batch.records.with_columns(letters="conclusions")
    plan = _plan(session, _concerned(session, records, before, upload), before, upload)
    concerned = [step.by.row for steps in plan.steps.values() for step in steps] + [
        row for fresh in plan.fresh for row in (fresh.by.row, *(by.row for _event, by in fresh.then))
    ]
    told = records.filter(pl.col("row").is_in(concerned)).join(
        frame.select("row", "contraindication", "recheck_items"), on="row", how="left"
    )
    details = {row: _details(*rest) for row, *rest in told.select(DETAILS).iter_rows()}
    carry_out(session, plan, details, upload, by=By(user), on=on)


def _concerned(session: Session, rows: pl.DataFrame, before: Mapping[str, Before], upload: Upload) -> pl.DataFrame:
    """The rows that can bring anything to a case: most do not."""
    known = rows["worker_id"].filter(rows["worker_id"] > 0).unique()
    asked_elsewhere = and_(Case.kind == "recheck", Case.closed_on.is_(None), aside(Case.clinic_id).is_distinct_from(upload.organisation_id))
    moved, waiting = workers_with(session, known, and_(Case.kind == "contra", Case.status == "closed"), asked_elsewhere)
    return rows.filter(
        pl.col("letters").str.contains_any(list(OBLIGING))
        | pl.col("is_recheck")
        | pl.col("card_no").is_in(list(before))
        | pl.col("worker_id").is_in(list(moved))
        | pl.col("worker_id").is_in(list(waiting))
    )


def _plan(session: Session, rows: pl.DataFrame, before: Mapping[str, Before], upload: Upload) -> Plan:
    return plan_of(session, (_concluded(before, *row) for row in rows.select(DECIDING).iter_rows()), upload.organisation_id)


def _concluded(before: Mapping[str, Before], *row: Any) -> Concluded:
    number, id, card_no, worker_id, found, examined, *rest = row
    earlier = before.get(card_no)
    said = (earlier.letters, earlier.worker_id) if earlier else ("", None)
    return Concluded(number, id, card_no, worker_id, found, ";".join(sorted(examined.split(";"))), *rest, *said)


def _details(
    worker_id: int,
    employer_id: int,
    county: str,
    region: str,
    disease: str | None,
    contraindication: str | None,
    items: str | None,
    reported_on: date,
) -> Details:
    found = find_disease(disease, reported_on) if disease else None
    return Details(worker_id, employer_id, county, region, disease, found["code"] if found else None, contraindication, items)


def _mapped_letters(names: pl.Series) -> pl.Series:
    distinct = names.unique()
    return names.replace_strict(
        distinct, pl.Series([letters(one.split(";")) for one in distinct], dtype=pl.String), return_dtype=pl.String
    ).alias("letters")
