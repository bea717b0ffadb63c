"""Committing checked examinations: workers matched, everything sealed, corrections kept, counts and findings written, at once.

The rows stay columns of a frame to the end: a hundred thousand of them are joined, sealed and inserted without a Python object each.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from ohs.kernel.bulk import ROWS_AT_ONCE, found_among, insert_frame, insert_rows, lock_for_loading, moment_for, reserve_ids, update_rows
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.registry.recognition import EMPLOYERS, KnownEmployer, add_unknown_employers, find_employers, recognise_workers, with_indexes
from ohs.registry.service_history import keep_clients, keep_employments, keep_examined, keep_exposures
from ohs.rulebook.examinations import edition_on
from ohs.surveillance.counting import Counted, count_examinations
from ohs.surveillance.findings import keep_findings
from ohs.surveillance.models import Examination, ExaminationRevision, HazardSet, HazardSetMember
from ohs.surveillance.rules import letters
from ohs.surveillance.sealing import SEALED_KEYS, SEALED_PURPOSE, written_records
from ohs.uploads.formats import Committed
from ohs.uploads.models import Upload

#: The plain columns as they are written; the identifier stands last, where updates want it.
COLUMNS = (
    "clinic_id", "card_no", "worker_id", "employer_id", "host_employer_id", "county_code", "region_code", "sector", "size", "phase",
    "is_recheck", "previous_card_no", "workshop", "post", "examined_on", "reported_on", "received_on", "edition", "exposed_set_id", "examined_set_id",
    "conclusions", "sealed", "upload_id", "row", "revision", "recorded_at", "id",
)  # fmt: skip
#: What an examination keeps of the employer that carries the duties.
PLACE = ("county_code", "region_code", "sector", "size")

#: The last day of a duty that starts on a day, by the slug of its deadline; `None` where no rule held.
DueDay = Callable[[str, date], date | None]


def hazard_set_ids(session: Session, combinations: Iterable[str]) -> dict[str, int]:
    """Identifier of each combination of hazard codes (`P01;D01`, in any order), entering new ones."""
    ordered = {codes: ";".join(sorted(set(codes.split(";")))) for codes in set(combinations)}
    wanted = sorted(set(ordered.values()))
    known = {row.codes: row.id for row in found_among(session, (HazardSet.codes, HazardSet.id), HazardSet.codes, wanted)}
    fresh = [codes for codes in wanted if codes not in known]
    ids = dict(zip(fresh, reserve_ids(session, _table(HazardSet), len(fresh)), strict=True))
    insert_rows(session, _table(HazardSet), ("codes", "id"), ids.items())
    members = ((id, code) for codes, id in ids.items() for code in codes.split(";") if code)
    insert_rows(session, _table(HazardSetMember), ("set_id", "hazard_code"), members)
    known |= ids
    return {codes: known[canonical] for codes, canonical in ordered.items()}


def places(session: Session, frame: pl.DataFrame) -> dict[str, KnownEmployer]:
    """Every employer and host employer of the rows by credit code, entering those whom nobody has registered."""
    names: dict[str, str] = {}
    for code, name in (("host_employer_uscc", "host_employer_name"), ("employer_uscc", "employer_name")):
        names.update(frame.select(code, name).drop_nulls(code).unique(code, keep="last", maintain_order=True).iter_rows())
    lock_for_loading(session, EMPLOYERS)
    known = find_employers(session, names)
    unknown = {uscc: name or uscc for uscc, name in sorted(names.items()) if uscc not in known}
    return known | add_unknown_employers(session, unknown)


def commit_examinations(session: Session, frame: pl.DataFrame, upload: Upload, on: date, due_day: DueDay) -> Batch:
    """Write some accepted rows of an upload; `frame` has the keys of the format and `row`. The caller's transaction is all of it."""
    lock_for_loading(session, "examinations")
    batch = Batch(session, frame, upload, on, cache(due_day))
    batch.write()
    return batch


class Batch:
    """One commit. `records` has the keys of the format and, step by step, every column of the table."""

    def __init__(self, session: Session, frame: pl.DataFrame, upload: Upload, on: date, due_day: DueDay) -> None:
        self.session, self.upload, self.on, self.due_day = session, upload, on, due_day
        self.clinic_id = upload.organisation_id
        self.digest = ""
        self.records = _placed(frame, places(session, frame))
        self.records = self.records.with_columns(
            conclusions=_mapped(frame["conclusions"], lambda text: letters(text.split(";")), pl.String)
        )
        self._recognise()
        #: The records that these rows correct, by card number, whole.
        self.before: dict[str, Any] = {
            row.card_no: row
            for row in found_among(
                session, list(_table(Examination).c), Examination.card_no, self.records["card_no"], Examination.clinic_id == self.clinic_id
            )
        }
        self._number()

    def write(self) -> None:
        """Everything, in the order in which the tables depend on one another."""
        self._keep_revisions()
        self._complete()
        is_correction = pl.col("revision") > 1
        own = self.records.with_columns(worker_id="own_id")
        insert_frame(self.session, _table(Examination), own.filter(~is_correction).select(COLUMNS).sort("id"))
        update_rows(self.session, _table(Examination), COLUMNS[:-1], own.filter(is_correction).select(COLUMNS).iter_rows())
        keep_findings(self)
        spells = self._spells()
        keep_employments(self.session, spells)
        keep_exposures(self.session, spells)
        keep_clients(self.session, self.clinic_id, {*self.records["duty_id"], *self.records["employer_id"]}, self.on)
        keep_examined(self.session, self.clinic_id, own.select("worker_id", "is_known"))
        count_examinations(self.session, self._counted(), self._counted_before())

    def committed(self) -> Committed:
        """What it did."""
        corrected = len(self.before)
        return Committed(new=len(self.records) - corrected, corrected=corrected, late=self.count_late(), digest=self.digest)

    def count_late(self) -> int:
        """How many rows were handed in after the limit that their report started."""
        reported = self.records.group_by("reported_on").len()
        days = ((self.due_day("exam-upload", day), count) for day, count in reported.iter_rows())
        return sum(count for last_day, count in days if last_day is not None and last_day < self.on)

    def _recognise(self) -> None:
        """Every worker by identity number, as the newest of their rows shows them."""
        self.records = with_indexes(self.records)
        newest = self.records.sort("examined_on", maintain_order=True).unique("id_index", keep="last", maintain_order=True)
        seen = newest.select(
            "id_index", "id_type", "id_number", pl.col("worker_name").alias("name"), pl.col("sex").fill_null(""),
            pl.col("birth_date").alias("birth_on"), "phone", pl.col("duty_id").alias("employer_id"), "county_code", "region_code",
            pl.col("examined_on").alias("seen_on"),
        )  # fmt: skip
        recognised = recognise_workers(self.session, seen)
        self.records = self.records.join(recognised, on="id_index", how="left", maintain_order="left").drop("id_index")

    def _number(self) -> None:
        """Identifier and revision: those of the record that a row corrects, else new ones.

        New ones follow the days of the examinations, the order of most indexes, which are then extended at their ends.
        """
        held = pl.DataFrame(
            [(card, row.id, row.revision + 1) for card, row in self.before.items()],
            schema={"card_no": pl.String, "id": pl.Int64, "revision": pl.Int64},
            orient="row",
        )
        self.records = self.records.join(held, on="card_no", how="left", maintain_order="left")
        fresh = reserve_ids(self.session, _table(Examination), len(self.records) - len(held))
        is_fresh = pl.col("id").is_null()
        day_by_day = pl.when(is_fresh).then("examined_on").rank("ordinal").cast(pl.Int64)
        self.records = self.records.with_columns(
            pl.when(is_fresh).then(day_by_day + (fresh.start - 1)).otherwise("id").alias("id"),
            pl.col("revision").fill_null(1),
        )

    def _keep_revisions(self) -> None:
        kept_plain = [name for name in COLUMNS if name not in ("id", "sealed", "upload_id", "row", "revision")]
        encode = json.JSONEncoder(ensure_ascii=False, default=_iso).encode
        columns = ("examination_id", "revision", "plain", "sealed", "upload_id", "row", "replaced_at")
        moment = moment_for(self.session, now())
        insert_rows(
            self.session, _table(ExaminationRevision), columns,
            (
                (row.id, row.revision, encode({name: getattr(row, name) for name in kept_plain}), row.sealed, row.upload_id, row.row, moment)
                for row in self.before.values()
            ),
        )  # fmt: skip

    def _complete(self) -> None:
        """The columns of the table that the format does not have, and the digest over the rows."""
        sets = hazard_set_ids(self.session, {*self.records["exposed_hazards"], *self.records["examined_hazards"]})
        sealed = self._seal()
        self.records = self.records.drop(name for name in SEALED_KEYS if name not in ("suspected_disease", *_SPELL_KEYS)).with_columns(
            pl.col("is_recheck").fill_null(False),
            pl.col("workshop").fill_null(""),
            sealed,
            _mapped(self.records["examined_on"], lambda day: edition_on(day) or "", pl.String).alias("edition"),
            _mapped(self.records["exposed_hazards"], sets.__getitem__, pl.Int64).alias("exposed_set_id"),
            _mapped(self.records["examined_hazards"], sets.__getitem__, pl.Int64).alias("examined_set_id"),
            clinic_id=pl.lit(self.clinic_id),
            received_on=pl.lit(self.on),
            upload_id=pl.lit(self.upload.id),
            recorded_at=pl.lit(moment_for(self.session, now())),
        )

    def _seal(self) -> pl.Series:
        """What is medical or personal of every row, sealed; the digest goes over it and over what identifies the row."""
        digest = hashlib.sha256()
        sealed: list[pl.Series] = []
        for part in self.records.iter_slices(ROWS_AT_ONCE):
            written = written_records(part)
            told = part.select(pl.concat_str("row", "card_no", "examined_on", "conclusions", written, separator="\0")).to_series()
            digest.update("".join(f"{one}\0" for one in told).encode())
            sealed.append(pl.Series("sealed", keyring().seal_all(SEALED_PURPOSE, written), dtype=pl.Binary))
        self.digest = digest.hexdigest()
        return pl.concat(sealed)

    def _spells(self) -> pl.DataFrame:
        """Where each row shows its worker, from when on as well as it can be known."""
        months = pl.sum_horizontal(pl.col("exposure_years").fill_null(0) * 12, pl.col("exposure_months").fill_null(0))
        is_told = pl.col("exposure_years").is_not_null() | pl.col("exposure_months").is_not_null()
        count = pl.col("examined_on").dt.year().cast(pl.Int64) * 12 + pl.col("examined_on").dt.month() - 1 - months
        begun = pl.when(is_told).then(pl.date(count // 12, count % 12 + 1, 1))
        return self.records.select(
            pl.col("own_id").alias("worker_id"), "is_known", "employer_id", "host_employer_id", "workshop", "post",
            pl.coalesce("exposure_started_on", begun, "examined_on").alias("starts_on"),
            pl.col("examined_on").alias("seen_on"),
            pl.when(pl.col("phase") == "leaving").then("examined_on").alias("ends_on"),
            pl.col("exposed_hazards").alias("hazard_codes"),
        )  # fmt: skip

    def _counted(self) -> Counter[Counted]:
        months = pl.col("examined_on").dt.truncate("1mo")
        tally = self.records.group_by(months, *PLACE, "conclusions").len()
        return Counter({Counted(*what): count for *what, count in tally.iter_rows()})

    def _counted_before(self) -> Counter[Counted]:
        return Counter(
            Counted(row.examined_on, row.county_code, row.region_code, row.sector, row.size, row.conclusions)
            for row in self.before.values()
        )


#: Sealed keys that tell where and since when somebody worked.
_SPELL_KEYS = ("exposure_started_on", "exposure_years", "exposure_months")


def _placed(frame: pl.DataFrame, known: dict[str, KnownEmployer]) -> pl.DataFrame:
    """The rows with their employer, their host, and the place of the one that carries the duties: the host, else the employer."""
    employers = pl.DataFrame(
        [(uscc, one.id, one.county_code, one.region_code, one.sector, one.size) for uscc, one in known.items()],
        schema={"uscc": pl.String, "employer_id": pl.Int64} | dict.fromkeys(PLACE, pl.String),
        orient="row",
    )
    hosts = employers.rename({name: f"host_{name}" for name in employers.columns})
    placed = frame.join(employers, left_on="employer_uscc", right_on="uscc", how="left", maintain_order="left")
    placed = placed.join(hosts, left_on="host_employer_uscc", right_on="host_uscc", how="left", maintain_order="left")
    return placed.with_columns(
        pl.coalesce("host_employer_id", "employer_id").alias("duty_id"), *(pl.coalesce(f"host_{name}", name).alias(name) for name in PLACE)
    ).drop(f"host_{name}" for name in PLACE)


def _mapped(values: pl.Series, read: Callable[[Any], Any], dtype: Any) -> pl.Series:
    """What `read` makes of every value, asked once for each different one."""
    distinct = values.unique()
    return values.replace_strict(distinct, pl.Series([read(one) for one in distinct], dtype=dtype), return_dtype=dtype)


def _iso(value: Any) -> str:
    return str(value.isoformat())


def _table(model: Any) -> Any:
    return model.__table__
