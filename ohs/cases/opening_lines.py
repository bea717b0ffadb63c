"""The workers that somebody enters on a list: each number looked up in the register, each refused with a sentence that names its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.cases.episodes import aliases_of
from ohs.cases.listing import listed_already
from ohs.cases.machine import Opening
from ohs.cases.opening_forms import LINES_AT_MOST, OpeningForm
from ohs.kernel.fields import read_day
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer, Employment, Worker
from ohs.registry.queries import indexes_of, standing_ids

#: So many sentences are shown at once; the rest is told by how many.
SENTENCES_AT_MOST = 10


def workers_entered(session: Session, form: OpeningForm, opening: Opening, user: Any, on: date) -> dict[int, date]:
    """Each worker with the day on which the examination was due; what is wrong with a line stands at the field."""
    faults: list[str] = []
    due_on, at = _read(session, form, opening, user, on, faults.append)
    for worker_id, number in listed_already(session, opening, due_on).items():
        faults.append(_("Line %(line)s: stands in %(number)s already.", line=at[worker_id], number=number))
    if len(faults) > SENTENCES_AT_MOST:
        faults[SENTENCES_AT_MOST:] = [_("%(count)s more lines are wrong.", count=len(faults) - SENTENCES_AT_MOST)]
    for sentence in faults:
        form.refuse("workers", sentence)
    return due_on


def _read(
    session: Session, form: OpeningForm, opening: Opening, user: Any, on: date, refuse: Callable[[str], None]
) -> tuple[dict[int, date], dict[int, int]]:  # fmt: skip
    due_on: dict[int, date] = {}
    at: dict[int, int] = {}
    lines = [(number, *_split(text)) for number, text in enumerate(form.given("workers").splitlines(), 1) if text.strip()]
    if len(lines) > LINES_AT_MOST:
        refuse(_("At most %(count)s workers are entered at once.", count=LINES_AT_MOST))
        return due_on, at
    known = _known(session, [text for _number, text, _day in lines])
    working = _working_at(session, opening.employer_id, known.values())
    for number, text, written in lines:
        day = read_day(written) if written else form["due_on"].data
        worker = known.get(text)
        if worker is None or not allowed(user, Permission.WORKER_READ, worker):
            refuse(_("Line %(line)s: no worker with this number is in your register.", line=number))
        elif worker.id not in working:
            refuse(_("Line %(line)s: the register knows this worker with another employer.", line=number))
        elif day is None or day > on:
            refuse(_("Line %(line)s: the day cannot be read, or is still to come.", line=number))
        elif worker.id in due_on:
            refuse(_("Line %(line)s: the same worker as in line %(first)s.", line=number, first=at[worker.id]))
        else:
            due_on[worker.id], at[worker.id] = day, number
    return due_on, at


def _split(text: str) -> tuple[str, str]:
    """The number and the day behind it."""
    number, _blank, day = text.strip().replace("，", " ").replace(",", " ").partition(" ")
    return number, day.strip()


def _known(session: Session, numbers: Iterable[str]) -> dict[str, Worker]:
    """The workers of some identity numbers, by the number as it was typed."""
    indexes = {index: number for number in numbers for index in indexes_of(number)}
    rows = session.scalars(select(Worker).where(Worker.id_index.in_(list(indexes)))).unique()
    return {indexes[row.id_index]: row.standing for row in rows}


def _working_at(session: Session, employer_id: int | None, workers: Iterable[Worker]) -> set[int]:
    """Which of them the register knows at that employer, now or formerly."""
    assert employer_id is not None, "the form asks for the employer"
    entries = set(standing_ids(session, Employer, employer_id))
    ids = {worker.id: worker.employer_id for worker in workers}
    aliases = aliases_of(session, ids)
    employed = select(Employment.worker_id).where(Employment.worker_id.in_(list(aliases)), Employment.employer_id.in_(entries))
    return {id for id, at in ids.items() if at in entries} | {aliases[id] for id in session.scalars(employed)}
