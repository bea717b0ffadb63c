"""Both lifecycles as the whole table: every kind of actor, every event, from every status and from nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ohs.declarations.models import FILING_STATUSES, VERSION_STATUSES
from ohs.declarations.rules import FILING, VERSION
from ohs.kernel.errors import DomainError
from ohs.kernel.lifecycle import Lifecycle
from ohs.rulebook.tables import table

#: Every kind of actor that any lifecycle knows, and one that none does.
ACTORS = sorted({actor for row in table("lifecycles") for actor in row["actor"].split("; ")} | {"nobody"})
ROWS = {
    (row["lifecycle"], row["from"], row["event"]): (frozenset(row["actor"].split("; ")), row["to"])
    for row in table("lifecycles")
    if row["lifecycle"] in (VERSION.name, FILING.name)
}


@dataclass
class Record:
    """Anything with a status."""

    status: str


TRIALS = [
    (lifecycle, status, event, actor)
    for lifecycle in (VERSION, FILING)
    for status in ("", *lifecycle.statuses)
    for event in sorted({step.event for step in lifecycle.steps})
    for actor in ACTORS
]


@pytest.mark.parametrize(("lifecycle", "status", "event", "actor"), TRIALS, ids=lambda part: getattr(part, "name", part) or "nothing")
def test_a_move_is_made_by_its_actors_and_refused_to_all_others(lifecycle: Lifecycle, status: str, event: str, actor: str) -> None:
    actors, after = ROWS.get((lifecycle.name, status, event), (frozenset(), ""))
    record = Record(status)
    if actor in actors:
        if status:
            lifecycle.move(record, event, actor)
        else:
            record.status = lifecycle.start(event, actor)
        assert record.status == after
        return
    with pytest.raises(DomainError):
        lifecycle.move(record, event, actor) if status else lifecycle.start(event, actor)
    assert record.status == status


def test_the_database_knows_the_statuses_of_the_table_and_no_others() -> None:
    assert set(VERSION_STATUSES) == set(VERSION.statuses)
    assert set(FILING_STATUSES) == {"none", *FILING.statuses}
