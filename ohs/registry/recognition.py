"""Recognising employers and workers in bulk: who is known already, who is new, and which pointer a merge has left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from ohs.kernel.bulk import found_among, insert_rows, reserve_ids
from ohs.kernel.clock import now
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer, Worker


@dataclass(frozen=True, slots=True)
class KnownEmployer:
    """What a loader needs of an employer: where records about it belong."""

    id: int
    county_code: str
    region_code: str
    sector: str
    size: str
    is_registered: bool


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker as one record shows them; `seen_on` decides which of two records is newer."""

    id_type: str
    id_number: str
    name: str
    sex: str
    birth_on: date | None
    phone: str | None
    employer_id: int
    county_code: str
    region_code: str
    seen_on: date


def initials_of(name: str) -> str:
    """Pinyin initials for search, lower case; latin letters and digits stay."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda text: text)).lower()


def find_employers(session: Session, usccs: Iterable[str]) -> dict[str, KnownEmployer]:
    """Employers by credit code; a merged one gives the employer that it was merged into."""
    columns = (
        Employer.uscc, Employer.id, Employer.county_code, Employer.region_code, Employer.sector, Employer.size,
        Employer.is_registered, Employer.merged_into_id,
    )  # fmt: skip
    rows = list(found_among(session, columns, Employer.uscc, sorted(set(usccs))))
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
            session.execute(select(model.id, model.merged_into_id).where(model.id.in_(open_ids), model.merged_into_id.is_not(None)))
        )
        for origin in list(kept):
            kept[origin] = pointed.get(kept[origin], kept[origin])
        for origin, target in pointed.items():
            kept.setdefault(origin, target)
        open_ids = {target for target in pointed.values() if target is not None}
    return kept


def add_unknown_employers(session: Session, names: Mapping[str, str]) -> dict[str, KnownEmployer]:
    """Enter employers known only from what others handed in; `names` by credit code."""
    table: Any = Employer.__table__
    ids = reserve_ids(session, table, len(names))
    moment = now()
    session.execute(
        table.insert(),
        [
            {"id": id, "uscc": uscc, "name": name, "initials": initials_of(name), "is_registered": False, "created_at": moment, "changed_at": moment, "version": 1}
            for id, (uscc, name) in zip(ids, names.items(), strict=True)
        ],
    ) if names else None  # fmt: skip
    return {uscc: KnownEmployer(id, "", "", "", "unknown", False) for id, uscc in zip(ids, names, strict=True)}


def worker_indexes(id_types: Iterable[str], id_numbers: Iterable[str]) -> list[bytes]:
    """Blind indexes over type and number, the key by which workers are recognised."""
    return keyring().blind_all("worker", (f"{kind}:{number}" for kind, number in zip(id_types, id_numbers, strict=True)))


def recognise_workers(session: Session, seen: Mapping[bytes, SeenWorker]) -> tuple[dict[bytes, int], int]:
    """Identifier of the worker for each blind index, entering those who are new; and how many were new.

    A newer record of a known worker moves them to its employer and renews the phone. Merged workers give the kept one.
    """
    indexes = list(seen)
    columns = (Worker.id, Worker.id_index, Worker.merged_into_id, Worker.employer_id, Worker.county_code)
    rows = list(found_among(session, columns, Worker.id_index, indexes))
    found = {bytes(row.id_index): row.id for row in rows}
    merged = canonical_ids(session, Worker, [row.id for row in rows if row.merged_into_id])
    _move_workers(
        session,
        [(row.id, seen[bytes(row.id_index)]) for row in rows if row.employer_id != seen[bytes(row.id_index)].employer_id],
    )
    fresh = [index for index in indexes if index not in found]
    table: Any = Worker.__table__
    ids = reserve_ids(session, table, len(fresh))
    ring, moment = keyring(), now()
    seal_number, seal_phone = ring.sealer("worker.id_number"), ring.sealer("worker.phone")
    at = moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") if session.get_bind().dialect.name == "sqlite" else moment
    names = (
        "id",
        "id_index",
        "id_type",
        "id_number",
        "name",
        "sex",
        "birth_on",
        "phone",
        "employer_id",
        "county_code",
        "region_code",
        "created_at",
    )

    def entries() -> Iterable[tuple[Any, ...]]:
        for id, index in zip(ids, fresh, strict=True):
            worker = seen[index]
            yield (
                id, index, worker.id_type, seal_number(worker.id_number.encode()), worker.name, worker.sex, worker.birth_on,
                seal_phone(worker.phone.encode()) if worker.phone else None, worker.employer_id, worker.county_code, worker.region_code, at,
            )  # fmt: skip

    insert_rows(session, table, names, entries())
    found.update(zip(fresh, ids, strict=True))
    return {index: merged.get(worker_id, worker_id) for index, worker_id in found.items()}, len(fresh)


def _move_workers(session: Session, moved: list[tuple[int, SeenWorker]]) -> None:
    if moved:
        session.connection().execute(
            update(Worker)
            .where(Worker.id == bindparam("who"))
            .values(employer_id=bindparam("employer"), county_code=bindparam("county"), region_code=bindparam("region")),
            [
                {"who": worker_id, "employer": seen.employer_id, "county": seen.county_code, "region": seen.region_code}
                for worker_id, seen in moved
            ],
        )
