"""Where workers worked and what they were exposed to, as intervals that records extend and nobody overwrites.

The records come as a frame, `spells`: a worker at one post of one employer, as one record shows it. Its columns are `worker_id`,
`is_known` (false for a worker who has just been entered), `employer_id`, `host_employer_id`, `workshop`, `post`, `starts_on` (the
best knowledge of the record), `seen_on`, `ends_on` (set when the record says that the worker leaves) and `hazard_codes`, joined
by `;`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from ohs.kernel.bulk import found_among, insert_frame, insert_rows, update_rows
from ohs.registry.models import Client, Employment, Exposure, WorkerClinic

SPAN = ("starts_on", "seen_on", "ends_on")


def keep_employments(session: Session, spells: pl.DataFrame) -> None:
    """Extend or enter the employment of every spell: one interval per worker, employer and post."""
    _keep(session, Employment.__table__, spells, ("worker_id", "employer_id", "post"), ("host_employer_id", "workshop"))


def keep_exposures(session: Session, spells: pl.DataFrame) -> None:
    """Extend or enter the exposure to every hazard of every spell."""
    single = spells.with_columns(hazard_code=pl.col("hazard_codes").str.split(";")).explode("hazard_code")
    _keep(session, Exposure.__table__, single, ("worker_id", "employer_id", "post", "hazard_code"), ())


def _keep(session: Session, table: Any, spells: pl.DataFrame, keys: Sequence[str], told: Sequence[str]) -> None:
    """One interval per key: earliest start, latest sight, and the end and whatever else is `told` by the latest record."""
    widest = (
        spells.sort("seen_on", maintain_order=True)
        .group_by(keys, maintain_order=True)
        .agg(pl.col("starts_on").min(), pl.col("seen_on").last(), pl.col("ends_on").last(), *(pl.col(name).last() for name in told))
    )
    stored = _stored(session, table, spells, keys)
    insert_frame(session, table, widest.join(stored, on=keys, how="anti", maintain_order="left"))
    newer = pl.col("seen_on") >= pl.col("seen_on_stored")
    merged = widest.join(stored, on=keys, suffix="_stored").select(
        pl.min_horizontal("starts_on", "starts_on_stored").alias("starts_on"),
        pl.max_horizontal("seen_on", "seen_on_stored").alias("seen_on"),
        pl.when(newer).then("ends_on").otherwise("ends_on_stored").alias("ends_on"),
        "id",
        pl.struct(f"{name}_stored" for name in SPAN).struct.rename_fields(SPAN).alias("before"),
    )
    changed = merged.filter(~pl.struct(SPAN).eq_missing(pl.col("before"))).drop("before")
    update_rows(session, table, SPAN, changed.iter_rows())


def _stored(session: Session, table: Any, spells: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The intervals that workers known before have already; of two for the same key the first."""
    names = ("id", *keys, *SPAN)
    workers = spells.filter("is_known")["worker_id"].unique()
    rows = found_among(session, [table.c[name] for name in names], table.c.worker_id, workers)
    types = {"id": pl.Int64} | {key: spells.schema[key] for key in keys} | dict.fromkeys(SPAN, pl.Date)
    return pl.DataFrame([tuple(row) for row in rows], schema=types, orient="row").sort("id").unique(keys, keep="first")


def keep_clients(session: Session, organisation_id: int, employer_ids: Iterable[int], on: date) -> None:
    """Note the employers for which an institution works."""
    wanted = sorted(set(employer_ids))
    own = Client.organisation_id == organisation_id
    known = {row[0] for row in found_among(session, (Client.employer_id,), Client.employer_id, wanted, own)}
    table: Any = Client.__table__
    columns = ("organisation_id", "employer_id", "since")
    insert_rows(session, table, columns, ((organisation_id, id, on) for id in wanted if id not in known))


def keep_examined(session: Session, organisation_id: int, workers: pl.DataFrame) -> None:
    """Note the workers (`worker_id`, `is_known`) whom a clinic has examined."""
    wanted = workers.unique("worker_id", maintain_order=True)
    known = wanted.filter("is_known")["worker_id"]
    own = WorkerClinic.organisation_id == organisation_id
    noted = [row[0] for row in found_among(session, (WorkerClinic.worker_id,), WorkerClinic.worker_id, known, own)]
    fresh = wanted.filter(~pl.col("worker_id").is_in(noted)).select("worker_id", organisation_id=pl.lit(organisation_id))
    insert_frame(session, WorkerClinic.__table__, fresh)  # type: ignore[arg-type]
