"""Committing checked examinations: workers matched, everything sealed, corrections kept, counts and findings written, at once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from sqlalchemy import update
from sqlalchemy.orm import Session

from ohs.kernel.bulk import found_among, insert_rows, lock_for_loading, moment_for, reserve_ids, update_rows
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.registry.recognition import (
    KnownEmployer,
    SeenWorker,
    add_unknown_employers,
    find_employers,
    recognise_workers,
    worker_indexes,
)
from ohs.registry.service_history import Spell, keep_clients, keep_employments, keep_examined, keep_exposures
from ohs.rulebook.examinations import edition_on
from ohs.surveillance.counting import Counted, count_examinations
from ohs.surveillance.findings import keep_findings
from ohs.surveillance.models import Examination, ExaminationRevision, HazardSet, HazardSetMember
from ohs.surveillance.rules import letters, started_before
from ohs.uploads.formats import Committed
from ohs.uploads.models import Upload

SEALED_PURPOSE = "examination.sealed"
#: Everything medical or personal that no list filters by, sealed as one blob.
SEALED_KEYS = (
    "systolic_mmhg", "diastolic_mmhg", "wbc_10e9_l", "rbc_10e12_l", "hb_g_l", "plt_10e9_l", "alt_u_l", "urine_protein", "urine_glucose",
    "ecg", "chest_film", "fvc_pct", "fev1_pct", "fev1_fvc_pct", "hearing_high_db", "hearing_speech_left_db", "hearing_speech_right_db",
    "blood_lead_ug_l", "recheck_items", "suspected_disease", "contraindication", "other_finding", "advice", "chief_physician",
    "work_years", "work_months", "exposure_started_on", "exposure_years", "exposure_months",
)  # fmt: skip
#: The plain columns as they are written; the identifier stands last, where updates want it.
COLUMNS = (
    "clinic_id", "card_no", "worker_id", "employer_id", "host_employer_id", "county_code", "region_code", "sector", "size", "phase",
    "is_recheck", "previous_card_no", "workshop", "post", "examined_on", "reported_on", "received_on", "edition", "exposed_set_id", "examined_set_id",
    "conclusions", "sealed", "upload_id", "row", "revision", "recorded_at", "id",
)  # fmt: skip

#: The last day of a duty that starts on a day, by the slug of its deadline; `None` where no rule held.
DueDay = Callable[[str, date], date | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an examination belongs."""

    employer: KnownEmployer
    host: KnownEmployer | None

    @property
    def duty(self) -> KnownEmployer:
        """The employer that carries the duties: the host of a dispatched worker, else the employer."""
        return self.host or self.employer


def hazard_set_ids(session: Session, combinations: Iterable[str]) -> dict[str, int]:
    """Identifier of each combination of hazard codes (`P01;D01`, in any order), entering new ones."""
    ordered = {codes: ";".join(sorted(set(codes.split(";")))) for codes in set(combinations)}
    wanted = sorted(set(ordered.values()))
    known = {row.codes: row.id for row in found_among(session, (HazardSet.codes, HazardSet.id), HazardSet.codes, wanted)}
    for codes in wanted:
        if codes not in known:
            fresh = HazardSet(codes=codes)
            session.add(fresh)
            session.flush()
            session.add_all(HazardSetMember(set_id=fresh.id, hazard_code=code) for code in codes.split(";") if code)
            known[codes] = fresh.id
    return {codes: known[canonical] for codes, canonical in ordered.items()}


def places(session: Session, frame: pl.DataFrame) -> dict[str, KnownEmployer]:
    """Every employer and host employer of the rows by credit code, entering those whom nobody has registered."""
    names: dict[str, str] = {}
    for code, name in (("host_employer_uscc", "host_employer_name"), ("employer_uscc", "employer_name")):
        names.update(frame.select(code, name).drop_nulls(code).unique(code).iter_rows())
    known = find_employers(session, names)
    unknown = {uscc: name or uscc for uscc, name in sorted(names.items()) if uscc not in known}
    return known | add_unknown_employers(session, unknown)


def commit_examinations(session: Session, frame: pl.DataFrame, upload: Upload, on: date, due_day: DueDay) -> Committed:
    """Write the accepted rows of an upload; `frame` has the keys of the format and `row`. The caller's transaction is all of it."""
    if frame.is_empty():
        return Committed(0, 0)
    lock_for_loading(session, "examinations")
    batch = Batch(session, frame, upload, on, cache(due_day))
    batch.write()
    return Committed(new=len(batch.cards) - len(batch.before), corrected=len(batch.before), late=batch.late, digest=batch.digest)


class Batch:
    """One commit: the columns of the frame as lists, in step with one another."""

    def __init__(self, session: Session, frame: pl.DataFrame, upload: Upload, on: date, due_day: DueDay) -> None:
        self.session, self.frame, self.upload, self.on, self.due_day = session, frame, upload, on, due_day
        self.clinic_id = upload.organisation_id
        self.late = 0
        self.digest = ""
        known = places(session, frame)
        self.places = [
            Place(known[code], known[host] if host else None)
            for code, host in zip(self.column("employer_uscc"), self.column("host_employer_uscc"), strict=True)
        ]
        self.cards = self.column("card_no")
        self.phases = self.column("phase")
        self.examined_on: list[date] = self.column("examined_on")
        self.reported_on: list[date] = self.column("reported_on")
        spelled = {text: letters(text.split(";")) for text in frame["conclusions"].unique().to_list()}
        self.conclusions = [spelled[text] for text in self.column("conclusions")]
        self.exposed = self.column("exposed_hazards")
        self.hazards = self.column("examined_hazards")
        self.worker_ids = self._recognise()
        self.before = self._committed_before()
        fresh = iter(reserve_ids(session, _table(Examination), len(self.cards) - len(self.before)))
        self.ids = [self.before[card].id if card in self.before else next(fresh) for card in self.cards]

    def column(self, key: str) -> list[Any]:
        """A column of the frame as a list."""
        return self.frame[key].to_list()

    def write(self) -> None:
        """Everything, in the order in which the tables depend on one another."""
        self._keep_revisions()
        renewed: list[tuple[Any, ...]] = []
        sets = hazard_set_ids(self.session, [*self.exposed, *self.hazards])
        insert_rows(self.session, _table(Examination), COLUMNS, self._records(sets, renewed))
        update_rows(self.session, _table(Examination), COLUMNS[:-1], renewed)
        made = Counter(sets[codes] for codes in self.hazards)
        self.session.execute(update(HazardSet), [{"id": id, "examinations": count} for id, count in _totals(self.session, made).items()])
        keep_findings(self, set(self.before))
        spells = list(self._spells())
        keep_employments(self.session, spells)
        keep_exposures(self.session, spells)
        keep_clients(
            self.session,
            self.clinic_id,
            {place.duty.id for place in self.places} | {place.employer.id for place in self.places},
            self.on,
        )
        keep_examined(self.session, self.clinic_id, self.worker_ids)
        count_examinations(self.session, self._counted(), self._counted_before())

    def _recognise(self) -> list[int]:
        people = list(
            zip(
                *(self.column(key) for key in ("id_type", "id_number", "worker_name", "sex", "birth_date", "phone")),
                strict=True,
            )
        )
        indexes = worker_indexes((person[0] for person in people), (person[1] for person in people))
        seen: dict[bytes, SeenWorker] = {}
        for index, person, place, day in zip(indexes, people, self.places, self.examined_on, strict=True):
            earlier = seen.get(index)
            if earlier is None or earlier.seen_on <= day:
                duty = place.duty
                seen[index] = SeenWorker(
                    person[0],
                    person[1],
                    person[2],
                    person[3] or "",
                    person[4],
                    person[5],
                    duty.id,
                    duty.county_code,
                    duty.region_code,
                    day,
                )
        ids = recognise_workers(self.session, seen)[0]
        return [ids[index] for index in indexes]

    def _committed_before(self) -> dict[str, Any]:
        """The records that these rows correct, by card number, whole."""
        return {
            row.card_no: row
            for row in found_among(
                self.session,
                list(_table(Examination).c),
                Examination.card_no,
                self.cards,
                Examination.clinic_id == self.clinic_id,
            )
        }

    def _keep_revisions(self) -> None:
        kept_plain = [name for name in COLUMNS if name not in ("id", "sealed", "upload_id", "row", "revision")]
        for earlier in self.before.values():
            values = {name: getattr(earlier, name) for name in kept_plain}
            self.session.add(
                ExaminationRevision(
                    examination_id=earlier.id,
                    revision=earlier.revision,
                    plain={name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()},
                    sealed=earlier.sealed,
                    upload_id=earlier.upload_id,
                    row=earlier.row,
                )
            )

    def _records(self, sets: dict[str, int], renewed: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """New records one by one; those that renew a committed one are put into `renewed`."""
        seal = keyring().sealer(SEALED_PURPOSE)
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
        moment = moment_for(self.session, now())
        digest = hashlib.sha256()
        columns = zip(
            *(self.column(key) for key in ("row", "is_recheck", "previous_card_no", "workshop", "post")),
            zip(*(self.column(key) for key in SEALED_KEYS), strict=True),
            strict=True,
        )
        for position, (row, is_recheck, previous, workshop, post, values) in enumerate(columns):
            place, card = self.places[position], self.cards[position]
            examined_on, reported_on = self.examined_on[position], self.reported_on[position]
            blob = encode({key: value for key, value in zip(SEALED_KEYS, values, strict=True) if value is not None}).encode()
            digest.update(f"{row}\0{card}\0{examined_on}\0{self.conclusions[position]}\0".encode() + blob)
            last_day = self.due_day("exam-upload", reported_on)
            self.late += last_day is not None and last_day < self.on
            earlier = self.before.get(card)
            record = (
                self.clinic_id, card, self.worker_ids[position], place.employer.id, place.host.id if place.host else None,
                place.duty.county_code, place.duty.region_code, place.duty.sector, place.duty.size, self.phases[position],
                bool(is_recheck), previous, workshop or "", post, examined_on, reported_on, self.on, _edition(examined_on),
                sets[self.exposed[position]], sets[self.hazards[position]],
                self.conclusions[position], seal(blob), self.upload.id, row, earlier.revision + 1 if earlier else 1, moment, self.ids[position],
            )  # fmt: skip
            if earlier:
                renewed.append(record)
            else:
                yield record
        self.digest = digest.hexdigest()

    def _spells(self) -> Iterator[Spell]:
        columns = zip(
            *(self.column(key) for key in ("workshop", "post", "exposure_started_on", "exposure_years", "exposure_months")),
            strict=True,
        )
        codes = {text: tuple(text.split(";")) for text in set(self.exposed)}
        for position, (workshop, post, started_on, years, months) in enumerate(columns):
            place, day = self.places[position], self.examined_on[position]
            yield Spell(
                self.worker_ids[position], place.employer.id, place.host.id if place.host else None, workshop or "", post,
                started_on or started_before(day, years, months) or day, day,
                day if self.phases[position] == "leaving" else None, codes[self.exposed[position]],
            )  # fmt: skip

    def _counted(self) -> Iterator[Counted]:
        for position, place in enumerate(self.places):
            duty = place.duty
            yield Counted(
                self.examined_on[position], duty.county_code, duty.region_code, duty.sector, duty.size,
                self.conclusions[position],
            )  # fmt: skip

    def _counted_before(self) -> Iterator[Counted]:
        for row in self.before.values():
            yield Counted(row.examined_on, row.county_code, row.region_code, row.sector, row.size, row.conclusions)


def _totals(session: Session, made: Counter[int]) -> dict[int, int]:
    """How many examinations each of these sets has had, those just made included."""
    before = {row.id: row.examinations for row in found_among(session, (HazardSet.id, HazardSet.examinations), HazardSet.id, sorted(made))}
    return {id: before.get(id, 0) + count for id, count in made.items()}


@cache
def _edition(on: date) -> str:
    return edition_on(on) or ""


def _table(model: Any) -> Any:
    return model.__table__
