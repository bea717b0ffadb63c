"""Recognising employers and workers in bulk: who is known already, who is new, and which pointer a merge has left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pypinyin import Style, lazy_pinyin
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.kernel.bulk import found_among, insert_frame, moment_for, reserve_ids, rows_among, update_rows
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer, Employment, Worker

#: What loaders lock before they look which employers are known, so that no two of them enter one twice.
EMPLOYERS = "employers"


@dataclass(frozen=True, slots=True)
class KnownEmployer:
    """What a loader needs of an employer: where records about it belong."""

    id: int
    county_code: str
    region_code: str
    sector: str
    size: str
    is_registered: bool


def initials_of(name: str) -> str:
    """Pinyin initials for search, lower case; latin letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda text: text)).lower()


def find_employers(session: Session, usccs: Iterable[str]) -> dict[str, KnownEmployer]:
    """Employers by credit code; a merged one gives the employer that it was merged into."""
    columns = (
        Employer.uscc, Employer.id, Employer.county_code, Employer.region_code, Employer.sector, Employer.size,
        Employer.is_registered, Employer.merged_into_id,
    )  # fmt: skip
    rows = found_among(session, columns, Employer.uscc, sorted(set(usccs)))
    found = {row.uscc: KnownEmployer(*row[1:7]) for row in rows}
    pointers = {row.id: row.merged_into_id for row in rows if row.merged_into_id}
    if pointers:
        kept = canonical_ids(session, Employer, pointers)
        targets = {row.id: KnownEmployer(*row[1:7]) for row in found_among(session, columns, Employer.id, sorted(set(kept.values())))}
        found = {uscc: targets.get(kept.get(known.id, known.id), known) for uscc, known in found.items()}
    return found


def canonical_ids(session: Session, model: type[Employer] | type[Worker], ids: Iterable[int]) -> dict[int, int]:
    """For each record that was merged, the one that stands for it now, through any number of merges."""
    kept: dict[int, int] = {}
    open_ids = set(ids)
    while open_ids:
        pointed: dict[int, Any] = dict(
            session.execute(select(model.id, model.merged_into_id).where(model.id.in_(open_ids), model.merged_into_id.is_not(None))).all()
        )
        for origin in list(kept):
            kept[origin] = pointed.get(kept[origin], kept[origin])
        for origin, target in pointed.items():
            kept.setdefault(origin, target)
        open_ids = {target for target in pointed.values() if target is not None}
    return kept


def add_unknown_employers(session: Session, names: Mapping[str, str]) -> dict[str, KnownEmployer]:
    """Enter employers known only from what others handed in; `names` by credit code."""
    if not names:
        return {}
    table: Any = Employer.__table__
    ids = reserve_ids(session, table, len(names))
    moment = now()
    session.execute(
        table.insert(),
        [
            {"id": id, "uscc": uscc, "name": name, "initials": initials_of(name), "is_registered": False, "created_at": moment, "changed_at": moment, "version": 1}
            for id, (uscc, name) in zip(ids, names.items(), strict=True)
        ],
    )  # fmt: skip
    return {uscc: KnownEmployer(id, "", "", "", "unknown", False) for id, uscc in zip(ids, names, strict=True)}


def worker_indexes(id_types: Iterable[str], id_numbers: Iterable[str]) -> list[bytes]:
    """Blind indexes over type and number, the key by which workers are recognised."""
    return keyring().blind_all("worker", map("{}:{}".format, id_types, id_numbers))


def with_indexes(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `id_type` and `id_number` with their `id_index`, null where one of them is not known; what has it already stays as it is."""
    if "id_index" in rows.columns:
        return rows
    index = pl.Series("id_index", worker_indexes(rows["id_type"], rows["id_number"]), dtype=pl.Binary)
    return rows.with_columns(pl.when(pl.col("id_type").is_not_null() & pl.col("id_number").is_not_null()).then(index))


def recognise_workers(session: Session, seen: pl.DataFrame) -> pl.DataFrame:
    """Recognise the workers of some records, entering those who are new: `id_index`, `worker_id`, `own_id`, `is_known`.

    `seen` has one row for each worker, from the newest of the records: `id_index`, `id_type`, `id_number`, `name`, `sex`,
    `birth_on`, `phone`, `employer_id`, `county_code`, `region_code` and `seen_on`, the day of the record. A record that is
    newer than all others of a known worker moves them to its employer and renews the phone. Merged workers give the kept one; `own_id` is
    the entry of the very number, to which what is written belongs, so that a merge can be undone.
    """
    columns = (Worker.id, Worker.id_index, Worker.merged_into_id)
    rows = found_among(session, columns, Worker.id_index, seen["id_index"])
    merged = canonical_ids(session, Worker, [row.id for row in rows if row.merged_into_id])
    known = pl.DataFrame(
        [(bytes(row.id_index), merged.get(row.id, row.id), row.id) for row in rows],
        schema={"id_index": pl.Binary, "worker_id": pl.Int64, "own_id": pl.Int64},
        orient="row",
    )
    _renew(session, seen.join(known, on="id_index"))
    fresh = seen.join(known, on="id_index", how="anti", maintain_order="left")
    table: Any = Worker.__table__
    ids = pl.Series("id", reserve_ids(session, table, len(fresh)), dtype=pl.Int64)
    ring = keyring()
    entered = fresh.drop("seen_on").with_columns(
        ids,
        pl.Series("id_number", ring.seal_all("worker.id_number", fresh["id_number"]), dtype=pl.Binary),
        pl.Series("phone", ring.seal_all("worker.phone", fresh["phone"]), dtype=pl.Binary),
        created_at=pl.lit(moment_for(session, now())),
    )
    insert_frame(session, table, entered)
    new = entered.select("id_index", worker_id="id", own_id="id", is_known=pl.lit(False))
    return pl.concat([known.with_columns(is_known=pl.lit(True)), new])


def _renew(session: Session, seen: pl.DataFrame) -> None:
    """What the newest record of known workers tells: where they work, and their phone."""
    columns = (Worker.id, Worker.employer_id, Worker.phone, func.max(Employment.seen_on).label("seen_on"))
    question = select(*columns).outerjoin(Employment, Employment.worker_id == Worker.id).group_by(Worker.id)
    told = {
        row[0]: row[1:]
        for row in seen.sort("seen_on").select("worker_id", "seen_on", "employer_id", "county_code", "region_code", "phone").iter_rows()
    }
    moved, phones = [], []
    for row in rows_among(session, question, Worker.id, told):
        day, employer_id, county_code, region_code, phone = told[row.id]
        if row.seen_on is not None and day < row.seen_on:
            continue
        if employer_id != row.employer_id:
            moved.append((employer_id, county_code, region_code, row.id))
        if phone is not None and phone != row.phone:
            phones.append((phone, row.id))
    table: Any = Worker.__table__
    update_rows(session, table, ("employer_id", "county_code", "region_code"), moved)
    sealed = keyring().seal_all("worker.phone", (phone for phone, _id in phones))
    update_rows(session, table, ("phone",), [(phone, id) for phone, (_phone, id) in zip(sealed, phones, strict=True)])
