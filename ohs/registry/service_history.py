"""Where workers worked and what they were exposed to, as intervals that records extend and nobody overwrites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.kernel.bulk import found_among, insert_rows, update_rows
from ohs.registry.models import Client, Employment, Exposure, WorkerClinic


@dataclass(slots=True)
class Spell:
    """A worker at one post of one employer, as one record shows it. `starts_on` is the best knowledge of the record."""

    worker_id: int
    employer_id: int
    host_employer_id: int | None
    workshop: str
    post: str
    starts_on: date
    seen_on: date
    #: Set when the record says that the worker leaves.
    ends_on: date | None
    hazard_codes: tuple[str, ...]


def _widest(spells: Iterable[tuple[tuple[Any, ...], Spell]]) -> dict[tuple[Any, ...], list[Any]]:
    """One interval per key: earliest start, latest sight, and the end told by the latest record."""
    widest: dict[tuple[Any, ...], list[Any]] = {}
    for key, spell in spells:
        held = widest.get(key)
        if held is None:
            widest[key] = [spell.starts_on, spell.seen_on, spell.ends_on, spell]
            continue
        held[0] = min(held[0], spell.starts_on)
        if spell.seen_on >= held[1]:
            held[1:] = [spell.seen_on, spell.ends_on, spell]
    return widest


def keep_employments(session: Session, spells: Iterable[Spell]) -> None:
    """Extend or enter the employment of every spell: one interval per worker, employer and post."""
    table: Any = Employment.__table__
    widest = _widest(((spell.worker_id, spell.employer_id, spell.post), spell) for spell in spells)
    columns = [table.c[name] for name in ("id", "worker_id", "employer_id", "post", "starts_on", "seen_on", "ends_on")]
    changed = []
    for row in found_among(session, columns, table.c.worker_id, sorted({key[0] for key in widest})):
        held = widest.pop((row.worker_id, row.employer_id, row.post), None)
        if held is not None:
            changed += _merged(row, held)
    update_rows(session, table, ("starts_on", "seen_on", "ends_on"), changed)
    names = ("worker_id", "employer_id", "host_employer_id", "workshop", "post", "starts_on", "seen_on", "ends_on")
    insert_rows(
        session, table, names,
        ((key[0], key[1], held[3].host_employer_id, held[3].workshop, key[2], held[0], held[1], held[2]) for key, held in widest.items()),
    )  # fmt: skip


def keep_exposures(session: Session, spells: Iterable[Spell]) -> None:
    """Extend or enter the exposure to every hazard of every spell."""
    table: Any = Exposure.__table__
    widest = _widest(((spell.worker_id, spell.employer_id, spell.post, code), spell) for spell in spells for code in spell.hazard_codes)
    columns = [table.c[name] for name in ("id", "worker_id", "employer_id", "post", "hazard_code", "starts_on", "seen_on", "ends_on")]
    changed = []
    for row in found_among(session, columns, table.c.worker_id, sorted({key[0] for key in widest})):
        held = widest.pop((row.worker_id, row.employer_id, row.post, row.hazard_code), None)
        if held is not None:
            changed += _merged(row, held)
    update_rows(session, table, ("starts_on", "seen_on", "ends_on"), changed)
    names = ("worker_id", "employer_id", "post", "hazard_code", "starts_on", "seen_on", "ends_on")
    insert_rows(session, table, names, ((*key, held[0], held[1], held[2]) for key, held in widest.items()))


def _merged(row: Any, held: list[Any]) -> list[tuple[Any, ...]]:
    """The update that the record asks of a stored interval, if any."""
    starts_on = min(row.starts_on, held[0])
    seen_on, ends_on = (held[1], held[2]) if held[1] >= row.seen_on else (row.seen_on, row.ends_on)
    if (starts_on, seen_on, ends_on) == (row.starts_on, row.seen_on, row.ends_on):
        return []
    return [(starts_on, seen_on, ends_on, row.id)]


def keep_clients(session: Session, organisation_id: int, employer_ids: Iterable[int], on: date) -> None:
    """Note the employers for which an institution works."""
    wanted = set(employer_ids)
    known = {
        row[0]
        for row in found_among(
            session,
            (Client.employer_id,),
            Client.employer_id,
            sorted(wanted),
            Client.organisation_id == organisation_id,
        )
    }
    table: Any = Client.__table__
    insert_rows(
        session,
        table,
        ("organisation_id", "employer_id", "since"),
        ((organisation_id, id, on) for id in sorted(wanted - known)),
    )


def keep_examined(session: Session, organisation_id: int, worker_ids: Iterable[int]) -> None:
    """Note the workers whom a clinic has examined."""
    wanted = set(worker_ids)
    own = WorkerClinic.organisation_id == organisation_id
    known = {row[0] for row in found_among(session, (WorkerClinic.worker_id,), WorkerClinic.worker_id, sorted(wanted), own)}
    table: Any = WorkerClinic.__table__
    insert_rows(session, table, ("organisation_id", "worker_id"), ((organisation_id, id) for id in sorted(wanted - known)))
